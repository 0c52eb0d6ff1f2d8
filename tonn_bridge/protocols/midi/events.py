"""What a MIDI message says. Channels count from 0 to 15, data from 0 to 127 unless said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControlChange:
    channel: int
    controller: int
    value: int


@dataclass(frozen=True, slots=True)
class Note:
    """A key or button pressed, or, with `velocity` 0, let go."""

    channel: int
    note: int
    velocity: int


@dataclass(frozen=True, slots=True)
class PitchBend:
    """The wheel, or a Mackie fader, at `value` 0..16383."""

    channel: int
    value: int


@dataclass(frozen=True, slots=True)
class ChannelPressure:
    channel: int
    pressure: int


@dataclass(frozen=True, slots=True)
class PolyPressure:
    channel: int
    note: int
    pressure: int


@dataclass(frozen=True, slots=True)
class ProgramChange:
    channel: int
    program: int


@dataclass(frozen=True, slots=True)
class SysEx:
    """A manufacturer's own message, without the F0 before it and the F7 behind it."""

    data: bytes


MidiEvent = ControlChange | Note | PitchBend | ChannelPressure | PolyPressure | ProgramChange | SysEx
