"""Faders and rings as bytes, each way side by side; HUI has the same rings."""

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.surface import RingMode, RingSet

FADER_MAX = 0x3FFF

_CENTRE_LAMP = 0x40
_STEPS = {RingMode.DOT: 10, RingMode.BOOST_CUT: 10, RingMode.FAN: 10, RingMode.SPREAD: 5}
"""Steps between the first and the last position of a ring, which is written from 1; 0 is dark."""


def fader_position(low: int, high: int) -> float:
    """0.0 (bottom) to 1.0 (top)."""
    return (low | high << 7) / FADER_MAX


def fader_bytes(position: float) -> tuple[int, int]:
    """The lower and the upper seven bits nearest to `position`.

    Raises:
        RangeError: NaN, or outside 0.0..1.0.
    """
    value = round(within_travel("fader position", position) * FADER_MAX)
    return value & 0x7F, value >> 7


def ring(encoder: int, byte: int) -> RingSet:
    """What a ring shows for this byte; a position past its last lamp stops there."""
    mode = RingMode(byte >> 4 & 0b11)
    lamp = byte & 0x0F
    position = min(1.0, (lamp - 1) / _STEPS[mode]) if lamp else None
    return RingSet(encoder, mode, position, centre=bool(byte & _CENTRE_LAMP))


def ring_byte(told: RingSet) -> int:
    """The byte that lights the nearest lamps.

    Raises:
        RangeError: a position that is NaN or outside 0.0..1.0.
    """
    lamp = 0
    if told.position is not None:
        lamp = 1 + round(within_travel("ring position", told.position) * _STEPS[told.mode])
    return (_CENTRE_LAMP if told.centre else 0) | told.mode.value << 4 | lamp


def within_travel(what: str, position: float) -> float:
    """`position` itself.

    Raises:
        RangeError: NaN, or outside 0.0..1.0.
    """
    if not 0.0 <= position <= 1.0:
        raise RangeError(what, position, "0.0..1.0")
    return position
