"""The whole job from REAPER's actions: its Lua, a real curl, the real daemon and sandbox; only REAPER is played."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

from tests.daemon import PATIENCE_S, Daemon, free_address, running_daemon
from tests.examples.fake_reaper import CANCEL, NO, OK, PACKAGE, YES, FakeReaper, frozen_mixer
from tests.peers.dials import keep_learnt
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import prepared_chain
from tonn_bridge.sandbox import SandboxSettings
from tonn_bridge.session import load_session

NAMES = ("Kick", "Bass", "Pad")
ESCAPE = 27


@pytest.fixture(scope="module")
def tonn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.01))
    yield server
    server.close()


@pytest.fixture
async def desk() -> Any:
    """REAPER's other half: its OSC surface with the package's own patterns, set up as the package says."""
    peer = SimulatedReaper(
        NAMES,
        SystemClock(),
        free_address(),
        patterns=(PACKAGE / "tonn-bridge.ReaperOSC").read_text(),
        chain=prepared_chain,
        packet_bytes=8192,
        pacing_s=0.001,
    )
    await peer.start()
    yield peer
    await peer.stop()


async def play(reaper: FakeReaper, action: str, *answers: Any) -> list[tuple[str, str]]:
    """Run an action in a thread, as REAPER is another program, turn after turn until it is through."""
    reaper.answers = list(answers)
    before = len(reaper.windows)
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.to_thread(reaper.run, action)
        while await asyncio.to_thread(reaper.turn):
            pass
    assert reaper.answers == [], "a window was expected that did not open"
    reaper.check_balance()
    return reaper.windows[before:]


async def write_session(reaper: FakeReaper, desk: SimulatedReaper, tonn: SandboxServer, spend: str = "allow") -> Path:
    """The session, written from REAPER and then fitted by hand to this machine's free ports."""
    reaper.project_file.touch()
    reaper.select()
    await play(reaper, "Tonn write session", ("Masks", "electronic"), OK)
    file = reaper.folder / "Tonn" / "session.toml"
    assert desk.feedback is not None
    send, listen = desk.address, desk.feedback
    http = f"127.0.0.1:{free_tcp_port()}"
    reaper.reachable.add(http)
    control = f'osc = "127.0.0.1:0"\nhttp = "{http}"'
    head = f'url = "{tonn.url}"\nspend = {{ fx_settings = "{spend}", final = "{spend}", final_credits = 50 }}\n'
    text = file.read_text().replace('url = "sandbox"', head + "#")
    text = text.replace('"reaper"\n', f'"reaper"\nsend = "{send[0]}:{send[1]}"\nlisten = "{listen[0]}:{listen[1]}"\n')
    file.write_text(text.replace("[daw]", f"[control]\n{control}\n\n[daw]"))
    return file


def free_tcp_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as own:
        return own.getsockname()[1]


async def test_from_tracks_to_a_final_mix(tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn)
    by_hand = file.read_text()
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        with frozen_mixer(reaper):
            windows = await play(reaper, "Tonn preview", YES)
            preview = (await daemon.document())["preview_file"]
            assert preview in windows[0][1]
            assert [track.name for track in reaper.tracks] == [*NAMES, "Tonn preview"]

            await play(reaper, "Tonn apply")
            document = await daemon.document()
            assert document["state"] == "applied"
            assert document["showing"] == "proposal"

            await play(reaper, "Tonn compare")
            assert (await daemon.document())["showing"] == "user"
            assert "final" in (await play(reaper, "Tonn final"))[0][1], "the daemon says why not"
            await play(reaper, "Tonn compare")
            desk.hand_move("Bass", desk.track("Bass").db - 2.0)
            await daemon.until_track(2, lambda track: track["adjust_db"])

            await play(reaper, "Tonn final", YES)
            document = await daemon.document()
            assert document["state"] == "done"
            await play(reaper, "Tonn revert")
            assert (await daemon.document())["showing"] == "user"

        assert_brought_in(reaper, "Tonn preview", preview)
        assert_brought_in(reaper, "Tonn final mix", document["final_file"])
        assert_said_once(await play(reaper, "Tonn bring in preview"))
        assert_said_once(await play(reaper, "Tonn bring in final"))
        assert len(reaper.tracks) == 5

        assert "is written" in (await play(reaper, "Tonn write session", OK))[-1][1]
        heads = [text.partition("# group:")[0].rstrip() for text in (by_hand, file.read_text())]
        assert heads[0] == heads[1], "what was written by hand stays"
        await until_stems(daemon, tmp_path / "Tonn" / "stems 2")


def assert_brought_in(reaper: FakeReaper, name: str, file: str) -> None:
    """As a muted track of its own, where the stems begin, as long as it is."""
    track = reaper.find(name)
    (item,) = track.items
    assert track.mute
    assert item.source is not None
    assert str(item.source.file) == file
    assert item.position == 4.0
    assert item.length == soundfile.info(file).duration
    assert not item.loops


def assert_said_once(windows: list[tuple[str, str]]) -> None:
    assert ["already" in text for _, text in windows] == [True]


async def until_stems(daemon: Daemon, folder: Path) -> None:
    """The running daemon has taken up the session with the new stems."""
    stems = await asyncio.to_thread(lambda: sorted(path.name for path in folder.iterdir()))
    assert stems == ["01 Kick.wav", "02 Bass.wav", "03 Pad.wav"]
    document = await daemon.until(lambda found: not found["problems"])
    assert [track["name"] for track in document["tracks"]] == list(NAMES)


