"""The dials of an X32 channel: how the console stores each, in which steps, and what its numbers stand for.

Sources: P. Maillot, Unofficial X32/M32 OSC remote protocol and X32SetScene; onyx-and-iris/xair-api-python `shared.py`.
All of them have the bells' Q fall from 10 to 0.3 as the number rises.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Value = float | int | str

RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0)
EQ_TYPES = ("low cut", "low shelf", "PEQ", "vintage EQ", "high shelf", "high cut")
EQ_BANDS = 4
NAME_LENGTH = 12
FADER_STEPS = 1023
UNITY = 767 / FADER_STEPS


class Dial(Protocol):
    """One parameter: `first` is what a new channel has."""

    @property
    def first(self) -> Value: ...

    def kept(self, value: Value) -> Value | None:
        """What the console stores of a value that arrives; None for what it refuses."""
        ...

    def shown(self, kept: Value) -> Value:
        """What the console's screen says, in the dial's own unit."""
        ...

    def stored(self, shown: Value) -> Value:
        """The other way: what is stored when a hand turns the dial to `shown`."""
        ...


@dataclass(frozen=True, slots=True)
class Name:
    """Up to twelve characters."""

    first: Value = ""

    def kept(self, value: Value) -> Value | None:
        return value[:NAME_LENGTH] if isinstance(value, str) else None

    def shown(self, kept: Value) -> Value:
        return kept

    def stored(self, shown: Value) -> Value:
        return str(shown)[:NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `choices`, stored as its place from 0."""

    choices: Sequence[float | str]
    first: Value = 0

    def kept(self, value: Value) -> Value | None:
        return value if isinstance(value, int) and 0 <= value < len(self.choices) else None

    def shown(self, kept: Value) -> Value:
        return self.choices[int(kept)]

    def stored(self, shown: Value) -> Value:
        return list(self.choices).index(shown if isinstance(shown, str) else float(shown))


@dataclass(frozen=True, slots=True)
class Stepped:
    """0..1 in even steps; `log`: from `start` to `end` in equal ratios, else in equal parts."""

    start: float
    end: float
    steps: int
    first: Value
    log: bool = False

    def kept(self, value: Value) -> Value | None:
        if not isinstance(value, float) or math.isnan(value):
            return None
        return round(min(max(value, 0.0), 1.0) * (self.steps - 1)) / (self.steps - 1)

    def shown(self, kept: Value) -> float:
        if self.log:
            return self.start * math.pow(self.end / self.start, float(kept))
        return self.start + (self.end - self.start) * float(kept)

    def stored(self, shown: Value) -> Value:
        way = (float(shown) - self.start) / (self.end - self.start)
        if self.log:
            way = math.log(float(shown) / self.start) / math.log(self.end / self.start)
        kept = self.kept(way)
        assert kept is not None
        return kept


@dataclass(frozen=True, slots=True)
class Fader:
    """0..1 in 1024 positions, cut and not rounded; takes dB as text too. Shows dB, -inf at the bottom."""

    first: Value = UNITY

    def kept(self, value: Value) -> Value | None:
        travel = _travel(value) if isinstance(value, str) else value
        if math.isnan(travel):
            return None
        return math.trunc((FADER_STEPS + 0.5) * min(max(travel, 0.0), 1.0)) / FADER_STEPS

    def shown(self, kept: Value) -> float:
        f = float(kept)
        if f <= 0.0:
            return -math.inf
        if f >= 0.5:
            return 40.0 * f - 30.0
        if f >= 0.25:
            return 80.0 * f - 50.0
        return 160.0 * f - 70.0 if f >= 0.0625 else 480.0 * f - 90.0

    def stored(self, shown: Value) -> Value:
        kept = self.kept(str(shown))
        assert kept is not None
        return kept


def lin(low: float, high: float, step: float, first: float) -> Stepped:
    """Equal parts of `step`; `first` in the dial's own unit."""
    steps = round((high - low) / step) + 1
    return Stepped(low, high, steps, Stepped(low, high, steps, 0.0).stored(first))


def log(start: float, end: float, steps: int, first: float) -> Stepped:
    """Equal ratios; `first` in the dial's own unit."""
    return Stepped(start, end, steps, Stepped(start, end, steps, 0.0, log=True).stored(first), log=True)


def _travel(text: str) -> float:
    """The fader's travel for dB given as text ("-6.0")."""
    try:
        db = float(text)
    except ValueError:
        return 0.0
    if db >= -10.0:
        return (db + 30.0) / 40.0
    if db >= -30.0:
        return (db + 50.0) / 80.0
    return (db + 70.0) / 160.0 if db >= -60.0 else (db + 90.0) / 480.0


SWITCH = ("off", "on")

STRIP: dict[str, Dial] = {
    "config/name": Name(),
    "mix/fader": Fader(),
    "mix/pan": lin(-100.0, 100.0, 2.0, 0.0),
    "mix/on": Choice(SWITCH, 1),
}

EQ: dict[str, Dial] = {"eq/on": Choice(SWITCH)}
for _band, (_hz, _type) in enumerate(((124.7, 1), (496.6, 2), (1970.0, 2), (10_020.0, 4)), 1):
    EQ |= {
        f"eq/{_band}/type": Choice(EQ_TYPES, _type),
        f"eq/{_band}/f": log(20.0, 20_000.0, 201, _hz),
        f"eq/{_band}/g": lin(-15.0, 15.0, 0.25, 0.0),
        f"eq/{_band}/q": log(10.0, 0.3, 72, 2.0),
    }

DYN: dict[str, Dial] = {
    "dyn/on": Choice(SWITCH),
    "dyn/mode": Choice(("comp", "exp")),
    "dyn/det": Choice(("peak", "rms")),
    "dyn/env": Choice(("lin", "log"), 1),
    "dyn/auto": Choice(SWITCH),
    "dyn/thr": lin(-60.0, 0.0, 0.5, 0.0),
    "dyn/ratio": Choice(RATIOS, 5),
    "dyn/knee": lin(0.0, 5.0, 1.0, 1.0),
    "dyn/mgain": lin(0.0, 24.0, 0.5, 0.0),
    "dyn/attack": lin(0.0, 120.0, 1.0, 10.0),
    "dyn/hold": log(0.02, 2000.0, 101, 10.0),
    "dyn/release": log(5.0, 4000.0, 101, 151.0),
    "dyn/mix": lin(0.0, 100.0, 5.0, 100.0),
}

TRIM: dict[str, Dial] = {"preamp/trim": lin(-18.0, 18.0, 0.25, 0.0)}

X32_DIALS = STRIP | EQ | DYN | TRIM
XAIR_DIALS = STRIP | EQ | DYN
"""An X Air has a trim for what comes over USB only, at another path."""
