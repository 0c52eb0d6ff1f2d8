"""A check's result as a JSON object."""

from dataclasses import asdict
from pathlib import Path

from tonn_bridge.fidelity.check import Fidelity
from tonn_bridge.fidelity.readings import Question
from tonn_bridge.fidelity.verdict import Verdict


def document(found: Fidelity, preview: Path, task_id: str) -> dict[str, object]:
    """The object that `verify --json` prints; what is not known is null."""
    return {
        "preview_file": str(preview),
        "task_id": task_id,
        "start_s": round(found.start_s, 4),
        "seconds": round(found.seconds, 3),
        "likeness": round(found.likeness, 4),
        "gain_db": _rounded(found.gain_db),
        "residual_db": _rounded(found.residual_db),
        "mp3_residual_db": _rounded(found.mp3_residual_db),
        "loudness_lufs": {"preview": _rounded(found.preview_lufs), "settings": _rounded(found.ours_lufs)},
        "bands": [{"centre_hz": b.centre_hz, "difference_db": _rounded(b.difference_db)} for b in found.bands],
        "tracks": [
            {key: _rounded(value) if isinstance(value, float) else value for key, value in asdict(track).items()}
            for track in found.tracks
        ],
        "readings": [
            {question.value: reading.answer(question) for question in Question} | {"residual_db": _rounded(left_db)}
            for reading, left_db in found.residuals_db
        ],
        "verdicts": {verdict.question.value: _verdict(verdict, found) for verdict in found.verdicts},
        "causes": list(found.causes),
    }


def _verdict(verdict: Verdict, found: Fidelity) -> dict[str, object]:
    between = verdict.between
    said = found.session[verdict.question]
    return {
        "answer": verdict.answer,
        "why": verdict.why or None,
        "residual_db": _rounded(verdict.residual_db),
        "other": verdict.other,
        "other_residual_db": _rounded(verdict.other_residual_db),
        "margin_db": _rounded(verdict.margin_db),
        "apart_db": None if between is None else _rounded(between.apart_db),
        "session": said,
        "session_is_right": None if verdict.answer is None else verdict.answer == said,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2) + 0.0
