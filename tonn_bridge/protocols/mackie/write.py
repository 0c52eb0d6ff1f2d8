"""What a surface or a host shall say to complete messages."""

from typing import assert_never

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.mackie.buttons import FIRST_TOUCH, note_of
from tonn_bridge.protocols.mackie.digits import digit_byte
from tonn_bridge.protocols.mackie.events import (
    AllFadersDown,
    AllLampsOff,
    AssignmentDigit,
    Backlight,
    ConnectionConfirmed,
    ConnectionQuery,
    ConnectionRefused,
    ConnectionReply,
    DeviceQuery,
    JogTurned,
    LcdText,
    MackieEvent,
    MeterLevel,
    MeterMode,
    MeterOverload,
    PedalMoved,
    Recalibrate,
    Reset,
    SecondLcdText,
    TimecodeDigit,
    Version,
    VersionRequest,
)
from tonn_bridge.protocols.mackie.frame import CELL, ICON_SECOND_LCD, LCD_END, LINE, MAIN, frame
from tonn_bridge.protocols.mackie.handshake import POWER_UP
from tonn_bridge.protocols.mackie.positions import fader_bytes, ring_byte, within_travel
from tonn_bridge.protocols.midi.relative import Relative
from tonn_bridge.protocols.midi.text import cell, seven_bit
from tonn_bridge.protocols.surface import (
    MASTER,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
    RingSet,
)

_VELOCITY = {Lamp.OFF: 0x00, Lamp.BLINK: 0x01, Lamp.ON: 0x7F}
_WHITE = 7


def encode(event: MackieEvent, unit: int = MAIN) -> list[bytes]:
    """The messages that say it; `unit` goes into those that are SysEx.

    More ticks than the 63 of one message stop there. Awake goes as the power-up message that REAPER knows.

    Raises:
        RangeError: a strip, button, position, offset or colour that the unit has not.
    """
    match event:
        case FaderMoved(fader, position) | FaderSet(fader, position):
            return [bytes((0xE0 + _fader(fader), *fader_bytes(position)))]
        case FaderTouched(fader, touched):
            return [_note(FIRST_TOUCH + _fader(fader), 0x7F if touched else 0x00)]
        case EncoderTurned(encoder, ticks):
            return _turn(16 + _strip(encoder), ticks)
        case ButtonPressed(button, pressed, strip):
            return [_note(note_of(button, strip), 0x7F if pressed else 0x00)]
        case JogTurned(ticks):
            return _turn(60, ticks)
        case PedalMoved(position):
            return [_control(46, round(within_travel("pedal position", position) * 0x7F))]
        case RingSet():
            return [_control(48 + _strip(event.encoder), ring_byte(event))]
        case LampSet(button, lamp, strip):
            return [_note(note_of(button, strip), _VELOCITY[lamp])]
        case AssignmentText(text):
            right, left = reversed(seven_bit(text)[:2].ljust(2))
            return [*encode(AssignmentDigit(1, left)), *encode(AssignmentDigit(0, right))]
        case TimecodeDigit(place, character, dot):
            return [_control(64 + _within("timecode digit", place, 9), digit_byte(character, dot))]
        case AssignmentDigit(place, character, dot):
            return [_control(74 + _within("assignment digit", place, 1), digit_byte(character, dot))]
        case MeterLevel(strip, level):
            return [bytes((0xD0, _strip(strip) << 4 | _within("meter level", level, 13)))]
        case MeterOverload(strip, on):
            return [bytes((0xD0, _strip(strip) << 4 | (14 if on else 15)))]
        case SecondLcdText(offset, text):
            return [ICON_SECOND_LCD + _text(offset, text) + b"\xf7"]
        case _:
            return [frame(unit, *_command(event))]


_Commanded = (
    Awake
    | ConnectionQuery
    | ConnectionConfirmed
    | ConnectionRefused
    | Version
    | CellText
    | BannerText
    | LcdText
    | ColoursSet
    | MeterMode
    | DeviceQuery
    | ConnectionReply
    | VersionRequest
    | Reset
    | Recalibrate
    | Backlight
    | AllFadersDown
    | AllLampsOff
)


def _command(event: _Commanded) -> tuple[int, bytes]:
    """The command and the data of what goes by SysEx."""
    match event:
        case CellText(strip, row, text):
            return 0x12, bytes((_row(row) + CELL * _strip(strip), *cell(text, CELL)))
        case BannerText(row, text):
            return 0x12, bytes((_row(row), *cell(text, LINE)))
        case LcdText(offset, text):
            return 0x12, _text(offset, text)
        case ColoursSet(colours):
            return 0x72, _colours(colours)
        case MeterMode(strip, bits):
            return 0x20, bytes((_strip(strip), _within("meter mode", bits, 7)))
        case Backlight(on):
            return 0x0A, bytes((on,))
        case Awake():
            return _command(POWER_UP)
        case ConnectionQuery(serial, challenge):
            return 0x01, serial + challenge
        case ConnectionReply(serial, response):
            return 0x02, serial + response
        case ConnectionConfirmed(serial):
            return 0x03, serial
        case ConnectionRefused(serial):
            return 0x04, serial
        case Version(text):
            return 0x14, seven_bit(text).encode("ascii")
        case DeviceQuery():
            return 0x00, b""
        case VersionRequest():
            return 0x13, b"\0"
        case Reset():
            return 0x08, b"\0"
        case Recalibrate():
            return 0x09, b"\0"
        case AllFadersDown():
            return 0x61, b""
        case AllLampsOff():
            return 0x62, b""
        case _:
            assert_never(event)


def _control(controller: int, value: int) -> bytes:
    return bytes((0xB0, controller, value))


def _turn(controller: int, ticks: int) -> list[bytes]:
    """No message for no ticks, because a turn of 0 is read as one of 1."""
    return [_control(controller, Relative.SIGN_DOWN.byte(ticks))] if ticks else []


def _note(note: int, velocity: int) -> bytes:
    return bytes((0x90, note, velocity))


def _fader(fader: int) -> int:
    return 8 if fader == MASTER else _within("fader", fader, 7)


def _strip(strip: int) -> int:
    return _within("strip", strip, 7)


def _row(row: int) -> int:
    return LINE * _within("row", row, 1)


def _within(what: str, number: int, last: int) -> int:
    if not 0 <= number <= last:
        raise RangeError(what, number, f"0..{last}")
    return number


def _text(offset: int, text: str) -> bytes:
    """Offset and text, cut where the display ends."""
    room = LCD_END - _within("display offset", offset, LCD_END - 1)
    return bytes((offset,)) + seven_bit(text)[:room].encode("ascii")


def _colours(colours: tuple[int, ...]) -> bytes:
    """Eight of them: strips without one are white, because their text would not be seen on black."""
    if len(colours) > 8 or not all(0 <= colour <= 7 for colour in colours):
        raise RangeError("colours", colours, "up to eight of 0..7")
    return bytes((*colours, *[_WHITE] * (8 - len(colours))))
