"""The plug-ins on a simulated REAPER's tracks: what each parameter shows, at 0.0 to 1.0, and how that is written.

ReaEQ keeps the frequency law that was reported for it. All other laws are this stand-in's own: REAPER's are not
published, and the bridge shall find them by reading. Names and order of the parameters as public scripts list them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

HALVINGS = 60
"""Enough to come down to the last bit of a float."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A parameter: what it `shows` in its own unit at 0.0 to 1.0, which rises; `start` is what a fresh one shows."""

    name: str
    shows: Callable[[float], float]
    start: float
    decimals: int = 2
    unit: str = ""

    def position(self, shown: float) -> float:
        """The place, 0.0 to 1.0, at which it shows this; past an end of the dial, that end."""
        low, high = 0.0, 1.0
        if shown <= self.shows(low):
            return low
        if shown >= self.shows(high):
            return high
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.shows(middle) < shown else (low, middle)
        return high

    def text(self, position: float) -> str:
        """What REAPER writes (the wording is reported, not verified)."""
        shown = self.shows(position)
        return f"{shown:.{self.decimals}f}" if math.isfinite(shown) else f"{shown}"


@dataclass
class Fx:
    """One plug-in: `positions` are 0.0 to 1.0, one per dial; `snaps` is what a broken one makes of a number and place.

    With `shows_units` its texts end in the unit.
    """

    name: str
    dials: Sequence[Dial]
    shows_units: bool = False
    snaps: Callable[[int, float], float] = lambda _number, position: position
    positions: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.positions = [dial.position(dial.start) for dial in self.dials]

    def number(self, which: int | str) -> int:
        """The place of a parameter, from 0; of two with one name, the first."""
        return which if isinstance(which, int) else [dial.name for dial in self.dials].index(which)

    def value(self, which: int | str) -> float:
        """What a parameter truly is, in its own unit."""
        number = self.number(which)
        return self.dials[number].shows(self.positions[number])

    def text(self, number: int) -> str:
        dial = self.dials[number]
        unit = f" {dial.unit}" if self.shows_units and dial.unit else ""
        return dial.text(self.positions[number]) + unit

    def set_position(self, number: int, position: float) -> None:
        """Put a parameter to 0.0..1.0, where the plug-in takes it."""
        self.positions[number] = self.snaps(number, min(max(position, 0.0), 1.0))

    def set_value(self, which: int | str, value: float) -> None:
        """Put a parameter to a value in its own unit, where the plug-in takes it."""
        number = self.number(which)
        self.set_position(number, self.dials[number].position(value))

    @property
    def enabled(self) -> bool:
        return self.positions[self.number("Bypass")] < 0.5

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self.positions[self.number("Bypass")] = 0.0 if enabled else 1.0


