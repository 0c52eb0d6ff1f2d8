"""Messages from a DAW to events: one reader per address, found by one look-up; no reader ever raises."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tonn_bridge.core.values import MAX_GAIN_DB, Param
from tonn_bridge.mapping.events import Event, StripCount, StripGone, StripName, StripValue
from tonn_bridge.mapping.messages import Meaning, Message
from tonn_bridge.mapping.model import GainConfirm, PanConfirm, Strips
from tonn_bridge.mapping.scales import Scale
from tonn_bridge.protocols.osc import Argument

Reader = Callable[[int, tuple[Argument, ...]], Sequence[Event]]
"""Takes the strip of the address (0 where the address names none) and the arguments."""

Taker = Callable[[tuple[Argument, ...]], float | None]
"""Finds a value (dB, or pan) in the arguments."""

NOTHING: Final[tuple[Event, ...]] = ()
_SLACK = 0.001
"""How far past an end of its travel a fader may be told to stand: rounding."""
_PAN_TEXT = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*%?\s*([LRlr])\s*")
_CENTRE_TEXTS = frozenset({"c", "center", "centre"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand among a message's arguments; more arguments than these are let through, unless `exact`.

    `strip_at` is -1 where no argument names the strip.
    """

    least: int
    constants: tuple[tuple[int, str | float], ...]
    strip_at: int
    first: int
    most: int
    exact: bool = False

    def strip(self, strip: int, args: tuple[Argument, ...]) -> int:
        """The strip's number from 1, or 0 if the message is not of this layout or names no strip that can be."""
        if len(args) < self.least or (self.exact and len(args) > self.least):
            return 0
        for place, constant in self.constants:
            if args[place] != constant:
                return 0
        if self.strip_at < 0:
            return strip
        told = number(args[self.strip_at])
        if told is None or told != math.floor(told):
            return 0
        counted = int(told) - self.first + 1
        return counted if 0 < counted <= self.most else 0

    def fits(self, args: tuple[Argument, ...]) -> bool:
        """Whether a message that names no strip is of this layout."""
        return len(args) >= self.least and all(args[place] == constant for place, constant in self.constants)


def layout(message: Message, strips: Strips, *, exact: bool = False) -> Layout:
    """The layout of `message` as heard."""
    return Layout(
        least=len(message.args) - message.means(Meaning.NAMES),
        constants=tuple((place, arg.value) for place, arg in enumerate(message.args) if arg.value is not None),
        strip_at=place_of(message, Meaning.STRIP),
        first=strips.first,
        most=strips.most,
        exact=exact,
    )


def place_of(message: Message, meaning: Meaning) -> int:
    """Where the argument that is `meaning` stands, -1 if there is none."""
    return next((place for place, arg in enumerate(message.args) if arg.is_ is meaning), -1)


def number(arg: Argument) -> float | None:
    """A finite number: int, float, or True and False as 1 and 0; None for everything else."""
    if isinstance(arg, int | float) and math.isfinite(arg):
        return float(arg)
    return None


def pan_text(arg: Argument) -> float | None:
    """-1.0..+1.0 from a text such as `50%L`, `12R` or `C`; None for everything else."""
    if not isinstance(arg, str):
        return None
    if arg.strip().lower() in _CENTRE_TEXTS:
        return 0.0
    match = _PAN_TEXT.fullmatch(arg)
    if match is None or float(match[1]) > 100.0:
        return None
    return float(match[1]) / (-100.0 if match[2] in "Ll" else 100.0)


