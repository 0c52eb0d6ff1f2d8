"""What a mapping file says, table by table. `mappings/README.md` explains every key with a worked example."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tonn_bridge.core.laws import LAWS, ArdourLaw, DecibelLaw, FaderLaw, TableLaw, named_law
from tonn_bridge.core.values import Gain
from tonn_bridge.errors import RangeError
from tonn_bridge.files import did_you_mean
from tonn_bridge.mapping.messages import (
    Address,
    Greeting,
    Meaning,
    Message,
    Question,
    Repeated,
    Round,
    Signal,
    Table,
    ValueHeard,
    heard,
    names_strip,
    sent,
)
from tonn_bridge.mapping.plugins.model import Plugins

Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0.0, le=3600.0)]
HostAndPort = Annotated[str, Field(pattern=r"^\S+:\d{1,5}$")]


class Ports(Table):
    """Where the DAW listens and where it sends."""

    send: HostAndPort | None = Field(
        default=None, description="The DAW's OSC input unless the session says otherwise, host:port; none: it must say."
    )
    listen: HostAndPort = Field(description="Where we listen unless the session says otherwise; port 0: any free one.")
    one_socket: bool = Field(
        default=False, description="The DAW answers the socket that asked it, and sends nowhere else."
    )


class Strips(Table):
    """How strips are counted and named on the wire."""

    first: Annotated[int, Field(ge=0, le=1)] = Field(default=1, description="The first strip's number on the wire.")
    digits: Annotated[int, Field(ge=1, le=4)] = Field(
        default=1, description="Least digits of a strip's number in an address: 2 makes /ch/01."
    )
    most: Annotated[int, Field(ge=1, le=1024)] = Field(description="The most strips that can be addressed.")
    blank_names: tuple[str, ...] = Field(default=(), description='Names that mean "there is no such strip".')
    vacant_at_the_end: bool = Field(
        default=False,
        description="The DAW also tells of places behind its last strip: with no name of their own, and off.",
    )


class Presence(Table):
    """How we notice that the DAW has gone."""

    ask_after_s: Seconds = Field(description="Silence after which the DAW is asked for a sign of life.")
    lost_after: Annotated[int, Field(ge=1, le=100)] = Field(
        default=3, description="Unanswered questions after which the DAW counts as lost."
    )
    ask: tuple[Signal, ...] = Field(
        default=(), description="What is asked; the greeting again unless given. Any answer is a sign of life."
    )
    alive: tuple[Address, ...] = Field(
        default=(), description="Addresses that come only to show that the DAW lives (heartbeats, answers to ask)."
    )


class KeepAlive(Table):
    """What must be said again and again for the DAW to go on talking."""

    every_s: Seconds = Field(description="Seconds from one time to the next.")
    messages: tuple[Repeated, ...] = Field(min_length=1, description="What is sent.")


class EchoForm(StrEnum):
    """What a DAW says when we have written a value."""

    SAME = "same"
    OTHER = "other"
    NONE = "none"


class Echo(Table):
    """What comes back after we write."""

    form: EchoForm = Field(
        description="same: the value at its own address; other: only its confirm forms; none: nothing, so it is asked."
    )
    late_s: Seconds = Field(description="How long after a write its last echo may still come.")


class Pacing(Table):
    """How fast the DAW can take what we send."""

    messages_per_s: Annotated[float, Field(gt=0.0, le=100_000.0)] = Field(
        description="The most messages per second, counted singly also where they travel in bundles."
    )
    bundle: bool = Field(description="Whether several messages may travel in one OSC bundle.")
    datagram_bytes: Annotated[int, Field(ge=128, le=65_507)] = Field(
        default=1400, description="The largest datagram sent, in bytes."
    )
    glide_step_ms: Annotated[float, Field(ge=1.0, le=1000.0)] = Field(
        default=20.0, description="Time between two steps of a glide."
    )


def _is_law(name: str) -> str:
    known = sorted(LAWS)
    if name not in known:
        raise ValueError(f'no law is called "{name}"{did_you_mean(name, known) or "."} Known: {", ".join(known)}')
    return name


class Law(Table):
    """How the numbers on the wire stand for dB."""

    law: Annotated[str, AfterValidator(_is_law)] | None = Field(
        default=None, description=f"Name of a fader law: {', '.join(sorted(LAWS))} (decibel: the number is dB)."
    )
    points: tuple[tuple[Number, Number], ...] | None = Field(
        default=None,
        description="Instead of a law: [position, dB] pairs with straight lines between; position 0 is off, 1 the top.",
    )
    top_db: Number | None = Field(
        default=None, description="The highest gain in dB the fader can be set to, where the law has more than one."
    )
    full: Annotated[Number, Field(gt=0.0)] | None = Field(
        default=None, description="The number that stands for the fader's top, 1.0 unless given."
    )

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        if (self.law is None) == (self.points is None):
            raise ValueError('needs "law" or "points", and not both')
        if self.is_decibel and self.full is not None:
            raise ValueError('"full" has no meaning with the decibel law, whose numbers are dB')
        if self.points is not None and self.top_db is not None:
            raise ValueError('"top_db" has no meaning with "points": the last point is the top')
        self.fader_law()
        return self

    @property
    def is_decibel(self) -> bool:
        """Whether the wire's numbers are dB."""
        return self.law is not None and isinstance(LAWS.get(self.law), DecibelLaw)

    def fader_law(self) -> FaderLaw:
        """The law itself. Raises ValueError as pydantic wants it: a RangeError is one."""
        try:
            if self.points is not None:
                return TableLaw(self.points)
            return named_law(self.law or "", None if self.top_db is None else Gain(self.top_db))
        except RangeError as exc:
            raise ValueError(str(exc)) from exc


