"""The link to a DAW towards which we play a control surface: the same to the mixer as a DAW with OSC."""

import logging
from collections.abc import Callable, Sequence

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.judge import EchoHabits
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.links.daw import DawListener, Stage
from tonn_bridge.links.device.banks import Banks, Walk
from tonn_bridge.links.device.hearing import Hearing
from tonn_bridge.links.device.pans import Pans
from tonn_bridge.links.device.prints import Prints
from tonn_bridge.links.device.row import Row, StripTold, units_for
from tonn_bridge.links.device.scales import device_scales
from tonn_bridge.links.device.strips import Strips
from tonn_bridge.links.device.timers import Timers
from tonn_bridge.links.device.touches import Touches
from tonn_bridge.links.device.tour import Control, Tour
from tonn_bridge.links.device.walker import Walker
from tonn_bridge.links.outbox import Outbox, Pace
from tonn_bridge.links.plugins import Unserved
from tonn_bridge.links.traffic import Traffic
from tonn_bridge.mapping import Scale
from tonn_bridge.mapping.device import DeviceFile, Protocol
from tonn_bridge.mapping.device.model import Echoes
from tonn_bridge.ports.midi import MidiSystem, Wanted
from tonn_bridge.protocols.surface import CellText

log = logging.getLogger(__name__)

ANNOUNCE_EVERY_S = 2.0
QUIET_S = 0.3
"""A DAW that has told no new names for this long has told all."""
KNOCK_AFTER, KNOCKS = 3, ("channel_left", "channel_right")
"""Announcements without an answer, before the window is moved to and fro: some DAWs take a unit that was switched off
meanwhile for one that knows everything, and tell only what changes."""
SHAKES = 2
"""Surveys that begin so, where the DAW has not told every fader."""
ASTRAY = 3
"""Windows in a row that show other tracks than were seen there, before that is called a problem."""


