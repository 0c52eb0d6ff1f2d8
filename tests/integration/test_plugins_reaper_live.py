"""Equaliser and compressor in the simulated REAPER and Live: set, read back, turned by hands, moved, missing.

The link over real UDP, on a clock that the test moves; what stands in the DAW is read past every wire.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from tests.clock import FakeClock
from tests.daemon import free_address
from tests.peers import live_devices
from tests.peers.dials import learnt
from tests.peers.live import SimulatedLive
from tonn_bridge.core import Compressor, EqBand, Gain, Pan, Param, Proposal, TrackSpec
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.plugins import Look, Slot, place
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import ReaEq, other_fx, prepared_chain, rea_comp
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.links.plugins import DawPlugins
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.ports import UdpPort

NAMES = ("Kick", "Bass", "Pad")
BANDS = (
    EqBand(1, 46.5, -1.69, 2.66),
    EqBand(2, 180.0, 3.2, 0.71),
    EqBand(3, 640.0, -6.4, 1.41),
    EqBand(4, 1300.0, 0.8, 4.0),
    EqBand(5, 5200.0, -11.5, 0.45),
    EqBand(6, 14_500.0, 2.05, 8.0),
)
COMPS = (
    Compressor(-3.89, 1.8, 0.074, 0.022),
    Compressor(-24.3, 4.0, 0.0025, 0.35),
    Compressor(-41.0, 12.5, 0.0004, 0.9),
)
Result = TypeVar("Result")
Setting = dict[str, float]


@dataclass(kw_only=True)
class Studio:
    """One DAW with plug-ins, behind one face; tracks go by name, values are in Tonn's units.

    `stands` is what the plug-ins truly hold, `untouched` everything of them in the DAW's own numbers.
    """

    mapping: str
    peer: SimulatedReaper | SimulatedLive
    listen: tuple[str, int]
    stands: Callable[[str], Setting]
    untouched: Callable[[str], Any]
    turn: Callable[[str, str, float], None]
    """A hand turns gain (of Tonn's third bell), or ratio."""
    switch_off: Callable[[str], None]
    put_before: Callable[[str], None]
    """Something else is inserted before everything on a track."""
    swap: Callable[[str], None]
    """A hand drags the compressor before the equaliser."""
    remove: Callable[[str, Slot], None]
    break_ratio: Callable[[str], None]
    lose: Callable[[int], None]
    """The next writes of parameters do not arrive."""


def reaper(clock: FakeClock) -> Studio:
    listen = free_address()
    peer = SimulatedReaper(
        NAMES, clock, listen, patterns=PLUG_IN_PATTERNS, chain=prepared_chain, packet_bytes=8192, pacing_s=0.001
    )

    def stands(name: str) -> Setting:
        eq, comp = peer.fx(name, "Tonn EQ"), peer.fx(name, "Tonn Comp")
        found = {f"eq.{b}.freq_hz": eq.value(f"Freq-Band {b}") for b in range(1, 7)}
        found |= {f"eq.{b}.gain_db": eq.value(f"Gain-Band {b}") for b in range(1, 7)}
        found |= {f"eq.{b}.octaves": eq.value(f"BW-Band {b}") for b in range(1, 7)}
        found |= {"comp.threshold_db": comp.value("Threshold"), "comp.ratio": comp.value("Ratio")}
        found |= {"comp.attack_s": comp.value("Attack") / 1000.0, "comp.release_s": comp.value("Release") / 1000.0}
        return found | {"comp.knee": comp.value("Knee"), "comp.make-up": comp.value("Auto Make Up Gain")}

    def turn(name: str, what: str, value: float) -> None:
        plug_in, dial = {"gain": ("Tonn EQ", "Gain-Band 3"), "ratio": ("Tonn Comp", "Ratio")}[what]
        peer.hand_turn(name, plug_in, dial, value)

    def break_ratio(name: str) -> None:
        peer.fx(name, "Tonn Comp").snaps = lambda number, position: 0.9 if number == 1 else position

    return Studio(
        mapping="reaper",
        peer=peer,
        listen=listen,
        stands=stands,
        untouched=lambda name: [(fx.name, list(fx.positions)) for fx in peer.track(name).chain],
        turn=turn,
        switch_off=lambda name: peer.bypass(name, "Tonn EQ", True),
        put_before=lambda name: peer.insert_fx(name, 1, other_fx("JS: Gate")),
        swap=lambda name: peer.move_fx(name, "Tonn Comp", 1),
        remove=lambda name, slot: peer.remove_fx(name, {Slot.EQ: "Tonn EQ", Slot.COMP: "Tonn Comp"}[slot]),
        break_ratio=break_ratio,
        lose=lambda count: setattr(peer, "loses", Losing(count, lambda address: "/fxparam/" in address)),
    )


def live(clock: FakeClock) -> Studio:
    listen = free_address()
    peer = SimulatedLive(NAMES, clock, listen[1], chain=live_devices.equipped)

    def stands(name: str) -> Setting:
        eq, comp = peer.device(name, "Eq8"), peer.device(name, "Compressor2")
        found = {f"eq.{b}.freq_hz": eq.shown(f"{b} Frequency A") for b in range(1, 7)}
        found |= {f"eq.{b}.gain_db": eq.shown(f"{b} Gain A") for b in range(1, 7)}
        found |= {f"eq.{b}.octaves": octaves_of(eq.shown(f"{b} Resonance A")) for b in range(1, 7)}
        found |= {"comp.threshold_db": comp.shown("Threshold"), "comp.ratio": comp.shown("Ratio")}
        found |= {"comp.attack_s": comp.shown("Attack") / 1000.0, "comp.release_s": comp.shown("Release") / 1000.0}
        return found | {"comp.knee": comp.shown("Knee"), "comp.make-up": comp.shown("Makeup")}

    def turn(name: str, what: str, value: float) -> None:
        device, dial = {"gain": ("Eq8", "3 Gain A"), "ratio": ("Compressor2", "Ratio")}[what]
        peer.hand_turn(name, device, dial, value)

    def break_ratio(name: str) -> None:
        peer.device(name, "Compressor2").parameter("Ratio").snaps = lambda raw: 0.9

    return Studio(
        mapping="ableton",
        peer=peer,
        listen=listen,
        stands=stands,
        untouched=lambda name: [
            (device.class_name, [parameter.value for parameter in device.parameters])
            for device in peer.track(name).devices
        ],
        turn=turn,
        switch_off=lambda name: peer.hand_turn(name, "Eq8", "Device On", 0.0),
        put_before=lambda name: peer.insert_device(name, 0, live_devices.other_device("Gate")),
        swap=lambda name: peer.move_device(name, "Compressor2", 0),
        remove=lambda name, slot: peer.remove_device(name, {Slot.EQ: "Eq8", Slot.COMP: "Compressor2"}[slot]),
        break_ratio=break_ratio,
        lose=lambda count: setattr(peer, "loses", Losing(count, lambda address: "/set/parameter/" in address)),
    )


STUDIOS = {"reaper": reaper, "ableton": live}


@dataclass
class Losing:
    """Says yes to so many messages to addresses of a kind."""

    left: int
    is_meant: Callable[[str], bool]

    def __call__(self, address: str, *_: object) -> bool:
        if self.left and self.is_meant(address):
            self.left -= 1
            return True
        return False


class Mixer:
    """Hears of faders, which is not the point here."""

    def __init__(self) -> None:
        self.bound: dict[int, int] = {}

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        pass

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool) -> None:
        self.bound = dict(places)

    def daw_lost(self) -> None:
        self.bound = {}


