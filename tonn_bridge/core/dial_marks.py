"""What was measured of a dial, and how far two numbers on it are apart.

Errors are in dB for dials in dB, and fractions (0.01 = 1 %) for all others, whose nature is a ratio.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final

from tonn_bridge.core.dials import Unit

AIM: Final[Mapping[Unit, float]] = MappingProxyType(
    {
        Unit.DB: 0.1,
        Unit.HZ: 0.01,
        Unit.Q: 0.02,
        Unit.OCTAVES: 0.008,  # a bell with Q 0.1 changes its Q by 2 % over that
        Unit.MS: 0.02,
        Unit.S: 0.02,
        Unit.RATIO: 0.02,
    }
)
"""How far a table may be off; half of it is for the rounding of what is written."""

EVERYWHERE: Final = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, order=True)
class DialMark:
    """What a DAW wrote with `wire` set: the number, ±inf where it wrote that, and the step of its last digit."""

    wire: float
    shown: float
    resolution: float


def in_order(marks: Iterable[DialMark]) -> list[DialMark]:
    """`marks` in their order on the wire, one for each wire: the last that was told."""
    ordered = sorted(marks, key=lambda mark: mark.wire)
    return [list(same)[-1] for _, same in groupby(ordered, key=lambda mark: mark.wire)]


def apart(unit: Unit, a: float, b: float) -> float:
    """How far two numbers on a dial differ."""
    if a == b:
        return 0.0
    if unit is Unit.DB:
        return abs(a - b)
    return abs(math.log(a / b)) if min(a, b) > 0.0 and max(a, b) < math.inf else math.inf


def as_error(unit: Unit, off: float, shown: float) -> float:
    """An error of `off`, in the dial's unit, where it shows this."""
    if unit is Unit.DB or off == 0.0:
        return off
    return off / shown if shown > 0.0 else math.inf


def rounding(mark: DialMark, unit: Unit) -> float:
    """Half of a mark's last digit: nobody who reads the text can know more exactly."""
    return as_error(unit, mark.resolution / 2.0, mark.shown)


def within(shown: float, span: tuple[float, float]) -> bool:
    return math.isfinite(shown) and span[0] <= shown <= span[1]
