"""The blend of the user's mix with Tonn's, as a control: the whole mix moves with it, so not at every tick."""

from collections.abc import Callable

from tonn_bridge.clock import Clock
from tonn_bridge.core.mix import Showing
from tonn_bridge.links.surface.desk import Desk

MORPH_EVERY_S = 0.02
MORPH_PER_TICK = 0.02


class Blend:
    """Holds how far the blend is on its way to Tonn's mix, 0.0 to 1.0. `changed` is called when `flush` is wanted."""

    def __init__(self, desk: Desk, clock: Clock, changed: Callable[[], None]) -> None:
        self._desk = desk
        self._clock = clock
        self._changed = changed
        self._wanted = False
        self._moved_at = float("-inf")
        self.amount = 0.0

    def position(self, _: int) -> float:
        return self.amount

    def move(self, _: int, position: float) -> None:
        self.amount, self._wanted = min(max(position, 0.0), 1.0), True
        self._changed()

    def turn(self, _: int, ticks: int) -> None:
        self.move(0, self.amount + ticks * MORPH_PER_TICK)

    def reset(self, _: int) -> None:
        self.move(0, 1.0)

    def follow(self, showing: Showing) -> bool:
        """Stand where the mix does, whoever moved it; whether that is news. A blend of others' making is not known."""
        before = self.amount
        if not self._wanted and showing is not Showing.BLEND:
            self.amount = 1.0 if showing is Showing.PROPOSAL else 0.0
        return self.amount != before

    @property
    def due(self) -> float | None:
        """When `flush` has something to do, in the clock's seconds; None while it has not."""
        return self._moved_at + MORPH_EVERY_S if self._wanted else None

    def flush(self) -> None:
        """Move the mix, if it is time. Raises BridgeError where it is not possible now."""
        due, now = self.due, self._clock.now()
        if due is not None and due <= now:
            self._wanted, self._moved_at = False, now
            self._desk.act("morph", self.amount)
