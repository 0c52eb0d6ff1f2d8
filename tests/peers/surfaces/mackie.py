"""Mackie Control units: an X-Touch and its extender, a FaderPort-like one, one without touch, a Logic Control.

Numbers are of the Mackie Control and Logic Control MIDI maps, as TouchMCU's protocol page, REAPER's and Ardour's
sources give them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.peers.surfaces.motor import MotorFader, Temper
from tests.peers.surfaces.unit import SimulatedUnit, is_message
from tonn_bridge.clock import Clock

MASTER = -1
SERIAL = bytes.fromhex("58 59 5a 57 18 61 05")
CHALLENGE = bytes.fromhex("57 18 61 05")
ANSWER = bytes.fromhex("64 5a 5e 57")
"""What a host has to make of that challenge."""

NEEDS_BACK_S = 0.15
"""Where a unit needs a position back at once, a fader goes loose under the hand after this long without it."""

COLUMNS, CELL = 56, 7

ON_STRIPS = {"rec": 0, "solo": 8, "mute": 16, "select": 24, "vpot": 32}
BUTTONS = {
    **{name: 40 + place for place, name in enumerate(["track", "send", "pan", "plugin", "eq", "instrument"])},
    **{name: 46 + place for place, name in enumerate(["bank_left", "bank_right", "channel_left", "channel_right"])},
    **{name: 50 + place for place, name in enumerate(["flip", "global_view", "name_value", "smpte_beats"])},
    **{f"f{number}": 53 + number for number in range(1, 9)},
    **{name: 62 + place for place, name in enumerate(
        ["midi_tracks", "inputs", "audio_tracks", "audio_instruments", "aux", "busses", "outputs", "user"])},
    **{name: 70 + place for place, name in enumerate(["shift", "option", "control", "alt"])},
    **{name: 74 + place for place, name in enumerate(["read", "write", "trim", "touch", "latch", "group"])},
    **{name: 80 + place for place, name in enumerate(["save", "undo", "cancel", "enter"])},
    **{name: 84 + place for place, name in enumerate(
        ["marker", "nudge", "cycle", "drop", "replace", "click", "global_solo"])},
    **{name: 91 + place for place, name in enumerate(["rewind", "fast_forward", "stop", "play", "record"])},
    **{name: 96 + place for place, name in enumerate(
        ["cursor_up", "cursor_down", "cursor_left", "cursor_right", "zoom", "scrub"])},
    **{name: 102 + place for place, name in enumerate(["user_a", "user_b"])},
}  # fmt: skip
SIGNS = {"smpte": 113, "beats": 114, "rude_solo": 115, "relay_click": 118}
"""Lamps that stand on no button, and a click."""


class Returns(StrEnum):
    """What its faders want of the host after a hand has moved them."""

    ON_RELEASE = "on release"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Make:
    """What is built into a unit. `junk`: the low four bits of a fader's position say nothing."""

    device: int = 0x14
    strips: int = 8
    faders: int = 8
    master: bool = True
    motors: bool = True
    touch: bool = True
    returns: Returns = Returns.ON_RELEASE
    temper: Temper = field(default_factory=Temper)
    junk: bool = True
    display: bool = True
    digits: bool = True
    colours: bool = False
    handshake: bool = False


X_TOUCH = Make(colours=True)
EXTENDER = Make(device=0x15, master=False, digits=False, colours=True)
TOUCHLESS = Make(touch=False, returns=Returns.AT_ONCE)
FADERPORT = Make(digits=False, master=False)
LOGIC_CONTROL = Make(device=0x10, handshake=True)


@dataclass(frozen=True, slots=True)
class Ring:
    """The lamps around an encoder: which of the eleven are lit, from 1 at the left end, and the one below."""

    lit: frozenset[int] = frozenset()
    centre: bool = False

    @property
    def fill(self) -> float:
        return len(self.lit) / 11


