"""The plug-ins of one track: what the user had there, what was set, what is read back, and what hands have turned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tonn_bridge.core import Compressor, EqBand, Limit, Proposal, TonnSettings
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
    place,
    shifted,
    slot_of,
    turned_comp,
    turned_eq,
)
from tonn_bridge.engine.rack.words import gone

Knobs = dict[str, float]


MOST_TRIES = 4
"""So often everything is sent that stands elsewhere; and again while that becomes less."""
MOST_TRIES_HOME = 8
"""The user's own values are not given up so soon."""
MOST_TRIES_UNHEARD = 2
"""What the DAW tells nothing of is sent so often."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The knobs that stand elsewhere than they were put, and those of which nothing was told.

    `again`: sending them once more may help.
    """

    elsewhere: list[str]
    silent: list[str]
    again: bool


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
    homeward: bool = False
    """Whether the target is the user's own."""
    tries: int = 0
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Of each knob that was set since the last `apply`."""
    fault: str | None = None
    owed: set[str] = field(default_factory=set)
    """Knobs that were to have the user's own value again, and have not been seen with it since."""

    _placed: tuple[Proposal, Outfit] | None = None
    """What the placement was made of, where that may come again: many times a second while a blend is moved."""
    _missed: dict[str, float | None] = field(default_factory=dict)
    """The knobs that the last write has missed, and where each stood instead; None where nobody knows."""
    _handed: Knobs = field(default_factory=dict)
    """Where knobs were put that a hand was turning at the same time."""
    _sent: dict[str, float | None] = field(default_factory=dict)
    """What was sent and not been read back since; None where nobody knows what has arrived."""
    _version: int = 0
    """Grows with everything that a view shows."""
    _seen: tuple[object, ...] = ()
    _view: RackView = EMPTY_RACK

    # --- what stands there --------------------------------------------------------------------------------------

    def take(self, look: Look) -> bool:
        """Take in what a look has found; whether that is news. Of a track that told nothing, what is known stays."""
        if not look.outfit.serving:
            self.doubt(self.now)
            return False
        known = {key: wire for key, wire in self.now.items() if key in look.outfit.knobs}
        now = {**known, **look.wires}
        self._sent = {key: wire for key, wire in self._sent.items() if key not in look.wires}
        self.target = {key: wire for key, wire in self.target.items() if key in look.outfit.knobs}
        if look.outfit == self.outfit and now == self.now:
            return False
        self.outfit, self.now = look.outfit, now
        self._version += 1
        return True

    def tell(self, key: str, wire: float) -> bool:
        """Take in what the DAW tells of one knob; whether that is news."""
        if key not in self.outfit.knobs:
            return False
        self._sent.pop(key, None)
        if self.now.get(key) == wire:
            return False
        self.now[key] = wire
        self._version += 1
        return True

    def keep_user(self, *, anew: bool) -> None:
        """What stands there is the user's own; unless `anew` only where nothing of the user's is kept yet.

        What is owed is not what stands there, as long as it stands where Tonn's mix has left it.
        """
        served = self._serving
        kept = [] if anew else [slot for slot, name in served.items() if self.served.get(slot) == name]
        owing = {
            slot: name for slot, name in self.served.items() if served.get(slot, name) == name and self._owes(slot)
        }
        user = {
            key: wire
            for key, wire in self.user.items()
            if (slot := slot_of(key)) in kept or (slot in owing and key in self.owed and self._stands_as_left(key))
        }
        self.user, self.served = {**self.now, **user}, {**owing, **served}

    def own(self) -> tuple[Knobs, list[str]]:
        """The user's wire numbers whose plug-in is still the one they were read from; and the slots where it is not."""
        lost = [slot for slot, name in self.served.items() if self._serving.get(slot) != name]
        return {key: wire for key, wire in self.user.items() if slot_of(key) not in lost}, lost

    @property
    def is_kept(self) -> bool:
        """Whether there is a value of the user's for every knob that was told."""
        return self.now.keys() <= self.user.keys()

    def way_home(self, *, only_owed: bool) -> Knobs:
        """The user's values that can be put back; those whose plug-in is gone are owed, which is said."""
        user, lost = self.own()
        if lost:
            self.owed |= {key for key in self.user if slot_of(key) in lost}
            self.fail(gone(lost))
        return self.claims if only_owed else user

    @property
    def user_trim_db(self) -> float:
        """What the user has set before the plug-ins."""
        wire = (self.user or self.now).get(TRIM)
        return 0.0 if wire is None or not self.outfit.has_trim else self.outfit.knobs[TRIM].value_of(wire)

    @property
    def claims(self) -> Knobs:
        """The user's values that are owed and can be put back."""
        return {key: wire for key, wire in self.own()[0].items() if key in self.owed and self._stands_as_left(key)}

    def keep_ridden(self, under_way: Mapping[str, float]) -> None:
        """What stands there, or was on its way, is Tonn's mix as the hands have left it."""
        self.ridden = {**self.now, **under_way}
        self._version += 1

    @property
    def _serving(self) -> dict[str, str]:
        return {serving.slot.value: serving.name for serving in self.outfit.serving if serving.found}

    def _owes(self, slot: str) -> bool:
        return any(slot_of(key) == slot for key in self.owed)

    def _stands_as_left(self, key: str) -> bool:
        """Whether a knob stands where Tonn's mix has left it, as far as anybody knows."""
        if key not in self.now or key not in self.ridden:
            return True
        return self.outfit.same(key, self.now[key], self.ridden[key])

    def _still_there(self, wires: Mapping[str, float]) -> Knobs:
        """Those of the wire numbers whose plug-in is still the one that they were meant for."""
        there = self._serving
        return {key: w for key, w in wires.items() if there.get(slot := slot_of(key)) == self.served.get(slot)}

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
        self.placement, self._placed = placement, None
        self._version += 1

    def place(self, proposal: Proposal) -> Placement:
        """How `proposal` goes into the knobs from now on; not worked out again while it and they are the same."""
        known = self._placed
        if self.placement is None or known is None or known[0] is not proposal or known[1] is not self.outfit:
            placement = place(self.outfit, proposal)
            self.put(placement)
            self._placed = proposal, self.outfit
            return placement
        return self.placement

    def retune(self, placement: Placement, *, away: bool) -> None:
        """Set out for what a newer placement has otherwise; the knobs are measured against that from now on.

        While the user's mix is shown (`away`), they will be set when Tonn's comes back.
        """
        before = {} if self.placement is None else self.placement.wires
        news = {key: wire for key, wire in placement.wires.items() if before.get(key) != wire and key in self.user}
        self.put(placement)
        self.settled |= news
        if away:
            self.ridden |= news
        else:
            self.aim({**self.target, **news}, settles=True)

    def fail(self, why: str | None) -> None:
        """It could not be set, or put back, and this is said until the next `apply`; None: now it could."""
        self.fault = why
        self._version += 1

    def told_of(self, keys: Iterable[str]) -> list[str]:
        """In words: knobs, and where they stand."""
        wanted = self.placement.wanted if self.placement is not None else ()
        named = {each.key: each.parameter for each in wanted}
        return [f"{named.get(key, key)} ({self.outfit.knobs[key].value_of(self.now[key]):g})" for key in keys]

    def aim(self, wires: Mapping[str, float], *, settles: bool = False, homeward: bool = False) -> None:
        """Set out for these wire numbers; knobs that are not there (any more) are left out."""
        self.target = {key: wire for key, wire in wires.items() if key in self.outfit.knobs}
        self.settles, self.homeward, self.tries = settles, homeward, 0
        self._missed, self._handed = {}, {}

    def expect(self) -> None:
        """The knobs of a mix that has not arrived are measured against where they were going."""
        if self.placement is not None and not self.settled and self.fault is None:
            goal = {key: wire for key, wire in self.placement.wires.items() if key in self.user}
            self.settled = {**self.now, **goal} if goal else {}
            self.verdicts = dict.fromkeys(goal, Verdict.NOT_CONFIRMED)
            self._version += 1

    @property
    def writes(self) -> Knobs:
        """What has to be sent for the target: what is not known to stand there already, to the last bit."""
        return {key: wire for key, wire in self.target.items() if self._sent.get(key, self.now.get(key)) != wire}

    def sent(self, wires: Mapping[str, float]) -> None:
        """These have left for the DAW."""
        self._sent |= wires

    def doubt(self, keys: Iterable[str]) -> None:
        """Nobody knows where these knobs stand."""
        self._sent |= dict.fromkeys(keys)

    def arrived(self, told: Mapping[str, float]) -> Missed:
        """What has come of a write, now that `told` was read back; a knob that goes on moving is in a hand."""
        before, self._missed = self._missed, {key: told.get(key) for key in self.target if self._misses(key, told)}
        self.tries += 1
        for key, wire in list(self._missed.items()):
            if self.tries > 1 and wire is not None and self._moves(key, before, wire):
                self._handed[key] = self.target.pop(key)
                del self._missed[key]
        self.doubt(self._missed)
        elsewhere = [key for key, wire in self._missed.items() if wire is not None]
        most = MOST_TRIES_UNHEARD if not elsewhere else MOST_TRIES_HOME if self.homeward else MOST_TRIES
        return Missed(
            elsewhere=elsewhere,
            silent=[key for key, wire in self._missed.items() if wire is None],
            again=bool(self._missed) and (self.tries < most or len(self._missed) < len(before)),
        )

    def _moves(self, key: str, before: Mapping[str, float | None], now: float) -> bool:
        """Whether a knob stood where it was put, or elsewhere than now, when it was read the last time."""
        if key not in before:
            return True
        stood = before[key]
        return stood is not None and not self.outfit.same(key, stood, now)

    def _misses(self, key: str, told: Mapping[str, float]) -> bool:
        return key not in told or not self.outfit.same(key, told[key], self.target[key])

    def settle(self, missed: Missed) -> None:
        """The target is reached as far as it can be; what nothing was told of is taken to stand where it was put.

        What hands were turning meanwhile is measured against where it was put.
        """
        if self.homeward:
            self.owed = (self.owed - self.target.keys()) | {*missed.elsewhere, *missed.silent}
        else:
            self.now |= {key: self.target[key] for key in missed.silent}
        if self.settles:
            news = {key: self.now[key] for key in self.target if key in self.now} | self._handed
            self.settled = {**self.settled, **news} if self.settled else {**self.now, **news}
            self.verdicts |= dict.fromkeys(self.target, Verdict.CONFIRMED)
            self.verdicts |= dict.fromkeys(missed.elsewhere, Verdict.OFF)
            self.verdicts |= dict.fromkeys([*missed.silent, *self._handed], Verdict.NOT_CONFIRMED)
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
        return RackView(
            serving=self.outfit.serving,
            holds=self._holds(placement),
            proof=tuple(self._proof(placement)),
            eq=eq,
            comp=comp,
            shown_comp=None if comp is None else shifted(comp, -self._folded_db(wanted)),
            limited=tuple(limits),
            fault=self.fault,
        )

    def _turned(
        self, wanted: TonnSettings | None, placement: Placement, wires: Knobs, limits: list[Limit]
    ) -> tuple[tuple[EqBand, ...] | None, Compressor | None]:
        """What a hand in the DAW has made of Tonn's settings since they had settled."""
        settled = self._still_there(self.settled) | self._never_set(wires)
        if wanted is None or not settled or self.fault is not None:
            return None, None
        eq = turned_eq(self.outfit, placement, settled, wires, wanted.eq, limits) if wanted.eq else None
        if wanted.comp is None:
            return eq, None
        return eq, turned_comp(self.outfit, settled, wires, wanted.comp, self._folded_db(wanted), limits)

    def _folded_db(self, wanted: TonnSettings | None) -> float:
        """The trim that was folded into fader and threshold, where there is none before the plug-ins."""
        return 0.0 if self.outfit.has_trim or wanted is None else wanted.trim_db

    def _never_set(self, wires: Knobs) -> Knobs:
        """Knobs of which nothing was told when they were set, and which turn out to hold the user's own still."""
        return {
            key: wires[key]
            for key, verdict in self.verdicts.items()
            if verdict is Verdict.NOT_CONFIRMED and key in wires and key in self.user and key in self.outfit.knobs
            if self.outfit.same(key, wires[key], self.user[key])
        }

    def _holds(self, placement: Placement) -> dict[str, float]:
        keys = {comp_key(quantity): comp_key(quantity) for quantity in COMP_QUANTITIES} | {TRIM: TRIM}
        for bell, band in placement.bands.items():
            keys |= {f"eq.{band}.{quantity}": bell_key(bell, quantity) for quantity in EQ_QUANTITIES}
        knobs, now = self.outfit.knobs, self.now
        return {name: knobs[key].value_of(now[key]) for name, key in keys.items() if key in knobs and key in now}

    def _proof(self, placement: Placement) -> list[Proof]:
        found, settled = [], self._still_there(self.settled)
        for wanted in placement.wanted:
            verdict, scale = self.verdicts.get(wanted.key), self.outfit.knobs.get(wanted.key)
            if verdict is None or scale is None:
                continue
            if wanted.key not in settled or verdict is Verdict.NOT_CONFIRMED:
                found.append(Proof(wanted.parameter, wanted.value, None, Verdict.NOT_CONFIRMED))
            else:
                found.append(Proof(wanted.parameter, wanted.value, scale.value_of(settled[wanted.key]), verdict))
        return found
