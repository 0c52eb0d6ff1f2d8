"""The engine's taste: from what was measured and asked for to settings. Pure arithmetic, the same every time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tonn_bridge.sandbox.mixing.measure import BAND_EDGES_HZ, Measured
from tonn_bridge.sandbox.mixing.strip import Bell, Dynamics, Strip, amplitude
from tonn_bridge.tonn.wire import InstrumentGroup as Group
from tonn_bridge.tonn.wire import MusicalStyle as Style
from tonn_bridge.tonn.wire import PanPreference, Presence

TRIMMED_LUFS = -20.0
"""Trim brings every stem here, as far as it reaches, so that compressor and fader work where they work best."""
MAX_TRIM_DB = 12.0
LOWEST_GAIN_DB, HIGHEST_GAIN_DB = -30.0, 6.0
HEADROOM_DB = -7.0
"""Where the peaks of the whole mix are expected to end: room for fader moves before anything clips."""

_TARGET_LUFS = {
    Group.VOCAL: -19.0,
    Group.KICK: -21.0,
    Group.SNARE: -22.0,
    Group.BASS: -21.0,
    Group.DRUMS: -20.0,
    Group.BACKING_TRACK: -20.0,
    Group.E_GUITAR: -24.0,
    Group.ACOUSTIC_GUITAR: -24.0,
    Group.SYNTH: -24.0,
    Group.KEYS: -24.0,
    Group.BRASS: -24.0,
    Group.STRINGS: -25.0,
    Group.BACKING_VOX: -25.0,
    Group.PERCS: -26.0,
    Group.CYMBALS: -28.0,
    Group.FX: -28.0,
}
_OTHER_LUFS = -25.0
_PRESENCE_DB = {Presence.LEAD: 2.5, Presence.NORMAL: 0.0, Presence.BACKGROUND: -4.0}
_STYLE_DB = {
    Style.ELECTRONIC: {Group.KICK: 1.0, Group.BASS: 1.0, Group.SYNTH: 0.5},
    Style.HIPHOP_GRIME: {Group.KICK: 1.5, Group.BASS: 1.5},
    Style.REGGAE_DUB: {Group.BASS: 2.0, Group.KICK: 0.5},
    Style.METAL: {Group.E_GUITAR: 1.5, Group.DRUMS: 1.0},
    Style.ACOUSTIC: {Group.ACOUSTIC_GUITAR: 1.5, Group.VOCAL: 1.0},
    Style.ORCHESTRAL: {Group.STRINGS: 2.0, Group.BRASS: 1.0},
}

_CENTRED = {Group.VOCAL, Group.KICK, Group.SNARE, Group.BASS, Group.DRUMS, Group.BACKING_TRACK}
_SPREAD_DEG = (20.0, 35.0, 50.0)
_PREFERRED_DEG = {PanPreference.LEFT: -40.0, PanPreference.CENTRE: 0.0, PanPreference.RIGHT: 40.0}

_MASKED_WITHIN_DB = 12.0
_DEEPEST_CUT_DB = 4.0
_BOOST_DB = 1.5
_OWN_BAND_SHARE = 0.5
_LEAST_EQ_DB = 0.5
_INAUDIBLE = 1e-9
_SILENT_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class Stem:
    """One stem as asked for and as measured."""

    group: Group
    presence: Presence
    pan: PanPreference
    measured: Measured


def decide(stems: Sequence[Stem], style: Style) -> list[Strip]:
    """Settings for every stem of a mix, in order."""
    trims = [_trim_db(stem.measured) for stem in stems]
    levels = [_level_db(stem, trim, style) for stem, trim in zip(stems, trims, strict=True)]
    comps = [_dynamics(stem.measured, trim) for stem, trim in zip(stems, trims, strict=True)]
    bells = _unmask(stems, [trim + level for trim, level in zip(trims, levels, strict=True)])
    strips = [
        Strip(trim, level, pan, eq, comp)
        for trim, level, pan, eq, comp in zip(trims, levels, _pans(stems), bells, comps, strict=True)
    ]
    offset_db = min(0.0, HEADROOM_DB - _expected_peak_db(stems, strips))
    return [replace(strip, gain_db=_within_faders(strip.gain_db + offset_db)) for strip in strips]


def _trim_db(measured: Measured) -> float:
    if measured.loudness_lufs < _SILENT_LUFS:
        return 0.0
    return round(max(-MAX_TRIM_DB, min(MAX_TRIM_DB, TRIMMED_LUFS - measured.loudness_lufs)), 2)


def _level_db(stem: Stem, trim_db: float, style: Style) -> float:
    if stem.measured.loudness_lufs < _SILENT_LUFS:
        return 0.0
    target = _TARGET_LUFS.get(stem.group, _OTHER_LUFS) + _PRESENCE_DB[stem.presence]
    target += _STYLE_DB.get(style, {}).get(stem.group, 0.0)
    return _within_faders(target - (stem.measured.loudness_lufs + trim_db))


def _within_faders(gain_db: float) -> float:
    return round(max(LOWEST_GAIN_DB, min(HIGHEST_GAIN_DB, gain_db)), 2)


def _expected_peak_db(stems: Sequence[Stem], strips: Sequence[Strip]) -> float:
    """Peaks of different stems rarely fall together: half-way between adding as power and adding as amplitude."""
    peaks = [
        amplitude(stem.measured.peak_db + strip.trim_db + strip.gain_db)
        for stem, strip in zip(stems, strips, strict=True)
    ]
    as_power, as_amplitude = math.sqrt(sum(peak**2 for peak in peaks)), sum(peaks)
    return 10.0 * math.log10(max(as_power * as_amplitude, _INAUDIBLE))


def _pans(stems: Sequence[Stem]) -> list[float]:
    """Preferences as asked; of the rest, what carries the song in the centre and the others to both sides in turn."""
    pans: list[float] = []
    spread = 0
    for stem in stems:
        if stem.pan in _PREFERRED_DEG:
            pans.append(_PREFERRED_DEG[stem.pan])
        elif stem.group in _CENTRED:
            pans.append(0.0)
        else:
            side = -1.0 if spread % 2 == 0 else 1.0
            pans.append(side * _SPREAD_DEG[spread // 2 % len(_SPREAD_DEG)])
            spread += 1
    return pans


def _unmask(stems: Sequence[Stem], levels_db: Sequence[float]) -> list[tuple[Bell, ...]]:
    """In each band the stem with most energy keeps it; stems that come near it there, but live elsewhere, step back."""
    powers = [
        [power * 10.0 ** (level / 10.0) for power in stem.measured.band_power]
        for stem, level in zip(stems, levels_db, strict=True)
    ]
    bells: list[list[Bell]] = [[] for _ in stems]
    for band in range(len(BAND_EDGES_HZ) - 1):
        owner = max(range(len(stems)), key=lambda index: powers[index][band])
        for index, stem in enumerate(stems):
            gain_db = _band_gain_db(stem, powers[index], powers[owner][band], band, index == owner)
            if abs(gain_db) >= _LEAST_EQ_DB:
                bells[index].append(_bell(band, stem.measured.band_centre_hz[band], gain_db))
    return [tuple(each) for each in bells]


def _band_gain_db(stem: Stem, powers: Sequence[float], loudest: float, band: int, owns: bool) -> float:
    total = sum(powers)
    if total < _INAUDIBLE or powers[band] < _INAUDIBLE:
        return 0.0
    share = powers[band] / total
    if owns:
        return _BOOST_DB * share if stem.presence is Presence.LEAD else 0.0
    if share >= _OWN_BAND_SHARE:
        return 0.0
    below_db = 10.0 * math.log10(loudest / powers[band])
    return -_DEEPEST_CUT_DB * max(0.0, 1.0 - below_db / _MASKED_WITHIN_DB)


def _bell(band: int, centre_hz: float, gain_db: float) -> Bell:
    low, high = BAND_EDGES_HZ[band], BAND_EDGES_HZ[band + 1]
    q = max(0.5, min(3.0, math.sqrt(low * high) / (high - low)))
    return Bell(freq_hz=round(centre_hz, 1), gain_db=round(gain_db, 2), q=round(q, 2))


def _dynamics(measured: Measured, trim_db: float) -> Dynamics:
    """The spikier a stem, the firmer the ratio and the slower the attack, so that its onsets stay."""
    spiky = max(0.0, min(1.0, (measured.crest_db - 4.0) / 16.0))
    threshold_db = measured.peak_db + trim_db - (1.0 + 0.4 * max(0.0, measured.crest_db))
    return Dynamics(
        threshold_db=round(max(-60.0, min(0.0, threshold_db)), 2),
        ratio=round(1.2 + 2.3 * spiky, 2),
        attack_s=round(0.008 + 0.022 * spiky, 4),
        release_s=round(0.180 - 0.110 * spiky, 4),
    )
