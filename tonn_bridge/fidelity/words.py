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


def told(verdict: Verdict) -> str:
    """`attack and release: seconds (residual -31.2 dB; as milliseconds -18.4 dB)`, or why nobody can tell."""
    about = ABOUT[verdict.question]
    if verdict.answer is None:
        return f"{about}: not decidable from this song: {verdict.why}"
    other = f"{MEANS[verdict.other]} {verdict.other_residual_db:.1f} dB"
    return f"{about}: {MEANS[verdict.answer]} (residual {verdict.residual_db:.1f} dB; as {other})"


def contradicted(verdict: Verdict, said: str) -> str:
    """What is wrong with a session that says `said` where the verdict is clear: `times = "ms" is wrong: …`."""
    right = f'{verdict.question} = "{verdict.answer}"'
    return f'{verdict.question} = "{said}" is wrong for this preview, which was made with {right}'
