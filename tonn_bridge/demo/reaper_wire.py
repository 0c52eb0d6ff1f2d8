"""REAPER's own way with OSC packets: what it reads of a datagram, and how it gathers messages into one.

Sources: justinfrankel/reaper-sdk `osc.cpp`, `osc_message.cpp`.
"""

import struct
from collections.abc import Iterator

BUNDLE_HEADER = b"#bundle\0" + bytes.fromhex("00 00 00 00 01 00 00 00")


def flat_elements(datagram: bytes) -> Iterator[bytes]:
    """The messages in a datagram as REAPER finds them: time tag ignored, a bundle inside a bundle passed over."""
    if not datagram.startswith(b"#bundle\0"):
        yield datagram
        return
    at = len(BUNDLE_HEADER)
    while at + 4 <= len(datagram):
        (size,) = struct.unpack_from(">i", datagram, at)
        element = datagram[at + 4 : at + 4 + size]
        if size <= 0 or len(element) < size:
            return
        if not element.startswith(b"#bundle\0"):
            yield element
        at += 4 + size


def understood(message: bytes) -> bool:
    """Whether REAPER reads a message: one with any argument but `i`, `f` and `s` is dropped whole."""
    tags = message[(message.find(b"\0") + 4) & ~3 :].split(b"\0", 1)[0]
    return set(tags) <= set(b",ifs")


def pack(messages: list[bytes], packet_bytes: int) -> tuple[bytes, list[bytes]]:
    """One datagram of as many messages as fit `packet_bytes` (a lone one bare), and the messages left over."""
    size, count = len(BUNDLE_HEADER), 0
    while count < len(messages) and size + 4 + len(messages[count]) <= packet_bytes:
        size += 4 + len(messages[count])
        count += 1
    if count <= 1:
        return messages[0], messages[1:]
    framed = b"".join(struct.pack(">i", len(message)) + message for message in messages[:count])
    return BUNDLE_HEADER + framed, messages[count:]


def number_in(text: str) -> float:
    """The number a text begins with, 0.0 when it begins with none: REAPER reads the text forms with C's `atof`."""
    for end in range(len(text), 0, -1):
        try:
            return float(text[:end])
        except ValueError:
            continue
    return 0.0


def as_float32(value: float) -> float:
    """`value` as the wire carries it."""
    (carried,) = struct.unpack(">f", struct.pack(">f", value))
    return float(carried)
