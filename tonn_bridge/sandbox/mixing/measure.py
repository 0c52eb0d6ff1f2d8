"""What the engine hears in a stem: loudness, peak, crest factor, and where its energy lies."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from tonn_bridge.sandbox.mixing.stems import Audio, StemReader

BAND_EDGES_HZ = (20.0, 80.0, 250.0, 500.0, 2000.0, 8000.0, 20_000.0)
"""Six bands; the vendor's client describes its six EQ bands with these edges."""
SILENCE_DB = -120.0
_RATE = 44_100
_CHUNK_S = 20
_FFT = 8192
_GATE_BLOCK_S = 0.4
_OVERLAP = round(0.75 * _GATE_BLOCK_S * _RATE)  # gating blocks overlap by three quarters, across chunks too
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0  # ITU-R BS.1770-4


@dataclass(frozen=True, slots=True)
class Measured:
    """One stem, measured.

    Attributes:
        loudness_lufs: integrated and gated; where every block lies below the gate, the plain average.
        peak_db: sample peak in dBFS.
        crest_db: peak over RMS of the seconds in which the stem plays.
        band_power: mean square per band of `BAND_EDGES_HZ`.
        band_centre_hz: where each band's energy is centred.
        power_per_s: mean square of each second, for choosing an excerpt.
        seconds: length.
    """

    loudness_lufs: float
    peak_db: float
    crest_db: float
    band_power: tuple[float, ...]
    band_centre_hz: tuple[float, ...]
    power_per_s: tuple[float, ...]
    seconds: float


class Stopped(Exception):
    """The work was given up because the sandbox is ending."""


def measure(path: Path, stopped: Callable[[], bool]) -> Measured:
    """Measure a whole file, a few seconds of it in memory at a time.

    Raises:
        Stopped: `stopped()` became true.
    """
    loudness: list[float] = []
    spectrum = np.zeros(_FFT // 2 + 1)
    seconds: list[NDArray[np.float64]] = []
    peak = 0.0
    meter = pyloudnorm.Meter(_RATE, block_size=_GATE_BLOCK_S)
    with StemReader(path, _RATE) as stem:
        for start in range(0, stem.frames, _CHUNK_S * _RATE):
            if stopped():
                raise Stopped
            longer = stem.read(start, min(_CHUNK_S * _RATE + _OVERLAP, stem.frames - start))
            loudness += _block_loudness(meter, longer)
            block = longer[:, : _CHUNK_S * _RATE]
            spectrum += _power_spectrum(block)
            peak = max(peak, float(np.abs(block).max()))
            seconds.append(_power_per_second(block))
        length_s = stem.frames / _RATE
    power_per_s = np.concatenate(seconds) if seconds else np.zeros(1)
    return Measured(
        loudness_lufs=_gated(loudness),
        peak_db=_db(peak**2),
        crest_db=_crest_db(peak, power_per_s),
        band_power=tuple(_in_bands(spectrum)),
        band_centre_hz=tuple(_centres(spectrum)),
        power_per_s=tuple(float(power) for power in power_per_s),
        seconds=length_s,
    )


def _db(power: float) -> float:
    return 10.0 * math.log10(power) if power > 1e-12 else SILENCE_DB


def _block_loudness(meter: pyloudnorm.Meter, block: Audio) -> list[float]:
    """Loudness of each overlapping 400 ms in a block; a mono stem counts as both loudspeakers playing it."""
    frames = block.shape[1]
    shortest = math.ceil(_GATE_BLOCK_S * _RATE) + 1
    stereo = np.zeros((max(frames, shortest), 2))
    stereo[:frames] = block.T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # silence makes the meter take the logarithm of 0
        meter.integrated_loudness(stereo)
    return [float(lufs) for lufs in meter.blockwise_loudness]


def _gated(blocks: list[float]) -> float:
    """Integrated loudness of block loudnesses as ITU-R BS.1770-4 gates them."""

    def mean(levels: list[float]) -> float:
        return 10.0 * math.log10(sum(10.0 ** (level / 10.0) for level in levels) / len(levels))

    audible = [level for level in blocks if level >= _ABSOLUTE_GATE_LUFS]
    if not audible:
        return mean([max(level, SILENCE_DB) for level in blocks]) if blocks else SILENCE_DB
    gate = mean(audible) + _RELATIVE_GATE_LU
    return mean([level for level in audible if level > gate])


def _power_spectrum(block: Audio) -> NDArray[np.float64]:
    """Summed power per FFT bin over windowed frames of all channels."""
    frames = max(1, block.shape[1] // _FFT)
    padded = np.zeros((block.shape[0], frames * _FFT))
    kept = min(block.shape[1], frames * _FFT)
    padded[:, :kept] = block[:, :kept]
    windows = padded.reshape(-1, _FFT) * np.hanning(_FFT)
    power: NDArray[np.float64] = (np.abs(np.fft.rfft(windows, axis=1)) ** 2).sum(axis=0) / (block.shape[0] * _FFT**2)
    return power


def _power_per_second(block: Audio) -> NDArray[np.float64]:
    power = (block**2).mean(axis=0)
    return np.array([power[start : start + _RATE].mean() for start in range(0, len(power), _RATE)])


def _crest_db(peak: float, power_per_s: NDArray[np.float64]) -> float:
    playing = power_per_s[power_per_s > power_per_s.max() * 1e-3]
    return _db(peak**2) - _db(float(playing.mean())) if playing.size else 0.0


def _band_bins() -> list[tuple[slice, NDArray[np.floating]]]:
    freqs = np.fft.rfftfreq(_FFT, 1.0 / _RATE)
    edges = np.searchsorted(freqs, BAND_EDGES_HZ)
    return [(slice(low, high), freqs[low:high]) for low, high in pairwise(edges)]


def _in_bands(spectrum: NDArray[np.float64]) -> list[float]:
    return [float(spectrum[bins].sum()) for bins, _ in _band_bins()]


def _centres(spectrum: NDArray[np.float64]) -> list[float]:
    """Centre of energy on a logarithmic frequency axis per band; the band's own middle where there is none."""
    centres = []
    for (bins, freqs), (low, high) in zip(_band_bins(), pairwise(BAND_EDGES_HZ), strict=True):
        power = spectrum[bins]
        middle = math.sqrt(low * high)
        centres.append(float(np.exp(np.average(np.log(freqs), weights=power))) if power.sum() > 0.0 else middle)
    return centres
