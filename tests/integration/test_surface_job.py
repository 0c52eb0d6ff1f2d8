"""The whole job from a control surface alone: what is pressed are its buttons, what is read is what it shows."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import PATIENCE_S, free_address, make_session, opened, running_daemon
from tests.peers.dials import keep_learnt
from tests.peers.jack import running_jack
from tests.peers.surfaces.mackie import MASTER, SimulatedXTouch
from tests.peers.surfaces.plain import SimulatedKontrol
from tests.peers.surfaces.unit import SimulatedUnit
from tests.sandbox_server import SandboxServer
from tonn_bridge.app import OpenMidi
from tonn_bridge.clock import SystemClock
from tonn_bridge.core import Gain
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import prepared_chain
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS
from tonn_bridge.mapping import find
from tonn_bridge.ports.midi import Wanted, memory_midi, open_midi
from tonn_bridge.sandbox import SandboxSettings

NAMES = ("Kick", "Bass", "Pad")
USER = {"Kick": -3.0, "Bass": -7.5, "Pad": -20.0}
LAW = ReaperLaw()
NEAR = 0.003
"""Three steps of a ten-bit fader."""

TWO_BLINKS_S = 0.6

Cable = Callable[[SimulatedUnit, str], Any]


@pytest.fixture(scope="module")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox whose stages are long enough to be seen."""
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.45))
    yield server
    server.close()


# --- cables -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def in_memory(unit: SimulatedUnit, name: str) -> AsyncIterator[OpenMidi]:
    midi = memory_midi()
    gear = midi.open(Wanted(name, name, virtual=True), unit.hear, lambda: None)
    unit.plug_in(lambda message: gear.send([message]))
    yield opened(midi)
    gear.close()


@asynccontextmanager
async def over_jack(unit: SimulatedUnit, name: str) -> AsyncIterator[OpenMidi]:
    """Real MIDI between processes: the unit's own ports on a JACK server, and the daemon's beside them."""
    rtmidi = pytest.importorskip("rtmidi")
    loop = asyncio.get_running_loop()
    into = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{name} in")
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{name} out")
    into.ignore_types(sysex=False)
    into.set_callback(lambda event, _: loop.call_soon_threadsafe(unit.hear, [bytes(event[0])]))
    into.open_virtual_port(name)
    out.open_virtual_port(name)
    unit.plug_in(out.send_message)
    try:
        yield open_midi
    finally:
        unit.unplug()
        for port in (into, out):
            port.close_port()
            port.delete()


@pytest.fixture(params=["memory", "jack"])
def cable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cable]:
    """What the unit hangs on."""
    if request.param == "memory":
        yield in_memory
        return
    with running_jack(tmp_path):
        yield over_jack


# --- somebody at the surface ------------------------------------------------------------------------------------------


