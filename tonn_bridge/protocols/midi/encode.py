"""What shall be said to one complete message."""

from typing import assert_never

import mido

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

PITCH_CENTRE = 0x2000
"""mido counts pitch bend from its centre."""


def encode(event: MidiEvent) -> bytes:
    """The one message that says it; a note of velocity 0 goes as a note-on, as every unit with lamps understands.

    Raises:
        RangeError: a channel outside 0..15 or data outside 0..127 (0..16383 for pitch bend).
    """
    try:
        return bytes(_message(event).bin())
    except ValueError as exc:
        raise RangeError("MIDI message", event, f"what MIDI can carry ({exc})") from exc


def low_high(value: int, what: str) -> tuple[int, int]:
    """The lower and the upper seven bits of a number up to 16383.

    Raises:
        RangeError: a number below or above.
    """
    if not 0 <= value <= 0x3FFF:
        raise RangeError(what, value, "0..16383")
    return value & 0x7F, value >> 7


def _message(event: MidiEvent) -> mido.Message:
    """Raises ValueError for what seven bits cannot carry."""
    match event:
        case ControlChange(channel, controller, value):
            return mido.Message("control_change", channel=channel, control=controller, value=value)
        case Note(channel, note, velocity):
            return mido.Message("note_on", channel=channel, note=note, velocity=velocity)
        case PitchBend(channel, value):
            return mido.Message("pitchwheel", channel=channel, pitch=value - PITCH_CENTRE)
        case ChannelPressure(channel, pressure):
            return mido.Message("aftertouch", channel=channel, value=pressure)
        case PolyPressure(channel, note, pressure):
            return mido.Message("polytouch", channel=channel, note=note, value=pressure)
        case ProgramChange(channel, program):
            return mido.Message("program_change", channel=channel, program=program)
        case SysEx(data):
            return mido.Message("sysex", data=data)
        case _:
            assert_never(event)
