"""The plug-ins of a mapping made ready: which may serve, their knobs as scales, what is said and how it is heard."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tonn_bridge.core.dials import DialLaw, Unit
from tonn_bridge.core.judge import Scale
from tonn_bridge.core.plugins import EQ_QUANTITIES, TRIM, Slot, bell_key, comp_key
from tonn_bridge.mapping.messages import Meaning
from tonn_bridge.mapping.model import Strips
from tonn_bridge.mapping.plugins import ears
from tonn_bridge.mapping.plugins.dials import SWITCH, dial_scale, fixed_scale, on_scale
from tonn_bridge.mapping.plugins.events import ParamId, PluginEvent
from tonn_bridge.mapping.plugins.learnt import LearntDials
from tonn_bridge.mapping.plugins.model import Dial, Fixed, ParamDial, Plugins, Serves, Speech, Switch
from tonn_bridge.mapping.plugins.phrases import Phrase, phrases
from tonn_bridge.protocols import osc

COMP_DIALS = {"threshold": "threshold_db", "ratio": "ratio", "attack": "attack_s", "release": "release_s"}
"""The dials of a compressor, and the quantities they set."""

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Knob:
    """One knob of a plug-in under its key of `core.plugins`; `param` None is the plug-in's own switch.

    `whole`: its number travels as a whole one. `flips`: whatever it is set to, it becomes the other.
    """

    key: str
    param: ParamId | None
    scale: Scale
    whole: bool
    flips: bool = False


@dataclass(frozen=True, slots=True)
class RawDial:
    """A dial as `learn plugin` meets it: what it shows, its law where one is known, its numbers' ends on the wire."""

    param: ParamId
    unit: Unit
    law: DialLaw | None
    raw: tuple[float, float]
    whole: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """One of the plug-ins that serve together: its knobs, what is fixed, its bells (from 1), the key of its switch."""

    knobs: tuple[Knob, ...]
    fixed: Mapping[str, float]
    bells: range
    switch: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plug-in that may serve in a slot. `speech` and `switch` (-1: it has none) are places in the mapping's lists.

    `named`: parameters whose numbers the DAW has to tell first. `unlearnt`: dials whose law is not known yet; while
    there are any, it has no knobs.
    """

    slot: Slot
    title: str
    names: tuple[re.Pattern[str], ...]
    most: int
    last: bool
    insert: str
    speech: int
    switch: int
    named: tuple[str, ...]
    bells_if_told: bool
    instances: tuple[Instance, ...]
    dials: Mapping[str, RawDial]
    unlearnt: tuple[str, ...]

    def is_called(self, name: str) -> bool:
        """Whether a plug-in of this name is it."""
        return any(pattern.fullmatch(name) for pattern in self.names)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A way of speaking of `params`. `names_plugin`: what is told says of which plug-in."""

    set: Phrase
    ask: tuple[Phrase, ...]
    ask_text: tuple[Phrase, ...]
    params: frozenset[ParamId]
    names_plugin: bool


@dataclass(frozen=True, slots=True)
class SwitchTongue:
    """A way of bypassing. `told`: it is told by itself, else in the list of plug-ins."""

    on: tuple[Phrase, ...]
    off: tuple[Phrase, ...]
    ask: tuple[Phrase, ...]
    told: bool
    names_plugin: bool


@dataclass(frozen=True, slots=True)
class FocusTongue:
    """How a strip is selected."""

    send: tuple[Phrase, ...]
    settle_s: float


