"""What a mapping file with `role = "device"` says, table by table."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tonn_bridge.core.laws import LAWS, DecibelLaw, FaderLaw, TableLaw, named_law
from tonn_bridge.core.values import Gain
from tonn_bridge.errors import RangeError
from tonn_bridge.files import did_you_mean
from tonn_bridge.mapping.messages import Table

Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0.0, le=60.0)]

FADER_LAWS = tuple(sorted(name for name, law in LAWS.items() if not isinstance(law, DecibelLaw)))


class Protocol(StrEnum):
    """Which surface the DAW believes to see."""

    MACKIE = "mackie"
    """Mackie Control, and its extenders."""
    LOGIC = "logic"
    """Mackie Control as Logic Control: the same, under other numbers, and it wants to be recognised."""
    HUI = "hui"


class MainUnit(StrEnum):
    """Where the main unit stands in the row; the others are extenders."""

    LEFT = "left"
    RIGHT = "right"


class RingRounding(StrEnum):
    """How the DAW finds one of the eleven lamps around a V-Pot for a pan."""

    NEAREST = "nearest"
    """The nearest of eleven places from end to end."""
    FLOOR = "floor"
    """The travel in eleven equal parts."""
    LOOSE = "loose"
    """Not known: within one lamp."""


class PanText(StrEnum):
    """How the DAW writes a pan into the scribble strip."""

    NONE = "none"
    BALANCE = "balance"
    """L48R52: both sides, together a hundred."""
    SIDE = "side"
    """L4, 4R, C: the side and how far."""


class Units(Table):
    """The row of units that the DAW believes to see; each has eight strips."""

    most: Annotated[int, Field(ge=1, le=8)] = Field(description="How many units the DAW can take.")
    main: MainUnit = Field(
        default=MainUnit.LEFT, description="Where the main unit stands in the row, as the DAW has been told."
    )


class Hello(Table):
    """What is said before anything else."""

    announce: bool = Field(
        default=True,
        description="Whether the power-up message of a real unit is sent until the DAW is heard: some then tell all.",
    )
    knock: bool = Field(
        default=True,
        description="Whether the window of tracks is moved to and fro while the DAW is silent, so that it tells them.",
    )


class Fader(Table):
    """A strip's fader: 0 to 16,383."""

    law: Annotated[str, AfterValidator(lambda name: _is_law(name))] | None = Field(
        default=None, description=f"Name of its law ({', '.join(FADER_LAWS)}); none: it has to be learnt."
    )
    top_db: Number | None = Field(default=None, description="Where it ends, for laws that can end elsewhere.")
    points: tuple[tuple[Number, Number], ...] | None = Field(
        default=None, description="Instead of a law: [position, dB] pairs with straight lines between; 0 is off."
    )
    tolerance: Annotated[Number, Field(ge=0.0, le=512.0)] = Field(
        default=0.5, description="Resolution: two positions of 0 to 16,383 this close are the same."
    )
    touch: bool = Field(default=True, description="Whether the DAW wants to know of a hand on the fader that moves.")
    text_row: Literal[0, 1] | None = Field(
        default=None, description="The row of the scribble strip in which it writes the dB of a moved fader, if any."
    )
    text_step_db: Annotated[Number, Field(gt=0.0, le=6.0)] = Field(
        default=0.1, description="The last digit of that text."
    )

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        if self.law is not None and self.points is not None:
            raise ValueError('needs "law" or "points", and not both')
        self.fader_law()
        return self

    def fader_law(self) -> FaderLaw | None:
        """The law it names; None where it has to be learnt. Raises ValueError as pydantic wants it."""
        try:
            if self.points is not None:
                return TableLaw(self.points)
            return None if self.law is None else named_law(self.law, None if self.top_db is None else Gain(self.top_db))
        except RangeError as exc:
            raise ValueError(str(exc)) from exc


class FinePan(Table):
    """Smaller steps while a button is held."""

    button: Annotated[str, Field(min_length=1)] = Field(description="The button that is held.")
    step: Annotated[Number, Field(gt=0.0, le=1.0)] = Field(description="How far one tick turns then.")


