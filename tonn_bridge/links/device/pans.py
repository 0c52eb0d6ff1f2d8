"""Brings pans to where they shall stand: turns, looks at what the DAW shows, and turns again."""

from collections.abc import Callable

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.links.device.panel import Shown
from tonn_bridge.links.device.pots import Pot, coarse_ticks, exact_ticks, resolution, shown_bounds
from tonn_bridge.links.device.row import Row
from tonn_bridge.mapping.device.model import PanPot, PanText

SETTLE_S = 0.12
"""So long after the last turn a DAW shows where the pan has come to stand."""
HAND_S = 0.05
"""A pan that seems to have moved by itself is looked at again after this long: ring and text come one after another."""
MOST_TURNS = 6
"""Corrections before a pan that will not come nearer is left where it is."""


class Pans:
    """Pans by the track's place in the DAW.

    `strip_of` tells where a place is seen now; `moved` is told of a pan that something else has moved, `rested` of one
    of ours that has come to rest: where, and how far from it it may stand.
    """

    def __init__(
        self,
        pot: PanPot,
        row: Row,
        clock: Clock,
        strip_of: Callable[[int], int | None],
        moved: Callable[[int, float], None],
        rested: Callable[[int, float, float], None],
    ) -> None:
        self._map = pot
        self._row = row
        self._clock = clock
        self._strip_of = strip_of
        self._moved = moved
        self._rested = rested
        self._pots: dict[int, Pot] = {}
        self._looks: dict[int, Timer] = {}

    @property
    def at_rest(self) -> bool:
        return not self._looks

    def begin(self, place: int, shown: Shown) -> None:
        """What a strip shows is all that is known of its pan."""
        self._pots[place] = Pot(*shown_bounds(self._map, shown))

    def at(self, place: int) -> float | None:
        """Where a pan most likely stands; None while nobody knows."""
        pot = self._pots.get(place)
        return None if pot is None or pot.unsure >= 1.0 else pot.at

    def aim(self, place: int, goal: float) -> None:
        """Turn towards `goal`, as near as the large steps come; the rest follows when the DAW has shown where it is."""
        pot = self._pots.setdefault(place, Pot())
        pot.goal, pot.tries = goal, 0
        self._turn(place, pot, coarse_ticks(self._map, goal - pot.at), 0)
        self._look_in(place, SETTLE_S)

    def drop(self, place: int) -> None:
        """Leave a pan where it is."""
        if place in self._pots:
            self._pots[place].goal = None

    def shown(self, place: int) -> None:
        """A strip's ring or display has changed."""
        if place not in self._looks:
            self._look_in(place, HAND_S)

    def stop(self) -> None:
        """Turn nothing any more; what is known stays."""
        for timer in self._looks.values():
            timer.cancel()
        self._looks.clear()
        for pot in self._pots.values():
            pot.goal = None

    def look(self, place: int) -> None:
        """Compare what is shown with what is known, and what is known with the goal."""
        if timer := self._looks.pop(place, None):
            timer.cancel()
        strip, pot = self._strip_of(place), self._pots.get(place)
        if strip is None or pot is None:
            return
        agrees = pot.seen(shown_bounds(self._map, self._row.panel.strips[strip]))
        if pot.goal is not None:
            self._go_on(place, pot, pot.goal)
        elif not agrees:
            self._moved(place, pot.at)

    def _go_on(self, place: int, pot: Pot, goal: float) -> None:
        coarse, fine = exact_ticks(self._map, goal - pot.at)
        if not (coarse or fine) and pot.unsure > resolution(self._map) and self._map.text is not PanText.NONE:
            coarse = 1 if goal < 0.0 else -1  # only what has just been turned is shown as text
        if (coarse or fine) and pot.tries < MOST_TURNS:
            pot.tries += 1
            self._turn(place, pot, coarse, fine)
            self._look_in(place, SETTLE_S)
            return
        pot.goal = None
        self._rested(place, pot.at, pot.unsure)

    def _turn(self, place: int, pot: Pot, coarse: int, fine: int) -> None:
        strip = self._strip_of(place)
        if strip is None:
            return
        if coarse:
            self._row.turn(strip, coarse)
            pot.turned(coarse * self._map.step)
        if fine and self._map.fine is not None:
            self._row.hold(self._map.fine.button, True)
            self._row.turn(strip, fine)
            self._row.hold(self._map.fine.button, False)
            pot.turned(fine * self._map.fine.step)

    def _look_in(self, place: int, seconds: float) -> None:
        if timer := self._looks.pop(place, None):
            timer.cancel()
        self._looks[place] = self._clock.call_later(seconds, lambda: self.look(place))
