"""What can be learnt of a control: the message it sends, and what kind of thing it is."""

from dataclasses import dataclass
from typing import Final

from tonn_bridge.mapping.surface.rows import Place
from tonn_bridge.protocols.midi import Relative

FASTEST_TURN: Final = 20
"""Ticks in one message: no hand turns an encoder faster."""


@dataclass(frozen=True, slots=True)
class Travel:
    """A fader, or a knob with two ends; `steps`: how many positions it tells apart.

    `fine_first`: of its two control changes the finer one comes before the other.
    """

    place: Place
    steps: int
    fine_first: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """An endless encoder, and the numbers it gave while it was turned."""

    place: Place
    values: tuple[int, ...]

    @property
    def one_way(self) -> bool:
        """Whether it was turned in one direction only."""
        return any(_same_sign([way.ticks(value) for value in self.values]) for way in Relative)


@dataclass(frozen=True, slots=True)
class Press:
    """A button; `toggle`: each press sends one message, an on or an off by turns.

    `on`: whether an on was heard. An off alone comes from a toggle that was on, or from a finger that stayed long.
    """

    place: Place
    toggle: bool
    on: bool = True


Found = Travel | Turn | Press


def _same_sign(ticks: list[int]) -> bool:
    return max(map(abs, ticks)) <= FASTEST_TURN and (min(ticks) > 0 or max(ticks) < 0)
