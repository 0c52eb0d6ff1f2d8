"""Parameters by number (RPN, NRPN): two control changes choose the number, further ones set or step its value."""

from dataclasses import dataclass
from enum import StrEnum

from tonn_bridge.protocols.midi.encode import low_high
from tonn_bridge.protocols.midi.events import ControlChange

DATA, DATA_FINE, INCREMENT, DECREMENT = 6, 38, 96, 97
_STEPS = {INCREMENT: 1, DECREMENT: -1}
NONE_CHOSEN = 0x3FFF


class ParameterKind(StrEnum):
    """Whose numbers they are."""

    NRPN = "nrpn"
    """The manufacturer's."""
    RPN = "rpn"
    """MIDI's own."""


_CHOOSERS = {ParameterKind.NRPN: (99, 98), ParameterKind.RPN: (101, 100)}
"""The controllers of a number's upper and lower seven bits."""
_CHOOSES = {
    controller: (kind, upper)
    for kind, controllers in _CHOOSERS.items()
    for upper, controller in zip((True, False), controllers, strict=True)
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of one channel; `number` 0..16382."""

    channel: int
    kind: ParameterKind
    number: int


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A parameter at `value`, 0..16383."""

    parameter: Parameter
    value: int


@dataclass(frozen=True, slots=True)
class ParameterStepped:
    """A parameter moved up (+1) or down (-1) by one step."""

    parameter: Parameter
    step: int


class _Channel:
    """What one channel has chosen."""

    __slots__ = ("data", "halves", "kind")

    def __init__(self) -> None:
        self.kind: ParameterKind | None = None
        self.halves: dict[tuple[ParameterKind, bool], int] = {}
        self.data: int | None = None
        """The coarse value last set, for the fine one that may follow."""

    def choose(self, kind: ParameterKind, upper: bool, half: int) -> None:
        # Two sevens are kept each for itself, so that it does not matter which of them comes first, or comes alone.
        self.kind = kind
        self.halves[kind, upper] = half
        self.data = None

    def parameter(self, channel: int) -> Parameter | None:
        if self.kind is None:
            return None
        high, low = self.halves.get((self.kind, True)), self.halves.get((self.kind, False))
        if high is None or low is None or high << 7 | low == NONE_CHOSEN:
            return None
        return Parameter(channel, self.kind, high << 7 | low)


class ParameterReader:
    """Follows the numbers that are chosen on each channel; until one is, and after "none", values say nothing."""

    def __init__(self) -> None:
        self._channels: dict[int, _Channel] = {}

    def read(self, event: ControlChange) -> ParameterSet | ParameterStepped | None:
        """What this control change does to a parameter; a coarse value stands at once, as if the fine one were 0."""
        channel = self._channels.setdefault(event.channel, _Channel())
        if event.controller in _CHOOSES:
            kind, upper = _CHOOSES[event.controller]
            channel.choose(kind, upper, event.value)
            return None
        parameter = channel.parameter(event.channel)
        if parameter is None:
            return None
        if event.controller == DATA:
            channel.data = event.value
            return ParameterSet(parameter, event.value << 7)
        if event.controller == DATA_FINE and channel.data is not None:
            return ParameterSet(parameter, channel.data << 7 | event.value)
        step = _STEPS.get(event.controller)  # a step's own value means nothing (MIDI recommended practice 18)
        return None if step is None else ParameterStepped(parameter, step)


def parameter_messages(event: ParameterSet | ParameterStepped) -> list[ControlChange]:
    """The control changes that say it, "none" chosen at the end so that a stray value does no harm.

    Raises:
        RangeError: a number or a value above 16383.
    """
    parameter = event.parameter
    low, high = low_high(parameter.number, "parameter number")
    upper, lower = _CHOOSERS[parameter.kind]
    said = [(upper, high), (lower, low)]
    if isinstance(event, ParameterSet):
        fine, coarse = low_high(event.value, f"{parameter.kind} {parameter.number}")
        said += [(DATA, coarse), (DATA_FINE, fine)]
    else:
        said.append((INCREMENT if event.step > 0 else DECREMENT, 0))
    none_high, none_low = _CHOOSERS[ParameterKind.RPN]
    said += [(none_high, 0x7F), (none_low, 0x7F)]
    return [ControlChange(parameter.channel, controller, value) for controller, value in said]
