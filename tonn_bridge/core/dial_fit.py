"""A dial's law from what a DAW writes beside it: where to measure next, the table through it, and how far off it is."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from tonn_bridge.core.dial_marks import AIM, EVERYWHERE, DialMark, apart, as_error, in_order, rounding, within
from tonn_bridge.core.dials import DialLaw, TableDial, Unit
from tonn_bridge.errors import RangeError

FIRST_PARTS: Final = 16
"""Parts into which the wire's range is divided at first."""
FINEST: Final = 1.0 / 4096.0
"""No two places are measured nearer to each other than this part of the wire's range."""

WIDEST: Final = math.log(2.0)
"""A line in the logarithm that goes over more than an octave is looked at in its middle."""
END_BENDS: Final = 4.0
"""At its ends a law may bend so much more than at the last place where that can be seen."""


def fit_dial(marks: Iterable[DialMark], unit: Unit, span: tuple[float, float] = EVERYWHERE) -> TableDial:
    """The lines through `marks`, rising or falling all the way: straight, or where that fits better, in the logarithm.

    Wires that show the same become one, in their middle; at the two ends it is the last one before it changes. Where a
    DAW's rounding goes against the law's direction, both become one. Infinities are left out. `span` is the part that
    is going to be used.

    Raises:
        RangeError: fewer than two different values.
    """
    measured = in_order(marks)
    log = _is_log(measured, unit, span)
    points = _steady([mark for mark in measured if _has_place(mark, log)])
    if len(points) < 2:
        raise RangeError("dial", [point[1] for point in points], "at least two different values")
    return TableDial(points, log)


def next_place(
    marks: Sequence[DialMark],
    unit: Unit,
    wires: tuple[float, float],
    span: tuple[float, float] = EVERYWHERE,
    *,
    whole: bool = False,
) -> float | None:
    """The wire number at which to measure next; None when lines through `marks` are near enough to the law.

    First come even parts of `wires`, its ends included; then, again and again, the middle of where the law bends most.
    `whole`: the wire carries whole numbers only, and there is nothing between two neighbours.
    """
    low, high = wires
    if len(marks) <= FIRST_PARTS:
        return low + (high - low) * len(marks) / FIRST_PARTS
    measured = in_order(marks)
    gaps = _gaps(measured, unit, span, log=_is_log(measured, unit, span))
    narrowest = max(2.0 * FINEST * (high - low), 2.0 if whole else 0.0)
    wide = [gap for gap in gaps if gap.width >= narrowest]
    worst = max(wide, key=lambda gap: (gap.off, gap.width), default=None)
    return worst.middle if worst is not None and worst.off > AIM[unit] / 4.0 else None


def misfit_dial(law: DialLaw, marks: Iterable[DialMark], unit: Unit, span: tuple[float, float] = EVERYWHERE) -> float:
    """The most by which something else was written than `law` says, where that lies in `span`."""
    seen = [mark for mark in marks if within(mark.shown, span)]
    return max((apart(unit, law.shown(mark.wire), mark.shown) for mark in seen), default=0.0)


def coarseness(marks: Iterable[DialMark], unit: Unit, span: tuple[float, float] = EVERYWHERE) -> float:
    """Half of the coarsest last digit in `span`: nobody who reads the texts can know more exactly."""
    seen = [mark for mark in marks if within(mark.shown, span)]
    return max((rounding(mark, unit) for mark in seen), default=0.0)


def contradictions(marks: Iterable[DialMark]) -> tuple[float, ...]:
    """The wires of marks that go against the way it goes on the whole by more than their last digits; none is good."""
    measured = [mark for mark in in_order(marks) if math.isfinite(mark.shown)]
    sign, found = _direction(measured), set[float]()
    if not measured:
        return ()
    furthest = measured[0]
    for mark in measured:
        if sign * (furthest.shown - mark.shown) > max(mark.resolution, furthest.resolution) * (1.0 + 1e-9):
            found |= {furthest.wire, mark.wire}
        if sign * mark.shown >= sign * furthest.shown:
            furthest = mark
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Gap:
    """The way between two neighbouring marks, and how far a line may lie off there."""

    low: float
    high: float
    off: float

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2.0


def _has_place(mark: DialMark, log: bool) -> bool:
    return math.isfinite(mark.shown) and (mark.shown > 0.0 or not log)


