"""What stands on a DAW's track to set Tonn's trim, equaliser and compressor with, and how the settings go in there.

A plug-in's values are *knobs*, each under a key: `trim_db`; `eq.1.freq_hz`, `eq.1.gain_db`, `eq.1.q` for each bell of
the DAW, counted from 1 over all instances; `comp.threshold_db`, `comp.ratio`, `comp.attack_s`, `comp.release_s`; the
switches `eq.on` (`eq.on.2` of a second instance) and `comp.on`; and what is only ever set to one number, such as
`comp.make-up`. All that is kept and sent is in the wire's own numbers, so that what was read goes back unchanged.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.judge import Scale
from tonn_bridge.core.proposal import Proposal
from tonn_bridge.core.values import Compressor, EqBand, Limit

TRIM = "trim_db"
EQ_QUANTITIES = ("freq_hz", "gain_db", "q")
COMP_QUANTITIES = ("threshold_db", "ratio", "attack_s", "release_s")
IN_DB = frozenset({"trim_db", "gain_db", "threshold_db"})
"""Quantities that are blended and compared in dB; all others by their ratio."""

STEP_DB, STEP_SHARE = 0.3, 0.05
"""A plug-in whose nearest step lies farther off than this (dB, or a share of the value) is said to have limits."""

MAX_BANDS = 6
"""How many bands a request to Tonn holds (vendor's effects guide)."""


class Slot(StrEnum):
    """What a plug-in serves as."""

    TRIM = "trim"
    EQ = "eq"
    COMP = "comp"


@dataclass(frozen=True, slots=True)
class Serving:
    """A slot on a track and the plug-in that serves; `problem` says what to do where it cannot."""

    slot: Slot
    name: str
    found: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Outfit:
    """The knobs on one track. `fixed` are set to those wire numbers with the slot's first setting: make-up 0, knee 0.

    `bell_switches` holds for each bell the switch of its instance, None where it cannot be bypassed.
    """

    knobs: Mapping[str, Scale]
    fixed: Mapping[str, float]
    bell_switches: tuple[str | None, ...]
    serving: tuple[Serving, ...]

    @property
    def bells(self) -> int:
        return len(self.bell_switches)

    @property
    def has_trim(self) -> bool:
        return TRIM in self.knobs

    def same(self, key: str, a: float, b: float) -> bool:
        """Whether two wire numbers are the same within the knob's resolution."""
        return self.knobs[key].same(a, b)

    def is_on(self, switch: str | None, wires: Mapping[str, float]) -> bool:
        """Whether what hangs on `switch` sounds; what cannot be switched, or has not been told, does."""
        if switch is None or switch not in wires or switch not in self.knobs:
            return True
        return self.knobs[switch].value_of(wires[switch]) >= 0.5


NO_OUTFIT = Outfit({}, {}, (), ())
"""A track on which nothing can be set but fader and pan."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a track has found: its knobs, and the wire numbers that the DAW has told of them just now."""

    outfit: Outfit
    wires: Mapping[str, float]


class NoPlugins:
    """A DAW whose plug-ins nobody can set."""

    slots: frozenset[Slot] = frozenset()
    poll_s: float | None = None
    told: Callable[[int, str, float], None] = staticmethod(lambda number, key, wire: None)

    async def look(self, numbers: Collection[int]) -> dict[int, Look]:
        return dict.fromkeys(numbers, Look(NO_OUTFIT, {}))

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value that shall stand on a track: its name in Tonn's terms, its value, and the knob that holds it."""

    parameter: str
    value: float
    key: str


@dataclass(frozen=True, slots=True)
class Placement:
    """A proposal as one track's knobs: all wire numbers to set, what they mean, and what could not be had."""

    wires: Mapping[str, float]
    wanted: tuple[Wanted, ...]
    bands: Mapping[int, int]
    """The band that each bell holds."""
    limits: tuple[Limit, ...]


def bell_key(bell: int, quantity: str) -> str:
    return f"eq.{bell}.{quantity}"


def comp_key(quantity: str) -> str:
    return f"comp.{quantity}"


def slot_of(key: str) -> Slot:
    """The slot that a knob belongs to."""
    return Slot.TRIM if key == TRIM else Slot(key.partition(".")[0])


def place(outfit: Outfit, proposal: Proposal) -> Placement:
    """How `proposal` goes into the knobs of a track; what Tonn said nothing about stays as it is.

    Bells without a band become flat. More bands than bells: those of least effect are left out, and named.
    """
    placing = _Placing(outfit)
    if outfit.has_trim:
        placing.set("trim_db", TRIM, proposal.trim_db)
    if proposal.eq:
        placing.equaliser(proposal.eq)
    if proposal.comp is not None:
        placing.compressor(proposal.comp)
    return Placement(placing.wires, tuple(placing.wanted), placing.bands, tuple(placing.limits))


def strongest(bands: tuple[EqBand, ...], count: int) -> tuple[EqBand, ...]:
    """The `count` bands of most effect, in their order: by what they lift or cut, in dB times octaves."""
    by_effect = sorted(bands, key=lambda band: abs(band.gain_db) * octaves_of(band.q), reverse=True)
    kept = by_effect[:count]
    return tuple(band for band in bands if band in kept)


def blend(outfit: Outfit, user: Mapping[str, float], goal: Mapping[str, float], amount: float) -> dict[str, float]:
    """The knobs `amount` (0 = `user`, 1 = `goal`) of the way: dB straight, everything else by its ratio.

    At the ends it is exactly the one or the other. What the user had switched off counts as flat on the way.
    """
    if amount <= 0.0:
        return {key: user[key] for key in goal if key in user}
    if amount >= 1.0:
        return dict(goal)
    start = _audible(outfit, user, goal)
    return {key: _between(outfit.knobs[key], key, start.get(key, wire), wire, amount) for key, wire in goal.items()}


def turned_eq(
    outfit: Outfit,
    placement: Placement,
    settled: Mapping[str, float],
    now: Mapping[str, float],
    own: tuple[EqBand, ...],
    limits: list[Limit],
) -> tuple[EqBand, ...] | None:
    """Tonn's bands `own` as a hand in the DAW has turned them since they had `settled`; None while nobody has.

    What was not turned keeps Tonn's own numbers. A bell that held none becomes a band of its own while there is room;
    a bypassed one counts as flat. What Tonn cannot take is limited, and added to `limits`.
    """
    held = [(bell, band) for bell, band in _held(placement, own) if bell <= outfit.bells]  # fewer than at placing time?
    found = {band.band: _turned_band(outfit, bell, band, settled, now, limits) for bell, band in held}
    bands = [found.get(band.band, band) for band in own]
    for bell in range(1, outfit.bells + 1):
        if bell in placement.bands or _turned(outfit, bell_key(bell, "gain_db"), settled, now) is None:
            continue
        free = sorted(set(range(1, MAX_BANDS + 1)) - {band.band for band in bands})
        fresh = _fresh_band(outfit, bell, free[0] if free else 0, now, limits)
        if fresh is not None and free:
            bands.append(fresh)
        elif fresh is not None:
            why = f"Tonn takes {MAX_BANDS} bands, and all are in use"
            limits.append(Limit(f"eq bell {bell} gain_db", fresh.gain_db, 0.0, why))
    return tuple(bands) if tuple(bands) != own else None


def turned_comp(
    outfit: Outfit,
    settled: Mapping[str, float],
    now: Mapping[str, float],
    own: Compressor,
    folded_db: float,
    limits: list[Limit],
) -> Compressor | None:
    """Tonn's compressor as a hand in the DAW has turned it; None while nobody has; a bypassed one has the ratio 1:1.

    `folded_db` is the trim that was folded into the fader: by so much the DAW's threshold stands lower than Tonn's.
    What Tonn cannot take is limited, and added to `limits`.
    """
    turned: dict[str, Any] = {}
    for quantity in COMP_QUANTITIES:
        key = comp_key(quantity)
        value = _turned(outfit, key, settled, now)
        if value is not None:
            turned[quantity] = _in_range(key, value + (folded_db if quantity == "threshold_db" else 0.0), limits)
    if outfit.is_on("comp.on", settled) and not outfit.is_on("comp.on", now):
        turned["ratio"] = 1.0
    changed = replace(own, **turned)
    return changed if changed != own else None


def shifted(comp: Compressor, by_db: float) -> Compressor:
    """A compressor that hears its stem louder by `by_db`: the threshold moves along, within its range."""
    if comp.threshold_db is None or by_db == 0.0:
        return comp
    return replace(comp, threshold_db=_in_range("threshold_db", comp.threshold_db + by_db, []))


def limit_of(parameter: str, wanted: float, scale: Scale) -> tuple[float, Limit | None]:
    """`wanted` within what a knob can be set to, and the limit where that is not the same."""
    got = min(max(wanted, scale.low), scale.high)
    if math.isclose(got, wanted, rel_tol=1e-6, abs_tol=1e-9):
        return wanted, None
    return got, Limit(parameter, wanted, got, f"this plug-in goes from {scale.low:g} to {scale.high:g}")


def _far(parameter: str, wanted: float, got: float) -> bool:
    """Whether a plug-in's steps leave a value so far off that a person should know."""
    if parameter.rpartition(".")[2] in IN_DB:
        return abs(got - wanted) > STEP_DB
    return abs(got - wanted) > STEP_SHARE * abs(wanted)


class _Placing:
    """A placement in the making."""

    def __init__(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self.wires: dict[str, float] = {}
        self.wanted: list[Wanted] = []
        self.bands: dict[int, int] = {}
        self.limits: list[Limit] = []

    def set(self, parameter: str, key: str, value: float) -> None:
        scale = self._outfit.knobs.get(key)
        if scale is None:
            return
        got, limit = limit_of(parameter, value, scale)
        wire = scale.wire_of(got)
        stands = scale.value_of(wire)
        if limit is None and _far(parameter, got, stands):
            limit = Limit(parameter, got, stands, "the nearest that this plug-in can be set to")
        if limit is not None:
            self.limits.append(limit)
        self.wires[key] = wire
        self.wanted.append(Wanted(parameter, got, key))

    def equaliser(self, bands: tuple[EqBand, ...]) -> None:
        outfit = self._outfit
        if not outfit.bells:
            return
        self._open(Slot.EQ)
        kept = strongest(bands, outfit.bells)
        for band in bands:
            if band not in kept:
                why = f"this equaliser has {outfit.bells} bells; this band does least"
                self.limits.append(Limit(f"eq.{band.band}.gain_db", band.gain_db, 0.0, why))
        for bell, band in enumerate(kept, 1):
            self.bands[bell] = band.band
            for quantity in EQ_QUANTITIES:
                self.set(f"eq.{band.band}.{quantity}", bell_key(bell, quantity), getattr(band, quantity))
        for bell in range(len(kept) + 1, outfit.bells + 1):
            key = bell_key(bell, "gain_db")
            self.wires[key] = outfit.knobs[key].wire_of(0.0)

    def compressor(self, comp: Compressor) -> None:
        if comp_key("threshold_db") not in self._outfit.knobs:
            return
        self._open(Slot.COMP)
        for quantity in COMP_QUANTITIES:
            value = getattr(comp, quantity)
            if value is not None:
                self.set(comp_key(quantity), comp_key(quantity), value)

    def _open(self, slot: Slot) -> None:
        """Switch the slot's plug-ins on, and set what has to be neutral."""
        for key, wire in self._outfit.fixed.items():
            if slot_of(key) is slot:
                self.wires[key] = wire
        for key, scale in self._outfit.knobs.items():
            if key == f"{slot}.on" or key.startswith(f"{slot}.on."):
                self.wires[key] = scale.wire_of(1.0)


def _audible(outfit: Outfit, user: Mapping[str, float], goal: Mapping[str, float]) -> dict[str, float]:
    """Where a blend starts: the user's knobs, and flat ones in place of those the user had switched off."""
    start = dict(user)
    for bell, switch in enumerate(outfit.bell_switches, 1):
        if not outfit.is_on(switch, user):
            start |= {key: goal[key] for quantity in EQ_QUANTITIES if (key := bell_key(bell, quantity)) in goal}
            key = bell_key(bell, "gain_db")
            start[key] = outfit.knobs[key].wire_of(0.0)
    if not outfit.is_on("comp.on", user):
        start |= {key: goal[key] for quantity in COMP_QUANTITIES if (key := comp_key(quantity)) in goal}
        ratio = outfit.knobs.get(comp_key("ratio"))
        if ratio is not None:
            start[comp_key("ratio")] = ratio.wire_of(1.0)
    return start


def _between(scale: Scale, key: str, start: float, end: float, amount: float) -> float:
    quantity = key.rpartition(".")[2]
    if quantity not in IN_DB and quantity not in (*EQ_QUANTITIES, *COMP_QUANTITIES):
        return end  # a switch, or what is fixed
    low, high = scale.value_of(start), scale.value_of(end)
    if quantity in IN_DB:
        return scale.wire_of(low * (1.0 - amount) + high * amount)
    if low <= 0.0 or high <= 0.0:
        return end
    return scale.wire_of(low ** (1.0 - amount) * high**amount)


def _held(placement: Placement, own: tuple[EqBand, ...]) -> list[tuple[int, EqBand]]:
    """Each bell that holds one of Tonn's bands, with the band."""
    by_number = {band.band: band for band in own}
    return [(bell, by_number[number]) for bell, number in placement.bands.items() if number in by_number]


def _turned_band(
    outfit: Outfit,
    bell: int,
    band: EqBand,
    settled: Mapping[str, float],
    now: Mapping[str, float],
    limits: list[Limit],
) -> EqBand:
    turned: dict[str, Any] = {}
    for quantity in EQ_QUANTITIES:
        value = _turned(outfit, bell_key(bell, quantity), settled, now)
        if value is not None:
            turned[quantity] = _in_range(f"eq.{band.band}.{quantity}", value, limits)
    switch = outfit.bell_switches[bell - 1]
    if outfit.is_on(switch, settled) and not outfit.is_on(switch, now):
        turned["gain_db"] = 0.0
    return replace(band, **turned)


def _fresh_band(outfit: Outfit, bell: int, number: int, now: Mapping[str, float], limits: list[Limit]) -> EqBand | None:
    """What a hand has made of a bell that held none of Tonn's bands, as band `number`; None where it is flat."""
    keys = {quantity: bell_key(bell, quantity) for quantity in EQ_QUANTITIES}
    if not all(key in now for key in keys.values()) or not outfit.is_on(outfit.bell_switches[bell - 1], now):
        return None
    values = {
        quantity: _in_range(f"eq.{number}.{quantity}", outfit.knobs[key].value_of(now[key]), limits)
        for quantity, key in keys.items()
    }
    return EqBand(number, **values) if values["gain_db"] else None


def _turned(outfit: Outfit, key: str, settled: Mapping[str, float], now: Mapping[str, float]) -> float | None:
    """What a knob stands for that a hand has turned; None where it stands as it settled, or is not known."""
    if key not in settled or key not in now or key not in outfit.knobs or outfit.same(key, settled[key], now[key]):
        return None
    return outfit.knobs[key].value_of(now[key])


RANGES: Mapping[str, tuple[float, float]] = {
    "freq_hz": (20.0, 20_000.0),
    "gain_db": (-20.0, 20.0),
    "q": (0.1, 10.0),
    "threshold_db": (-60.0, 0.0),
    "ratio": (1.0, 20.0),
    "attack_s": (0.0001, 0.1),
    "release_s": (0.001, 1.0),
}
"""What Tonn takes (effects guide and client)."""


def _in_range(parameter: str, value: float, limits: list[Limit]) -> float:
    low, high = RANGES[parameter.rpartition(".")[2]]
    got = min(max(value, low), high)
    if got != value:
        limits.append(Limit(parameter, value, got, f"Tonn's range is {low:g} to {high:g}"))
    return got
