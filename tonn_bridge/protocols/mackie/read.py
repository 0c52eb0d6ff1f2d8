"""One complete message to what a surface says, or to what a host says.

None for what we have no use for; DecodeError for bytes that are no MIDI message or break Mackie's frame.
"""

from collections.abc import Container

from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols.mackie.buttons import BUTTON_AT, FIRST_TOUCH
from tonn_bridge.protocols.mackie.digits import digit
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
    FromHost,
    FromSurface,
    JogTurned,
    LcdText,
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
from tonn_bridge.protocols.mackie.frame import ICON_SECOND_LCD, LCD_END, UNITS, unframe
from tonn_bridge.protocols.mackie.positions import fader_position, ring
from tonn_bridge.protocols.midi.decode import check
from tonn_bridge.protocols.midi.relative import Relative
from tonn_bridge.protocols.midi.text import shown
from tonn_bridge.protocols.surface import (
    MASTER,
    Awake,
    ButtonPressed,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
)

_SERIAL = 7
_CHALLENGE = 4


def from_surface(message: bytes, units: Container[int] = UNITS) -> FromSurface | None:
    """What the surface says; SysEx only from `units`.

    Raises:
        DecodeError: not one complete MIDI message, or SysEx that is cut short.
    """
    check(message)
    status = message[0]
    if 0xE0 <= status <= 0xE8:
        return FaderMoved(_fader(status & 0x0F), fader_position(message[1], message[2]))
    match status:
        case 0xB0:
            return _turned(message[1], message[2])
        case 0x90 | 0x80:
            return _pressed(message[1], pressed=status == 0x90 and message[2] > 0)
        case 0xF0:
            framed = unframe(message, units)
            return _surface_command(*framed, message) if framed else None
    return None


def from_host(message: bytes, units: Container[int] = UNITS) -> FromHost | None:
    """What the host says; SysEx only to `units`.

    Raises:
        DecodeError: not one complete MIDI message, or SysEx that is cut short or points outside the display.
    """
    check(message)
    status = message[0]
    if 0xE0 <= status <= 0xE8:
        return FaderSet(_fader(status & 0x0F), fader_position(message[1], message[2]))
    match status:
        case 0xB0 | 0xBF:
            return _lit(message[1], message[2], rings=status == 0xB0)
        case 0x90 | 0x80:
            return _lamp(message[1], message[2] if status == 0x90 else 0)
        case 0xD0:
            return _meter(message[1] >> 4, message[1] & 0x0F)
        case 0xF0:
            if message.startswith(ICON_SECOND_LCD):
                return SecondLcdText(*_text(message[len(ICON_SECOND_LCD) : -1], message))
            framed = unframe(message, units)
            return _host_command(*framed, message) if framed else None
    return None


def _fader(number: int) -> int:
    return MASTER if number == 8 else number


def _turned(controller: int, value: int) -> FromSurface | None:
    match controller:
        case _ if 16 <= controller <= 23:
            return EncoderTurned(controller - 16, _ticks(value))
        case 60:
            return JogTurned(_ticks(value))
        case 46:
            return PedalMoved(value / 0x7F)
    return None


def _ticks(value: int) -> int:
    """Euphonix units send 0 for one tick up (Ardour's experience)."""
    return Relative.SIGN_DOWN.ticks(value) or (1 if value == 0 else -1)


def _pressed(note: int, pressed: bool) -> FromSurface | None:
    if FIRST_TOUCH <= note <= FIRST_TOUCH + 8:
        return FaderTouched(_fader(note - FIRST_TOUCH), pressed)
    button = BUTTON_AT.get(note)
    return ButtonPressed(button[0], pressed, button[1]) if button else None


def _lamp(note: int, velocity: int) -> LampSet | None:
    button = BUTTON_AT.get(note)
    if button is None:
        return None
    # Between off and on, TouchMCU found that odd velocities blink; hosts send 1.
    steady = Lamp.ON if velocity == 0x7F or velocity % 2 == 0 else Lamp.BLINK
    return LampSet(button[0], steady if velocity else Lamp.OFF, button[1])


def _lit(controller: int, value: int, *, rings: bool) -> FromHost | None:
    """Digits go on channel 1, on 16 from some hosts; rings on channel 1 only."""
    if rings and 48 <= controller <= 55:
        return ring(controller - 48, value)
    if 64 <= controller <= 73:
        return TimecodeDigit(controller - 64, *digit(value))
    if 74 <= controller <= 75:
        return AssignmentDigit(controller - 74, *digit(value))
    return None


def _meter(strip: int, value: int) -> FromHost | None:
    return MeterLevel(strip, value) if value <= 13 else MeterOverload(strip, value == 14)


def _surface_command(command: int, data: bytes, message: bytes) -> FromSurface | None:
    match command:
        case 0x01 if len(data) == _SERIAL + _CHALLENGE:
            return ConnectionQuery(data[:_SERIAL], data[_SERIAL:])
        case 0x01 | 0x06:  # 06 from an X-Touch Compact
            return Awake()
        case 0x03 | 0x04:
            serial = _exactly(_SERIAL, data, message)
            return ConnectionConfirmed(serial) if command == 0x03 else ConnectionRefused(serial)
        case 0x14:
            return Version(shown(data))
    return None


def _host_command(command: int, data: bytes, message: bytes) -> FromHost | None:
    match command:
        case 0x12:
            return LcdText(*_text(data, message))
        case 0x02:
            both = _exactly(_SERIAL + _CHALLENGE, data, message)
            return ConnectionReply(both[:_SERIAL], both[_SERIAL:])
        case 0x0A:
            return Backlight(_exactly(1, data, message) != b"\0")
        case 0x20:
            strip, bits = _exactly(2, data, message)
            if strip > 7 or bits > 7:
                raise DecodeError(f"meter mode {bits:02X} of strip {strip}", message)
            return MeterMode(strip, bits)
        case 0x72:
            colours = tuple(_exactly(8, data, message))
            if max(colours) > 7:
                raise DecodeError("colour above 7", message)
            return ColoursSet(colours)
    return _WITHOUT_DATA.get(command)


_WITHOUT_DATA: dict[int, FromHost] = {
    0x00: DeviceQuery(),
    0x08: Reset(),
    0x09: Recalibrate(),
    0x13: VersionRequest(),
    0x61: AllFadersDown(),
    0x62: AllLampsOff(),
    0x63: Reset(),  # as Logic says it
}


def _exactly(length: int, data: bytes, message: bytes) -> bytes:
    if len(data) != length:
        raise DecodeError(f"Mackie command {message[5]:02X} with {len(data)} bytes of data, not {length}", message)
    return data


def _text(data: bytes, message: bytes) -> tuple[int, str]:
    """Offset and text; what would run past the end of the display is not there."""
    if not data or data[0] >= LCD_END:
        raise DecodeError(f"display text without an offset 00..{LCD_END - 1:02X}", message)
    return data[0], shown(data[1 : 1 + LCD_END - data[0]])
