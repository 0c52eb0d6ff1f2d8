"""The messages in a mapping file: an address, arguments, and which of them may stand where."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

_STRIP = "{strip}"
_ADDRESS = re.compile(r"/[^\s*?\[\]{}#,]{0,199}", re.ASCII)


def _is_address(address: str) -> str:
    if not address.isascii() or not address.isprintable() or not _ADDRESS.fullmatch(address.replace(_STRIP, "1")):
        raise ValueError(
            f'"{address}" must begin with / and hold no blanks and none of * ? [ ] # , nor {{}} but {_STRIP}'
        )
    return address


def _is_constant(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is neither a number nor text")
    return value


Address = Annotated[str, AfterValidator(_is_address)]
Constant = Annotated[StrictInt | StrictFloat | StrictStr, BeforeValidator(_is_constant)]


class Table(BaseModel):
    """A table of a mapping file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Meaning(StrEnum):
    """What stands at one place of a message."""

    STRIP = "strip"
    VALUE = "value"
    TRACK_COUNT = "track_count"
    NAME = "name"
    NAMES = "names"
    COUNT = "count"
    PAN_TEXT = "pan_text"
    ROUND = "round"
    PLUGIN = "plugin"
    PLUGIN_NAME = "plugin_name"
    ON = "on"
    PARAM = "param"
    PARAM_NAME = "param_name"
    TEXT = "text"
    VERSION = "version"


_TEXTS = {Meaning.NAME, Meaning.NAMES, Meaning.PAN_TEXT, Meaning.PLUGIN_NAME, Meaning.PARAM_NAME, Meaning.TEXT}


def _fits(value: int | float | str, osc_type: str) -> bool:
    match osc_type, value:
        case "s", str():
            return "\0" not in value
        case "i", int():
            return -(2**31) <= value < 2**31
        case "f", int() | float():
            return abs(value) < 3.4e38
        case _:
            return False


class Arg(Table):
    """One argument: its OSC type, and what stands there: a meaning, a constant, or (heard only) anything."""

    type: Literal["i", "f", "s"] = Field(description="OSC type: i whole number, f float, s text.")
    is_: Meaning | None = Field(
        default=None,
        alias="is",
        description="What stands here: strip, value, track_count, round (of questions; what is told of an older one "
        "counts for nothing); in messages that are heard also name, names (one per strip, up to the message's end), "
        "count, pan_text (such as 50%L). In the messages of plug-ins: plugin, plugin_name, on, param, param_name, "
        "text, version.",
    )
    value: Constant | None = Field(default=None, description="A constant that stands here.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.is_ is not None and self.value is not None:
            raise ValueError('has both "is" and "value"; keep one')
        if self.is_ in _TEXTS and self.type != "s":
            raise ValueError(f'"{self.is_}" is text: its type is "s"')
        if self.value is not None and not _fits(self.value, self.type):
            raise ValueError(f'value {self.value!r} does not fit type "{self.type}"')
        return self


class Message(Table):
    """An OSC message: an address, in which {strip} stands for the strip's number, and arguments."""

    address: Address = Field(description="OSC address; {strip} stands for the strip's number.")
    args: tuple[Arg, ...] = Field(default=(), description="The arguments in order; none unless given.")

    @model_validator(mode="after")
    def _one_strip(self) -> Self:
        if self.address.count(_STRIP) + sum(arg.is_ is Meaning.STRIP for arg in self.args) > 1:
            raise ValueError(f"{self.address} names its strip twice")
        return self

    def means(self, meaning: Meaning) -> bool:
        """Whether `meaning` stands somewhere in the message."""
        return any(arg.is_ is meaning for arg in self.args) or (meaning is Meaning.STRIP and _STRIP in self.address)


def sent(*allowed: Meaning) -> Callable[[Message], Message]:
    """A check of a message that is sent: every argument is a constant or one of `allowed`."""

    def check(message: Message) -> Message:
        for place, arg in enumerate(message.args, 1):
            if arg.is_ is None and arg.value is None:
                raise ValueError(f'args[{place}] needs "is" or "value": nothing can be sent there')
            _refuse(place, arg, allowed)
        if Meaning.STRIP not in allowed and message.means(Meaning.STRIP):
            raise ValueError(f"{_STRIP} has no meaning here")
        return message

    return check


def heard(*wanted: Meaning, beside: tuple[Meaning, ...] = (Meaning.STRIP,)) -> Callable[[Message], Message]:
    """A check of a message that is heard: exactly one of `wanted` stands in it, and `beside` may."""

    def check(message: Message) -> Message:
        for place, arg in enumerate(message.args, 1):
            _refuse(place, arg, (*wanted, *beside))
        if sum(arg.is_ in wanted for arg in message.args) != 1:
            raise ValueError(f"needs one argument that is {_or(wanted)}")
        if message.means(Meaning.NAMES) and message.args[-1].is_ is not Meaning.NAMES:
            raise ValueError('"names" reaches up to the message\'s end: nothing may follow it')
        return message

    return check


def _refuse(place: int, arg: Arg, allowed: tuple[Meaning, ...]) -> None:
    if arg.is_ is not None and arg.is_ not in allowed:
        raise ValueError(f'args[{place}] is "{arg.is_}", which has no meaning here; it may be {_or(allowed)}')


def _or(meanings: tuple[Meaning, ...]) -> str:
    return " or ".join(f'"{meaning}"' for meaning in meanings) or "a constant"


def names_strip(messages: tuple[Message, ...]) -> None:
    """A check that each of `messages` says which strip it is about."""
    for message in messages:
        if not message.means(Meaning.STRIP):
            raise ValueError(f"{message.address} does not say which strip: put {_STRIP} in it, or an arg that is it")


Greeting = Annotated[Message, AfterValidator(sent(Meaning.STRIP, Meaning.TRACK_COUNT))]
Question = Annotated[Message, AfterValidator(sent(Meaning.STRIP))]
Round = Annotated[Message, AfterValidator(sent(Meaning.STRIP, Meaning.ROUND))]
Signal = Annotated[Message, AfterValidator(sent())]
Repeated = Annotated[Message, AfterValidator(sent(Meaning.TRACK_COUNT))]
ValueHeard = Annotated[Message, AfterValidator(heard(Meaning.VALUE, beside=(Meaning.STRIP, Meaning.ROUND)))]
