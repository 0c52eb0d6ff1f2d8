"""MIDI 1.0: complete messages to events and back, a stream of bytes to complete messages. Opens nothing."""

from tonn_bridge.protocols.midi.decode import check, decode
from tonn_bridge.protocols.midi.encode import encode
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
from tonn_bridge.protocols.midi.high_resolution import ControlChange14, HighResolution, control_changes
from tonn_bridge.protocols.midi.parameters import (
    Parameter,
    ParameterKind,
    ParameterReader,
    ParameterSet,
    ParameterStepped,
    parameter_messages,
)
from tonn_bridge.protocols.midi.relative import Relative, recognise
from tonn_bridge.protocols.midi.splitter import Splitter

__all__ = [
    "ChannelPressure",
    "ControlChange",
    "ControlChange14",
    "HighResolution",
    "MidiEvent",
    "Note",
    "Parameter",
    "ParameterKind",
    "ParameterReader",
    "ParameterSet",
    "ParameterStepped",
    "PitchBend",
    "PolyPressure",
    "ProgramChange",
    "Relative",
    "Splitter",
    "SysEx",
    "check",
    "control_changes",
    "decode",
    "encode",
    "parameter_messages",
    "recognise",
]
