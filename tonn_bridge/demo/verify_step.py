"""The check of the preview: the settings rendered here, apart from the sandbox, and read in every way there is."""

import asyncio
from dataclasses import replace

from tonn_bridge.demo.report import Finding, Report
from tonn_bridge.demo.ruler import Ruler
from tonn_bridge.demo.stage import KEY, Stage
from tonn_bridge.fidelity import Evidence, Fidelity, Question, check, gather, told_briefly
from tonn_bridge.session import load_session
from tonn_bridge.tonn import Units

SAME_MIX_DB = -15.0
"""A preview that holds anything else than these settings' mix, and what its MP3 adds, leaves more."""

OTHERS = Units(times="ms", pan="left_positive")
"""How the sandbox tells the same settings when it is asked to: not as it does by itself."""

OTHERS_S = 8.0
"""So much of the preview is enough to see it a second time."""


async def verify(stage: Stage, report: Report) -> None:
    """The settings as they came, then the same ones told in the other units under the other sign."""
    evidence = await _evidence(stage)
    found = await asyncio.to_thread(check, evidence)
    same = Finding(found.residual_db <= SAME_MIX_DB, _residual(found))
    report.check("rendered here, the settings sound like the preview", same)
    report.check("units, pan sign and trim are found", _finds(found, Units(times="s")))

    told_otherwise = await Ruler(stage.sandbox_url, KEY).settings_in(evidence.task_id, OTHERS.times, OTHERS.pan)
    stated = replace(evidence, settings=told_otherwise, units=Units(times="s"))
    found = await asyncio.to_thread(check, stated, OTHERS_S)
    report.check("told in other units, those are found", _finds(found, OTHERS))
    wrong = [verdict.question for verdict in found.wrong()]
    caught = Finding(wrong == [Question.TIMES, Question.PAN], f"wrong: {', '.join(wrong) or 'nothing'}")
    report.check("a session that says seconds and left is told wrong", caught)


async def _evidence(stage: Stage) -> Evidence:
    session = await asyncio.to_thread(load_session, stage.folder / "session.toml")
    return await gather(session, stage.store)


def _residual(found: Fidelity) -> str:
    alone = "" if found.mp3_residual_db is None else f", the MP3 alone {found.mp3_residual_db:.1f} dB"
    return f"residual {found.residual_db:.1f} dB{alone}"


def _finds(found: Fidelity, units: Units) -> Finding:
    """Whether each verdict is clear, and is what the sandbox was told."""
    right = all(verdict.answer == getattr(units, verdict.question) for verdict in found.verdicts)
    return Finding(right, ", ".join(map(told_briefly, found.verdicts)))