@dataclass
class Room:
    """A link that stands, and the DAW at its other end."""

    clock: FakeClock
    studio: Studio
    link: DawLink
    mixer: Mixer = field(default_factory=Mixer)
    told: list[tuple[int, str, float]] = field(default_factory=list)

    @property
    def plugins(self) -> DawPlugins:
        assert isinstance(self.link.plugins, DawPlugins)
        return self.link.plugins

    async def done(self, work: Awaitable[Result], seconds: float = 20.0) -> Result:
        """The end of `work`, which comes within so much time of the test's clock."""
        task = asyncio.ensure_future(work)
        for _ in range(int(seconds / 0.01)):
            if task.done():
                break
            await self.clock.run(0.01)
        assert task.done(), "it does not come to an end"
        return await task

    async def look(self) -> dict[int, Look]:
        return await self.done(self.plugins.look([1, 2, 3]))

    async def set(self, looks: Mapping[int, Look], numbers: tuple[int, ...] = (1, 2, 3)) -> None:
        """Put Tonn's settings into the plug-ins of these tracks."""
        wires = {number: dict(place(looks[number].outfit, proposal(number)).wires) for number in numbers}
        await self.done(self.plugins.write(wires))
        await self.clock.run(0.15)  # what has left is yet to be obeyed


@asynccontextmanager
async def room(daw: str, *, knows_dials: bool = True) -> AsyncIterator[Room]:
    clock = FakeClock()
    studio = STUDIOS[daw](clock)
    await studio.peer.start()
    mapping = DawMapping(load(daw), learnt(daw) if knows_dials else ())
    tracks = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
    soon = asyncio.get_running_loop().call_soon
    link = DawLink(mapping, daw, tracks, clock, soon, Traffic(clock), lambda: None)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(
            UdpPort.open(studio.listen, link.intake.on_datagrams, name="DAW", on_unreachable=link.unreachable)
        )
        here = Room(clock, studio, link)
        here.plugins.told = lambda number, key, wire: here.told.append((number, key, wire))
        link.start(port, studio.peer.address, here.mixer)
        stack.callback(link.stop)
        while len(here.mixer.bound) < len(NAMES):
            await clock.run(0.05)
        yield here
    await studio.peer.stop()


