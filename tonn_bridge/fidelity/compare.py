"""How alike two mixes are: what is left of one when the other is taken away, band by band, stem by stem."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from tonn_bridge.fidelity.render import Audio

FLOOR_DB = -120.0
OCTAVES_HZ = (31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0)
_FFT = 8192
_INAUDIBLE_DB = -50.0
"""A band so far below the whole is not compared: what an MP3 leaves there says nothing."""
_GATE_S = 0.4
_BEND_BLOCK_S = 0.1
_LOUDEST = 0.1
_EVEN_DB = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """One octave: its centre, and by how many dB the preview is louder there than ours; None where it plays nothing."""

    centre_hz: float
    difference_db: float | None


@dataclass(frozen=True, slots=True)
class StemGain:
    """A strip in a mix: the factors with which it stands left and right, and how sure they are (one sigma)."""

    left: float
    right: float
    sigma: float


def fitted_gain(preview: Audio, mix: Audio) -> float:
    """The one factor that brings `mix` nearest to `preview`, by least squares; 0 or more."""
    power = _dot(mix, mix)
    return max(_dot(preview, mix) / power, 0.0) if power > 0.0 else 0.0


def residual_db(preview: Audio, fitted: Audio) -> float:
    """What is left of the preview without `fitted`, against the preview, in dB: 0 explains nothing."""
    whole = _dot(preview, preview)
    return decibels(_power(preview - fitted) / whole) if whole > 0.0 else 0.0


def decibels(power_ratio: float) -> float:
    """A ratio of powers in dB, -120 at the lowest."""
    return max(10.0 * math.log10(power_ratio), FLOOR_DB) if power_ratio > 0.0 else FLOOR_DB


def band_differences(preview: Audio, fitted: Audio, rate: int) -> list[Band]:
    """Octave by octave, how much louder the preview is than ours."""
    theirs, ours = (_octave_powers(sound, rate) for sound in (preview, fitted))
    least = max(sum(theirs), 1e-20) * 10.0 ** (_INAUDIBLE_DB / 10.0)
    return [
        Band(centre, decibels(p / max(o, 1e-20)) if p > least else None)
        for centre, p, o in zip(OCTAVES_HZ, theirs, ours, strict=True)
    ]


def loudness_lufs(sound: Audio, rate: int) -> float | None:
    """Integrated loudness (ITU-R BS.1770); None where it is too short or too soft to have one."""
    if sound.shape[1] <= _GATE_S * rate:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # silence makes the meter take the logarithm of 0
        lufs = float(pyloudnorm.Meter(rate, block_size=_GATE_S).integrated_loudness(sound.T.astype(np.float64)))
    return lufs if math.isfinite(lufs) else None


def bend_db(preview: Audio, fitted: Audio, rate: int) -> float | None:
    """By how many dB the preview is held back where ours is loudest, against the rest: a limiter makes it negative.

    Only what is ours in the preview counts, so that a reverb between the beats does not look like a limiter on them.
    None where the excerpt is too short or too even to tell.
    """
    step = round(_BEND_BLOCK_S * rate)
    starts = np.arange(0, preview.shape[1] - step + 1, step)
    if len(starts) < 3 / _LOUDEST:
        return None
    end = int(starts[-1]) + step
    shared, ours = (
        np.add.reduceat((sound * fitted)[:, :end].sum(axis=0, dtype=np.float64), starts) for sound in (preview, fitted)
    )
    order = np.argsort(ours)
    count = int(len(starts) * _LOUDEST)
    loud, rest = order[-count:], order[len(starts) // 2 : -count]
    if ours[rest].sum() <= 0.0 or decibels(float(ours[loud].mean() / ours[rest].mean())) < _EVEN_DB:
        return None
    here, there = (float(shared[blocks].sum() / ours[blocks].sum()) for blocks in (loud, rest))
    return 2.0 * decibels(here / there) if here > 0.0 and there > 0.0 else None


def stem_gains(preview: Audio, strips: Sequence[Audio]) -> list[StemGain]:
    """With which factors the strips add up to the preview's two sides, by least squares.

    A strip is (1 or 2, frames): of two channels each belongs to its side.
    """
    sides = [_fit_side(preview[side], [strip[side % len(strip)] for strip in strips]) for side in (0, 1)]
    (left, left_sigma), (right, right_sigma) = sides
    return [
        StemGain(float(a), float(b), float(max(sa, sb)))
        for a, b, sa, sb in zip(left, right, left_sigma, right_sigma, strict=True)
    ]


def _fit_side(preview: NDArray[np.floating], strips: Sequence[NDArray[np.floating]]) -> tuple[Audio, Audio]:
    """The strips' factors in one side of the preview, and the standard error of each (inf where it is not there)."""
    count = len(strips)
    gram = np.empty((count, count))
    for row, strip in enumerate(strips):
        for column in range(row, count):
            gram[row, column] = gram[column, row] = np.dot(strip, strips[column])
    with_preview = np.array([float(np.dot(strip, preview)) for strip in strips])
    factors = np.linalg.lstsq(gram, with_preview, rcond=1e-10)[0]
    rest = max(float(np.dot(preview, preview)) - float(factors @ with_preview), 0.0)
    spread = np.diag(np.linalg.pinv(gram, rcond=1e-10)) * rest / max(len(preview), 1)
    alone = np.diag(gram)
    return factors, np.where(alone > 0.0, np.sqrt(np.maximum(spread, 0.0)), math.inf)


def _octave_powers(sound: Audio, rate: int) -> list[float]:
    window = np.hanning(_FFT)
    spectrum = np.zeros(_FFT // 2 + 1)
    for start in range(0, max(sound.shape[1] - _FFT // 2, 1), _FFT // 2):
        piece = sound[:, start : start + _FFT]
        spectrum += (np.abs(np.fft.rfft(piece * window[: piece.shape[1]], _FFT, axis=1)) ** 2).sum(axis=0)
    freqs = np.fft.rfftfreq(_FFT, 1.0 / rate)
    half = math.sqrt(2.0)
    return [float(spectrum[(freqs >= c / half) & (freqs < c * half)].sum()) for c in OCTAVES_HZ]


def _power(sound: Audio) -> float:
    return _dot(sound, sound)


def _dot(one: Audio, other: Audio) -> float:
    return float(np.vdot(one, other))
