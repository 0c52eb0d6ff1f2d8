"""The frame of HUI's SysEx messages: F0 00 00 66 05 00, which display, its data, F7."""

from enum import IntEnum

from tonn_bridge.errors import DecodeError

HUI = b"\xf0\x00\x00\x66\x05\x00"


class Display(IntEnum):
    """Which display a message writes to."""

    CELLS = 0x10
    """The strips' own, and select-assign."""
    TIMECODE = 0x11
    LINES = 0x12
    """The large one."""


CELL = 4
"""Characters of a strip's display."""
SELECT_ASSIGN = 8
"""The display behind those of the strips."""
LINE = 40
"""Characters of a row of the large display."""
PART = 10
"""Characters of it that one message carries: a quarter of a row, the lower row's behind the upper's."""
PARTS = 8
DIGITS = 8
"""Of the position display."""


def unframe(message: bytes) -> tuple[int, bytes] | None:
    """Display and data of a complete SysEx message; None where it is not HUI's.

    Raises:
        DecodeError: it ends before it says which display.
    """
    if not message.startswith(HUI):
        return None
    if len(message) < len(HUI) + 2:
        raise DecodeError("HUI SysEx ends before its command", message)
    return message[len(HUI)], message[len(HUI) + 1 : -1]


def frame(display: Display, data: bytes) -> bytes:
    """The message that writes to a display."""
    return HUI + bytes((display,)) + data + b"\xf7"