class PanPot(Table):
    """A strip's pan on its V-Pot, which can only be turned; pans run from -1 (left) to +1."""

    step: Annotated[Number, Field(gt=0.0, le=1.0)] = Field(description="How far one tick turns.")
    most_ticks: Annotated[int, Field(ge=1, le=63)] = Field(default=63, description="The most ticks in one message.")
    exact: bool = Field(default=False, description="Whether `step` is always the same, however fast it is turned.")
    ring: RingRounding = Field(default=RingRounding.LOOSE, description="How the lamps around it are found.")
    text: PanText = Field(default=PanText.NONE, description="How the pan is written into the scribble strip.")
    text_full: Annotated[Number, Field(gt=0.0)] = Field(
        default=100.0, description="The number it writes at either end."
    )
    text_row: Literal[0, 1] = Field(default=1, description="The row in which it is written.")
    fine: FinePan | None = Field(default=None, description="Smaller steps, where there are any.")


class Names(Table):
    """Track names on the scribble strips."""

    row: Literal[0, 1] = Field(default=0, description="The row in which they stand.")
    characters: Annotated[int, Field(ge=3, le=7)] = Field(description="How many characters of a name are shown.")


class Banks(Table):
    """How the DAW moves its window of tracks over the units."""

    settle_s: Seconds = Field(
        default=0.25, description="After BANK or CHANNEL, silence this long means that the window stands."
    )
    stay_s: Seconds = Field(default=0.3, description="The least time spent at one window before the next.")


class Echoes(StrEnum):
    """What a DAW says when we have moved a fader."""

    SAME = "same"
    NONE = "none"


class Echo(Table):
    """What comes back after we write."""

    form: Echoes = Field(description="same: the position, as after a hand's move in the DAW; none: nothing.")
    late_s: Seconds = Field(default=0.5, description="How long after a write its last echo may still come.")


class Pacing(Table):
    """How fast the DAW can take what we send."""

    messages_per_s: Annotated[float, Field(gt=0.0, le=2000.0)] = Field(
        default=800.0, description="The most messages per second on all ports together."
    )
    glide_step_ms: Annotated[float, Field(ge=1.0, le=1000.0)] = Field(
        default=30.0, description="Time between two steps of a glide."
    )


class Presence(Table):
    """How we notice that the DAW has gone."""

    silent_s: Seconds | None = Field(
        default=None, description="Silence that means that it has gone; none: it may be silent as long as it likes."
    )


class DeviceFile(Table):
    """A DAW towards which we play a Mackie Control or a HUI."""

    role: Literal["device"] = Field(description="What this file is of.")
    name: Annotated[str, Field(min_length=1)] = Field(description="What people call the DAW.")
    source: Annotated[str, Field(min_length=1)] = Field(description="Where the facts in this file come from.")
    setup: str = Field(default="", description="What has to be set up in the DAW, in a sentence or two.")
    protocol: Protocol = Field(description="Which surface it believes to see: mackie, logic (Logic Control) or hui.")
    units: Units = Field(description="The row of units.")
    hello: Hello = Field(default=Hello(), description="What is said before anything else.")
    presence: Presence = Field(default=Presence(), description="How we notice that it has gone.")
    fader: Fader = Field(description="A strip's fader.")
    pan: PanPot | None = Field(default=None, description="A strip's V-Pot, where it can be trusted to be the pan.")
    names: Names = Field(description="Track names on the scribble strips.")
    banks: Banks = Field(default=Banks(), description="How the window of tracks moves.")
    echo: Echo = Field(description="What comes back after we write.")
    pacing: Pacing = Field(default=Pacing(), description="How fast it takes what we send.")


def _is_law(name: str) -> str:
    if name not in FADER_LAWS:
        known = list(FADER_LAWS)
        raise ValueError(f'no law is called "{name}"{did_you_mean(name, known) or "."} Known: {", ".join(known)}')
    return name
