"""The `plugins` table of a mapping file: which plug-ins serve as trim, equaliser and compressor, and how they speak.

`mappings/README.md` explains every key with an example.
"""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StrictInt, StrictStr, model_validator

from tonn_bridge.core.dials import ChoiceDial, DialLaw, LineDial, LogDial, PlainDial, Unit
from tonn_bridge.core.plugins import Slot
from tonn_bridge.files import did_you_mean
from tonn_bridge.mapping.messages import Meaning, Table
from tonn_bridge.mapping.plugins.messages import (
    AskNothing,
    AskParam,
    AskStrip,
    FocusTold,
    ListTold,
    ParamTold,
    SetParam,
    SetSwitch,
    SwitchTold,
    TextTold,
    VersionTold,
)

Number = Annotated[float, Field(allow_inf_nan=False)]
Above0 = Annotated[Number, Field(gt=0.0)]
Param = StrictInt | Annotated[StrictStr, Field(min_length=1, max_length=100)]
"""A number, a name that the plug-in tells, or a piece of an address."""


def _is_not_empty(found: tuple[Any, ...]) -> tuple[Any, ...]:
    if not found:
        raise ValueError("must not be empty")
    return found


NotEmpty = AfterValidator(_is_not_empty)
_KNOB = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_PARAM = "The parameter: its number, the name that the DAW tells for it, or what stands for {param} in addresses."


class List(Table):
    """How a strip tells which plug-ins stand on it."""

    ask: tuple[AskStrip, ...] = Field(
        default=(), description="What asks for a strip's plug-ins; none where the DAW tells of them by itself."
    )
    told: ListTold = Field(description="The message that tells them: all at once (each), or one.")
    first: Annotated[int, Field(ge=0, le=1)] = Field(
        default=1, description="The number of the first plug-in, where the message does not tell their numbers."
    )


class Switch(Table):
    """How a plug-in is bypassed, where that is not one of its parameters."""

    on: Annotated[tuple[SetSwitch, ...], NotEmpty] = Field(description="What makes it sound.")
    off: Annotated[tuple[SetSwitch, ...], NotEmpty] = Field(description="What bypasses it.")
    ask: tuple[SetSwitch, ...] = Field(default=(), description="What asks whether it is on.")
    told: tuple[SwitchTold, ...] = Field(
        default=(), description="The messages that tell it, besides the list of plug-ins."
    )


class Text(Table):
    """How the DAW shows a parameter's value in words."""

    ask: tuple[AskParam, ...] = Field(
        default=(), description="What asks for the words; none where they come by themselves."
    )
    told: Annotated[tuple[TextTold, ...], NotEmpty] = Field(description="The messages that tell them.")
    without: str = Field(default="", description="What a person does where no words come: one sentence.")


class Version(Table):
    """How the DAW tells its version."""

    ask: Annotated[tuple[AskNothing, ...], NotEmpty] = Field(description="What asks for it.")
    told: VersionTold = Field(description="The message that tells it, in one argument or several.")


class Focus(Table):
    """Only the plug-ins of the track that is selected can be spoken to."""

    send: Annotated[tuple[AskStrip, ...], NotEmpty] = Field(description="What selects a strip.")
    told: FocusTold = Field(description="The message that tells whether a strip is selected.")
    settle_s: Annotated[float, Field(ge=0.0, le=5.0)] = Field(
        default=0.1, description="How long after that the plug-ins told of may still be those of the strip before."
    )


class Speech(Table):
    """How the parameters of a plug-in are set, asked for and told."""

    set: SetParam | None = Field(default=None, description="The message that sets a parameter.")
    ask: tuple[AskParam, ...] | None = Field(
        default=None,
        description="What asks for values: with a parameter in it, sent for each that is used, else for each plug-in.",
    )
    told: tuple[ParamTold, ...] | None = Field(
        default=None, description="The messages that tell values, or the parameters' names."
    )
    first_param: Annotated[int, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="The first parameter's number, where a message tells all without numbers; 1 unless given.",
    )
    words: tuple[Annotated[str, Field(min_length=1)], ...] | None = Field(
        default=None,
        description="The words that travel in place of numbers for parameters that are set to one of them; inside, a "
        "word's number is its place here, from 0.",
    )
    text: Text | None = Field(default=None, description="How the DAW shows a value in words.")
    switch: Switch | None = Field(
        default=None, description="How a plug-in is bypassed, where that is not one of its parameters."
    )


