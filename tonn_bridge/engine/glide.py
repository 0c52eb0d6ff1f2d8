"""Controls on their way from one value to another, step by step, until they arrive or a hand stops them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tonn_bridge.core import Gain, Pan, Param, blend_gain, blend_pan
from tonn_bridge.core.judge import Scale

Control = tuple[int, Param]


@dataclass(frozen=True, slots=True)
class _Way:
    scale: Scale
    start: float
    goal: float


class Glide:
    """Moves controls in dB and pan position over `seconds`; the last step is the goal's own wire number."""

    def __init__(self, seconds: float, started: float) -> None:
        self._seconds = seconds
        self._started = started
        self._ways: dict[Control, _Way] = {}

    def add(self, control: Control, scale: Scale, start: float, goal: float) -> None:
        """Take a control along, from wire number `start` to `goal`."""
        self._ways[control] = _Way(scale, start, goal)

    def drop(self, control: Control) -> None:
        """A hand has it."""
        self._ways.pop(control, None)

    def __contains__(self, control: Control) -> bool:
        return control in self._ways

    @property
    def over(self) -> bool:
        return not self._ways

    def step(self, now: float) -> Iterator[tuple[Control, float]]:
        """The wire numbers due at `now`; controls that have arrived leave the glide."""
        amount = 1.0 if self._seconds <= 0.0 else (now - self._started) / self._seconds
        for control, way in list(self._ways.items()):
            if amount >= 1.0:
                del self._ways[control]
                yield control, way.goal
            else:
                yield control, _between(control[1], way, amount)


def _between(param: Param, way: _Way, amount: float) -> float:
    start, goal = way.scale.value_of(way.start), way.scale.value_of(way.goal)
    if param is Param.GAIN:
        return way.scale.wire_of(blend_gain(Gain(start), Gain(goal), amount).db)
    return way.scale.wire_of(blend_pan(Pan(start), Pan(goal), amount).position)
