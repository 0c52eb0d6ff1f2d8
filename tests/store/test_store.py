"""The store on real files: what it gives back is what it was given."""

import asyncio
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tonn_bridge.store import Charge, Entry, Store

SONG = "/songs/masks/session.toml"
OTHER_SONG = "/songs/other/session.toml"

documents = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "bridge.db"


async def test_journal_comes_back_in_order_after_closing(path: Path) -> None:
    async with Store.open(path) as store:
        first = await store.journal(SONG, "uploading", {"stems": 8}, 100.0)
        second = await store.journal(SONG, "mixing", {"task_id": "t-1"}, 101.5)
    async with Store.open(path) as store:
        assert await store.entries(SONG) == [
            Entry(first, 100.0, "uploading", {"stems": 8}),
            Entry(second, 101.5, "mixing", {"task_id": "t-1"}),
        ]
    assert second > first


async def test_each_session_has_a_journal_a_mix_and_charges_of_its_own(path: Path) -> None:
    async with Store.open(path) as store:
        await store.journal(SONG, "uploading", {}, 1.0)
        await store.save_mix(SONG, {"gain": -6.0}, 1.0)
        await store.charge(SONG, "t-1", "final", 5, 1.0)

        assert await store.entries(OTHER_SONG) == []
        assert await store.history(OTHER_SONG, 10) == []
        assert await store.load_mix(OTHER_SONG) is None
        assert await store.charges(OTHER_SONG) == []


async def test_history_is_the_newest_entries_newest_first(path: Path) -> None:
    async with Store.open(path) as store:
        for step in range(5):
            await store.journal(SONG, f"step-{step}", {}, float(step))
        assert [entry.kind for entry in await store.history(SONG, 2)] == ["step-4", "step-3"]


async def test_only_the_newest_mix_is_kept(path: Path) -> None:
    async with Store.open(path) as store:
        await store.save_mix(SONG, {"gain_db": -6.0}, 1.0)
        await store.save_mix(SONG, {"gain_db": -math.inf}, 2.0)
    async with Store.open(path) as store:
        assert await store.load_mix(SONG) == {"gain_db": -math.inf}


async def test_upload_is_found_by_service_content_and_name_while_it_is_fresh(path: Path) -> None:
    async with Store.open(path) as store:
        await store.remember_upload("https://tonn", "aa", "bass.wav", "https://signed/1", 100.0)

        assert await store.find_upload("https://tonn", "aa", "bass.wav", since=100.0) == "https://signed/1"
        assert await store.find_upload("https://tonn", "aa", "bass.wav", since=100.1) is None
        assert await store.find_upload("http://sandbox", "aa", "bass.wav", since=0.0) is None
        assert await store.find_upload("https://tonn", "bb", "bass.wav", since=0.0) is None
        assert await store.find_upload("https://tonn", "aa", "kick.wav", since=0.0) is None


async def test_upload_sent_again_replaces_the_url(path: Path) -> None:
    async with Store.open(path) as store:
        await store.remember_upload("https://tonn", "aa", "bass.wav", "https://signed/1", 100.0)
        await store.remember_upload("https://tonn", "aa", "bass.wav", "https://signed/2", 200.0)
        assert await store.find_upload("https://tonn", "aa", "bass.wav", since=150.0) == "https://signed/2"


async def test_charges_come_back_with_unknown_credits_unknown(path: Path) -> None:
    async with Store.open(path) as store:
        await store.charge(SONG, "t-1", "fx_settings", None, 1.0)
        await store.journal(SONG, "final_sent", {}, 2.0, charge=Charge("t-1", "final", 10, 2.0))
    async with Store.open(path) as store:
        assert await store.charges(SONG) == [
            Charge("t-1", "fx_settings", None, 1.0),
            Charge("t-1", "final", 10, 2.0),
        ]
        assert [entry.kind for entry in await store.entries(SONG)] == ["final_sent"]


async def test_entry_and_charge_are_written_together_or_not_at_all(path: Path) -> None:
    unwritable = Charge("t-1", "final", 2**70, 2.0)  # more than a SQLite integer holds
    async with Store.open(path) as store:
        with pytest.raises(OverflowError):
            await store.journal(SONG, "final_sent", {}, 2.0, charge=unwritable)
        assert await store.entries(SONG) == []
        await store.journal(SONG, "final_sent", {}, 3.0)
        assert len(await store.entries(SONG)) == 1


async def test_concurrent_writes_all_arrive_in_the_order_they_were_asked(path: Path) -> None:
    async with Store.open(path) as store, asyncio.timeout(10):
        ids = await asyncio.gather(*(store.journal(SONG, "step", {"n": n}, float(n)) for n in range(50)))
        assert [entry.data["n"] for entry in await store.entries(SONG)] == list(range(50))
    assert ids == sorted(ids)


async def test_session_in_a_folder_whose_name_is_not_utf8_is_kept(path: Path) -> None:
    session = b"/songs/caf\xe9/session.toml".decode(errors="surrogateescape")
    async with Store.open(path) as store:
        await store.save_mix(session, {"path": session}, 1.0)
        assert await store.load_mix(session) == {"path": session}


async def test_file_and_folder_are_the_users_alone(path: Path) -> None:
    async with Store.open(path) as store:
        await store.journal(SONG, "uploading", {}, 1.0)
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"bridge.db": 0o600, "bridge.db-wal": 0o600, "bridge.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents)
def test_any_document_comes_back_as_it_was(tmp_path: Path, document: dict[str, object]) -> None:
    async def round_trip() -> None:
        async with Store.open(tmp_path / "bridge.db") as store:
            await store.save_mix(SONG, document, 1.0)
            await store.journal(SONG, "step", document, 1.0)
            assert await store.load_mix(SONG) == document
            assert (await store.history(SONG, 1))[0].data == document

    asyncio.run(round_trip())
