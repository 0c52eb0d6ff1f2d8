"""The plug-ins on a DAW's tracks, found, set and read over the link to it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from tonn_bridge.clock import Clock
from tonn_bridge.core.plugins import NO_OUTFIT, Look, Slot
from tonn_bridge.errors import RangeError
from tonn_bridge.links.outbox import Pace
from tonn_bridge.links.plugins.answers import Answers
from tonn_bridge.links.plugins.hearing import Hearing
from tonn_bridge.links.plugins.listing import Listing
from tonn_bridge.links.plugins.memory import Memory
from tonn_bridge.links.plugins.post import Post
from tonn_bridge.links.plugins.probe import Probe
from tonn_bridge.links.plugins.rigs import Key, Rigs
from tonn_bridge.links.plugins.selection import Selection
from tonn_bridge.links.plugins.standing import Fit, Place, Rig, name_space, stand
from tonn_bridge.mapping.plugins.compiled import PluginsMapping
from tonn_bridge.mapping.plugins.events import PluginEvent
from tonn_bridge.mapping.plugins.phrases import Spot

log = logging.getLogger(__name__)

QUIET_S = 0.4
"""A DAW that has answered nothing for this long, and for as long as its echoes may be late, answers no more."""
PIECES_S = 0.15
"""A list that comes one by one is complete so long after its first entry."""
FRESH_S = 1.0
"""A list of plug-ins older than this is asked for again before anything is set by it: people move plug-ins."""
TRIES = 3
"""How often something is done altogether where tracks or plug-ins move meanwhile."""
REFUSALS = 2
"""So many selections in a row that do not come about: no more are tried."""

UNSEEN = Look(NO_OUTFIT, {})


class Places(Protocol):
    """Where the session's tracks stand in the DAW: track number to strip."""

    @property
    def places(self) -> Mapping[int, int]: ...


@dataclass(slots=True)
class _Batch:
    """Knobs on their way; those that could not leave because the plug-in had moved come back in `late`."""

    late: dict[Key, float] = field(default_factory=dict)
    called_off: bool = False


