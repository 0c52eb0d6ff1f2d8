"""A stand-in for a DAW with plug-ins on its tracks: the program of `mappings/osc.toml`, and racks after its own manual.

`PLUGINS` is the table that a mapping file adds for it; numbers of racks and of parameters count from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.peers.generic import SimulatedOsc
from tonn_bridge.clock import Clock
from tonn_bridge.demo.simulated import Address

SPEECH = """
[plugins]
poll_s = 3.0
first_param = 0
set = { address = "/set", args = [
  { type = "i", is = "strip" }, { type = "i", is = "plugin" },
  { type = "i", is = "param" }, { type = "f", is = "value" },
] }
ask = [{ address = "/rack", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }] }]
told = [
  { address = "/names", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }], each = [
    { type = "s", is = "param_name" },
  ] },
  { address = "/values", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }], each = [
    { type = "f", is = "value" },
  ] },
  { address = "/turned/{strip}/{plugin}/{param}", args = [{ type = "f", is = "value" }] },
]
text = { ask = [{ address = "/text/{strip}/{plugin}/{param}" }], told = [
  { address = "/text/{strip}/{plugin}/{param}", args = [{ type = "s", is = "text" }] },
] }
switch = { on = [{ address = "/on/{strip}/{plugin}" }], off = [{ address = "/off/{strip}/{plugin}" }] }
version = { ask = [{ address = "/version" }], told = { address = "/version", args = [
  { type = "i", is = "version" }, { type = "i", is = "version" },
] } }
"""
LIST = """
[plugins.list]
first = 0
ask = [{ address = "/racks", args = [{ type = "i", is = "strip" }] }]
told = { address = "/racks", args = [{ type = "i", is = "strip" }], each = [
  { type = "s", is = "plugin_name" }, { type = "i", is = "on" },
] }
"""
SERVES = """
[[plugins.serves]]
slot = "eq"
name = ["Twobell*"]
instances = 2
insert = "Put a Twobell in."
bells = [["F1", "G1", "W1"], ["F2", "G2", "W2"]]
freq = { unit = "hz", low = 20, high = 20000, tolerance = 0.01 }
gain = { unit = "db", low = -18, high = 18, tolerance = 0.001 }
q = { unit = "q", low = 0.3, high = 10, tolerance = 0.001 }
fixed = [{ name = "output", param = "Out", value = 0 }]

[[plugins.serves]]
slot = "comp"
name = ["Squeeze"]
insert = "Put a Squeeze in."
threshold = { param = "Threshold", unit = "db", low = -60, high = 0, tolerance = 0.001 }
ratio = { param = "Ratio", unit = "ratio", law = "learn", raw = [0, 10] }
"""
PLUGINS = SPEECH + LIST + SERVES

TWOBELL = {"F1": 100.0, "G1": 0.0, "W1": 1.0, "F2": 1000.0, "G2": 0.0, "W2": 1.0, "Out": -3.0}
SQUEEZE = {"Threshold": -10.0, "Ratio": 0.0}
_TYPES = {int: "i", float: "f", str: "s"}


@dataclass
class Rack:
    """One plug-in, its parameters in the order of their numbers."""

    name: str
    params: dict[str, float]
    on: bool = True
    heard: int = field(default=0)
    """How often something was set."""


def twobell(name: str = "Twobell", **params: float) -> Rack:
    return Rack(name, TWOBELL | params)


class SimulatedRacks(SimulatedOsc):
    """Its `racks` by track number. `deaf_to`: what it does not answer at all."""

    def __init__(
        self, names: Sequence[str], clock: Clock, feedback: Address | None, racks: Mapping[int, Sequence[Rack]]
    ) -> None:
        super().__init__(names, clock, feedback)
        self.racks = {number: list(racks.get(number, ())) for number in range(1, len(names) + 1)}
        self.deaf_to: set[str] = set()

    def param(self, number: int, rack: int, name: str) -> float:
        return self.racks[number][rack].params[name]

    def hand_turn(self, number: int, rack: int, name: str, value: float) -> None:
        """A knob is turned in its window, and it tells."""
        params = self.racks[number][rack].params
        params[name] = value
        self._answer(f"/turned/{number}/{rack}/{list(params).index(name)}", float(value))

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        try:
            message = OscMessage(datagram)
        except ParseError:
            self.dropped += 1
            return
        parts, args = message.address.split("/")[1:], list(message.params)
        if f"/{parts[0]}" in self.deaf_to:
            self.received[message.address] += 1
        elif not self._rack_message(parts, args):
            super().on_datagram(datagram, sender)
        else:
            self.received[message.address] += 1

    def _rack_message(self, parts: list[str], args: list[object]) -> bool:
        """Whether it was about racks."""
        match parts, args:
            case ["racks"], [int(number)] if number in self.racks:
                listed = [word for rack in self.racks[number] for word in (rack.name, int(rack.on))]
                self._answer("/racks", number, *listed)
            case ["rack"], [int(number), int(rack)] if self._stands(number, rack):
                params = self.racks[number][rack].params
                self._answer("/names", number, rack, *params)
                self._answer("/values", number, rack, *map(float, params.values()))
            case ["set"], [int(number), int(rack), int(param), float(value)] if self._stands(number, rack):
                self._set_param(number, rack, param, value)
            case ["on" | "off" as word, number, rack], [] if self._stands(int(number), int(rack)):
                self.racks[int(number)][int(rack)].on = word == "on"
            case ["text", number, rack, param], [] if self._stands(int(number), int(rack)):
                name, value = list(self.racks[int(number)][int(rack)].params.items())[int(param)]
                self._answer("/" + "/".join(parts), f"{name} {value:g}")
            case ["version"], []:
                self._answer("/version", 11, 3)
            case _:
                return False
        return True

    def _stands(self, number: int, rack: int) -> bool:
        return 0 <= rack < len(self.racks.get(number, ()))

    def _set_param(self, number: int, rack: int, param: int, value: float) -> None:
        there = self.racks[number][rack]
        there.heard += 1
        there.params[list(there.params)[param]] = value

    def _answer(self, address: str, *args: float | str) -> None:
        builder = OscMessageBuilder(address)
        for arg in args:
            builder.add_arg(arg, _TYPES[type(arg)])
        if self.feedback is not None:
            self.send(builder.build().dgram, self.feedback)


SELECTED = """
[plugins]
set = { address = "/here/{plugin}/{param}", args = [{ type = "f", is = "value" }] }
ask = [{ address = "/here/{plugin}/{param}" }]
told = [{ address = "/here/{plugin}/{param}", args = [{ type = "f", is = "value" }] }]

