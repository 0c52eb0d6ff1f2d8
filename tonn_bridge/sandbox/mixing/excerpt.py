"""Which part of a song a preview plays."""

from collections.abc import Sequence
from itertools import accumulate

from tonn_bridge.sandbox.mixing.measure import Measured

PREVIEW_S = 30


def loudest_start_s(stems: Sequence[Measured]) -> int:
    """Where the `PREVIEW_S` seconds with the most energy of all stems begin, in whole seconds."""
    length = max(len(stem.power_per_s) for stem in stems)
    sums = list(accumulate((sum(_second(stem, at) for stem in stems) for at in range(length)), initial=0.0))
    starts = range(max(1, length - PREVIEW_S + 1))
    return max(starts, key=lambda start: sums[min(start + PREVIEW_S, length)] - sums[start])


def _second(stem: Measured, at: int) -> float:
    return stem.power_per_s[at] if at < len(stem.power_per_s) else 0.0