def _is_log(measured: Sequence[DialMark], unit: Unit, span: tuple[float, float]) -> bool:
    """Whether lines in the logarithm bend less than straight ones."""
    if unit is Unit.DB or sum(_has_place(mark, log=True) for mark in measured) < 2:
        return False
    bent, straight = (sum(gap.off for gap in _gaps(measured, unit, span, log=log)) for log in (True, False))
    return bent <= straight


def _gaps(measured: Sequence[DialMark], unit: Unit, span: tuple[float, float], *, log: bool) -> list[_Gap]:
    """Every gap that reaches into `span`."""
    inner = range(1, len(measured) - 1)
    bends = [_bend(*measured[at - 1 : at + 2], log=log) for at in inner] or [0.0]
    curves = [END_BENDS * bends[0], *bends, END_BENDS * bends[-1]]
    found = []
    for at, (low, high) in enumerate(pairwise(measured)):
        if max(low.shown, high.shown) > span[0] and min(low.shown, high.shown) < span[1]:
            off = _gap_off(low, high, max(curves[at : at + 2]), unit, span, log=log)
            found.append(_Gap(low.wire, high.wire, off))
    return found


def _bend(before: DialMark, mark: DialMark, after: DialMark, *, log: bool) -> float:
    """How much a law curves at `mark`, per wire squared, that rounding does not explain."""
    if not all(_has_place(each, log) for each in (before, mark, after)):
        return 0.0
    left, right = mark.wire - before.wire, after.wire - mark.wire
    low, here, high = (math.log(each.shown) if log else each.shown for each in (before, mark, after))
    off = abs(here - (low * right + high * left) / (left + right))
    rounding = 0.25 * max(each.resolution / each.shown if log else each.resolution for each in (before, mark, after))
    ways = max(left * right, 1e-300)  # two wires may be as near as numbers can be
    return min(2.0 * max(off - rounding, 0.0) / ways, 1e300)


def _gap_off(low: DialMark, high: DialMark, curve: float, unit: Unit, span: tuple[float, float], *, log: bool) -> float:
    """How far a line from `low` to `high` may lie off: for a curve, an eighth of it times the way squared."""
    if math.isfinite(low.shown + high.shown) and abs(high.shown - low.shown) <= max(low.resolution, high.resolution):
        return 0.0  # nothing is written between them
    if not (_has_place(low, log) and _has_place(high, log)):
        ends = [mark.shown for mark in (low, high) if _has_place(mark, log)]
        return math.inf if any(span[0] < end < span[1] for end in ends) else 0.0
    off = curve * (high.wire - low.wire) ** 2 / 8.0
    if log:
        return max(off, AIM[unit] if abs(math.log(high.shown / low.shown)) > WIDEST else 0.0)
    return as_error(unit, off, max(min(low.shown, high.shown), span[0]))


def _direction(measured: Sequence[DialMark]) -> float:
    """1.0 where it rises on the whole, -1.0 where it falls."""
    rising = sum((after.shown > before.shown) - (after.shown < before.shown) for before, after in pairwise(measured))
    return 1.0 if rising >= 0 else -1.0


def _steady(measured: Sequence[DialMark]) -> tuple[tuple[float, float], ...]:
    """(wire, shown) points that rise or fall all the way."""
    levels = _levels(measured)
    points = [((level[0].wire + level[-1].wire) / 2.0, _mean(level)) for level in levels]
    if len(levels) > 1:
        points[0] = (levels[0][-1].wire, points[0][1])
        points[-1] = (levels[-1][0].wire, points[-1][1])
    return tuple(points)


def _levels(measured: Sequence[DialMark]) -> list[list[DialMark]]:
    """Neighbours that show the same, and such as go against the way it goes on the whole, drawn together."""
    sign = _direction(measured)
    level: list[list[DialMark]] = []
    for _, same in groupby(measured, key=lambda mark: mark.shown):
        level.append(list(same))
        while len(level) > 1 and sign * _mean(level[-1]) <= sign * _mean(level[-2]):
            level[-2:] = [level[-2] + level[-1]]
    return level


def _mean(group: Sequence[DialMark]) -> float:
    return sum(mark.shown for mark in group) / len(group)
