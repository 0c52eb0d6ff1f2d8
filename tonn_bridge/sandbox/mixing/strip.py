"""What the engine sets on one stem, in the order the sound goes through it: trim, EQ, compressor, fader, pan."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bell:
    """One EQ bell: centre in Hz, gain in dB, Q."""

    freq_hz: float
    gain_db: float
    q: float


@dataclass(frozen=True, slots=True)
class Dynamics:
    """A hard-knee compressor without make-up gain: threshold in dBFS (peak), ratio n:1, times in seconds."""

    threshold_db: float
    ratio: float
    attack_s: float
    release_s: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Settings of one stem; `pan_deg` runs from -60 (left) to +60 (right), `eq` has up to six bells."""

    trim_db: float
    gain_db: float
    pan_deg: float
    eq: tuple[Bell, ...]
    comp: Dynamics


def amplitude(db: float) -> float:
    """The linear factor of a gain in dB."""
    return float(10.0 ** (db / 20.0))
