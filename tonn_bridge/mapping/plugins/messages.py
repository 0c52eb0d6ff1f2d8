"""The messages about plug-ins in a mapping file: they name a strip, one of its plug-ins, and a parameter of that."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from tonn_bridge.mapping.messages import Arg, Meaning, Table

PLACES = ("{strip}", "{plugin}", "{param}")
_PLACE = {"{strip}": Meaning.STRIP, "{plugin}": Meaning.PLUGIN, "{param}": Meaning.PARAM}
_ADDRESS = re.compile(r"/[^\s*?\[\]{}#,]{0,199}", re.ASCII)
WHERE = (Meaning.STRIP, Meaning.PLUGIN, Meaning.PARAM)


def _is_address(address: str) -> str:
    plain = address
    for place in PLACES:
        plain = plain.replace(place, "1")
    if not address.isascii() or not address.isprintable() or not _ADDRESS.fullmatch(plain):
        raise ValueError(
            f'"{address}" must begin with / and hold no blanks and none of * ? [ ] # , nor {{}} but {", ".join(PLACES)}'
        )
    return address


class PluginMessage(Table):
    """A message about a plug-in, as it is sent."""

    address: Annotated[str, AfterValidator(_is_address)] = Field(
        description="OSC address; {strip}, {plugin} and {param} stand for the numbers of strip, plug-in and parameter, "
        "{param} also for a piece of the address."
    )
    args: tuple[Arg, ...] = Field(default=(), description="The arguments in order; none unless given.")

    @property
    def every_arg(self) -> tuple[Arg, ...]:
        return self.args

    def means(self, meaning: Meaning) -> bool:
        """Whether `meaning` stands somewhere in the message."""
        in_address = any(place in self.address and _PLACE[place] is meaning for place in PLACES)
        return in_address or any(arg.is_ is meaning for arg in self.every_arg)


class PluginTold(PluginMessage):
    """A message about plug-ins, as it is heard."""

    each: tuple[Arg, ...] = Field(
        default=(), description="Arguments that follow `args` again and again: a group for each plug-in, or parameter."
    )
    last: tuple[Arg, ...] = Field(
        default=(), description="The last arguments, counted from the message's end, where the number of others varies."
    )

    @property
    def every_arg(self) -> tuple[Arg, ...]:
        return (*self.args, *self.each, *self.last)


def says(*allowed: Meaning) -> Callable[[PluginMessage], PluginMessage]:
    """A check of a message that is sent: every argument is a constant or one of `allowed`."""

    def check(message: PluginMessage) -> PluginMessage:
        for place, arg in enumerate(message.args, 1):
            if arg.is_ is None and arg.value is None:
                raise ValueError(f'args[{place}] needs "is" or "value": nothing can be sent there')
        _refuse_others(message, allowed)
        return message

    return check


def tells(*wanted: Meaning, beside: tuple[Meaning, ...] = WHERE) -> Callable[[PluginTold], PluginTold]:
    """A check of a message that is heard: at least one of `wanted` stands in it, and `beside` may."""

    def check(message: PluginTold) -> PluginTold:
        _refuse_others(message, (*wanted, *beside))
        if not any(message.means(meaning) for meaning in wanted):
            raise ValueError(f"{message.address} needs an argument that is {_or(wanted)}")
        return message

    return check


def _refuse_others(message: PluginMessage, allowed: tuple[Meaning, ...]) -> None:
    for meaning in Meaning:
        if meaning not in allowed and message.means(meaning):
            raise ValueError(f'"{meaning}" has no meaning in {message.address} here; {_or(allowed)} may stand there')
    for meaning in WHERE:
        in_address = sum(message.address.count(place) for place in PLACES if _PLACE[place] is meaning)
        if in_address + sum(arg.is_ is meaning for arg in message.every_arg) > 1:
            raise ValueError(f"{message.address} names its {meaning} twice")


def _or(meanings: tuple[Meaning, ...]) -> str:
    return " or ".join(f'"{meaning}"' for meaning in meanings) or "a constant"


AskStrip = Annotated[PluginMessage, AfterValidator(says(Meaning.STRIP))]
AskParam = Annotated[PluginMessage, AfterValidator(says(*WHERE))]
SetParam = Annotated[PluginMessage, AfterValidator(says(*WHERE, Meaning.VALUE))]
SetSwitch = Annotated[PluginMessage, AfterValidator(says(Meaning.STRIP, Meaning.PLUGIN))]
AskNothing = Annotated[PluginMessage, AfterValidator(says())]
ListTold = Annotated[
    PluginTold,
    AfterValidator(tells(Meaning.PLUGIN_NAME, beside=(Meaning.STRIP, Meaning.PLUGIN, Meaning.ON))),
]
ParamTold = Annotated[PluginTold, AfterValidator(tells(Meaning.VALUE, Meaning.PARAM_NAME))]
SwitchTold = Annotated[PluginTold, AfterValidator(tells(Meaning.ON, beside=(Meaning.STRIP, Meaning.PLUGIN)))]
TextTold = Annotated[PluginTold, AfterValidator(tells(Meaning.TEXT))]
VersionTold = Annotated[PluginTold, AfterValidator(tells(Meaning.VERSION, beside=()))]
FocusTold = Annotated[PluginTold, AfterValidator(tells(Meaning.ON, beside=(Meaning.STRIP,)))]
