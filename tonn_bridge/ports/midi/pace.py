"""How fast messages may go out to one MIDI port."""

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from tonn_bridge.clock import Clock, Timer

RATE: Final = 2_000.0
"""Messages a second. JACK's ring takes about 2,300 short ones; a send into a full ring spins until there is room."""

BURST: Final = 256
"""Messages that may go at once after a rest: a surface's whole picture, and a tenth of that ring."""

SYSEX_GAP_S: Final = 0.005
"""Between two SysEx messages: surfaces lose display text that comes faster."""

QUEUE: Final = 2_048
"""Messages kept while they may not go, about a second of them; the oldest are given up."""

LONGEST: Final = 16_379
"""Bytes of the longest message; JACK's ring has no room for more, and rtmidi drops it without a word."""

_DUE_S: Final = 1e-6
"""What is due within so little is due: no clock could tell it from now."""

_SYSEX: Final = 0xF0

_Lane = deque[tuple[int, bytes]]
"""Messages that wait, each with its number in the order in which all were put."""


class Pace:
    """Lets messages through: at once while there is room, else in order, as soon as they may go.

    A SysEx that waits for its gap is overtaken by short messages, so that no fader waits for a display.
    """

    def __init__(self, clock: Clock, write: Callable[[list[bytes]], None]) -> None:
        """`write` takes what goes out together, oldest first."""
        self.sent = 0
        self.dropped = 0
        """Given up because the queue was full, or too long for any port."""
        self._clock = clock
        self._write = write
        self._short: _Lane = deque()
        self._sysex: _Lane = deque()
        self._count = itertools.count()
        self._timer: Timer | None = None
        self._held = False
        self._room = float(BURST)
        self._room_at = clock.now()
        self._sysex_from = clock.now()

    @property
    def waiting(self) -> int:
        """How many messages have not gone out yet."""
        return len(self._short) + len(self._sysex)

    def put(self, messages: Sequence[bytes]) -> None:
        """Send, each kind in order. Empty messages, and longer ones than any port takes, are left out."""
        for message in messages:
            if 0 < len(message) <= LONGEST:
                lane = self._sysex if message[0] == _SYSEX else self._short
                lane.append((next(self._count), message))
            else:
                self.dropped += 1
        if not self._held:
            self._stop_waiting()
            self._go()
        for queue in (self._short, self._sysex):
            while len(queue) > QUEUE:
                queue.popleft()
                self.dropped += 1

    def hold(self) -> None:
        """The way out is full: keep everything until `release`."""
        self._held = True
        self._stop_waiting()

    def release(self) -> None:
        self._held = False
        self._go()

    def clear(self) -> None:
        """Forget what waits."""
        self._short.clear()
        self._sysex.clear()
        self._stop_waiting()

    def _go(self) -> None:
        """Write what may go now, and come back when the next one may."""
        self._timer = None
        now = self._clock.now()
        self._room = min(self._room + (now - self._room_at) * RATE, float(BURST))
        self._room_at = now
        going: list[bytes] = []
        while (lane := self._next_lane(now)) is not None:
            going.append(lane.popleft()[1])
            self._room -= 1.0
            if lane is self._sysex:
                self._sysex_from = now + SYSEX_GAP_S
        if self._short or self._sysex:
            self._timer = self._clock.call_later(self._room_in_s() if self._short else self._sysex_in_s(now), self._go)
        if going:
            self.sent += len(going)
            self._write(going)

    def _next_lane(self, now: float) -> "_Lane | None":
        """Where the next message comes from: of those that may go now, the one that has waited longest."""
        short = bool(self._short) and self._room_in_s() < _DUE_S
        sysex = bool(self._sysex) and self._sysex_in_s(now) < _DUE_S
        if short and sysex:
            return min(self._short, self._sysex, key=lambda lane: lane[0][0])
        return self._short if short else self._sysex if sysex else None

    def _room_in_s(self) -> float:
        """Seconds until there is room for a message; none or less: now."""
        return (1.0 - self._room) / RATE

    def _sysex_in_s(self, now: float) -> float:
        """Seconds until a SysEx may go; none or less: now."""
        return max(self._room_in_s(), self._sysex_from - now)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
