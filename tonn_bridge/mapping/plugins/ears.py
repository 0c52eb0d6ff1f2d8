"""Messages about plug-ins to events: found by their address, or by its shape; no reader ever raises."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tonn_bridge.mapping.messages import Arg, Meaning
from tonn_bridge.mapping.model import Strips
from tonn_bridge.mapping.plugins.events import (
    Focused,
    ListedPlugin,
    ParamId,
    ParamNamed,
    ParamText,
    ParamValue,
    PluginEvent,
    PluginsListed,
    PluginSwitched,
    VersionTold,
)
from tonn_bridge.mapping.plugins.messages import PLACES, PluginTold
from tonn_bridge.mapping.readers import number
from tonn_bridge.protocols import osc
from tonn_bridge.protocols.osc import Argument

NOTHING: Final[tuple[PluginEvent, ...]] = ()
MOST_MET: Final = 8192
"""Addresses that are remembered."""
_DIGITS = re.compile(r"[0-9]+")

Said = Mapping[Meaning, Argument]
"""What one group of a message's arguments says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: the strip, plug-in and parameter that it is about as a whole, and what it says of them.

    `groups` is what each group of its arguments says, in order; one where there are none. None: it says nothing of use.
    """

    strip: int
    plugin: int | None
    param: ParamId | None
    groups: Sequence[Said | None]


Make = Callable[[Heard], Iterator[PluginEvent]]


class Ears:
    """Hears what is told of plug-ins.

    A message costs one look-up by its address. An address that is met for the first time is sought by its shape, in
    which every number is the same: thus nothing is made in advance for each strip, plug-in and parameter.
    """

    def __init__(self, strips: Strips) -> None:
        self._strips = strips
        self._exact: dict[str, list[_Ear]] = {}
        self._shapes: dict[str, list[_Ear]] = {}
        self._met: dict[str, Sequence[_Ear]] = {}

    def listen(self, told: PluginTold, make: Make, params: Collection[ParamId] = ()) -> None:
        """From now on have messages like `told` made into events; `params` may stand for {param} in its address."""
        ear = _Ear(told, make, self._strips, frozenset(param for param in params if isinstance(param, str)))
        if not any(place in told.address for place in PLACES):
            self._exact.setdefault(told.address, []).append(ear)
            return
        plain = told.address.replace("{strip}", "0").replace("{plugin}", "0")
        for param in {"0", *map(str, params)} if "{param}" in plain else {"0"}:
            ears = self._shapes.setdefault(_DIGITS.sub("0", plain.replace("{param}", param)), [])
            if ear not in ears:
                ears.append(ear)

    def read(self, message: osc.Message) -> Sequence[PluginEvent]:
        """What `message` says of plug-ins."""
        ears = self._met.get(message.address)
        if ears is None:
            ears = self._meet(message.address)
        return [event for ear in ears for event in ear.hear(message)] if ears else NOTHING

    def _meet(self, address: str) -> Sequence["_Ear"]:
        """Who wants messages of an address; remembered, but not for every address that a stranger may think up."""
        if len(self._met) >= MOST_MET:
            self._met.clear()
        ears = self._exact.get(address) or self._shapes.get(_DIGITS.sub("0", address), [])
        self._met[address] = ears
        return ears


class _Ear:
    """One kind of message that is heard."""

    def __init__(self, told: PluginTold, make: Make, strips: Strips, pieces: frozenset[str]) -> None:
        self._told = told
        self._make = make
        self._strips = strips
        self._pieces = pieces
        self._pattern = re.compile(_pattern(told.address))

    def hear(self, message: osc.Message) -> Iterator[PluginEvent]:
        match = self._pattern.fullmatch(message.address)
        told, args = self._told, message.args
        head, end = len(told.args), len(args) - len(told.last)
        if match is None or end < head or (told.each and (end - head) % len(told.each)):
            return
        before, behind = _said(told.args, args), _said(told.last, args[end:])
        if before is None or behind is None:
            return
        around = before | behind
        starts = range(head, end, len(told.each)) if told.each else range(0)
        groups = [_said(told.each, args[start:]) for start in starts]
        filled = [None if group is None else around | group for group in groups] if told.each else [around]
        strip = self._strip(match, around)
        if strip is not None:
            plugin = _counted(_either(match, around, Meaning.PLUGIN))
            yield from self._make(Heard(strip, plugin, self._param(match, around), filled))

    def _strip(self, match: re.Match[str], said: Said) -> int | None:
        """The strip from 1; 0 where the message names none, None where it names one that there cannot be."""
        if not self._told.means(Meaning.STRIP):
            return 0
        told = _counted(_either(match, said, Meaning.STRIP))
        strip = 0 if told is None else told - self._strips.first + 1
        return strip if 0 < strip <= self._strips.most else None

    def _param(self, match: re.Match[str], said: Said) -> ParamId | None:
        told = _either(match, said, Meaning.PARAM)
        return told if isinstance(told, str) and told in self._pieces else _counted(told)


def list_maker(first: int, *, whole: bool) -> Make:
    """Of a strip's list of plug-ins, which are counted from `first` where it does not tell their numbers."""

    def make(heard: Heard) -> Iterator[PluginEvent]:
        plugins = []
        for place, said in enumerate(heard.groups, first):
            name = said.get(Meaning.PLUGIN_NAME) if said else None
            if said is None or not isinstance(name, str):
                continue
            told = heard.plugin if heard.plugin is not None else _counted(said.get(Meaning.PLUGIN))
            on = number(said.get(Meaning.ON))
            plugins.append(ListedPlugin(place if told is None else told, name, None if on is None else on >= 0.5))
        if whole or plugins:
            yield PluginsListed(heard.strip, tuple(plugins), whole)

    return make


