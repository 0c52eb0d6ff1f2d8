"""Learning a host's fader law: one fader is moved through its travel, and the dB that the host prints are noted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tonn_bridge.clock import Clock
from tonn_bridge.core.calibration import QUIET_DB, Mark, bends, fit, misfit
from tonn_bridge.core.laws import TableLaw
from tonn_bridge.errors import PortError
from tonn_bridge.links.device import Row
from tonn_bridge.links.device.panel import FADER_TOP, Shown
from tonn_bridge.links.device.row import StripTold
from tonn_bridge.mapping.device import DeviceFile, gain_text
from tonn_bridge.protocols.surface import CellText

LOOK_EVERY_S: Final = 0.02
STILL_S: Final = 0.1
"""A print that has stood still for this long is the last one."""
SAME_S: Final = 0.4
"""A host that prints nothing new for this long shows the same as before."""
NO_PRINT_S: Final = 2.0
NAMES_STILL_S: Final = 0.5
ANNOUNCE_EVERY_S: Final = 2.0
FIRST_MARKS: Final = 16
"""Parts into which the travel is divided at first."""
FINEST: Final = 1.0 / 2048.0
MOST_MARKS: Final = 240
CHECKS: Final = 9
GOLDEN: Final = 0.618034
"""Multiples of this never fall on a place that was measured."""


@dataclass(frozen=True, slots=True)
class LearntFader:
    """What was found; `error_db`: the most by which the host printed something else than `law` says."""

    law: TableLaw
    error_db: float
    marks: tuple[Mark, ...]


class LawLesson:
    """Plays a row of units towards a host until its law is known. A `RowListener`; open the row with it."""

    def __init__(self, mapping: DeviceFile, row: Row, clock: Clock) -> None:
        self._mapping = mapping
        self._row = row
        self._clock = clock
        self._heard = False
        self._named_at = clock.now()
        self._printed_at: dict[int, float] = {}
        self._announced_at = float("-inf")

    # --- what the row tells -------------------------------------------------------------------------------------

    def heard(self) -> None:
        self._heard = True

    def told(self, strip: int, said: StripTold, *, news: bool) -> None:
        if isinstance(said, CellText) and news:
            if gain_text(said.text) is not None:
                self._printed_at[strip] = self._clock.now()
            elif said.row == self._mapping.names.row:
                self._named_at = self._clock.now()

    def forgotten(self) -> None:
        self._heard = False

    def connected(self) -> None:
        pass

    # --- the lesson ---------------------------------------------------------------------------------------------

    async def meet(self) -> dict[int, str]:
        """Wait until the host has told its tracks; the strips that have one, with its name as it is shown."""
        while not (self._heard and self._names() and self._clock.now() - self._named_at >= NAMES_STILL_S):
            if not self._heard and self._row.complete and self._mapping.hello.announce:
                self._announce()
            await self._clock.sleep(LOOK_EVERY_S)
        return self._names()

    async def learn(self, strip: int, progress: Callable[[float], None] = lambda _: None) -> LearntFader:
        """Move one fader through its travel; it is put back, whatever happens.

        Raises:
            PortError: the host prints no dB, or has not told where the fader stands, so that it could not be put back.
            RangeError: what it prints is no fader's law.
        """
        stood = self._row.panel.strips[strip].fader
        if stood is None:
            raise PortError(
                f"{self._mapping.name} has not told where this fader stands, so it could not be put back; "
                "move it once in the DAW and try again"
            )
        if self._mapping.fader.touch:
            self._row.touch(strip, True)
        try:
            marks = await self._measure(strip, progress)
            law = fit(marks)
            error_db = misfit(law, [*marks, *[await self._mark(strip, place) for place in _checks(law)]])
        finally:
            self._row.move(strip, stood)
            if self._mapping.fader.touch:
                self._row.touch(strip, False)
            await self._clock.sleep(STILL_S)  # what is sent is paced, and the ports may be closed right after this
        return LearntFader(law, error_db, tuple(marks))

    async def _measure(self, strip: int, progress: Callable[[float], None]) -> list[Mark]:
        """From the bottom to the top, finer where the law bends."""
        low = await self._mark(strip, 0.0)
        marks = [low]
        for part in range(1, FIRST_MARKS + 1):
            high = await self._mark(strip, part / FIRST_MARKS)
            marks += await self._between(strip, low, high, MOST_MARKS - len(marks))
            marks.append(high)
            low = high
            progress(part / FIRST_MARKS)
        return marks

    async def _between(self, strip: int, low: Mark, high: Mark, room: int) -> list[Mark]:
        """The marks between two that a law needs which bends there."""
        if high.position - low.position < 2.0 * FINEST or room < 1 or high.db < QUIET_DB:
            return []
        middle = await self._mark(strip, (low.position + high.position) / 2.0)
        if not bends(low, middle, high, self._mapping.fader.text_step_db):
            return [middle]
        below = await self._between(strip, low, middle, room - 1)
        return [*below, middle, *await self._between(strip, middle, high, room - 1 - len(below))]

    async def _mark(self, strip: int, position: float) -> Mark:
        """Put the fader there, and read what is printed when it has settled."""
        wire = float(round(position * FADER_TOP))
        self._row.move(strip, wire)
        moved_at = self._clock.now()
        while self._clock.now() - moved_at < NO_PRINT_S:
            await self._clock.sleep(LOOK_EVERY_S)
            now, printed_at = self._clock.now(), self._printed_at.get(strip, moved_at)
            fresh = printed_at > moved_at and now - printed_at >= STILL_S
            db = _printed(self._row.panel.strips[strip])
            if db is not None and (fresh or now - moved_at >= SAME_S):
                return Mark(wire / FADER_TOP, db)
        raise PortError(
            f"{self._mapping.name} prints no dB on the scribble strip while a fader moves, so its law cannot be read; "
            "write the points of the scale beside its fader into a mapping file of your own ([fader] points)"
        )

    def _names(self) -> dict[int, str]:
        row = self._mapping.names.row
        return {place: shown.rows[row] for place, shown in enumerate(self._row.panel.strips) if shown.rows[row]}

    def _announce(self) -> None:
        if self._clock.now() - self._announced_at >= ANNOUNCE_EVERY_S:
            self._announced_at = self._clock.now()
            self._row.power_up()


def _printed(shown: Shown) -> float | None:
    """The dB on a strip, in whichever row."""
    return next((db for text in reversed(shown.rows) if (db := gain_text(text)) is not None), None)


def _checks(law: TableLaw) -> Iterator[float]:
    """Positions that were not measured, where it can be heard."""
    places = ((number * GOLDEN) % 1.0 for number in range(1, 4 * CHECKS))
    heard = [place for place in places if law.gain(place).db >= -60.0]
    yield from heard[:CHECKS]
