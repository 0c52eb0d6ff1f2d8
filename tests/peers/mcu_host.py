"""A simulated DAW that speaks Mackie Control to whatever units it finds, with a fader law and habits of its own.

It reads and writes bytes by itself, so that it shares no mistake with our codec. Numbers are of the Mackie Control MIDI
map (TouchMCU); habits were measured on Ardour 7.3 and read in REAPER's source.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.ports.midi import MidiPort, MidiSystem, Wanted

STRIPS, CELL, LINE = 8, 7, 56
TOP = 16_383
MUTES, BANKS, SHIFT, TOUCHES = 0x10, 0x2E, 0x46, 0x68
HEAD = bytes.fromhex("f0 00 00 66")


@dataclass
class Track:
    """`fader` 0 to 16,383, `pan` -1 to +1."""

    name: str
    fader: int = 12_000
    pan: float = 0.0
    muted: bool = False


@dataclass
class Habits:
    """What differs between hosts."""

    echoes: bool = True
    waits_for_power_up: bool = False
    """Says nothing to a unit that has not announced itself."""
    keeps_last_bank_full: bool = False
    prints: bool = True
    """Writes dB and pans into the lower row."""
    names_late_s: float = 0.01
    shorten: Callable[[str], str] = lambda name: name[:6]
    pan_step: float = 2 / 63
    fine_pan_step: float = 2 / 255
    timecode_every_s: float | None = None
    """Repeats a digit of the time, which shows that it lives."""
    ignores_touchless: bool = False
    """Takes no fader that is not touched."""


def db_law(position: float) -> float:
    """A law that is neither REAPER's nor Ardour's: 12 dB at the top, steep below, and a straight lower half."""
    return 12.0 - 90.0 * (1.0 - position) ** 1.5 if position > 0.0 else float("-inf")


@dataclass
class Unit:
    """What the host believes to show on one unit, so that it sends only what is new."""

    port: MidiPort
    device: int
    fader: list[int | None] = field(default_factory=lambda: [None] * STRIPS)
    other: dict[bytes, int] = field(default_factory=dict)
    lcd: list[str | None] = field(default_factory=lambda: [None] * (2 * STRIPS))
    announced: bool = False


class McuHost:
    """The window of its tracks lies over its units; `law` takes 0.0 to 1.0 to dB."""

    def __init__(
        self,
        names: Sequence[str],
        clock: Clock,
        *,
        units: int = 1,
        habits: Habits | None = None,
        law: Callable[[float], float] = db_law,
        devices: Sequence[int] | None = None,
    ) -> None:
        self.tracks = [Track(name) for name in names]
        self.habits = habits or Habits()
        self.law = law
        self.offset = 0
        self.heard: list[bytes] = []
        """Every message from the units, oldest first."""
        self.writes = 0
        """Fader positions that came in."""
        self._clock = clock
        self._count = units
        self._devices = devices or [0x14] + [0x15] * (units - 1)
        self._units: list[Unit] = []
        self._shift = False
        self._touched: set[int] = set()
        self._prints: dict[int, Timer] = {}
        self._lower: dict[int, str] = {}

    # --- its life -----------------------------------------------------------------------------------------------

    def start(self, midi: MidiSystem) -> None:
        """Look for the units' ports, and speak to each one that is found."""
        for unit in range(self._count):
            wanted = Wanted(f"tonn-bridge {unit + 1}", f"tonn-bridge {unit + 1}")
            port = midi.open(wanted, self._reader(unit), lambda unit=unit: self._found(unit))  # type: ignore[misc]
            self._units.append(Unit(port, self._devices[unit]))
        self._tick()

    def close(self, *, reset: bool = True) -> None:
        """Close the control surface, as REAPER and Ardour do, or just be gone."""
        for unit in self._units:
            if reset:
                unit.port.send([HEAD + bytes([unit.device, 0x08, 0x00, 0xF7])])
            unit.port.close()
        self._units = []

    # --- what a person does in it -------------------------------------------------------------------------------

    def track(self, name: str) -> Track:
        return next(track for track in self.tracks if track.name == name)

    def db(self, name: str) -> float:
        return self.law(self.track(name).fader / TOP)

    def hand_move(self, name: str, fader: int) -> None:
        self.track(name).fader = fader
        self._show_print(name, fader=True)
        self.refresh()

    def hand_pan(self, name: str, pan: float) -> None:
        self.track(name).pan = pan
        self._show_print(name, fader=False)
        self.refresh()

    def mute(self, name: str, on: bool) -> None:
        self.track(name).muted = on
        self.refresh()

    def insert(self, place: int, name: str) -> None:
        """A new track above another; everything below moves on by one."""
        self.tracks.insert(place, Track(name))
        self.refresh()

    def remove(self, name: str) -> None:
        self.tracks.remove(self.track(name))
        self.refresh()

    def rename(self, name: str, new: str) -> None:
        self.track(name).name = new
        self.refresh()

    # --- what the units say -------------------------------------------------------------------------------------

    def _found(self, unit: int) -> None:
        if unit < len(self._units) and self._units[unit].port.connected and not self.habits.waits_for_power_up:
            self._wake(unit)

    def _tick(self) -> None:
        if self.habits.timecode_every_s is not None and self._units:
            self._units[0].port.send([b"\xb0\x40\x30"])
            self._clock.call_later(self.habits.timecode_every_s, self._tick)

    def _wake(self, unit: int) -> None:
        fresh = Unit(self._units[unit].port, self._devices[unit], announced=True)
        self._units[unit] = fresh
        fresh.port.send([HEAD + bytes([fresh.device, 0x00, 0xF7])])
        self.refresh()

    def _reader(self, unit: int) -> Callable[[list[bytes]], None]:
        def read(messages: list[bytes]) -> None:
            for message in messages:
                self.heard.append(message)
                self._take(unit, message)

        return read

    def _take(self, unit: int, message: bytes) -> None:
        status, first = message[0], unit * STRIPS
        if message.startswith(HEAD + bytes([self._devices[unit], 0x01])) and not self._units[unit].announced:
            self._wake(unit)
        elif 0xE0 <= status <= 0xE7:
            self._take_fader(first + status - 0xE0, message[1] | message[2] << 7)
        elif status == 0xB0 and 0x10 <= message[1] <= 0x17:
            ticks = message[2] & 0x3F
            self._take_turn(first + message[1] - 0x10, -ticks if message[2] & 0x40 else ticks)
        elif status == 0x90:
            self._take_note(first, message[1], message[2] > 0)

    def _take_fader(self, strip: int, value: int) -> None:
        track = self._at(strip)
        self.writes += 1
        if track is None or (self.habits.ignores_touchless and strip not in self._touched):
            return
        track.fader = value
        self._show_print(track.name, fader=True)
        if not self.habits.echoes:
            self._units[strip // STRIPS].fader[strip % STRIPS] = value
        self.refresh()

    def _take_turn(self, strip: int, ticks: int) -> None:
        track = self._at(strip)
        if track is None:
            return
        step = self.habits.fine_pan_step if self._shift else self.habits.pan_step
        track.pan = min(max(track.pan + ticks * step, -1.0), 1.0)
        self._show_print(track.name, fader=False)
        self.refresh()

    def _take_note(self, first: int, note: int, pressed: bool) -> None:
        if TOUCHES <= note < TOUCHES + STRIPS:
            (self._touched.add if pressed else self._touched.discard)(first + note - TOUCHES)
        elif note == SHIFT:
            self._shift = pressed
        elif pressed and BANKS <= note < BANKS + 4:
            self._bank((-self.width, self.width, -1, 1)[note - BANKS])
        elif pressed and MUTES <= note < MUTES + STRIPS and (track := self._at(first + note - MUTES)):
            track.muted = not track.muted
            self.refresh()

    def _bank(self, way: int) -> None:
        last = len(self.tracks) - (self.width if self.habits.keeps_last_bank_full else 1)
        there = min(max(self.offset + way, 0), max(last, 0))
        if there != self.offset and (self.habits.keeps_last_bank_full or self.offset + way <= last):
            self.offset = there
            self.refresh()

    # --- what it shows ------------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        return self._count * STRIPS

    def _at(self, strip: int) -> Track | None:
        place = self.offset + strip
        return self.tracks[place] if place < len(self.tracks) else None

    def _show_print(self, name: str, *, fader: bool) -> None:
        """The lower row shows what was moved for a second, and then what the V-Pots hold."""
        if not self.habits.prints:
            return
        track = self.track(name)
        place = self.tracks.index(track)
        if fader:
            db = self.law(track.fader / TOP)
            self._lower[place] = "-oo" if db == float("-inf") else f"{db:+.1f}"
        else:
            self._lower[place] = f"L{round(50 * (1 - track.pan))}R{100 - round(50 * (1 - track.pan))}"
        if timer := self._prints.get(place):
            timer.cancel()
        self._prints[place] = self._clock.call_later(1.0, lambda: self._end_print(place))

    def _end_print(self, place: int) -> None:
        self._lower.pop(place, None)
        self.refresh()

    def refresh(self) -> None:
        """Tell the units what they do not show yet; names and other words come a little later."""
        for unit, shown in enumerate(self._units):
            if shown.announced:
                shown.port.send([message for strip in range(STRIPS) for message in self._values(unit, strip)])
        self._clock.call_later(self.habits.names_late_s, self._refresh_words)

    def _values(self, unit: int, strip: int) -> list[bytes]:
        shown, track = self._units[unit], self._at(unit * STRIPS + strip)
        fader = track.fader if track else 0
        lamp = round(5.0 * ((track.pan if track else -1.0) + 1.0)) + 1
        wanted = {
            bytes([0xB0, 0x30 + strip]): lamp if track else 0x30,
            bytes([0x90, MUTES + strip]): 0x7F if track and track.muted else 0x00,
        }
        news = []
        if shown.fader[strip] != fader:
            shown.fader[strip] = fader
            news.append(bytes([0xE0 + strip, fader & 0x7F, fader >> 7]))
        for head, value in wanted.items():
            if shown.other.get(head) != value:
                shown.other[head] = value
                news.append(head + bytes([value]))
        return news

    def _refresh_words(self) -> None:
        for unit, shown in enumerate(self._units):
            if shown.announced:
                shown.port.send([message for cell in range(2 * STRIPS) for message in self._word(unit, cell)])

    def _word(self, unit: int, cell: int) -> list[bytes]:
        row, strip = divmod(cell, STRIPS)
        shown, track = self._units[unit], self._at(unit * STRIPS + strip)
        lower = self._lower.get(self.offset + unit * STRIPS + strip, "Pan")
        text = "" if track is None else lower if row else self.habits.shorten(track.name)
        if shown.lcd[cell] == text:
            return []
        shown.lcd[cell] = text
        return [HEAD + bytes([shown.device, 0x12, cell * CELL]) + text.ljust(CELL)[:CELL].encode("ascii") + b"\xf7"]
