"""Controllers of 14 bits: two control changes that make one value (MIDI 1.0: controllers 0..31, finer by 32..63)."""

from dataclasses import dataclass

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.midi.encode import low_high
from tonn_bridge.protocols.midi.events import ControlChange

COARSE = range(32)
FINE = range(32, 64)


@dataclass(frozen=True, slots=True)
class ControlChange14:
    """A controller 0..31 at `value` 0..16383."""

    channel: int
    controller: int
    value: int


class HighResolution:
    """Puts pairs together. Give it only the controllers that come in pairs: on many units 32..63 are buttons.

    A coarse value stands at once, as if the fine one were 0, and is made finer when that comes: nothing waits. With
    `fine_first`, for units that send the fine one before, a fine value waits for its coarse one.
    """

    def __init__(self, *, fine_first: bool = False) -> None:
        self._fine_first = fine_first
        self._halves: dict[tuple[int, int], int] = {}
        """By channel and controller, the half that came first: the last coarse value, or the fine one that waits."""

    def read(self, event: ControlChange) -> ControlChange14 | None:
        """The value as it stands with this half; None for a half that says nothing alone, and above controller 63."""
        fine = event.controller in FINE
        if not fine and event.controller not in COARSE:
            return None
        controller = event.controller % 32
        key = event.channel, controller
        if fine != self._fine_first:
            other = self._halves.pop(key, 0) if self._fine_first else self._halves.get(key)
            if other is None:  # the coarse one was lost, or never sent
                return None
            high, low = (event.value, other) if self._fine_first else (other, event.value)
            return ControlChange14(event.channel, controller, high << 7 | low)
        self._halves[key] = event.value
        return None if self._fine_first else ControlChange14(event.channel, controller, event.value << 7)


def control_changes(event: ControlChange14, *, fine_first: bool = False) -> list[ControlChange]:
    """The two that say it.

    Raises:
        RangeError: a controller outside 0..31 or a value outside 0..16383.
    """
    if event.controller not in COARSE:
        raise RangeError("14-bit controller", event.controller, "0..31")
    low, high = low_high(event.value, f"controller {event.controller}")
    coarse = ControlChange(event.channel, event.controller, high)
    fine = ControlChange(event.channel, event.controller + 32, low)
    return [fine, coarse] if fine_first else [coarse, fine]