class Dial(Table):
    """What a dial shows, and how the number on the wire stands for it."""

    unit: Unit = Field(description="What it shows: hz, db, q, octaves (a bell's width), ms, s or ratio (n:1).")
    law: Literal["plain", "line", "log", "choices", "learn"] = Field(
        default="plain",
        description="plain: the number is what is shown, from low to high; line, log: from 0 (from) to full (to), "
        "straight or by equal ratios; choices: the place in a list; learn: known once it has been learnt.",
    )
    low: Number | None = Field(default=None, description="The lowest that can be set, in the unit; with plain.")
    high: Number | None = Field(default=None, description="The highest that can be set, in the unit; with plain.")
    from_: Number | None = Field(default=None, alias="from", description="What is shown at 0; with line and log.")
    to: Number | None = Field(default=None, description="What is shown at the other end; with line and log.")
    full: Above0 | None = Field(default=None, description="The number at that other end, 1 unless given.")
    raw: tuple[Number, Number] = Field(default=(0.0, 1.0), description="The numbers at its two ends; with learn.")
    choices: tuple[Above0, ...] = Field(
        default=(), description="What can be chosen, rising; 0 on the wire is the first."
    )
    steps: Annotated[int, Field(ge=2, le=1 << 24)] | None = Field(
        default=None, description="How many positions it has from end to end; none: as many as a float has."
    )
    whole: bool = Field(default=False, description='Its value travels as a whole number, whatever "set" says.')
    tolerance: Annotated[Number, Field(ge=0.0)] | None = Field(
        default=None,
        description="Two numbers on the wire this close are the same; half a step, or a hundred-thousandth of the "
        "travel, unless given.",
    )

    @model_validator(mode="after")
    def _fits_its_law(self) -> Self:
        wanted: dict[str, tuple[tuple[str, object], ...]] = {
            "plain": (("low", self.low), ("high", self.high)),
            "line": (("from", self.from_), ("to", self.to)),
            "log": (("from", self.from_), ("to", self.to)),
            "choices": (("choices", self.choices or None),),
        }
        for key, value in wanted.get(self.law, ()):
            if value is None:
                raise ValueError(f'the law "{self.law}" needs "{key}"')
        self.known_law()
        return self

    def known_law(self) -> DialLaw | None:
        """The law; None where it has to be learnt. Raises ValueError as pydantic wants it."""
        full = 1.0 if self.full is None else self.full
        match self.law:
            case "plain":
                low, high = self.low or 0.0, self.high or 0.0
                if not low < high:
                    raise ValueError('"low" must lie below "high"')
                return PlainDial(low, high)
            case "line" | "log":
                start, end = self.from_ or 0.0, self.to or 0.0
                if start == end or (self.law == "log" and min(start, end) <= 0.0):
                    raise ValueError('"from" and "to" must differ, and with the law "log" lie above 0')
                return LineDial(start, end, full) if self.law == "line" else LogDial(start, end, full)
            case "choices":
                if any(a >= b for a, b in pairwise(self.choices)):
                    raise ValueError('"choices" must rise')
                return ChoiceDial(self.choices)
        if not self.raw[0] < self.raw[1]:
            raise ValueError('"raw" must rise')
        return None


class ParamDial(Dial):
    """A dial that is one parameter."""

    param: Param = Field(description=_PARAM)


class Fixed(Table):
    """A parameter that is set to one number with the slot's first setting, and comes back with the user's mix."""

    name: Annotated[str, Field(pattern=f"^{_KNOB}$")] = Field(description="What it is, such as make-up.")
    param: Param = Field(description=_PARAM)
    value: Number | StrictStr = Field(description='The number that is set, or one of "words".')
    whole: bool = Field(default=False, description='It travels as a whole number, whatever "set" says.')
    tolerance: Annotated[Number, Field(ge=0.0)] = Field(
        default=0.0001, description="Two numbers on the wire this close are the same."
    )

    @model_validator(mode="after")
    def _is_no_knob(self) -> Self:
        if self.name in ("on", "threshold", "ratio", "attack", "release", "trim"):
            raise ValueError(f'"{self.name}" is a knob of its own; give what is fixed another name')
        return self


class On(Table):
    """The parameter that bypasses a plug-in."""

    param: Param = Field(description=_PARAM)
    on: Number = Field(default=1.0, description="Its number when the plug-in sounds.")
    off: Number = Field(default=0.0, description="Its number when it is bypassed.")
    flips: bool = Field(default=False, description="Whatever it is set to, it becomes the other: a toggle.")
    whole: bool = Field(default=False, description='It travels as a whole number, whatever "set" says.')


