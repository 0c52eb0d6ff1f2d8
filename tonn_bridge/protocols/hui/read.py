"""Messages to what a surface says, or to what a host says.

Most things take two messages here, so a reader keeps the first of them: which zone is chosen, where a fader coarsely
stands. As on the unit itself these stay until they are said anew; until they were said at all, the second says nothing.
"""

from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols.hui.events import FromHost, FromSurface, MeterLevel, Ping, PingReply, Side, TimecodeText
from tonn_bridge.protocols.hui.frame import (
    CELL,
    DIGITS,
    LINE,
    PART,
    PARTS,
    SELECT_ASSIGN,
    Display,
    unframe,
)
from tonn_bridge.protocols.hui.zones import BUTTON_AT, STRIPS, TOUCH_PORT
from tonn_bridge.protocols.mackie.events import JogTurned
from tonn_bridge.protocols.mackie.positions import fader_position, ring
from tonn_bridge.protocols.midi.decode import check
from tonn_bridge.protocols.midi.relative import Relative
from tonn_bridge.protocols.midi.text import shown
from tonn_bridge.protocols.surface import (
    MASTER,
    AssignmentText,
    BannerText,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
)

_LAST_FADER = 8
"""Controllers 0..7 are the strips' faders, 8 is the master's on iCON units, each with its finer half 32 above."""
_FINE = 32
_MAX_LEVEL = 12
_DOT = 0x10


class _Faders:
    """Faders that say their upper seven bits first."""

    def __init__(self) -> None:
        self._coarse: dict[int, int] = {}

    def read(self, controller: int, value: int) -> tuple[int, float] | None:
        """Fader and position, with the lower seven bits; None before that, and for what is no fader."""
        if controller <= _LAST_FADER:
            self._coarse[controller] = value
            return None
        fader = controller - _FINE
        high = self._coarse.get(fader)
        return None if high is None else (MASTER if fader == _LAST_FADER else fader, fader_position(value, high))


class _Switches:
    """Switches that say their zone first, then a port of it, on or off."""

    def __init__(self, choose: int, switch: int) -> None:
        self.controllers = frozenset((choose, switch))
        self._choose = choose
        self._zone: int | None = None

    def read(self, controller: int, value: int) -> tuple[int, int, bool] | None:
        """Zone, port and whether it is on; None before a port is said, and for what is no port."""
        if controller == self._choose:
            self._zone = value
            return None
        if self._zone is None or value & ~0x47:
            return None
        return self._zone, value & 0x07, bool(value & 0x40)


class SurfaceReader:
    """Follows what one surface says."""

    def __init__(self) -> None:
        self._faders = _Faders()
        self._switches = _Switches(choose=0x0F, switch=0x2F)

    def read(self, message: bytes) -> FromSurface | None:
        """What the surface says with this message.

        Raises:
            DecodeError: not one complete MIDI message.
        """
        check(message)
        if message[0] == 0xB0:
            return self._control(message[1], message[2])
        return PingReply() if message == b"\x90\x00\x7f" else None

    def _control(self, controller: int, value: int) -> FromSurface | None:
        if controller in self._switches.controllers:
            switched = self._switches.read(controller, value)
            return _pressed(*switched) if switched else None
        if 0x40 <= controller <= 0x48:
            return EncoderTurned(controller - 0x40, Relative.SIGN_UP.ticks(value))
        if controller == 0x0D:
            return JogTurned(Relative.SIGN_UP.ticks(value))
        moved = self._faders.read(controller, value)
        return FaderMoved(*moved) if moved else None


class HostReader:
    """Follows what a host says; the large display is kept, because a host writes it in quarters of a row."""

    def __init__(self) -> None:
        self._faders = _Faders()
        self._lamps = _Switches(choose=0x0C, switch=0x2C)
        self._lines = [" " * LINE, " " * LINE]

    def read(self, message: bytes) -> FromHost | None:
        """What the host says with this message; a whole row of the large display with each quarter of it.

        Raises:
            DecodeError: not one complete MIDI message, or text for a display that is not there.
        """
        check(message)
        match message[0]:
            case 0xB0:
                return self._control(message[1], message[2])
            case 0xA0:
                return _meter(message[1], message[2])
            case 0x90:
                return Ping() if message == b"\x90\x00\x00" else None
            case 0xF0:
                framed = unframe(message)
                return self._display(*framed, message) if framed else None
        return None

    def _control(self, controller: int, value: int) -> FromHost | None:
        if controller in self._lamps.controllers:
            switched = self._lamps.read(controller, value)
            return _lamp(*switched) if switched else None
        if 0x10 <= controller <= 0x17:
            return ring(controller - 0x10, value)
        moved = self._faders.read(controller, value)
        return FaderSet(*moved) if moved else None

    def _display(self, display: int, data: bytes, message: bytes) -> FromHost | None:
        match display:
            case Display.CELLS:
                place, text = _placed(data, SELECT_ASSIGN, CELL, message)
                return AssignmentText(text) if place == SELECT_ASSIGN else CellText(place, 0, text)
            case Display.TIMECODE:
                return TimecodeText("".join(_digit(byte) for byte in reversed(data[:DIGITS])))
            case Display.LINES:
                part, text = _placed(data, PARTS - 1, PART, message)
                row, quarter = divmod(part, PARTS // 2)
                line = self._lines[row]
                self._lines[row] = line[: quarter * PART] + text + line[(quarter + 1) * PART :]
                return BannerText(row, self._lines[row])
        return None


def _pressed(zone: int, port: int, on: bool) -> FromSurface | None:
    if zone < STRIPS and port == TOUCH_PORT:
        return FaderTouched(zone, on)
    button = BUTTON_AT.get((zone, port))
    return ButtonPressed(button[0], on, button[1]) if button else None


def _lamp(zone: int, port: int, on: bool) -> LampSet | None:
    button = BUTTON_AT.get((zone, port))
    return LampSet(button[0], Lamp.ON if on else Lamp.OFF, button[1]) if button else None


def _meter(strip: int, value: int) -> MeterLevel | None:
    side, level = value >> 4, value & 0x0F
    if strip >= STRIPS or side > Side.RIGHT or level > _MAX_LEVEL:
        return None
    return MeterLevel(strip, Side(side), level)


def _digit(byte: int) -> str:
    number = str(byte & 0x0F) if byte & 0x0F <= 9 else " "
    return number + "." if byte & _DOT else number


def _placed(data: bytes, last: int, width: int, message: bytes) -> tuple[int, str]:
    """Place and text, filled up or cut to the width of the display."""
    if not data or data[0] > last:
        raise DecodeError(f"HUI display without a place 00..{last:02X}", message)
    return data[0], shown(data[1 : 1 + width]).ljust(width)
