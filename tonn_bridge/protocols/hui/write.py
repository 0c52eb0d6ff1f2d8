"""What a surface or a host shall say to complete messages."""

from typing import assert_never

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.hui.events import HuiEvent, MeterLevel, Ping, PingReply, TimecodeText
from tonn_bridge.protocols.hui.frame import CELL, DIGITS, LINE, PART, SELECT_ASSIGN, Display, frame
from tonn_bridge.protocols.hui.zones import TOUCH_PORT, switch_of
from tonn_bridge.protocols.mackie.events import JogTurned
from tonn_bridge.protocols.mackie.positions import fader_bytes, ring_byte
from tonn_bridge.protocols.midi.relative import Relative
from tonn_bridge.protocols.midi.text import cell
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
    RingSet,
)

_DOT = 0x10


def encode(event: HuiEvent) -> list[bytes]:
    """The messages that say it, in the order they must be sent.

    A lamp cannot blink by itself here and is lit instead; more ticks than the 63 of one message stop there.

    Raises:
        RangeError: a strip, button, position or display that the unit has not.
    """
    match event:
        case FaderMoved(fader, position) | FaderSet(fader, position):
            number = 8 if fader == MASTER else _within("fader", fader, 7)
            low, high = fader_bytes(position)
            return [_control(number, high), _control(0x20 + number, low)]
        case FaderTouched(fader, touched):
            return _switch(0x0F, (_within("fader that tells touch", fader, 7), TOUCH_PORT), touched)
        case ButtonPressed(button, pressed, strip):
            return _switch(0x0F, switch_of(button, strip), pressed)
        case LampSet(button, lamp, strip):
            return _switch(0x0C, switch_of(button, strip), lamp is not Lamp.OFF)
        case EncoderTurned(encoder, ticks):
            return _turn(0x40 + _within("encoder", encoder, 8), ticks)
        case JogTurned(ticks):
            return _turn(0x0D, ticks)
        case RingSet():
            return [_control(0x10 + _within("ring", event.encoder, 7), ring_byte(event))]
        case MeterLevel(strip, side, level):
            return [bytes((0xA0, _within("strip", strip, 7), side << 4 | _within("meter level", level, 12)))]
        case CellText(strip, row, text):
            _within("row", row, 0)
            return [_scribble(_within("strip", strip, 7), text)]
        case AssignmentText(text):
            return [_scribble(SELECT_ASSIGN, text)]
        case BannerText(row, text):
            return _banner(_within("row", row, 1), text)
        case TimecodeText(text):
            return [frame(Display.TIMECODE, _digits(text))]
        case Ping():
            return [b"\x90\x00\x00"]
        case PingReply():
            return [b"\x90\x00\x7f"]
        case _:
            assert_never(event)


def _control(controller: int, value: int) -> bytes:
    return bytes((0xB0, controller, value))


def _switch(choose: int, switch: tuple[int, int], on: bool) -> list[bytes]:
    """The zone each time anew: the unit may have missed the last one."""
    zone, port = switch
    return [_control(choose, zone), _control(choose + 0x20, (0x40 if on else 0x00) | port)]


def _turn(controller: int, ticks: int) -> list[bytes]:
    return [_control(controller, Relative.SIGN_UP.byte(ticks))] if ticks else []


def _scribble(place: int, text: str) -> bytes:
    return frame(Display.CELLS, bytes((place,)) + cell(text, CELL))


def _banner(row: int, text: str) -> list[bytes]:
    line = cell(text, LINE)
    quarters = range(LINE // PART)
    return [
        frame(Display.LINES, bytes((row * len(quarters) + quarter,)) + line[quarter * PART : (quarter + 1) * PART])
        for quarter in quarters
    ]


def _digits(text: str) -> bytes:
    """Rightmost first; a dot, or a colon, lights the dot of the digit before it. What is no digit becomes 0."""
    digits: list[int] = []
    for character in text:
        if character not in ".:":
            digits.append(int(character) if character in "0123456789" else 0)
        elif digits:
            digits[-1] |= _DOT
    if len(digits) > DIGITS:
        raise RangeError("digits", text, f"the {DIGITS} of the display")
    return bytes(reversed(digits))


def _within(what: str, number: int, last: int) -> int:
    if not 0 <= number <= last:
        raise RangeError(what, number, f"0..{last}")
    return number
