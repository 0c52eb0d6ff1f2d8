"""One complete message to what it says.

mido writes our messages, and does not read them: what a device sends may be broken in ways that people have to be told.
The tests hold this decoder against it.
"""

from tonn_bridge.errors import DecodeError
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

SYSEX, SYSEX_END, REAL_TIME = 0xF0, 0xF7, 0xF8

_SYSTEM_LENGTHS = {0xF1: 2, 0xF2: 3, 0xF3: 2, 0xF6: 1, 0xF8: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFE: 1, 0xFF: 1}
"""MIDI 1.0, table of system messages; F4, F5, F9 and FD are not defined."""


def _length(status: int) -> int:
    """Bytes of a message with this status byte; 0 where there is none, or no fixed number."""
    if status < 0x80:
        return 0
    if status < SYSEX:
        return 2 if 0xC0 <= status < 0xE0 else 3
    return _SYSTEM_LENGTHS.get(status, 0)


LENGTHS = tuple(_length(status) for status in range(256))
"""Bytes of a message by its status byte; 0 for data, SysEx and what is not defined."""


def check(message: bytes) -> None:
    """Let one complete MIDI message pass.

    Raises:
        DecodeError: anything else: a part of one, several, running status, data bytes above 127, no SysEx end.
    """
    if not message:
        raise DecodeError("MIDI message of no bytes", message)
    status = message[0]
    length = LENGTHS[status]
    if length:
        if len(message) != length:
            raise DecodeError(f"MIDI message {status:02X} of {len(message)} bytes, not {length}", message)
        data = message[1:]
    elif status == SYSEX:
        if message[-1] != SYSEX_END:
            raise DecodeError("MIDI SysEx without its end", message)
        data = message[1:-1]
    else:
        raise DecodeError(f"MIDI message begins with {status:02X}, which is no status byte", message)
    if not data.isascii():
        raise DecodeError("MIDI data byte above 7F", message)


def decode(message: bytes) -> MidiEvent | None:
    """What one complete message says; None for system messages other than SysEx: clock, song position and the like.

    Raises:
        DecodeError: anything but one complete message.
    """
    check(message)
    channel = message[0] & 0x0F
    match message[0] & 0xF0:
        case 0xB0:
            return ControlChange(channel, message[1], message[2])
        case 0xE0:
            return PitchBend(channel, message[1] | message[2] << 7)
        case 0x90:
            return Note(channel, message[1], message[2])
        case 0x80:
            return Note(channel, message[1], 0)
        case 0xA0:
            return PolyPressure(channel, message[1], message[2])
        case 0xC0:
            return ProgramChange(channel, message[1])
        case 0xD0:
            return ChannelPressure(channel, message[1])
    return SysEx(message[1:-1]) if message[0] == SYSEX else None
