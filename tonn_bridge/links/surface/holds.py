"""What a fader or an encoder can hold: a track's gain, pan or adjustment, or a value of its EQ or compressor."""

import math
from dataclasses import dataclass
from typing import Protocol

from tonn_bridge.core import Gain, Param
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.core.takeover import Detent
from tonn_bridge.core.tuning import Part
from tonn_bridge.links.surface.desk import Desk

DB_PER_TICK = 0.5
LOWEST_TICK_DB = -60.0
"""Below this an encoder steps to off, and from off it begins here."""
PAN_PER_TICK = 0.02


class Held(Protocol):
    """One value of any track, by number. `move`, `turn` and `reset` raise BridgeError where it is not possible now."""

    def position(self, number: int) -> float | None:
        """Where a fader would stand for it, 0.0 to 1.0; None where it is not known."""
        ...

    def move(self, number: int, position: float) -> None: ...

    def turn(self, number: int, ticks: int) -> None: ...

    def reset(self, number: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Handle:
    """A held value of one track: what is under one hand."""

    held: Held
    number: int

    def position(self) -> float | None:
        return self.held.position(self.number)

    def move(self, position: float) -> None:
        self.held.move(self.number, position)

    def turn(self, ticks: int) -> None:
        self.held.turn(self.number, ticks)

    def reset(self) -> None:
        self.held.reset(self.number)


class GainHeld:
    """A track's fader, by the DAW's own law."""

    def __init__(self, desk: Desk, law: FaderLaw) -> None:
        self._desk = desk
        self._law = law
        self._last: dict[int, tuple[float, float]] = {}
        """Each track's gain in dB and its position, as they were when last asked for: most have not moved since."""

    def position(self, number: int) -> float | None:
        db = self._desk.level(number, Param.GAIN)
        if db is None:
            return None
        last = self._last.get(number)
        if last is None or last[0] != db:
            last = self._last[number] = db, self._law.position(Gain(db))
        return last[1]

    def move(self, number: int, position: float) -> None:
        self._desk.move(number, gain_db=self._law.gain(position).db)

    def turn(self, number: int, ticks: int) -> None:
        db = self._desk.level(number, Param.GAIN)
        if db is None:
            return
        wanted = max(db, LOWEST_TICK_DB - DB_PER_TICK) + ticks * DB_PER_TICK
        wanted = min(wanted, self._law.top.db)
        self._desk.move(number, gain_db=wanted if wanted >= LOWEST_TICK_DB else -math.inf)

    def reset(self, number: int) -> None:
        self._desk.move(number, adjust_db=0.0)


class PanHeld:
    """A track's pan; left is a fader's bottom."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def position(self, number: int) -> float | None:
        pan = self._desk.level(number, Param.PAN)
        return None if pan is None else (pan + 1.0) / 2.0

    def move(self, number: int, position: float) -> None:
        self._desk.move(number, pan=2.0 * position - 1.0)

    def turn(self, number: int, ticks: int) -> None:
        pan = self._desk.level(number, Param.PAN)
        if pan is not None:
            self._desk.move(number, pan=min(max(pan + ticks * PAN_PER_TICK, -1.0), 1.0))

    def reset(self, number: int) -> None:
        self._desk.move(number, pan=0.0)


class AdjustmentHeld:
    """What a hand has moved a track's fader against Tonn's mix: 0 dB in the middle of the travel."""

    def __init__(self, desk: Desk, detent: Detent) -> None:
        self._desk = desk
        self._detent = detent

    def position(self, number: int) -> float | None:
        adjust_db = self._desk.view.track(number).adjust_db
        return None if adjust_db is None else self._detent.position(adjust_db)

    def move(self, number: int, position: float) -> None:
        self._desk.move(number, adjust_db=self._detent.adjustment_db(position))

    def turn(self, number: int, ticks: int) -> None:
        adjust_db = self._desk.view.track(number).adjust_db
        if adjust_db is not None:
            self._desk.move(number, adjust_db=adjust_db + ticks * DB_PER_TICK)

    def reset(self, number: int) -> None:
        self._desk.move(number, adjust_db=0.0)


class TunedHeld:
    """A value of one track's equaliser or compressor, by its place among them."""

    def __init__(self, desk: Desk, track: int, part: Part) -> None:
        self._desk = desk
        self._track = track
        self._part = part

    def position(self, number: int) -> float | None:
        return self._desk.tuning(self._track, self._part, number)

    def move(self, number: int, position: float) -> None:
        self._desk.tune(self._track, self._part, number, position=position)

    def turn(self, number: int, ticks: int) -> None:
        self._desk.tune(self._track, self._part, number, ticks=ticks)

    def reset(self, number: int) -> None:
        self._desk.tune(self._track, self._part, number)
