"""A strip's sound: bells, compressor, fader and pan, block after block with their state kept."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from tonn_bridge.sandbox.mixing.stems import Audio
from tonn_bridge.sandbox.mixing.strip import Bell, Dynamics, Strip, amplitude

_DETECTOR_S = 0.001


def bell_section(bell: Bell, rate: int) -> list[float]:
    """Second-order section of one bell. Source: R. Bristow-Johnson, Audio EQ Cookbook, peakingEQ."""
    omega = 2.0 * math.pi * min(bell.freq_hz, 0.45 * rate) / rate
    alpha = math.sin(omega) / (2.0 * bell.q)
    a = 10.0 ** (bell.gain_db / 40.0)
    cos2 = -2.0 * math.cos(omega)
    a0 = 1.0 + alpha / a
    return [(1.0 + alpha * a) / a0, cos2 / a0, (1.0 - alpha * a) / a0, 1.0, cos2 / a0, (1.0 - alpha / a) / a0]


def pan_gains(pan_deg: float) -> tuple[float, float]:
    """Left and right factor of a constant-power pan, -60 (left) to +60 (right); -3 dB each in the centre."""
    angle = (pan_deg + 60.0) / 120.0 * math.pi / 2.0
    return math.cos(angle), math.sin(angle)


class CompressorState:
    """A feed-forward compressor: peak detector over 1 ms of all channels, hard knee, gain in straight lines between."""

    def __init__(self, comp: Dynamics, rate: int) -> None:
        self._threshold_db = comp.threshold_db
        self._slope = 1.0 - 1.0 / comp.ratio
        self._step = round(rate * _DETECTOR_S)
        step_s = self._step / rate
        self._attack = math.exp(-step_s / comp.attack_s)
        self._release = math.exp(-step_s / comp.release_s)
        self._reduction_db = 0.0

    def process(self, block: Audio) -> Audio:
        """The compressed block; its peaks decide at most 1 ms ahead of themselves."""
        frames = block.shape[1]
        steps = -(-frames // self._step)
        level = np.zeros(steps * self._step)
        level[:frames] = np.abs(block).max(axis=0)
        peaks = level.reshape(steps, self._step).max(axis=1)
        over_db = 20.0 * np.log10(np.maximum(peaks, 1e-9)) - self._threshold_db
        before_db = self._reduction_db
        reductions = self._smoothed(np.maximum(over_db, 0.0) * self._slope)
        factors = 10.0 ** (np.concatenate(([before_db], reductions)) / -20.0)
        gain = np.interp(np.arange(1, frames + 1) / self._step, np.arange(steps + 1), factors)
        return block * gain

    def _smoothed(self, wanted_db: NDArray[np.float64]) -> list[float]:
        """Attack and release: the reduction moves towards what is wanted, at the speed of its direction."""
        attack, release, now = self._attack, self._release, self._reduction_db
        smoothed = []
        for wanted in wanted_db.tolist():
            keep = attack if wanted > now else release
            now = wanted + (now - wanted) * keep
            smoothed.append(now)
        self._reduction_db = now
        return smoothed


class StripState:
    """One stem's way through its strip, with the filters' and compressor's memory between blocks."""

    def __init__(self, strip: Strip, rate: int, channels: int) -> None:
        self._trim = amplitude(strip.trim_db)
        self._sections = np.array([bell_section(bell, rate) for bell in strip.eq]).reshape(-1, 6)
        self._memory = np.zeros((len(strip.eq), channels, 2))
        self._compressor = CompressorState(strip.comp, rate)
        left, right = pan_gains(strip.pan_deg)
        self._fader = amplitude(strip.gain_db) * np.array([[left], [right]])

    def process(self, block: Audio) -> Audio:
        """Two channels out; a stereo stem keeps its sides (the pan is a balance), a mono one goes to both."""
        sound = block * self._trim
        if len(self._sections):
            sound, self._memory = sosfilt(self._sections, sound, axis=1, zi=self._memory)
        return self._compressor.process(sound) * self._fader
