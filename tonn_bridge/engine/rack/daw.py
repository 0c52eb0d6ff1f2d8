"""What the rack needs of the link to a DAW's plug-ins."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from tonn_bridge.core.plugins import Look, Outfit, Serving, Slot

UNTOLD = "the DAW has not told what stands on this track"


class Plugins(Protocol):
    """The plug-ins on a DAW's tracks, by the session's track numbers; values are wire numbers of an outfit's scales."""

    told: Callable[[int, str, float], None]
    """Called with what the DAW tells by itself: track, knob, wire number."""

    @property
    def slots(self) -> frozenset[Slot]:
        """What the DAW's mapping can serve at all."""
        ...

    @property
    def poll_s(self) -> float | None:
        """How often to look for what hands have turned; None where the DAW tells, or a look would disturb."""
        ...

    async def look(self, numbers: Collection[int]) -> Mapping[int, Look]:
        """Find the plug-ins of these tracks, and read them; what the DAW does not tell is not in the look."""
        ...

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        """Set knobs; returns when the last message has left."""
        ...


def untold(slots: Collection[Slot]) -> Look:
    """What is to be shown of a track that has never told its plug-ins."""
    return Look(Outfit({}, {}, (), tuple(Serving(slot, slot.value, False, UNTOLD) for slot in sorted(slots))), {})
