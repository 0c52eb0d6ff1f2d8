"""The one owner of the mix. Everything that moves a fader comes through here, in order; everybody else reads views.

All of it runs on the event loop's thread, so a call is an entry in the one inbox, and nothing is locked.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tonn_bridge.clock import Clock
from tonn_bridge.core import (
    Gain,
    GainMode,
    Param,
    Proposal,
    TonnSettings,
    TrackSpec,
    propose,
)
from tonn_bridge.core.mix import MixView, Showing, TrackView
from tonn_bridge.core.plugins import NoPlugins
from tonn_bridge.engine.glide import Control
from tonn_bridge.engine.goal import Goal
from tonn_bridge.engine.motion import Daw, Motion
from tonn_bridge.engine.older import Returned, holds_older_state
from tonn_bridge.engine.proof import prove
from tonn_bridge.engine.rack import Rack
from tonn_bridge.engine.rack.daw import Plugins
from tonn_bridge.engine.strip import DRIVEN, Strip, Wires
from tonn_bridge.engine.tuner import Tuner
from tonn_bridge.errors import NotPossible


class Mixer:
    """Applies changes in order and publishes views.

    `changed` is called after every change, from inside the change: it must only note that there is one.
    """

    def __init__(
        self,
        tracks: Sequence[TrackSpec],
        daw: Daw,
        clock: Clock,
        *,
        mode: GainMode = GainMode.ABSOLUTE,
        glide_s: float = 0.3,
        changed: Callable[[], None] = lambda: None,
        plugins: Plugins | None = None,
    ) -> None:
        self._mode = mode
        self._changed_hook = changed
        self._sequence = 0
        scales = {param: daw.scale(param) for param in DRIVEN if param in daw.params}
        self._mute_scale = daw.scale(Param.MUTE) if Param.MUTE in daw.params else None
        self.strips = {track.number: Strip(track, scales, daw.habits) for track in tracks}
        self.showing = Showing.USER
        self.applied = False
        self.goal: Goal | None = None
        self._departed = True
        self._motion = Motion(
            self.strips, daw, clock, glide_s, handed=self._handed, rested=self._arrive, changed=self._changed
        )
        self.rack = Rack(
            {number: strip.spec.name for number, strip in self.strips.items()},
            plugins or NoPlugins(),
            clock,
            proposal=lambda number: self.proposal(self.strips[number]),
            wanted=lambda number: self.strips[number].wanted,
            give_back=self._give_back,
            changed=self._changed,
        )
        self.tuner = Tuner(self.strips, self.rack.view, self._tuned)
        self._still = asyncio.Event()
        self._still.set()
        self._view: MixView | None = None

    # --- what everybody reads -----------------------------------------------------------------------------------

    @property
    def view(self) -> MixView:
        """The mix as it stands; the same object until something changes."""
        if self._view is None or self._view.sequence != self._sequence:
            self._view = MixView(
                sequence=self._sequence,
                showing=self.showing,
                applied=self.applied,
                moving=self.moving,
                live=self._motion.live,
                tracks=tuple(self._track_view(number, strip) for number, strip in self.strips.items()),
            )
        return self._view

    @property
    def moving(self) -> bool:
        """Whether a movement of the whole mix is under way."""
        return self.goal is not None or self.rack.goal is not None

    @property
    def applying(self) -> bool:
        """Whether Tonn's mix is still on its way into the DAW."""
        return Goal.PROPOSAL in (self.goal, self.rack.goal)

    def _track_view(self, number: int, strip: Strip) -> TrackView:
        proposal, rack = self.proposal(strip), self.rack.view(number)
        proof = partial(prove, strip, proposal, rack) if self.applied and proposal is not None else None
        return strip.view(self._own_mix(strip), proposal, self._adjust_db(strip), rack, proof)

    def proposal(self, strip: Strip) -> Proposal | None:
        """What Tonn's settings mean on this DAW, with this user's fader where that counts."""
        wanted, user_gain, trim_db = strip.wanted, None, self.rack.user_trim_db(strip.spec.number)
        if wanted is None:
            return None
        if self._mode is GainMode.RELATIVE:
            user_gain = strip.setting(strip.user if strip.user and self.applied else strip.readings).gain
        if strip.proposed is None or strip.proposed[0] is not wanted or strip.proposed[1] != (user_gain, trim_db):
            top = Gain(strip.scales[Param.GAIN].high)
            proposal = propose(wanted, mode=self._mode, user_gain=user_gain, top=top, user_trim_db=trim_db)
            strip.proposed = wanted, (user_gain, trim_db), proposal
        return strip.proposed[2]

    @property
    def has_proposal(self) -> bool:
        return any(strip.settings is not None for strip in self.strips.values())

    async def still(self) -> None:
        """Return when no fader and no knob of ours is under way any more.

        Raises:
            StoreError: the plug-ins were left alone, because the user's own values could not be put on disk.
        """
        while not self._still.is_set() or self.rack.moving:
            await self._still.wait()
            await self.rack.still()  # which may give faders back

    # --- what people and Tonn want ------------------------------------------------------------------------------

    @property
    def mode(self) -> GainMode:
        """Whether the stems were rendered before the faders or through them."""
        return self._mode

    def set_proposal(self, settings: Mapping[int, TonnSettings]) -> None:
        """Tonn's settings, by track number; the faders stay where they are until `apply`."""
        for number, strip in self.strips.items():
            strip.settings = settings.get(number)
        self._changed()

    def apply(self) -> None:
        """Head for the proposal; the user's own mix is kept first, unless the DAW shows Tonn's already.

        Like `revert` and `compare` this only decides where to go, so that it can be written down before the first
        fader moves; `depart` moves them.

        Raises:
            NotPossible: there is no proposal, or the DAW has not told where every fader stands.
        """
        if not self.has_proposal:
            raise NotPossible("there is no proposal yet: ask for a preview first")
        self._check_ready()
        self._keep_user_mix()
        self._hold()
        for strip in self.strips.values():
            strip.baseline, strip.given_back = {}, False
        self.showing, self.applied = Showing.PROPOSAL, True
        self._head_for(Goal.PROPOSAL)

    def revert(self) -> None:
        """Head back for the user's own mix, or for what is still missing of it in the plug-ins.

        Raises:
            NotPossible: nothing has been applied.
        """
        if not self.rack.owes:
            self._check_applied("revert")
        if not self.applied:
            self._keep_user_mix()
        self._hold()
        self.showing, self.applied = Showing.USER, False
        self._head_for(Goal.USER)

    def compare(self) -> None:
        """Head for the other of the two: Tonn's mix, with the hand's adjustments, or the user's.

        Raises:
            NotPossible: nothing has been applied.
        """
        self._check_applied("compare")
        if self.showing is Showing.USER:
            self._keep_user_mix()
            self.showing = Showing.PROPOSAL
            self._head_for(Goal.RIDDEN)
            return
        for strip in self.strips.values():
            strip.ridden = self._bound_for(strip)
        self._hold()
        self.showing = Showing.USER
        self._head_for(Goal.USER)

    def depart(self) -> None:
        """Move the faders to where the last decision goes, gliding; `still` waits for them."""
        if self.goal is not None:
            self._go(self.goal)
        self.rack.depart()

    def morph(self, amount: float) -> None:
        """Stand `amount` of the way from the user's mix (0) to the proposal (1); moves faders, so it adjusts.

        Raises:
            NotPossible: nothing has been applied.
        """
        self._check_applied("morph")
        self._keep_user_mix()
        self._stop()
        self.showing = Showing.PROPOSAL if amount >= 1.0 else Showing.BLEND
        self.rack.morph(amount)
        for number, strip in self.strips.items():
            proposal = self.proposal(strip)
            if proposal is not None and not strip.given_back:
                for param, wire in strip.blend(proposal, amount).items():
                    self._write((number, param), wire)
        self._changed()

    def move(self, number: int, param: Param, value: float) -> None:
        """Move a control as if by hand: dB for gain (-inf is off), -1..1 for pan; past an end it stops there."""
        strip = self.strips[number]
        self._check_moves(strip, param)
        self._write((number, param), strip.scales[param].wire_of(value))
        self._changed()

    def adjust(self, number: int, adjust_db: float) -> None:
        """Move a fader to `adjust_db` dB above the baseline that Tonn's mix settled on.

        Raises:
            NotPossible: Tonn's mix is not what the DAW shows.
        """
        strip = self.strips[number]
        base = strip.baseline.get(Param.GAIN)
        if base is None or self.showing is Showing.USER:
            raise NotPossible(f'"{strip.spec.name}" has nothing to be adjusted against: apply Tonn\'s mix first')
        self.move(number, Param.GAIN, strip.scales[Param.GAIN].value_of(base) + adjust_db)

    # --- what the DAW says --------------------------------------------------------------------------------------

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        """The DAW reported a value, in the form in which a hand's move comes too."""
        strip = self.strips[number]
        if param is Param.MUTE:
            strip.muted = self._is_mute(wire)
            self._changed()
            return
        self._motion.heard((number, param), wire)

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        """The DAW reported a value in a form that can only confirm a write."""
        if param in DRIVEN:
            self._motion.confirmed((number, param), wire, tolerance)

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        """A value has left for the DAW."""
        self._motion.sent((number, param), wire)

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, Wires], *, fresh: bool) -> None:
        """The session's tracks stand on these strips, which hold these values; `fresh` after a (re)connection.

        A track that was moved in the DAW takes its settings along: no hand did that. A DAW that came back holding
        an older state of ours, and nothing else, gets the mix back that it was showing.
        """
        older = fresh and self._holds_older_state(readings)
        for number, strip in self.strips.items():
            strip.place = places.get(number)
            held = readings.get(number, {})
            strip.muted = Param.MUTE in held and self._is_mute(held[Param.MUTE])
            for param, judge in strip.judges.items():
                judge.rebind(held.get(param, judge.reading))
        self._motion.resume()
        self.rack.bound(fresh=fresh)
        if self.goal is not None and self._departed:
            self._go(self.goal)
        elif older:
            for number, strip in self.strips.items():
                for param, wire in strip.last.items():
                    if not strip.scales[param].same(strip.readings.get(param, wire), wire):
                        self._write((number, param), wire)
        self._arrive()
        self._changed()

    def daw_lost(self) -> None:
        """The DAW fell silent; what is known of it is kept, and so is what was under way."""
        self.remember()
        self._motion.pause()
        self.rack.lost()
        self._changed()

    # --- inside -------------------------------------------------------------------------------------------------

    def _is_mute(self, wire: float) -> bool:
        return self._mute_scale is not None and self._mute_scale.value_of(wire) >= 0.5

    def _head_for(self, goal: Goal) -> None:
        self._motion.stop_glide()
        self.goal, self._departed = goal, False
        self._still.clear()
        self.rack.head_for(goal, applied=self.applied)
        self._changed()

    def _go(self, goal: Goal) -> None:
        self.goal, self._departed = goal, True
        self._still.clear()
        for strip in self.strips.values():
            strip.handed.clear()
        self._motion.glide(
            {
                (number, param): wire
                for number, strip in self.strips.items()
                for param, wire in self._wires(strip, goal).items()
            }
        )

    def _write(self, control: Control, wire: float) -> None:
        self._still.clear()
        self._motion.write(control, wire)

    def _wires(self, strip: Strip, goal: Goal) -> Wires:
        if goal is Goal.PROPOSAL:
            proposal = self.proposal(strip)
            return strip.wires(proposal) if proposal is not None and not strip.given_back else {}
        return strip.user if goal is Goal.USER else strip.ridden

    def _handed(self, control: Control, stood: float | None) -> None:
        number, param = control
        if self.goal is not None:
            self.strips[number].handed.setdefault(param, stood)

    def _arrive(self) -> None:
        """If everything has come to rest, a movement of the whole mix has arrived: take the baseline."""
        if not self._motion.at_rest or not self._departed:
            return
        goal, self.goal = self.goal, None
        if goal is Goal.PROPOSAL:
            for strip in self.strips.values():
                self._take_baseline(strip)
        self._still.set()

    def _take_baseline(self, strip: Strip) -> None:
        """What the DAW settled on; where a hand took the fader on its way, where it would have gone."""
        if strip.given_back:
            return
        proposal = self.proposal(strip)
        wanted = strip.wires(proposal) if proposal is not None else {}
        strip.baseline = dict(strip.readings)
        strip.confirmed = {param for param, judge in strip.judges.items() if judge.told and param not in strip.handed}
        for param, stood in strip.handed.items():
            strip.baseline[param] = wanted.get(param, strip.baseline[param]) if stood is None else stood

    def _give_back(self, number: int) -> None:
        """A track whose plug-ins could not be set: its fader and pan are the user's again, and nothing is measured."""
        strip = self.strips[number]
        strip.given_back, strip.baseline = True, {}
        for param, wire in strip.user.items():
            self._write((number, param), wire)
        self._changed()

    def _tuned(self, number: int) -> None:
        self.rack.tuned(number)
        self._changed()

    def _stop(self) -> None:
        """End a movement of the whole mix where it is; its baseline is what it was going to."""
        self._motion.stop_glide()
        goal, self.goal, self._departed = self.goal, None, True
        if goal is Goal.PROPOSAL:
            for strip in self.strips.values():
                proposal = self.proposal(strip)
                strip.baseline = {**strip.readings, **(strip.wires(proposal) if proposal is not None else {})}

    def _hold(self) -> None:
        """End what moves, and let the adjustments stand still where they are, or were going to be."""
        gains = {number: self._bound_for(strip).get(Param.GAIN) for number, strip in self.strips.items()}
        self._stop()
        if self.showing is not Showing.USER:
            for number, strip in self.strips.items():
                strip.held_adjust_db = strip.adjust_db(gains[number])

    def _own_mix(self, strip: Strip) -> Wires:
        """The user's own values, with what a hand edits while `compare` shows them."""
        edited = self.applied and self.showing is Showing.USER
        return self._bound_for(strip) if edited else strip.user

    def _keep_user_mix(self) -> None:
        """While the DAW shows the user's mix, what stands there is the user's mix, with whatever a hand edited."""
        if self.showing is Showing.USER:
            for strip in self.strips.values():
                strip.user = self._bound_for(strip)

    def _bound_for(self, strip: Strip) -> Wires:
        """Where a track's controls stand or are going to; those a hand has taken are where the hand left them."""
        wires = dict(strip.shown())
        if self.goal is not None:
            goal = self._wires(strip, self.goal)
            wires |= {param: wire for param, wire in goal.items() if param in wires and param not in strip.handed}
        return wires

    def _adjust_db(self, strip: Strip) -> float | None:
        if self.showing is Showing.USER or self.goal is not None:
            return strip.held_adjust_db
        return strip.adjust_db(strip.judges[Param.GAIN].shown)

    def _check_ready(self) -> None:
        lost = [strip.spec.name for strip in self.strips.values() if strip.place is None]
        if not self._motion.live:
            raise NotPossible(
                "the DAW does not answer, or not yet, so nothing was moved; if that goes on, "
                "`tonn-bridge doctor` looks for the reason"
            )
        if lost:
            raise NotPossible(f"no DAW track is known for {', '.join(lost)}; nothing was moved")
        silent = [strip.spec.name for strip in self.strips.values() if Param.GAIN not in strip.readings]
        if silent:
            raise NotPossible(f"the DAW has not told the fader of {', '.join(silent)}; your own mix could not be kept")

    def _check_applied(self, action: str) -> None:
        if not self.applied:
            raise NotPossible(f"nothing has been applied, so there is nothing to {action}")

    def _check_moves(self, strip: Strip, param: Param) -> None:
        if param not in strip.judges:
            raise NotPossible(f"this DAW's mapping has no {param}")
        if not self._motion.live or strip.place is None:
            raise NotPossible(f'the DAW does not answer for "{strip.spec.name}"; its fader cannot be moved')

    def _holds_older_state(self, readings: Mapping[int, Wires]) -> bool:
        return self.applied and holds_older_state(
            Returned(wire, strip.last[param], strip.older(param), strip.scales[param].same)
            for number, strip in self.strips.items()
            for param, wire in readings.get(number, {}).items()
            if param in strip.last
        )

    def remember(self) -> None:
        """Note what the DAW shows, against which it is held when it comes back."""
        if self._motion.live:
            for strip in self.strips.values():
                strip.last = dict(strip.shown())

    def _changed(self) -> None:
        self._sequence += 1
        self._changed_hook()
