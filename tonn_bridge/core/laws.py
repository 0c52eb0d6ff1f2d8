"""Fader laws: how a fader's travel, or the number a wire carries for it, stands for dB."""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from tonn_bridge.core.values import MAX_GAIN_DB, OFF, Gain
from tonn_bridge.errors import RangeError

DOUBLE = Gain(20.0 * math.log10(2.0))
"""+6.02 dB: twice the amplitude, where the faders of Ardour and Bitwig end."""

PLUS_12 = Gain(12.0)


class FaderLaw(Protocol):
    """What a fader at a position does to the sound, and where it has to stand for it."""

    @property
    def top(self) -> Gain:
        """The highest gain the fader can be set to."""
        ...

    def gain(self, position: float) -> Gain:
        """The gain at `position`, 0.0 (bottom: off) to 1.0 (top); positions past an end count as that end."""
        ...

    def position(self, gain: Gain) -> float:
        """Where the fader stands for `gain`, 0.0 to 1.0; a gain past an end of the law stops at that end."""
        ...


@dataclass(frozen=True, slots=True)
class DecibelLaw:
    """No law at all: the wire carries dB, and a position here is that number.

    `position` stops at `top`; `gain` does not: what a wire says in dB it means, and a strip that somebody has set
    beyond its fader's end is told as it is, up to the +24 dB a Gain can hold.
    """

    top: Gain = PLUS_12

    def gain(self, position: float) -> Gain:
        return Gain(min(position, MAX_GAIN_DB))

    def position(self, gain: Gain) -> float:
        return min(gain.db, self.top.db)


@dataclass(frozen=True, slots=True)
class ReaperLaw:
    """dB = 12 + 20·log10((x³ + x⁶) / 2): the law of REAPER's faders, -150 to +12 dB.

    A closed form that runs through every published point to 0.01 dB (reaper-rs tests, envelope scaling constants),
    for faders of REAPER's default range. REAPER snaps 0 dB to x = 0.716, -0.010 dB by the formula; the snap's width is
    not known.
    """

    @property
    def top(self) -> Gain:
        return PLUS_12

    def gain(self, position: float) -> Gain:
        if position <= 0.0:
            return OFF
        x = min(position, 1.0)
        db = 12.0 + 60.0 * math.log10(x) + 20.0 * math.log10((1.0 + x**3) / 2.0)
        return Gain(db) if db >= _REAPER_BOTTOM_DB else OFF

    def position(self, gain: Gain) -> float:
        if gain.db < _REAPER_BOTTOM_DB:
            return 0.0
        ratio = _amplitude(gain.db - 12.0)
        # The positive root of (x³)² + x³ = 2·ratio, in the form that stays exact where ratio is tiny.
        return min(1.0, math.cbrt(4.0 * ratio / (1.0 + math.sqrt(1.0 + 8.0 * ratio))))


@dataclass(frozen=True, slots=True)
class ArdourLaw:
    """p = ((6·log2(2g / M) + 192) / 198)⁸ for an amplitude g under a fader that ends at M.

    Source: Ardour, libs/pbd/pbd/control_math.h. M is 2 (+6.02 dB) unless a preference says otherwise. The fader's
    bottom lies 198.66 dB below its top, where the formula reaches 0.
    """

    top: Gain = DOUBLE

    def gain(self, position: float) -> Gain:
        if position <= 0.0:
            return OFF
        octaves = (198.0 * min(position, 1.0) ** 0.125 - 198.0) / 6.0
        return Gain(self.top.db + octaves * DOUBLE.db)

    def position(self, gain: Gain) -> float:
        octaves = (min(gain, self.top).db - self.top.db) / DOUBLE.db
        return max(0.0, (6.0 * octaves + 198.0) / 198.0) ** 8


@dataclass(frozen=True, slots=True)
class CubeLaw:
    """g = M·v³: the amplitude grows with the cube of the travel.

    Reported for Bitwig, with M = 2 (+6.02 dB); users quote it, no document does.
    """

    top: Gain = DOUBLE

    def gain(self, position: float) -> Gain:
        return OFF if position <= 0.0 else Gain(self.top.db + 60.0 * math.log10(min(position, 1.0)))

    def position(self, gain: Gain) -> float:
        return min(1.0, math.cbrt(_amplitude(gain.db - self.top.db)))


