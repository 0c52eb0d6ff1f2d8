"""A DAW that came back: does it hold what it held when it went, an older state of ours, or what a hand has set?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Returned:
    """One control of a DAW that came back, in wire numbers; `older` are the states that it may have been saved in."""

    now: float
    last: float
    older: Sequence[float]
    same: Callable[[float, float], bool]


def holds_older_state(controls: Iterable[Returned]) -> bool:
    """Whether it holds something else than it did, and all of that is older states of ours: no hand did it."""
    differing = [control for control in controls if not control.same(control.now, control.last)]
    return bool(differing) and all(
        any(control.same(control.now, older) for older in control.older) for control in differing
    )
