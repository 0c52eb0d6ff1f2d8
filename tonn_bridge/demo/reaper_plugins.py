"""How a simulated REAPER's OSC device hears and tells the plug-ins on its tracks.

- A plug-in's parameters are told for every track, each as position and as text, as many as the bank of parameters
  holds; places without a plug-in or a parameter are told too, as "" and 0.
- ReaEQ's own addresses are heard in every form. Of values, they tell nothing: that is for the track selected in the
  device alone. The parameters tell them.

Source: justinfrankel/reaper-sdk `csurf_osc.cpp`.
"""

from collections.abc import Callable
from typing import Protocol

from tonn_bridge.demo.reaper_fx import BAND, HIGH_PASS, HIGH_SHELF, LOW_SHELF, Fx, ReaEq
from tonn_bridge.demo.reaper_patterns import Heard, Patterns
from tonn_bridge.demo.reaper_wire import number_in

EQ_BANDS = {"HIPASS": HIGH_PASS, "LOSHELF": LOW_SHELF, "BAND": BAND, "HISHELF": HIGH_SHELF}
EQ_QUANTITIES = {"FREQ": "Freq", "GAIN": "Gain", "Q": "BW"}
SWITCH_FLAGS = "bt"


class Say(Protocol):
    """Sends a value of a bank slot to an address, if it differs from what that carried; a switch answers its writer."""

    def __call__(self, slot: int, address: str, value: float | str, *, switch: bool) -> None: ...