@dataclass(frozen=True, slots=True)
class LiveLaw:
    """The three pieces of Live's volume: a straight line down to -18 dB, a parabola to -41 dB, a power to -70 dB.

    Reported by users of AbletonOSC (issue 44) and in several public control scripts; Ableton publishes no law. The
    pieces meet within 0.03 dB; a gain that falls between two of them stands at their joint.
    """

    @property
    def top(self) -> Gain:
        return Gain(6.0)

    def gain(self, position: float) -> Gain:
        v = min(position, 1.0)
        if v <= 0.0:
            return OFF
        if v >= _LIVE_LINE_FROM:
            return Gain(40.0 * v - 34.0)
        if v >= _LIVE_PARABOLA_FROM:
            return Gain(-((399.751894 * v - 201.871345) ** 2 + 12630.61132) / 799.503788)
        db = 118.426374 * v ** (5567 / 7504) - 70.0
        return Gain(db) if db > _LIVE_OFF_DB else OFF

    def position(self, gain: Gain) -> float:
        db = min(gain, self.top).db
        if db <= _LIVE_OFF_DB:
            return 0.0
        if db >= _LIVE_LINE_FROM * 40.0 - 34.0:
            return (db + 34.0) / 40.0
        if db >= self.gain(_LIVE_PARABOLA_FROM).db:
            v = (201.871345 - math.sqrt(-799.503788 * db - 12630.61132)) / 399.751894
            return min(v, _LIVE_LINE_FROM)
        v = float(((db + 70.0) / 118.426374) ** (7504 / 5567))
        return min(v, _LIVE_PARABOLA_FROM)


@dataclass(frozen=True, slots=True)
class TableLaw:
    """Straight lines between (position, dB) points, both rising, from position 0.0 to 1.0; position 0.0 means off.

    Raises:
        RangeError: fewer than two points, points that do not rise, a first or last position other than 0.0 and 1.0.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        rising = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(self.points))
        if len(self.points) < 2 or not rising or self.points[0][0] != 0.0 or self.points[-1][0] != 1.0:
            raise RangeError("fader law", list(self.points), "points that rise in both columns, from 0.0 to 1.0")
        Gain(self.points[-1][1])

    @property
    def top(self) -> Gain:
        return Gain(self.points[-1][1])

    def gain(self, position: float) -> Gain:
        return OFF if position <= 0.0 else Gain(_interpolate(self.points, position))

    def position(self, gain: Gain) -> float:
        return _interpolate([(db, position) for position, db in self.points], gain.db)


X32_LAW = TableLaw(((0.0, -90.0), (0.0625, -60.0), (0.25, -30.0), (0.5, -10.0), (1.0, 10.0)))
"""The four segments of an X32's or X Air's fader (P. Maillot's protocol text; the same in xair-api)."""

_REAPER_BOTTOM_DB = -150.0
_LIVE_LINE_FROM, _LIVE_PARABOLA_FROM, _LIVE_OFF_DB = 0.4, 0.15, -70.0

_SCALABLE: Mapping[str, Callable[[Gain], FaderLaw]] = {"ardour": ArdourLaw, "cube": CubeLaw, "decibel": DecibelLaw}
_FIXED: Mapping[str, FaderLaw] = {"live": LiveLaw(), "reaper": ReaperLaw(), "x32": X32_LAW}

LAWS: Mapping[str, FaderLaw] = MappingProxyType(
    {"ardour": ArdourLaw(), "cube": CubeLaw(), "decibel": DecibelLaw(), **_FIXED}
)
"""Every law that has a name, as mapping files write it, each with its own top."""


def named_law(name: str, top: Gain | None = None) -> FaderLaw:
    """The law called `name` in `LAWS`, ending at `top` where one is given.

    Raises:
        RangeError: no law has that name, or the law's top is part of its shape.
    """
    if name not in LAWS:
        raise RangeError("fader law", repr(name), f"the known laws ({', '.join(sorted(LAWS))})")
    if top is None or top == LAWS[name].top:
        return LAWS[name]
    if name not in _SCALABLE:
        raise RangeError(f"top of the {name} law", top.db, f"what it can be: {LAWS[name].top.db:g} dB")
    return _SCALABLE[name](top)


def _amplitude(db: float) -> float:
    return float(10.0 ** (db / 20.0))


def _interpolate(points: tuple[tuple[float, float], ...] | list[tuple[float, float]], x: float) -> float:
    """The height at `x` of the straight lines between `points`; past an end, that end's height."""
    if x <= points[0][0]:
        return points[0][1]
    if x >= points[-1][0]:
        return points[-1][1]
    above = bisect_right(points, x, key=lambda point: point[0])
    (x0, y0), (x1, y1) = points[above - 1], points[above]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
