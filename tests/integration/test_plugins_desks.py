"""A console's own equaliser and dynamics, set and read back through the real link over real sockets.

The judge is what the console's own screen shows. Where its steps are coarser than what Tonn said, the proof says by how
much: it tells Tonn's value and the console's, and no more is wrong between them than half of a step.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.clock import FakeClock
from tests.integration.plugin_rig import NAMES, PROPOSALS, Rig, linked
from tests.peers.x32 import SimulatedX32
from tests.peers.x32_dials import RATIOS, X32_DIALS
from tonn_bridge.core import Param
from tonn_bridge.core.plugins import Outfit, Slot, place
from tonn_bridge.mapping import DawMapping, load

SAMPLE, GENTLE, HARSH = PROPOSALS[1], PROPOSALS[2], PROPOSALS[3]

DIALS = {  # what Tonn calls it, and the console
    "trim_db": "preamp/trim",
    "comp.threshold_db": "dyn/thr",
    "comp.ratio": "dyn/ratio",
    "comp.attack_s": "dyn/attack",
    "comp.release_s": "dyn/release",
    **{
        f"eq.{bell}.{quantity}": f"eq/{bell}/{path}"
        for bell in range(1, 5)
        for quantity, path in (("freq_hz", "f"), ("gain_db", "g"), ("q", "q"))
    },
}
HALF_A_STEP = {  # dB as they are, all others by their ratio
    "trim_db": 0.125,
    "gain_db": 0.125,
    "threshold_db": 0.25,
    "freq_hz": math.log(1000.0) / 200 / 2,
    "q": math.log(10.0 / 0.3) / 71 / 2,
    "release_s": math.log(800.0) / 100 / 2,
}


@asynccontextmanager
async def console(names: Sequence[str] = NAMES, *, xair: bool = False) -> AsyncIterator[Rig]:
    clock = FakeClock()
    peer = SimulatedX32(names, clock, xair=xair)
    await peer.start()
    async with linked(peer, DawMapping(load("xair" if xair else "x32")), clock, ("127.0.0.1", 0)) as rig:
        yield rig
    await peer.stop()


def in_console_units(parameter: str, value: float) -> float:
    """A value as the console's screen shows it: times in ms."""
    return value * 1000.0 if parameter.endswith("_s") else value


def nearest(parameter: str, path: str, value: float) -> float:
    """What the console's screen shows when a person goes as near to a value as its steps allow."""
    if path == "dyn/ratio":
        return min(RATIOS, key=lambda ratio: abs(math.log(ratio / value)))
    dial = X32_DIALS[path]
    return float(dial.shown(dial.stored(in_console_units(parameter, value))))


def off(quantity: str, wanted: float, got: float) -> float:
    """How far apart two values are: in dB, or by their ratio."""
    return abs(got - wanted) if quantity.endswith("_db") else abs(math.log(got / wanted))


async def test_each_channel_has_all_that_is_needed_and_says_so() -> None:
    async with console() as rig:
        looks = await rig.look()
    for look in looks.values():
        assert {serving.slot: serving.problem for serving in look.outfit.serving if serving.found} == {
            Slot.TRIM: None,
            Slot.EQ: None,
            Slot.COMP: None,
        }
        assert (look.outfit.bells, look.outfit.has_trim) == (4, True)
        assert look.wires.keys() == look.outfit.knobs.keys(), "every knob is read"


async def test_what_is_written_stands_on_the_console_and_is_read_back() -> None:
    async with console() as rig:
        placements = await rig.apply(PROPOSALS)
        looks = await rig.look()
        for number, placed in placements.items():
            channel, look = rig.peer.channel(number), looks[number]
            assert placed.wanted
            for wanted in placed.wanted:
                path = DIALS[wanted.key]
                shown = channel.shown(path)
                assert shown == pytest.approx(nearest(wanted.key, path, wanted.value)), wanted
                got = look.outfit.knobs[wanted.key].value_of(look.wires[wanted.key])
                assert in_console_units(wanted.key, got) == pytest.approx(shown, rel=1e-5), wanted
                assert look.outfit.same(wanted.key, look.wires[wanted.key], placed.wires[wanted.key])


