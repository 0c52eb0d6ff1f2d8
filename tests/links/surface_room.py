"""A room in which simulated units, their link, a mixer and a simulated DAW stand together, on a clock that is moved.

Only the metal is missing: a unit's bytes go down a cable to its link, and the DAW's wire numbers to the mixer.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from random import Random
from typing import Any

from tests.clock import FakeClock
from tests.engine.wire_daw import Control, WireDaw
from tests.peers.surfaces.motor import Temper
from tests.peers.surfaces.shipped import Shipped, simulate
from tonn_bridge.core import Gain, Param, TonnSettings, TrackSpec
from tonn_bridge.core.mix import MixView
from tonn_bridge.engine import Notices
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.strip import DRIVEN
from tonn_bridge.errors import NotPossible
from tonn_bridge.links.surface import SurfaceLink, Unit
from tonn_bridge.mapping import DawMapping, find, load, load_surface
from tonn_bridge.mapping.surface import Function, SurfaceCaps, SurfaceMapping

IDLE: dict[str, Any] = {
    "state": "idle", "progress": 0.0, "text": "", "running": None, "error": None, "question": None,
}  # fmt: skip


@cache
def _daw(name: str) -> DawMapping:
    return DawMapping(load(name))


@cache
def _surface(name: str) -> SurfaceMapping:
    return load_surface(name)


class RoomDesk:
    """Implements `links.surface.desk.Desk` over a mixer alone: there is no service in this room."""

    def __init__(self, mixer: Mixer) -> None:
        self.mixer = mixer
        self.acted: Callable[[str], None] = lambda action: None
        """Told of every action that was possible."""
        self.moved: Callable[[Control, float, float], None] = lambda control, before, after: None
        """Told of every move: the control, where it stood, where it stands or is about to."""
        self.text = ""
        """How the job has ended."""
        self.error: dict[str, str] | None = None
        """What has gone wrong with the job."""

    @property
    def view(self) -> MixView:
        return self.mixer.view

    def status(self) -> dict[str, Any]:
        if self.error is not None:
            return IDLE | {"state": "error", "error": self.error}
        return IDLE | {"state": "applied" if self.mixer.applied else "ready", "text": self.text}

    def level(self, number: int, param: Param) -> float | None:
        return self.mixer.strips[number].level(param)

    def act(self, action: str, value: float | None = None) -> None:
        if action not in ("apply", "revert", "compare", "morph"):
            raise NotPossible(f"there is no {action} in this room")
        if action == "morph":
            self.mixer.morph(value or 0.0)
        else:
            getattr(self.mixer, action)()
        self.acted(action)
        self.mixer.depart()

    def move(
        self, number: int, *, gain_db: float | None = None, adjust_db: float | None = None, pan: float | None = None
    ) -> None:
        before = {param: self.level(number, param) for param in DRIVEN}
        if gain_db is not None:
            self.mixer.move(number, Param.GAIN, gain_db)
        if adjust_db is not None:
            self.mixer.adjust(number, adjust_db)
        if pan is not None:
            self.mixer.move(number, Param.PAN, pan)
        for param, was in before.items():
            now = self.level(number, param)
            if was is not None and now is not None:
                self.moved((number, param), was, now)


class Cable:
    """Implements `links.surface.desk.Wire`; bytes take `delay_s` either way, and keep their order."""

    problem: str | None = None

    def __init__(self, clock: FakeClock, unit: Shipped, end: Unit, delay_s: float) -> None:
        self._clock = clock
        self._unit = unit
        self._end = end
        self._delay_s = delay_s
        self._plugs = 0
        self.connected = False
        self.deaf = False
        """While it is, nothing that the unit says arrives."""
        for fader in unit.faders.values():
            fader.cable_s = delay_s

    def send(self, messages: Sequence[bytes]) -> None:
        if self.connected:
            self._carry(partial(self._unit.hear, list(messages)))

    def plug(self) -> None:
        """The unit gets its power and its cable; the system finds its ports."""
        self._plugs += 1
        self.connected = True
        self._unit.plug_in(self._say)
        self._end.state_changed()

    def pull(self) -> None:
        self.connected = False
        self._unit.unplug()
        self._end.state_changed()

    def noise(self, messages: Sequence[bytes]) -> None:
        """Bytes on the way to the link that no unit sends."""
        self._carry(lambda: self._end.on_messages(messages))

    def _say(self, message: bytes) -> None:
        if not self.deaf:
            self._carry(lambda: self._end.on_messages([message]))

    def _carry(self, deliver: Callable[[], None]) -> None:
        plugs = self._plugs
        if not self._delay_s:
            deliver()
            return
        self._clock.call_later(self._delay_s, lambda: deliver() if self.connected and plugs == self._plugs else None)


@dataclass
class Row:
    """Units that stand side by side as one surface; `first` is the track (from 0) on its leftmost strip."""

    link: SurfaceLink
    units: list[Shipped]
    cables: list[Cable]
    buttons: dict[Function, str]
    first: int = 0
    flipped: bool = False
    touched: set[int] = field(default_factory=set)

    @property
    def caps(self) -> SurfaceCaps:
        return self.link.units[0].caps

    @property
    def strips(self) -> int:
        return sum(unit.caps.strips for unit in self.link.units)

    @property
    def faders(self) -> list[int]:
        """The strips of the row that have a fader."""
        return [end.first + fader for end in self.link.units for fader in range(end.caps.faders)]

    def unit(self, strip: int) -> tuple[Shipped, int]:
        """The unit that a strip of the row stands on, and its place there."""
        end = max((end for end in self.link.units if end.first <= strip), key=lambda end: end.first)
        return self.units[self.link.units.index(end)], strip - end.first

    def cable(self, strip: int) -> Cable:
        return self.cables[self.units.index(self.unit(strip)[0])]

    def can(self, function: Function) -> bool:
        return function in self.buttons

    def press(self, function: Function, strip: int | None = None) -> None:
        """Press the button that does this."""
        unit, place = self.unit(strip or 0)
        unit.press(self.buttons[function], None if strip is None else place)

    def step(self, strip: int) -> float:
        """How far apart two positions are that its fader tells apart."""
        unit, place = self.unit(strip)
        return 1.0 / unit.faders[place].last_place

    def fader(self, strip: int) -> float:
        unit, place = self.unit(strip)
        return unit.fader(place)


class Room:
    """One mixer and one DAW, and the rows of units that `rows` names by their mappings, all plugged in."""

    def __init__(
        self,
        rows: Sequence[Sequence[str]],
        noise: Random,
        *,
        daw: str = "reaper",
        tracks: int = 3,
        delay_s: float = 0.001,
        temper: Temper | None = None,
        proposal: dict[int, TonnSettings] | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.mapping = _daw(daw)
        self.daw = WireDaw(self.mapping, tracks, self.clock, noise)
        self._soon: Callable[[Callable[[], None]], object] = lambda call: self.clock.call_later(0.0, call)
        self.notices = Notices(self._soon)
        specs = [TrackSpec(number, f"Track {number}") for number in range(1, tracks + 1)]
        self.mixer = Mixer(specs, self.daw, self.clock, glide_s=0.1, changed=self._mix_changed)
        self.desk = RoomDesk(self.mixer)
        self.track_changes: Counter[int] = Counter()
        """How often each track's fader or pan came to stand elsewhere, as a surface is told of it."""
        self._levels: dict[int, tuple[float | None, float | None]] = {}
        self._tracks = tracks
        self.rows = [self._stand(names, delay_s, temper) for names in rows]
        self.daw.start(self.mixer)
        if proposal is not None:
            self.mixer.set_proposal(proposal)
        for row in self.rows:
            for cable in row.cables:
                cable.plug()
        self.clock.advance(1.5)

    # --- the DAW, as it is ---------------------------------------------------------------------------------------

    def gain(self, number: int) -> Gain:
        """A track's fader in the DAW."""
        return Gain(self.daw.scale(Param.GAIN).value_of(self.daw.holds[number, Param.GAIN]))

    def position(self, number: int) -> float:
        """Where a fader that follows the DAW's law stands for it, 0.0 to 1.0."""
        return self.mapping.fader_law.position(self.gain(number))

    def pan_position(self, number: int) -> float:
        """Where a fader that holds the pan stands for it, left at the bottom."""
        return (self.daw.scale(Param.PAN).value_of(self.daw.holds[number, Param.PAN]) + 1.0) / 2.0

    def turn(self, row: Row, function: Function) -> None:
        """What pressing one of these shows, by what people know of banks: never past the last track."""
        steps = {Function.BANK_LEFT: -row.strips, Function.BANK_RIGHT: row.strips,
                 Function.CHANNEL_LEFT: -1, Function.CHANNEL_RIGHT: 1}  # fmt: skip
        if function is Function.FLIP:
            row.flipped = not row.flipped
        elif function in steps:
            row.first = min(max(row.first + steps[function], 0), max(self._tracks - row.strips, 0))

    # --- inside --------------------------------------------------------------------------------------------------

    def _stand(self, names: Sequence[str], delay_s: float, temper: Temper | None) -> Row:
        mappings = [_surface(name) for name in names]
        link = SurfaceLink(
            [(mapping, name, lambda *_: None) for mapping, name in zip(mappings, names, strict=True)],
            self.desk,
            self._tracks,
            self.mapping.fader_law,
            self.clock,
            self._soon,
            self.notices.changed,
        )
        self.notices.subscribe(link.changed)
        units = [simulate(find(name), self.clock, temper) for name in names]
        cables = [Cable(self.clock, unit, end, delay_s) for unit, end in zip(units, link.units, strict=True)]
        for cable, end in zip(cables, link.units, strict=True):
            end.attach(cable)
        buttons: dict[Function, str] = {}
        for mapping in mappings:
            for button, function in mapping.caps.functions.items():
                buttons.setdefault(function, button)
        return Row(link, units, cables, buttons)

    def _mix_changed(self) -> None:
        for number in self.mixer.strips:
            levels = (self.mixer.strips[number].level(Param.GAIN), self.mixer.strips[number].level(Param.PAN))
            if levels != self._levels.get(number):
                self._levels[number] = levels
                self.track_changes[number] += 1
        self.notices.changed()
