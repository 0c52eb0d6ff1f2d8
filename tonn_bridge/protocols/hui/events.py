"""What HUI says beyond the words that all surfaces share. Strips count from 0 to 7."""

from dataclasses import dataclass
from enum import IntEnum

from tonn_bridge.protocols.mackie.events import JogTurned as JogTurned
from tonn_bridge.protocols.surface import (
    AssignmentText,
    BannerText,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    LampSet,
    RingSet,
)


class Side(IntEnum):
    """Which bar of a strip's meter."""

    LEFT = 0
    RIGHT = 1


@dataclass(frozen=True, slots=True)
class Ping:
    """The host's sign of life, once a second."""


@dataclass(frozen=True, slots=True)
class PingReply:
    """The surface's; without it Pro Tools takes the surface for gone."""


@dataclass(frozen=True, slots=True)
class MeterLevel:
    """One bar of a strip's meter at `level`, 0 to 12 (clipped)."""

    strip: int
    side: Side
    level: int


@dataclass(frozen=True, slots=True)
class TimecodeText:
    """The position display or the right end of it: up to eight digits, each with a dot behind it where one is lit."""

    text: str


FromSurface = FaderMoved | FaderTouched | EncoderTurned | ButtonPressed | JogTurned | PingReply
FromHost = FaderSet | RingSet | LampSet | CellText | BannerText | AssignmentText | MeterLevel | TimecodeText | Ping
HuiEvent = FromSurface | FromHost