class PluginsMapping:
    """How the plug-ins of one DAW are found, set and read; `learnt` holds what `learn plugin` has found out."""

    def __init__(self, table: Plugins, strips: Strips, learnt: Sequence[LearntDials] = ()) -> None:
        self._ears = ears.Ears(strips)
        self._speeches: list[Speech] = []
        self._switches: list[Switch] = []
        self._strips = strips
        laws = {found.plugin: {key: dial.law() for key, dial in found.dials.items()} for found in learnt}
        self.plans = tuple(self._plan(table, serves, laws.get(serves.called, {})) for serves in table.serves)
        self.slots = frozenset(plan.slot for plan in self.plans)
        self.lacks = table.lacks
        """The slots for which nothing can be reached, and what to do instead."""
        self.poll_s = table.poll_s
        self.tongues = tuple(self._tongue(number, speech, table) for number, speech in enumerate(self._speeches))
        self.switches = tuple(self._switch(number, switch) for number, switch in enumerate(self._switches))
        self.ask_list = phrases(table.list.ask if table.list else (), strips)
        self.lists_whole = table.list is not None and bool(table.list.told.each)
        """Whether one message tells all plug-ins of a strip."""
        self.focus = FocusTongue(phrases(table.focus.send, strips), table.focus.settle_s) if table.focus else None
        self.ask_version = phrases(table.version.ask if table.version else (), strips)
        self._listen(table)

    def read(self, message: osc.Message) -> Sequence[PluginEvent]:
        """What `message` says of plug-ins; nothing where it says nothing of use. Never raises."""
        return self._ears.read(message)

    def _plan(self, table: Plugins, serves: Serves, learnt: Mapping[str, DialLaw]) -> Plan:
        speech = table.speech_of(serves)
        dials = dict(_dials(serves))
        laws = {key: dial.known_law() or learnt.get(key) for key, dial in dials.items()}
        unlearnt = tuple(key for key, law in laws.items() if law is None)
        known = {key: law for key, law in laws.items() if law is not None}
        whole = any(arg.is_ is Meaning.VALUE and arg.type == "i" for arg in speech.set.args) if speech.set else False
        making = _Instances(serves, speech, known, whole)
        named = any(told.means(Meaning.PARAM_NAME) for told in speech.told or ())
        return Plan(
            slot=serves.slot,
            title=serves.called,
            names=tuple(_pattern(name) for name in serves.name),
            most=serves.instances,
            last=serves.which == "last",
            insert=serves.insert,
            speech=_place(self._speeches, speech.model_copy(update={"switch": None})),
            switch=_place(self._switches, speech.switch) if speech.switch and serves.on is None else -1,
            named=tuple(dict.fromkeys(param for param in _params(serves) if named and isinstance(param, str))),
            bells_if_told=serves.bells_if_told,
            instances=() if unlearnt else tuple(making.make(number) for number in range(serves.instances)),
            dials={key: _raw(serves, key, dial, learnt, whole) for key, dial in dials.items()},
            unlearnt=unlearnt,
        )

    def _tongue(self, number: int, speech: Speech, table: Plugins) -> Tongue:
        assert speech.set is not None  # the file has been checked
        speakers = [
            serves for serves in table.serves if table.speech_of(serves).model_copy(update={"switch": None}) == speech
        ]
        params = [param for serves in speakers for param in _params(serves)]
        worded = [it.param for serves in speakers for it in serves.fixed if isinstance(it.value, str)]
        words = speech.words or ()
        first = 1 if speech.first_param is None else speech.first_param
        for told in speech.told or ():
            self._ears.listen(told, ears.param_maker(number, first, words), params)
        for text in speech.text.told if speech.text else ():
            self._ears.listen(text, ears.text_maker(number, first), params)
        return Tongue(
            set=Phrase(speech.set, self._strips, dict.fromkeys(worded, words)),
            ask=phrases(speech.ask or (), self._strips),
            ask_text=phrases(speech.text.ask if speech.text else (), self._strips),
            params=frozenset(params),
            names_plugin=any(told.means(Meaning.PLUGIN) for told in speech.told or ()),
        )

    def _switch(self, number: int, switch: Switch) -> SwitchTongue:
        for told in switch.told:
            self._ears.listen(told, ears.switch_maker(number))
        return SwitchTongue(
            on=phrases(switch.on, self._strips),
            off=phrases(switch.off, self._strips),
            ask=phrases(switch.ask, self._strips),
            told=bool(switch.told),
            names_plugin=any(told.means(Meaning.PLUGIN) for told in switch.told),
        )

    def _listen(self, table: Plugins) -> None:
        if table.list:
            whole = bool(table.list.told.each)
            self._ears.listen(table.list.told, ears.list_maker(table.list.first, whole=whole))
        if table.focus:
            self._ears.listen(table.focus.told, ears.focus_maker)
        if table.version:
            self._ears.listen(table.version.told, ears.version_maker)


