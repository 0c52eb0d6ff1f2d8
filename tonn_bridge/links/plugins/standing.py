"""Which plug-ins serve on a strip, by what the DAW has listed there, and what knobs that makes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from tonn_bridge.core.judge import Scale
from tonn_bridge.core.plugins import EQ_QUANTITIES, Outfit, Serving, Slot, bell_key
from tonn_bridge.mapping.plugins.compiled import Instance, Knob, Plan, PluginsMapping
from tonn_bridge.mapping.plugins.events import ParamId
from tonn_bridge.mapping.plugins.phrases import Spot

Place = tuple[int, int, int, ParamId | None]
"""Where a number is told: strip, plug-in (0 where messages name none), way of speaking, and parameter.

With None for a parameter it is a switch, and the third number says which; -1 is the list's word.
"""

NameSpace = tuple[int, int, int]
"""Where names of parameters are told: strip, plug-in, way of speaking."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan that serves on a strip: the numbers of its plug-ins there, in order, and what the first is called."""

    plan: Plan
    plugins: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A knob where it stands. `asked`: it tells its number when asked, and else by itself."""

    knob: Knob
    plan: Plan
    spot: Spot
    place: Place
    asked: bool


@dataclass(frozen=True, slots=True)
class Rig:
    """What serves on a track, which stands on `strip`, and its knobs by their keys."""

    strip: int
    standing: tuple[Standing, ...]
    fits: Mapping[str, Fit]


def stand(plans: Sequence[Plan], listed: Mapping[int, str]) -> tuple[Standing, ...]:
    """For each slot the first of `plans` that stands on a strip; `listed` are its plug-ins by number."""
    standing: dict[Slot, Standing] = {}
    for plan in plans:
        if plan.slot in standing:
            continue
        if not plan.names:
            standing[plan.slot] = Standing(plan, (0,), plan.title)
            continue
        numbers = [number for number, name in sorted(listed.items()) if plan.is_called(name)]
        if numbers:
            most = plan.most
            numbers = numbers[-most:] if plan.last else numbers[:most]
            standing[plan.slot] = Standing(plan, tuple(numbers), listed[numbers[0]])
    return tuple(standing.values())


def name_space(mapping: PluginsMapping, plan: Plan, spot: Spot) -> NameSpace:
    """Where the names of a plug-in's parameters are told."""
    return spot.strip, spot.plugin if mapping.tongues[plan.speech].names_plugin else 0, plan.speech


def place_of(mapping: PluginsMapping, plan: Plan, spot: Spot, param: ParamId | None) -> Place:
    """Where the number of a parameter, or (None) of a plug-in's switch, is told."""
    if param is not None:
        return (*name_space(mapping, plan, spot), param)
    switch = mapping.switches[plan.switch]
    if not switch.told:
        return spot.strip, spot.plugin, -1, None
    return spot.strip, spot.plugin if switch.names_plugin else 0, plan.switch, None


def resolved(
    mapping: PluginsMapping, plan: Plan, spot: Spot, param: ParamId, names: Mapping[NameSpace, Mapping[str, ParamId]]
) -> ParamId | None:
    """The parameter as it is called on the wire; None while the DAW has not told its name."""
    return names.get(name_space(mapping, plan, spot), {}).get(str(param)) if param in plan.named else param


def fits(
    mapping: PluginsMapping,
    strip: int,
    standing: Sequence[Standing],
    names: Mapping[NameSpace, Mapping[str, ParamId]],
) -> dict[str, Fit]:
    """The knobs of a strip by their keys; those whose parameter has told no name are left out."""
    found = {}
    for one in standing:
        plan = one.plan
        for plugin, instance in zip(one.plugins, plan.instances, strict=False):
            spot = Spot(strip, plugin)
            for knob in instance.knobs:
                param = None if knob.param is None else resolved(mapping, plan, spot, knob.param, names)
                if param is not None or knob.param is None:
                    asks = mapping.tongues[plan.speech].ask if param is not None else mapping.switches[plan.switch].ask
                    place = place_of(mapping, plan, spot, param)
                    found[knob.key] = Fit(knob, plan, Spot(strip, plugin, param or 0), place, bool(asks))
    return found


def outfit(
    mapping: PluginsMapping, standing: Sequence[Standing], fitted: Collection[str], told: Collection[str]
) -> Outfit:
    """What `fitted` knobs make of a track. `told` are those that the DAW has told of, for bells that may be missing."""
    knobs: dict[str, Scale] = {}
    fixed: dict[str, float] = {}
    switches: list[str | None] = []
    for one in standing:
        used = one.plan.instances[: len(one.plugins)]
        bells = _bells(used, told if one.plan.bells_if_told else fitted)
        switches += [instance.switch for instance in used for bell in instance.bells if bell in bells]
        for instance in used:
            lacking = {key for bell in instance.bells if bell not in bells for key in _bell_keys(bell)}
            knobs |= {knob.key: knob.scale for knob in instance.knobs if knob.key in fitted and knob.key not in lacking}
            fixed |= {key: wire for key, wire in instance.fixed.items() if key in fitted}
    return Outfit(knobs, fixed, tuple(switches), tuple(_servings(mapping, standing, fitted)))


def _bells(instances: Sequence[Instance], there: Collection[str]) -> list[int]:
    """The bells up to the first that is not all `there`."""
    every = [bell for instance in instances for bell in instance.bells]
    return list(takewhile(lambda bell: all(key in there for key in _bell_keys(bell)), every))


def _bell_keys(bell: int) -> list[str]:
    return [bell_key(bell, quantity) for quantity in EQ_QUANTITIES]


def _servings(mapping: PluginsMapping, standing: Sequence[Standing], fitted: Collection[str]) -> Iterator[Serving]:
    """What serves in each slot that the mapping knows of, or why nothing does."""
    plans, serving = mapping.plans, {one.plan.slot: one for one in standing}
    for slot in dict.fromkeys(plan.slot for plan in plans):
        one = serving.get(slot)
        if one is None:
            plan = next(plan for plan in plans if plan.slot is slot)
            yield Serving(slot, plan.title, False, f"no {plan.title} on this track. {plan.insert}".strip())
        else:
            yield Serving(slot, one.name, True, _problem(one, fitted))
    yield from (Serving(slot, slot.value, False, instead) for slot, instead in mapping.lacks.items())


def _problem(one: Standing, fitted: Collection[str]) -> str | None:
    plan, count = one.plan, len(one.plugins)
    if plan.unlearnt:
        return f"{plan.title}: {', '.join(plan.unlearnt)} must be learnt first: run `tonn-bridge learn plugin`"
    strange = [
        str(knob.param) for instance in plan.instances[:count] for knob in instance.knobs if knob.key not in fitted
    ]
    if strange:
        return f"{plan.title} tells of no {', '.join(strange)} here: perhaps it is another version"
    if count < plan.most:
        bells = plan.instances[count - 1].bells
        return f"room for {bells[-1]} bands only: {count} of {plan.most} {plan.title}. {plan.insert}".strip()
    return None
