"""Many MIDI inputs, and one unit on one of them."""

import asyncio

import pytest

from tests.clock import FakeClock
from tests.learning.gestures import cc, fader, press
from tonn_bridge.learning import Hearing, Press, Travel
from tonn_bridge.mapping.surface.rows import Kind, Place
from tonn_bridge.ports.midi import Wanted, memory_midi


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def midi():
    return memory_midi()


@pytest.fixture
async def gear(midi):
    """Two units that are plugged in."""
    plugged = {name: midi.open(Wanted(None, name, virtual=True), list, lambda: None) for name in ("nano", "keys")}
    await asyncio.sleep(0)
    return plugged


@pytest.fixture
def play(gear, clock):
    """A hand's gesture on one of them, and the time it takes."""

    async def _play(name, said, rest=2.0):
        for delay, message in said:
            await clock.run(delay)
            gear[name].send([message])
            await asyncio.sleep(0)
        await clock.run(rest, step=0.1)

    return _play


@pytest.fixture
async def hearing(midi, gear, clock):
    found = []
    hearing = Hearing(midi, midi.ports.inputs, clock, found.append)
    hearing.told = found
    async with asyncio.timeout(2):
        await hearing.opened()
    yield hearing
    hearing.close()


async def test_the_unit_is_where_the_first_control_is_moved(hearing, play):
    await play("keys", [(0.0, cc(0, 1, 64))])  # a nudge is nothing
    assert hearing.chosen is None
    await play("nano", fader(2))
    await play("keys", fader(7))
    await play("nano", press(41))
    assert hearing.chosen == "nano"
    assert hearing.told == [Travel(Place(Kind.CC, 0, 2), 128), Press(Place(Kind.CC, 0, 41), toggle=False)]


async def test_a_control_is_told_when_it_has_come_to_rest(hearing, play):
    await play("nano", fader(2), rest=0.3)
    assert hearing.told == []
    await play("nano", [], rest=0.2)
    assert len(hearing.told) == 1


async def test_inputs_that_cannot_be_opened_are_named(midi, gear, clock):
    hearing = Hearing(midi, ["nano", "gone"], clock, print)
    await asyncio.sleep(0)
    assert hearing.hears
    [problem] = hearing.problems
    assert problem.startswith('MIDI input "gone" is not connected')
    hearing.close()


async def test_closed_it_hears_nothing(hearing, play):
    hearing.close()
    await play("nano", fader(2))
    assert hearing.told == []
    assert not hearing.hears
