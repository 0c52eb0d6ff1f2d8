"""Each track by itself: how loud it is in the preview, and on which side, against what its settings say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from tonn_bridge.core import TonnSettings
from tonn_bridge.fidelity.audio import read_mixed_stem
from tonn_bridge.fidelity.compare import StemGain, decibels, fitted_gain, residual_db, stem_gains
from tonn_bridge.fidelity.evidence import Track
from tonn_bridge.fidelity.mixes import Window, factors, strips
from tonn_bridge.fidelity.render import Audio
from tonn_bridge.fidelity.verdict import Fit

WIDEST_DB = 40.0
"""A balance is told up to here: beyond, one side is as good as silent."""

SURE = 0.1
"""A track's factor in the preview is told where it is known to within this part of itself (about 1 dB)."""

_THINNED = 2


@dataclass(frozen=True, slots=True)
class TrackFit:
    """One track in the preview. `level_db`: how much louder it is there than its settings say, the overall gain apart;
    the balances (right over left, in dB) as set and as heard. None is not known.

    `residual_db` is there where Tonn sent the mixed stem back, and compares the two stems by themselves.
    """

    number: int
    name: str
    level_db: float | None
    balance_set_db: float | None
    balance_heard_db: float | None
    residual_db: float | None


def fit_tracks(
    tracks: Sequence[Track], best: Fit, heard: Audio, window: Window, ours: slice, longest_s: float
) -> tuple[TrackFit, ...]:
    """Every track: from its own mixed stem where there is one, else from what the whole preview holds of it."""
    found: dict[int, TrackFit] = {}
    thin: list[Audio] = []
    for track, strip in zip(tracks, strips(tracks, best.reading.settings, window), strict=True):
        sound, settings = strip[:, ours], best.reading.settings[track.number]
        thin.append(resample_poly(sound, 1, _THINNED, axis=1))
        if track.mixed is not None and (mixed := read_mixed_stem(track.mixed, window.rate, longest_s)) is not None:
            own = mixed.samples[:, -heard.shape[1] :]
            if own.shape == heard.shape:
                found[track.number] = _by_itself(track, settings, sound, own, best.gain)
    gains = stem_gains(resample_poly(heard, 1, _THINNED, axis=1), thin)
    return tuple(
        found.get(track.number) or _in_the_mix(track, best.reading.settings[track.number], strip, gain, best.gain)
        for track, strip, gain in zip(tracks, thin, gains, strict=True)
    )


def _by_itself(track: Track, settings: TonnSettings, strip: Audio, mixed: Audio, gain: float) -> TrackFit:
    """From the stem that Tonn sent back."""
    left, right = factors(settings)
    panned = np.stack([gain * left * strip[0], gain * right * strip[-1]])
    fitted = fitted_gain(mixed, panned)
    return TrackFit(
        track.number,
        track.name,
        level_db=decibels(fitted**2),
        balance_set_db=_balance_db(*_powers(panned)),
        balance_heard_db=_balance_db(*_powers(mixed)),
        residual_db=residual_db(mixed, np.float32(fitted) * panned),
    )


def _in_the_mix(track: Track, settings: TonnSettings, strip: Audio, found: StemGain, gain: float) -> TrackFit:
    """From its share in the preview's two sides."""
    left, right = factors(settings)
    powers = _powers(strip if len(strip) == 2 else np.broadcast_to(strip, (2, strip.shape[1])))
    as_set = [(gain * factor) ** 2 * power for factor, power in zip((left, right), powers, strict=True)]
    heard = [max(factor, 0.0) ** 2 * power for factor, power in zip((found.left, found.right), powers, strict=True)]
    known = sum(as_set) > 0.0 and found.sigma < SURE * max(found.left, found.right)
    return TrackFit(
        track.number,
        track.name,
        level_db=decibels(sum(heard) / sum(as_set)) if known else None,
        balance_set_db=_balance_db(*as_set),
        balance_heard_db=_balance_db(*heard) if known else None,
        residual_db=None,
    )


def _powers(sound: Audio) -> tuple[float, float]:
    return float(np.vdot(sound[0], sound[0])), float(np.vdot(sound[1], sound[1]))


def _balance_db(left: float, right: float) -> float | None:
    if left <= 0.0 and right <= 0.0:
        return None
    if left <= 0.0 or right <= 0.0:
        return math.copysign(WIDEST_DB, right - left)
    return min(max(decibels(right / left), -WIDEST_DB), WIDEST_DB)
