"""Soft take-over: when a control that cannot move by itself may take hold of a value that stands elsewhere."""

from enum import StrEnum


class Takeover(StrEnum):
    """How a control without a motor comes to hold a value."""

    PICKUP = "pickup"
    """Nothing happens until the control passes the value."""
    SCALE = "scale"
    """The value moves in proportion to what is left of both travels, until they meet."""
    JUMP = "jump"
    """The value jumps to the control."""
    RELATIVE = "relative"
    """The value moves by as much as the control does."""
