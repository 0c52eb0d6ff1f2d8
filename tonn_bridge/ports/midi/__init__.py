"""MIDI ports: found by name, found again after they were unplugged, and kept where they cannot freeze the daemon."""

from tonn_bridge.ports.midi.port import MidiPort, MidiSystem, OnMessages, PortNames, Wanted

__all__ = ["MidiPort", "MidiSystem", "OnMessages", "PortNames", "Wanted"]
