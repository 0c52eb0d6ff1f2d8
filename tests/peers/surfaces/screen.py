"""A layout in TouchOSC or Open Stage Control: faders, knobs and words on a screen, at the addresses of a mapping file.

The file is read as anybody would who has only `mappings/README.md`; the bytes are python-osc's.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket, ParseError

from tests.peers.surfaces.motor import MotorFader, Temper
from tests.peers.surfaces.unit import SimulatedUnit
from tonn_bridge.clock import Clock

MASTER = -1
PIXELS = 16_383
ON_SCREEN = Temper(lag_s=0.001, stride=1.0, overshoot=0.0)
"""What is drawn has no motor: it is there at once."""

Args = tuple[float | str, ...]


class SimulatedScreen(SimulatedUnit):
    """One layout; strips count from 0. While a finger is on a fader, what the host says of it is not drawn."""

    def __init__(self, clock: Clock, file: Path) -> None:
        super().__init__(clock)
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        self._addresses: Mapping[str, str] = found["osc"]
        self._strips: int = found["unit"]["strips"]
        places = [*range(self._strips), *([MASTER] if "master" in self._addresses else [])]
        self.faders = {
            fader: MotorFader(clock, ON_SCREEN, lambda place, fader=fader: self._tell_fader(fader, place), PIXELS)  # type: ignore[misc]
            for fader in places
        }
        self._patterns = {key: _pattern(form) for key, form in self._addresses.items()}
        self._blank()

    # --- what a person sees --------------------------------------------------------------------------------------

    def fader(self, fader: int) -> float:
        return self.faders[fader].position

    @property
    def at_rest(self) -> bool:
        return all(fader.at_rest for fader in self.faders.values())

    def cell(self, strip: int) -> tuple[str, str]:
        """Both lines of a strip's own display."""
        return str(self.shown("text", strip=strip, row=0)), str(self.shown("text", strip=strip, row=1))

    def display(self) -> tuple[str, str]:
        """The two lines for everybody."""
        return str(self.shown("banner", row=0)), str(self.shown("banner", row=1))

    def lamp(self, button: str, strip: int | None = None) -> str:
        key = "lamp" if strip is None else "strip_lamp"
        return "on" if self.shown(key, strip=strip, button=button) == 1.0 else "off"

    def knob(self, knob: int) -> float:
        return float(self.shown("knob", strip=knob) or 0.0)

    def shown(self, key: str, **places: int | str | None) -> float | str:
        """What was told last at one of the addresses; empty before that."""
        return self._shown.get(self._address(key, **places), "")

    # --- fingers -------------------------------------------------------------------------------------------------

    def touch(self, fader: int) -> None:
        self.faders[fader].grip()
        self._speak(*(("master_touch", {}) if fader == MASTER else ("touch", {"strip": fader})), 1.0)

    def move(self, fader: int, position: float) -> None:
        self.faders[fader].push(position)

    def release(self, fader: int) -> None:
        self.faders[fader].held = False
        self._speak(*(("master_touch", {}) if fader == MASTER else ("touch", {"strip": fader})), 0.0)
        self.faders[fader].let_go()

    def press(self, button: str, strip: int | None = None) -> None:
        for value in (1.0, 0.0):
            if strip is None:
                self._speak("button", {"button": button}, value)
            else:
                self._speak("strip_button", {"button": button, "strip": strip}, value)

    def turn(self, encoder: int, ticks: int) -> None:
        raise AssertionError("a screen has no endless encoders")

    def turn_knob(self, knob: int, position: float) -> None:
        """A finger comes, brings a knob to 0.0 to 1.0, and goes."""
        self._speak("knob_touch", {"strip": knob}, 1.0)
        self._shown[self._address("knob", strip=knob)] = position
        self._speak("knob", {"strip": knob}, position)
        self._speak("knob_touch", {"strip": knob}, 0.0)

    # --- what the host says --------------------------------------------------------------------------------------

    def power_on(self) -> None:
        self._blank()
        self._speak("hello", {}, 1.0)

    def take(self, message: bytes) -> None:
        try:
            packet = OscPacket(message)
        except (ParseError, ValueError):
            self.fault("no OSC", message)
            return
        for timed in packet.messages:
            self._take(timed.message.address, tuple(timed.message.params), message)

    def _take(self, address: str, args: Args, message: bytes) -> None:
        key, strip = self._key(address)
        if key is None or len(args) != 1:
            self.fault("no such address", message)
            return
        if key in ("fader", "master"):
            self._take_fader(MASTER if key == "master" else strip, float(args[0]), message)
            return
        self.told((key, address), self._shown.get(address), args[0])
        self._shown[address] = args[0]

    def _take_fader(self, fader: int, position: float, message: bytes) -> None:
        if not 0.0 <= position <= 1.0:
            self.fault("outside of the fader", message)
            return
        self.told(("fader", fader), self.faders[fader].goal, position)
        self.faders[fader].drive(position)

    # --- inside --------------------------------------------------------------------------------------------------

    def _blank(self) -> None:
        self._shown: dict[str, float | str] = {}

    def _key(self, address: str) -> tuple[str | None, int]:
        """Which of the file's addresses this is, and its strip (from 0)."""
        for key, pattern in self._patterns.items():
            if match := pattern.fullmatch(address):
                strip = int(match.groupdict().get("strip") or 1) - 1
                return (key, strip) if strip < self._strips else (None, 0)
        return None, 0

    def _address(self, key: str, **places: int | str | None) -> str:
        counted = {name: place + 1 if isinstance(place, int) else place for name, place in places.items()}
        return self._addresses[key].format(**counted)

    def _speak(self, key: str, places: Mapping[str, int | str], value: float) -> None:
        if key not in self._addresses or self._say is None:
            return
        builder = OscMessageBuilder(self._address(key, **places))
        builder.add_arg(value, "f")
        self._say(builder.build().dgram)

    def _tell_fader(self, fader: int, place: int) -> None:
        if fader == MASTER:
            self._speak("master", {}, place / PIXELS)
        else:
            self._speak("fader", {"strip": fader}, place / PIXELS)


def _pattern(form: str) -> re.Pattern[str]:
    wild = {"{strip}": r"(?P<strip>\d+)", "{row}": r"(?P<row>[12])", "{button}": r"(?P<button>[a-z0-9_]+)"}
    text = re.escape(form).replace(r"\{", "{").replace(r"\}", "}")
    for place, pattern in wild.items():
        text = text.replace(place, pattern)
    return re.compile(text)
