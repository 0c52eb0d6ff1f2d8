"""What shall be said to one complete message."""

from typing import assert_never

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.midi.events import (
    ChannelPressure,
    ControlChange,
    MidiEvent,
    Note,
    PitchBend,
    PolyPressure,
    ProgramChange,
    SysEx,
)


def encode(event: MidiEvent) -> bytes:
    """The one message that says it; a note of velocity 0 goes as a note-on, as every unit with lamps understands.

    Raises:
        RangeError: a channel outside 0..15 or data outside 0..127 (0..16383 for pitch bend).
    """
    match event:
        case ControlChange(channel, controller, value):
            return _message(0xB0, channel, controller, value)
        case Note(channel, note, velocity):
            return _message(0x90, channel, note, velocity)
        case PitchBend(channel, value):
            return _message(0xE0, channel, *low_high(value, "pitch bend"))
        case ChannelPressure(channel, pressure):
            return _message(0xD0, channel, pressure)
        case PolyPressure(channel, note, pressure):
            return _message(0xA0, channel, note, pressure)
        case ProgramChange(channel, program):
            return _message(0xC0, channel, program)
        case SysEx(data):
            if not data.isascii():
                raise RangeError("SysEx data", data.hex(" "), "00..7F")
            return b"\xf0" + data + b"\xf7"
        case _:
            assert_never(event)


def low_high(value: int, what: str) -> tuple[int, int]:
    """The lower and the upper seven bits of a number up to 16383.

    Raises:
        RangeError: a number below or above.
    """
    if not 0 <= value <= 0x3FFF:
        raise RangeError(what, value, "0..16383")
    return value & 0x7F, value >> 7


def _message(status: int, channel: int, *data: int) -> bytes:
    if not 0 <= channel <= 15:
        raise RangeError("MIDI channel", channel, "0..15")
    for value in data:
        if not 0 <= value <= 0x7F:
            raise RangeError("MIDI data", value, "0..127")
    return bytes((status | channel, *data))
