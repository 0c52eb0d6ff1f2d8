"""What Mackie Control says beyond the words that all surfaces share. Strips count from 0 to 7."""

from dataclasses import dataclass

from tonn_bridge.protocols.surface import (
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    LampSet,
    RingSet,
)

# --- what a surface says --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JogTurned:
    """The wheel was turned by `ticks`, clockwise counted up."""

    ticks: int


@dataclass(frozen=True, slots=True)
class PedalMoved:
    """The pedal stands at `position`, 0.0 to 1.0."""

    position: float


@dataclass(frozen=True, slots=True)
class ConnectionQuery:
    """The unit has begun, or was asked who it is: its serial number (7 bytes) and a challenge (4 bytes)."""

    serial: bytes
    challenge: bytes


@dataclass(frozen=True, slots=True)
class ConnectionConfirmed:
    """The unit took the host's response."""

    serial: bytes


@dataclass(frozen=True, slots=True)
class ConnectionRefused:
    """The unit did not take the host's response."""

    serial: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """The unit's firmware, five characters as a rule."""

    text: str


# --- what a host says -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """Who is there?"""


@dataclass(frozen=True, slots=True)
class ConnectionReply:
    """The unit's serial number back (7 bytes), and the response to its challenge (4 bytes)."""

    serial: bytes
    response: bytes


@dataclass(frozen=True, slots=True)
class VersionRequest:
    """Which firmware is it?"""


@dataclass(frozen=True, slots=True)
class Reset:
    """Lamps off, faders down, display clear: REAPER's farewell."""


@dataclass(frozen=True, slots=True)
class Recalibrate:
    """Let the faders find their ends."""


@dataclass(frozen=True, slots=True)
class Backlight:
    """Light behind the display; on the original this is the click of the transport buttons."""

    on: bool


@dataclass(frozen=True, slots=True)
class AllFadersDown:
    """Every fader to its bottom."""


@dataclass(frozen=True, slots=True)
class AllLampsOff:
    """Every button and ring dark."""


@dataclass(frozen=True, slots=True)
class LcdText:
    """Text at `offset` of the display's two rows of 56 characters: 0..55 the upper, 56..111 the lower."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class SecondLcdText:
    """The same on the second display that newer iCON units carry above the first."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class TimecodeDigit:
    """One of the ten digits of the position display, `place` 0 the rightmost, with its dot."""

    place: int
    character: str
    dot: bool = False


@dataclass(frozen=True, slots=True)
class AssignmentDigit:
    """One of the two digits of the assignment display, `place` 0 the right one, with its dot."""

    place: int
    character: str
    dot: bool = False


@dataclass(frozen=True, slots=True)
class MeterLevel:
    """A strip's meter at `level`, 0 to 12, 13 for full scale; it falls by itself."""

    strip: int
    level: int


@dataclass(frozen=True, slots=True)
class MeterOverload:
    """A strip's overload lamp."""

    strip: int
    on: bool


@dataclass(frozen=True, slots=True)
class MeterMode:
    """How a strip shows its level: bit 0 signal lamp, bit 1 peak hold, bit 2 in the display."""

    strip: int
    bits: int


FromSurface = (
    FaderMoved
    | FaderTouched
    | EncoderTurned
    | ButtonPressed
    | Awake
    | JogTurned
    | PedalMoved
    | ConnectionQuery
    | ConnectionConfirmed
    | ConnectionRefused
    | Version
)
FromHost = (
    FaderSet
    | RingSet
    | LampSet
    | ColoursSet
    | LcdText
    | SecondLcdText
    | TimecodeDigit
    | AssignmentDigit
    | MeterLevel
    | MeterOverload
    | MeterMode
    | DeviceQuery
    | ConnectionReply
    | VersionRequest
    | Reset
    | Recalibrate
    | Backlight
    | AllFadersDown
    | AllLampsOff
)
MackieEvent = FromSurface | FromHost | CellText | BannerText | AssignmentText
"""All that can be written; cells, banners and assignments are read as the text and the digits they are made of."""
