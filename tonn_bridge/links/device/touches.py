"""The hand that a DAW wants to feel on a fader that moves."""

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.links.device.row import Row

REST_S = 0.2
"""A fader that has not been moved for this long is let go."""


class Touches:
    """Touches faders before they move, and lets go of those that rest; does nothing where touch is not `wanted`."""

    def __init__(self, row: Row, clock: Clock, wanted: bool) -> None:
        self._row = row
        self._clock = clock
        self._wanted = wanted
        self._moved_at: dict[int, float] = {}
        self._timer: Timer | None = None

    def before(self, strip: int) -> None:
        """A fader is about to be moved."""
        if not self._wanted:
            return
        if strip not in self._moved_at:
            self._row.touch(strip, True)
        self._moved_at[strip] = self._clock.now()
        if self._timer is None:
            self._timer = self._clock.call_later(REST_S, self._look)

    def release(self) -> None:
        """Let go of everything."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        for strip in self._moved_at:
            self._row.touch(strip, False)
        self._moved_at.clear()

    def _look(self) -> None:
        self._timer = None
        now = self._clock.now()
        for strip, moved_at in list(self._moved_at.items()):
            if now - moved_at >= REST_S:
                del self._moved_at[strip]
                self._row.touch(strip, False)
        if self._moved_at:
            self._timer = self._clock.call_later(REST_S - now + min(self._moved_at.values()), self._look)
