"""MIDI over a real JACK server, between processes; python-rtmidi plays the other side."""

import asyncio
from contextlib import asynccontextmanager, contextmanager

import pytest

from tonn_bridge.clock import SystemClock
from tonn_bridge.ports.midi import Wanted, open_midi

rtmidi = pytest.importorskip("rtmidi")

PATIENCE_S = 20
MIXED = [
    *(bytes([0xE0 | n % 9, n & 0x7F, n >> 4 & 0x7F]) for n in range(1500)),
    *(bytes([0xB0, n % 120, n >> 3 & 0x7F]) for n in range(300)),
    *(bytes([0x90, n % 128, 0x7F * (n % 2)]) for n in range(200)),
    b"\xf0\x00\x00\x66\x14\x12\x00" + b"Kick   Snare  " * 8 + b"\xf7",
    b"\xd0\x1e",
]


class Heard:
    """What arrived, and a way for a test to wait for it; also fit for rtmidi's own thread."""

    def __init__(self):
        self.messages = []
        self.batches = 0
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def __call__(self, messages):
        self.messages += messages
        self.batches += 1
        self._news.set()

    def from_rtmidi(self, event, _):
        self._loop.call_soon_threadsafe(self, [bytes(event[0])])

    async def until(self, holds):
        async with asyncio.timeout(PATIENCE_S):
            while not holds(self.messages):
                self._news.clear()
                await self._news.wait()

    async def until_count(self, count):
        await self.until(lambda messages: len(messages) >= count)


class End:
    """One port of ours."""

    def __init__(self, midi, wanted):
        self.heard = Heard()
        self.states = []
        self._news = asyncio.Event()
        self.port = midi.open(wanted, self.heard, self._changed)

    def _changed(self):
        self.states.append(self.port.connected)
        self._news.set()

    async def until(self, holds):
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not holds(self.port):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"connected: {self.port.connected}, names: {self.port.names}, problem: {self.port.problem}")

    async def connected(self):
        await self.until(lambda port: port.connected)

    async def lost(self):
        await self.until(lambda port: not port.connected)


@contextmanager
def gear(name, heard=None):
    """Somebody else's pair of ports; yields its output."""
    listening = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{name} in")
    sending = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{name} out")
    listening.ignore_types(sysex=False)
    if heard is not None:
        listening.set_callback(heard.from_rtmidi)
    listening.open_virtual_port(name)
    sending.open_virtual_port(name)
    try:
        yield sending
    finally:
        for port in (listening, sending):
            port.close_port()
            port.delete()


@asynccontextmanager
async def bridge(wanted, client="tonn-bridge"):
    async with open_midi(SystemClock(), client) as midi:
        yield End(midi, wanted)


async def test_what_is_sent_arrives_intact_and_in_order_both_ways(jack):
    heard = Heard()
    with gear("X-Touch", heard) as surface:
        async with bridge(Wanted("X-Touch", "X-Touch")) as end:
            await end.connected()
            assert end.port.names == ("X-Touch out:X-Touch", "X-Touch in:X-Touch")
            for message in MIXED:
                surface.send_message(message)
            await end.heard.until_count(len(MIXED))
            end.port.send(MIXED)
            await heard.until_count(len(MIXED))
            assert end.heard.messages == MIXED
            assert heard.messages == MIXED
            assert end.port.counters.dropped == 0