class Eyes:
    """Somebody who looks at one unit and nothing else; `seen` are the displays so far, without repetitions."""

    def __init__(self, unit: SimulatedUnit) -> None:
        self.unit = unit
        self.seen: list[tuple[str, str]] = []
        self.fills: list[float] = []
        """How much of all rings was lit."""
        self._news = asyncio.Event()
        unit.news = self._look
        for fader in unit.faders.values():
            fader.stepped = self._news.set

    async def until(self, holds: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"it shows {self.seen[-1:]}, faders {self._places()}")

    async def until_steady(self, lamp: str) -> None:
        """A lamp is lit and does not blink; for units whose lamps the host lets blink."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self.until(lambda: self.unit.lamp(lamp) == "on")
                with suppress(TimeoutError):
                    async with asyncio.timeout(TWO_BLINKS_S):
                        await self.until(lambda: self.unit.lamp(lamp) == "off")
                        continue
                return

    async def until_faders(self, *positions: float) -> None:
        """The first faders come to stand there."""
        await self.until(lambda: self._places()[: len(positions)] == pytest.approx(positions, abs=NEAR))

    async def until_at_rest(self) -> None:
        await self.until(lambda: all(fader.at_rest for fader in self.unit.faders.values()))

    def saw(self, pattern: str) -> bool:
        """Whether this has stood in a row at any time."""
        return any(re.search(pattern, row) for rows in self.seen for row in rows)

    def _places(self) -> list[float]:
        return [fader.position for number, fader in self.unit.faders.items() if number != MASTER]

    def _look(self) -> None:
        if isinstance(self.unit, SimulatedXTouch):
            if self.seen[-1:] != [self.unit.display()]:
                self.seen.append(self.unit.display())
            self.fills.append(sum(self.unit.ring(encoder).fill for encoder in range(8)))
        self._news.set()


@asynccontextmanager
async def desk(
    unit: SimulatedUnit, cable: Cable, mapping: str, tonn: SandboxServer, folder: Path
) -> AsyncIterator[tuple[Eyes, SimulatedReaper]]:
    """The unit beside a DAW with three tracks that have Tonn's plug-ins, and the daemon between them."""
    eyes, listen = Eyes(unit), free_address()
    daw = SimulatedReaper(
        NAMES, SystemClock(), listen, patterns=PLUG_IN_PATTERNS, chain=prepared_chain, packet_bytes=8192, pacing_s=0.001
    )
    keep_learnt(folder / "state", "reaper")
    await daw.start()
    for name, db in USER.items():
        daw.hand_move(name, db)
    extra = f'[tonn.spend]\nfinal = "ask"\n[[surface]]\nmapping = "{mapping}"\ninput = "My desk"\noutput = "My desk"'
    session = make_session(folder, NAMES, "reaper", send=daw.address, listen=listen, tonn=tonn.url, extra=extra)
    async with (
        cable(unit, "My desk") as its_midi,
        running_daemon(session, folder / "state", open_midi=its_midi),
    ):
        yield eyes, daw
    await daw.stop()


def lower_row(unit: SimulatedXTouch) -> list[str]:
    """What stands under the names of the three tracks."""
    return [unit.cell(strip)[1] for strip in range(3)]


def approx(position: float) -> Any:
    """As near as a display's tenth of a dB and a fader's steps can say."""
    return pytest.approx(position, abs=NEAR)


def stands(db: float) -> float:
    """Where a fader stands for a gain."""
    return LAW.position(Gain(db))


def final_request(tonn: SandboxServer) -> list[dict[str, Any]]:
    """The tracks of the newest request for a final mix."""
    bodies = [
        request["body"]["applyAudioEffectsData"]
        for task in tonn.tasks()
        for request in task["requests"]
        if request["endpoint"] == "/retrievefinalmix"
    ]
    return bodies[-1]["trackData"]


# --- the job ----------------------------------------------------------------------------------------------------------