async def test_no_more_is_lost_than_half_a_step_of_the_console() -> None:
    async with console() as rig:
        placements = await rig.apply(PROPOSALS)
        looks = await rig.look()
    for number, placed in placements.items():
        for wanted in placed.wanted:
            quantity = wanted.key.rpartition(".")[2]
            got = looks[number].outfit.knobs[wanted.key].value_of(looks[number].wires[wanted.key])
            if quantity == "attack_s":
                assert abs(got - wanted.value) <= 0.0005 + 1e-9, "whole milliseconds"
            elif quantity in HALF_A_STEP:
                assert off(quantity, wanted.value, got) <= HALF_A_STEP[quantity] + 1e-5, wanted


async def test_the_bells_are_bells_and_nothing_else_sounds() -> None:
    async with console() as rig:
        rig.peer.turn(1, "dyn/mgain", 6.0)
        rig.peer.turn(1, "dyn/mode", "exp")
        rig.peer.turn(1, "dyn/mix", 30.0)
        await rig.apply({1: SAMPLE})
        channel = rig.peer.channel(1)
    assert [channel.shown(f"eq/{bell}/type") for bell in range(1, 5)] == ["PEQ"] * 4
    neutral = {
        "eq/on": "on",
        "dyn/on": "on",
        "dyn/mode": "comp",
        "dyn/det": "peak",
        "dyn/env": "log",
        "dyn/auto": "off",
    }
    neutral |= {"dyn/mgain": 0.0, "dyn/knee": 0.0, "dyn/mix": 100.0}
    assert {path: channel.shown(path) for path in neutral} == neutral
    assert channel.shown("dyn/hold") == pytest.approx(0.02)


async def test_of_six_bands_the_four_of_most_effect_are_kept_and_the_others_named() -> None:
    async with console() as rig:
        placed = (await rig.apply({1: SAMPLE}))[1]
        shown = [rig.peer.channel(1).shown(f"eq/{bell}/g") for bell in range(1, 5)]
    assert placed.bands == {1: 1, 2: 2, 3: 4, 4: 6}
    assert shown == [-1.75, 3.25, -6.0, 2.0]
    left_out = [(limit.parameter, limit.wanted) for limit in placed.limits if "bells" in limit.reason]
    assert left_out == [("eq.3.gain_db", 0.4), ("eq.5.gain_db", -0.2)]


async def test_what_the_console_cannot_reach_is_limited_and_named() -> None:
    async with console() as rig:
        placed = (await rig.apply({3: HARSH}))[3]
        channel = rig.peer.channel(3)
    limited = {limit.parameter: (limit.wanted, limit.got) for limit in placed.limits}
    assert limited.keys() == {"trim_db", "eq.1.gain_db", "eq.1.q", "eq.2.gain_db"}
    assert limited["trim_db"] == pytest.approx((-20.0, -18.0))
    assert (channel.shown("preamp/trim"), channel.shown("eq/1/g"), channel.shown("eq/2/g")) == (-18.0, -15.0, 15.0)
    assert channel.shown("eq/1/q") == pytest.approx(0.3)


async def test_bells_without_a_band_are_flat() -> None:
    async with console() as rig:
        rig.peer.turn(2, "eq/4/g", 9.0)
        await rig.apply({2: GENTLE})
        assert [rig.peer.channel(2).shown(f"eq/{bell}/g") for bell in (3, 4)] == [0.0, 0.0]


