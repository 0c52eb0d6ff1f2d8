"""The dials of plug-ins: the unit in which one shows a value, and how the number on the wire stands for it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from tonn_bridge.errors import RangeError


class Unit(StrEnum):
    """What a dial shows. Inside, frequencies are Hz, times seconds, and the width of a bell is its Q."""

    HZ = "hz"
    DB = "db"
    Q = "q"
    OCTAVES = "octaves"
    MS = "ms"
    S = "s"
    RATIO = "ratio"


def octaves_of(q: float) -> float:
    """The bandwidth in octaves of a bell with this Q: (2 / ln 2)·asinh(1 / 2Q), R. Bristow-Johnson's definition."""
    return 2.0 / math.log(2.0) * math.asinh(0.5 / q)


def q_of(octaves: float) -> float:
    """The Q of a bell this many octaves wide."""
    return 0.5 / math.sinh(octaves * math.log(2.0) / 2.0)


_TO_SHOWN: Mapping[Unit, Callable[[float], float]] = MappingProxyType(
    {Unit.OCTAVES: octaves_of, Unit.MS: lambda seconds: seconds * 1000.0}
)
_FROM_SHOWN: Mapping[Unit, Callable[[float], float]] = MappingProxyType(
    {Unit.OCTAVES: q_of, Unit.MS: lambda milliseconds: milliseconds / 1000.0}
)


def shown_of(unit: Unit, value: float) -> float:
    """`value` (Hz, dB, Q, seconds, n:1) as a dial in `unit` shows it."""
    convert = _TO_SHOWN.get(unit)
    return value if convert is None else convert(value)


def value_of(unit: Unit, shown: float) -> float:
    """What a dial in `unit` that shows this stands for: Hz, dB, Q, seconds or n:1."""
    convert = _FROM_SHOWN.get(unit)
    return shown if convert is None else convert(shown)


class DialLaw(Protocol):
    """How the numbers of a wire stand for what a dial shows; both ways stop at the dial's ends."""

    @property
    def low(self) -> float:
        """The lowest that can be shown."""
        ...

    @property
    def high(self) -> float:
        """The highest that can be shown."""
        ...

    def shown(self, wire: float) -> float: ...

    def wire(self, shown: float) -> float: ...


@dataclass(frozen=True, slots=True)
class PlainDial:
    """The wire carries what is shown."""

    low: float
    high: float

    def shown(self, wire: float) -> float:
        return min(max(wire, self.low), self.high)

    def wire(self, shown: float) -> float:
        return min(max(shown, self.low), self.high)


@dataclass(frozen=True, slots=True)
class _Travel:
    """A way from `start` at 0 to `end` at `full`."""

    start: float
    end: float
    full: float = 1.0

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)


@dataclass(frozen=True, slots=True)
class LineDial(_Travel):
    """A straight line from `start` at 0 to `end` at `full`."""

    def shown(self, wire: float) -> float:
        return self.start + (self.end - self.start) * min(max(wire / self.full, 0.0), 1.0)

    def wire(self, shown: float) -> float:
        return self.full * min(max((shown - self.start) / (self.end - self.start), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class LogDial(_Travel):
    """Equal ways on the wire are equal ratios, from `start` at 0 to `end` at `full`; both above 0."""

    def shown(self, wire: float) -> float:
        shown = self.start * math.pow(self.end / self.start, min(max(wire / self.full, 0.0), 1.0))
        return min(max(shown, self.low), self.high)

    def wire(self, shown: float) -> float:
        share = math.log(min(max(shown, self.low), self.high) / self.start) / math.log(self.end / self.start)
        return self.full * min(max(share, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class ChoiceDial:
    """The wire carries the place, counted from 0, of one of `choices`, which rise and lie above 0."""

    choices: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.choices[0]

    @property
    def high(self) -> float:
        return self.choices[-1]

    def shown(self, wire: float) -> float:
        return self.choices[min(max(round(wire), 0), len(self.choices) - 1)]

    def wire(self, shown: float) -> float:
        """The place of the nearest choice, by its ratio."""
        sought = math.log(min(max(shown, self.low), self.high))
        return float(min(range(len(self.choices)), key=lambda place: abs(math.log(self.choices[place]) - sought)))


@dataclass(frozen=True, slots=True)
class TableDial:
    """Lines between (wire, shown) points that were measured: straight, or where `log`, straight in the logarithm.

    Raises:
        RangeError: fewer than two points, wires that do not rise, or what is shown neither rises nor falls all the way.
    """

    points: tuple[tuple[float, float], ...]
    log: bool = False

    def __post_init__(self) -> None:
        wires_rise = all(a[0] < b[0] for a, b in pairwise(self.points))
        rises = all(a[1] < b[1] for a, b in pairwise(self.points))
        falls = all(a[1] > b[1] for a, b in pairwise(self.points))
        positive = not self.log or all(shown > 0.0 for _, shown in self.points)
        if len(self.points) < 2 or not wires_rise or not (rises or falls) or not positive:
            raise RangeError("dial", list(self.points), "points that rise on the wire and rise or fall on the dial")

    @property
    def low(self) -> float:
        return min(self.points[0][1], self.points[-1][1])

    @property
    def high(self) -> float:
        return max(self.points[0][1], self.points[-1][1])

    def shown(self, wire: float) -> float:
        height = _height([(at, self._bent(shown)) for at, shown in self.points], wire)
        return min(max(math.exp(height) if self.log else height, self.low), self.high)

    def wire(self, shown: float) -> float:
        turned = sorted((self._bent(there), at) for at, there in self.points)
        return _height(turned, self._bent(min(max(shown, self.low), self.high)))

    def _bent(self, shown: float) -> float:
        return math.log(shown) if self.log else shown


def _height(points: list[tuple[float, float]], x: float) -> float:
    """The height at `x` of the lines between `points`; past an end, that end's height."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]
