"""MIDI ports: found by name, found again after they were unplugged, and kept where they cannot freeze the daemon."""

from tonn_bridge.ports.midi.memory import MemoryMidi, MemoryMidiPort, memory_midi
from tonn_bridge.ports.midi.port import MidiPort, MidiSystem, OnMessages, PortNames, Wanted
from tonn_bridge.ports.midi.system import RtMidi, RtMidiPort, open_midi

__all__ = [
    "MemoryMidi",
    "MemoryMidiPort",
    "MidiPort",
    "MidiSystem",
    "OnMessages",
    "PortNames",
    "RtMidi",
    "RtMidiPort",
    "Wanted",
    "memory_midi",
    "open_midi",
]