def param_maker(speech: int, first: int, words: Sequence[str] = ()) -> Make:
    """Of values and names of parameters, counted from `first` where the message does not tell their numbers.

    A value may be one of `words`; then it is the word's place, from 0.
    """
    places = {word: float(place) for place, word in enumerate(words)}

    def make(heard: Heard) -> Iterator[PluginEvent]:
        for param, said in _params(heard, first):
            name, told = said.get(Meaning.PARAM_NAME), said.get(Meaning.VALUE)
            value = places.get(told) if isinstance(told, str) else number(told)
            if isinstance(name, str):
                yield ParamNamed(heard.strip, heard.plugin, speech, param, name)
            if value is not None:
                yield ParamValue(heard.strip, heard.plugin, speech, param, value)

    return make


def text_maker(speech: int, first: int) -> Make:
    """Of values in words."""

    def make(heard: Heard) -> Iterator[PluginEvent]:
        for param, said in _params(heard, first):
            text = said.get(Meaning.TEXT)
            if isinstance(text, str):
                yield ParamText(heard.strip, heard.plugin, speech, param, text)

    return make


def switch_maker(switch: int) -> Make:
    """Of a plug-in that is on or bypassed."""

    def make(heard: Heard) -> Iterator[PluginEvent]:
        on = number(heard.groups[0].get(Meaning.ON)) if heard.groups and heard.groups[0] else None
        if on is not None:
            yield PluginSwitched(heard.strip, heard.plugin, switch, on >= 0.5)

    return make


def focus_maker(heard: Heard) -> Iterator[PluginEvent]:
    """Of a strip that is selected or no more."""
    on = number(heard.groups[0].get(Meaning.ON)) if heard.groups and heard.groups[0] else None
    if on is not None:
        yield Focused(heard.strip, on >= 0.5)


def version_maker(heard: Heard) -> Iterator[PluginEvent]:
    """Of the DAW's version."""
    said = heard.groups[0] if heard.groups else None
    if said:
        yield VersionTold(str(said.get(Meaning.VERSION, "")))


def _params(heard: Heard, first: int) -> Iterator[tuple[ParamId, Said]]:
    """Each parameter that a message tells of, with what it says of it."""
    for place, said in enumerate(heard.groups, first):
        if said is not None:
            told = heard.param if heard.param is not None else _counted(said.get(Meaning.PARAM))
            yield (place if told is None else told), said


def _said(wanted: Sequence[Arg], args: Sequence[Argument]) -> dict[Meaning, Argument] | None:
    """What the first of `args` mean; None where there are too few, or a constant is another."""
    if len(args) < len(wanted):
        return None
    said: dict[Meaning, Argument] = {}
    for arg, told in zip(wanted, args, strict=False):
        if arg.value is not None and told != arg.value:
            return None
        if arg.is_ is Meaning.VERSION and Meaning.VERSION in said:  # 11, 3, 4
            said[arg.is_] = ".".join(map(str, (said[arg.is_], told)))
        elif arg.is_ is not None:
            said[arg.is_] = told
    return said


def _either(match: re.Match[str], said: Said, meaning: Meaning) -> Argument:
    """What stands for `meaning` in the address, else among the arguments."""
    named = match.groupdict().get(meaning)
    return said.get(meaning) if named is None else named


def _counted(told: Argument) -> int | None:
    """A whole number from 0; None for everything else."""
    if isinstance(told, str):
        return int(told) if told.isdecimal() and len(told) < 9 else None
    value = number(told)
    return int(value) if value is not None and value == math.floor(value) and 0 <= value < 1 << 24 else None


def _pattern(address: str) -> str:
    """A regular expression for an address with places."""
    pattern = re.escape(address)
    for place, what in (("strip", "[0-9]+"), ("plugin", "[0-9]+"), ("param", ".+")):
        pattern = pattern.replace(re.escape(f"{{{place}}}"), f"(?P<{place}>{what})")
    return pattern
