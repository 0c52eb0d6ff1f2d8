"""Plain MIDI controllers, and motor desks that speak plain MIDI: each is built from what its mapping file says of it.

The file is read here as anybody would who has only `mappings/README.md`: no code of the bridge's own reader is used.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.peers.surfaces.motor import MotorFader, Temper
from tests.peers.surfaces.unit import SimulatedUnit, is_message
from tonn_bridge.clock import Clock

MASTER = -1
Thing = TypeVar("Thing")
Wire = tuple[str, int, int]
"""A kind of message ("note", "cc", "cc14", "nrpn", "pitch_bend"), its channel from 0, its number."""

TURNS = {
    "twos_complement": lambda ticks: ticks & 0x7F,
    "offset": lambda ticks: 64 + ticks,
    "sign_down": lambda ticks: ticks if ticks > 0 else 0x40 | -ticks,
    "sign_up": lambda ticks: 0x40 | ticks if ticks > 0 else -ticks,
}
"""How an endless encoder writes a turn."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A fader or a knob: what it sends, and how many places it tells apart."""

    wire: Wire
    last_place: int
    fine_first: bool

    def messages(self, place: int) -> Iterator[bytes]:
        """What it sends when it stands at `place`, 0 to `last_place`."""
        kind, channel, number = self.wire
        if kind == "cc":
            yield bytes([0xB0 | channel, number, round(place * 127 / self.last_place)])
            return
        value = round(place * 16383 / self.last_place)
        coarse, fine = value >> 7, value & 0x7F
        if kind == "pitch_bend":
            yield bytes([0xE0 | channel, fine, coarse])
        elif kind == "cc14":
            halves = [bytes([0xB0 | channel, number, coarse]), bytes([0xB0 | channel, number + 32, fine])]
            yield from reversed(halves) if self.fine_first else halves
        else:
            for control, data in ((99, number >> 7), (98, number & 0x7F), (6, coarse), (38, fine)):
                yield bytes([0xB0 | channel, control, data])


class SimulatedKontrol(SimulatedUnit):
    """A nanoKONTROL2, or whatever controller the mapping `file` describes; buttons go by the file's names for them.

    Faders count from 0, the one beside them is `MASTER`. Without motors nobody but a hand moves them.
    """

    def __init__(self, clock: Clock, file: Path, temper: Temper | None = None) -> None:
        super().__init__(clock)
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        self.motors = found["unit"].get("motors", "none") != "none"
        rows = (found.get("faders"), found.get("master"))
        self._dials = _beside(*(list(_dials(row)) for row in rows))
        self._touches = _beside(*(list(_wires(row and row.get("touch"))) for row in rows))
        self.faders = {
            fader: MotorFader(
                clock,
                temper or Temper(),
                lambda place, fader=fader: self._tell(self._dials[fader], place),  # type: ignore[misc]
                dial.last_place,
            )
            for fader, dial in self._dials.items()
        }
        self.knobs = list(_dials(found.get("knobs")))
        self._knob_places: dict[int, int] = {}
        self._encoders = list(_wires(found.get("encoders")))
        self._relative = found.get("encoders", {}).get("relative", "")
        self._rings = _ring_numbers((found.get("encoders") or found.get("knobs") or {}).get("rings"))
        self._buttons: Mapping[str, Any] = found.get("buttons", {})
        self._toggled: set[tuple[str, int]] = set()
        self._lit_by = dict(_lamps(self._buttons, found.get("lamps", {})))
        self._hands_shake = [bytes.fromhex(text) for key in ("greeting", "farewell") for text in found.get(key, ())]
        self.greeted = 0
        self.power_on()

    # --- what a person sees --------------------------------------------------------------------------------------

    def fader(self, fader: int) -> float:
        return self.faders[fader].position

    @property
    def at_rest(self) -> bool:
        return all(fader.at_rest for fader in self.faders.values())

    def lamp(self, button: str, strip: int | None = None) -> str:
        return self._lamps.get((button, strip or 0), "off")

    def knob(self, knob: int) -> float:
        """Where a knob with two ends stands, 0.0 to 1.0."""
        return self._knob_places.get(knob, 0) / self.knobs[knob].last_place

    def ring(self, encoder: int) -> int:
        """The number its ring was sent last."""
        return self._ring_values.get(encoder, 0)

    # --- hands ---------------------------------------------------------------------------------------------------

    def touch(self, fader: int) -> None:
        self.faders[fader].grip()
        self._touch(fader, 0x7F)

    def move(self, fader: int, position: float) -> None:
        self.faders[fader].push(position)

    def release(self, fader: int) -> None:
        self.faders[fader].held = False
        self._touch(fader, 0x00)
        if self.motors:
            self.faders[fader].let_go()

    def press(self, button: str, strip: int | None = None) -> None:
        wire = list(_wires(self._buttons[button]))[strip or 0]
        if self._buttons[button].get("toggle"):
            place = (button, strip or 0)
            self._toggled ^= {place}
            self._say_key(wire, 0x7F if place in self._toggled else 0x00)
            return
        self._say_key(wire, 0x7F)
        self._say_key(wire, 0x00)

    def turn(self, encoder: int, ticks: int) -> None:
        _, channel, number = self._encoders[encoder]
        self.say(0xB0 | channel, number, TURNS[self._relative](ticks))

    def turn_knob(self, knob: int, position: float) -> None:
        """Bring a knob with two ends to 0.0 to 1.0."""
        place = round(position * self.knobs[knob].last_place)
        self._knob_places[knob] = place
        self._tell(self.knobs[knob], place)

    # --- what the host says --------------------------------------------------------------------------------------

    def power_on(self) -> None:
        self._lamps: dict[tuple[str, int], str] = {}
        self._ring_values: dict[int, int] = {}
        self._halves: dict[tuple[int, int], int] = {}
        for fader in self.faders.values():
            fader.power_off()

    def take(self, message: bytes) -> None:
        if message in self._hands_shake:
            self.greeted += 1
        elif not is_message(message):
            self.fault("not one complete MIDI message", message)
        elif not (self._take_fader(message) or self._take_lamp(message) or self._take_ring(message)):
            self.fault("nothing this controller knows", message)

    def _take_fader(self, message: bytes) -> bool:
        """Its motors are driven by the messages that its faders send."""
        if not self.motors:
            return False
        status, channel = message[0] & 0xF0, message[0] & 0x0F
        for fader, dial in self._dials.items():
            kind, own_channel, number = dial.wire
            if channel != own_channel:
                continue
            if status == 0xE0 and kind == "pitch_bend":
                self._drive(fader, (message[1] | message[2] << 7) / 16383)
                return True
            if status == 0xB0 and kind == "cc" and message[1] == number:
                self._drive(fader, message[2] / 127)
                return True
            if status == 0xB0 and kind == "cc14" and message[1] in (number, number + 32):
                self._take_half(fader, dial, message)
                return True
        return False

    def _take_half(self, fader: int, dial: Dial, message: bytes) -> None:
        _, channel, number = dial.wire
        self._halves[channel, message[1]] = message[2]
        if (message[1] == number) == dial.fine_first:
            coarse, fine = self._halves.get((channel, number), 0), self._halves.get((channel, number + 32), 0)
            self._drive(fader, (coarse << 7 | fine) / 16383)

    def _drive(self, fader: int, position: float) -> None:
        self.told(("fader", fader), self.faders[fader].goal, position)
        self.faders[fader].drive(position)

    def _take_lamp(self, message: bytes) -> bool:
        kind = {0x90: "note", 0xB0: "cc"}.get(message[0] & 0xF0, "")
        known = self._lit_by.get((kind, message[0] & 0x0F, message[1]))
        if known is None:
            return False
        (button, place), values = known
        if message[2] not in values:
            self.fault("no such light", message)
            return True
        self.told(("lamp", button, place), self._lamps.get((button, place), "off"), values[message[2]])
        self._lamps[button, place] = values[message[2]]
        return True

    def _take_ring(self, message: bytes) -> bool:
        encoder, is_mode = self._rings.get((message[0] & 0x0F, message[1]), (None, False))
        if message[0] & 0xF0 != 0xB0 or encoder is None:
            return False
        if not is_mode:
            self.told(("ring", encoder), self._ring_values.get(encoder, 0), message[2])
            self._ring_values[encoder] = message[2]
        return True

    # --- inside --------------------------------------------------------------------------------------------------

    def _touch(self, fader: int, value: int) -> None:
        if fader in self._touches:
            self._say_key(self._touches[fader], value)

    def _say_key(self, wire: Wire, value: int) -> None:
        kind, channel, number = wire
        self.say((0x90 if kind == "note" else 0xB0) | channel, number, value)

    def _tell(self, dial: Dial, place: int) -> None:
        for message in dial.messages(place):
            self.say(*message)


