"""Things to be done later, by name: a newer wish for the same takes the place of an older one."""

from collections.abc import Callable, Hashable

from tonn_bridge.clock import Clock, Timer


class Timers:
    """What waits for its time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timers: dict[Hashable, Timer] = {}

    def __contains__(self, what: Hashable) -> bool:
        return what in self._timers

    def __len__(self) -> int:
        return len(self._timers)

    def do(self, what: Hashable, seconds: float, now: Callable[[], None]) -> None:
        """Call `now` in so many seconds."""

        def due() -> None:
            del self._timers[what]
            now()

        self.cancel(what)
        self._timers[what] = self._clock.call_later(seconds, due)

    def cancel(self, what: Hashable) -> None:
        if timer := self._timers.pop(what, None):
            timer.cancel()

    def clear(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
