"""A fader law from what a host prints: pairs of a position and the dB it shows there become straight lines."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tonn_bridge.core.laws import FaderLaw, TableLaw
from tonn_bridge.errors import RangeError

LINE_OFF_DB = 0.03
"""How far a straight line between two neighbours may lie from the law itself."""

QUIET_DB = -72.0
"""Below this nobody hears how exact a fader is."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What a host showed with its fader at `position`, 0.0 to 1.0; -inf where it showed that it was off."""

    position: float
    db: float


def fit(marks: Iterable[Mark]) -> TableLaw:
    """The straight lines through `marks`, rising all the way.

    Positions that show the same dB become one, in their middle; where a host's rounding makes a higher position show
    less, both become one. Below the lowest mark that is not off the first line goes on down, to position 0.

    Raises:
        RangeError: fewer than two different values, or none at the top.
    """
    points = _rising(_single([(mark.position, mark.db) for mark in sorted(marks) if math.isfinite(mark.db)]))
    if len(points) < 2 or points[-1][0] < 1.0:
        raise RangeError("fader law", points, "at least two different values, and one with the fader at its top")
    (x0, db0), (x1, db1) = points[0], points[1]
    if x0 > 0.0:
        points.insert(0, (0.0, db0 - max(x0 * (db1 - db0) / (x1 - x0), 1.0)))
    return TableLaw(tuple(points))


def misfit(law: FaderLaw, marks: Iterable[Mark], down_to_db: float = QUIET_DB) -> float:
    """The most, in dB, by which the host showed something else than `law` says, from `down_to_db` upwards.

    The very bottom does not count: there every fader is off, whatever is printed.
    """
    heard = (mark for mark in marks if mark.db >= down_to_db and mark.position > 0.0)
    return max((abs(law.gain(mark.position).db - mark.db) for mark in heard), default=0.0)


def bends(low: Mark, middle: Mark, high: Mark, resolution_db: float) -> bool:
    """Whether straight lines from `low` over `middle` to `high` may still lie too far from the law.

    A smooth law lies a quarter as far from each of the two lines as `middle` does from the one line it broke, and what
    is shown is rounded by up to half of `resolution_db` at each of the three.
    """
    if middle.db < QUIET_DB or low.position == high.position:
        return high.db >= QUIET_DB
    if not math.isfinite(low.db):
        return True
    share = (middle.position - low.position) / (high.position - low.position)
    off = abs(low.db + share * (high.db - low.db) - middle.db)
    return off > max(4.0 * LINE_OFF_DB, LINE_OFF_DB + resolution_db)


def same_law(law: FaderLaw, other: FaderLaw, down_to_db: float = -60.0, steps: int = 512) -> float:
    """The most, in dB, by which two laws differ where both are at `down_to_db` or above; inf where they never are."""
    places = [step / steps for step in range(1, steps + 1)]
    pairs = [(law.gain(place).db, other.gain(place).db) for place in places]
    return max((abs(a - b) for a, b in pairs if min(a, b) >= down_to_db), default=math.inf)


def _single(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """`points` with one for each position: the mean of what it showed."""
    places = [list(same) for _, same in groupby(points, key=lambda point: point[0])]
    return [(_mean(place, 0), _mean(place, 1)) for place in places]


def _rising(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """`points` with the equal and the falling ones drawn together; the first and the last position stay."""
    level: list[list[tuple[float, float]]] = []
    for _, same in groupby(points, key=lambda point: point[1]):
        level.append(list(same))
        while len(level) > 1 and _mean(level[-1], 1) <= _mean(level[-2], 1):
            level[-2:] = [level[-2] + level[-1]]
    drawn = [(_mean(group, 0), _mean(group, 1)) for group in level]
    if drawn and points[-1][0] == 1.0:
        drawn[-1] = (1.0, drawn[-1][1])
    return drawn


def _mean(points: Sequence[tuple[float, float]], column: int) -> float:
    return sum(point[column] for point in points) / len(points)
