"""The link to a DAW: greets it, reads where everything stands, follows its tracks, and notices when it is gone."""

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Protocol

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.judge import EchoHabits
from tonn_bridge.links.confirmations import Confirmations
from tonn_bridge.links.intake import Intake
from tonn_bridge.links.outbox import Outbox, Pace
from tonn_bridge.links.plugins import DawPlugins, Unserved
from tonn_bridge.links.roster import Roster
from tonn_bridge.links.traffic import Traffic
from tonn_bridge.mapping import (
    DawMapping,
    EchoForm,
    Event,
    ListChanged,
    Scale,
    StripCount,
    StripGone,
    StripName,
    StripValue,
)
from tonn_bridge.ports.port import Address, DatagramPort
from tonn_bridge.protocols import osc

log = logging.getLogger(__name__)

GREET_EVERY_S = 2.0
QUIET_S = 0.3
"""A DAW that has told nothing new for this long has told everything."""
SETTLE_S = 0.15
"""After a change of the track list, values are believed again when it has been still for this long."""
ASK_ALL_EVERY_S = 0.25
PLUGINS_SHARE = 0.8
"""So much of the DAW's pace is for plug-ins, less what faders take of it: faders never wait for them."""
ROUNDS = 0x3FFFFFFF
"""The highest number of a round of questions; it has to fit an OSC integer."""


class DawListener(Protocol):
    """Who is told what the DAW says, in session track numbers and wire numbers."""

    def daw_read(self, number: int, param: Param, wire: float) -> None: ...
    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None: ...
    def daw_sent(self, number: int, param: Param, wire: float) -> None: ...
    def daw_bound(
        self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool
    ) -> None: ...
    def daw_lost(self) -> None: ...


class Stage(Enum):
    """Where a connection stands: nobody there, telling its state, or live."""

    SILENT = auto()
    READING = auto()
    LIVE = auto()


