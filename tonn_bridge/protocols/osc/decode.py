"""Datagrams to messages: any bytes give messages or DecodeError, nothing else, in bounded time.

python-osc reads the arguments, behind a check of the frame: alone it accepts blobs of negative size and cut-off
floats, logs type tags it does not know, lets UnicodeDecodeError out, and knows no limits. Plain numbers, which is what
faders send, are unpacked here, in a tenth of its time.
"""

from functools import lru_cache
from math import isfinite
from struct import Struct
from typing import NamedTuple

from pythonosc.osc_message import OscMessage, ParseError

from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols.osc.limits import (
    ADDRESS,
    MAX_ADDRESS,
    MAX_AHEAD_S,
    MAX_ARGUMENTS,
    MAX_DATAGRAM,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_STRING,
    PATTERN_CHARACTERS,
)

Argument = int | float | str | bytes | bool | None

BUNDLE = b"#bundle\0"
_TIME_TAG = Struct(">Q")
_SIZE = Struct(">i")
_UNIX_EPOCH_IN_NTP_S = 2_208_988_800
_NTP_UNITS_PER_S = 1 << 32

_SIZES = {"i": 4, "f": 4, "h": 8, "d": 8, "T": 0, "F": 0, "N": 0, "I": 0, "s": None, "S": None, "b": None}
"""Bytes per argument, None where the bytes themselves say. Times, colours, MIDI, characters and arrays (`t r m c [ ]`)
are refused: no control here has a use for them."""

_FOR_PYTHON_OSC = str.maketrans({"I": "T", "S": "s"})
"""python-osc does not know impulses and symbols: an impulse is a press (True), a symbol is laid out like a string."""


class Message(NamedTuple):
    """One OSC message: its address, its arguments, and how many seconds from now its sender wants it acted upon."""

    address: str
    args: tuple[Argument, ...]
    delay_s: float = 0.0


class _Types(NamedTuple):
    """What a type tag string announces."""

    tags: str
    size: int | None
    """Bytes of all arguments; None where strings or blobs make it vary."""
    numbers: Struct | None
    """What reads the arguments; None where not all of them are numbers."""
    header: bytes
    """A message for python-osc up to its arguments."""


def decode(datagram: bytes, wall: float) -> list[Message]:
    """The messages in a datagram, in order; `wall` is Unix time in seconds, against which time tags are read.

    A time tag that is past, "immediately", or REAPER's (one second after 1900) means now. A bundle is all or nothing.

    Raises:
        DecodeError: bytes that are not OSC, exceed a limit of `limits.py`, or carry an address pattern, an
            unknown type tag, NaN, an infinity, or a time tag more than 5 s ahead.
    """
    if len(datagram) > MAX_DATAGRAM:
        raise DecodeError(f"OSC datagram of {len(datagram)} bytes, more than {MAX_DATAGRAM}", datagram)
    if not datagram.startswith(BUNDLE):
        return [_message(datagram, 0.0)]
    messages: list[Message] = []
    _Bundles(wall, messages).read(datagram, depth=1, outer_delay_s=0.0)
    return messages


class _Bundles:
    """Reads the bundles of one datagram into `messages`, counting what it has seen."""

    def __init__(self, wall: float, messages: list[Message]) -> None:
        self._wall = wall
        self._messages = messages
        self._elements = 0

    def read(self, data: bytes, depth: int, outer_delay_s: float) -> None:
        if depth > MAX_DEPTH:
            raise DecodeError(f"OSC bundles nested more than {MAX_DEPTH} deep", data)
        if len(data) < 16:
            raise DecodeError("OSC bundle ends before its time tag", data)
        # A tag earlier than the outer bundle's breaks OSC 1.0 and still has one sensible reading: with the outer one.
        delay_s = max(_delay_s(data, self._wall), outer_delay_s)
        at = 16
        while at < len(data):
            element = _element(data, at)
            at += 4 + len(element)
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                raise DecodeError(f"OSC datagram with more than {MAX_ELEMENTS} messages", data)
            if element.startswith(BUNDLE):
                self.read(element, depth + 1, delay_s)
            else:
                self._messages.append(_message(element, delay_s))


def _element(data: bytes, at: int) -> bytes:
    """The bundle element whose size field stands at `at`."""
    if at + 4 > len(data):
        raise DecodeError("OSC bundle ends inside a size field", data)
    size: int = _SIZE.unpack_from(data, at)[0]
    if not 0 < size <= len(data) - at - 4:
        raise DecodeError(f"OSC bundle element of {size} bytes, with {len(data) - at - 4} left", data)
    return data[at + 4 : at + 4 + size]


