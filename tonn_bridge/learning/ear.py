"""Which control was moved: MIDI messages in, controls out."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tonn_bridge.errors import DecodeError
from tonn_bridge.learning.controls import FASTEST_TURN, Found, Press, Travel, Turn
from tonn_bridge.mapping.surface.rows import Kind, Place
from tonn_bridge.protocols import midi

SETTLED_S: Final = 0.4
"""A control that has been still for so long has been moved; what it said is judged then."""

HELD_S: Final = 1.0
"""A button is given so long to be let go: after that it is one that says so only at its next press."""

TOGETHER_S: Final = 0.02
"""The two halves of a value arrive closer than this."""

REMEMBERED: Final = 4096
"""Readings kept of each control: seconds of one that floods, and the whole way of any other."""

_SEVEN_BITS, _FOURTEEN_BITS = 127, 16383
_LOUD = 100
"""A lone value of a button; lower ones may be the first tick of an encoder."""
_NUMBERS_OF_PARAMETERS = range(96, 102)
"""The controllers that choose and step parameters."""


@dataclass(frozen=True, slots=True)
class _Reading:
    order: int
    at: float
    value: int


_Readings = Sequence[_Reading]


class Ear:
    """Hears what one port says and finds out which controls were moved, each when it has come to rest."""

    def __init__(self) -> None:
        self._heard: dict[Place, deque[_Reading]] = {}
        self._unjudged: set[Place] = set()
        self._parameters = midi.ParameterReader()
        self._order = 0

    def hear(self, message: bytes, now: float) -> None:
        """Take in one message that came at `now` seconds; what says nothing of a control is passed over."""
        try:
            event = midi.decode(message)
        except DecodeError:
            return
        match event:
            case midi.ControlChange():
                self._control_change(event, now)
            case midi.PitchBend(channel, value):
                self._note(Place(Kind.PITCH_BEND, channel, 0), value, now)
            case midi.Note(channel, note, velocity):
                self._note(Place(Kind.NOTE, channel, note), velocity, now)

    @property
    def due(self) -> float | None:
        """When there may be something to be found, in seconds; None while nothing moves."""
        return min((self._rests_at(place) for place in self._unjudged), default=None)

    def found(self, now: float) -> list[Found]:
        """The controls that have come to rest, in the order in which they did; each is told once.

        One that was moved too little to be known is waited for: the next movement is added to this one.
        """
        at_rest = [place for place in self._unjudged if self._rests_at(place) <= now]
        found = []
        for place in sorted(at_rest, key=lambda place: self._heard[place][-1].order):
            control = self._judge(place) if place in self._unjudged else None  # else judged with its other half
            if control is not None:
                found.append(control)
        return found

    def _control_change(self, event: midi.ControlChange, now: float) -> None:
        match self._parameters.read(event):
            case midi.ParameterSet(midi.Parameter(channel, midi.ParameterKind.NRPN, number), value):
                self._note(Place(Kind.NRPN, channel, number), value, now)
            case None if event.controller not in _NUMBERS_OF_PARAMETERS:
                self._note(Place(Kind.CC, event.channel, event.controller), event.value, now)

    def _note(self, place: Place, value: int, now: float) -> None:
        self._order += 1
        self._heard.setdefault(place, deque(maxlen=REMEMBERED)).append(_Reading(self._order, now, value))
        self._unjudged.add(place)

    def _rests_at(self, place: Place) -> float:
        readings = self._heard[place]
        pressed = len(readings) == 1 and readings[0].value > 0 and _is_switch(place, [readings[0].value])
        return readings[-1].at + (HELD_S if pressed else SETTLED_S)

    def _judge(self, place: Place) -> Found | None:
        pair = _pair(place)
        coarse, fine = (self._heard.get(half, ()) for half in pair)
        found: Found | None
        if _belong(coarse, fine):
            parts = set(pair)
            found = _travel_of_halves(pair[0], coarse, fine)
        else:
            parts = {place}
            found = _recognised(place, [reading.value for reading in self._heard[place]])
        self._unjudged -= parts
        if found is not None:
            for part in parts:
                del self._heard[part]
        return found


# --- a value in two halves --------------------------------------------------------------------------------------------


def _pair(place: Place) -> tuple[Place, Place]:
    """The coarse and the fine controller of the pair that `place` may be a half of; twice itself where it is none."""
    if place.kind is not Kind.CC or place.number >= 64:
        return place, place
    number = place.number % 32
    return replace(place, number=number), replace(place, number=number + 32)


def _belong(coarse: _Readings, fine: _Readings) -> bool:
    """Whether the fine readings come with the coarse ones: most of them at the same moment."""
    if coarse is fine or len({reading.value for reading in fine}) < 3:
        return False
    finer = {reading.order for reading in fine}
    near = {
        reading.order
        for pair in pairwise(_merged(coarse, fine))
        if (pair[0].order in finer) != (pair[1].order in finer) and pair[1].at - pair[0].at <= TOGETHER_S
        for reading in pair
    }
    return len(near & finer) * 2 > len(finer)


def _travel_of_halves(place: Place, coarse: _Readings, fine: _Readings) -> Travel | None:
    merged = _merged(coarse, fine)
    finer = {reading.order for reading in fine}
    fine_first = _is_fine_first(merged, finer)
    values, high, low = [], 0, 0
    for reading in merged:
        is_fine = reading.order in finer
        high, low = (high, reading.value) if is_fine else (reading.value, low)
        if is_fine != fine_first:
            values.append(high << 7 | low)
    if not _is_travel(values, _FOURTEEN_BITS):
        return None
    return Travel(replace(place, kind=Kind.CC14), _steps(values), fine_first)


def _is_fine_first(merged: _Readings, finer: set[int]) -> bool:
    """By the shorter of the two waits; halves that arrive together, by the first of all."""
    to_fine = [b.at - a.at for a, b in pairwise(merged) if a.order not in finer and b.order in finer]
    to_coarse = [b.at - a.at for a, b in pairwise(merged) if a.order in finer and b.order not in finer]
    waits = [sorted(gaps)[len(gaps) // 2] if gaps else float("inf") for gaps in (to_fine, to_coarse)]
    return merged[0].order in finer if waits[0] == waits[1] else waits[1] < waits[0]


def _merged(coarse: _Readings, fine: _Readings) -> _Readings:
    return sorted([*coarse, *fine], key=lambda reading: reading.order)


# --- what gives such values -------------------------------------------------------------------------------------------


def _recognised(place: Place, values: Sequence[int]) -> Found | None:
    """What gives these values, as far as can be told; None for a control that has hardly moved."""
    if _is_switch(place, values):
        let_go = any(before and not after for before, after in pairwise(values))
        return Press(place, toggle=not let_go, on=any(values))
    if place.kind is not Kind.CC:
        return Travel(place, _steps(values)) if _is_travel(values, _FOURTEEN_BITS) else None
    if _is_travel(values, _SEVEN_BITS):
        return Travel(place, _SEVEN_BITS + 1)
    return Turn(place, tuple(values)) if _is_turn(values) else None


def _is_switch(place: Place, values: Sequence[int]) -> bool:
    """Whether these are on and off and nothing else."""
    if place.kind is Kind.NOTE:
        return True
    ons = {value for value in values if value > 0}
    return place.kind is Kind.CC and len(ons) <= 1 and (0 in values or (len(values) == 1 and max(ons) >= _LOUD))


def _is_travel(values: Sequence[int], full: int) -> bool:
    """Whether something went most of its way; an encoder that turns to and fro leaps over what lies between."""
    between = any(0.2 <= value / full <= 0.4 or 0.6 <= value / full <= 0.8 for value in values)
    return len(set(values)) >= 4 and max(values) - min(values) >= full / 2 and between


def _is_turn(values: Sequence[int]) -> bool:
    """Whether these are ticks: few at a time, and the same number twice running, which no fader says."""
    few = any(all(0 < abs(way.ticks(value)) <= FASTEST_TURN for value in values) for way in midi.Relative)
    return few and len(values) >= 3 and any(before == after for before, after in pairwise(values))


def _steps(values: Sequence[int]) -> int:
    """How many of 16,384 positions are in use, by the bits that are never set; the top may be full all the same."""
    used = 0
    for value in values:
        used |= value if value < max(values) else 0
    return (_FOURTEEN_BITS + 1) // (used & -used) if used else _SEVEN_BITS + 1