class PlugIns:
    """The plug-in part of the device: `chain` gives those of a bank slot in their order, None where no track is."""

    def __init__(self, patterns: Patterns, chain: Callable[[int], list[Fx] | None], say: Say) -> None:
        self._patterns = patterns
        self._chain = chain
        self._say = say
        self._carried: dict[tuple[int, ...], tuple[object, ...]] = {}
        """What the addresses of each place in each slot have carried, so that they need not be gone through again."""
        self.restart()

    def restart(self) -> None:
        """Banks as the pattern file has them."""
        self.fx_count = self._patterns.count("DEVICE_FX_COUNT")
        self.parameter_count = self._patterns.count("DEVICE_FX_PARAM_COUNT")

    def forget(self, address: str) -> None:
        """What this address last carried counts no more."""
        heard = self._patterns.heard(address)
        if heard is not None:
            self._carried.pop(heard.numbers[:2], None)

    def forget_all(self) -> None:
        self._carried.clear()

    # What comes in.

    def obey(self, address: str, value: object) -> bool:
        """Do what a message says, and tell what has come of it; True where all the device knows has to be told."""
        heard = self._patterns.heard(address)
        chain = self._chain(heard.numbers[0]) if heard is not None else None
        if heard is None or chain is None:
            return False
        slot = heard.numbers[0]
        match heard.key, heard.numbers[1:], value:
            case "FX_PARAM_VALUE", (place, number), float() if place <= len(chain):
                if 1 <= number <= len(chain[place - 1].dials):
                    chain[place - 1].set_position(number - 1, value)
                    self.tell_parameter(slot, place, number - 1)
            case "FX_BYPASS", (place,), 0 | 1 if place <= len(chain):
                self._enable(slot, place, enabled=bool(value))
            case _ if heard.key.startswith("FX_EQ_"):
                return self._equalise(heard, value, chain)
        return False

    def _equalise(self, heard: Heard, value: object, chain: list[Fx]) -> bool:
        slot = heard.numbers[0]
        place = place_of_eq(chain)
        inserted = place is None and self._patterns.inserts_eq
        if inserted:
            chain.append(ReaEq())
            place = len(chain)
        if place is None:
            return False
        eq = chain[place - 1]
        assert isinstance(eq, ReaEq)
        if heard.key == "FX_EQ_BYPASS":
            if value in (0, 1):
                self._enable(slot, place, enabled=bool(value))
            return inserted
        number = eq_parameter(eq, heard)
        argument = argument_of(value, heard.flag)
        if number is not None and argument is not None:
            if heard.flag == "f":
                eq.set_value(number, argument)
            else:  # a text too is taken for a position
                eq.set_position(number, argument)
            self.tell_parameter(slot, place, number)
        return inserted

    def _enable(self, slot: int, place: int, *, enabled: bool) -> None:
        fx = (self._chain(slot) or [])[place - 1]
        if fx.enabled != enabled:
            fx.enabled = enabled
            self.tell_enabled(slot, place)

    # What goes out.

    def tell_track(self, slot: int) -> None:
        """Everything of the bank of plug-ins of one slot."""
        chain = self._chain(slot) or []
        for place in range(1, self.fx_count + 1):
            fx = chain[place - 1] if place <= len(chain) else None
            carries = (self.parameter_count, *((fx.name, fx.dials, fx.shows_units, *fx.positions) if fx else ()))
            if self._carried.get((slot, place)) == carries:
                continue
            self._carried[slot, place] = carries
            self._tell("FX_NAME", slot, place, text=fx.name if fx else "")
            self._tell("FX_BYPASS", slot, place, position=float(fx is not None and fx.enabled))
            for number in range(self.parameter_count):
                there = fx if fx is not None and number < len(fx.dials) else None
                name = there.dials[number].name if there else ""
                self._tell("FX_PARAM_NAME", slot, place, number + 1, text=name)
                self._tell_value(slot, place, number, there)

    def tell_parameter(self, slot: int, place: int, number: int) -> None:
        """One parameter, counted from 0, if the bank holds it."""
        if number < self.parameter_count:
            self._tell_value(slot, place, number, (self._chain(slot) or [])[place - 1])

    def tell_enabled(self, slot: int, place: int) -> None:
        """Whether a plug-in is enabled, at all the addresses that say so."""
        chain = self._chain(slot) or []
        fx = chain[place - 1]
        self._tell("FX_BYPASS", slot, place, position=float(fx.enabled))
        if place == place_of_eq(chain):
            self._tell("FX_EQ_BYPASS", slot, position=float(fx.enabled))
        self.tell_parameter(slot, place, fx.number("Bypass"))

    def _tell_value(self, slot: int, place: int, number: int, fx: Fx | None) -> None:
        position, text = (fx.positions[number], fx.text(number)) if fx else (0.0, "")
        self._tell("FX_PARAM_VALUE", slot, place, number + 1, position=position, text=text)

    def _tell(self, key: str, slot: int, *numbers: int, position: float | None = None, text: str | None = None) -> None:
        for flag, address in self._patterns.told(key, slot, *numbers):
            value = text if flag == "s" else position if flag in "nbt" else None
            if value is not None:
                self._say(slot, address, value, switch=flag in SWITCH_FLAGS)


def place_of_eq(chain: list[Fx]) -> int | None:
    """Where the first ReaEQ stands, from 1."""
    return next((place for place, fx in enumerate(chain, 1) if isinstance(fx, ReaEq)), None)


def eq_parameter(eq: ReaEq, heard: Heard) -> int | None:
    """The parameter that an address of ReaEQ means; None where the plug-in has no such band."""
    if heard.key == "FX_EQ_MASTER_GAIN":
        return eq.number("Global Gain")
    kind, _, quantity = heard.key.removeprefix("FX_EQ_").partition("_")
    if kind not in EQ_BANDS or quantity not in EQ_QUANTITIES:
        return None
    index = heard.numbers[1] if len(heard.numbers) > 1 else 0
    return eq.band(EQ_BANDS[kind], index, EQ_QUANTITIES[quantity])


def argument_of(value: object, flag: str) -> float | None:
    """The number in a message as the flag of its pattern has it read."""
    if flag == "s":
        return number_in(value) if isinstance(value, str) else None
    return float(value) if isinstance(value, int | float) else None