class DawPlugins:
    """The plug-ins by the session's track numbers; values are wire numbers of the scales in a look's outfit.

    `transmit` gets the messages that may leave, at `pace`. `late_s`: how late the DAW's echoes may come. `roll_call`
    makes a DAW that does not say so by itself tell whether its tracks have moved.
    """

    def __init__(
        self,
        mapping: PluginsMapping,
        roster: Places,
        clock: Clock,
        soon: Callable[[Callable[[], None]], object],
        pace: Pace,
        late_s: float,
        transmit: Callable[[list[bytes]], None],
        roll_call: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        self._mapping = mapping
        self._roster = roster
        self._roll_call = roll_call
        self._post = Post(transmit, soon, clock, pace)
        self._answers = Answers(self._post, clock, QUIET_S + late_s)
        self._listing = Listing(clock)
        self._memory = Memory()
        self._selection = Selection(mapping.focus, self._post, self._answers) if mapping.focus else None
        self._turn = asyncio.Lock()
        self._rigs = Rigs(mapping, self._memory)
        self._hearing = Hearing(mapping, self._answers, self._listing, self._memory, self._rigs, self._selection)

    @property
    def told(self) -> Callable[[int, str, float], None]:
        """Called with track, knob and wire number for what the DAW tells without having been asked."""
        return self._hearing.told

    @told.setter
    def told(self, told: Callable[[int, str, float], None]) -> None:
        self._hearing.told = told

    @property
    def slots(self) -> frozenset[Slot]:
        """What the mapping can serve at all."""
        return self._mapping.slots

    @property
    def poll_s(self) -> float | None:
        """How often to look for what hands have turned; None where the DAW tells, or looking disturbs."""
        return self._mapping.poll_s

    async def look(self, numbers: Collection[int]) -> dict[int, Look]:
        """Find the plug-ins of these tracks anew, and ask for every knob.

        A track that is not there, or does not answer, has an empty look; a number that is not told is not in `wires`.
        Takes a second or two where the DAW is silent.
        """
        looks = dict.fromkeys(numbers, UNSEEN)

        async def look_at(group: Sequence[int]) -> None:
            left = list(group)
            for _ in range(TRIES):
                found = await self._find(left)
                silent = await self._ask(found)
                await self._check(found)
                rigs = {number: self._rigs.of(number) for number in found}
                looks.update({number: self._rigs.seen(rig, silent) for number, rig in rigs.items() if rig is not None})
                left = [number for number, rig in rigs.items() if rig is None]
                if not left:
                    return

        async with self._turn:
            if len(numbers) > 1:  # before all is set; not when one after the other is looked at
                await self._post.say(self._roll_call())
            await self._reach(numbers, look_at)
        return looks

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        """Set knobs; returns when the last message has left. What is not there is left out."""
        left = {(number, key): wire for number, wires in settings.items() for key, wire in wires.items()}
        for _ in range(TRIES):
            numbers = list(dict.fromkeys(number for number, _ in left))
            if self._selection is None:
                await self._freshen(numbers)
                left = await self._send(left)
            else:
                left = await self._send_by_selection(numbers, left)
            if not left:
                return

    @asynccontextmanager
    async def probe(self, number: int, slot: Slot) -> AsyncIterator[Probe | None]:
        """The plug-in that serves in a slot of a track, to be set and read in the raw; None where none does.

        Nobody else looks at plug-ins meanwhile.
        """
        probes: list[Probe] = []

        async def find(group: Sequence[int]) -> None:
            around = (self._post, self._answers, self._memory)
            for rig in filter(None, map(self._rigs.of, await self._find(group))):
                probes.extend(
                    Probe(self._mapping, rig.strip, one, *around) for one in rig.standing if one.plan.slot is slot
                )

        async with self._turn:
            if self._selection is None:
                await self._reach([number], find)
                yield probes[0] if probes else None
                return
            async with self._selection.borrowed():
                if await self._chosen(number):
                    await find([number])
                yield probes[0] if probes else None

    async def version(self) -> str:
        """The DAW's version; "" where it tells none."""
        async with self._turn:
            if not self._memory.version and self._mapping.ask_version:
                await self._answers.gather({"version": [phrase.about(Spot(1)) for phrase in self._mapping.ask_version]})
        return self._memory.version

    # --- what the link tells ------------------------------------------------------------------------------------

    def hear(self, event: PluginEvent) -> None:
        """What the DAW says of plug-ins."""
        self._hearing.hear(event)

    def hold(self, held: bool) -> None:
        """While held nobody knows whose strips are whose: nothing is set, and nothing that is told counts."""
        self._hearing.held = held
        self._post.hold(held)

    def forget(self) -> None:
        """The session's tracks stand elsewhere now."""
        self._rigs.clear()

    def lost(self) -> None:
        """The DAW is gone."""
        self.forget()
        self._memory.forget()
        self._listing.clear()
        if self._selection is not None:
            self._selection.strip = None
        self._answers.abandon()
        self._post.clear()
        self.hold(False)

    def spend(self, messages: int) -> None:
        """So many messages of others have gone to the DAW."""
        self._post.spend(messages)

    # --- finding ------------------------------------------------------------------------------------------------

    async def _reach(self, numbers: Iterable[int], work: Callable[[Sequence[int]], Awaitable[None]]) -> None:
        """Do `work` on tracks that are there: all at once, or one after the other where each has to be selected.

        Then it is done again where a hand has selected another track meanwhile. A DAW that does not select what it is
        told to is not waited for on every track.
        """
        bound = [number for number in numbers if number in self._roster.places]
        if self._selection is None:
            await work(bound)
            return
        refused = 0
        async with self._selection.borrowed():
            for number in bound:
                refused = 0 if await self._work_on(number, work) else refused + 1
                if refused == REFUSALS:
                    break

    async def _work_on(self, number: int, work: Callable[[Sequence[int]], Awaitable[None]]) -> bool:
        """Do `work` on a track that has to be selected; whether it could be."""
        for _ in range(TRIES):
            if not await self._chosen(number):
                return False
            await work([number])
            if self._is_chosen(number):
                break
        return True

    async def _chosen(self, number: int) -> bool:
        strip = self._roster.places.get(number)
        return strip is not None and self._selection is not None and await self._selection.choose(strip)

    def _is_chosen(self, number: int) -> bool:
        return self._selection is None or self._selection.strip == self._roster.places.get(number)

    async def _find(self, numbers: Collection[int]) -> list[int]:
        """See what stands on these tracks; those that have told it."""
        found, left = [], list(numbers)
        for _ in range(TRIES):
            asked = {number: self._roster.places[number] for number in left if number in self._roster.places}
            silent = await self._list(list(asked.values()))
            await self._learn_names(set(asked.values()) - silent)
            places = self._roster.places  # tracks may have moved meanwhile
            for number, strip in asked.items():
                if places.get(number) == strip and strip not in silent:
                    self._rigs.set_up(number, strip, self._listing.of(strip))
                    found.append(number)
            left = [number for number, strip in asked.items() if places.get(number) not in (strip, None)]
            if not left or self._selection is not None:
                break
        return found

    async def _list(self, strips: Sequence[int]) -> set[int]:
        """Have the plug-ins of these strips listed; the strips that have not answered."""
        lists = self._mapping.ask_list
        if not lists:
            return set()
        one_by_one = [] if self._mapping.lists_whole else strips
        for strip in one_by_one:
            self._listing.begin(strip)
        asks = {("list", strip): [phrase.about(Spot(strip)) for phrase in lists] for strip in strips}
        silent = {strip for _, strip in await self._answers.gather(asks)}
        if one_by_one:
            await self._answers.rest(PIECES_S)
        told = [strip for strip in one_by_one if self._selection is None or self._selection.strip == strip]
        for strip in told:
            self._listing.complete(strip)
        return silent.difference(told)  # a strip without plug-ins has nothing to tell one by one

    async def _check(self, numbers: Iterable[int]) -> None:
        """See whether the plug-ins still stand where they were found, so that what they have told was theirs."""
        if self._mapping.ask_list and self._mapping.lists_whole:
            await self._list([self._roster.places[number] for number in numbers if number in self._roster.places])

    async def _learn_names(self, strips: Iterable[int]) -> None:
        """Ask for the numbers of the parameters that are known by name."""
        asks: dict[Hashable, list[bytes]] = {}
        spots = [
            (one.plan, Spot(strip, plugin))
            for strip in strips
            for one in stand(self._mapping.plans, self._listing.of(strip))
            for plugin in one.plugins
        ]
        for plan, spot in spots:
            space = name_space(self._mapping, plan, spot)
            phrases = [phrase for phrase in self._mapping.tongues[plan.speech].ask if not phrase.names_param]
            for name in plan.named:
                if name not in self._memory.names.get(space, {}):
                    asks["name", space, name] = [phrase.about(spot) for phrase in phrases]
        if asks:
            await self._answers.gather(asks)

    # --- reading ------------------------------------------------------------------------------------------------

    async def _ask(self, numbers: Iterable[int]) -> frozenset[Place]:
        """Ask for every knob of these tracks; the places that have not answered."""
        rigs = filter(None, map(self._rigs.of, numbers))
        asked = [fit for rig in rigs for fit in rig.fits.values() if fit.asked]
        silent = await self._answers.gather({("value", fit.place): self._questions(fit) for fit in asked})
        return frozenset(place for _, place in silent)

    def _questions(self, fit: Fit) -> list[bytes]:
        mapping, plan = self._mapping, fit.plan
        asks = mapping.switches[plan.switch].ask if fit.knob.param is None else mapping.tongues[plan.speech].ask
        return [phrase.about(fit.spot) for phrase in asks]

    # --- setting ------------------------------------------------------------------------------------------------

    async def _freshen(self, numbers: Iterable[int]) -> None:
        """List anew the plug-ins of tracks whose list is old, or not known; a DAW that does not answer has the old."""
        if self._stale(numbers):
            async with self._turn:
                await self._find(self._stale(numbers))

    def _stale(self, numbers: Iterable[int]) -> list[int]:
        places, lists = self._roster.places, bool(self._mapping.ask_list)
        return [
            number
            for number in numbers
            if number in places
            and (self._rigs.of(number) is None or (lists and self._listing.age_s(places[number]) > FRESH_S))
        ]

    async def _send_by_selection(self, numbers: Sequence[int], left: Mapping[Key, float]) -> dict[Key, float]:
        late: dict[Key, float] = {}

        async def send(group: Sequence[int]) -> None:
            await self._find(self._stale(group))
            ours = {key: wire for key, wire in left.items() if key[0] in group}
            for key in ours:
                late.pop(key, None)
            unsent = await self._send(ours)
            await self._answers.rest(QUIET_S / 4)
            # A hand may have selected another strip while ours were on their way: nobody knows which have come there.
            late.update(unsent if all(map(self._is_chosen, group)) else ours)

        async with self._turn:
            await self._reach(numbers, send)
        return late

    async def _send(self, settings: Mapping[Key, float]) -> dict[Key, float]:
        """Send these, and wait until they have left; those whose plug-in has moved meanwhile."""
        batch = _Batch()
        for key, wire in settings.items():
            number, knob = key
            rig = self._rigs.of(number)
            fit = rig.fits.get(knob) if rig else None
            if rig is not None and fit is not None:
                self._post.put(key, self._make(key, rig, fit, wire, batch))
        try:
            await self._post.empty()
        except asyncio.CancelledError:
            batch.called_off = True
            raise
        return batch.late

    def _make(self, key: Key, rig: Rig, fit: Fit, wire: float, batch: _Batch) -> Callable[[], Sequence[bytes]]:
        """Makes the messages that set a knob, unless it is elsewhere by then."""
        number, mapping = key[0], self._mapping

        def make() -> Sequence[bytes]:
            if batch.called_off:
                return ()
            there = self._rigs.of(number) is rig and self._roster.places.get(number) == rig.strip
            if not there or not self._is_chosen(number):
                batch.late[key] = wire
                return ()
            if fit.knob.flips and not self._flips(fit.place, wire):
                return ()
            try:
                return _setting(mapping, fit, wire)
            except RangeError as exc:
                log.warning("track %d: %s is not set: %s", number, key[1], exc)
                return ()

        return make

    def _flips(self, place: Place, wire: float) -> bool:
        """Whether a switch that only flips has to be flipped; what nobody knows is left as it is."""
        if self._memory.values.get(place) in (None, wire):
            return False
        self._memory.values[place] = wire
        return True


def _setting(mapping: PluginsMapping, fit: Fit, wire: float) -> Sequence[bytes]:
    """The messages that set a knob. Raises RangeError as `Phrase.about` does."""
    if fit.knob.param is not None:
        return (mapping.tongues[fit.plan.speech].set.about(fit.spot, wire, whole=fit.knob.whole),)
    switch = mapping.switches[fit.plan.switch]
    return [phrase.about(fit.spot) for phrase in (switch.on if wire >= 0.5 else switch.off)]