class DeviceLink:
    """One DAW behind one mapping. `label` is the mapping's file; `units` None: as many as the tracks need."""

    def __init__(
        self,
        mapping: DeviceFile,
        label: str,
        tracks: Sequence[TrackSpec],
        clock: Clock,
        soon: Callable[[Callable[[], None]], object],
        traffic: Traffic,
        changed: Callable[[], None],
        *,
        law: FaderLaw,
        units: int | None = None,
    ) -> None:
        self._mapping = mapping
        self._label = label
        self._clock = clock
        self._changed = changed
        self.units = units_for(mapping, len(tracks), units)
        self._scales = device_scales(mapping, law)
        self._traffic = traffic
        self._words = "hui" if mapping.protocol is Protocol.HUI else "mackie"
        """What its messages are read as, for whoever watches."""
        self._row = Row(mapping, self.units, self._note)
        self._strips = Strips(mapping, self._row.panel, tracks)
        self._banks = Banks(self._row.width, self._strips.names)
        self._touches = Touches(self._row, clock, mapping.fader.touch)
        self._prints = Prints(mapping.fader, law)
        self._pans: Pans | None = None
        if mapping.pan:
            self._pans = Pans(mapping.pan, self._row, clock, self._strip_of, self._pan_moved, self._pan_rested)
        self._outbox: Outbox[Control, float] = Outbox(
            self._send_values, soon, clock, Pace(mapping.pacing.messages_per_s)
        )
        self.plugins = Unserved()
        """A control surface reaches no plug-ins that could be told from each other."""
        self._listener: DawListener | None = None
        self._stage = Stage.SILENT
        self._heard_at: float | None = None
        self._announced_at = float("-inf")
        self._announced = self._shaken = 0
        self._shuffling = False
        """Names have changed: nobody knows whose the values are."""
        self._astray = 0
        self._later = Timers(clock)
        self._hearing = Hearing(
            self._strips,
            self._prints,
            self._scales,
            mapping.echo.late_s,
            clock,
            self._later,
            strip_of=self._strip_of,
            read=self._read,
            confirm=self._confirm,
            pan_shown=self._pan_shown,
            changed=changed,
        )
        self._walker = Walker(self._row, mapping.banks.settle_s, self._later)
        self._tour = Tour(self._row.width)
        self._beat_timer: Timer | None = None

    # --- what the mixer sees ------------------------------------------------------------------------------------

    @property
    def params(self) -> frozenset[Param]:
        return frozenset(self._scales)

    @property
    def habits(self) -> EchoHabits:
        return EchoHabits(late_s=self._mapping.echo.late_s, echoes=self._mapping.echo.form is Echoes.SAME)

    @property
    def glide_step_s(self) -> float:
        return self._mapping.pacing.glide_step_ms / 1000.0

    def scale(self, param: Param) -> Scale:
        return self._scales[param]

    def put(self, number: int, param: Param, wire: float) -> None:
        self._tour.waiting.pop((number, param), None)
        self._outbox.put((number, param), wire)

    def withdraw(self, number: int, param: Param) -> None:
        self._outbox.withdraw((number, param))
        self._tour.waiting.pop((number, param), None)
        place = self._strips.roster.places.get(number)
        if param is Param.PAN and self._pans and place is not None:
            self._pans.drop(place)

    def ask(self, number: int, param: Param) -> None:
        """Tell what the DAW shows: it drives every control that it has moved, so what is shown is what it holds."""
        place = self._strips.roster.places.get(number)
        if place is not None and self._in_sight(place):
            self._tell(place, param)

    def _note(self, way: str, message: bytes) -> None:
        self._traffic.note_midi(way, "daw", message, protocol=self._words, as_surface=True)

    # --- its life -----------------------------------------------------------------------------------------------

    def start(self, midi: MidiSystem, wanted: Sequence[Wanted], listener: DawListener) -> None:
        """Open a port pair per unit, from left to right, and begin to announce ourselves."""
        self._listener = listener
        self._row.open(midi, wanted, self)
        self._beat()

    def stop(self) -> None:
        """Let go of every fader; nothing is sent after it."""
        self._outbox.clear()
        self._touches.release()
        self._rest()
        if self._beat_timer is not None:
            self._beat_timer.cancel()
        self._row.close()

    def describe(self) -> dict[str, object]:
        """Its entry in the state document."""
        heard_s = None if self._heard_at is None else round(self._clock.now() - self._heard_at, 1)
        law = [self._prints.problem] if self._prints.problem else []
        banks = [f"{self._mapping.name}'s banks cannot be followed: play it more units"] * (self._astray >= ASTRAY)
        return {
            "name": "daw",
            "mapping": self._label,
            "connected": self._stage is not Stage.SILENT,
            "last_heard_s": heard_s,
            "problems": [*self._row.problems, *self._strips.roster.problems, *law, *banks],
        }

    def ask_all(self) -> None:
        """Tell everything that is in sight again."""
        for place in self._strips.roster.numbers:
            if self._in_sight(place):
                for param in self._scales:
                    self._tell(place, param)

    # --- what the row tells -------------------------------------------------------------------------------------

    def heard(self) -> None:
        self._heard_at = self._clock.now()
        if self._stage is Stage.SILENT:
            log.info("%s answers", self._mapping.name)
            self._stage = Stage.READING
            self._later.do("still", QUIET_S, self._still)
            self._changed()

    def forgotten(self) -> None:
        if self._stage is not Stage.SILENT:
            self._lose("it has let go of the control surface")

    def connected(self) -> None:
        if not self._row.complete and self._stage is not Stage.SILENT:
            self._lose("; ".join(self._row.problems) or "its MIDI port has gone")
        self._changed()

    def told(self, strip: int, said: StripTold, *, news: bool) -> None:
        if isinstance(said, CellText) and said.row == self._mapping.names.row:
            if news:
                self._names_changed()
        elif self._stage is Stage.LIVE and not self._shuffling and not self._walker.walking:
            place = self._banks.offset + strip + 1
            if place in self._strips.roster.numbers:
                self._hearing.told(place, strip, said, news=news)

    # --- what strips tell ---------------------------------------------------------------------------------------

    def _read(self, place: int, param: Param, wire: float) -> None:
        number = self._strips.roster.numbers.get(place)
        self._strips.roster.value(place, param, wire)
        if number is not None and self._listener is not None:
            self._listener.daw_read(number, param, wire)

    def _confirm(self, place: int, param: Param, wire: float, tolerance: float) -> None:
        number = self._strips.roster.numbers.get(place)
        if number is not None and self._listener is not None:
            self._listener.daw_confirmed(number, param, wire, tolerance)

    def _pan_shown(self, place: int) -> None:
        if self._pans:
            self._pans.shown(place)

    def _tell(self, place: int, param: Param) -> None:
        """Pass on what a strip in sight shows."""
        if param is Param.PAN:
            at = self._pans.at(place) if self._pans and self._pans.at_rest else None
            wire = None if at is None else self._scales[Param.PAN].wire_of(at)
        else:
            wire = self._strips.shown_value(place - self._banks.offset - 1, param)
        if wire is not None:
            self._read(place, param, wire)

    def _pan_moved(self, place: int, pan: float) -> None:
        if self._in_sight(place):
            self._read(place, Param.PAN, self._scales[Param.PAN].wire_of(pan))

    def _pan_rested(self, place: int, pan: float, unsure: float) -> None:
        scale = self._scales[Param.PAN]
        wire = scale.wire_of(pan)
        self._strips.roster.value(place, Param.PAN, wire)
        self._confirm(place, Param.PAN, wire, scale.tolerance + unsure)

    # --- who is who ---------------------------------------------------------------------------------------------

    def _names_changed(self) -> None:
        if self._stage is Stage.SILENT:
            return
        if self._walker.walking:
            self._walker.wait()
            return
        if self._stage is Stage.LIVE and not self._shuffling:
            self._shuffling = True
            self._rest()
        self._later.do("still", QUIET_S, self._still)

    def _still(self) -> None:
        """Nothing new for a while: look who is where."""
        self._survey(self._banks.survey)

    def _survey(self, survey: Callable[[Callable[[], bool]], Walk]) -> None:
        self._rest()
        self._strips.begin()
        self._walker.set_out(survey(lambda: self._strips.collect(self._banks.offset)), self._surveyed)

    def _surveyed(self) -> None:
        fresh = self._stage is Stage.READING
        known = self._strips.finish()
        if not known or self._listener is None:
            return  # it shows no tracks yet; their names will be news
        moved = self._strips.roster.bind()
        if self._strips.roster.missing((Param.GAIN,)) and self._shaken < SHAKES:
            self._shaken += 1
            self._survey(self._banks.shaken_survey)
            return
        for problem in self._strips.roster.problems:
            log.warning("%s", problem)
        roster = self._strips.roster
        if self._pans:
            self._read_pans(self._pans, anew=fresh or moved)
        self._stage, self._shuffling = Stage.LIVE, False
        self._tour.stops = self._banks.stops(list(roster.numbers))
        if fresh or moved:
            self._listener.daw_bound(roster.places, roster.readings(), fresh=fresh)
        else:
            for place, number in roster.numbers.items():
                for param, wire in roster.readings()[number].items():
                    self._read(place, param, wire)
        self._changed()
        self._visit(self._tour.stops[0] if self._tour.stops else self._banks.offset)

    def _read_pans(self, pans: Pans, *, anew: bool) -> None:
        """What the survey has seen of pans."""
        for place, shown in self._strips.seen.items():
            if anew or pans.at(place) is None:
                pans.begin(place, shown)
            at = pans.at(place)
            if at is not None:
                self._strips.roster.value(place, Param.PAN, self._scales[Param.PAN].wire_of(at))

    # --- windows ------------------------------------------------------------------------------------------------

    def _in_sight(self, place: int) -> bool:
        known = self._stage is Stage.LIVE and not self._shuffling and not self._walker.walking
        return known and self._banks.holds(place)

    def _strip_of(self, place: int) -> int | None:
        return place - self._banks.offset - 1 if self._in_sight(place) else None

    def _visit(self, offset: int) -> None:
        self._rest()
        self._walker.set_out(self._banks.to(offset), self._arrived)

    def _arrived(self) -> None:
        """The window stands where it was wanted: read what changed meanwhile, and write what has waited for it."""
        if not self._strips.as_known(self._banks.offset):
            self._astray += 1
            self._names_changed()
            return
        self._astray = 0
        self._tour.arrived_at = self._clock.now()
        for place, number in self._strips.roster.numbers.items():
            if self._in_sight(place):
                self._catch_up(place, number)
        for control, wire in self._tour.take(self._is_here):
            self._outbox.put(control, wire)
        self._outbox.hold(False)
        if len(self._tour.stops) > 1:
            self._later.do("tour", self._mapping.banks.stay_s, self._go_on)

    def _catch_up(self, place: int, number: int) -> None:
        """What a strip shows now, where that is not what it showed when it was seen last."""
        held = self._strips.roster.readings()[number]
        for param in (Param.GAIN, Param.MUTE):
            wire = self._strips.shown_value(place - self._banks.offset - 1, param)
            if wire is not None and held.get(param) != wire:
                self._read(place, param, wire)
        if self._pans:
            self._pans.look(place)

    def _is_here(self, control: Control) -> bool:
        place = self._strips.roster.places.get(control[0])
        return place is not None and self._banks.holds(place)

    def _go_on(self) -> None:
        """On to the window that something waits for, else to the next."""
        now = self._clock.now()
        turning = self._pans is not None and not self._pans.at_rest
        busy = bool(len(self._outbox)) or turning or not self._hearing.rested(self._mapping.banks.stay_s)
        there = self._tour.next(self._banks.offset, now, self._strips.roster.places.get, busy=busy)
        if there is None:
            self._later.do("tour", self._mapping.banks.stay_s, self._go_on)
        else:
            self._visit(there)

    # --- presence -----------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        self._beat_timer = self._clock.call_later(ANNOUNCE_EVERY_S / 4, self._beat)
        now, silent_s = self._clock.now(), self._mapping.presence.silent_s
        if self._stage is Stage.SILENT:
            if self._row.complete and now - self._announced_at >= ANNOUNCE_EVERY_S:
                self._announce(now)
        elif silent_s is not None and now - (self._heard_at or now) > silent_s:
            self._lose(f"it has been silent for {silent_s:g} s")

    def _announce(self, now: float) -> None:
        self._announced_at = now
        self._announced += 1
        if self._mapping.hello.announce:
            self._row.power_up()
        if self._mapping.hello.knock and self._announced % KNOCK_AFTER == 0:
            self._row.press(KNOCKS[self._announced // KNOCK_AFTER % len(KNOCKS)])

    def _lose(self, why: str) -> None:
        log.warning("%s is not to be heard (%s)", self._mapping.name, why)
        self._stage, self._shuffling = Stage.SILENT, False
        self._announced = self._shaken = 0
        self._rest()
        self._outbox.clear()
        self._outbox.hold(False)
        self._tour.waiting.clear()
        self._row.panel.clear()
        self._strips.roster.forget()
        if self._listener is not None:
            self._listener.daw_lost()
        self._changed()

    def _rest(self) -> None:
        """Hold back what is to be sent, let go of the faders, stand still, and forget what is not clear."""
        self._outbox.hold(True)
        self._walker.stop()
        self._touches.release()
        self._hearing.forget()
        if self._pans:
            self._pans.stop()
        self._later.clear()

    # --- sending ------------------------------------------------------------------------------------------------

    def _send_values(self, batch: list[tuple[Control, float]]) -> None:
        for (number, param), wire in batch:
            place = self._strips.roster.places.get(number)
            if place is None:
                continue
            if not self._in_sight(place):
                self._tour.waiting[number, param] = wire
                continue
            self._write(place, param, wire)
            if self._listener is not None:
                self._listener.daw_sent(number, param, wire)

    def _write(self, place: int, param: Param, wire: float) -> None:
        strip = place - self._banks.offset - 1
        if param is Param.GAIN:
            self._touches.before(strip)
            self._row.move(strip, wire)
            self._hearing.sent(place, wire)
            if self._mapping.echo.form is Echoes.NONE:
                self._strips.shown(strip).fader = wire
        elif param is Param.PAN and self._pans:
            self._pans.aim(place, self._scales[Param.PAN].value_of(wire))
        self._strips.roster.value(place, param, wire)
