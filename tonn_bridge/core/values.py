"""The numbers a mix is made of, each with its unit and its range."""

import math
from dataclasses import dataclass
from enum import StrEnum

from tonn_bridge.errors import RangeError

MAX_GAIN_DB = 24.0
FLOOR_DB = -90.0
"""At and below this a fader counts as off when two gains are compared."""


@dataclass(frozen=True, slots=True, order=True)
class Gain:
    """A strip's gain in dB relative to unity, from -inf (off) to +24.0.

    The top is the highest any mapped DAW's fader can be set to go (Ardour's preference ends at +20 dB).

    Raises:
        RangeError: NaN, or above +24.0 dB.
    """

    db: float

    def __post_init__(self) -> None:
        if not self.db <= MAX_GAIN_DB:  # written this way round so that NaN fails too
            raise RangeError("gain", self.db, f"-inf..+{MAX_GAIN_DB} dB")

    def minus(self, other: "Gain") -> float:
        """How many dB this lies above `other`; finite, because both count from -90 dB at the lowest."""
        return max(self.db, FLOOR_DB) - max(other.db, FLOOR_DB)


OFF = Gain(-math.inf)
UNITY = Gain(0.0)


@dataclass(frozen=True, slots=True, order=True)
class Pan:
    """A strip's place between the loudspeakers, -1.0 (left) to +1.0 (right).

    Raises:
        RangeError: NaN, or outside -1.0..+1.0.
    """

    position: float

    def __post_init__(self) -> None:
        if not -1.0 <= self.position <= 1.0:
            raise RangeError("pan", self.position, "-1.0..+1.0")


CENTRE = Pan(0.0)


@dataclass(frozen=True, slots=True)
class EqBand:
    """One bell of an equaliser: centre in Hz (20..20,000), gain in dB (-20..+20), Q (0.1..10).

    The ranges are Tonn's (effects guide and client; the guide ends the gain at ±12 dB).

    Raises:
        RangeError: a value outside its range, or NaN.
    """

    band: int
    freq_hz: float
    gain_db: float
    q: float

    def __post_init__(self) -> None:
        _check("EQ frequency", self.freq_hz, 20.0, 20_000.0, "Hz")
        _check("EQ gain", self.gain_db, -20.0, 20.0, "dB")
        _check("EQ Q", self.q, 0.1, 10.0, "")


@dataclass(frozen=True, slots=True)
class Compressor:
    """A compressor: threshold in dB (-60..0), ratio n:1 (1..20), attack and release in seconds.

    Attack runs from 0.1 ms to 100 ms and release from 1 ms to 1 s (Tonn's effects guide). None where Tonn said nothing.

    Raises:
        RangeError: a value outside its range, or NaN.
    """

    threshold_db: float | None
    ratio: float | None
    attack_s: float | None
    release_s: float | None

    def __post_init__(self) -> None:
        _check("threshold", self.threshold_db, -60.0, 0.0, "dB")
        _check("ratio", self.ratio, 1.0, 20.0, ":1")
        _check("attack", self.attack_s, 0.0001, 0.1, "s")
        _check("release", self.release_s, 0.001, 1.0, "s")


@dataclass(frozen=True, slots=True)
class TonnSettings:
    """What Tonn returned for one track, in core units, before any DAW is thought of; None where it said nothing.

    `trim_db` is what Tonn does to the audio before EQ and compressor, `gain_db` is its fader after them.
    """

    gain_db: float | None = None
    trim_db: float = 0.0
    pan: Pan | None = None
    eq: tuple[EqBand, ...] = ()
    comp: Compressor | None = None
    limited: tuple["Limit", ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that could not be had: what was wanted, what it became, and why."""

    parameter: str
    wanted: float
    got: float
    reason: str


class Param(StrEnum):
    """A control on a strip that a DAW can be asked to move."""

    GAIN = "gain"
    PAN = "pan"
    MUTE = "mute"


def _check(what: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not low <= value <= high:
        raise RangeError(what, value, f"{low:g}..{high:g} {unit}".rstrip())
