"""Learning a dial of a plug-in: it is turned through its travel, and what the DAW writes beside it is noted."""

import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from tonn_bridge.clock import Clock
from tonn_bridge.core.dial_fit import coarseness, contradictions, fit_dial, misfit_dial, next_place
from tonn_bridge.core.dial_marks import AIM, EVERYWHERE, DialMark, apart, within
from tonn_bridge.core.dials import DialLaw, TableDial, Unit
from tonn_bridge.core.readouts import readout
from tonn_bridge.errors import BridgeError, PortError, RangeError
from tonn_bridge.mapping.plugins.events import ParamId

LOOK_EVERY_S: Final = 0.03
"""Between two looks; a text counts when two in a row have seen it."""
SAME_S: Final = 0.4
FIRST_SAME_S: Final = 1.0
SLOWNESS: Final = 3.0
"""The old text is believed when it has stood for `SAME_S`, or this many times what the slowest new one has taken."""
NO_ANSWER_S: Final = 3.0
EXACT: Final = 4
"""A dial that has taken so many numbers in a row as they were takes all of them."""
PUT_BACK_S: Final = 1.0
PUT_BACK_TRIES: Final = 3

MOST_TEXTS: Final = 60
CHECKS: Final = 6
ROUNDS: Final = 3
"""How often places that contradict each other are looked at again."""
MOST_WRONG: Final = 6
"""So many of them at once."""
GOLDEN: Final = 0.618034
"""Multiples of this never fall on a place that was measured."""


class Probe(Protocol):
    """A plug-in on one track, its parameters in the wire's own numbers."""

    async def put(self, param: ParamId, wire: float) -> None:
        """Set one."""
        ...

    async def read(self, param: ParamId) -> float | None:
        """What one stands at now; None where the DAW does not say."""
        ...

    async def text(self, param: ParamId) -> str | None:
        """What the DAW writes beside one now; None where it does not say."""
        ...


class NoText(PortError):
    """A DAW writes nothing beside a dial, or does not tell it. Nothing has been touched."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a dial shows, its ends on the wire, and the part of what it shows that is going to be used.

    `whole`: the wire carries whole numbers.
    """

    unit: Unit
    wires: tuple[float, float]
    span: tuple[float, float] = EVERYWHERE
    whole: bool = False


@dataclass(frozen=True, slots=True)
class CheckedDial:
    """The most by which a DAW wrote something else than a law says: in dB, or as a fraction (0.01 = 1 %).

    `coarse`: so much of it may be the rounding of what is written.
    """

    error: float
    coarse: float
    texts: int


@dataclass(frozen=True, slots=True)
class FoundDial(CheckedDial):
    """A law that was found; its `error` counts places that were never measured as well."""

    unit: Unit
    law: TableDial


