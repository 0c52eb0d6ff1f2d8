"""Values waiting to be sent: the newest per control, first-touched control first, at the pace the other side takes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from tonn_bridge.clock import Clock, Timer

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

BURST_S = 0.05
"""How much of a second's messages may leave at once after a rest."""


ROUNDING = 1e-6
"""So much of a message may be missing for one to leave: else a timer too short for the clock would run for ever."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages a second the other side takes; None: as many as there are."""

    messages_per_s: float | None = None

    @property
    def burst(self) -> float:
        return float("inf") if self.messages_per_s is None else max(1.0, self.messages_per_s * BURST_S)


class Outbox(Generic[Key, Value]):
    """Holds at most one value per control, so memory and delay stay bounded however fast the values come.

    `send` gets what may leave now, in order. It is called from the event loop, once per turn of the loop.
    """

    def __init__(
        self,
        send: Callable[[list[tuple[Key, Value]]], None],
        soon: Callable[[Callable[[], None]], object],
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._send = send
        self._soon = soon
        self._clock = clock
        self._pace = pace
        self._waiting: dict[Key, Value] = {}
        self._allowance = pace.burst
        self._counted_at = clock.now()
        self._scheduled = False
        self._timer: Timer | None = None
        self._held = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, key: Key, value: Value) -> None:
        """Send `value` soon, in place of an older one for the same control."""
        self._waiting[key] = value
        self._schedule()

    def withdraw(self, key: Key) -> None:
        """Do not send what waits for this control."""
        self._waiting.pop(key, None)

    def clear(self) -> None:
        self._waiting.clear()

    def hold(self, held: bool) -> None:
        """While held nothing leaves; the newest values wait."""
        self._held = held
        self._schedule()

    def spend(self, messages: int) -> None:
        """Count messages that went to the same place past this outbox."""
        self._refill()
        self._allowance -= messages

    def _schedule(self) -> None:
        if self._waiting and not (self._scheduled or self._held or self._timer):
            self._scheduled = True
            self._soon(self._flush)

    def _flush(self) -> None:
        self._scheduled, self._timer = False, None
        if self._held or not self._waiting:
            return
        self._refill()
        count = int(min(self._allowance + ROUNDING, len(self._waiting)))
        if count > 0:
            batch = list(islice(self._waiting.items(), count))
            for key, _ in batch:
                del self._waiting[key]
            self._allowance -= count
            self._send(batch)
        if self._waiting and not self._scheduled and self._pace.messages_per_s is not None:
            wait_s = max(1.0 - self._allowance, 0.0) / self._pace.messages_per_s
            self._timer = self._clock.call_later(wait_s, self._flush)

    def _refill(self) -> None:
        now = self._clock.now()
        if self._pace.messages_per_s is not None:
            earned = (now - self._counted_at) * self._pace.messages_per_s
            self._allowance = min(self._pace.burst, self._allowance + earned)
        self._counted_at = now
