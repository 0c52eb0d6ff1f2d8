"""Equaliser and compressor in the simulated REAPER and Live: set, read back, turned by hands, moved, missing.

The link over real UDP, on a clock that the test moves; what stands in the DAW is read past every wire.
"""

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.integration.plugin_rig import NAMES, Rig, linked
from tests.integration.plugin_studios import STUDIOS, Setting, Studio
from tests.peers.dials import learnt
from tonn_bridge.core import Compressor, EqBand, Proposal
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.plugins import Look, Slot, place
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import ReaEq, rea_comp
from tonn_bridge.mapping import DawMapping, load

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


@dataclass
class Room:
    """A DAW, and the link to it."""

    studio: Studio
    rig: Rig

    async def look(self) -> dict[int, Look]:
        return await self.rig.look()

    async def set(self, *numbers: int) -> None:
        """Put Tonn's settings into the plug-ins of these tracks, as a look finds them now."""
        await self.rig.apply({number: proposal(number) for number in numbers or (1, 2, 3)})

    async def wait(self, seconds: float) -> None:
        await self.rig.clock.run(seconds)


@asynccontextmanager
async def room(daw: str, *, knows_dials: bool = True, make: Callable[..., Studio] | None = None) -> AsyncIterator[Room]:
    clock = FakeClock()
    studio = (make or STUDIOS[daw])(NAMES, clock)
    await studio.peer.start()
    mapping = DawMapping(load(daw), learnt(daw) if knows_dials else ())
    async with linked(studio.peer, mapping, clock, studio.listen) as rig:
        yield Room(studio, rig)
    await studio.peer.stop()


def proposal(number: int) -> Proposal:
    return Proposal(eq=BANDS, comp=COMPS[number - 1])


def tonn(look: Look, number: int) -> Mapping[str, float]:
    """Tonn's settings in the wire numbers of a track's plug-ins."""
    return place(look.outfit, proposal(number)).wires


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
        await here.set()
        for number, name in enumerate(NAMES, 1):
            assert here.studio.stands(name) == near(wanted(number)), "as the DAW has it"
        again = await here.look()
        for number in (1, 2, 3):
            placed = tonn(looks[number], number)
            assert {key: again[number].wires[key] for key in placed} == pytest.approx(placed, abs=2e-6)
            assert read(again[number]) == near(wanted(number)), "as it is read back"
    assert here.rig.told == [], "none of it counts as a hand"


@pytest.mark.parametrize("daw", STUDIOS)
async def test_what_the_user_had_comes_back_to_the_last_bit(daw: str) -> None:
    async with room(daw) as here:
        here.studio.switch_off("Bass")
        before = {name: here.studio.untouched(name) for name in NAMES}
        user = await here.look()
        assert not user[2].outfit.is_on("eq.on", user[2].wires)
        await here.set()
        assert all(here.studio.untouched(name) != before[name] for name in NAMES)
        await here.rig.write({number: look.wires for number, look in user.items()})
    for name in NAMES:
        for (_, values), (_, values_before) in zip(here.studio.untouched(name), before[name], strict=True):
            assert values == pytest.approx(values_before, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("daw", STUDIOS)
async def test_a_hand_on_a_knob_is_seen(daw: str) -> None:
    async with room(daw) as here:
        await here.set()
        await here.look()
        here.studio.turn("Bass", "gain", -1.25)
        here.studio.turn("Pad", "ratio", 3.0)
        await here.wait(0.2)
        looks = await here.look()
    assert read(looks[2])["eq.3.gain_db"] == pytest.approx(-1.25, abs=0.05)
    assert read(looks[3])["comp.ratio"] == pytest.approx(3.0, rel=0.01)
    assert read(looks[1]) == near(wanted(1))
    if here.rig.plugins.poll_s is None:
        knobs = {number: looks[number].outfit.knobs for number in looks}
        heard = {(number, key): knobs[number][key].value_of(wire) for number, key, wire in here.rig.told}
        assert heard == {
            (2, "eq.3.gain_db"): pytest.approx(-1.25, abs=0.05),
            (3, "comp.ratio"): pytest.approx(3.0, 0.01),
        }


@pytest.mark.parametrize("daw", STUDIOS)
async def test_plug_ins_that_move_are_found_again_and_nothing_else_is_touched(daw: str) -> None:
    async with room(daw) as here:
        settings = {number: tonn(look, number) for number, look in (await here.look()).items()}
        here.studio.put_before("Kick")
        here.studio.swap("Bass")
        before = [found for found in here.studio.untouched("Kick") if found[0] in ("JS: Gate", "Gate")]
        await here.wait(2.5)
        await here.rig.write(settings)
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
        await here.wait(0.2)
        looks = await here.look()
        title, how = INSERT[daw, slot]
        missing = {serving.slot: serving for serving in looks[2].outfit.serving}[slot]
        assert not missing.found
        assert title in (missing.problem or "")
        assert how in (missing.problem or "")
        assert all(serving.found and serving.problem is None for serving in looks[1].outfit.serving)
        others = [serving for serving in looks[2].outfit.serving if serving.slot is not slot]
        assert all(serving.found for serving in others)
        await here.set(1, 3)
        assert here.studio.stands("Kick") == near(wanted(1))


@pytest.mark.parametrize("daw", STUDIOS)
async def test_while_dials_are_not_learnt_nothing_is_set_and_it_is_said(daw: str) -> None:
    async with room(daw, knows_dials=False) as here:
        before = here.studio.untouched("Kick")
        looks = await here.look()
        await here.set()
        problems = [serving.problem or "" for serving in looks[1].outfit.serving]
        assert all("tonn-bridge learn plugin" in problem for problem in problems), problems
        assert here.studio.untouched("Kick") == before


@pytest.mark.parametrize("daw", STUDIOS)
async def test_what_was_lost_and_what_did_not_stay_is_read_as_it_is(daw: str) -> None:
    async with room(daw) as here:
        looks = await here.look()
        here.studio.lose(1)
        here.studio.break_ratio("Pad")
        await here.set(3)
        await here.set(3)
        again = await here.look()
    placed = tonn(looks[3], 3)
    off = {key for key, wire in placed.items() if not looks[3].outfit.same(key, again[3].wires[key], wire)}
    assert off == {"comp.ratio"}
    assert math.isclose(again[3].wires["comp.ratio"], 0.9, rel_tol=1e-6)


async def test_a_reaeq_of_the_users_own_is_never_set() -> None:
    async with room("reaper") as here:
        assert isinstance(here.studio.peer, SimulatedReaper)
        here.studio.peer.insert_fx("Kick", 1, ReaEq())
        here.studio.peer.insert_fx("Kick", 2, rea_comp())
        own = [list(fx.positions) for fx in here.studio.peer.track("Kick").chain[:2]]
        await here.wait(0.2)
        await here.set()
        assert here.studio.stands("Kick") == near(wanted(1))
        assert [fx.positions for fx in here.studio.peer.track("Kick").chain[:2]] == own


async def test_a_reaper_that_sends_small_packets_with_long_pauses_is_waited_for() -> None:
    slow = partial(STUDIOS["reaper"], packet_bytes=1024, pacing_s=0.01)
    async with room("reaper", make=slow) as here:
        looks = await here.look()
        await here.rig.done(here.rig.plugins.write({number: tonn(look, number) for number, look in looks.items()}))
        again = await here.look()  # it has not yet told all that the first look made it tell
        for number in (1, 2, 3):
            assert read(again[number]) == near(wanted(number))


async def test_live_tells_its_version() -> None:
    async with room("ableton") as here:
        assert await here.rig.done(here.rig.plugins.version()) == "12.1"
