"""MIDI over a real JACK server, between processes; python-rtmidi, or a second MIDI process, plays the other side."""

import os
from contextlib import AsyncExitStack

import pytest

from tests.peers.jack import rtmidi_pair
from tests.ports.midi_ends import End, Heard, end_of
from tonn_bridge.clock import SystemClock
from tonn_bridge.ports.midi import Wanted, open_midi
from tonn_bridge.ports.midi.pace import QUEUE

X_TOUCH = Wanted("X-Touch", "X-Touch")
OFFERED = Wanted("X-Touch", "X-Touch", virtual=True)
MIXED = [
    *(bytes([0xE0 | n % 9, n & 0x7F, n >> 4 & 0x7F]) for n in range(1500)),
    *(bytes([0xB0, n % 120, n >> 3 & 0x7F]) for n in range(300)),
    *(bytes([0x90, n % 128, 0x7F * (n % 2)]) for n in range(200)),
    b"\xf0\x00\x00\x66\x14\x12\x00" + b"Kick   Snare  " * 8 + b"\xf7",
    b"\xd0\x1e",
]


def gear(name, heard=None):
    """Somebody else's pair of ports; gives its output."""
    return rtmidi_pair(name, heard and heard.from_rtmidi)


async def test_what_is_sent_arrives_intact_and_in_order_both_ways(jack):
    heard = Heard()
    with gear("X-Touch", heard) as surface:
        async with end_of(X_TOUCH) as end:
            await end.connected()
            assert end.port.names == ("X-Touch out:X-Touch", "X-Touch in:X-Touch")
            for message in MIXED:
                surface.send_message(message)
            await end.heard.until_count(len(MIXED))
            end.port.send(MIXED)
            await heard.until_count(len(MIXED))
            assert end.heard.messages == MIXED
            assert heard.messages == MIXED


async def test_a_sysex_of_sixteen_thousand_bytes_arrives_whole_both_ways(jack):
    long = b"\xf0" + bytes(n % 128 for n in range(15_998)) + b"\xf7"
    heard = Heard()
    with gear("X-Touch", heard) as surface:
        async with end_of(X_TOUCH) as end:
            await end.connected()
            end.port.send([long, b"\x90\x10\x7f"])
            surface.send_message(long)
            await heard.until_count(2)
            await end.heard.until_count(1)
            assert (heard.messages, end.heard.messages) == ([long, b"\x90\x10\x7f"], [long])


async def test_a_flood_holds_nobody_up_and_its_newest_part_arrives(jack):
    flood = [bytes([0xE0 | n >> 14, n & 0x7F, n >> 7 & 0x7F]) for n in range(10_000)]
    heard = Heard()
    with gear("X-Touch", heard):
        async with end_of(X_TOUCH) as end:
            await end.connected()
            for message in flood:
                end.port.send([message])
            assert end.port.counters.dropped >= len(flood) - 2 * QUEUE
            await heard.until(lambda messages: messages and messages[-1] == flood[-1])
            assert heard.messages[-QUEUE:] == flood[-QUEUE:]
            assert end.port.counters.sent + end.port.counters.dropped == len(flood)


async def test_what_we_offer_has_the_same_name_every_time_and_is_never_found_by_ourselves(jack):
    async with open_midi(SystemClock()) as midi:
        mackie = End(midi, Wanted("Mackie", "Mackie", virtual=True))
        own = End(midi, Wanted("Mackie", None))
        await mackie.connected()
        await own.says('MIDI input "Mackie" is not connected')
        assert (await midi.scan()).inputs == ()
        with gear("DAW") as daw:
            jack.connect("DAW out:DAW", "tonn-bridge Mackie in:Mackie")
            jack.connect("tonn-bridge Mackie out:Mackie", "DAW in:DAW")
            daw.send_message(b"\xe0\x00\x40")
            await mackie.heard.until_count(1)
        assert mackie.heard.messages == [b"\xe0\x00\x40"]


async def test_a_surface_is_found_when_it_comes_lost_when_it_goes_and_found_under_a_changed_name(jack):
    async with end_of(X_TOUCH) as end:
        await end.says('MIDI input "X-Touch" is not connected')
        with gear("X-Touch"):
            await end.connected()
        await end.lost()
        end.port.send([b"\x90\x10\x7f"])
        assert end.port.counters.sent == 0, "nothing goes out while it is not connected"
        with gear("nanoKONTROL2"):
            await end.says("is not connected", '"nanoKONTROL2')
        heard = Heard()
        with gear("X-Touch 2", heard):
            await end.connected()
            end.port.send([b"\x90\x11\x7f"])
            await heard.until_count(1)
            assert end.port.names == ("X-Touch 2 out:X-Touch 2", "X-Touch 2 in:X-Touch 2")
        assert heard.messages == [b"\x90\x11\x7f"]


async def test_a_surface_that_goes_and_comes_faster_than_anybody_looks_is_noticed(jack):
    async with end_of(X_TOUCH) as end:
        with gear("X-Touch"):
            await end.connected()
        end.states.clear()
        heard = Heard()
        with gear("X-Touch", heard):
            await end.until(lambda port: False in end.states and port.connected)
            end.port.send([b"\x90\x10\x7f"])
            await heard.until_count(1)


async def test_of_two_that_fit_none_is_taken_until_one_goes(jack):
    with gear("Port 10"), gear("FaderPort 16"):
        async with end_of(Wanted("Port 1", None)) as none, end_of(Wanted("Port", "Port")) as one:
            await none.says('MIDI input "Port 1" is not connected')
            await one.connected()
            assert one.port.names == ("Port 10 out:Port 10", "Port 10 in:Port 10")
    async with AsyncExitStack() as stack:
        stack.enter_context(gear("BCF 1"))
        with gear("BCF 2"):
            end = await stack.enter_async_context(end_of(Wanted("BCF", "BCF")))
            await end.says("write more of the name", '"BCF 1 out:BCF 1"', '"BCF 2 out:BCF 2"')
        await end.connected()


async def test_the_midi_process_starts_with_the_first_port_and_ends_with_the_system(jack):
    async with open_midi(SystemClock()) as midi:
        assert midi.process.pid is None
        await End(midi, OFFERED).connected()
        pid = midi.process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert jack.ports() == []


async def test_ports_are_opened_and_closed_in_the_midst_of_a_stream(jack):
    stream = [b"\xe0\x00\x40"] * 1000
    async with end_of(OFFERED, "surface") as surface, open_midi(SystemClock()) as midi:
        await surface.connected()
        pids = set()
        for _ in range(5):
            surface.port.send(stream)
            end = End(midi, X_TOUCH)
            await end.heard.until_count(50)
            pids.add(midi.process.pid)
            end.port.close()
    assert len(pids) == 1


async def test_a_closed_port_is_gone_for_others_and_hears_nothing(jack):
    async with open_midi(SystemClock()) as midi, end_of(X_TOUCH, "other") as other:
        surface = End(midi, OFFERED)
        await other.connected()
        surface.port.close()
        await other.lost()
        assert not surface.port.connected
        other.port.send([b"\x90\x10\x7f"])
        surface.port.send([b"\x90\x10\x7f"])
        assert (surface.heard.messages, other.heard.messages) == ([], [])
