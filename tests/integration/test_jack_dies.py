"""The MIDI server dies in the middle of everything: the mix and the job go on, and the surface comes back with it."""

import asyncio
from pathlib import Path

from tests.daemon import Daemon, Document, free_address, make_session, running_daemon
from tests.peers.jack import running_jack
from tests.peers.surfaces.mackie import SimulatedXTouch
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.core import Gain
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.ports.midi import Wanted, open_midi

NAMES = ("Kick", "Bass")
SURFACE = '[[surface]]\nmapping = "x-touch"\ninput = "My desk"\noutput = "My desk"\n'
NEAR = 0.003


def surface(document: Document) -> dict[str, object]:
    return document["endpoints"][1]


async def until_faders_follow(unit: SimulatedXTouch, daemon: Daemon) -> None:
    """The unit's motors come to stand where the DAW's faders are."""
    tracks = (await daemon.document())["tracks"]
    wanted = [ReaperLaw().position(Gain(track["current"]["gain_db"])) for track in tracks]
    news = asyncio.Event()
    for fader in unit.faders.values():
        fader.stepped = news.set
    async with asyncio.timeout(20):
        while any(abs(unit.faders[place].position - position) > NEAR for place, position in enumerate(wanted)):
            news.clear()
            await news.wait()


async def until_names_are_shown(unit: SimulatedXTouch) -> None:
    """The unit's display holds the tracks' names, after whatever notice it showed."""
    news, take = asyncio.Event(), unit.take

    def taken(message: bytes) -> None:
        take(message)
        news.set()

    unit.take = taken  # type: ignore[method-assign]
    async with asyncio.timeout(20):
        while [unit.cell(strip)[0] for strip in range(2)] != list(NAMES):
            news.clear()
            await news.wait()


async def test_the_mix_goes_on_without_midi_and_the_surface_comes_back(tonn: SandboxServer, tmp_path: Path) -> None:
    unit, listen = SimulatedXTouch(SystemClock()), free_address()
    daw = SimulatedReaper(NAMES, SystemClock(), listen)
    await daw.start()
    session = make_session(tmp_path, NAMES, "reaper", send=daw.address, listen=listen, tonn=tonn.url, extra=SURFACE)
    with running_jack(tmp_path) as jack:
        async with (
            open_midi(SystemClock(), "X-Touch") as its_own,
            running_daemon(session, tmp_path / "state") as daemon,
        ):
            gear = its_own.open(Wanted("My desk", "My desk", virtual=True), unit.hear, lambda: None)
            unit.plug_in(lambda message: gear.send([message]))
            await daemon.connected()
            await daemon.until(lambda document: surface(document)["connected"])
            await until_faders_follow(unit, daemon)
            assert (await daemon.does("preview"))["state"] == "ready"

            assert (await daemon.act("apply")).status_code == 202
            jack.kill()  # while every fader is on its way
            document = await daemon.until(lambda document: document["running"] is None)
            assert (document["state"], document["error"]) == ("applied", None)
            document = await daemon.until(lambda document: not surface(document)["connected"])
            assert surface(document)["problems"]
            assert (await daemon.does("compare"))["showing"] == "user"
            assert (await daemon.does("compare"))["showing"] == "proposal"
            assert (await daemon.does("final"))["state"] == "done"

            jack.restart()
            await daemon.until(lambda document: surface(document)["connected"])
            await until_faders_follow(unit, daemon)
            await until_names_are_shown(unit)
            unit.press("f3")
            await daemon.until(lambda document: document["showing"] == "user")
    await daw.stop()