class Serves(Speech):
    """A plug-in that serves in a slot."""

    slot: Slot = Field(description="What it serves as: trim, eq or comp.")
    name: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(), description="The names it may have; * stands for anything. None: it is the strip's own."
    )
    title: str = Field(default="", description="What people call it; its first name unless given.")
    which: Literal["first", "last"] = Field(
        default="last", description="Which of several on a strip: the last ones stand behind the user's own."
    )
    instances: Annotated[int, Field(ge=1, le=8)] = Field(
        default=1, description="How many are used at most, one behind the other."
    )
    insert: str = Field(default="", description="How a person brings it onto a track: one sentence.")
    bells: tuple[tuple[Param, Param, Param], ...] = Field(
        default=(), description="eq: the parameters of frequency, gain and width of each bell."
    )
    bells_if_told: bool = Field(default=False, description="eq: a bell that the DAW tells nothing of is not there.")
    freq: Dial | None = Field(default=None, description="eq: the bells' frequency.")
    gain: Dial | None = Field(default=None, description="eq: the bells' gain.")
    q: Dial | None = Field(default=None, description="eq: the bells' width, as Q or in octaves.")
    threshold: ParamDial | None = Field(default=None, description="comp: the threshold.")
    ratio: ParamDial | None = Field(default=None, description="comp: the ratio.")
    attack: ParamDial | None = Field(default=None, description="comp: the attack.")
    release: ParamDial | None = Field(default=None, description="comp: the release.")
    trim: ParamDial | None = Field(default=None, description="trim: the gain before the plug-ins.")
    fixed: tuple[Fixed, ...] = Field(default=(), description="What is set to one number, so that it is neutral.")
    on: On | None = Field(default=None, description="The parameter that bypasses it, where that is one.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.name and not self.title:
            raise ValueError('needs "name" (how it is found), or "title" where it is the strip\'s own')
        keys = {Slot.TRIM: ("trim",), Slot.EQ: ("bells", "freq", "gain", "q"), Slot.COMP: ("threshold", "ratio")}
        for key in keys[self.slot]:
            if not getattr(self, key):
                raise ValueError(f'a plug-in that serves as {self.slot} needs "{key}"')
        if self.instances > 1 and self.slot is not Slot.EQ:
            raise ValueError('more than one of "instances" has a meaning for an equaliser only')
        names = [fixed.name for fixed in self.fixed]
        if len(set(names)) < len(names):
            raise ValueError('two of "fixed" have the same name')
        return self

    @property
    def called(self) -> str:
        return self.title or self.name[0]


class Plugins(Speech):
    """The plug-ins that can be set; what is said here of speech holds for each that says nothing else."""

    poll_s: Annotated[float, Field(gt=0.0, le=3600.0)] | None = Field(
        default=None,
        description="How often to look whether a hand has turned something; none where the DAW tells of that by "
        "itself, or where looking disturbs.",
    )
    list: List | None = Field(default=None, description="How a strip tells its plug-ins.")
    version: Version | None = Field(default=None, description="How the DAW tells its version.")
    focus: Focus | None = Field(
        default=None, description="How a strip is selected, where only the selected one can be set."
    )
    serves: Annotated[tuple[Serves, ...], NotEmpty] = Field(
        description="The plug-ins, in order of preference: the first that stands on a strip serves there."
    )
    lacks: dict[Slot, Annotated[str, Field(min_length=1)]] = Field(
        default={}, description="The slots for which nothing can be reached in this DAW, each with what to do instead."
    )

    @model_validator(mode="after")
    def _can_be_spoken_to(self) -> Self:
        for serves in self.serves:
            spoken = self.speech_of(serves)
            if spoken.set is None or not spoken.told:
                raise ValueError(f'{serves.called}: "set" and "told" are needed, for all plug-ins or for this one')
            if serves.name and self.list is None:
                raise ValueError(f'{serves.called} is found by its name, so "list" is needed')
            for fixed in serves.fixed:
                words = spoken.words or ()
                if isinstance(fixed.value, str) and fixed.value not in words:
                    near = did_you_mean(fixed.value, words) or "."
                    raise ValueError(f'{serves.called}: {fixed.name}: "{fixed.value}" is none of "words"{near}')
            if serves.slot in self.lacks:
                raise ValueError(f'{serves.called} serves as {serves.slot}, so that is nothing the DAW "lacks"')
            if self.focus is None:
                for message in (spoken.set, *spoken.told):
                    if not message.means(Meaning.STRIP):
                        raise ValueError(f"{message.address} does not say which strip")
        return self

    def speech_of(self, serves: Serves) -> Speech:
        """How one plug-in is spoken to: its own words, and for what it does not say those of all."""
        own = {key: getattr(serves, key) for key in Speech.model_fields if getattr(serves, key) is not None}
        return Speech.model_construct(**({key: getattr(self, key) for key in Speech.model_fields} | own))
