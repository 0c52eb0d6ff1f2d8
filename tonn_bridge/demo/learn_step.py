"""The dials of the plug-ins, learnt as `tonn-bridge learn plugin` learns them, from what REAPER writes beside them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tonn_bridge.demo.leaping import LeapingClock
from tonn_bridge.demo.plug_ins import positions, same_positions
from tonn_bridge.demo.report import Finding, Report
from tonn_bridge.demo.stage import Stage
from tonn_bridge.learning.plugin import amount_text
from tonn_bridge.mapping.plugins import LearntDials, load_dials
from tonn_bridge.session import load_session


async def learn(stage: Stage, report: Report) -> None:
    """On a clock that leaps: it takes three minutes of REAPER's time, nearly all of them pauses."""
    session = load_session(stage.folder / "session.toml")
    clock = LeapingClock()
    async with _on(clock, stage), _unheard():
        await clock.spend(stage.teach(session, clock, stage.laws))
    for found in load_dials(stage.laws, "reaper"):
        report.check(f"{found.plugin}'s dials are learnt from REAPER's texts", Finding(True, _dials(found)))
    report.check("every dial is put back", same_positions(stage.knobs["user"], positions(stage.daw)))


@asynccontextmanager
async def _on(clock: LeapingClock, stage: Stage) -> AsyncIterator[None]:
    """REAPER keeps this clock inside; it is started anew on either side, at its address."""
    daw, own, address = stage.daw, stage.daw.clock, stage.daw.address
    await daw.stop()
    daw.clock = clock
    await daw.start(address)
    try:
        yield
    finally:
        await daw.stop()
        daw.clock = own
        await daw.start(address)


@asynccontextmanager
async def _unheard() -> AsyncIterator[None]:
    """On a clock that leaps REAPER seems to tell its tracks one by one, which the link would complain of."""
    link = logging.getLogger("tonn_bridge.links")
    level = link.level
    link.setLevel(logging.ERROR)
    try:
        yield
    finally:
        link.setLevel(level)


def _dials(found: LearntDials) -> str:
    """Each dial, and the most that REAPER wrote beside what its law says."""
    return ", ".join(f"{key} {amount_text(dial.error, dial.unit)}" for key, dial in found.dials.items())
