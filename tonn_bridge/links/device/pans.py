"""Brings pans to where they shall stand: turns, looks at what the DAW shows, and turns again."""

from collections.abc import Callable

from tonn_bridge.clock import Clock
from tonn_bridge.links.device.panel import Shown
from tonn_bridge.links.device.pots import Pot, coarse_ticks, exact_ticks, resolution, shown_bounds
from tonn_bridge.links.device.row import Row
from tonn_bridge.links.device.timers import Timers
from tonn_bridge.mapping.device.model import PanPot, PanText

SETTLE_S = 0.12
"""When nothing has changed for this long after a turn, the DAW shows where the pans have come to stand."""
LATE_S = 0.6
"""A DAW that has shown nothing new since a turn may yet do so for this long, if what it shows cannot be true."""
HAND_S = 0.05
"""A pan that seems to have moved by itself is looked at after this long: ring and text come one after another."""
HOLD_S = 0.04
"""The button for small steps and the V-Pots of extenders come through different ports, which keep no order."""
MOST_TURNS = 6
"""Corrections before a pan that will not come nearer is left where it is."""


class Pans:
    """Pans by the track's place in the DAW; those that are moved are looked at together, when all have settled.

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
        self._turned_at = float("-inf")
        self._held = False
        """Whether the button for small steps is down: nothing else may be turned then."""
        self._later = Timers(clock)

    @property
    def at_rest(self) -> bool:
        return not len(self._later)

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
        if not self._held:
            self._turn(place, pot, coarse_ticks(self._map, goal - pot.at))
            self._look_soon()

    def drop(self, place: int) -> None:
        """Leave a pan where it is."""
        if place in self._pots:
            self._pots[place].goal = None

    def shown(self, place: int) -> None:
        """A strip's ring or display has changed."""
        pot = self._pots.get(place)
        if pot is None:
            return
        pot.shown_at = self._clock.now()
        if pot.goal is None:
            if place not in self._later:
                self._later.do(place, HAND_S, lambda: self.look(place))
        elif not self._held and self._clock.now() - self._turned_at < LATE_S:
            self._look_soon()

    def look(self, place: int) -> None:
        """Hold what a strip shows against what is known of a pan that we do not move."""
        strip, pot = self._strip_of(place), self._pots.get(place)
        if strip is None or pot is None or pot.goal is not None:
            return
        if not pot.seen(shown_bounds(self._map, self._row.panel.strips[strip])):
            self._moved(place, pot.at)

    def stop(self) -> None:
        """Turn nothing any more; what is known stays."""
        self._later.clear()
        self._let_go()
        for pot in self._pots.values():
            pot.goal = None

    # --- a round ------------------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        self._later.do("round", SETTLE_S, self._round)

    def _round(self) -> None:
        """All have settled: correct those that do not stand where they shall, first in large steps, then in small."""
        fine: dict[int, int] = {}
        for place, pot in self._pots.items():
            if pot.goal is not None and self._strip_of(place) is not None:
                ticks = self._correct(place, pot, pot.goal)
                if ticks:
                    fine[place] = ticks
        if fine and self._map.fine is not None:
            button, self._held = self._map.fine.button, True
            self._row.hold(button, True)
            self._later.do("fine", HOLD_S, lambda: self._turn_finely(fine))
        elif any(pot.goal is not None for pot in self._pots.values()):
            self._look_soon()

    def _correct(self, place: int, pot: Pot, goal: float) -> int:
        """Take in what is shown and turn as far as large steps go; the small ones that are wanted besides."""
        strip = self._strip_of(place)
        assert strip is not None
        bounds = shown_bounds(self._map, self._row.panel.strips[strip])
        if pot.shown_at < pot.turned_at and self._clock.now() - pot.turned_at < LATE_S and not pot.agrees(bounds):
            return 0
        pot.seen(bounds)
        coarse, fine = exact_ticks(self._map, goal - pot.at)
        if not (coarse or fine) and pot.unsure > resolution(self._map) and self._map.text is not PanText.NONE:
            coarse = 1 if goal < 0.0 else -1  # only what has just been turned is shown as text
        if not (coarse or fine) or pot.tries >= MOST_TURNS:
            pot.goal = None
            self._rested(place, pot.at, pot.unsure)
            return 0
        pot.tries += 1
        self._turn(place, pot, coarse)
        return fine

    def _turn(self, place: int, pot: Pot, ticks: int, step: float | None = None) -> None:
        strip = self._strip_of(place)
        if ticks and strip is not None:
            self._row.turn(strip, ticks)
            pot.turned(ticks * (step or self._map.step), self._clock.now())
            self._turned_at = self._clock.now()

    def _turn_finely(self, fine: dict[int, int]) -> None:
        """The button has surely been heard: turn, and let go when that has been heard too."""
        assert self._map.fine is not None
        for place, ticks in fine.items():
            self._turn(place, self._pots[place], ticks, self._map.fine.step)
        self._later.do("fine", HOLD_S, self._end_fine)

    def _end_fine(self) -> None:
        self._let_go()
        self._look_soon()

    def _let_go(self) -> None:
        if self._held and self._map.fine is not None:
            self._row.hold(self._map.fine.button, False)
        self._held = False
