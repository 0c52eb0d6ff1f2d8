"""What a hand on a surface makes of Tonn's equalisers and compressors; plug-ins and final mix follow it."""

from collections.abc import Callable, Mapping

from tonn_bridge.core.tuning import Part, placed, position_of, reset, turned
from tonn_bridge.engine.strip import Strip
from tonn_bridge.errors import NotPossible


class Tuner:
    """Turns one value at a time; `place` counts a track's values as `core.tuning` does."""

    def __init__(self, strips: Mapping[int, Strip], changed: Callable[[int], None]) -> None:
        self._strips = strips
        self._changed = changed

    def position(self, number: int, part: Part, place: int) -> float | None:
        """Where a knob for one value of a track would stand, 0.0 to 1.0; None where there is no such value."""
        wanted = self._strips[number].wanted
        return None if wanted is None else position_of(wanted, part, place)

    def tune(
        self, number: int, part: Part, place: int, *, ticks: int | None = None, position: float | None = None
    ) -> None:
        """Turn one value of a track by ticks, or to a knob's position; with neither it goes back to Tonn's own.

        Raises:
            NotPossible: there is no proposal for this track.
        """
        strip = self._strips[number]
        if strip.settings is None or strip.wanted is None:
            raise NotPossible(f'there is no proposal for "{strip.spec.name}" yet: ask for a preview first')
        if ticks is not None:
            strip.tuned = turned(strip.wanted, part, place, ticks)
        elif position is not None:
            strip.tuned = placed(strip.wanted, part, place, position)
        else:
            strip.tuned = reset(strip.wanted, strip.settings, part, place)
        strip.tuned_from = strip.settings
        self._changed(number)
