"""Values to wire numbers and back, rounded to what the wire and the device behind it can carry."""

import math
from dataclasses import dataclass
from struct import Struct
from typing import Protocol

from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.core.values import MAX_GAIN_DB, Gain
from tonn_bridge.mapping.model import GainControl, MuteControl, PanControl, Steps

_FLOAT32 = Struct(">f")


class Scale(Protocol):
    """One control's numbers on the wire: dB for gain (-inf is off), -1.0..+1.0 for pan, 0.0 or 1.0 for mute."""

    @property
    def tolerance(self) -> float:
        """Two wire numbers this close are the same."""
        ...

    @property
    def low(self) -> float:
        """The lowest value that can be set."""
        ...

    @property
    def high(self) -> float:
        """The highest value that can be set."""
        ...

    def wire_of(self, value: float) -> float:
        """The number that stands for `value`, or for the nearest one that can be set."""
        ...

    def value_of(self, wire: float) -> float:
        """The value that `wire` stands for."""
        ...

    def same(self, a: float, b: float) -> bool:
        """Whether two wire numbers are the same within the resolution."""
        ...

    def heard(self, number: float) -> float | None:
        """A number as the DAW told it, as a wire number; None when the control cannot stand there."""
        ...


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers that a wire from `start` to `end` can carry: `steps` of them, or as many as its type has."""

    start: float
    end: float
    steps: int | None
    rounding: Steps
    whole: bool

    def nearest(self, number: float) -> float:
        """The carried number for `number`."""
        if self.steps is not None:
            number = self._step(number, self.steps - 1)
        if self.whole:
            return float(math.floor(number + 0.5))
        return float32(number)

    def _step(self, number: float, last: int) -> float:
        travel = (number - self.start) / (self.end - self.start)
        scaled = travel * (last + 0.5) if self.rounding is Steps.TRUNCATE else travel * last + 0.5
        step = min(max(math.floor(scaled), 0), last)
        return self.start + (self.end - self.start) * (step / last)

    def holds(self, number: float, slack: float) -> bool:
        """Whether `number` lies between the ends, or within `slack` of one."""
        low, high = min(self.start, self.end), max(self.start, self.end)
        return low - slack <= number <= high + slack


@dataclass(frozen=True, slots=True)
class GainScale:
    """dB by a fader law; the wire's numbers run from 0 to `full`, or are dB where `grid` is None."""

    law: FaderLaw
    full: float
    grid: Grid | None
    off: float
    off_below: float
    tolerance: float

    @property
    def low(self) -> float:
        return -math.inf

    @property
    def high(self) -> float:
        return self.law.top.db

    def wire_of(self, value: float) -> float:
        wire = self.law.position(Gain(min(value, MAX_GAIN_DB))) * self.full
        if wire <= self.off_below:
            return self.off
        return float32(wire) if self.grid is None else self.grid.nearest(wire)

    def value_of(self, wire: float) -> float:
        return -math.inf if wire <= self.off_below else self.law.gain(wire / self.full).db

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.tolerance

    def heard(self, number: float) -> float | None:
        if number > MAX_GAIN_DB if self.grid is None else not self.grid.holds(number, self.tolerance):
            return None
        return self.off if number <= self.off_below else number


@dataclass(frozen=True, slots=True)
class PanScale:
    """A straight line from `grid.start` (hard left) to `grid.end` (hard right)."""

    grid: Grid
    tolerance: float

    @property
    def low(self) -> float:
        return -1.0

    @property
    def high(self) -> float:
        return 1.0

    def wire_of(self, value: float) -> float:
        share = (min(max(value, -1.0), 1.0) + 1.0) / 2.0
        return self.grid.nearest(self.grid.start + (self.grid.end - self.grid.start) * share)

    def value_of(self, wire: float) -> float:
        share = (wire - self.grid.start) / (self.grid.end - self.grid.start)
        return min(max(2.0 * share - 1.0, -1.0), 1.0)

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.tolerance

    def heard(self, number: float) -> float | None:
        return number if self.grid.holds(number, self.tolerance) else None


@dataclass(frozen=True, slots=True)
class MuteScale:
    """Two numbers; whichever is nearer counts."""

    muted: float
    unmuted: float
    tolerance: float

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return 1.0

    def wire_of(self, value: float) -> float:
        return self.muted if value >= 0.5 else self.unmuted

    def value_of(self, wire: float) -> float:
        return 1.0 if abs(wire - self.muted) < abs(wire - self.unmuted) else 0.0

    def same(self, a: float, b: float) -> bool:
        return self.value_of(a) == self.value_of(b)

    def heard(self, number: float) -> float | None:
        return self.wire_of(self.value_of(number))


def gain_scale(control: GainControl) -> GainScale:
    """The scale of a mapping's fader."""
    off = 0.0 if control.off is None else control.off
    full = 1.0 if control.full is None else control.full
    return GainScale(
        law=control.fader_law(),
        full=full,
        grid=None if control.is_decibel else Grid(0.0, full, control.steps, control.rounding, control.sends_whole),
        off=off,
        off_below=off if control.off_below is None else control.off_below,
        tolerance=control.tolerance,
    )


def pan_scale(control: PanControl) -> PanScale:
    """The scale of a mapping's pan."""
    grid = Grid(control.left, control.right, control.steps, control.rounding, control.sends_whole)
    return PanScale(grid, control.tolerance)


def mute_scale(control: MuteControl) -> MuteScale:
    """The scale of a mapping's mute."""
    return MuteScale(control.muted, control.unmuted, control.tolerance)


def float32(number: float) -> float:
    """`number` as an OSC float carries it."""
    return float(_FLOAT32.unpack(_FLOAT32.pack(number))[0])
