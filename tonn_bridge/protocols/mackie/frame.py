"""The frame of Mackie's SysEx messages: F0 00 00 66, the unit, a command, its data, F7."""

from collections.abc import Container

from tonn_bridge.errors import DecodeError, RangeError

MACKIE = b"\xf0\x00\x00\x66"
ICON_SECOND_LCD = b"\xf0\x00\x00\x67\x15\x13"

MAIN, EXTENDER = 0x14, 0x15
LOGIC_MAIN, LOGIC_EXTENDER = 0x10, 0x11
UNITS = frozenset((MAIN, EXTENDER, LOGIC_MAIN, LOGIC_EXTENDER))
"""The units there are by name; some third-party extenders answer as MAIN."""

CELL = 7
"""Characters of a strip's display."""
LINE = 8 * CELL
"""Characters of a row of the whole display."""
LCD_END = 2 * LINE
"""Characters of the whole display; the lower row is counted behind the upper."""


def unit_of(message: bytes) -> int | None:
    """Which unit a Mackie SysEx message goes to or comes from; None for every other message."""
    return message[4] if message.startswith(MACKIE) and len(message) > 6 else None


def unframe(message: bytes, units: Container[int]) -> tuple[int, bytes] | None:
    """Command and data of a complete SysEx message; None where it is not Mackie's, or not for one of `units`.

    Raises:
        DecodeError: it ends before its command.
    """
    if not message.startswith(MACKIE):
        return None
    if len(message) < 7:
        raise DecodeError("Mackie SysEx ends before its command", message)
    return (message[5], message[6:-1]) if message[4] in units else None


def frame(unit: int, command: int, data: bytes = b"") -> bytes:
    """The message that carries a command to or from `unit`.

    Raises:
        RangeError: a unit outside 0..127, or data above 127.
    """
    if not 0 <= unit <= 0x7F:
        raise RangeError("Mackie unit", unit, "0..127")
    if not data.isascii():
        raise RangeError("SysEx data", data.hex(" "), "00..7F")
    return MACKIE + bytes((unit, command)) + data + b"\xf7"
