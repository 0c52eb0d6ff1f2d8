"""MIDI messages in words, for whoever watches them pass."""

import json
from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from typing import Any, Final

from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols import hui, mackie, midi
from tonn_bridge.protocols.surface import MASTER

PROTOCOLS: Final = ("midi", "mackie", "hui")
"""What messages can be read as."""

SHOWN_BYTES: Final = 24
"""How much of a long message is shown."""

_COUNTED = ("fader", "encoder", "knob", "strip")
"""Fields that count from 0, or are the master; people count from 1."""

_Reader = Callable[[bytes], object | None]


class MidiWords:
    """Puts the messages of one unit into words, as `FaderMoved 3 0.496` or, where its protocol knows no more, plainly.

    It follows both sides, because some protocols need several messages to say one thing.
    """

    def __init__(self, protocol: str = "midi") -> None:
        self._surface, self._host = _readers(protocol)

    def by_surface(self, message: bytes) -> str:
        """What a surface says with this message."""
        return _line(self._surface, message)

    def by_host(self, message: bytes) -> str:
        """What the host of a surface says with it."""
        return _line(self._host, message)


def event_line(event: Any) -> str:
    """An event's name and what it holds, its strip, fader or encoder first and counted from 1."""
    names = [field.name for field in fields(event)]
    ordered = sorted(names, key=lambda name: name not in _COUNTED)
    words = [_word(name, getattr(event, name)) for name in ordered]
    return " ".join([type(event).__name__, *(word for word in words if word)])


def plain_line(message: bytes) -> str:
    """What a message is in MIDI's own words: `CC 16 = 127 ch 1`."""
    try:
        event = midi.decode(message)
    except DecodeError as exc:
        return f"not MIDI: {exc} [{_bytes(message)}]"
    match event:
        case midi.ControlChange(channel, controller, value):
            return f"CC {controller} = {value} ch {channel + 1}"
        case midi.Note(channel, note, velocity):
            return f"note {note} = {velocity} ch {channel + 1}"
        case midi.PitchBend(channel, value):
            return f"pitch bend = {value} ch {channel + 1}"
        case midi.ChannelPressure(channel, pressure):
            return f"channel pressure = {pressure} ch {channel + 1}"
        case midi.PolyPressure(channel, note, pressure):
            return f"pressure of note {note} = {pressure} ch {channel + 1}"
        case midi.ProgramChange(channel, program):
            return f"program {program} ch {channel + 1}"
        case midi.SysEx():
            return f"SysEx {_bytes(message)} ({len(message)} bytes)"
    return f"system {_bytes(message)}"


def _readers(protocol: str) -> tuple[_Reader, _Reader]:
    """What reads a surface, and what reads its host."""
    match protocol:
        case "mackie":
            return mackie.from_surface, mackie.from_host
        case "hui":
            return hui.SurfaceReader().read, hui.HostReader().read
    return _nothing_more, _nothing_more


def _nothing_more(_: bytes) -> None:
    return None


def _line(read: _Reader, message: bytes) -> str:
    try:
        event = read(message)
    except DecodeError as exc:
        return f"not understood: {exc} [{_bytes(message)}]"
    return plain_line(message) if event is None else event_line(event)


def _word(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return f"{name}={'on' if value else 'off'}" if name == "centre" else "on" if value else "off"
        case Enum():
            return value.name.lower()
        case int() if name in _COUNTED:
            return "master" if value == MASTER else str(value + 1)
        case float():
            return f"{value:.3f}"
        case str() if name == "text":
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return value.hex(" ")
        case tuple():
            return ",".join(map(str, value))
    return str(value)


def _bytes(message: bytes) -> str:
    return message[:SHOWN_BYTES].hex(" ").upper() + (" …" if len(message) > SHOWN_BYTES else "")