[plugins.list]
ask = [{ address = "/here" }]
told = { address = "/here/{plugin}", args = [{ type = "s", is = "plugin_name" }] }

[plugins.focus]
send = [{ address = "/select/{strip}" }]
told = { address = "/selected/{strip}", args = [{ type = "i", is = "on" }] }
settle_s = 0.05

[[plugins.serves]]
slot = "eq"
name = ["Twobell"]
bells = [["F1", "G1", "W1"], ["F2", "G2", "W2"]]
freq = { unit = "hz", low = 20, high = 20000, tolerance = 0.01 }
gain = { unit = "db", low = -18, high = 18, tolerance = 0.001 }
q = { unit = "q", low = 0.3, high = 10, tolerance = 0.001 }
on = { param = "On" }
"""


class SelectedRacks(SimulatedRacks):
    """Only the selected track's racks can be reached; they count from 1, and are told one by one."""

    selected = 3
    stuck = False
    """It lets nobody select anything."""

    def select(self, number: int) -> None:
        """As a person does it, and as it tells that."""
        if number != self.selected and not self.stuck:
            self._answer(f"/selected/{self.selected}", 0)
            self.selected = number
        self._answer(f"/selected/{self.selected}", 1)

    def _rack_message(self, parts: list[str], args: list[object]) -> bool:
        here = dict(enumerate(self.racks[self.selected], 1))
        match parts, args:
            case ["select", number], []:
                self.select(int(number))
            case ["here"], []:
                for place, rack in here.items():
                    self._answer(f"/here/{place}", rack.name)
            case ["here", place, param], [] if int(place) in here:
                self._answer("/" + "/".join(parts), here[int(place)].params[param])
            case ["here", place, param], [float(value)] if int(place) in here:
                here[int(place)].params[param] = value
            case _:
                return super()._rack_message(parts, args)
        return True


TOLD = """
[plugins]
set = { address = "/at/{strip}/{plugin}/{param}", args = [{ type = "f", is = "value" }] }
ask = []
told = [{ address = "/at/{strip}/{plugin}/{param}", args = [{ type = "f", is = "value" }] }]
list = { told = { address = "/at/{strip}/{plugin}", args = [{ type = "s", is = "plugin_name" }] } }
switch = { on = [{ address = "/on/{strip}/{plugin}" }], off = [{ address = "/off/{strip}/{plugin}" }], told = [
  { address = "/bypass/{strip}/{plugin}", args = [{ type = "i", is = "on" }] },
] }
text = { told = [{ address = "/at/{strip}/{plugin}/{param}/text", args = [{ type = "s", is = "text" }] }] }

[[plugins.serves]]
slot = "eq"
name = ["Twobell"]
bells = [["F1", "G1", "W1"], ["F2", "G2", "W2"]]
bells_if_told = true
freq = { unit = "hz", low = 20, high = 20000, tolerance = 0.01 }
gain = { unit = "db", low = -18, high = 18, tolerance = 0.001 }
q = { unit = "q", low = 0.3, high = 10, tolerance = 0.001 }
"""


class TellingRacks(SimulatedRacks):
    """It tells everything by itself, and answers no question; racks count from 1."""

    def tell_all(self) -> None:
        for number, racks in self.racks.items():
            for place, rack in enumerate(racks, 1):
                self._answer(f"/at/{number}/{place}", rack.name)
                self._answer(f"/bypass/{number}/{place}", int(rack.on))
                for param in rack.params:
                    self.tell(number, place, param)

    def tell(self, number: int, place: int, param: str) -> None:
        value = self.racks[number][place - 1].params[param]
        self._answer(f"/at/{number}/{place}/{param}", value)
        self._answer(f"/at/{number}/{place}/{param}/text", f"{value:g}")

    def _rack_message(self, parts: list[str], args: list[object]) -> bool:
        match parts, args:
            case ["at", number, place, param], [float(value)]:
                self.racks[int(number)][int(place) - 1].params[param] = value
                self.tell(int(number), int(place), param)
            case ["on" | "off" as word, number, place], []:
                self.racks[int(number)][int(place) - 1].on = word == "on"
                self._answer(f"/bypass/{number}/{place}", int(word == "on"))
            case _:
                return False
        return True
