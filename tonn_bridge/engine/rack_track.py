"""The plug-ins of one track: what the user had there, what was set, what is read back, and what hands have turned."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tonn_bridge.core import Compressor, EqBand, Limit, TonnSettings
from tonn_bridge.core.mix import EMPTY_RACK, Proof, RackView, Verdict
from tonn_bridge.core.plugins import (
    COMP_QUANTITIES,
    EQ_QUANTITIES,
    NO_OUTFIT,
    TRIM,
    Look,
    Outfit,
    Placement,
    bell_key,
    comp_key,
    shifted,
    turned_comp,
    turned_eq,
)

Knobs = dict[str, float]


@dataclass(slots=True)
class RackTrack:
    """Knobs by key, in wire numbers; only the rack changes them.

    `now` is what the DAW told last, `settled` what it held when Tonn's mix had arrived, `ridden` what it held when the
    user's mix took its place. `served` names the plug-ins that the user's values belong to, by slot.
    """

    name: str
    outfit: Outfit = NO_OUTFIT
    user: Knobs = field(default_factory=dict)
    settled: Knobs = field(default_factory=dict)
    ridden: Knobs = field(default_factory=dict)
    now: Knobs = field(default_factory=dict)
    served: dict[str, str] = field(default_factory=dict)
    placement: Placement | None = None
    target: Knobs = field(default_factory=dict)
    """What is to stand there; empty when nothing is under way."""
    settles: bool = False
    """Whether what the target becomes is what hands are measured against."""
    tries: int = 0
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Of each knob that was set since the last `apply`."""
    fault: str | None = None

    _version: int = 0
    """Grows with everything that a view shows."""
    _seen: tuple[object, ...] = ()
    _view: RackView = EMPTY_RACK

    # --- what stands there --------------------------------------------------------------------------------------

    def take(self, look: Look) -> bool:
        """Take in what a look has found; whether that is news."""
        known = {key: wire for key, wire in self.now.items() if key in look.outfit.knobs}
        now = {**known, **look.wires}
        if look.outfit == self.outfit and now == self.now:
            return False
        self.outfit, self.now = look.outfit, now
        self._version += 1
        return True

    def tell(self, key: str, wire: float) -> bool:
        """Take in what the DAW tells of one knob; whether that is news."""
        if key not in self.outfit.knobs or self.now.get(key) == wire:
            return False
        self.now[key] = wire
        self._version += 1
        return True

    def keep_user(self, *, anew: bool) -> None:
        """What stands there is the user's own; unless `anew` only where nothing of the user's is kept yet."""
        served = {serving.slot.value: serving.name for serving in self.outfit.serving if serving.found}
        kept = [] if anew else [slot for slot, name in served.items() if self.served.get(slot) == name]
        user = {key: wire for key, wire in self.user.items() if _slot_of(key) in kept}
        self.user, self.served = {**self.now, **user}, served

    def own(self) -> tuple[Knobs, list[str]]:
        """The user's wire numbers whose plug-in is still the one they were read from; and the slots where it is not."""
        serving = {serving.slot.value: serving.name for serving in self.outfit.serving if serving.found}
        lost = [slot for slot, name in self.served.items() if serving.get(slot) != name]
        return {key: wire for key, wire in self.user.items() if _slot_of(key) not in lost}, lost

    def keep_ridden(self, under_way: Mapping[str, float]) -> None:
        """What stands there, or was on its way, is Tonn's mix as the hands have left it."""
        self.ridden = {**self.now, **under_way}
        self._version += 1

    def older(self, key: str) -> list[float]:
        """What a knob held in older states of ours."""
        return [wires[key] for wires in (self.user, self.settled) if key in wires]

    # --- on the way ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Tonn's mix is set anew: what the last time has shown counts no more."""
        self.settled, self.verdicts, self.fault = {}, {}, None
        self._version += 1

    def put(self, placement: Placement) -> None:
        """This is how Tonn's settings go into the knobs."""
        self.placement = placement
        self._version += 1

    def retune(self, placement: Placement) -> None:
        """Set out for what a newer placement has otherwise; the knobs are measured against that from now on."""
        before = {} if self.placement is None else self.placement.wires
        news = {key: wire for key, wire in placement.wires.items() if before.get(key) != wire and key in self.user}
        self.put(placement)
        self.settled |= news
        self.aim({**self.target, **news}, settles=True)

    def fail(self, why: str) -> None:
        """It could not be set, or put back, and this is said until the next `apply`."""
        self.fault = why
        self._version += 1

    def aim(self, wires: Mapping[str, float], *, settles: bool = False) -> None:
        """Set out for these wire numbers; knobs that are not there (any more) are left out."""
        self.target = {key: wire for key, wire in wires.items() if key in self.outfit.knobs}
        self.settles, self.tries = settles, 0

    @property
    def writes(self) -> Knobs:
        """What has to be sent for the target: what is not known to stand there already, to the last bit."""
        return {key: wire for key, wire in self.target.items() if self.now.get(key) != wire}

    def missed(self, told: Mapping[str, float]) -> tuple[list[str], list[str]]:
        """After a write: the knobs that were told to stand elsewhere, and those of which nothing was told."""
        elsewhere = [
            key for key, wire in self.target.items() if key in told and not self.outfit.same(key, told[key], wire)
        ]
        return elsewhere, [key for key in self.target if key not in told]

    def settle(self, elsewhere: list[str], silent: list[str]) -> None:
        """The target is reached as far as it can be; what nothing was told of is taken to stand where it was put."""
        self.now |= {key: self.target[key] for key in silent}
        if self.settles:
            news = {key: self.now[key] for key in self.target if key in self.now}
            self.settled = {**self.settled, **news} if self.settled else dict(self.now)
            self.verdicts |= dict.fromkeys(self.target, Verdict.CONFIRMED)
            self.verdicts |= dict.fromkeys(silent, Verdict.NOT_CONFIRMED) | dict.fromkeys(elsewhere, Verdict.OFF)
        self.target = {}
        self._version += 1

    # --- what everybody reads -----------------------------------------------------------------------------------

    def view(self, wanted: TonnSettings | None, *, away: bool, applied: bool) -> RackView:
        """An immutable picture, the same object until something in it changes; `away` while the user's mix is shown."""
        seen = self._version, wanted, away, applied
        if seen != self._seen:
            self._seen, self._view = seen, self._make_view(wanted, self.ridden if away else self.now, applied=applied)
        return self._view

    def _make_view(self, wanted: TonnSettings | None, wires: Knobs, *, applied: bool) -> RackView:
        placement = self.placement if applied else None
        if placement is None:
            return RackView(serving=self.outfit.serving, fault=self.fault)
        limits = list(placement.limits)
        eq, comp = self._turned(wanted, placement, wires, limits)
        folded_db = 0.0 if self.outfit.has_trim or wanted is None else wanted.trim_db
        return RackView(
            serving=self.outfit.serving,
            holds=self._holds(placement),
            proof=tuple(self._proof(placement)),
            eq=eq,
            comp=comp,
            shown_comp=None if comp is None else shifted(comp, -folded_db),
            limited=tuple(limits),
            fault=self.fault,
        )

    def _turned(
        self, wanted: TonnSettings | None, placement: Placement, wires: Knobs, limits: list[Limit]
    ) -> tuple[tuple[EqBand, ...] | None, Compressor | None]:
        """What a hand in the DAW has made of Tonn's settings since they had settled."""
        if wanted is None or not self.settled or self.fault is not None:
            return None, None
        eq = turned_eq(self.outfit, placement, self.settled, wires, wanted.eq, limits) if wanted.eq else None
        if wanted.comp is None:
            return eq, None
        folded_db = 0.0 if self.outfit.has_trim else wanted.trim_db
        return eq, turned_comp(self.outfit, self.settled, wires, wanted.comp, folded_db, limits)

    def _holds(self, placement: Placement) -> dict[str, float]:
        keys = {comp_key(quantity): comp_key(quantity) for quantity in COMP_QUANTITIES} | {TRIM: TRIM}
        for bell, band in placement.bands.items():
            keys |= {f"eq.{band}.{quantity}": bell_key(bell, quantity) for quantity in EQ_QUANTITIES}
        knobs, now = self.outfit.knobs, self.now
        return {name: knobs[key].value_of(now[key]) for name, key in keys.items() if key in knobs and key in now}

    def _proof(self, placement: Placement) -> list[Proof]:
        found = []
        for wanted in placement.wanted:
            verdict, scale = self.verdicts.get(wanted.key), self.outfit.knobs.get(wanted.key)
            if verdict is None or scale is None:
                continue
            told = wanted.key in self.settled and verdict is not Verdict.NOT_CONFIRMED
            got = scale.value_of(self.settled[wanted.key]) if told else None
            found.append(Proof(wanted.parameter, wanted.value, got, verdict))
        return found


def _slot_of(key: str) -> str:
    return "trim" if key == TRIM else key.partition(".")[0]