def proposal(number: int) -> Proposal:
    return Proposal(Gain(0.0), 0.0, Pan(0.0), BANDS, COMPS[number - 1])


def wanted(number: int) -> Setting:
    """What shall stand in the plug-ins, in Tonn's units; widths as a DAW's ear has them."""
    found: Setting = {}
    for band in BANDS:
        found |= {f"eq.{band.band}.freq_hz": band.freq_hz, f"eq.{band.band}.gain_db": band.gain_db}
        found[f"eq.{band.band}.octaves"] = octaves_of(band.q)
    comp = COMPS[number - 1]
    found |= {"comp.threshold_db": comp.threshold_db or 0.0, "comp.ratio": comp.ratio or 0.0}
    found |= {"comp.attack_s": comp.attack_s or 0.0, "comp.release_s": comp.release_s or 0.0}
    return found | {"comp.knee": 0.0, "comp.make-up": 0.0}


def near(setting: Setting) -> dict[str, Any]:
    """Within 0.1 dB, 1 % of a frequency, and 2 % of everything else."""
    return {
        key: pytest.approx(value, abs=0.1)
        if key.endswith("_db")
        else pytest.approx(value, rel=0.01 if key.endswith("_hz") else 0.015)
        for key, value in setting.items()
    }


def read(look: Look) -> Setting:
    """What a look tells, in Tonn's units; widths in octaves."""
    knobs = look.outfit.knobs
    values = {key: knobs[key].value_of(wire) for key, wire in look.wires.items() if key in wanted(1) or ".q" in key}
    return {key.replace(".q", ".octaves"): octaves_of(v) if key.endswith(".q") else v for key, v in values.items()}


@pytest.mark.parametrize("daw", STUDIOS)
async def test_all_that_tonn_has_set_stands_in_the_plug_ins_and_is_read_back(daw: str) -> None:
    async with room(daw) as here:
        looks = await here.look()
        for number, name in enumerate(NAMES, 1):
            assert looks[number].outfit.bells == 6
            assert read(looks[number]) == near(here.studio.stands(name)), "as it was found"
        await here.set(looks)
        for number, name in enumerate(NAMES, 1):
            assert here.studio.stands(name) == near(wanted(number)), "as the DAW has it"
        again = await here.look()
        for number in (1, 2, 3):
            placed = place(looks[number].outfit, proposal(number)).wires
            assert {key: again[number].wires[key] for key in placed} == pytest.approx(placed, abs=2e-6)
            assert read(again[number]) == near(wanted(number)), "as it is read back"
    assert here.told == [], "none of it counts as a hand"


