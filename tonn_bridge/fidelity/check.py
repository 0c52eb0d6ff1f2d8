"""The check itself: every reading of the settings rendered, and held against the preview."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tonn_bridge.core import TonnSettings
from tonn_bridge.errors import BridgeError
from tonn_bridge.fidelity.align import find_lag, find_place
from tonn_bridge.fidelity.audio import LONGEST_S, Sound, read_preview, thinned
from tonn_bridge.fidelity.causes import causes
from tonn_bridge.fidelity.codec import as_mp3
from tonn_bridge.fidelity.compare import (
    Band,
    band_differences,
    decibels,
    fitted_gain,
    loudness_lufs,
    residual_db,
)
from tonn_bridge.fidelity.evidence import Evidence, Track
from tonn_bridge.fidelity.mixes import Mixed, Window, mix_all, song_outline
from tonn_bridge.fidelity.readings import Question, Reading, read, readings
from tonn_bridge.fidelity.render import Audio
from tonn_bridge.fidelity.tracks import TrackFit, fit_tracks
from tonn_bridge.fidelity.verdict import Fit, Verdict, judge

MARGIN_S = 0.05
"""Rendered more at both ends, so that the mixes can be moved under the preview."""

SETTLED_S, SETTLED_PART = 1.0, 0.1
"""Not compared at the beginning, whichever is less: there a compressor shows what it heard before."""

FOUND = 0.15
"""A preview less alike to the song than this, wherever it is put, was not made of these stems."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How closely a DAW with these settings can sound like the preview, and which reading of them it was made with.

    `start_s` is where in the song the preview begins, `likeness` how alike both are there (1.0: the same), `gain_db`
    the one gain fitted before all else was compared. `mp3_residual_db` is what an MP3 like the preview leaves of any
    mix: a residual near it is as good as none. `residuals_db` has every reading, the best first. `session` is
    the reading that the session has, its "auto" decided; `causes` is what no setting holds, a line each.
    """

    start_s: float
    seconds: float
    likeness: float
    gain_db: float
    residual_db: float
    mp3_residual_db: float | None
    preview_lufs: float | None
    ours_lufs: float | None
    bands: tuple[Band, ...]
    tracks: tuple[TrackFit, ...]
    residuals_db: tuple[tuple[Reading, float], ...]
    verdicts: tuple[Verdict, ...]
    session: Mapping[Question, str]
    causes: tuple[str, ...]

    def wrong(self) -> list[Verdict]:
        """The clear verdicts that the session says otherwise."""
        return [verdict for verdict in self.verdicts if verdict.answer not in (None, self.session[verdict.question])]


def check(evidence: Evidence, longest_s: float = LONGEST_S) -> Fidelity:
    """Hold every reading of the settings against the first `longest_s` of the preview.

    Raises:
        BridgeError: a file is missing or cannot be read, or the preview was not made of these stems.
        TonnRejected: the settings do not belong to these tracks.
    """
    ways = readings(evidence.settings, evidence.urls)
    preview = read_preview(evidence.preview, longest_s)
    tracks = [track for track in evidence.tracks if track.file is not None]
    if not tracks:
        raise BridgeError("every stem of this session is a URL, and only files here can be rendered")
    window = _window(preview, tracks, ways[0].settings)
    mixes = mix_all(tracks, _distinct(ways), window)
    lag, likeness = find_lag(preview.samples, _together(mixes))
    if likeness < FOUND:
        raise _not_found(evidence, likeness)
    heard, ours = _settled(preview), slice(lag + _skipped(preview), lag + preview.frames)
    fits = _fits(heard, mixes, ways, ours)
    best = fits[0]
    coded = as_mp3(evidence.preview, best.mix, preview.rate)
    return Fidelity(
        start_s=(window.start + lag) / preview.rate,
        seconds=preview.frames / preview.rate,
        likeness=likeness,
        gain_db=decibels(best.gain**2),
        residual_db=best.residual_db,
        mp3_residual_db=None if coded is None else coded.residual_db,
        preview_lufs=loudness_lufs(heard, preview.rate),
        ours_lufs=loudness_lufs(best.mix / max(best.gain, 1e-9), preview.rate),
        bands=tuple(band_differences(heard, best.mix, preview.rate)),
        tracks=fit_tracks(tracks, best, heard, window, ours, longest_s),
        residuals_db=tuple((fit.reading, fit.residual_db) for fit in fits),
        verdicts=tuple(judge(question, fits, heard) for question in Question),
        session=_session(evidence, ways),
        causes=tuple(causes(evidence, best, heard, preview.rate, coded)),
    )


def _together(mixes: Sequence[Mixed]) -> Audio:
    """All readings at once: wherever they differ, they have the preview at the same place."""
    whole = np.zeros_like(mixes[0].sound)
    for mixed in mixes:
        whole += mixed.sound
    return whole


def _margin(preview: Sound) -> int:
    return round(MARGIN_S * preview.rate)


def _skipped(preview: Sound) -> int:
    return round(min(SETTLED_S * preview.rate, SETTLED_PART * preview.frames))


def _settled(preview: Sound) -> Audio:
    return preview.samples[:, _skipped(preview) :]


def _window(preview: Sound, tracks: Sequence[Track], settings: Mapping[int, TonnSettings]) -> Window:
    """Where the preview lies in the song, with a margin on both sides; its lag there is 0 … 2 margins."""
    song = song_outline(tracks, settings)
    place = find_place(thinned(preview.samples, preview.rate), song)
    margin = _margin(preview)
    return Window(preview.rate, round(place.start_s * preview.rate) - margin, preview.frames + 2 * margin)


def _distinct(ways: Iterable[Reading]) -> list[Reading]:
    """One reading for each mix that there can be."""
    found: list[Reading] = []
    for way in ways:
        if not any(way.same_mix(other) for other in found):
            found.append(way)
    return found


def _fits(heard: Audio, mixes: Sequence[Mixed], ways: Sequence[Reading], ours: slice) -> list[Fit]:
    """Every reading against the preview, the best first; those that come to the same mix share it."""
    fits = []
    for mixed in mixes:
        mix = mixed.sound[:, ours]
        gain = fitted_gain(heard, mix)
        mix *= np.float32(gain)
        left_db = residual_db(heard, mix)
        same = [way for way in ways if way.same_mix(mixed.reading)]
        fits += [Fit(way, gain, left_db, mixed.deepest_db, mix) for way in same]
    return sorted(fits, key=lambda fit: fit.residual_db)


def _session(evidence: Evidence, ways: Sequence[Reading]) -> dict[Question, str]:
    """What the session says to each question; an "auto" that mixes units across tracks stays "auto"."""
    units = evidence.units
    said = {question: str(getattr(units, question)) for question in Question}
    if units.times == "auto":
        own = read(evidence.settings, evidence.urls, units)
        alike = [way for way in ways if way.same_mix(own)]
        said[Question.TIMES] = alike[0].answer(Question.TIMES) if alike else "auto"
    return said


def _not_found(evidence: Evidence, likeness: float) -> BridgeError:
    near = "" if math.isnan(likeness) else f" (likeness {max(likeness, 0.0):.2f} of 1)"
    return BridgeError(
        f"{evidence.preview.name} is nowhere in these stems{near}: were they rendered again since? "
        "Then ask for a new preview"
    )
