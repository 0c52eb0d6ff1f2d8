"""What the daemon and its MIDI process say to each other: framed bytes over a pipe.

A frame is its payload's length, its kind and the port it is about (0: none), then the payload.
"""

from enum import IntEnum
from struct import Struct
from typing import Final

Frame = tuple[int, int, bytes]
"""Kind, port, payload."""

_HEADER: Final = Struct("!IBI")


class Kind(IntEnum):
    """What a frame says; names are UTF-8."""

    # To the MIDI process.
    OPEN_INPUT = 1
    """Payload: the name, as the system calls it."""
    OPEN_OUTPUT = 2
    OFFER_INPUT = 3
    """Open a virtual port; payload: its name."""
    OFFER_OUTPUT = 4
    CLOSE = 5
    SEND = 6
    """Payload: one MIDI message."""
    LOOK = 7
    """See what ports there are, and answer SEEN: the sign of life."""

    # From it.
    RECEIVED = 16
    """Payload: one MIDI message."""
    OPENED = 17
    FAILED = 18
    """The port is not open; payload: why, for people."""
    LOST = 19
    """The port has been open and is no longer, though one of its name is there."""
    PORTS = 20
    """The ports there are, told when they change; payload: a JSON object with the lists "inputs" and "outputs"."""
    NO_MIDI = 21
    """There is no MIDI here; payload: why, for people. It is looked for again."""
    SEEN = 22


def encode(kind: Kind, port: int = 0, payload: bytes = b"") -> bytes:
    """One frame."""
    return _HEADER.pack(len(payload), kind, port) + payload


class Frames:
    """Puts together what a pipe takes apart."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete with `data`, in order."""
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        start = 0
        while len(data) - start >= _HEADER.size:
            length, kind, port = _HEADER.unpack_from(data, start)
            end = start + _HEADER.size + length
            if end > len(data):
                break
            frames.append((kind, port, data[start + _HEADER.size : end]))
            start = end
        self._rest = data[start:]
        return frames