@pytest.mark.parametrize("daw", STUDIOS)
async def test_what_the_user_had_comes_back_to_the_last_bit(daw: str) -> None:
    async with room(daw) as here:
        here.studio.switch_off("Bass")
        before = {name: here.studio.untouched(name) for name in NAMES}
        user = await here.look()
        assert not user[2].outfit.is_on("eq.on", user[2].wires)
        await here.set(user)
        assert all(here.studio.untouched(name) != before[name] for name in NAMES)
        await here.done(here.plugins.write({number: dict(look.wires) for number, look in user.items()}))
        await here.clock.run(0.15)
    for name in NAMES:
        for (_, values), (_, values_before) in zip(here.studio.untouched(name), before[name], strict=True):
            assert values == pytest.approx(values_before, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("daw", STUDIOS)
async def test_a_hand_on_a_knob_is_seen(daw: str) -> None:
    async with room(daw) as here:
        await here.set(await here.look())
        await here.look()
        here.studio.turn("Bass", "gain", -1.25)
        here.studio.turn("Pad", "ratio", 3.0)
        await here.clock.run(0.2)
        looks = await here.look()
    assert read(looks[2])["eq.3.gain_db"] == pytest.approx(-1.25, abs=0.05)
    assert read(looks[3])["comp.ratio"] == pytest.approx(3.0, rel=0.01)
    assert read(looks[1]) == near(wanted(1))
    if here.plugins.poll_s is None:
        knobs = {number: looks[number].outfit.knobs for number in looks}
        heard = {(number, key): knobs[number][key].value_of(wire) for number, key, wire in here.told}
        assert heard == {
            (2, "eq.3.gain_db"): pytest.approx(-1.25, abs=0.05),
            (3, "comp.ratio"): pytest.approx(3.0, 0.01),
        }


@pytest.mark.parametrize("daw", STUDIOS)
async def test_plug_ins_that_move_are_found_again_and_nothing_else_is_touched(daw: str) -> None:
    async with room(daw) as here:
        looks = await here.look()
        here.studio.put_before("Kick")
        here.studio.swap("Bass")
        before = [found for found in here.studio.untouched("Kick") if found[0] in ("JS: Gate", "Gate")]
        await here.clock.run(2.5)
        await here.set(looks)
        again = await here.look()
        for number, name in enumerate(NAMES, 1):
            assert here.studio.stands(name) == near(wanted(number))
            assert read(again[number]) == near(wanted(number))
        assert [found for found in here.studio.untouched("Kick") if found[0] in ("JS: Gate", "Gate")] == before


INSERT = {
    ("reaper", Slot.EQ): ("ReaEQ", 'rename it to "Tonn EQ"'),
    ("reaper", Slot.COMP): ("ReaComp", 'rename it to "Tonn Comp"'),
    ("ableton", Slot.EQ): ("EQ Eight", "Drag EQ Eight from the browser"),
    ("ableton", Slot.COMP): ("Compressor", "Drag Compressor from the browser"),
}


@pytest.mark.parametrize("daw", STUDIOS)
@pytest.mark.parametrize("slot", [Slot.EQ, Slot.COMP])
async def test_a_missing_plug_in_is_said_with_how_to_insert_it_and_the_others_serve(daw: str, slot: Slot) -> None:
    async with room(daw) as here:
        here.studio.remove("Bass", slot)
        await here.clock.run(0.2)
        looks = await here.look()
        title, how = INSERT[daw, slot]
        missing = {serving.slot: serving for serving in looks[2].outfit.serving}[slot]
        assert not missing.found
        assert title in (missing.problem or "")
        assert how in (missing.problem or "")
        assert all(serving.found and serving.problem is None for serving in looks[1].outfit.serving)
        others = [serving for serving in looks[2].outfit.serving if serving.slot is not slot]
        assert all(serving.found for serving in others)
        await here.set(looks, (1, 3))
        assert here.studio.stands("Kick") == near(wanted(1))


@pytest.mark.parametrize("daw", STUDIOS)
async def test_while_dials_are_not_learnt_nothing_is_set_and_it_is_said(daw: str) -> None:
    async with room(daw, knows_dials=False) as here:
        before = here.studio.untouched("Kick")
        looks = await here.look()
        await here.set(looks)
        problems = [serving.problem or "" for serving in looks[1].outfit.serving]
        assert all("tonn-bridge learn plugin" in problem for problem in problems), problems
        assert here.studio.untouched("Kick") == before


@pytest.mark.parametrize("daw", STUDIOS)
async def test_what_was_lost_and_what_did_not_stay_is_read_as_it_is(daw: str) -> None:
    async with room(daw) as here:
        looks = await here.look()
        here.studio.lose(1)
        here.studio.break_ratio("Pad")
        await here.set(looks, (3,))
        await here.set(looks, (3,))
        again = await here.look()
    placed = place(looks[3].outfit, proposal(3)).wires
    off = {key for key, wire in placed.items() if not looks[3].outfit.same(key, again[3].wires[key], wire)}
    assert off == {"comp.ratio"}
    assert math.isclose(again[3].wires["comp.ratio"], 0.9, rel_tol=1e-6)


async def test_a_reaeq_of_the_users_own_is_never_set() -> None:
    async with room("reaper") as here:
        assert isinstance(here.studio.peer, SimulatedReaper)
        here.studio.peer.insert_fx("Kick", 1, ReaEq())
        here.studio.peer.insert_fx("Kick", 2, rea_comp())
        own = [list(fx.positions) for fx in here.studio.peer.track("Kick").chain[:2]]
        await here.clock.run(0.2)
        await here.set(await here.look())
        assert here.studio.stands("Kick") == near(wanted(1))
        assert [fx.positions for fx in here.studio.peer.track("Kick").chain[:2]] == own


async def test_live_tells_its_version() -> None:
    async with room("ableton") as here:
        assert await here.done(here.plugins.version()) == "12.1"
