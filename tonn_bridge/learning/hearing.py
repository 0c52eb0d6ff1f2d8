"""Every MIDI input at once, until it is clear on which of them the unit is."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.learning.controls import Found
from tonn_bridge.learning.ear import Ear
from tonn_bridge.ports.midi import MidiPort, MidiSystem, Wanted


class Hearing:
    """Tells which controls are moved on these inputs; the one of the first is `chosen`, and the others are closed."""

    def __init__(self, midi: MidiSystem, inputs: Iterable[str], clock: Clock, tell: Callable[[Found], None]) -> None:
        self.chosen: str | None = None
        """The input on which the unit is, as the system calls it."""
        self._clock = clock
        self._tell = tell
        self._news = asyncio.Event()
        self._ears = {name: Ear() for name in inputs}
        self._timers: dict[str, Timer] = {}
        self._ports: dict[str, MidiPort] = {
            name: midi.open(Wanted(name, None), partial(self._hear, name), self._news.set) for name in self._ears
        }

    async def opened(self) -> None:
        """Wait until every input is open."""
        while self.problems:
            self._news.clear()
            await self._news.wait()

    @property
    def problems(self) -> list[str]:
        """Why inputs are not open, for people."""
        return [str(port.problem) for port in self._ports.values() if not port.connected]

    @property
    def hears(self) -> bool:
        """Whether an input is open."""
        return any(port.connected for port in self._ports.values())

    def close(self) -> None:
        """Stop listening."""
        for name in list(self._ports):
            self._close(name)

    def _hear(self, name: str, messages: list[bytes]) -> None:
        now = self._clock.now()
        for message in messages:
            self._ears[name].hear(message, now)
        if name not in self._timers:
            self._wait(name)

    def _wait(self, name: str) -> None:
        due = self._ears[name].due
        if due is not None:
            self._timers[name] = self._clock.call_later(max(0.0, due - self._clock.now()), partial(self._judge, name))

    def _judge(self, name: str) -> None:
        del self._timers[name]
        for found in self._ears[name].found(self._clock.now()):
            if self.chosen is None:
                self._choose(name)
            self._tell(found)
        self._wait(name)

    def _choose(self, name: str) -> None:
        self.chosen = name
        for other in set(self._ports) - {name}:
            self._close(other)

    def _close(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()
        self._ports.pop(name).close()
