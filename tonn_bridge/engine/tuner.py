"""What a hand on a surface makes of Tonn's equalisers and compressors; plug-ins and final mix follow it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tonn_bridge.core import TonnSettings
from tonn_bridge.core.mix import RackView
from tonn_bridge.core.tuning import Part, placed, position_of, reset, turned
from tonn_bridge.engine.strip import Strip
from tonn_bridge.errors import NotPossible


class Tuner:
    """Turns one value at a time, from where it stands; `place` counts a track's values as `core.tuning` does."""

    def __init__(
        self, strips: Mapping[int, Strip], rack: Callable[[int], RackView], changed: Callable[[int], None]
    ) -> None:
        self._strips = strips
        self._rack = rack
        self._changed = changed

    def position(self, number: int, part: Part, place: int) -> float | None:
        """Where a knob for one value of a track would stand, 0.0 to 1.0; None where there is no such value."""
        wanted = self._standing(number)
        return None if wanted is None else position_of(wanted, part, place)

    def tune(
        self, number: int, part: Part, place: int, *, ticks: int | None = None, position: float | None = None
    ) -> None:
        """Turn one value of a track by ticks, or to a knob's position; with neither it goes back to Tonn's own.

        Raises:
            NotPossible: there is no proposal for this track.
        """
        strip, standing = self._strips[number], self._standing(number)
        if strip.settings is None or standing is None:
            raise NotPossible(f'there is no proposal for "{strip.spec.name}" yet: ask for a preview first')
        if ticks is not None:
            strip.tuned = turned(standing, part, place, ticks)
        elif position is not None:
            strip.tuned = placed(standing, part, place, position)
        else:
            strip.tuned = reset(standing, strip.settings, part, place)
        strip.tuned_from = strip.settings
        self._changed(number)

    def _standing(self, number: int) -> TonnSettings | None:
        """Tonn's settings as hands have left them, on surfaces and in the DAW."""
        wanted, rack = self._strips[number].wanted, self._rack(number)
        if wanted is None or (rack.eq is None and rack.comp is None):
            return wanted
        return replace(wanted, eq=rack.eq or wanted.eq, comp=rack.comp or wanted.comp)
