"""The whole job on each simulated DAW, over real sockets and through the real sandbox."""

import asyncio
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Document, make_session, running_daemon
from tests.integration.desks import DESKS, Desk
from tests.peers.ear import unpack
from tests.sandbox_server import SandboxServer
from tonn_bridge.demo.reaper import SimulatedReaper

NAMES = ("Kick", "Bass", "Pad")
QUESTION = re.compile("/get/|/refresh$|/select$")
Mix = dict[tuple[str, str], float]

USER = {"Kick": (-3.0, 0.25), "Bass": (-7.5, 0.0), "Pad": (0.0, -0.5)}


@pytest.mark.parametrize("daw", DESKS)
async def test_the_whole_round(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    desk = DESKS[daw](NAMES)
    await desk.peer.start()
    set_by_hand(desk)
    user = standing(desk)
    session = make_session(tmp_path, NAMES, desk.mapping, send=desk.peer.address, listen=desk.listen, tonn=tonn.url)
    async with running_daemon(session, tmp_path / "state") as daemon:
        document = await daemon.connected()
        assert_shown(document, desk)
        assert {track["adjust_db"] for track in document["tracks"]} == {None}

        await daemon.does("preview")
        assert standing(desk) == exactly(user), "a preview moves no fader"

        before = len(desk.told)
        document = await daemon.does("apply")
        assert document["state"] == "applied"
        assert_said_once(desk.told[before:])
        assert_at_proposal(document, desk)
        assert [track["adjust_db"] for track in document["tracks"]] == [0.0, 0.0, 0.0]
        assert [track["user"]["gain_db"] for track in document["tracks"]] == [
            pytest.approx(user[name, "db"], abs=1e-4) for name in NAMES
        ]
        applied = standing(desk)

        desk.hand("Bass", applied["Bass", "db"] - 4.0)
        document = await daemon.until(lambda found: found["tracks"][1]["adjust_db"])
        assert adjustments(document) == [0.0, pytest.approx(-4.0, abs=desk.step_db), 0.0]
        ridden = standing(desk)

        document = await daemon.does("compare")
        assert standing(desk) == exactly(user)
        assert (await daemon.act("final")).status_code == 409
        assert adjustments(document) == [0.0, pytest.approx(-4.0, abs=desk.step_db), 0.0], "it stands still meanwhile"
        await daemon.does("compare")
        assert standing(desk) == exactly(ridden)

        await daemon.act("morph", value=0.5)
        halfway = {control: (user[control] + applied[control]) / 2.0 for control in user}
        await desk.until(lambda: stands_near(desk, halfway))
        await daemon.act("morph", value=1.0)
        await desk.until(lambda: standing(desk) == exactly(applied))

        await daemon.does("revert")
        assert standing(desk) == exactly(user), "exactly the user's own mix"
    await desk.peer.stop()


@pytest.mark.parametrize("daw", DESKS)
async def test_mutes_are_seen(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    desk = DESKS[daw](NAMES)
    await desk.peer.start()
    desk.mute("Bass", True)
    session = make_session(tmp_path, NAMES, desk.mapping, send=desk.peer.address, listen=desk.listen, tonn=tonn.url)
    async with running_daemon(session, tmp_path / "state") as daemon:
        await daemon.connected()
        await daemon.until(lambda found: [track["muted"] for track in found["tracks"]] == [False, True, False])
        desk.mute("Bass", False)
        desk.mute("Pad", True)
        await daemon.until(lambda found: [track["muted"] for track in found["tracks"]] == [False, False, True])
    await desk.peer.stop()


async def test_the_final_mix_is_asked_for_with_what_the_hands_did(tonn: SandboxServer, tmp_path: Path) -> None:
    desk = DESKS["reaper"](NAMES)
    await desk.peer.start()
    session = make_session(tmp_path, NAMES, desk.mapping, send=desk.peer.address, listen=desk.listen, tonn=tonn.url)
    async with running_daemon(session, tmp_path / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        await daemon.does("apply")
        desk.hand("Bass", desk.db("Bass") + 2.5)
        desk.mute("Pad", True)
        await daemon.move(1, adjust_db=-1.5)
        await daemon.until(lambda found: found["tracks"][1]["adjust_db"] and found["tracks"][2]["muted"])
        document = await daemon.does("final")
        assert document["state"] == "done"
        assert await asyncio.to_thread(Path(document["final_file"]).stat)
        (task,) = [task for task in tonn.tasks() if task["task_id"] == document["task_id"]]
    asked = [request["body"] for request in task["requests"] if "applyAudioEffectsData" in request["body"]]
    gains = [track["gainDb"] for track in asked[-1]["applyAudioEffectsData"]["trackData"]]
    assert gains == [pytest.approx(-1.5, abs=1e-4), pytest.approx(2.5, abs=1e-4), -60.0]
    await desk.peer.stop()


async def test_tracks_that_move_in_reaper_keep_their_settings(tonn: SandboxServer, tmp_path: Path) -> None:
    desk = DESKS["reaper"](NAMES)
    assert isinstance(desk.peer, SimulatedReaper)
    await desk.peer.start()
    set_by_hand(desk)
    user = standing(desk)
    session = make_session(tmp_path, NAMES, desk.mapping, send=desk.peer.address, listen=desk.listen, tonn=tonn.url)
    async with running_daemon(session, tmp_path / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        await daemon.does("apply")
        applied = standing(desk)
        desk.peer.insert_track(2, "Claps")
        document = await daemon.until(lambda found: places(found) == [1, 3, 4])
        assert adjustments(document) == [0.0, 0.0, 0.0]
        desk.peer.move_track("Pad", 1)
        document = await daemon.until(lambda found: places(found) == [2, 4, 1])
        assert adjustments(document) == [0.0, 0.0, 0.0]
        desk.peer.rename_track("Bass", "Sub bass")
        desk.hand("Sub bass", applied["Bass", "db"] + 1.0)
        document = await daemon.until(lambda found: found["tracks"][1]["adjust_db"])
        assert adjustments(document) == [0.0, pytest.approx(1.0, abs=1e-4), 0.0]
        desk.peer.remove_track("Claps")
        document = await daemon.until(lambda found: places(found) == [2, 3, 1])
        assert adjustments(document) == [0.0, pytest.approx(1.0, abs=1e-4), 0.0]
        desk.peer.rename_track("Sub bass", "Bass")
        assert standing(desk) == exactly(applied | {("Bass", "db"): applied["Bass", "db"] + 1.0})
        await daemon.does("revert")
        assert standing(desk) == exactly(user)
    await desk.peer.stop()


def set_by_hand(desk: Desk) -> None:
    for name, (db, pan) in USER.items():
        desk.hand(name, db)
        desk.hand_pan(name, pan)


def standing(desk: Desk) -> Mix:
    """Fader (dB) and pan of each track, as the DAW itself has them."""
    return {(name, what): read(name) for name in NAMES for what, read in (("db", desk.db), ("pan", desk.pan))}


def stands_near(desk: Desk, mix: Mix) -> bool:
    return all(
        abs(value - mix[name, what]) <= (desk.step_db if what == "db" else desk.step_pan)
        for (name, what), value in standing(desk).items()
    )


def exactly(mix: Mix) -> Any:
    """Equal to `mix` within what OSC's floats carry."""
    return pytest.approx(mix, abs=1e-5)


def adjustments(document: Document) -> list[float | None]:
    return [track["adjust_db"] for track in document["tracks"]]


def places(document: Document) -> list[int | None]:
    return [track["daw"] for track in document["tracks"]]


def assert_shown(document: Document, desk: Desk) -> None:
    for track in document["tracks"]:
        shown = track["current"]
        assert (shown["gain_db"], shown["pan"]) == pytest.approx(
            (desk.db(track["name"]), desk.pan(track["name"])), abs=1e-4
        )


def assert_at_proposal(document: Document, desk: Desk) -> None:
    assert_shown(document, desk)
    for track in document["tracks"]:
        proposal = track["proposal"]
        assert desk.db(track["name"]) == pytest.approx(proposal["gain_db"], abs=desk.step_db)
        assert desk.pan(track["name"]) == pytest.approx(proposal["pan"], abs=desk.step_pan)


def assert_said_once(datagrams: list[bytes]) -> None:
    """Each control got its last value once: nothing was repeated because a confirmation was missed."""
    said: dict[tuple[object, ...], list[object]] = defaultdict(list)
    for message in (message for datagram in datagrams for message in unpack(datagram)):
        if message.args and not QUESTION.search(message.address):  # a question may be asked again
            said[(message.address, *message.args[:-1])].append(message.args[-1])
    assert len(said) >= len(NAMES)
    for address, values in said.items():
        assert values.count(values[-1]) == 1, f"{address} was told {values}"
