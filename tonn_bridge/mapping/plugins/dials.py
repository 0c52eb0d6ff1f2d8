"""The knobs of plug-ins as scales: values (Hz, dB, Q, seconds, n:1) to wire numbers and back."""

import math
from dataclasses import dataclass, field

from tonn_bridge.core.dials import DialLaw, Unit, shown_of, value_of
from tonn_bridge.mapping.plugins.model import Dial, Fixed, On
from tonn_bridge.mapping.scales import MuteScale, float32

FINE = 1e-5
"""The share of a dial's travel within which two numbers are the same, where its file says nothing else."""


@dataclass(frozen=True, slots=True)
class DialScale:
    """A dial by its law, in the numbers that the wire and the plug-in can carry.

    `steps` None: as many positions as a float has. `whole`: the wire carries whole numbers.
    """

    unit: Unit
    law: DialLaw
    steps: int | None
    whole: bool
    tolerance: float
    low: float = field(init=False, compare=False)
    high: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        ends = value_of(self.unit, self.law.low), value_of(self.unit, self.law.high)
        object.__setattr__(self, "low", min(ends))  # asked for at every turn of a knob, so worked out once
        object.__setattr__(self, "high", max(ends))

    def wire_of(self, value: float) -> float:
        """The number for `value`, or for the nearest that the dial can be set to."""
        return self._carried(self.law.wire(shown_of(self.unit, min(max(value, self.low), self.high))))

    def value_of(self, wire: float) -> float:
        return value_of(self.unit, self.law.shown(wire))

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.tolerance

    def _carried(self, wire: float) -> float:
        if self.steps is not None:
            start, end = sorted((self.law.wire(self.law.low), self.law.wire(self.law.high)))
            step = (end - start) / (self.steps - 1)
            wire = start + step * math.floor((wire - start) / step + 0.5)
        return float(math.floor(wire + 0.5)) if self.whole else float32(wire)


@dataclass(frozen=True, slots=True)
class RawScale:
    """A parameter whose numbers mean nothing to us."""

    tolerance: float

    @property
    def low(self) -> float:
        return -math.inf

    @property
    def high(self) -> float:
        return math.inf

    def wire_of(self, value: float) -> float:
        return value

    def value_of(self, wire: float) -> float:
        return wire

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.tolerance


def dial_scale(dial: Dial, law: DialLaw, *, whole: bool) -> DialScale:
    """The scale of a dial that follows `law`; `whole` where its message carries whole numbers anyway."""
    travel = abs(law.wire(law.high) - law.wire(law.low))
    whole = whole or dial.whole
    step = travel / (dial.steps - 1) if dial.steps else 1.0 if whole else 2 * FINE * travel
    tolerance = step / 2 if dial.tolerance is None else dial.tolerance
    return DialScale(dial.unit, law, dial.steps, whole, tolerance)


def fixed_scale(fixed: Fixed) -> RawScale:
    return RawScale(fixed.tolerance)


def on_scale(on: On) -> MuteScale:
    """1.0 is on."""
    return MuteScale(on.on, on.off, 0.0)


SWITCH = MuteScale(1.0, 0.0, 0.0)
"""A switch that has messages of its own for on and off."""