async def test_what_was_read_before_comes_back_to_the_last_bit() -> None:
    async with console() as rig:
        for bell, word in enumerate(("high cut", "vintage EQ", "low shelf", "high shelf"), 1):
            rig.peer.turn(1, f"eq/{bell}/type", word)
            rig.peer.turn(1, f"eq/{bell}/f", 317.0 * bell)
            rig.peer.turn(1, f"eq/{bell}/q", 0.7 * bell)
        rig.peer.turn(1, "eq/on", "on")
        rig.peer.turn(1, "preamp/trim", -7.25)
        rig.peer.turn(1, "dyn/knee", 3.0)
        before = [dict(channel.stored) for channel in rig.peer.channels]
        users = await rig.look()
        await rig.apply(PROPOSALS)
        assert all(channel.stored != kept for channel, kept in zip(rig.peer.channels, before, strict=True))
        await rig.write({number: look.wires for number, look in users.items()})
        assert [channel.stored for channel in rig.peer.channels] == before


async def test_hands_on_the_console_are_heard_as_what_they_are() -> None:
    async with console() as rig:
        look = (await rig.look())[2]
        rig.peer.turn("Bass", "eq/2/g", -4.5)
        rig.peer.turn("Bass", "dyn/ratio", 7.0)
        rig.peer.turn("Bass", "eq/on", "on")
        await rig.clock.run(0.1)
        heard = [(number, key, value_at(look.outfit, key, wire)) for number, key, wire in rig.told]
    assert heard == [
        (2, "eq.2.gain_db", pytest.approx(-4.5)),
        (2, "comp.ratio", pytest.approx(7.0)),
        (2, "eq.on", 1.0),
    ]


async def test_what_we_write_ourselves_is_no_hand() -> None:
    async with console() as rig:
        await rig.apply(PROPOSALS)
        await rig.look()
        await rig.clock.run(1.0)
        assert rig.told == []


async def test_a_write_that_was_lost_is_seen_when_it_is_read_back() -> None:
    async with console() as rig:
        rig.peer.loses = lambda datagram: b"/eq/1/g\0" in datagram and b",f" in datagram
        placed = (await rig.apply({1: SAMPLE}))[1]
        look = (await rig.look(1))[1]
    elsewhere = [key for key, wire in placed.wires.items() if not look.outfit.same(key, look.wires[key], wire)]
    assert elsewhere == ["eq.1.gain_db"]


async def test_faders_do_not_wait_for_equalisers() -> None:
    async with console() as rig:
        looks = await rig.look()
        wires = {number: place(looks[number].outfit, SAMPLE).wires for number in looks}
        writing = asyncio.ensure_future(rig.plugins.write(wires))
        await rig.clock.run(0.05)
        for step in range(1, 6):
            rig.link.put(3, Param.GAIN, step / 10.0)
            await rig.clock.run(0.02)
            assert rig.peer.channel(3).fader == pytest.approx(step / 10.0, abs=0.001), f"step {step} of a glide"
        assert not writing.done(), "the equalisers were still on their way"
        await rig.done(writing)


async def test_an_answer_that_was_lost_is_asked_for_again() -> None:
    async with console() as rig:
        lost: list[bytes] = []

        def lose_first(datagram: bytes) -> Sequence[bytes]:
            if b"/eq/1/g\0" in datagram and not lost:
                lost.append(datagram)
                return ()
            return (datagram,)

        rig.peer.wire = lose_first
        look = (await rig.look(1))[1]
    assert lost
    assert "eq.1.gain_db" in look.wires


async def test_an_x_air_has_no_trim_of_its_own_and_all_the_rest() -> None:
    async with console(xair=True) as rig:
        placed = (await rig.apply({1: SAMPLE}))[1]
        channel = rig.peer.channel(1)
        look = (await rig.look(1))[1]
    assert {serving.slot for serving in look.outfit.serving} == {Slot.EQ, Slot.COMP}
    assert "trim_db" not in placed.wires
    assert (channel.shown("dyn/thr"), channel.shown("eq/3/g"), channel.shown("eq/on")) == (-4.0, -6.0, "on")
    assert look.wires.keys() == look.outfit.knobs.keys()


def value_at(outfit: Outfit, key: str, wire: float) -> float:
    return outfit.knobs[key].value_of(wire)
