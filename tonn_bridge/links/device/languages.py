"""The units we play, each one a connection to the DAW: what it says in our words, and ours in its bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tonn_bridge.errors import DecodeError
from tonn_bridge.mapping.device import Protocol as Surface
from tonn_bridge.protocols import hui, mackie
from tonn_bridge.protocols.surface import (
    Answer,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    LampSet,
    RingSet,
)

STRIPS = 8
"""Strips of a unit."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The unit is told to forget everything: the DAW is closing, or begins anew."""


@dataclass(frozen=True, slots=True)
class Alive:
    """The DAW lives, and says nothing that we have a use for."""


Said = FaderSet | RingSet | LampSet | CellText | Answer | Forgotten | Alive
"""What a DAW says to one unit; strips, faders and encoders count from 0 on that unit."""

Moved = FaderMoved | FaderTouched | EncoderTurned | ButtonPressed
"""What we say to the DAW."""


class UnitLanguage(Protocol):
    """One unit; it remembers its own display."""

    def read(self, message: bytes) -> Sequence[Said]:
        """What one complete MIDI message says. Never raises: what is malformed says nothing."""
        ...

    def write(self, moved: Moved) -> Sequence[bytes]:
        """The messages that say it.

        Raises:
            RangeError: the unit has no such strip or button.
        """
        ...

    def power_up(self) -> Sequence[bytes]:
        """What a real unit says when it is switched on."""
        ...


class MackieUnit:
    """A Mackie Control, its extender, or either as Logic Control; `unit` is its number in SysEx."""

    def __init__(self, unit: int) -> None:
        self._unit = unit
        self._lcd = [" "] * (2 * mackie.LINE)

    def read(self, message: bytes) -> Sequence[Said]:
        try:
            event = mackie.from_host(message)
        except DecodeError:
            return ()
        match event:
            case FaderSet() | RingSet() | LampSet():
                return (event,)
            case mackie.LcdText(offset, text):
                return list(self._written(offset, text))
            case mackie.Reset():
                self._lcd = [" "] * (2 * mackie.LINE)
                return (Forgotten(),)
            case mackie.DeviceQuery() | mackie.VersionRequest() | mackie.ConnectionReply():
                return self._handshake(event, mackie.unit_of(message))
        return () if event is None else (Alive(),)

    def write(self, moved: Moved) -> Sequence[bytes]:
        return mackie.encode(moved, self._unit)

    def power_up(self) -> Sequence[bytes]:
        return mackie.encode(mackie.POWER_UP, self._unit)

    def _handshake(
        self, event: mackie.DeviceQuery | mackie.VersionRequest | mackie.ConnectionReply, asked: int | None
    ) -> Sequence[Said]:
        """Answers where it is meant; any response to our challenge is right, since hosts differ in how they reckon."""
        if asked != self._unit:
            return (Alive(),)
        match event:
            case mackie.DeviceQuery():
                return (Answer(tuple(self.power_up())),)
            case mackie.VersionRequest():
                return (Answer(tuple(mackie.encode(mackie.Version("V2.00"), self._unit))),)
            case mackie.ConnectionReply(serial):
                return (Answer(tuple(mackie.encode(mackie.ConnectionConfirmed(serial), self._unit))),)

    def _written(self, offset: int, text: str) -> Iterator[Said]:
        """Every cell that the text runs over."""
        end = min(offset + len(text), len(self._lcd))
        self._lcd[offset:end] = text[: end - offset]
        for place in range(offset // mackie.CELL, -(-end // mackie.CELL)):
            row, strip = divmod(place, STRIPS)
            first = place * mackie.CELL
            yield CellText(strip, row, "".join(self._lcd[first : first + mackie.CELL]))


class HuiUnit:
    """A HUI; it has to answer the DAW's sign of life, or it is taken for gone."""

    def __init__(self) -> None:
        self._reader = hui.HostReader()

    def read(self, message: bytes) -> Sequence[Said]:
        try:
            event = self._reader.read(message)
        except DecodeError:
            return ()
        match event:
            case FaderSet() | RingSet() | LampSet() | CellText():
                return (event,)
            case hui.Ping():
                return (Alive(), Answer(tuple(hui.encode(hui.PingReply()))))
        return () if event is None else (Alive(),)

    def write(self, moved: Moved) -> Sequence[bytes]:
        return hui.encode(moved)

    def power_up(self) -> Sequence[bytes]:
        return ()


def unit_languages(surface: Surface, count: int, main: int) -> list[UnitLanguage]:
    """A new language for each of `count` units, the one at `main` being the main unit."""
    match surface:
        case Surface.MACKIE:
            return [MackieUnit(mackie.MAIN if place == main else mackie.EXTENDER) for place in range(count)]
        case Surface.LOGIC:
            return [MackieUnit(mackie.LOGIC_MAIN if place == main else mackie.LOGIC_EXTENDER) for place in range(count)]
        case Surface.HUI:
            return [HuiUnit() for _ in range(count)]
