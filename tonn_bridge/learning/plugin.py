"""Learning the dials of one plug-in: those whose law nobody knows are learnt, those whose law is known are checked."""

import math
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Final, Protocol, TypeVar

from tonn_bridge.clock import Clock
from tonn_bridge.core.dial_marks import AIM, EVERYWHERE
from tonn_bridge.core.dials import DialLaw, Unit, shown_of
from tonn_bridge.core.plugins import RANGES
from tonn_bridge.errors import PortError
from tonn_bridge.learning.dial import CheckedDial, DialLesson, FoundDial, NoText, Probe, Sweep
from tonn_bridge.mapping.plugins.compiled import COMP_DIALS, RawDial
from tonn_bridge.mapping.plugins.events import ParamId

KNOWN_CHECKS: Final = 9
SPOT_CHECKS: Final = 3

QUANTITIES: Final[Mapping[str, str]] = {"freq": "freq_hz", "gain": "gain_db", "q": "q", **COMP_DIALS}
"""What each dial sets, where Tonn has a range for it."""

_SUFFIXES: Final[Mapping[Unit, str]] = {
    Unit.HZ: " Hz",
    Unit.DB: " dB",
    Unit.Q: "",
    Unit.OCTAVES: " octaves",
    Unit.MS: " ms",
    Unit.S: " s",
    Unit.RATIO: ":1",
}

Checked = TypeVar("Checked", bound=CheckedDial)


class PlugIn(Probe, Protocol):
    """A plug-in that stands on a track; `title` is what its mapping calls it."""

    @property
    def title(self) -> str: ...

    @property
    def dials(self) -> Mapping[str, RawDial]:
        """By their keys in the mapping; those that bells share are the first bell's."""
        ...


class PlugInLesson:
    """Turns the dials of one plug-in, one after the other, and puts each back; `say` hears what comes of it.

    `bells`: of the dials that all bells of an equaliser share, their parameters at another bell than the first.
    """

    def __init__(self, plug_in: PlugIn, bells: Mapping[str, ParamId], clock: Clock, say: Callable[[str], None]) -> None:
        self._plug_in = plug_in
        self._bells = bells
        self._clock = clock
        self._say = say

    async def learn(self, keys: Collection[str]) -> dict[str, FoundDial]:
        """The laws of the dials with these keys; the others, whose law is known, are checked.

        Raises:
            PortError: a dial's law cannot be found, or another bell has another one; the message names the dial.
        """
        found: dict[str, FoundDial] = {}
        for key, dial in self._plug_in.dials.items():
            if key in keys:
                found[key] = await self._learn(key, dial)
            elif dial.law is not None:
                await self._check(key, dial, dial.law)
        return found

    async def check(self) -> None:
        """Compare each dial that has a law with what the DAW writes beside it. Raises as `learn` does."""
        for key, dial in self._plug_in.dials.items():
            if dial.law is None:
                self._say(f"{key}: its law is not known yet; without --check it is learnt")
            else:
                await self._check(key, dial, dial.law)

    async def _learn(self, key: str, dial: RawDial) -> FoundDial:
        sweep = sweep_of(key, dial)
        found = await self._telling(key, self._lesson(sweep, dial.param).learn())
        low, high = (shown_text(shown, dial.unit) for shown in (found.law.low, found.law.high))
        self._say(f"{key}: {low} to {high}, from {found.texts} texts; {difference_text(found, dial.unit)}")
        if key in self._bells and await self._plug_in.read(self._bells[key]) is not None:
            await self._spot_check(key, sweep, found)
        return found

    async def _spot_check(self, key: str, sweep: Sweep, found: FoundDial) -> None:
        lesson = self._lesson(sweep, self._bells[key])
        spot = await self._telling(key, lesson.check(found.law, SPOT_CHECKS))
        if spot.error > max(AIM[sweep.unit], found.error) + 2.0 * spot.coarse:
            off = amount_text(spot.error, sweep.unit)
            raise PortError(f"{self._named(key)}: another bell is {off} off the law of the first, so nothing is kept")

    async def _check(self, key: str, dial: RawDial, law: DialLaw) -> None:
        try:
            checked = await self._telling(key, self._lesson(sweep_of(key, dial), dial.param).check(law, KNOWN_CHECKS))
        except NoText:
            self._say(f"{key}: known; nothing that the DAW writes could check it")
            return
        wrong = " (THAT IS TOO MUCH)" if checked.error > AIM[dial.unit] + 2.0 * checked.coarse else ""
        self._say(f"{key}: known; {difference_text(checked, dial.unit)}{wrong}")

    def _lesson(self, sweep: Sweep, param: ParamId) -> DialLesson:
        return DialLesson(sweep, self._plug_in, param, self._clock, self._say)

    async def _telling(self, key: str, lesson: Coroutine[Any, Any, Checked]) -> Checked:
        """What `lesson` finds; what goes wrong in it with the dial's name before it."""
        try:
            return await lesson
        except PortError as exc:
            raise type(exc)(f"{self._named(key)}: {exc}") from exc

    def _named(self, key: str) -> str:
        return f"{self._plug_in.title}, {key}"


def sweep_of(key: str, dial: RawDial) -> Sweep:
    """Where a dial is turned, and which part of what it shows is going to be used."""
    limits = RANGES.get(QUANTITIES.get(key, ""))
    if limits is None:
        return Sweep(dial.unit, dial.raw, EVERYWHERE, dial.whole)
    low, high = sorted(shown_of(dial.unit, limit) for limit in limits)
    return Sweep(dial.unit, dial.raw, (low, high), dial.whole)


def shown_text(shown: float, unit: Unit) -> str:
    """A number as a dial in `unit` shows it."""
    return (f"{shown:.0f}" if abs(shown) >= 1000.0 else f"{shown:.4g}") + _SUFFIXES[unit]


def difference_text(checked: CheckedDial, unit: Unit) -> str:
    """The largest difference, and how much of it the DAW's own rounding may be, in words."""
    text = f"the DAW showed at most {amount_text(checked.error, unit)} beside it"
    if checked.coarse <= AIM[unit]:
        return text
    return f"{text}, and its last digit hides {amount_text(checked.coarse, unit)}"


def amount_text(error: float, unit: Unit) -> str:
    """An error in words: dB, or per cent of what is shown."""
    if math.isinf(error):
        return "everything"
    return f"{error:.2f} dB" if unit is Unit.DB else f"{100.0 * error:.2g} %"
