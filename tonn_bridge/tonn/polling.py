"""When to ask again."""

import itertools
import random
from collections.abc import Iterator

GIVE_UP_S = 30 * 60.0
"""A preview takes 1 to 3 minutes as a rule; one that has not come by then will not."""

_MAX_BACKOFF_S = 30.0
_MAX_WISH_S = 300.0


def delays(public_webhook: bool) -> Iterator[float]:
    """Seconds before each next look at a task: 1, 1, 2, 3, 5, 5, ...; 15 where a call-back should come first."""
    return itertools.repeat(15.0) if public_webhook else itertools.chain((1.0, 1.0, 2.0, 3.0), itertools.repeat(5.0))


def backoff() -> Iterator[float]:
    """Seconds before each next try of what has failed: doubling from 0.5 to 30, each less up to half at random."""
    for doubling in itertools.count():
        yield min(_MAX_BACKOFF_S, 0.5 * 2.0 ** min(doubling, 10)) * random.uniform(0.5, 1.0)


def patience(pause_s: float, wish_s: float | None) -> float:
    """The pause before the next try: as long as the service wished, up to 5 minutes, and never under `pause_s`."""
    return max(pause_s, min(wish_s or 0.0, _MAX_WISH_S))
