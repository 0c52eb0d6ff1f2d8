"""Verdicts in the words of a mix engineer."""

from collections.abc import Mapping
from typing import Final

from tonn_bridge.fidelity.readings import Question
from tonn_bridge.fidelity.verdict import Verdict

ABOUT: Final[Mapping[Question, str]] = {
    Question.TIMES: "attack and release",
    Question.PAN: "pan",
    Question.TRIM: "trim",
}

MEANS: Final[Mapping[str, str]] = {
    "s": "seconds",
    "ms": "milliseconds",
    "left_negative": "negative is left",
    "left_positive": "negative is right",
    "apply": "applied",
    "ignore": "not applied",
}

_OTHERWISE: Final[Mapping[str, str]] = {
    "s": "as seconds",
    "ms": "as milliseconds",
    "left_negative": "as left",
    "left_positive": "as right",
    "apply": "applied",
    "ignore": "not applied",
}


def told(verdict: Verdict) -> str:
    """`attack and release: seconds (residual -31.2 dB; as milliseconds -18.4 dB)`, or why nobody can tell."""
    about = ABOUT[verdict.question]
    if verdict.answer is None:
        return f"{about}: not decidable from this song: {verdict.why}"
    other = f"{_OTHERWISE[verdict.other]} {verdict.other_residual_db:.1f} dB"
    return f"{about}: {MEANS[verdict.answer]} (residual {verdict.residual_db:.1f} dB; {other})"


def told_briefly(verdict: Verdict) -> str:
    """`seconds by 12.8 dB`, or that nobody can tell."""
    if verdict.answer is None:
        return f"{ABOUT[verdict.question]} not decidable"
    subject = "trim " if verdict.question is Question.TRIM else ""
    return f"{subject}{MEANS[verdict.answer]} by {verdict.margin_db:.1f} dB"


def contradicted(verdict: Verdict, said: str) -> str:
    """What is wrong with a session that says `said` where the verdict is clear: `times = "ms" is wrong: …`."""
    right = f'{verdict.question} = "{verdict.answer}"'
    return f'{verdict.question} = "{said}" is wrong for this preview, which was made with {right}'
