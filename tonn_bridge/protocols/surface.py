"""What control surfaces say and are told, in words that hold for Mackie, HUI, plain MIDI and OSC alike.

A unit is one box with its own port. Its strips, faders and encoders count from 0; `MASTER` is the fader beside them.
A button has a name ("f1", "bank_left"); those that stand on every strip ("select", "mute") carry the strip as well.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

MASTER = -1
"""The fader beside those of the strips."""


# --- what a surface says --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FaderMoved:
    """A fader stands at `position`, 0.0 (bottom) to 1.0 (top)."""

    fader: int
    position: float


@dataclass(frozen=True, slots=True)
class FaderTouched:
    """A hand was laid on a fader, or taken off."""

    fader: int
    touched: bool


@dataclass(frozen=True, slots=True)
class EncoderTurned:
    """An endless encoder was turned by `ticks`, clockwise counted up."""

    encoder: int
    ticks: int


@dataclass(frozen=True, slots=True)
class KnobMoved:
    """A knob with two ends stands at `position`, 0.0 to 1.0."""

    knob: int
    position: float


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button was pressed or let go; `strip` None where it stands on no strip."""

    button: str
    pressed: bool
    strip: int | None = None


@dataclass(frozen=True, slots=True)
class Awake:
    """The unit has just begun, or begun again: it shows nothing of what it was told before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The unit wants these messages back, word for word (a handshake)."""

    messages: tuple[bytes, ...]


Heard = FaderMoved | FaderTouched | EncoderTurned | KnobMoved | ButtonPressed | Awake | Answer


# --- what a surface is told -----------------------------------------------------------------------------------------


class RingMode(Enum):
    """How the lamps around an encoder show a position."""

    DOT = 0
    BOOST_CUT = 1
    """From the middle to the position."""
    FAN = 2
    """From the left end to the position."""
    SPREAD = 3
    """From the middle to both sides."""


class Lamp(StrEnum):
    """A button's light."""

    OFF = "off"
    ON = "on"
    BLINK = "blink"


@dataclass(frozen=True, slots=True)
class FaderSet:
    """Drive a fader to `position`, 0.0 to 1.0."""

    fader: int
    position: float


@dataclass(frozen=True, slots=True)
class RingSet:
    """Light an encoder's ring at `position`, 0.0 to 1.0 (None: dark), and the lamp at its centre."""

    encoder: int
    mode: RingMode
    position: float | None
    centre: bool = False


@dataclass(frozen=True, slots=True)
class LampSet:
    """Light a button."""

    button: str
    lamp: Lamp
    strip: int | None = None


@dataclass(frozen=True, slots=True)
class CellText:
    """Write `text` into a strip's own display, `row` 0 (upper) or 1; longer than the cell, it is cut."""

    strip: int
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class BannerText:
    """Write a line across the unit's whole display; where that is made of the strips' cells, it covers them."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class AssignmentText:
    """Two characters in the assignment display."""

    text: str


@dataclass(frozen=True, slots=True)
class ColoursSet:
    """The background of each strip's display: bit 0 red, bit 1 green, bit 2 blue; 0 makes its text unreadable."""

    colours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GhostSet:
    """Mark beside a fader where the proposal would put it, 0.0 to 1.0; None: nothing is proposed."""

    strip: int
    position: float | None


@dataclass(frozen=True, slots=True)
class StateText:
    """What the daemon is doing, in the one word of the state document."""

    text: str


@dataclass(frozen=True, slots=True)
class ProgressSet:
    """How far it has come with that, 0.0 to 1.0."""

    progress: float


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The open question and the seconds it stays open; an empty text: nothing is asked."""

    text: str
    left_s: float


Told = (
    FaderSet
    | RingSet
    | LampSet
    | CellText
    | BannerText
    | AssignmentText
    | ColoursSet
    | GhostSet
    | StateText
    | ProgressSet
    | QuestionText
)
