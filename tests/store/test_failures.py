"""What goes wrong with files, and that it goes no further."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tonn_bridge.errors import StoreError
from tonn_bridge.store import Charge, Store

SONG = "/songs/masks/session.toml"


def a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir()


def a_file_in_the_place_of_the_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("")


def text_in_the_place_of_a_database(path: Path) -> None:
    path.write_text("a shopping list\n" * 300)


def a_database_with_its_pages_overwritten(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE journal (data TEXT)")
        connection.commit()
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (a_folder_in_the_place_of_the_file, "cannot be opened.*TONN_BRIDGE_STATE"),
        (a_file_in_the_place_of_the_folder, "cannot be opened.*TONN_BRIDGE_STATE"),
        (text_in_the_place_of_a_database, "is damaged: move it away"),
        (a_database_with_its_pages_overwritten, "is damaged: move it away"),
    ],
)
async def test_unusable_file_is_named_with_the_way_out(tmp_path: Path, spoil, words: str) -> None:
    path = tmp_path / "state" / "bridge.db"
    path.parent.mkdir()
    spoil(path)
    with pytest.raises(StoreError, match=rf"state/bridge\.db: {words}"):
        async with Store.open(path):
            pass


async def test_damaged_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    text_in_the_place_of_a_database(path)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        async with Store.open(path):
            pass
    assert path.read_bytes() == before


async def test_entry_that_is_no_json_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    async with Store.open(path) as store:
        await store.journal(SONG, "step", {}, 1.0)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE journal SET data = '{'")
            connection.commit()
        with pytest.raises(StoreError, match=r"bridge\.db: is damaged"):
            await store.entries(SONG)


async def test_full_disk_loses_nothing_and_the_store_goes_on_when_space_returns(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    large = {"text": "x" * 100_000}
    async with Store.open(path) as store:
        await store.journal(SONG, "before", {}, 1.0)
        # SQLite's own limit for this connection: the error is the one a full disk gives.
        await store._run(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
        with pytest.raises(StoreError, match=r"bridge\.db: the disk is full: free some space"):
            await store.journal(SONG, "lost", large, 2.0, charge=Charge("t-1", "final", 1, 2.0))
        with pytest.raises(StoreError, match="the disk is full"):
            await store.save_mix(SONG, large, 2.0)

        await store._run(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone())
        await store.journal(SONG, "after", large, 3.0)
        assert [entry.kind for entry in await store.entries(SONG)] == ["before", "after"]
        assert await store.charges(SONG) == []
        assert await store.load_mix(SONG) is None


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Make the operating system refuse every write beyond `size` bytes of a file, for this process."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_write_refused_by_the_operating_system_loses_nothing_and_the_store_goes_on(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "bridge.db") as store:
        await store.journal(SONG, "before", {}, 1.0)
        with files_no_larger_than(200_000), pytest.raises(StoreError, match=r"bridge\.db: .*free some|check the disk"):
            await store.journal(SONG, "lost", {"text": "x" * 1_000_000}, 2.0)
        await store.journal(SONG, "after", {"text": "x" * 1_000_000}, 3.0)
        assert [entry.kind for entry in await store.entries(SONG)] == ["before", "after"]


async def test_lock_held_by_another_process_is_waited_for_then_named(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    async with Store.open(path) as store:
        await store._run(lambda connection: connection.execute("PRAGMA busy_timeout = 50").fetchone())
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"bridge\.db: is locked by another program: close it"):
                await store.journal(SONG, "step", {}, 1.0)
            other.execute("COMMIT")
        await store.journal(SONG, "step", {}, 2.0)
        assert [entry.at for entry in await store.entries(SONG)] == [2.0]


async def test_many_stores_opened_at_once_on_a_new_file_all_open(tmp_path: Path) -> None:
    async def write(n: int) -> None:
        async with Store.open(tmp_path / "bridge.db") as store:
            await store.journal(SONG, "step", {"n": n}, 1.0)

    async with asyncio.timeout(30):
        await asyncio.gather(*map(write, range(8)))
    async with Store.open(tmp_path / "bridge.db") as store:
        assert sorted(entry.data["n"] for entry in await store.entries(SONG)) == list(range(8))


async def test_new_file_that_another_process_is_setting_up_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"

    async def write() -> int:
        async with Store.open(path) as store:
            return await store.journal(SONG, "step", {}, 1.0)

    async with asyncio.timeout(10):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # SQLite answers this lock at once, without its timeout
            writing = asyncio.create_task(write())
            await asyncio.wait({writing}, timeout=0.1)
            assert not writing.done()
            other.execute("COMMIT")
        assert await writing == 1


async def test_two_stores_on_one_file_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    async with Store.open(path) as one, Store.open(path) as two:
        for n in range(10):
            await one.journal(SONG, "one", {}, float(n))
            await two.journal(SONG, "two", {}, float(n))
        assert await one.entries(SONG) == await two.entries(SONG)
        assert len(await one.entries(SONG)) == 20
        waits = await two._run(lambda connection: connection.execute("PRAGMA busy_timeout").fetchone()[0])
    assert waits == 5000


WRITER = """
import asyncio, sys
from pathlib import Path
from tonn_bridge.store import Charge, Store

async def write():
    async with Store.open(Path(sys.argv[1])) as store:
        while True:
            charge = Charge("t-1", "final", 1, 1.0)
            print(await store.journal(sys.argv[2], "step", {"pad": "x" * 500}, 1.0, charge=charge), flush=True)

asyncio.run(write())
"""


async def test_everything_reported_as_written_is_there_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, path, SONG, stdout=subprocess.PIPE)
    async with asyncio.timeout(30):
        assert child.stdout is not None
        printed = [int(await child.stdout.readline()) for _ in range(30)]
        child.kill()
        printed += [int(line) async for line in child.stdout if line.endswith(b"\n")]
        assert await child.wait() == -signal.SIGKILL

    async with Store.open(path) as store:
        kept = [entry.id for entry in await store.entries(SONG)]
        charges = await store.charges(SONG)
        durability = await store._run(lambda connection: connection.execute("PRAGMA synchronous").fetchone()[0])
    assert kept[: len(printed)] == printed
    assert len(charges) == len(kept)
    assert durability == 2  # FULL: fsync at every commit, so that the same holds when the power goes


async def test_right_to_write_taken_away_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    async with Store.open(path) as store:
        await store._run(lambda connection: connection.execute("PRAGMA query_only = ON").fetchone())
        with pytest.raises(StoreError, match=r"bridge\.db: cannot be written: give yourself the right"):
            await store.journal(SONG, "step", {}, 1.0)
