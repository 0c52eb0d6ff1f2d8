"""One track's controls in the DAW, and the values that belong to them: the user's, the baseline, the ridden."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tonn_bridge.core import FLOOR_DB, Gain, Pan, Param, Proposal, TonnSettings, TrackSpec, blend_gain, blend_pan
from tonn_bridge.core.judge import EchoHabits, Judge, Scale
from tonn_bridge.core.mix import Proof, RackView, Setting, TrackView

DRIVEN = (Param.GAIN, Param.PAN)
"""The parameters a mix sets; mute is only read."""


def gain_landing(db: float) -> float:
    """How far off, in dB, a coarse DAW may round a gain: half a 7-bit fader's step and a little, wider further down."""
    return 0.4 * math.pow(10.0, max(-20.0 - max(db, FLOOR_DB), 0.0) / 60.0)


def pan_landing(_: float) -> float:
    """How far off a coarse DAW may round a pan: half a 7-bit step and a little, the same everywhere."""
    return 0.01


SETTINGS_KEPT = 8

LANDING: Mapping[Param, Callable[[float], float]] = {Param.GAIN: gain_landing, Param.PAN: pan_landing}

Wires = dict[Param, float]
Tuned = TypeVar("Tuned")


@dataclass(slots=True)
class Strip:
    """The state of one session track, in the DAW's wire numbers; only the mixer changes it."""

    spec: TrackSpec
    scales: Mapping[Param, Scale]
    habits: EchoHabits
    judges: dict[Param, Judge] = field(init=False)
    place: int | None = None
    muted: bool = False
    settings: TonnSettings | None = None
    tuned: TonnSettings | None = None
    """Tonn's settings with the equaliser and compressor as a hand has turned them; counts while `tuned_from` stands."""
    tuned_from: TonnSettings | None = None
    proposed: tuple[TonnSettings, tuple[Gain | None, float | None], Proposal] | None = None
    """The last proposal that was made, and what it was made of: it is asked for far more often than it changes."""
    user: Wires = field(default_factory=dict)
    baseline: Wires = field(default_factory=dict)
    ridden: Wires = field(default_factory=dict)
    last: Wires = field(default_factory=dict)
    confirmed: set[Param] = field(default_factory=set)
    """The controls of which the DAW itself said where they settled."""
    given_back: bool = False
    """Whether the last `apply` failed on this track, which is the user's again."""
    held_adjust_db: float | None = None
    handed: dict[Param, float | None] = field(default_factory=dict)
    """The controls a hand took while the whole mix was moving, and where each stood if it had arrived."""

    _levels: dict[Param, tuple[float, float]] = field(default_factory=dict)
    """The last wire numbers that were asked for, and their values."""
    _settings: dict[tuple[float | None, float | None], Setting] = field(default_factory=dict)
    """Settings made of wire numbers lately: the user's and the baseline are looked at with every change."""

    _seen: tuple[object, ...] = ()
    _view: TrackView | None = None

    def __post_init__(self) -> None:
        self.judges = {param: Judge(scale, self.habits, LANDING[param]) for param, scale in self.scales.items()}

    @property
    def wanted(self) -> TonnSettings | None:
        """Tonn's settings, and what a hand has made of them."""
        return self.tuned if self.tuned_from == self.settings else self.settings

    @property
    def readings(self) -> Wires:
        """What the DAW holds, for the controls it has told."""
        return {param: judge.reading for param, judge in self.judges.items() if judge.reading is not None}

    def level(self, param: Param) -> float | None:
        """Where a control stands or is about to: dB (-inf is off), or -1..1 for a pan; None where it is not known."""
        judge = self.judges.get(param)
        wire = None if judge is None else judge.shown
        if wire is None:
            return None
        known = self._levels.get(param)
        if known is None or known[0] != wire:
            known = self._levels[param] = wire, self.scales[param].value_of(wire)
        return known[1]

    def shown(self) -> Iterator[tuple[Param, float]]:
        for param, judge in self.judges.items():
            if judge.shown is not None:
                yield param, judge.shown

    def adjust_db(self, now: float | None) -> float | None:
        """A fader at `now` against the baseline in dB, exactly 0.0 within the DAW's own step; None without one."""
        base = self.baseline.get(Param.GAIN)
        if base is None or now is None:
            return None
        scale = self.scales[Param.GAIN]
        if scale.same(base, now):
            return 0.0
        return Gain(scale.value_of(now)).minus(Gain(scale.value_of(base)))

    def pan_changed(self) -> bool:
        base, now = self.baseline.get(Param.PAN), dict(self.shown()).get(Param.PAN)
        return base is not None and now is not None and not self.scales[Param.PAN].same(base, now)

    def setting(self, wires: Mapping[Param, float]) -> Setting:
        """Wire numbers as a gain and a pan."""
        gain, pan = wires.get(Param.GAIN), wires.get(Param.PAN)
        found = self._settings.get((gain, pan))
        if found is None:
            if len(self._settings) >= SETTINGS_KEPT:
                self._settings.clear()
            found = self._settings[gain, pan] = Setting(
                None if gain is None else Gain(self.scales[Param.GAIN].value_of(gain)),
                None if pan is None else Pan(self.scales[Param.PAN].value_of(pan)),
            )
        return found

    def wires(self, proposal: Proposal) -> Wires:
        """What to write so that the strip stands at the proposal."""
        wires: Wires = {}
        if proposal.gain is not None:
            wires[Param.GAIN] = self.scales[Param.GAIN].wire_of(proposal.gain.db)
        if proposal.pan is not None and Param.PAN in self.scales:
            wires[Param.PAN] = self.scales[Param.PAN].wire_of(proposal.pan.position)
        return wires

    def blend(self, proposal: Proposal, amount: float) -> Wires:
        """The wire numbers `amount` of the way from the user's to the proposal's; at either end exactly those."""
        goal = {**self.user, **self.wires(proposal)}
        if amount <= 0.0:
            return dict(self.user)
        if amount >= 1.0:
            return goal
        wires: Wires = {}
        for param, user in self.user.items():
            scale = self.scales[param]
            start, end = scale.value_of(user), scale.value_of(goal[param])
            if param is Param.GAIN:
                wires[param] = scale.wire_of(blend_gain(Gain(start), Gain(end), amount).db)
            else:
                wires[param] = scale.wire_of(blend_pan(Pan(start), Pan(end), amount).position)
        return wires

    def older(self, param: Param) -> list[float]:
        """What a control held in older states of ours."""
        return [wires[param] for wires in (self.user, self.baseline) if param in wires]

    def view(
        self,
        user: Wires,
        proposal: Proposal | None,
        adjust_db: float | None,
        rack: RackView,
        prove: Callable[[], tuple[Proof, ...]] | None,
    ) -> TrackView:
        """An immutable picture of this track, the same object until something in it changes.

        `prove` makes the proof of what was set; None while nothing is applied.
        """
        settings = self.setting(user), self.setting(dict(self.shown())), self.setting(self.baseline)
        held = self.place, self.muted, self.wanted, self.settings, self.confirmed
        seen = *settings, proposal, adjust_db, rack, *held, prove is None
        if seen == self._seen and self._view is not None:
            return self._view
        self._seen = seen
        self._view = TrackView(
            number=self.spec.number,
            name=self.spec.name,
            strip=self.place,
            user=settings[0],
            proposal=proposal,
            current=settings[1],
            baseline=settings[2],
            adjust_db=adjust_db,
            muted=self.muted,
            pan_changed=self.pan_changed(),
            tuned_eq=rack.eq or self._tuned(lambda settings: settings.eq),
            tuned_comp=rack.comp or self._tuned(lambda settings: settings.comp),
            rack=rack,
            proof=() if prove is None else prove(),
        )
        return self._view

    def _tuned(self, part: Callable[[TonnSettings], Tuned]) -> Tuned | None:
        """A part of the settings, where it differs from Tonn's own."""
        if self.wanted is None or self.settings is None or part(self.wanted) == part(self.settings):
            return None
        return part(self.wanted)
