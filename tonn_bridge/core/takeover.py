"""Soft take-over: when a control that cannot move by itself may take hold of a value that stands elsewhere.

Controls and values are positions here, 0.0 (bottom, left) to 1.0 (top, right) of their travel.
"""

from dataclasses import dataclass
from enum import StrEnum

from tonn_bridge.errors import RangeError

TOLERANCE_STEPS = 2
"""A control this close to the value may take it, and one that holds it may find it this far off."""

PASSING_S = 0.2
"""Two positions of a control further apart in time than this are no movement past what lies between them."""

DETENT_WIDTH = 0.03
"""What of a fader's travel is its centre: 3 mm of 100, and four positions of 128."""


class Takeover(StrEnum):
    """How a control without a motor comes to hold a value."""

    PICKUP = "pickup"
    """Nothing happens until the control passes the value."""
    SCALE = "scale"
    """The value moves in proportion to what is left of both travels, until they meet."""
    JUMP = "jump"
    """The value jumps to the control."""
    RELATIVE = "relative"
    """The value moves by as much as the control does."""


class SoftControl:
    """One control without a motor, and the value it is to move; `steps`: how many positions the control tells apart.

    A value that nobody has told of is only moved by a control that jumps. In `relative`, what a control moves while
    the value stands at its end is lost, and that is how it gets its travel back: run it on to the same end, and from
    there both move as one.

    Raises:
        RangeError: fewer than two steps.
    """

    __slots__ = ("_given", "_holds", "_mode", "_moved_at", "_position", "_target", "_tolerance")

    def __init__(self, mode: Takeover, steps: int) -> None:
        if steps < 2:
            raise RangeError("the positions of a control", steps, "2 or more")
        self._mode = mode
        self._tolerance = TOLERANCE_STEPS / (steps - 1) + 1e-9  # sums of steps are not exact
        self._position: float | None = None
        self._moved_at = 0.0
        self._target: float | None = None
        self._given: float | None = None
        self._holds = False

    @property
    def position(self) -> float | None:
        """Where the control stands; None until it has moved for the first time."""
        return self._position

    @property
    def holds(self) -> bool:
        """Whether control and value go together: picked up, met, jumped to, or moved by the same amounts."""
        return self._holds

    @property
    def distance(self) -> float | None:
        """How far the control stands above the value, -1.0 to 1.0; None while one of them is not known."""
        return None if self._position is None or self._target is None else self._position - self._target

    def moved(self, position: float, now: float) -> float | None:
        """The control stands at `position`, at `now` seconds: where that puts the value; None: it does not move it."""
        before, elapsed = self._position, now - self._moved_at
        self._position, self._moved_at = position, now
        value = self._taken(before, position, elapsed)
        if value is not None:
            self._target = self._given = value
            self._holds = self._mode is not Takeover.SCALE or self._is_near(position, value)
        return value

    def target(self, position: float) -> None:
        """Others have put the value to `position`; by more than two steps off what the control gave it, they part."""
        self._target = position
        if self._given is not None and not self._is_near(position, self._given):
            self.arm()

    def arm(self) -> None:
        """The value has jumped away under the control: it has to be taken over anew."""
        self._given = None
        self._holds = False

    def _taken(self, before: float | None, position: float, elapsed_s: float) -> float | None:
        if self._mode is Takeover.JUMP:
            return position
        target = self._target
        if target is None:
            return None
        if self._mode is Takeover.PICKUP:
            passed = before is not None and _is_between(target, before, position) and elapsed_s <= PASSING_S
            return position if self._holds or passed or self._is_near(position, target) else None
        if before is None:
            return None
        if self._mode is Takeover.SCALE:
            return _scaled(target, before, position)
        return min(1.0, max(0.0, target + (position - before)))

    def _is_near(self, one: float, other: float) -> bool:
        return abs(one - other) <= self._tolerance


@dataclass(frozen=True, slots=True)
class Detent:
    """A fader whose middle is 0 dB of adjustment, and its ends `range_db` up and down; no hand finds one point in it.

    Raises:
        RangeError: a range of nothing or of infinity, or a centre that leaves no travel.
    """

    range_db: float
    width: float = DETENT_WIDTH
    """What of the whole travel is the centre, where the adjustment is exactly 0 dB."""

    def __post_init__(self) -> None:
        if not 0.0 < self.range_db < float("inf"):
            raise RangeError("the range of adjustment", self.range_db, "above 0 dB")
        if not 0.0 <= self.width < 1.0:
            raise RangeError("the width of the centre", self.width, "0..1 of the travel")

    def adjustment_db(self, position: float) -> float:
        """The adjustment at `position`, -range_db to +range_db."""
        off_centre = 2.0 * position - 1.0
        beyond = (abs(off_centre) - self.width) / (1.0 - self.width)
        if beyond <= 0.0:
            return 0.0
        return min(beyond, 1.0) * (self.range_db if off_centre > 0.0 else -self.range_db)

    def position(self, adjustment_db: float, near: float | None = None) -> float:
        """Where the fader stands for it, past an end at that end; `near` as it is, where that says the same."""
        if near is not None and self.adjustment_db(near) == adjustment_db:
            return near
        part = min(1.0, max(-1.0, adjustment_db / self.range_db))
        if part == 0.0:
            return 0.5
        off_centre = self.width + abs(part) * (1.0 - self.width)
        return 0.5 + (0.5 * off_centre if part > 0.0 else -0.5 * off_centre)


def _is_between(target: float, one: float, other: float) -> bool:
    return min(one, other) <= target <= max(one, other)


def _scaled(target: float, before: float, position: float) -> float:
    """The value after the control went from `before` to `position`: the same part of what was left that way."""
    if position > before:
        return 1.0 - (1.0 - target) * (1.0 - position) / (1.0 - before)
    return target * position / before if position < before else target
