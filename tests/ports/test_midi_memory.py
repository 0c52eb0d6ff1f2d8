"""MIDI in memory behaves as on a real system."""

import asyncio

import pytest

from tonn_bridge.ports.midi import PortNames, Wanted, memory_midi

X_TOUCH = Wanted("X-Touch", "X-Touch")
OFFERED = Wanted("X-Touch", "X-Touch", virtual=True)


class End:
    """One side: opens a port, remembers what it heard and how often its state changed."""

    def __init__(self, midi, wanted):
        self.heard = []
        self.states = []
        self.port = midi.open(wanted, self.heard.append, lambda: self.states.append(self.port.connected))


async def turns():
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
def midi():
    return memory_midi()


async def test_a_named_port_finds_what_is_offered_and_both_hear_batches(midi):
    surface, bridge = End(midi, OFFERED), End(midi, X_TOUCH)
    await turns()
    assert bridge.port.names == ("X-Touch", "X-Touch")
    assert midi.ports == PortNames(("X-Touch",), ("X-Touch",))
    surface.port.send([b"\xe0\0\0", b"\xe1\0\0"])
    bridge.port.send([b"\xe2\0\0"])
    await turns()
    assert (bridge.heard, surface.heard) == ([[b"\xe0\0\0", b"\xe1\0\0"]], [[b"\xe2\0\0"]])
    assert (surface.states, bridge.states) == ([True], [True])


async def test_unplugged_it_is_lost_and_comes_back_under_a_changed_name(midi):
    surface, bridge = End(midi, OFFERED), End(midi, X_TOUCH)
    await turns()
    surface.port.unplug()
    bridge.port.send([b"\xe2\0\0"])
    await turns()
    assert not bridge.port.connected
    assert 'MIDI input "X-Touch" is not connected' in bridge.port.problem
    surface.port.plug("X-Touch 2")
    await turns()
    bridge.port.send([b"\xe3\0\0"])
    await turns()
    assert bridge.port.names == ("X-Touch 2", "X-Touch 2")
    assert (bridge.states, bridge.port.problem) == ([True, False, True], None)
    assert surface.heard == [[b"\xe3\0\0"]]


async def test_a_closed_port_hears_and_says_nothing(midi):
    surface, bridge = End(midi, OFFERED), End(midi, X_TOUCH)
    await turns()
    bridge.port.close()
    surface.port.send([b"\xe0\0\0"])
    bridge.port.send([b"\xe0\0\0"])
    await turns()
    assert (surface.heard, bridge.heard) == ([], [])
    surface.port.close()
    assert midi.ports == PortNames()


async def test_one_direction_is_enough_where_only_one_is_wanted(midi):
    knobs, bridge = End(midi, Wanted(None, "Knobs", virtual=True)), End(midi, Wanted("Knobs", None))
    await turns()
    knobs.port.send([b"\xb0\x10\x01"])
    bridge.port.send([b"\xb0\x10\x01"])
    await turns()
    assert (bridge.port.names, bridge.heard) == (("Knobs", None), [[b"\xb0\x10\x01"]])