def value_reader(
    param: Param, told: Layout, at: int, scale: Scale, no_strip: frozenset[float], round_at: int = -1
) -> Reader:
    """Reads a control's own form."""
    tolerance = scale.tolerance

    def read(strip: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        strip = told.strip(strip, args)
        value = number(args[at]) if strip else None
        if value is None:
            return NOTHING
        if value in no_strip:
            return (StripGone(strip),)
        wire = scale.heard(value)
        if wire is None:
            return NOTHING
        asked_in = number(args[round_at]) if round_at >= 0 else None
        return (StripValue(strip, param, wire, False, tolerance, None if asked_in is None else int(asked_in)),)

    return read


def confirm_reader(param: Param, told: Layout, take: Taker, scale: Scale, tolerance: float) -> Reader:
    """Reads another form: `take` finds the value, `scale` makes it a wire number."""

    def read(strip: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        strip = told.strip(strip, args)
        value = take(args) if strip else None
        return NOTHING if value is None else (StripValue(strip, param, scale.wire_of(value), True, tolerance),)

    return read


def gain_taker(form: GainConfirm) -> Taker:
    """Takes dB from a number that its own law explains."""
    at, law = place_of(form, Meaning.VALUE), form.fader_law()
    full = 1.0 if form.full is None else form.full
    low, high = (-math.inf, MAX_GAIN_DB) if form.is_decibel else (-_SLACK, 1.0 + _SLACK)

    def take(args: tuple[Argument, ...]) -> float | None:
        told = number(args[at])
        return None if told is None or not low <= told / full <= high else law.gain(told / full).db

    return take


def pan_taker(form: PanConfirm, scale: Scale) -> Taker:
    """Takes a pan from its text, or from a number in the control's own units."""
    at = place_of(form, Meaning.PAN_TEXT)
    if at >= 0:
        return lambda args: pan_text(args[at])
    value_at = place_of(form, Meaning.VALUE)

    def take(args: tuple[Argument, ...]) -> float | None:
        told = number(args[value_at])
        wire = None if told is None else scale.heard(told)
        return None if wire is None else scale.value_of(wire)

    return take


def name_reader(told: Layout, at: int, blank: frozenset[str]) -> Reader:
    """Reads one strip's name."""

    def read(strip: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        strip = told.strip(strip, args)
        name = args[at] if strip else None
        if not isinstance(name, str):
            return NOTHING
        return (StripGone(strip),) if name in blank else (StripName(strip, name),)

    return read


def names_reader(told: Layout, at: int, most: int) -> Reader:
    """Reads all names in one message, from the first strip on."""

    def read(_: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        names = args[at:]
        if not told.fits(args) or len(names) > most or not all(isinstance(name, str) for name in names):
            return NOTHING
        return (StripCount(len(names)), *(StripName(strip, str(name)) for strip, name in enumerate(names, 1)))

    return read


def count_reader(told: Layout, at: int) -> Reader:
    """Reads how many strips there are."""

    def read(_: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        count = number(args[at]) if told.fits(args) else None
        if count is None or count != math.floor(count) or not 0 <= count <= told.most:
            return NOTHING
        return (StripCount(int(count)),)

    return read


class ListReader:
    """Reads a list that comes strip by strip, and counts its strips when its end comes.

    The highest number seen counts, so that a lost entry in the middle does not; the first strip begins a new list.
    """

    def __init__(self, entry: Layout, name_at: int, end: Layout) -> None:
        self._entry = entry
        self._name_at = name_at
        self._end = end
        self._highest = 0

    def entry(self, _: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        strip = self._entry.strip(0, args)
        name = args[self._name_at] if strip else None
        if not isinstance(name, str):
            return NOTHING
        self._highest = strip if strip == 1 else max(self._highest, strip)
        return (StripName(strip, name),)

    def end(self, _: int, args: tuple[Argument, ...]) -> Sequence[Event]:
        if not self._end.fits(args):
            return NOTHING
        count, self._highest = self._highest, 0
        return (StripCount(count),)


def telling(*events: Event) -> Reader:
    """Answers any message with the same events."""
    return lambda strip, args: events


def one_after_another(first: Reader, second: Reader) -> Reader:
    """For an address that carries two kinds of message."""
    return lambda strip, args: (*first(strip, args), *second(strip, args))