def _delay_s(data: bytes, wall: float) -> float:
    """Seconds until the time tag at byte 8, 0.0 for the past: "immediately" and REAPER's tag both lie in 1900."""
    (ntp,) = _TIME_TAG.unpack_from(data, 8)
    ahead_s: float = ntp / _NTP_UNITS_PER_S - _UNIX_EPOCH_IN_NTP_S - wall
    if ahead_s > MAX_AHEAD_S:
        raise DecodeError(f"OSC time tag {ahead_s:.1f} s ahead, more than {MAX_AHEAD_S:g} s: is a clock wrong?", data)
    return max(ahead_s, 0.0)


def _message(data: bytes, delay_s: float) -> Message:
    end = data.find(0, 0, MAX_ADDRESS + 1)
    if end < 0:
        raise DecodeError(f"OSC address without end within {MAX_ADDRESS} bytes", data)
    address = _address(data[:end])
    tags_at = _padded(end)
    if tags_at >= len(data):
        if tags_at > len(data):
            raise DecodeError("OSC address without its padding", data)
        return Message(address, (), delay_s)  # no type tag string: old senders, and every query of an X32

    tags_end = data.find(0, tags_at, tags_at + MAX_ARGUMENTS + 2)
    if tags_end < 0:
        raise DecodeError(f"OSC type tags without end within {MAX_ARGUMENTS} arguments", data)
    tags, size, numbers, header = _types(data[tags_at:tags_end])
    args_at = _padded(tags_end)
    args_end = _args_end(data, args_at, tags) if size is None else args_at + size
    if args_end != len(data):
        raise DecodeError(f"OSC arguments of ,{tags} end at byte {args_end} of {len(data)}", data)
    args = numbers.unpack_from(data, args_at) if numbers else _arguments(header + data[args_at:], data)
    for argument in args:
        if type(argument) is float and not isfinite(argument):
            raise DecodeError(f"OSC argument is {argument}, which no control can be set to", data)
    return Message(address, args, delay_s)


def _arguments(message: bytes, data: bytes) -> tuple[Argument, ...]:
    try:
        return tuple(OscMessage(message))
    except (ParseError, UnicodeDecodeError) as exc:
        raise DecodeError(f"OSC message cannot be read: {exc}", data) from exc


def _args_end(data: bytes, at: int, tags: str) -> int:
    """Where the arguments end that begin at `at`, some of them strings or blobs."""
    for tag in tags:
        size = _SIZES[tag]
        if size is not None:
            at += size
        elif tag == "b":
            at += 4 + _blob_size(data, at)
        else:
            end = data.find(0, at, at + MAX_STRING + 1)
            if end < 0:
                raise DecodeError(f"OSC string without end within {MAX_STRING} bytes", data)
            at = _padded(end)
    return at


def _blob_size(data: bytes, at: int) -> int:
    """Bytes taken by the blob whose size field stands at `at`, padding included."""
    if at + 4 > len(data):
        raise DecodeError("OSC message ends inside a blob's size field", data)
    size: int = _SIZE.unpack_from(data, at)[0]
    if not 0 <= size <= len(data) - at - 4:
        raise DecodeError(f"OSC blob of {size} bytes, with {len(data) - at - 4} left", data)
    return (size + 3) & ~3


def _padded(end: int) -> int:
    """Where the next item starts after a string whose terminating zero stands at `end`."""
    return (end + 4) & ~3


@lru_cache(maxsize=4096)
def _address(raw: bytes) -> str:
    if PATTERN_CHARACTERS.search(raw):
        raise DecodeError("OSC address pattern: an address with any of *?[]{} is not looked up", raw)
    if not ADDRESS.fullmatch(raw):
        raise DecodeError("not an OSC address: it must begin with / and be printable ASCII", raw)
    return raw.decode("ascii")


@lru_cache(maxsize=256)
def _types(raw: bytes) -> _Types:
    if not raw.startswith(b","):
        raise DecodeError("OSC type tags must begin with a comma", raw)
    tags = raw[1:].decode("latin-1")
    for tag in tags:
        if tag not in _SIZES:
            raise DecodeError(f"OSC type tag {tag!r} is not one of {' '.join(_SIZES)}", raw)
    sizes = [_SIZES[tag] for tag in tags]
    size = None if None in sizes else sum(size for size in sizes if size is not None)
    numbers = Struct(">" + tags.replace("h", "q")) if set(tags) <= set("ifhd") else None
    # python-osc walks an address byte by byte: ours is read already, so it gets the shortest there is.
    tag_string = f",{tags.translate(_FOR_PYTHON_OSC)}".encode()
    return _Types(tags, size, numbers, b"/\0\0\0" + tag_string.ljust(_padded(len(tag_string)), b"\0"))