def _wires(row: Mapping[str, Any] | None) -> Iterator[Wire]:
    """The messages of a row, the first strip's first."""
    if row is None:
        return
    kind = next(kind for kind in ("note", "cc", "cc14", "nrpn", "pitch_bend") if row.get(kind, False) is not False)
    numbers = [0] if kind == "pitch_bend" else _listed(row[kind])
    channels = _listed(row.get("channel", 1))
    for place in range(max(len(numbers), len(channels))):
        yield kind, channels[place % len(channels)] - 1, numbers[place % len(numbers)]


def _beside(strips: Sequence[Thing], master: Sequence[Thing]) -> dict[int, Thing]:
    """The things on the strips by their place, and the one beside them."""
    return dict(enumerate(strips)) | ({MASTER: master[0]} if master else {})


def _dials(row: Mapping[str, Any] | None) -> Iterator[Dial]:
    for wire in _wires(row):
        assert row is not None
        last_place = row.get("steps", 128 if wire[0] == "cc" else 1024) - 1
        yield Dial(wire, last_place, bool(row.get("fine_first")))


def _lamps(
    buttons: Mapping[str, Any], kinds: Mapping[str, Any]
) -> Iterator[tuple[Wire, tuple[tuple[str, int], Mapping[int, str]]]]:
    """What lights each lamp: its message, the button and place it stands on, and what the numbers mean."""
    for name, button in buttons.items():
        if "lamp" not in button:
            continue
        kind = kinds[button["lamp"]]
        values = {kind.get("off", 0): "off", kind.get("on", 127): "on"}
        if "blink" in kind:
            values[kind["blink"]] = "blink"
        for place, wire in enumerate(_wires(button.get("lamp_at", button))):
            yield wire, ((name, place), values)


def _ring_numbers(rings: Mapping[str, Any] | None) -> dict[tuple[int, int], tuple[int, bool]]:
    """The controllers that set rings and their modes, by channel and number: which encoder, and whether a mode."""
    found: dict[tuple[int, int], tuple[int, bool]] = {}
    for key, is_mode in (("cc", False), ("mode_cc", True)):
        if rings is not None and key in rings:
            row = {"cc": rings[key], "channel": rings.get("channel", 1)}
            for encoder, (_, channel, number) in enumerate(_wires(row)):
                found[channel, number] = (encoder, is_mode)
    return found


def _listed(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value]