class Control(Message):
    """One control of a strip: the message that sets it, and that tells it unless `read` says otherwise."""

    tolerance: Annotated[Number, Field(ge=0.0)] = Field(
        description="Resolution in the wire's units: two numbers this close are the same."
    )
    read: tuple[ValueHeard, ...] = Field(
        default=(), description="The messages that tell its value, where they differ from the one that sets it."
    )
    ask: tuple[Question, ...] = Field(
        default=(), description="What asks for this strip's value; empty where a single value cannot be asked for."
    )

    @property
    def sends_whole(self) -> bool:
        """Whether its value travels as a whole number."""
        return any(arg.is_ is Meaning.VALUE and arg.type == "i" for arg in self.args)

    @model_validator(mode="after")
    def _names_its_strip(self) -> Self:
        sent(Meaning.STRIP, Meaning.VALUE)(self)
        heard(Meaning.VALUE)(self)
        names_strip((self, *self.read))
        return self


class Steps(StrEnum):
    """How a device rounds to its steps."""

    NEAREST = "nearest"
    TRUNCATE = "truncate"


class _Stepped(Table):
    steps: Annotated[int, Field(ge=2, le=1 << 24)] | None = Field(
        default=None, description="How many positions the device has from end to end; none: as many as a float has."
    )
    rounding: Steps = Field(
        default=Steps.NEAREST,
        description="How it finds one: nearest, or truncate, the whole part of (steps - 0.5) times the travel.",
    )


