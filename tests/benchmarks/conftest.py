"""The JACK server that the MIDI tests share."""

from tests.peers.jack import jack

__all__ = ["jack"]
