"""The plug-ins of all tracks: read before anything is set, set by track, read back, and given back where that fails.

The mixer decides where the mix goes, and this takes the knobs there. All of it runs on the event loop's thread, one
piece of work at a time; a newer decision takes the place of the one under way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.core import Proposal, TonnSettings
from tonn_bridge.core.mix import RackView
from tonn_bridge.core.plugins import Look, Slot, blend, place
from tonn_bridge.engine.goal import Goal
from tonn_bridge.engine.lanes import Lane
from tonn_bridge.engine.older import Returned, holds_older_state
from tonn_bridge.engine.rack.daw import Plugins, untold
from tonn_bridge.engine.rack.delivery import Delivery
from tonn_bridge.engine.rack.rounds import Rounds
from tonn_bridge.engine.rack.track import Knobs, Missed, RackTrack
from tonn_bridge.engine.rack.words import given_back, not_back
from tonn_bridge.errors import BridgeError, StoreError

log = logging.getLogger(__name__)

SURVEY_WAIT_S = 5.0
"""How long a movement waits for the first look at the plug-ins of a DAW that has just answered."""


class Rack:
    """Follows the mixer's decisions: `head_for` one, write it down, `depart`, and wait until it is `still`.

    `save` puts everything on disk: nothing is set before the user's own values are there. `proposal` and `wanted` tell
    a track's proposal and Tonn's settings; `give_back` sets a track's fader and pan back to the user's.
    """

    def __init__(
        self,
        names: Mapping[int, str],
        plugins: Plugins,
        clock: Clock,
        *,
        proposal: Callable[[int], Proposal | None],
        wanted: Callable[[int], TonnSettings | None],
        give_back: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        self.tracks = {number: RackTrack(name) for number, name in names.items()}
        self.goal: Goal | float | None = None
        """Where it is going; a number is a blend, so far from the user's mix."""
        self.shows_user = True
        self.applied = False
        self.elsewhere: dict[str, object] = {}
        """What is remembered of the plug-ins of other DAWs, by their mappings."""
        self.save: Callable[[], Awaitable[None]] = _nowhere
        self._plugins = plugins
        self._clock = clock
        self._proposal, self._wanted = proposal, wanted
        self._give_back = give_back
        self._changed = changed
        self._lane = Lane("plug-ins")
        self._live = self._fresh = False
        self._unknown = True
        """Whether the plug-ins have to be looked for before anything else."""
        self._departed, self._sets_out = True, False
        self._begins = False
        """Whether what the last `apply` has shown counts no more."""
        self._cut_short = False
        """Whether Tonn's mix had not arrived when the user's was wanted back."""
        self._retunes: set[int] = set()
        """Tracks whose settings were turned while a movement was under way."""
        self._reading: asyncio.Event | None = None
        self._delivery = Delivery(self.tracks, plugins, clock, take=self._take, newer=lambda: self._sets_out)
        self._rounds = Rounds(list(names), plugins.poll_s, clock, self._watches, self._wake)
        self._known = asyncio.Event()
        self._still = asyncio.Event()
        self._still.set()
        self._trouble: BridgeError | None = None
        self._untold = untold(plugins.slots)
        plugins.told = self._told

    # --- what is read -------------------------------------------------------------------------------------------

    @property
    def serves(self) -> bool:
        """Whether this DAW has plug-ins that can be set."""
        return bool(self._plugins.slots)

    @property
    def moving(self) -> bool:
        return not self._still.is_set()

    @property
    def owes(self) -> bool:
        """Whether values of the user's could not be put back, and might be now."""
        left_behind = not self.applied and not self.shows_user and self.goal is None
        return left_behind or any(track.owed for track in self.tracks.values())

    def view(self, number: int) -> RackView:
        away = self.shows_user or self.goal in (Goal.USER, Goal.RIDDEN)
        return self.tracks[number].view(self._wanted(number), away=away, applied=self.applied)

    def user_trim_db(self, number: int) -> float | None:
        """What the user has set before the plug-ins of a track; None where nothing can be set there."""
        track = self.tracks[number]
        if Slot.TRIM not in self._plugins.slots or (track.outfit.knobs and not track.outfit.has_trim):
            return None
        return track.user_trim_db

    # --- decisions ----------------------------------------------------------------------------------------------

    def head_for(self, goal: Goal, *, applied: bool) -> None:
        """Decide where to go; `depart` goes. `applied`: whether Tonn's mix counts as applied from now on."""
        self.applied = applied
        if not self.serves:
            return
        self._begins = self._begins or goal is Goal.PROPOSAL
        if goal is Goal.RIDDEN and self._cut_short:
            goal = Goal.PROPOSAL
        self._cut_short = self.goal is Goal.PROPOSAL and goal is Goal.USER
        self._lane.stop()
        self._delivery.due.clear()
        self.goal, self._departed, self._sets_out, self._trouble = goal, False, False, None
        self._still.clear()
        self._wake()

    def depart(self) -> None:
        """Go where the last decision goes, as soon as the DAW is there."""
        if self.goal is not None:
            self._departed = self._sets_out = True
            self._wake()

    def morph(self, amount: float) -> None:
        """Stand `amount` of the way from the user's mix (0) to the proposal (1)."""
        if self.serves:
            self.goal, self._trouble = amount, None
            self._still.clear()
            self.depart()

    def tuned(self, number: int) -> None:
        """Tonn's settings of a track were turned on a surface: the plug-ins follow as soon as nothing is under way."""
        if self.goal is not None:
            self._retunes.add(number)
            return
        track, proposal = self.tracks[number], self._proposal(number)
        if track.placement is None or proposal is None or not self.applied or track.fault is not None:
            return
        track.retune(place(track.outfit, proposal), away=self.shows_user)
        if track.target:
            self._delivery.due.add(number)
            self._still.clear()
            self._wake()

    def recall(self, goal: Goal | None, *, shows_user: bool, applied: bool) -> None:
        """Stand where an earlier run of the program has ended, and go on from there once the DAW is met."""
        self.shows_user, self.applied = shows_user, applied
        if goal is not None and self.serves:
            self.goal = goal
            self._still.clear()

    async def still(self) -> None:
        """Return when nothing of ours is under way any more.

        Raises:
            StoreError: the user's own values could not be put on disk, so nothing was set.
        """
        await self._still.wait()
        if self._trouble is not None:
            raise self._trouble

    async def known(self) -> None:
        """Return when the plug-ins have been looked at, or the DAW is not there to be asked."""
        if self.serves and self._live and not self._known.is_set():
            timer = self._clock.call_later(SURVEY_WAIT_S, self._known.set)
            await self._known.wait()
            timer.cancel()

    async def refresh(self) -> None:
        """Read what hands have turned since the last look."""
        if self.serves and self._watches() and self.goal is None:
            read = self._reading = self._reading or asyncio.Event()
            self._wake()
            await read.wait()

    # --- the DAW ------------------------------------------------------------------------------------------------

    def bound(self, *, fresh: bool) -> None:
        """The session's tracks stand on strips that may have changed; `fresh` after a (re)connection."""
        if self.serves:
            self._live = self._unknown = True
            self._fresh = self._fresh or fresh
            self._sets_out = self._sets_out or (self.goal is not None and self._departed)
            self._wake()

    def lost(self) -> None:
        """The DAW fell silent; what is known is kept, and what was under way waits."""
        self._live = False
        self._lane.stop()
        for track in self.tracks.values():
            track.doubt(track.now)
        self._known.set()
        self._end_reading()

    async def close(self) -> None:
        """Leave the plug-ins as they are."""
        self._rounds.stop()
        await self._lane.close()

    def _told(self, number: int, key: str, wire: float) -> None:
        track = self.tracks.get(number)
        if track is not None and track.tell(key, wire):
            self._changed()

    # --- the work -----------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        self._delivery.wake()
        if self._live and self._lane.running is None:
            self._lane.start("plug-ins", self._work)

    async def _work(self) -> None:
        while True:
            try:
                while await self._next():
                    pass
            except StoreError as exc:
                self._give_up(exc)
            except Exception:
                log.exception("the plug-ins could not be set")
                self._give_up(BridgeError("the plug-ins could not be set; the log has the details"))
            self._arrive()
            if not (self._delivery.due and self._departed):
                return

    async def _next(self) -> bool:
        """Do one piece of work; False when there is none."""
        if self._unknown:
            await self._survey()
        elif self._sets_out:
            await self._set_out()
        elif self._delivery.due and self._departed:
            await self._deliver()
        elif self._reading is not None:
            self._take(await self._plugins.look(list(self.tracks)))
            self._end_reading()
        elif (number := self._rounds.take()) is not None:
            self._take(await self._plugins.look([number]))
        else:
            return False
        return True

    async def _survey(self) -> None:
        """See what stands on the tracks; a DAW that came back with an older state of ours gets the newest back."""
        before = {number: dict(track.now) for number, track in self.tracks.items()}
        self._unknown = False
        try:
            self._take(await self._plugins.look(list(self.tracks)))
        except asyncio.CancelledError:
            self._unknown = True
            raise
        for number, track in self.tracks.items():
            proposal = self._proposal(number)
            if self.applied and track.placement is None and proposal is not None:
                track.place(proposal)
        fresh, self._fresh = self._fresh, False
        if fresh and self.applied and self.goal is None and self._holds_older_state(before):
            for number, track in self.tracks.items():
                track.aim(before[number])
                self._delivery.due.add(number)
            self._still.clear()
        if fresh and self.shows_user and self.goal is None:
            self._pay()
        self._known.set()
        self._changed()

    def _pay(self) -> None:
        """Put back what the user is owed, now that the DAW is there."""
        for number, track in self.tracks.items():
            if track.claims:
                track.aim(track.claims, homeward=True)
                self._delivery.due.add(number)
                self._still.clear()

    async def _set_out(self) -> None:
        """Turn the goal into what each track is to hold; first what would be lost is read, and put on disk."""
        self._sets_out, goal = False, self.goal
        if goal is Goal.USER:
            await self._keep_ridden()
        else:
            await self._keep_user()
        begins = self._begins and goal not in (Goal.USER, Goal.RIDDEN)
        self._begins = self._begins and not begins
        for number, track in self.tracks.items():
            if begins:
                track.begin()
            wires = self._aim(number, track, goal)
            track.aim(wires, settles=goal is Goal.PROPOSAL, homeward=goal is Goal.USER)
            self._delivery.due.add(number)

    async def _keep_user(self) -> None:
        """Keep what the user has, all of it or what has come since, before it is overwritten.

        A blend that only goes on overwrites nothing new, and a hand that moves one does not wait for a look.
        """
        if isinstance(self.goal, float) and not self.shows_user and all(t.is_kept for t in self.tracks.values()):
            return
        self._take(await self._plugins.look(list(self.tracks)))
        before = self.shows_user
        for track in self.tracks.values():
            track.keep_user(anew=self.shows_user)
        self.shows_user = False
        try:
            await self.save()
        except StoreError:
            self.shows_user = before
            raise

    async def _keep_ridden(self) -> None:
        """Keep what the hands have left, before the user's own takes its place; a way not gone to its end counts."""
        if self.shows_user and self.owes:
            self._take(await self._plugins.look(list(self.tracks)))
        elif not self.shows_user:
            under_way = {number: dict(track.target) for number, track in self.tracks.items()}
            self._take(await self._plugins.look(list(self.tracks)))
            for number, track in self.tracks.items():
                track.keep_ridden(under_way[number])
            try:
                await self.save()
            except StoreError as exc:  # who wants the own mix back shall have it
                log.warning("what the hands have left in the plug-ins is not on disk: %s", exc)

    def _aim(self, number: int, track: RackTrack, goal: Goal | float | None) -> Knobs:
        if goal is Goal.RIDDEN:
            return track.ridden
        if goal is Goal.USER:
            return track.way_home(only_owed=self.shows_user)
        user, _ = track.own()
        proposal = self._proposal(number)
        if proposal is None or track.fault is not None:
            return {}
        placement = track.place(proposal)
        if isinstance(goal, float):
            track.expect()
        share = goal if isinstance(goal, float) else 1.0
        wires = blend(track.outfit, user, placement.wires, share)
        return {key: wire for key, wire in wires.items() if key in user}  # what could not be kept is not touched

    async def _deliver(self) -> None:
        """Send what is due and read it back; what did not arrive is due again."""
        told = await self._delivery.run(rests=isinstance(self.goal, float))
        for number, wires in told.items():
            self._settle(number, wires)

    def _settle(self, number: int, told: Mapping[str, float]) -> None:
        track = self.tracks[number]
        missed = track.arrived(told)
        if missed.again:
            self._delivery.due.add(number)
        elif missed.elsewhere and self.goal is Goal.PROPOSAL and track.fault is None:
            self._fail(number, track, missed)
        else:
            if track.homeward:
                self._come_home(track, missed)
            track.settle(missed)
        self._changed()

    def _fail(self, number: int, track: RackTrack, missed: Missed) -> None:
        """All or nothing: a track that cannot be set goes back to the user."""
        track.fail(given_back(track.told_of(missed.elsewhere)))
        log.warning('"%s": %s', track.name, track.fault)
        track.settle(missed)
        track.aim(track.own()[0], homeward=True)
        self._delivery.due.add(number)
        self._give_back(number)

    def _come_home(self, track: RackTrack, missed: Missed) -> None:
        """Where the user's own is not seen to be back, that is said; what else is wrong with the track stays said."""
        if missed.elsewhere or missed.silent:
            what = not_back(track.told_of(missed.elsewhere))
            track.fail(f"{track.fault}; but {what}" if track.fault and not track.owed else what)
            log.warning('"%s": %s', track.name, track.fault)
        elif track.owed and track.owed <= track.target.keys():
            track.fail(None)

    def _give_up(self, trouble: BridgeError) -> None:
        self._trouble, self._sets_out, self._departed = trouble, False, True
        self._delivery.due.clear()
        self._end_reading()

    def _arrive(self) -> None:
        """Nothing is left to do."""
        if self._departed and self.moving:
            self.shows_user = self.shows_user or (self.goal is Goal.USER and self._trouble is None)
            self.goal = None
            self._still.set()
            self._changed()
            for number in sorted(self._retunes):
                self.tuned(number)
            self._retunes.clear()
        if self._watches():
            self._rounds.go_on()

    def _watches(self) -> bool:
        return self._live and self.applied and not self.shows_user

    def _take(self, looks: Mapping[int, Look]) -> None:
        news = []
        for number, look in looks.items():
            known = look.outfit.serving or self.tracks[number].outfit.serving
            news.append(self.tracks[number].take(look if known else self._untold))
        if any(news):
            self._changed()

    def _end_reading(self) -> None:
        if self._reading is not None:
            self._reading.set()
            self._reading = None

    def _holds_older_state(self, before: Mapping[int, Knobs]) -> bool:
        """Whether the DAW holds something else than it did, and all of that is what the user or Tonn had set."""
        return holds_older_state(
            Returned(wire, before[number][key], track.older(key), track.outfit.knobs[key].same)
            for number, track in self.tracks.items()
            for key, wire in track.now.items()
            if key in before[number]
        )


async def _nowhere() -> None:
    """Where there is no disk to put anything on."""
