"""What a DAW says about plug-ins, in words that hold for every DAW.

Strips count from 1 here, and are 0 where the message names none (it is about the strip that is selected). Plug-ins have
the DAW's own numbers; None where the message names none (the strip has no more than one). `speech` is the number of the
way of speaking in which it was said: another plug-in's parameters may have the same numbers.
"""

from dataclasses import dataclass

ParamId = int | str
"""A parameter: its number, or its piece of an address."""


@dataclass(frozen=True, slots=True)
class ListedPlugin:
    """A plug-in in a strip's list; `on` None where the list does not say."""

    number: int
    name: str
    on: bool | None


@dataclass(frozen=True, slots=True)
class PluginsListed:
    """What stands on a strip: all of it, or (not `whole`) one of it, which has the name "" where there is nothing."""

    strip: int
    plugins: tuple[ListedPlugin, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class PluginSwitched:
    strip: int
    plugin: int | None
    switch: int
    """Which of the mapping's switches told it."""
    on: bool


@dataclass(frozen=True, slots=True)
class ParamValue:
    strip: int
    plugin: int | None
    speech: int
    param: ParamId
    wire: float


@dataclass(frozen=True, slots=True)
class ParamNamed:
    strip: int
    plugin: int | None
    speech: int
    param: ParamId
    name: str


@dataclass(frozen=True, slots=True)
class ParamText:
    strip: int
    plugin: int | None
    speech: int
    param: ParamId
    text: str


@dataclass(frozen=True, slots=True)
class Focused:
    """The selection is on `strip`, or (not `on`) is not."""

    strip: int
    on: bool


@dataclass(frozen=True, slots=True)
class VersionTold:
    text: str


PluginEvent = PluginsListed | PluginSwitched | ParamValue | ParamNamed | ParamText | Focused | VersionTold
