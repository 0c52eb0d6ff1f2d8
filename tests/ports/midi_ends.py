"""Both ends of a MIDI cable, for tests to wait on."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tonn_bridge.clock import SystemClock
from tonn_bridge.ports.midi import open_midi

PATIENCE_S = 20


class Heard:
    """What arrived; rtmidi's own thread may fill it too."""

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
    """A port of ours, what it heard, and every state it has told."""

    def __init__(self, midi, wanted):
        self.midi = midi
        self.heard = Heard()
        self.states = []
        self._news = asyncio.Event()
        self.port = midi.open(wanted, self.heard, self._changed)

    def _changed(self):
        self.states.append(self.port.connected)
        self._news.set()

    async def until(self, holds):
        """Wait until it is true of the port; looks at each change of state."""
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

    async def says(self, *words):
        """The problem, once it has all of these words."""
        await self.until(lambda port: port.problem and all(word in port.problem for word in words))


@asynccontextmanager
async def end_of(wanted, client="tonn-bridge"):
    """A port of a MIDI system of its own."""
    async with open_midi(SystemClock(), client) as midi:
        yield End(midi, wanted)
