"""Looking at one track after the other for what hands have turned, where a DAW does not tell of it by itself."""

from collections.abc import Callable, Sequence
from itertools import cycle

from tonn_bridge.clock import Clock, Timer


class Rounds:
    """Every track once in `poll_s` seconds, as long as anybody `watches`; never where `poll_s` is None.

    `due` is called when it is a track's turn; `take` tells whose.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        poll_s: float | None,
        clock: Clock,
        watches: Callable[[], bool],
        due: Callable[[], None],
    ) -> None:
        self._pause_s = None if poll_s is None else poll_s / len(numbers)
        self._clock = clock
        self._watches, self._due = watches, due
        self._timer: Timer | None = None
        self._next = cycle(numbers)
        self._is_due = False

    def go_on(self) -> None:
        """Let it be the next track's turn after the pause."""
        if self._timer is None and self._pause_s is not None:
            self._timer = self._clock.call_later(self._pause_s, self._now)

    def take(self) -> int | None:
        """The track that is to be looked at now, once."""
        is_due, self._is_due = self._is_due, False
        return next(self._next) if is_due else None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _now(self) -> None:
        self._timer = None
        if self._watches():
            self._is_due = True
            self._due()
