"""Which window to look at next, where not all of the session's tracks fit into one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tonn_bridge.core import Param

STAY_S = 2.0
"""How long one window is looked at before the next, when nothing waits to be written."""

Control = tuple[int, Param]


@dataclass
class Tour:
    """The windows by their offsets, and what waits for tracks that are not in sight, oldest first."""

    width: int
    stops: list[int] = field(default_factory=list)
    waiting: dict[Control, float] = field(default_factory=dict)
    arrived_at: float = 0.0

    def take(self, here: Callable[[Control], bool]) -> list[tuple[Control, float]]:
        """What has waited for the window that is seen now."""
        return [(control, self.waiting.pop(control)) for control in list(self.waiting) if here(control)]

    def next(self, offset: int, now: float, place_of: Callable[[int], int | None], *, busy: bool) -> int | None:
        """Where to go from the window at `offset`; None: nowhere yet.

        While something is under way here it is waited for, but no longer than `STAY_S` when others wait.
        """
        stayed = now - self.arrived_at >= STAY_S
        places = [place for number, _ in self.waiting if (place := place_of(number)) is not None]
        if places:
            wanted = (stop for stop in self.stops if stop < places[0] <= stop + self.width)
            return next(wanted, None) if stayed or not busy else None
        if busy or not stayed:
            return None
        return next((stop for stop in self.stops if stop > offset), self.stops[0])