async def test_what_costs_is_asked_and_nothing_is_spent_without_a_yes(
    tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path
) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn, spend="ask")
    spent = tonn.charges()["total"]
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        windows = await play(reaper, "Tonn preview", NO, NO)
        assert windows[0][0] == "Tonn asks"
        assert tonn.charges()["total"] == spent
        assert (await daemon.document())["question"] is None

        await play(reaper, "Tonn preview", YES, NO)
        after_preview = tonn.charges()["total"]
        assert after_preview > spent
        await play(reaper, "Tonn apply")

        windows = await play(reaper, "Tonn final", NO)
        assert "(50 credits)" in windows[0][1]
        assert tonn.charges()["total"] == after_preview

        await daemon.act("final")  # from elsewhere: no window of ours is open
        await daemon.until(lambda found: found["question"])
        assert tonn.charges()["total"] == after_preview
        await play(reaper, "Tonn confirm", YES)
        await daemon.until(lambda found: found["final_file"])
        assert tonn.charges()["total"] > after_preview
        assert [title for title, _ in await play(reaper, "Tonn confirm")] == ["Tonn confirm"]


async def test_a_yes_that_comes_too_late_spends_nothing(
    tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path
) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn, spend="ask")
    spent = tonn.charges()["total"]
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        show = reaper.ShowMessageBox

        def answer_late(text: str, title: str, kind: int) -> int:
            if title == "Tonn asks":  # somebody else says no while the window is open
                httpx.post(f"{daemon.listening.http}/api/actions/cancel", json={}, trust_env=False).raise_for_status()
            return show(text, title, kind)

        reaper.ShowMessageBox = answer_late  # type: ignore[method-assign]
        windows = await play(reaper, "Tonn preview", YES)
        assert "nothing is being asked any more" in windows[-1][1]
        assert tonn.charges()["total"] == spent


async def test_a_question_that_two_windows_see_is_put_once_and_cancel_takes_it_back(
    tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path
) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn, spend="ask")
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        assert "nothing is under way" in (await play(reaper, "Tonn cancel"))[0][1]
        await daemon.act("preview")
        await daemon.until(lambda found: found["question"])
        assert await play(reaper, "Tonn cancel") == []
        await daemon.until(lambda found: found["running"] is None)

        await asyncio.to_thread(reaper.run, "Tonn state")
        await daemon.act("preview")
        await daemon.until(lambda found: found["question"])
        reaper.answers = [NO]
        for _ in range(3):
            await asyncio.to_thread(reaper.turn)
        assert [title for title, _ in reaper.windows].count("Tonn asks") == 1
        await daemon.until(lambda found: found["question"] is None)
        reaper.gfx_keys = [ESCAPE]
        await asyncio.to_thread(reaper.turn)
        assert not await asyncio.to_thread(reaper.turn), "the window is closed"
        assert not reaper.gfx_open


async def test_the_window_shows_how_things_stand(tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn)
    await asyncio.to_thread(reaper.run, "Tonn state")
    assert "does not answer" in reaper.drawn[0]
    assert "tonn-bridge run" in " ".join(reaper.drawn)
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        await daemon.does("apply")
        document = await daemon.document()
        await asyncio.to_thread(reaper.turn)
        assert reaper.drawn[0] == "applied; you hear Tonn's mix"
        rows = [line for line in reaper.drawn if line.lstrip()[:1].isdigit()]
        assert [row.split()[1] for row in rows] == list(NAMES)
        for row, track in zip(rows, document["tracks"], strict=True):
            assert row.split()[3] == f"{track['proposal']['gain_db']:+.1f}"
    await asyncio.to_thread(reaper.turn)
    assert "does not answer" in reaper.drawn[0], "it says so as soon as nobody is there"


async def test_plug_ins_are_set_and_proved_through_the_packages_patterns(
    tonn: SandboxServer, desk: SimulatedReaper, tmp_path: Path
) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    file = await write_session(reaper, desk, tonn)
    keep_learnt(tmp_path / "state", "reaper")
    async with running_daemon(load_session(file), tmp_path / "state") as daemon:
        await daemon.connected()
        await play(reaper, "Tonn preview", NO)
        assert await play(reaper, "Tonn apply") == [], "all of it could be set"
        document = await daemon.document()
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0
        await asyncio.to_thread(reaper.run, "Tonn state")
        rows = [line for line in reaper.drawn if line.lstrip()[:1].isdigit()]
        for row, track in zip(rows, document["tracks"], strict=True):
            assert len(track["proof"]) == 6 + 3 * len(track["proposal"]["eq"])
            assert row.endswith(f"{len(track['proof'])} confirmed")
        reaper.gfx_keys = [ESCAPE]

        desk.remove_fx("Bass", "Tonn Comp")
        await play(reaper, "Tonn revert")
        ((_, text),) = await play(reaper, "Tonn apply")
        assert "Bass: " in text
        assert "prepare tracks" in text, "and how to get it there"


async def test_a_person_may_think_twice_about_rendering(tmp_path: Path) -> None:
    reaper = FakeReaper(tmp_path, NAMES)
    reaper.project_file.touch()
    reaper.select()
    await play(reaper, "Tonn write session", None)
    await play(reaper, "Tonn write session", ("Masks", "POP"), CANCEL)
    assert reaper.renders == 0
    assert not (tmp_path / "Tonn").exists()
