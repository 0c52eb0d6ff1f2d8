"""A strip's sound as a DAW would make it: trim, bells, compressor, fader, pan; whole excerpts at a time.

Written from the formulas alone, apart from the sandbox's own renderer: a check that shares code with what it checks
finds nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from tonn_bridge.core import Compressor, EqBand, Pan

Audio = NDArray[np.floating]
"""Samples as (channels, frames)."""

DETECTOR_S = 0.0005
"""The compressor's detector takes the highest sample of so long a piece."""

_HIGHEST = 0.49
"""Up to which part of the sample rate a bell is drawn; above, there is nothing for it to move."""
_FLOOR = 1e-9


def bells(eq: Sequence[EqBand], rate: int) -> NDArray[np.float64]:
    """Second-order sections of the bells, a row each.

    The analogue bell (s² + s·A/Q + 1) / (s² + s/(A·Q) + 1), where A² is the gain, through the bilinear transform with
    its centre kept. A band at or above half the rate is left out.
    """
    rows = [_bell(band, rate) for band in eq if band.freq_hz < _HIGHEST * rate]
    return np.array(rows, dtype=np.float64).reshape(-1, 6)


def equalised(sound: Audio, sections: NDArray[np.float64]) -> Audio:
    """The sound through the bells, from silence on."""
    if not len(sections):
        return sound
    through: Audio = sosfilt(sections.astype(sound.dtype), sound, axis=1)
    return through


def reduction_db(over_db: NDArray[np.floating] | float, ratio: float) -> NDArray[np.float64]:
    """What a compressor at rest takes away from a level so far above its threshold; hard knee, 0 below."""
    return np.maximum(np.asarray(over_db, dtype=np.float64), 0.0) * (1.0 - 1.0 / ratio)


def levels_db(sound: Audio, rate: int) -> NDArray[np.float64]:
    """What the detector reads, piece by piece: the peak of all channels, in dB of full scale."""
    step = detector_frames(rate)
    pieces = -(-sound.shape[1] // step)
    peaks = np.zeros(pieces * step, dtype=sound.dtype)
    peaks[: sound.shape[1]] = np.abs(sound).max(axis=0)
    highest = peaks.reshape(pieces, step).max(axis=1).astype(np.float64)
    levels: NDArray[np.float64] = 20.0 * np.log10(np.maximum(highest, _FLOOR))
    return levels


def detector_frames(rate: int) -> int:
    """How many frames the detector takes together."""
    return max(1, round(rate * DETECTOR_S))


@dataclass(frozen=True, slots=True)
class Riding:
    """What a compressor does over time: `reductions_db`, one for each piece of the detector, 0 or more."""

    reductions_db: NDArray[np.float64]
    step: int

    @property
    def deepest_db(self) -> float:
        return float(self.reductions_db.max(initial=0.0))

    def on(self, sound: Audio) -> Audio:
        """The sound, turned down by it; the gain runs straight from the middle of one piece to that of the next."""
        if self.deepest_db == 0.0:
            return sound
        middles = (np.arange(len(self.reductions_db)) + 0.5) * self.step
        factors = 10.0 ** (self.reductions_db / -20.0)
        gain = np.interp(np.arange(sound.shape[1]), middles, factors)
        ridden: Audio = sound * gain.astype(sound.dtype)
        return ridden


def ride(levels: NDArray[np.float64], comp: Compressor | None, rate: int) -> Riding:
    """How a feed-forward compressor without make-up answers these detector levels; not at all where it is not told.

    One pole each way on the reduction in dB: after the attack (or release) time 63 % of the way is done.
    """
    if comp is None or comp.threshold_db is None or comp.ratio is None:
        return Riding(np.zeros(len(levels)), detector_frames(rate))
    wanted = reduction_db(levels - comp.threshold_db, comp.ratio)
    step = detector_frames(rate)
    keep_up, keep_down = (_kept(time_s, step / rate) for time_s in (comp.attack_s, comp.release_s))
    return Riding(_smoothed(wanted, keep_up, keep_down), step)


def pan_gains(pan: Pan | None) -> tuple[float, float]:
    """Left and right factor at constant power, -3 dB each in the centre; of a stereo strip, those of its two sides."""
    position = 0.0 if pan is None else pan.position
    angle = (1.0 + position) * math.pi / 4.0
    return math.cos(angle), math.sin(angle)


def amplitude(db: float) -> float:
    """The linear factor of a gain in dB; -inf is 0."""
    return float(10.0 ** (db / 20.0))


def _bell(band: EqBand, rate: int) -> list[float]:
    k = math.tan(math.pi * band.freq_hz / rate)
    a = amplitude(band.gain_db / 2.0)
    square, up, down = k * k, k * a / band.q, k / (a * band.q)
    first = 1.0 + down + square
    cross = 2.0 * (square - 1.0) / first
    return [(1.0 + up + square) / first, cross, (1.0 - up + square) / first, 1.0, cross, (1.0 - down + square) / first]


def _kept(time_s: float | None, step_s: float) -> float:
    """Which part of the way is still to go after one step; a time that nobody told is no time."""
    return math.exp(-step_s / time_s) if time_s else 0.0


def _smoothed(wanted_db: NDArray[np.float64], keep_up: float, keep_down: float) -> NDArray[np.float64]:
    if not wanted_db.any():
        return wanted_db
    now, smoothed = 0.0, []
    for wanted in wanted_db.tolist():  # each step needs the one before: on floats a plain loop is quick enough
        now = wanted + (now - wanted) * (keep_up if wanted > now else keep_down)
        smoothed.append(now)
    return np.array(smoothed)