class SimulatedMackie(SimulatedUnit):
    """One unit of the Mackie kind; strips, faders and encoders count from 0, `MASTER` is the fader beside them."""

    def __init__(self, clock: Clock, make: Make = X_TOUCH) -> None:
        super().__init__(clock)
        self.make = make
        places = [*range(make.faders), *([MASTER] if make.master else [])]
        self.faders = {
            fader: MotorFader(clock, make.temper, lambda place, fader=fader: self._tell_fader(fader, place))  # type: ignore[misc]
            for fader in places
        }
        self.fell_loose = 0
        self.confirmed: bool | None = None
        self._fingers: set[int] = set()
        self._readings = 0
        self._blank()

    # --- what a person sees --------------------------------------------------------------------------------------

    def fader(self, fader: int) -> float:
        return self.faders[fader].position

    @property
    def at_rest(self) -> bool:
        return all(fader.at_rest for fader in self.faders.values())

    def display(self) -> tuple[str, str]:
        """Both rows; what stands on a black ground cannot be read."""
        upper, lower = (
            "".join(
                self._text[row * COLUMNS + column] if self.colours[column // CELL] else " " for column in range(COLUMNS)
            )
            for row in (0, 1)
        )
        return upper, lower

    def cell(self, strip: int) -> tuple[str, str]:
        """What a strip's own part of the display says, row by row."""
        upper, lower = (row[strip * CELL : (strip + 1) * CELL].strip() for row in self.display())
        return upper, lower

    def digits(self) -> str:
        """The assignment display's two characters."""
        return self._digits[11] + self._digits[10]

    def ring(self, encoder: int) -> Ring:
        return self._rings[encoder]

    def lamp(self, button: str, strip: int | None = None) -> str:
        return self._lamps.get(_note(button, strip), "off")

    # --- hands ---------------------------------------------------------------------------------------------------

    def touch(self, fader: int) -> None:
        self._fingers.add(fader)
        self.faders[fader].grip()
        if self.make.touch:
            self.say(0x90, 0x70 if fader == MASTER else 0x68 + fader, 0x7F)

    def move(self, fader: int, position: float) -> None:
        self.faders[fader].push(position)
        if self.make.motors and self.make.returns is Returns.AT_ONCE:
            self.clock.call_later(NEEDS_BACK_S, lambda: self._miss(fader))

    def release(self, fader: int) -> None:
        self._fingers.discard(fader)
        self.faders[fader].held = False
        if self.make.touch:
            self.say(0x90, 0x70 if fader == MASTER else 0x68 + fader, 0x00)
        if self.make.motors:
            self.faders[fader].let_go()

    def press(self, button: str, strip: int | None = None) -> None:
        self.hold(button, strip)
        self.let_go(button, strip)

    def hold(self, button: str, strip: int | None = None) -> None:
        self.say(0x90, _note(button, strip), 0x7F)

    def let_go(self, button: str, strip: int | None = None) -> None:
        self.say(0x90, _note(button, strip), 0x00)

    def turn(self, encoder: int, ticks: int) -> None:
        self.say(0xB0, 0x10 + encoder, abs(ticks) | (0x40 if ticks < 0 else 0))

    # --- what the host says --------------------------------------------------------------------------------------

    def power_on(self) -> None:
        self._blank()
        self.confirmed = None
        for fader in self.faders.values():
            fader.power_off()
        self._ask_to_connect()

    def take(self, message: bytes) -> None:
        if not is_message(message):
            self.fault("not one complete MIDI message", message)
        elif message[0] == 0xF0:
            self._take_sysex(message)
        elif self.make.handshake and not self.confirmed:
            return
        elif message[0] & 0xF0 == 0xE0:
            self._take_fader(message)
        elif message[0] == 0x90:
            self._take_lamp(message)
        elif message[0] in (0xB0, 0xBF):
            self._take_control(message)
        elif message[0] not in (0xD0, 0xD1):
            self.fault("nothing a Mackie Control knows", message)

    def _take_fader(self, message: bytes) -> None:
        fader = MASTER if message[0] == 0xE8 else message[0] & 0x0F
        if fader not in self.faders or not self.make.motors:
            self.fault("no such motor", message)
            return
        position = ((message[1] | message[2] << 7) >> 4) / 1023
        self.told(("fader", fader), self.faders[fader].goal, position)
        self.faders[fader].drive(position)

    def _take_lamp(self, message: bytes) -> None:
        note, velocity = message[1], message[2]
        if note in _UNLIT:
            return
        name = _NAMES.get(note)
        if name is None or velocity not in (0x00, 0x01, 0x7F):
            self.fault("no such lamp", message)
            return
        lamp = {0x00: "off", 0x01: "blink", 0x7F: "on"}[velocity]
        self.told(("lamp", *name), self._lamps.get(note, "off"), lamp)
        self._lamps[note] = lamp

    def _take_control(self, message: bytes) -> None:
        control, value = message[1], message[2]
        if 0x30 <= control < 0x30 + self.make.strips:
            ring = self._ring_of(message)
            self.told(("ring", control - 0x30), self._rings[control - 0x30], ring)
            self._rings[control - 0x30] = ring
        elif 0x40 <= control <= 0x4B and self.make.digits:
            character = value & 0x3F
            shown = chr(character + 0x40 if character < 0x20 else character)
            self.told(("digit", control - 0x40), self._digits[control - 0x40], shown)
            self._digits[control - 0x40] = shown
            if not 0x01 <= character <= 0x1A and character != 0x20 and not 0x30 <= character <= 0x39:
                self.fault("no letter, figure or blank of the digits", message)
        elif not 0x40 <= control <= 0x4B:
            self.fault("nothing there to be set", message)

    def _ring_of(self, message: bytes) -> Ring:
        mode, place = message[2] >> 4 & 0x03, message[2] & 0x0F
        if place > (6 if mode == 3 else 11):
            self.fault("no such place on a ring", message)
        spans = {
            0: range(place, place + 1),
            1: range(min(6, place), max(6, place) + 1),
            2: range(1, place + 1),
            3: range(7 - place, 6 + place),
        }
        lit = frozenset(spans[mode]) if place else frozenset[int]()
        return Ring(lit, bool(message[2] & 0x40))

    def _take_sysex(self, message: bytes) -> None:
        if message[:4] != b"\xf0\x00\x00\x66":
            self.fault("another maker's SysEx", message)
            return
        if message[4] != self.make.device:
            return  # meant for another unit
        command, content = message[5], message[6:-1]
        if self.make.handshake and not self.confirmed and command not in (0x00, 0x02):
            return
        match command:
            case 0x00:
                self._ask_to_connect()
            case 0x02:
                self._check(content)
            case 0x08 | 0x63:
                self._blank()
                self._lower_faders()
            case 0x61:
                self._lower_faders()
            case 0x62:
                self._lamps.clear()
            case 0x12:
                self._take_text(message, content)
            case 0x13:
                self._sysex(0x14, *b"V1.22")
            case 0x72:
                self._take_colours(message, content)
            case _ if command not in (0x09, 0x0A, 0x0B, 0x0C, 0x0E, 0x0F, 0x10, 0x11, 0x20, 0x21):
                self.fault("no such command", message)

    def _take_text(self, message: bytes, content: bytes) -> None:
        if not self.make.display:
            return
        offset, text = content[0], content[1:]
        if offset + len(text) > 2 * COLUMNS or not text or min(text) < 0x20 or max(text) > 0x7E:
            self.fault("text that does not fit the display", message)
            return
        before = list(self._text)
        self._text[offset : offset + len(text)] = text.decode("ascii")
        for cell in range(offset // CELL, (offset + len(text) - 1) // CELL + 1):
            part = slice(cell * CELL, (cell + 1) * CELL)
            strip, row = cell % (COLUMNS // CELL), cell // (COLUMNS // CELL)
            self.told(("text", strip, row), before[part], self._text[part])

    def _take_colours(self, message: bytes, content: bytes) -> None:
        if not self.make.colours or len(content) != 8 or max(content) > 7:
            self.fault("colours that it does not have", message)
            return
        self.told(("colours",), self.colours, tuple(content))
        self.colours = tuple(content)

    def _check(self, content: bytes) -> None:
        self.confirmed = content == SERIAL + ANSWER
        self._sysex(0x03 if self.confirmed else 0x04, *SERIAL)

    # --- inside --------------------------------------------------------------------------------------------------

    def _blank(self) -> None:
        self._text = [" "] * (2 * COLUMNS)
        self._digits = [" "] * 12
        self._lamps: dict[int, str] = {}
        self._rings = [Ring()] * self.make.strips
        self.colours: Sequence[int] = (7,) * 8

    def _lower_faders(self) -> None:
        for fader in self.faders.values():
            fader.drive(0.0)

    def _ask_to_connect(self) -> None:
        self._sysex(0x01, *SERIAL, *CHALLENGE)

    def _sysex(self, *content: int) -> None:
        self.say(0xF0, 0x00, 0x00, 0x66, self.make.device, *content, 0xF7)

    def _tell_fader(self, fader: int, place: int) -> None:
        self._readings += 1
        junk = self._readings * 7 & 0x0F if self.make.junk and place < 1023 else 0
        value = place << 4 | junk
        self.say(0xE8 if fader == MASTER else 0xE0 + fader, value & 0x7F, value >> 7)

    def _miss(self, fader: int) -> None:
        """Has its position come back?"""
        if fader in self._fingers and not self.faders[fader].goes_along:
            self.fell_loose += 1


class SimulatedXTouch(SimulatedMackie):
    """The full-size one: eight motor faders and a master, touch, V-Pots, two rows of text in colour, digits."""

    def __init__(self, clock: Clock, temper: Temper | None = None) -> None:
        super().__init__(clock, X_TOUCH if temper is None else replace(X_TOUCH, temper=temper))


def _note(button: str, strip: int | None) -> int:
    if button in ON_STRIPS:
        assert strip is not None, f"which {button}?"
        return ON_STRIPS[button] + strip
    return BUTTONS.get(button, SIGNS.get(button, -1))


_UNLIT = range(ON_STRIPS["vpot"], ON_STRIPS["vpot"] + 8)
"""Pushing a V-Pot is a button without a lamp; being told of one does no harm."""
_NAMES: dict[int, tuple[str, int | None]] = {
    **{first + strip: (name, strip) for name, first in ON_STRIPS.items() if name != "vpot" for strip in range(8)},
    **{note: (name, None) for name, note in {**BUTTONS, **SIGNS}.items()},
}
