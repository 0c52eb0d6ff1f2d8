"""The plug-ins of all tracks: read before anything is set, set by track, read back, and given back where that fails.

The mixer decides where the mix goes, and this takes the knobs there. All of it runs on the event loop's thread, one
piece of work at a time; a newer decision takes the place of the one under way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core import Proposal, TonnSettings
from tonn_bridge.core.mix import RackView
from tonn_bridge.core.plugins import TRIM, Look, Slot, blend, place
from tonn_bridge.engine.goal import Goal
from tonn_bridge.engine.lanes import Lane
from tonn_bridge.engine.older import Returned, holds_older_state
from tonn_bridge.engine.rack_track import Knobs, RackTrack
from tonn_bridge.errors import BridgeError, StoreError

log = logging.getLogger(__name__)

MOST_TRIES = 2
SURVEY_WAIT_S = 5.0
"""How long a movement waits for the first look at the plug-ins of a DAW that has just answered."""


class Plugins(Protocol):
    """The plug-ins on a DAW's tracks, by the session's track numbers; values are wire numbers of an outfit's scales."""

    told: Callable[[int, str, float], None]
    """Called with what the DAW tells by itself: track, knob, wire number."""

    @property
    def slots(self) -> frozenset[Slot]:
        """What the DAW's mapping can serve at all."""
        ...

    @property
    def poll_s(self) -> float | None:
        """How often to look for what hands have turned; None where the DAW tells, or a look would disturb."""
        ...

    async def look(self, numbers: Collection[int]) -> Mapping[int, Look]:
        """Find the plug-ins of these tracks, and read them; what the DAW does not tell is not in the look."""
        ...

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        """Set knobs; returns when the last message has left."""
        ...


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
        self._due: set[int] = set()
        self._reading: asyncio.Event | None = None
        self._poll: Timer | None = None
        self._polls, self._poll_next = False, 0
        self._known = asyncio.Event()
        self._still = asyncio.Event()
        self._still.set()
        self._trouble: BridgeError | None = None
        plugins.told = self._told

    # --- what is read -------------------------------------------------------------------------------------------

    @property
    def serves(self) -> bool:
        """Whether this DAW has plug-ins that can be set."""
        return bool(self._plugins.slots)

    @property
    def moving(self) -> bool:
        return not self._still.is_set()

    def view(self, number: int) -> RackView:
        away = self.shows_user or self.goal in (Goal.USER, Goal.RIDDEN)
        return self.tracks[number].view(self._wanted(number), away=away, applied=self.applied)

    def user_trim_db(self, number: int) -> float | None:
        """What the user has set before the plug-ins of a track; None where nothing can be set there."""
        track = self.tracks[number]
        if Slot.TRIM not in self._plugins.slots or (track.outfit.knobs and not track.outfit.has_trim):
            return None
        wire = (track.user or track.now).get(TRIM)
        return 0.0 if wire is None or not track.outfit.has_trim else track.outfit.knobs[TRIM].value_of(wire)

    # --- decisions ----------------------------------------------------------------------------------------------

    def head_for(self, goal: Goal, *, applied: bool) -> None:
        """Decide where to go; `depart` goes. `applied`: whether Tonn's mix counts as applied from now on."""
        self.applied = applied
        if not self.serves:
            return
        self._lane.stop()
        self._due.clear()
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
        """Tonn's settings of a track were turned on a surface: the plug-ins follow where they show them."""
        track, proposal = self.tracks[number], self._proposal(number)
        if track.placement is None or proposal is None or self.shows_user or not self.applied or self.goal is not None:
            return
        track.retune(place(track.outfit, proposal))
        self._due.add(number)
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
        if self.serves and self._live and self.applied and not self.shows_user and self.goal is None:
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
        self._known.set()
        self._end_reading()

    async def close(self) -> None:
        """Leave the plug-ins as they are."""
        if self._poll is not None:
            self._poll.cancel()
        await self._lane.close()

    def _told(self, number: int, key: str, wire: float) -> None:
        track = self.tracks.get(number)
        if track is not None and track.tell(key, wire):
            self._changed()

    # --- the work -----------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if self._live and self._lane.running is None:
            self._lane.start("plug-ins", self._work)

    async def _work(self) -> None:
        try:
            while await self._next():
                pass
        except StoreError as exc:
            self._give_up(exc)
        except Exception:
            log.exception("the plug-ins could not be set")
            self._give_up(BridgeError("the plug-ins could not be set; the log has the details"))
        self._arrive()

    async def _next(self) -> bool:
        """Do one piece of work; False when there is none."""
        if self._unknown:
            await self._survey()
        elif self._sets_out:
            await self._set_out()
        elif self._due:
            await self._deliver()
        elif self._reading is not None:
            self._take(await self._plugins.look(list(self.tracks)))
            self._end_reading()
        elif self._polls:
            await self._look_at_next()
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
                track.put(place(track.outfit, proposal))
        fresh, self._fresh = self._fresh, False
        if fresh and self.applied and self.goal is None and self._holds_older_state(before):
            for number, track in self.tracks.items():
                track.aim(before[number])
                self._due.add(number)
            self._still.clear()
        self._known.set()
        self._changed()

    async def _set_out(self) -> None:
        """Turn the goal into what each track is to hold; first what would be lost is read, and put on disk."""
        self._sets_out, goal = False, self.goal
        if goal is Goal.USER:
            await self._keep_ridden()
        else:
            await self._keep_user()
        for number, track in self.tracks.items():
            track.aim(self._aim(number, track, goal), settles=goal is Goal.PROPOSAL)
            self._due.add(number)

    async def _keep_user(self) -> None:
        """Keep what the user has, all of it or what has come since, before it is overwritten."""
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
        if not self.shows_user:
            under_way = {number: dict(track.target) for number, track in self.tracks.items()}
            self._take(await self._plugins.look(list(self.tracks)))
            for number, track in self.tracks.items():
                track.keep_ridden(under_way[number])
            await self.save()

    def _aim(self, number: int, track: RackTrack, goal: Goal | float | None) -> Knobs:
        if goal is Goal.RIDDEN:
            return track.ridden
        user, lost = track.own()
        if goal is Goal.USER:
            if lost:
                track.fail(f"the plug-in that held your own values ({', '.join(lost)}) is not there any more")
            return user
        if goal is Goal.PROPOSAL:
            track.begin()
        proposal = self._proposal(number)
        if proposal is None or track.fault is not None:
            return {}
        placement = place(track.outfit, proposal)
        track.put(placement)
        share = goal if isinstance(goal, float) else 1.0
        wires = blend(track.outfit, user, placement.wires, share)
        return {key: wire for key, wire in wires.items() if key in user}  # what could not be kept is not touched

    async def _deliver(self) -> None:
        """Send what is due, read it back, and send once more what did not arrive."""
        numbers = sorted(self._due)
        self._due.clear()
        writes = {number: writes for number in numbers if (writes := self.tracks[number].writes)}
        try:
            await self._plugins.write(writes)
            looks = {} if self._newer else await self._plugins.look(list(writes))
        except asyncio.CancelledError:
            self._due.update(numbers)
            raise
        self._take(looks)
        if self._newer:  # that will be read back
            self._due.update(numbers)
            return
        for number in numbers:
            self._settle(number, looks[number].wires if number in looks else self.tracks[number].now)

    @property
    def _newer(self) -> bool:
        """Whether something newer has come while this was under way."""
        return self._sets_out or bool(self._due)

    def _settle(self, number: int, told: Mapping[str, float]) -> None:
        track = self.tracks[number]
        elsewhere, silent = track.missed(told)
        track.tries += 1
        if (elsewhere or silent) and track.tries < MOST_TRIES:
            self._due.add(number)
        elif elsewhere and self.goal is Goal.PROPOSAL and track.fault is None:
            self._fail(number, track, elsewhere)
        else:
            if elsewhere and self.goal is Goal.USER:
                track.fail(f"{_list(track, elsewhere)} could not be put back to your own values")
            track.settle(elsewhere, silent)
        self._changed()

    def _fail(self, number: int, track: RackTrack, elsewhere: list[str]) -> None:
        """All or nothing: a track that cannot be set goes back to the user."""
        track.fail(f"{_list(track, elsewhere)} did not stay where it was put, so this track was given back to you")
        log.warning('"%s": %s', track.name, track.fault)
        track.settle(elsewhere, [])
        track.aim(track.own()[0])
        self._due.add(number)
        self._give_back(number)

    def _give_up(self, trouble: BridgeError) -> None:
        self._trouble, self._sets_out, self._departed = trouble, False, True
        self._due.clear()

    def _arrive(self) -> None:
        """Nothing is left to do."""
        if self._departed and self.moving:
            self.shows_user = self.shows_user or (self.goal is Goal.USER and self._trouble is None)
            self.goal = None
            self._still.set()
            self._changed()
        if self._poll is None:
            self._poll_later()

    # --- what hands turn ----------------------------------------------------------------------------------------

    def _poll_later(self) -> None:
        poll_s = self._plugins.poll_s
        if poll_s is not None and self._live and self.applied and not self.shows_user:
            self._poll = self._clock.call_later(poll_s / len(self.tracks), self._poll_now)

    def _poll_now(self) -> None:
        self._poll = None
        if self._live and self.applied and not self.shows_user:
            self._polls = True
            self._wake()

    async def _look_at_next(self) -> None:
        """Look at one track, the next in turn."""
        self._polls = False
        numbers = list(self.tracks)
        self._poll_next += 1
        self._take(await self._plugins.look([numbers[self._poll_next % len(numbers)]]))

    def _take(self, looks: Mapping[int, Look]) -> None:
        news = [self.tracks[number].take(look) for number, look in looks.items()]
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


def _list(track: RackTrack, keys: list[str]) -> str:
    """What stands elsewhere than it should, in words."""
    named = {wanted.key: wanted.parameter for wanted in track.placement.wanted} if track.placement is not None else {}
    knobs = track.outfit.knobs
    told = [f"{named.get(key, key)} ({knobs[key].value_of(track.now[key]):g})" for key in keys[:3]]
    return ", ".join(told) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