def decibels(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


def switch(name: str, *, on: bool = False) -> Dial:
    return Dial(name, lambda n: n, 1.0 if on else 0.0)


OF_EVERY_FX = (switch("Bypass"), switch("Wet", on=True), switch("Delta"))
"""What REAPER adds to the parameters of each plug-in."""


# ReaEQ.

LOW_SHELF, BAND, HIGH_SHELF, HIGH_PASS = "Low Shelf", "Band", "High Shelf", "High Pass"
QUANTITIES = ("Freq", "Gain", "BW")
FRESH_BANDS = ((LOW_SHELF, 100.0), (BAND, 300.0), (BAND, 1000.0), (HIGH_SHELF, 5000.0), (HIGH_PASS, 100.0))
BELL_HZ = (60.0, 180.0, 500.0, 1500.0, 4000.0, 10_000.0)


def eq_hz(position: float) -> float:
    """20 Hz to 24 kHz (Cockos forum, thread 196829)."""
    return 20.0 + 23_980.0 * (math.pow(401.0, position) - 1.0) / 400.0


def eq_db(position: float) -> float:
    """Off to +24 dB; 0 dB at 0.31."""
    return decibels(15.848932 * math.pow(position, 2.36))


def eq_octaves(position: float) -> float:
    return 0.01 + 3.99 * math.pow(position, 1.3)


class ReaEq(Fx):
    """ReaEQ with bands of the given types at the given frequencies, all flat and two octaves wide."""

    def __init__(self, bands: Sequence[tuple[str, float]] = FRESH_BANDS) -> None:
        self.bands = [kind for kind, _ in bands]
        dials: list[Dial] = []
        for number, (kind, hz) in enumerate(bands, 1):
            name = kind if number == 1 and kind == LOW_SHELF else f"{kind} {number}"
            dials.append(Dial(f"Freq-{name}", eq_hz, hz, 1, "Hz"))
            dials.append(Dial(f"Gain-{name}", eq_db, 0.0, 1, "dB"))
            dials.append(Dial(f"BW-{name}", eq_octaves, 2.0, 2, "oct"))
        dials.append(Dial("Global Gain", lambda n: decibels(4.0 * n), 0.0, 1, "dB"))
        super().__init__("ReaEQ (Cockos)", (*dials, *OF_EVERY_FX))

    def band(self, kind: str, index: int, quantity: str) -> int | None:
        """The place of a parameter of the `index`th band (from 0) of a type; None where there is no such band."""
        places = [place for place, each in enumerate(self.bands) if each == kind]
        return 3 * places[index] + QUANTITIES.index(quantity) if index < len(places) else None


def six_bells() -> ReaEq:
    """ReaEQ with six bells and nothing else."""
    return ReaEq([(BAND, hz) for hz in BELL_HZ])


# ReaComp.


def comp_db(position: float) -> float:
    """Off to +6 dB, as an amplitude that rises a little more steeply than the dial."""
    return decibels(2.0 * math.pow(position, 1.35))


def comp_ratio(position: float) -> float:
    """1 to 100, and without end in the last part of the dial."""
    return 1.0 + 99.0 * math.pow(position / 0.97, 2.4) if position <= 0.97 else math.inf


def comp_attack_ms(position: float) -> float:
    return 500.0 * math.pow(position, 2.6)


def comp_release_ms(position: float) -> float:
    return 5000.0 * math.pow(position, 2.2)


COMP_DIALS = (
    Dial("Threshold", comp_db, 0.0, 1, "dB"),
    Dial("Ratio", comp_ratio, 4.0, 2, ": 1"),
    Dial("Attack", comp_attack_ms, 3.0, 1, "ms"),
    Dial("Release", comp_release_ms, 100.0, 1, "ms"),
    Dial("Pre-comp", lambda n: 250.0 * n, 0.0, 1, "ms"),
    switch("resvd"),
    Dial("Lowpass", eq_hz, 20_000.0, 0, "Hz"),
    Dial("Hipass", eq_hz, 20.0, 0, "Hz"),
    switch("SignIn"),
    switch("AudIn"),
    Dial("Dry", lambda n: decibels(2.0 * n), -math.inf, 1, "dB"),
    Dial("Wet", lambda n: decibels(2.0 * n), 0.0, 1, "dB"),
    switch("Filter Preview"),
    Dial("RMS size", lambda n: 1000.0 * n, 5.0, 1, "ms"),
    Dial("Knee", lambda n: 24.0 * n, 0.0, 1, "dB"),
    switch("Auto Make Up Gain"),
    switch("Auto Release"),
    switch("Legacy Attack/Knee Options"),
    switch("Deprecated Broken Anti-Alias"),
    switch("Multichannel Mode"),
    switch("Metering Index"),
    *OF_EVERY_FX,
)


def rea_comp() -> Fx:
    """A fresh ReaComp."""
    return Fx("ReaComp (Cockos)", COMP_DIALS)


def prepared_chain() -> list[Fx]:
    """What the companion script puts on a track, under the names it gives."""
    eq, comp = six_bells(), rea_comp()
    eq.name, comp.name = "Tonn EQ", "Tonn Comp"
    return [eq, comp]


def other_fx(name: str) -> Fx:
    """Some plug-in that the bridge has no use for."""
    return Fx(name, (Dial("Amount", lambda n: 100.0 * n, 25.0, 1, "%"), *OF_EVERY_FX))