class DawLink:
    """One DAW behind one mapping. Made first, then given its listener and its port; `label` is the mapping's file."""

    def __init__(
        self,
        mapping: DawMapping,
        label: str,
        tracks: Sequence[TrackSpec],
        clock: Clock,
        soon: Callable[[Callable[[], None]], object],
        traffic: Traffic,
        changed: Callable[[], None],
    ) -> None:
        self._mapping = mapping
        self._label = label
        self._tracks = tracks
        self._clock = clock
        self._traffic = traffic
        self._changed = changed
        self._greets_to_ask = mapping.ask_life(1) == mapping.greet(1)
        """Whether its answer to the question for life begins everything anew."""
        self._roster = Roster(tracks, self._is_off if mapping.caps.vacant_at_the_end else None)
        self._confirmations = Confirmations()
        self._outbox: Outbox[tuple[int, Param], float] = Outbox(
            self._send_values, soon, clock, Pace(mapping.caps.messages_per_s)
        )
        self._asking: Outbox[bytes, None] = Outbox(self._send_questions, soon, clock, Pace(mapping.caps.messages_per_s))
        self.plugins = self._plugins(soon)
        """The plug-ins on the session's tracks."""
        self._listener: DawListener | None = None
        self._port: DatagramPort | None = None
        self._remote: Address = ("", 0)
        self._stage = Stage.SILENT
        self._heard_at: float | None = None
        self._asked_at = 0.0
        self._unanswered = 0
        self._greeted_at = float("-inf")
        self._kept_alive_at = 0.0
        self._asked_all_at = float("-inf")
        self._round = 0
        self._shuffling = False
        self._told_meanwhile: dict[tuple[int, Param], float] = {}
        """What strips told while nobody could say whose they are."""
        self._still_timer: Timer | None = None
        self._ask_all_timer: Timer | None = None
        self._beat_timer: Timer | None = None
        self.intake = Intake("daw", clock, traffic, self._read, self._began)

    # --- what the mixer sees ------------------------------------------------------------------------------------

    @property
    def params(self) -> frozenset[Param]:
        return self._mapping.caps.params

    @property
    def habits(self) -> EchoHabits:
        caps = self._mapping.caps
        return EchoHabits(
            late_s=caps.late_s, echoes=caps.echo is not EchoForm.NONE, same_form=caps.echo is EchoForm.SAME
        )

    @property
    def glide_step_s(self) -> float:
        return self._mapping.caps.glide_step_s

    def scale(self, param: Param) -> Scale:
        return self._mapping.scale(param)

    def put(self, number: int, param: Param, wire: float) -> None:
        self._outbox.put((number, param), wire)

    def withdraw(self, number: int, param: Param) -> None:
        self._outbox.withdraw((number, param))

    def ask(self, number: int, param: Param) -> None:
        """Make the DAW tell one value, or all where it cannot be asked for one."""
        strip = self._roster.places.get(number)
        if strip is None:
            return
        messages = self._mapping.ask(strip, param)
        if messages:
            self._send(messages)
        else:
            self.ask_all()

    # --- its life -----------------------------------------------------------------------------------------------

    def start(self, port: DatagramPort, remote: Address, listener: DawListener) -> None:
        """Begin to greet the DAW at `remote`."""
        self._port, self._remote, self._listener = port, remote, listener
        self._beat()

    def stop(self) -> None:
        """Say goodbye; nothing is sent after it."""
        for timer in (self._beat_timer, self._still_timer, self._ask_all_timer):
            if timer is not None:
                timer.cancel()
        self.intake.stop()
        self._outbox.clear()
        self._asking.clear()
        self.plugins.lost()
        self._transmit(self._mapping.farewell())
        self._port = None

    def describe(self) -> dict[str, object]:
        """Its entry in the state document."""
        heard_s = None if self._heard_at is None else round(self._clock.now() - self._heard_at, 1)
        return {
            "name": "daw",
            "mapping": self._label,
            "connected": self._stage is not Stage.SILENT,
            "last_heard_s": heard_s,
            "problems": list(self._roster.problems),
        }

    def ask_all(self) -> None:
        """Make the DAW tell everything again, not more often than it can bear."""
        if self._ask_all_timer is None:
            wait_s = max(self._asked_all_at + ASK_ALL_EVERY_S - self._clock.now(), 0.0)
            self._ask_all_timer = self._clock.call_later(wait_s, self._ask_all_now)

    def unreachable(self, address: Address, why: str) -> None:
        """The system says that nobody listens at `address`."""
        if address[1] == self._remote[1] and self._stage is not Stage.SILENT:
            self._lose(why)

    # --- what the DAW says --------------------------------------------------------------------------------------

    def _began(self) -> None:
        self._confirmations.begin()
        if self._stage is not Stage.SILENT:
            self._heard_at = self._clock.now()  # whatever it says, it lives

    def _read(self, message: osc.Message, _: Address) -> None:
        events = self._mapping.read(message)
        for event in events:
            self._hear(event)
        for said in () if events else self._mapping.read_plugins(message):
            self.plugins.hear(said)

    def _hear(self, event: Event) -> None:
        if self._unanswered and self._greets_to_ask and self._stage is not Stage.SILENT:
            self._lose("it has paused, and may have been started anew")
        self._heard_at = self._clock.now()
        self._unanswered = 0
        if self._stage is Stage.SILENT:
            self._meet()
        match event:
            case StripValue():
                self._hear_value(event)
            case StripName(strip, name):
                self._list_changed(self._roster.name(strip, name))
            case StripGone(strip):
                self._list_changed(self._roster.gone(strip))
            case StripCount(count):
                news, fresh = self._roster.count(count)
                self._list_changed(news)
                if fresh and not self._mapping.caps.rounds:
                    self._send(self._mapping.ask_all(fresh))
            case ListChanged():
                self._list_changed(True)
                self.ask_all()

    def _hear_value(self, event: StripValue) -> None:
        if event.round is not None and event.round != self._round:
            return
        if event.confirm:
            trusted = self._confirmations.trusts(event)
        else:
            self._confirmations.compare(event)
            self._roster.value(event.strip, event.param, event.wire)
            if self._stage is Stage.READING:
                self._wait_still(QUIET_S)
        if self._stage is not Stage.LIVE or self._listener is None:
            return
        if self._shuffling:
            if not event.confirm:
                self._told_meanwhile[event.strip, event.param] = event.wire
            return
        number = self._roster.numbers.get(event.strip)
        if number is None:
            return
        if not event.confirm:
            self._listener.daw_read(number, event.param, event.wire)
        elif trusted:
            self._listener.daw_confirmed(number, event.param, event.wire, event.tolerance)

    def _is_off(self, wire: float) -> bool:
        return self._mapping.scale(Param.GAIN).value_of(wire) == float("-inf")

    def _meet(self) -> None:
        """The DAW has spoken for the first time, or again."""
        log.info("%s answers", self._mapping.name)
        self._stage = Stage.READING
        if self._clock.now() - self._greeted_at > QUIET_S:
            self._greet()
        self._wait_still(QUIET_S)
        self._changed()

    def _list_changed(self, news: bool) -> None:
        if news:
            self._shuffling = True
            self._hold(True)
        if news and self._mapping.caps.rounds:
            self._roster.doubt_values()
            self.ask_all()
        if news or self._stage is Stage.READING:
            self._wait_still(self._settle_s)

    @property
    def _settle_s(self) -> float:
        """How long a DAW must have told nothing new, now that its list has changed or is being read."""
        return QUIET_S if self._stage is Stage.READING or self._mapping.caps.rounds else SETTLE_S

    def _wait_still(self, seconds: float) -> None:
        if self._still_timer is not None:
            self._still_timer.cancel()
        self._still_timer = self._clock.call_later(seconds, self._still)

    def _still(self) -> None:
        """Nothing new for a while: see who is who."""
        self._still_timer = None
        if not len(self._roster) or self._listener is None:
            return
        fresh = self._stage is Stage.READING
        moved = self._roster.bind()
        if fresh or moved:
            self.plugins.forget()
        self._stage, self._shuffling = Stage.LIVE, False
        for problem in self._roster.problems:
            log.warning("%s", problem)
        if fresh or moved:
            self._listener.daw_bound(self._roster.places, self._roster.readings(), fresh=fresh)
        else:
            self._tell_meanwhile(self._listener)
        self._told_meanwhile.clear()
        self._hold(False)
        missing = self._roster.missing(self.params)
        if missing:
            self._send(self._mapping.ask_all(missing, self._round))
        self._changed()

    def _tell_meanwhile(self, listener: DawListener) -> None:
        """Pass on what was told while the list was changing; each track stands where it stood."""
        for (strip, param), wire in self._told_meanwhile.items():
            if strip in self._roster.numbers:
                listener.daw_read(self._roster.numbers[strip], param, wire)

    # --- presence -----------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        self._beat_timer = self._clock.call_later(GREET_EVERY_S / 4, self._beat)
        now, caps = self._clock.now(), self._mapping.caps
        if self._stage is Stage.SILENT:
            if now - self._greeted_at >= GREET_EVERY_S:
                self._greet()
            return
        if caps.keep_alive_s is not None and now - self._kept_alive_at >= caps.keep_alive_s:
            self._kept_alive_at = now
            self._send(self._mapping.keep_alive(self._track_count()))
        silent_since = max(self._heard_at or 0.0, self._asked_at)
        if now - silent_since >= caps.ask_after_s:
            if self._unanswered >= caps.lost_after:
                self._lose(f"no answer to {self._unanswered} questions")
                return
            self._unanswered += 1
            self._asked_at = now
            if self._greets_to_ask:
                self._greeted_at = now
            self._send(self._mapping.ask_life(self._track_count()))

    def _greet(self) -> None:
        now = self._clock.now()
        self._greeted_at = self._kept_alive_at = self._asked_at = now
        self._send(self._mapping.greet(self._track_count()))
        if not self._mapping.caps.tells_count:
            self._send(self._mapping.ask_all(range(1, self._track_count() + 1)))

    def _track_count(self) -> int:
        """How many strips to ask for: the session's, and room for more above or between them."""
        named = [track.daw for track in self._tracks if isinstance(track.daw, int)]
        return min(max(2 * len(self._tracks), *named, 32), self._mapping.caps.most_strips)

    def _lose(self, why: str) -> None:
        log.warning("%s is not to be heard (%s); it is greeted until it answers", self._mapping.name, why)
        self._stage, self._unanswered = Stage.SILENT, 0
        self._shuffling = False
        self._told_meanwhile.clear()
        if self._still_timer is not None:
            self._still_timer.cancel()
        self._outbox.clear()
        self._asking.clear()
        self._hold(False)
        self._roster.forget()
        self.plugins.lost()
        if self._listener is not None:
            self._listener.daw_lost()
        self._changed()

    # --- sending ------------------------------------------------------------------------------------------------

    def _ask_all_now(self) -> None:
        self._ask_all_timer = None
        self._asked_all_at = self._clock.now()
        if self._mapping.caps.rounds:
            # A number of an earlier run may still be in use, so they begin with the time of day.
            self._round = max(self._round + 1, int(self._clock.wall()) & ROUNDS)
            if self._shuffling:
                self._wait_still(self._settle_s)
        self._send(self._mapping.ask_all(self._roster.strips(), self._round))

    def _hold(self, held: bool) -> None:
        """While held no value leaves: nobody can say whose strips are whose."""
        self._outbox.hold(held)
        self.plugins.hold(held)

    def _send_values(self, batch: list[tuple[tuple[int, Param], float]]) -> None:
        places = self._roster.places
        placed = [(places[number], number, param, wire) for (number, param), wire in batch if number in places]
        self.plugins.spend(len(placed))
        self._transmit([self._mapping.write(strip, param, wire) for strip, _, param, wire in placed])
        for strip, number, param, wire in placed:
            self._roster.value(strip, param, wire)  # some DAWs never tell what we wrote
            if self._listener is not None:
                self._listener.daw_sent(number, param, wire)

    def _send(self, messages: Sequence[bytes]) -> None:
        """Everything that is not a value: what waits already is not sent twice, but in its newer place."""
        for message in messages:
            self._asking.withdraw(message)
            self._asking.put(message, None)

    def _send_questions(self, batch: list[tuple[bytes, None]]) -> None:
        self._outbox.spend(len(batch))
        self.plugins.spend(len(batch))
        self._transmit([message for message, _ in batch])

    def _plugins(self, soon: Callable[[Callable[[], None]], object]) -> DawPlugins | Unserved:
        plugins, caps = self._mapping.plugins, self._mapping.caps
        if plugins is None:
            return Unserved()
        pace = Pace(PLUGINS_SHARE * caps.messages_per_s)

        def roll_call() -> Sequence[bytes]:
            return self._mapping.keep_alive(self._track_count()) if caps.rounds else ()

        return DawPlugins(plugins, self._roster, self._clock, soon, pace, caps.late_s, self._transmit, roll_call)

    def _transmit(self, messages: Sequence[bytes]) -> None:
        if self._port is None:
            return
        caps = self._mapping.caps
        for datagram in osc.bundles(messages, caps.datagram_bytes) if caps.bundle else messages:
            self._traffic.note("out", "daw", datagram)
            self._port.send(datagram, self._remote)
