"""The daemon with mappings/ardour.toml against a real Ardour, whose own engine says what truly stands there."""

import asyncio
import math
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import PATIENCE_S, Daemon, Document, make_session, running_daemon
from tests.peers.ardour import Ardour, asking_socket, strips
from tests.peers.ear import open_ear
from tests.peers.require import require
from tests.sandbox_server import SandboxServer
from tonn_bridge.protocols import osc

NAMES = ("Kick", "Bass", "Pad", "Keys", "Drums")
"""Three mono tracks, a stereo one and a bus."""

USER = {"Kick": (-3.3, 0.5), "Bass": (-7.7, 0.25), "Pad": (1.1, 0.8), "Keys": (-12.6, 0.1), "Drums": (-0.4, 0.5)}
Engine = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def ardour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    require("ardour")
    with Ardour(tmp_path_factory.mktemp("ardour"), NAMES[:3]) as running:
        running.add_track("Keys", channels=2)
        running.add_bus("Drums")
        for name, (db, pan) in USER.items():
            running.set_gain_db(name, db)
            running.set_pan(name, pan)
        running.save()
        yield running


@asynccontextmanager
async def at_work(ardour: Ardour, tonn: SandboxServer, folder: Path) -> AsyncIterator[Daemon]:
    """The daemon, connected, with the user's mix in Ardour and a proposal of Tonn's at hand."""
    await do(ardour, set_user_mix, ardour)
    session = make_session(folder, NAMES, "ardour", send=("127.0.0.1", ardour.port), tonn=tonn.url)
    async with running_daemon(session, folder / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        yield daemon


async def test_a_proposal_stands_on_the_real_strips_and_can_be_taken_back(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        before = await engine(ardour)
        document = await daemon.does("apply")
        after = await engine(ardour)
        for track in document["tracks"]:
            name, proposal = track["name"], track["proposal"]
            assert after[name, "db"] == pytest.approx(proposal["gain_db"], abs=0.01)
            assert after[name, "pan"] == pytest.approx((proposal["pan"] + 1.0) / 2.0, abs=0.001)
        assert adjustments(document) == dict.fromkeys(NAMES, 0.0)
        await daemon.does("revert")
        assert await engine(ardour) == pytest.approx(before, abs=1e-4)


async def test_a_fader_moved_inside_ardour_is_an_adjustment(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        await daemon.does("apply")
        stood = await engine(ardour)
        await do(ardour, ardour.set_gain_db, "Bass", stood["Bass", "db"] + 2.5)
        await do(ardour, ardour.set_gain_db, "Drums", stood["Drums", "db"] - 1.0)
        document = await daemon.until(lambda found: adjustments(found)["Bass"] and adjustments(found)["Drums"])
        assert adjustments(document) == pytest.approx(
            dict.fromkeys(NAMES, 0.0) | {"Bass": 2.5, "Drums": -1.0}, abs=1e-3
        )
        assert [adjustments(document)[name] for name in ("Kick", "Pad", "Keys")] == [0.0, 0.0, 0.0]
        ridden = await engine(ardour)
        await daemon.does("compare")
        await daemon.does("compare")
        assert await engine(ardour) == pytest.approx(ridden, abs=1e-4)


async def test_tracks_that_come_move_and_change_names_keep_their_settings(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        await daemon.does("apply")
        stood = await engine(ardour)
        await do(ardour, ardour.set_gain_db, "Pad", stood["Pad", "db"] - 2.0)
        await daemon.until(lambda found: adjustments(found)["Pad"])
        stood = await engine(ardour)
        wanted = dict.fromkeys(NAMES, 0.0) | {"Pad": pytest.approx(-2.0, abs=1e-3)}

        await do(ardour, ardour.add_track, "Claps", "Bass")
        document = await places_agree(daemon, ardour)
        assert adjustments(document) == wanted
        assert await engine(ardour) == stood

        await do(ardour, ardour.move_track, "Keys", "Kick")
        document = await places_agree(daemon, ardour)
        assert adjustments(document) == wanted
        assert await engine(ardour) == stood

        await do(ardour, ardour.rename_track, "Bass", "Sub")
        await do(ardour, ardour.set_gain_db, "Sub", stood["Bass", "db"] + 1.0)
        document = await daemon.until(lambda found: adjustments(found)["Bass"])
        wanted["Bass"] = pytest.approx(1.0, abs=1e-3)
        assert adjustments(document) == wanted
        await do(ardour, ardour.rename_track, "Sub", "Bass")
        assert await engine(ardour) == pytest.approx(stood | {("Bass", "db"): stood["Bass", "db"] + 1.0}, abs=1e-4)

        await do(ardour, ardour.hide_track, "Claps")
        document = await places_agree(daemon, ardour)
        assert adjustments(document) == wanted

        await daemon.does("revert")
        assert user_mix(await engine(ardour))
        await do(ardour, ardour.move_track, "Kick", "Keys")


async def test_strips_that_ardour_blanks_are_no_moves(ardour: Ardour, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon, open_ear() as other:
        await daemon.does("apply")
        await do(ardour, ardour.set_gain_db, "Pad", -9.0)
        await daemon.until(lambda found: adjustments(found)["Pad"])
        stood = await engine(ardour)
        before = adjustments(await daemon.document())
        # Another program on this machine has a port of its own: Ardour blanks everybody else's strips.
        other.say(
            osc.encode("/set_surface", "iiiiiii", 0, 159, 3, 0, 0, 0, other.address[1]), ("127.0.0.1", ardour.port)
        )
        await other.next()
        await do(ardour, ardour.set_gain_db, "Kick", stood["Kick", "db"] + 1.0)
        document = await daemon.until(lambda found: adjustments(found)["Kick"])
        assert adjustments(document) == before | {"Kick": pytest.approx(1.0, abs=1e-3)}
        assert await engine(ardour) == stood | {("Kick", "db"): pytest.approx(stood["Kick", "db"] + 1.0, abs=1e-4)}
        await daemon.does("revert")
        assert user_mix(await engine(ardour))


async def test_an_ardour_started_again_as_it_was_saved_keeps_its_adjustments(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        await daemon.does("apply")
        stood = await engine(ardour)
        await do(ardour, ardour.set_gain_db, "Pad", stood["Pad", "db"] - 2.0)
        await daemon.until(lambda found: adjustments(found)["Pad"])
        await do(ardour, ardour.save)
        before, stood = adjustments(await daemon.document()), await engine(ardour)
        port = ardour.port
        await do(ardour, ardour.restart)
        assert ardour.port == port
        await do(ardour, ardour.set_gain_db, "Kick", stood["Kick", "db"] + 1.0)
        document = await daemon.until(lambda found: adjustments(found)["Kick"])
        assert adjustments(document) == pytest.approx(before | {"Kick": 1.0}, abs=1e-3)
        assert await engine(ardour) == pytest.approx(stood | {("Kick", "db"): stood["Kick", "db"] + 1.0}, abs=1e-4)
        await daemon.does("revert")
        assert user_mix(await engine(ardour))
        await do(ardour, ardour.save)


async def test_an_ardour_that_crashed_gets_back_what_it_had_not_saved(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        await do(ardour, ardour.save)
        await daemon.does("apply")
        stood = await engine(ardour)
        await do(ardour, ardour.set_gain_db, "Pad", stood["Pad", "db"] - 2.0)
        await daemon.until(lambda found: adjustments(found)["Pad"])
        before, stood = adjustments(await daemon.document()), await engine(ardour)
        await do(ardour, ardour.kill)
        assert saved_gain_db(ardour, "Pad") == pytest.approx(USER["Pad"][0], abs=1e-4)
        await daemon.until(lambda found: not found["endpoints"][0]["connected"])
        await do(ardour, ardour.start)
        await until_engine(ardour, stood)
        await places_agree(daemon, ardour)
        assert adjustments(await daemon.document()) == pytest.approx(before, abs=1e-3)


async def until_engine(ardour: Ardour, wanted: Engine) -> None:
    """Ardour's engine comes to stand like this; looked at whenever its OSC says something."""
    hello = osc.encode("/set_surface", "iiiiiii", 0, 159, 11, 0, 0, 0, 0)
    async with asyncio.timeout(PATIENCE_S), open_ear() as ear:
        ear.say(hello, ("127.0.0.1", ardour.port))
        while await engine(ardour) != pytest.approx(wanted, abs=1e-4):
            await ear.heard.wait()
            ear.take()


def saved_gain_db(ardour: Ardour, name: str) -> float:
    routes = ET.parse(ardour.session_file).getroot().iterfind("Routes/Route")
    (found,) = [route for route in routes if route.get("name") == name]
    control = next(control for control in found.iter("Controllable") if control.get("name") == "gaincontrol")
    return 20.0 * math.log10(float(control.get("value", "nan")))


def set_user_mix(ardour: Ardour) -> None:
    for name, (db, pan) in USER.items():
        ardour.set_gain_db(name, db)
        ardour.set_pan(name, pan)


def user_mix(found: Engine) -> bool:
    return found == pytest.approx(
        {(name, what): value for name, pair in USER.items() for what, value in zip(("db", "pan"), pair, strict=True)},
        abs=1e-4,
    )


async def do(ardour: Ardour, action: Any, *arguments: Any) -> Any:
    """Something done inside Ardour while the daemon goes on."""
    return await asyncio.to_thread(action, *arguments)


async def engine(ardour: Ardour) -> Engine:
    """Fader (dB) and pan (0 left, 1 right) of each track in Ardour's own engine, past OSC."""

    def ask() -> Engine:
        return {
            (name, what): read(name) for name in NAMES for what, read in (("db", ardour.gain_db), ("pan", ardour.pan))
        }

    return await asyncio.to_thread(ask)


def adjustments(document: Document) -> dict[str, float | None]:
    return {track["name"]: track["adjust_db"] for track in document["tracks"]}


async def places_agree(daemon: Daemon, ardour: Ardour) -> Document:
    """The daemon has each track where Ardour itself lists it."""

    def ask() -> dict[str, int]:
        with asking_socket() as asking:
            return strips(asking, ardour.port)

    listed = await asyncio.to_thread(ask)
    return await daemon.until(
        lambda found: (
            {track["name"]: track["daw"] for track in found["tracks"]} == {name: listed[name] for name in NAMES}
        )
    )