class _Instances:
    """Makes the instances of a plug-in, one behind the other."""

    def __init__(self, serves: Serves, speech: Speech, laws: Mapping[str, DialLaw], whole: bool) -> None:
        self._serves = serves
        self._laws = laws
        self._whole = whole
        self._has_switch = speech.switch is not None
        self._words = speech.words or ()

    def make(self, number: int) -> Instance:
        serves, behind = self._serves, f".{number + 1}" if number else ""
        bells = range(number * len(serves.bells) + 1, (number + 1) * len(serves.bells) + 1)
        switch = f"{serves.slot}.on{behind}" if serves.on is not None or self._has_switch else None
        fixed = {f"{serves.slot}.{fixed.name}{behind}": fixed for fixed in serves.fixed}
        knobs = [*self._dialled(bells)]
        knobs += [Knob(key, it.param, fixed_scale(it), self._whole or it.whole) for key, it in fixed.items()]
        if switch is not None and serves.on is not None:
            on = serves.on
            knobs.append(Knob(switch, on.param, on_scale(on), self._whole or on.whole, on.flips))
        elif switch is not None:
            knobs.append(Knob(switch, None, SWITCH, whole=False))
        return Instance(tuple(knobs), {key: self._number(it) for key, it in fixed.items()}, bells, switch)

    def _number(self, fixed: Fixed) -> float:
        return float(self._words.index(fixed.value)) if isinstance(fixed.value, str) else fixed.value

    def _dialled(self, bells: range) -> Iterator[Knob]:
        serves = self._serves
        for bell, params in zip(bells, serves.bells, strict=True):
            for quantity, dial, param in zip(EQ_QUANTITIES, ("freq", "gain", "q"), params, strict=True):
                yield self._knob(bell_key(bell, quantity), param, dial)
        for name, quantity in COMP_DIALS.items():
            dial = getattr(serves, name)
            if dial is not None:
                yield self._knob(comp_key(quantity), dial.param, name)
        if serves.trim is not None:
            yield self._knob(TRIM, serves.trim.param, "trim")

    def _knob(self, key: str, param: ParamId, name: str) -> Knob:
        dial: Dial = getattr(self._serves, name)
        scale = dial_scale(dial, self._laws[name], whole=self._whole)
        return Knob(key, param, scale, scale.whole)


def _dials(serves: Serves) -> Iterator[tuple[str, Dial]]:
    """The dials of a plug-in by their keys in the file."""
    for name in ("freq", "gain", "q", *COMP_DIALS, "trim"):
        dial = getattr(serves, name)
        if dial is not None:
            yield name, dial


def _params(serves: Serves) -> Iterator[ParamId]:
    """Every parameter of a plug-in that has a use."""
    for bell in serves.bells:
        yield from bell
    for _, dial in _dials(serves):
        if isinstance(dial, ParamDial):
            yield dial.param
    for fixed in serves.fixed:
        yield fixed.param
    if serves.on is not None:
        yield serves.on.param


def _raw(serves: Serves, key: str, dial: Dial, learnt: Mapping[str, DialLaw], whole: bool) -> RawDial:
    first = serves.bells[0] if serves.bells else ()
    law = dial.known_law()
    ends = dial.raw if law is None else tuple(sorted((law.wire(law.low), law.wire(law.high))))
    return RawDial(
        param=dial.param if isinstance(dial, ParamDial) else first[("freq", "gain", "q").index(key)],
        unit=dial.unit,
        law=law or learnt.get(key),
        raw=(ends[0], ends[1]),
        whole=whole or dial.whole,
    )


def _place(kept: list[Kind], wanted: Kind) -> int:
    """Where `wanted` stands among `kept`, put behind them if it does not."""
    if wanted not in kept:
        kept.append(wanted)
    return kept.index(wanted)


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, name.split("*"))), re.IGNORECASE)
