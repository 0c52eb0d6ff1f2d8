"""Who is there: Mackie Control units (14, 15) need no answer, Logic Control units (10, 11) set a challenge."""

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.mackie.events import ConnectionQuery, ConnectionReply

POWER_UP = ConnectionQuery(bytes.fromhex("58 59 5a 57 18 61 05"), bytes.fromhex("57 18 61 05"))
"""What a unit says when it is switched on. REAPER knows this one word for word, and sends its whole state again."""


def response(challenge: bytes, *, as_ardour: bool = False) -> bytes:
    """The four bytes that answer a challenge of four; Ardour's differ in the second.

    Source: TouchMCU's description; Ardour shifts by the fourth byte where all others shift by four. Towards a real unit
    take the common form; a unit that is played should take any.

    Raises:
        RangeError: a challenge that has not four bytes.
    """
    if len(challenge) != 4:
        raise RangeError("length of the challenge", len(challenge), "4 bytes")
    c0, c1, c2, c3 = challenge
    shift = c3 if as_ardour else 4
    said = (
        c0 + (c1 ^ 0x0A) - c3,
        (c2 >> shift) ^ (c0 + c3),
        (c3 - (c2 << 2)) ^ (c0 | c1),
        c1 - c2 + (0xF0 ^ (c3 << 4)),
    )
    return bytes(part & 0x7F for part in said)


def reply(query: ConnectionQuery) -> ConnectionReply:
    """What a host says to a unit that has begun."""
    return ConnectionReply(query.serial, response(query.challenge))