class GainConfirm(Law, Message):
    """A second form of the gain that can only confirm what we wrote."""

    tolerance: Annotated[Number, Field(ge=0.0)] = Field(
        description="How far it may lie from the value itself, in the units of the control's own message."
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        heard(Meaning.VALUE)(self)
        names_strip((self,))
        return self


class PanConfirm(Message):
    """A second form of the pan that can only confirm what we wrote."""

    tolerance: Annotated[Number, Field(ge=0.0)] = Field(
        description="How far it may lie from the value itself, in the units of the control's own message."
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        heard(Meaning.VALUE, Meaning.PAN_TEXT)(self)
        names_strip((self,))
        return self


class GainControl(_Stepped, Law, Control):
    """A strip's fader."""

    off: Number | None = Field(
        default=None, description="The number that is sent for off; 0 unless given, and needed with the decibel law."
    )
    off_below: Number | None = Field(
        default=None, description="Numbers at or below this one mean off; the same as off unless given."
    )
    no_strip: tuple[Number, ...] = Field(default=(), description='Numbers that mean "there is no such strip".')
    fader: Annotated[str, AfterValidator(_is_law)] | None = Field(
        default=None,
        description="With the decibel law: the law of the DAW's fader as people see it, by which motor faders stand.",
    )
    confirm: tuple[GainConfirm, ...] = Field(
        default=(), description="Other forms in which the gain is told, which can only confirm a write."
    )

    def seen_law(self) -> FaderLaw:
        """The law by which this fader stands on a screen, or under a motor."""
        law = self.fader_law()
        if not self.is_decibel:
            return law
        return ArdourLaw(law.top) if self.fader is None else named_law(self.fader)

    @model_validator(mode="after")
    def _says_off(self) -> Self:
        if self.is_decibel and self.off is None:
            raise ValueError('needs "off": the number that this DAW takes for minus infinity dB')
        if self.is_decibel and (self.steps is not None or self.sends_whole):
            raise ValueError('the decibel law has no steps, and its value is of type "f"')
        if self.fader is not None and not self.is_decibel:
            raise ValueError('"fader" has no meaning without the decibel law: the law is the fader\'s own')
        return self


class PanControl(_Stepped, Control):
    """A strip's pan: a straight line from `left` to `right`."""

    left: Number = Field(description="The number for hard left.")
    right: Number = Field(description="The number for hard right; smaller than left where the DAW is mirrored.")
    confirm: tuple[PanConfirm, ...] = Field(
        default=(), description="Other forms in which the pan is told, which can only confirm a write."
    )

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.left == self.right:
            raise ValueError('"left" and "right" are the same')
        return self


class MuteControl(Control):
    """A strip's mute."""

    tolerance: Annotated[Number, Field(ge=0.0)] = Field(
        default=0.0, description="Not needed: the nearer number counts."
    )
    muted: Number = Field(default=1.0, description="The number for muted: 0 where the DAW has an on switch instead.")
    unmuted: Number = Field(default=0.0, description="The number for not muted.")


class NameControl(Message):
    """A strip's name, which is only read."""

    ask: tuple[Question, ...] = Field(default=(), description="What asks for one strip's name.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        heard(Meaning.NAME)(self)
        names_strip((self,))
        return self


class Strip(Table):
    """What can be set and read on each strip."""

    gain: GainControl = Field(description="The fader.")
    pan: PanControl | None = Field(default=None, description="The pan, where it can be set.")
    mute: MuteControl | None = Field(default=None, description="The mute, where it is told.")
    name: NameControl | None = Field(default=None, description="The name, where each strip tells its own.")


class StripList(Table):
    """How the DAW tells which strips there are, apart from naming them one by one."""

    count: Annotated[Message, AfterValidator(heard(Meaning.COUNT))] | None = Field(
        default=None, description="The message that tells how many strips there are."
    )
    names: Annotated[Message, AfterValidator(heard(Meaning.NAMES))] | None = Field(
        default=None, description="The message that tells all names at once, in order."
    )
    entry: Annotated[Message, AfterValidator(heard(Meaning.NAME))] | None = Field(
        default=None, description="The message that tells one strip of a list that is sent strip by strip."
    )
    end: Message | None = Field(default=None, description="The message that closes such a list.")
    changed: tuple[Address, ...] = Field(
        default=(), description="Addresses that say that strips have come, gone or moved: everything is asked again."
    )

    @model_validator(mode="after")
    def _entries_end(self) -> Self:
        if (self.entry is None) != (self.end is None):
            raise ValueError('"entry" and "end" belong together')
        if self.entry is not None:
            names_strip((self.entry,))
        return self


class Mapping(Table):
    """How one DAW or console is spoken to over OSC."""

    name: Annotated[str, Field(min_length=1)] = Field(description="What people call it.")
    source: Annotated[str, Field(min_length=1)] = Field(description="Where the facts in this file come from.")
    role: Literal["daw"] = Field(default="daw", description="daw: a DAW or console that speaks OSC.")
    ports: Ports = Field(description="Where it listens and where it sends.")
    strips: Strips = Field(description="How strips are counted on the wire.")
    greeting: tuple[Greeting, ...] = Field(
        default=(),
        description="Sent first, and again when the DAW comes back; messages with a strip go to each.",
    )
    farewell: tuple[Signal, ...] = Field(default=(), description="What is sent on leaving.")
    ask_all: tuple[Round, ...] = Field(
        default=(),
        description="What asks for all present values; messages with a strip go to each strip. Every ask of the "
        "strip's controls unless given.",
    )
    presence: Presence = Field(description="How we notice that it has gone.")
    keep_alive: KeepAlive | None = Field(default=None, description="What must be repeated, if anything.")
    echo: Echo = Field(description="What comes back after we write.")
    pacing: Pacing = Field(description="How fast it can take what we send.")
    strip: Strip = Field(description="What can be set and read on each strip.")
    list: StripList = Field(default=StripList(), description="How it tells which strips there are.")
    plugins: Plugins | None = Field(
        default=None, description="Which plug-ins serve as trim, equaliser and compressor, and how they are spoken to."
    )

    @model_validator(mode="after")
    def _controls_differ(self) -> Self:
        seen: dict[tuple[object, ...], str] = {}
        for name, control in (("gain", self.strip.gain), ("pan", self.strip.pan), ("mute", self.strip.mute)):
            for message in (control.read or (control,)) if control else ():
                other = seen.setdefault((message.address, message.args), name)
                if other != name:
                    raise ValueError(f"strip.{other} and strip.{name} are told by the same message, {message.address}")
        return self