async def test_the_whole_job_from_an_x_touch(cable: Cable, unhurried: SandboxServer, tmp_path: Path) -> None:
    unit = SimulatedXTouch(SystemClock())
    async with desk(unit, cable, "x-touch", unhurried, tmp_path) as (eyes, _):
        await eyes.until(lambda: [unit.cell(strip)[0] for strip in range(4)] == ["Kick", "Bass", "Pad", ""])
        await eyes.until_faders(*(stands(USER[name]) for name in NAMES), 0.0)
        await eyes.until_at_rest()
        assert [unit.cell(strip)[1] for strip in range(3)] == ["-3.0", "-7.5", "-20.0"]
        assert unit.digits() == "ID"

        # Preview: how far it is can be read, and seen from across the room.
        eyes.fills.clear()
        unit.press("f1")
        await eyes.until(lambda: unit.lamp("f1") == "blink")
        await eyes.until(lambda: unit.digits() == "RD" and unit.lamp("f1") == "on")
        assert eyes.saw(r"MIX +[1-9]\d*%")
        assert max(eyes.fills) > 2.0, "rings fill from the left, all eight for all of it"

        # The proposal is a ghost: beside what stands, and no fader has moved.
        await eyes.until(lambda: all(re.fullmatch(r"(-?[\d.]+)?>-?[\d.]+", text) for text in lower_row(unit)))
        ghost = [float(text.rpartition(">")[2]) for text in lower_row(unit)]
        await eyes.until_faders(*(stands(USER[name]) for name in NAMES))
        assert set(unit.colours[:3]) == {6}, "proposed, and not heard"

        unit.press("f2")
        await eyes.until(lambda: unit.digits() == "AP" and unit.lamp("f2") == "on")
        await eyes.until(lambda: not any(">" in text for text in lower_row(unit)))
        await eyes.until(lambda: [float(text) for text in lower_row(unit)] == pytest.approx(ghost, abs=0.51))
        await eyes.until(
            lambda: all(unit.fader(strip) == approx(stands(float(lower_row(unit)[strip]))) for strip in range(3))
        )
        await eyes.until_at_rest()
        proposed = [float(text) for text in lower_row(unit)]
        await eyes.until_faders(*(stands(db) for db in proposed))
        assert set(unit.colours[:3]) == {2}, "as Tonn proposed it"

        # Compare, and back.
        unit.press("f3")
        await eyes.until(lambda: unit.lamp("f3") == "on")
        await eyes.until_faders(*(stands(USER[name]) for name in NAMES))
        unit.press("f3")
        await eyes.until(lambda: unit.lamp("f3") == "off")
        await eyes.until_faders(*(stands(db) for db in proposed))

        # Blend half-way on a V-Pot.
        unit.press("f6")
        await eyes.until(lambda: unit.cell(0) == ("Morph", "100%"))
        for _ in range(5):
            unit.turn(0, -5)
        await eyes.until(lambda: unit.cell(0)[1] == "50%")
        halfway = [(USER[name] + db) / 2.0 for name, db in zip(NAMES, proposed, strict=True)]
        await eyes.until_faders(*(stands(db) for db in halfway))
        assert unit.ring(0).fill == pytest.approx(0.5, abs=0.1)
        unit.press("f6")
        await eyes.until(lambda: unit.cell(0)[0] == "Kick")

        # Ride one fader: it shows its value, and stays where the hand leaves it.
        await eyes.until_at_rest()
        unit.touch(1)
        unit.move(1, stands(-9.0))
        unit.move(1, stands(-5.0))
        await eyes.until(lambda: unit.cell(1)[1] == "-5.0")
        unit.release(1)
        await eyes.until(lambda: unit.colours[1] == 3)
        await eyes.until_at_rest()
        assert unit.fader(1) == pytest.approx(stands(-5.0), abs=NEAR)
        unit.press("name_value")
        await eyes.until(lambda: float(lower_row(unit)[1]) == pytest.approx(-5.0 - proposed[1], abs=0.11))
        await eyes.until(lambda: unit.lamp("name_value") == "on")
        adjustments = [float(text) for text in lower_row(unit)]

        # Final: what it costs is asked on the surface, and answered there.
        unit.press("f5")
        await eyes.until(lambda: re.match(r"FINAL 250cr\? F8=YES", unit.display()[0]))
        assert (unit.lamp("f8"), unit.lamp("f7")) == ("blink", "on")
        assert 0 < int(unit.digits()) <= 60
        unhurried.faults({"endpoint": "/retrievefinalmix", "times": 1, "delay_s": 0.4})
        unit.press("f8")
        await eyes.until(lambda: unit.lamp("f8") == "off")
        await eyes.until(lambda: unit.digits() == "DN" and unit.lamp("f5") == "on")
        assert eyes.saw(r"FIN +\d+%")
        assert unit.faults == []
        assert [fader.driven_while_held for fader in unit.faders.values()] == [0] * 9

    assert [track["gainDb"] for track in final_request(unhurried)] == pytest.approx(adjustments, abs=0.06)
    assert list((tmp_path / "mixes").glob("*final*")), "and the mix has come down"


