"""Figures of several rounds, as a table shows them."""

import statistics
from collections.abc import Sequence


def median(results: Sequence[object], what: str) -> float | None:
    """The median of one figure; None where a round could not tell it."""
    values = [getattr(result, what) for result in results]
    return None if None in values or not values else statistics.median(values)


def against(value: float | None, floor: float | None) -> str:
    """A figure, and in brackets its ratio to `floor`."""
    if value is None or not floor:
        return plain(value)
    return f"{value:,.1f} ({value / floor:.2f})"


def plain(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
