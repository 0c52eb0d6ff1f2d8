"""How fast messages may go out to one MIDI port."""

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

_SYSEX: Final = 0xF0


class Pace:
    """Lets messages through: at once while there is room, else in order, as soon as they may go."""

    def __init__(self, clock: Clock, write: Callable[[list[bytes]], None]) -> None:
        """`write` takes what goes out together, oldest first."""
        self.sent = 0
        self.dropped = 0
        """Given up because the queue was full, or too long for any port."""
        self._clock = clock
        self._write = write
        self._waiting: deque[bytes] = deque()
        self._timer: Timer | None = None
        self._held = False
        self._room = float(BURST)
        self._room_at = clock.now()
        self._sysex_from = clock.now()

    @property
    def waiting(self) -> int:
        """How many messages have not gone out yet."""
        return len(self._waiting)

    def put(self, messages: Sequence[bytes]) -> None:
        """Send in order. Empty messages, and longer ones than any port takes, are left out."""
        for message in messages:
            if 0 < len(message) <= LONGEST:
                self._waiting.append(message)
            else:
                self.dropped += 1
        if self._timer is None and not self._held:
            self._go()
        while len(self._waiting) > QUEUE:
            self._waiting.popleft()
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
        self._waiting.clear()
        self._stop_waiting()

    def _go(self) -> None:
        """Write what may go now, and come back when the next one may."""
        self._timer = None
        now = self._clock.now()
        self._room = min(self._room + (now - self._room_at) * RATE, float(BURST))
        self._room_at = now
        going: list[bytes] = []
        pause = 0.0
        while self._waiting and (pause := self._pause(self._waiting[0], now)) <= 0.0:
            message = self._waiting.popleft()
            going.append(message)
            self._room -= 1.0
            if message[0] == _SYSEX:
                self._sysex_from = now + SYSEX_GAP_S
        if self._waiting:
            self._timer = self._clock.call_later(pause, self._go)
        if going:
            self.sent += len(going)
            self._write(going)

    def _pause(self, message: bytes, now: float) -> float:
        """Seconds until the message may go; none or less: now."""
        pause = (1.0 - self._room) / RATE
        return max(pause, self._sysex_from - now) if message[0] == _SYSEX else pause

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