async def test_what_is_not_possible_stands_in_the_two_rows(tonn: SandboxServer, tmp_path: Path) -> None:
    unit = SimulatedXTouch(SystemClock())
    async with desk(unit, in_memory, "x-touch", tonn, tmp_path) as (eyes, _):
        await eyes.until(lambda: unit.cell(0) == ("Kick", "-3.0"))
        unit.press("f5")
        await eyes.until(lambda: "preview" in " ".join(unit.display()))
        assert unit.digits() == "ID", "nothing has been begun"
        unit.press("name_value")
        await eyes.until(lambda: unit.cell(0)[0] == "Kick")


async def test_a_failure_of_the_service_stands_in_the_two_rows(tonn: SandboxServer, tmp_path: Path) -> None:
    unit = SimulatedXTouch(SystemClock())
    tonn.faults({"endpoint": "/mixpreview", "times": 1, "status": 400})
    async with desk(unit, in_memory, "x-touch", tonn, tmp_path) as (eyes, _):
        await eyes.until(lambda: unit.cell(0) == ("Kick", "-3.0"))
        unit.press("f1")
        await eyes.until(lambda: unit.digits() == "ER")
        await eyes.until(lambda: unit.display()[0].startswith("ERROR"))
        assert set(unit.colours[:3]) == {1}
        unit.press("f1")
        await eyes.until(lambda: unit.digits() == "RD")


async def test_an_x_touch_that_is_plugged_in_again_shows_everything(tonn: SandboxServer, tmp_path: Path) -> None:
    unit = SimulatedXTouch(SystemClock())
    midi = memory_midi()
    gear = midi.open(Wanted("My desk", "My desk", virtual=True), unit.hear, lambda: None)

    @asynccontextmanager
    async def by_hand(_: SimulatedUnit, __: str) -> AsyncIterator[OpenMidi]:
        unit.plug_in(lambda message: gear.send([message]))
        yield opened(midi)

    async with desk(unit, by_hand, "x-touch", tonn, tmp_path) as (eyes, daw):
        await eyes.until(lambda: unit.cell(0) == ("Kick", "-3.0"))
        await eyes.until_faders(stands(-3.0))
        gear.unplug()
        unit.unplug()
        daw.hand_move("Kick", -12.0)
        unit.plug_in(lambda message: gear.send([message]))
        gear.plug("My desk 2")
        await eyes.until(lambda: unit.cell(0) == ("Kick", "-12.0"))
        await eyes.until_faders(stands(-12.0), stands(USER["Bass"]))


async def test_the_whole_job_from_a_controller_with_lamps_only(tonn: SandboxServer, tmp_path: Path) -> None:
    unit = SimulatedKontrol(SystemClock(), find("nanokontrol2"))
    async with desk(unit, in_memory, "nanokontrol2", tonn, tmp_path) as (eyes, _):
        await eyes.until(lambda: unit.received)
        unit.press("play")
        await eyes.until(lambda: unit.lamp("stop") == "on")
        await eyes.until(lambda: unit.lamp("stop") == "off" and unit.lamp("play") == "on")
        unit.press("forward")
        await eyes.until(lambda: unit.lamp("forward") == "on" and unit.lamp("cycle") == "off")
        unit.press("cycle")
        await eyes.until(lambda: unit.lamp("cycle") == "on" and unit.lamp("forward") == "off")
        unit.press("cycle")
        await eyes.until_steady("forward")

        # Its faders lie at the bottom; nothing happens before one passes the value.
        unit.slide(1, *(place / 127 for place in range(127)))
        unit.slide(1, stands(-5.0))

        # A question has its answer's lamp lit: not to answer is to cancel.
        unit.press("record")
        await eyes.until(lambda: unit.lamp("stop") == "on")
        unit.press("marker_set")
        await eyes.until(lambda: unit.lamp("record") == "on" and unit.lamp("stop") == "off")
        assert unit.faults == []
    (kick, bass, pad) = final_request(tonn)
    assert (kick["gainDb"], pad["gainDb"]) == (0.0, 0.0)
    assert bass["gainDb"] not in (0.0, pytest.approx(0.0, abs=0.3)), "what the hand did"
    assert list((tmp_path / "mixes").glob("*final*"))