class DialLesson:
    """Turns one dial, and puts it back whatever happens; `say` is told where that did not work."""

    def __init__(self, sweep: Sweep, probe: Probe, param: ParamId, clock: Clock, say: Callable[[str], None]) -> None:
        self._sweep = sweep
        self._probe = probe
        self._param = param
        self._clock = clock
        self._say = say
        self._shown = ""
        self._slowest_s: float | None = None
        self._exact = 0
        self._texts = 0
        self._places = 0
        self._no_number: str | None = None

    async def learn(self) -> FoundDial:
        """Measure the dial where its law bends, and check the table at places that were not measured.

        Raises:
            NoText: there is nothing to learn from.
            PortError: the DAW does not tell where the dial stands, or what it shows makes no law.
        """
        async with self._turning():
            marks, law, checks = await self._settled_law()
        error = max(misfit_dial(law, marks, self._sweep.unit, self._sweep.span), self._off(law, checks))
        if math.isinf(error):
            raise PortError(self._why_no_law())
        return FoundDial(
            error=error,
            coarse=coarseness([*marks, *checks], self._sweep.unit, self._sweep.span),
            texts=self._texts,
            unit=self._sweep.unit,
            law=law,
        )

    async def check(self, law: DialLaw, places: int) -> CheckedDial:
        """Compare `law` with what the DAW writes at so many places.

        Raises:
            NoText: there is nothing to compare it with.
            PortError: the DAW does not tell where the dial stands, or shows no number.
        """
        async with self._turning():
            marks = await self._checks(law, places)
        if not any(math.isfinite(mark.shown) for mark in marks):
            raise PortError(self._why_no_law())
        return CheckedDial(
            error=self._off(law, marks),
            coarse=coarseness(marks, self._sweep.unit, self._sweep.span),
            texts=self._texts,
        )

    # --- what is measured ---------------------------------------------------------------------------------------

    async def _settled_law(self) -> tuple[list[DialMark], TableDial, list[DialMark]]:
        """The marks, the law through them, and marks at other places; those become part of it while there is room."""
        marks = await self._survey([])
        while True:
            law = self._fit(marks)
            checks = await self._checks(law, CHECKS)
            if self._off(law, checks) <= AIM[self._sweep.unit] or self._texts + CHECKS >= MOST_TEXTS:
                return marks, law, checks
            marks = await self._survey([*marks, *checks])

    async def _survey(self, marks: list[DialMark]) -> list[DialMark]:
        """`marks` and those that the law needs besides."""
        sweep = self._sweep
        while self._texts + CHECKS < MOST_TEXTS:
            place = next_place(marks, sweep.unit, sweep.wires, sweep.span, whole=sweep.whole)
            if place is None:
                break
            marks.append(await self._mark(place))
        for _ in range(ROUNDS):
            wrong = contradictions(marks)
            if not wrong:
                return marks
            marks += [await self._mark(wire) for wire in wrong[:MOST_WRONG]]
        if contradictions(marks):
            raise PortError(
                "what is shown goes up and down while it is turned one way; something else turns it as well: "
                "switch automation and modulation off, stop the playback, and try again"
            )
        return marks

    def _fit(self, marks: list[DialMark]) -> TableDial:
        try:
            return fit_dial(marks, self._sweep.unit, self._sweep.span)
        except RangeError as exc:
            raise PortError(self._why_no_law()) from exc

    def _why_no_law(self) -> str:
        if self._no_number is not None:
            return f'the DAW shows "{self._no_number}", which is no number in {self._sweep.unit}'
        return f'the DAW shows "{self._shown}" wherever it is turned; is this the right parameter?'

    async def _checks(self, law: DialLaw, count: int) -> list[DialMark]:
        """Marks where nothing was measured yet, within what is used."""
        low, high = self._sweep.wires
        places: list[float] = []
        for number in range(self._places + 1, self._places + 8 * count):
            wire = low + (high - low) * (number * GOLDEN % 1.0)
            if within(law.shown(wire), self._sweep.span) and len(places) < count:
                places.append(wire)
                self._places = number
        return [await self._mark(wire) for wire in places]

    def _off(self, law: DialLaw, checks: Iterable[DialMark]) -> float:
        """The most by which something else was shown where `law` says something of use."""
        return max((apart(self._sweep.unit, law.shown(mark.wire), mark.shown) for mark in checks), default=0.0)

    async def _mark(self, place: float) -> DialMark:
        """Turn the dial there, and read what is written when it has settled."""
        self._texts += 1
        place = float(round(place)) if self._sweep.whole else place
        text = await self._settled(place)
        wire = await self._taken(place)
        read = readout(text, self._sweep.unit)
        if read is None:
            self._no_number = text
            return DialMark(wire, math.inf, 0.0)
        return DialMark(wire, read.shown, read.resolution)

    async def _settled(self, place: float) -> str:
        """What two looks in a row see with the dial at `place`; the text from before has to stand for longer."""
        before, started = self._shown, self._clock.now()
        same_s = FIRST_SAME_S if self._slowest_s is None else max(SAME_S, SLOWNESS * self._slowest_s)
        await self._probe.put(self._param, place)
        text = await self._probe.text(self._param)
        while (waited := self._clock.now() - started) < NO_ANSWER_S + same_s:
            await self._clock.sleep(LOOK_EVERY_S)
            last, text = text, await self._probe.text(self._param)
            if text is None or text != last or (text == before and waited < same_s):
                continue
            if text != before:
                self._slowest_s = max(self._slowest_s or 0.0, waited)
            self._shown = text
            return text
        if text is None:
            raise PortError("the DAW tells nothing of this dial any more")
        raise PortError(
            "what is shown does not stand still; stop the playback, and switch automation and modulation off"
        )

    async def _taken(self, place: float) -> float:
        """Where the dial stands now that it was put to `place`: it may have steps. Not asked when it has none."""
        if self._exact >= EXACT:
            return place
        told = await self._probe.read(self._param)
        if told is None or abs(told - place) > self._step:
            return place
        self._exact = self._exact + 1 if math.isclose(told, place, rel_tol=1e-6, abs_tol=1e-6 * self._step) else 0
        return told

    @property
    def _step(self) -> float:
        """No dial has coarser steps; a DAW that tells a number further off has not yet heard ours."""
        return abs(self._sweep.wires[1] - self._sweep.wires[0]) / 64.0

    # --- how it is put back -------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _turning(self) -> AsyncIterator[None]:
        """The dial may be turned inside; in the end it stands where it stood."""
        stood, text = await self._probe.read(self._param), await self._probe.text(self._param)
        if text is None:
            raise NoText("the DAW writes nothing beside this dial")
        if stood is None:
            raise PortError("the DAW has not told where this dial stands, so it could not be put back")
        self._shown = text
        try:
            yield
        finally:
            if not await self._put_back(stood):
                self._say(
                    f'This dial could not be put back: it stood at {stood:g} and showed "{text}". Set it by hand.'
                )

    async def _put_back(self, wire: float) -> bool:
        """Whether the DAW says that it stands there again."""
        try:
            for _ in range(PUT_BACK_TRIES):
                await self._probe.put(self._param, wire)
                until = self._clock.now() + PUT_BACK_S
                while self._clock.now() < until:
                    told = await self._probe.read(self._param)
                    if told is not None and math.isclose(told, wire, rel_tol=1e-6, abs_tol=1e-6 * self._step):
                        return True
                    await self._clock.sleep(LOOK_EVERY_S)
        except BridgeError:
            return False  # the DAW has gone
        return False
