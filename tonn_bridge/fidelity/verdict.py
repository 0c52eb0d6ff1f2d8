"""Which reading a preview was made with, how sure that is, and why where nobody can tell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tonn_bridge.core import TonnSettings
from tonn_bridge.fidelity.compare import decibels
from tonn_bridge.fidelity.readings import Question, Reading
from tonn_bridge.fidelity.render import Audio

UNEXPLAINED_DB = -3.0
"""A residual above it: half of the preview is not in these settings at all, however they are read."""

ALIKE_DB = -70.0
"""Two mixes that differ by less, against the preview, are the same to the ear and to an MP3."""

SURE_SIGMAS = 4.0
NEAR = 0.35
"""How far the preview may lie from a reading's mix towards the other's for that reading to be the right one."""

WORKS_DB = 0.1
"""A compressor that takes away less does nothing."""

_BLOCKS = 24


@dataclass(frozen=True, slots=True)
class Fit:
    """A reading's mix against the preview: `gain` is the factor fitted to it, `deepest_db` by track what each
    compressor takes away at most, `mix` the sound with that gain."""

    reading: Reading
    gain: float
    residual_db: float
    deepest_db: Mapping[int, float]
    mix: Audio


@dataclass(frozen=True, slots=True)
class Between:
    """Where a preview lies between two mixes: 0.0 at the one, 1.0 at the other, give or take `sigma`.

    `apart_db`: how much the two differ, against the preview.
    """

    place: float
    sigma: float
    apart_db: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question. `answer` is None where this song cannot tell, and `why` says why.

    `fits` is what the reading that comes nearest says, with its residual; `other` the other answer, with the residual
    of the reading that differs in nothing else.
    """

    question: Question
    answer: str | None
    why: str
    fits: str
    residual_db: float
    other: str
    other_residual_db: float
    between: Between | None

    @property
    def margin_db(self) -> float:
        """By how much the one fits better than the other."""
        return self.other_residual_db - self.residual_db


def between(preview: Audio, one: Audio, other: Audio) -> Between:
    """Where `preview` lies on the straight way from `one` to `other`.

    What is in neither (an MP3's noise, a reverb) adds nothing to it on average; how much it does by chance is
    estimated from how the pieces of the excerpt disagree.
    """
    step = max(preview.shape[1] // _BLOCKS, 1)
    starts = np.arange(0, preview.shape[1], step)
    apart = other - one
    along = np.add.reduceat(((preview - one) * apart).sum(axis=0, dtype=np.float64), starts)
    length = np.add.reduceat((apart**2).sum(axis=0, dtype=np.float64), starts)
    whole, power = float(length.sum()), float(np.vdot(preview, preview))
    if whole <= 0.0 or power <= 0.0:
        return Between(0.0, math.inf, decibels(0.0))
    place = float(along.sum()) / whole
    sigma = float(np.sqrt(np.sum((along - place * length) ** 2))) / whole
    return Between(place, sigma, decibels(whole / power))


def judge(question: Question, fits: Sequence[Fit], preview: Audio) -> Verdict:
    """Which answer to `question` the preview was made with; `fits` has every reading."""
    best = min(fits, key=lambda fit: fit.residual_db)
    other = next(fit for fit in fits if _differ_in(question, fit.reading, best.reading))
    found = None if best.reading.same_mix(other.reading) else between(preview, best.mix, other.mix)
    why = _doubt(question, best, fits, found, preview)
    answer = best.reading.answer(question)
    return Verdict(
        question=question,
        answer=None if why else answer,
        why=why,
        fits=answer,
        residual_db=best.residual_db,
        other=other.reading.answer(question),
        other_residual_db=other.residual_db,
        between=found,
    )


def _differ_in(question: Question, one: Reading, other: Reading) -> bool:
    """Whether two readings differ in their answer to `question`, and in nothing else."""
    return all((one.answer(each) == other.answer(each)) == (each is not question) for each in Question)


def _doubt(question: Question, best: Fit, fits: Sequence[Fit], found: Between | None, preview: Audio) -> str:
    """Why nobody can tell, or nothing."""
    known = _alike(question, list(best.reading.settings.values()), fits, preview)
    if found is None or found.apart_db < ALIKE_DB:
        return known or "both come to the same mix"
    if best.residual_db > UNEXPLAINED_DB:
        return "too little of the preview is in these settings, however they are read"
    if found.place + SURE_SIGMAS * found.sigma >= 0.5:
        return known or f"the two mixes differ by {found.apart_db:.0f} dB only, less than the rest leaves to be seen"
    if found.place > NEAR:
        return "the preview lies between the two readings"
    return ""


def _alike(question: Question, tracks: Sequence[TonnSettings], fits: Sequence[Fit], preview: Audio) -> str:
    """What in the song makes both answers the same, or nothing."""
    match question:
        case Question.TIMES:
            return _times_alike(tracks, fits)
        case Question.PAN:
            return _pans_alike(tracks, preview)
        case Question.TRIM:
            return _trims_alike([fit.reading.settings for fit in fits])


def _times_alike(tracks: Sequence[TonnSettings], fits: Sequence[Fit]) -> str:
    if not any(track.comp and (track.comp.attack_s or track.comp.release_s) for track in tracks):
        return "Tonn sent no attack and no release"
    if max((deepest for fit in fits for deepest in fit.deepest_db.values()), default=0.0) < WORKS_DB:
        return "no compressor reaches its threshold in this preview"
    return ""


def _pans_alike(tracks: Sequence[TonnSettings], preview: Audio) -> str:
    if all(track.pan is None for track in tracks):
        return "Tonn sent no pans"
    if all(track.pan is None or track.pan.position == 0.0 for track in tracks):
        return "every track stands in the centre"
    sides = preview[0] - preview[1]
    if decibels(float(np.vdot(sides, sides)) / max(float(np.vdot(preview, preview)), 1e-20)) < ALIKE_DB:
        return "the preview is mono"
    return ""


def _trims_alike(read: Sequence[Mapping[int, TonnSettings]]) -> str:
    trims = [{track.trim_db for track in tracks.values()} for tracks in read]
    if all(each == {0.0} for each in trims):
        return "Tonn sent no trim"
    if all(len(each) == 1 for each in trims):
        return "every track has the same trim"
    return ""
