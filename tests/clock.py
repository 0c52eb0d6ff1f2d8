"""A clock that stands still until a test moves it."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class _Call:
    due: float
    order: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Implements `tonn_bridge.clock.Clock`; `advance` runs what falls due, in order."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self._now = 1000.0
        self._wall = wall
        self._calls: list[_Call] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall

    def call_later(self, seconds: float, callback: Callable[[], None]) -> _Call:
        call = _Call(self._now + seconds, next(self._order), callback)
        heapq.heappush(self._calls, call)
        return call

    async def sleep(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        call = self.call_later(seconds, lambda: done.done() or done.set_result(None))
        try:
            await done
        finally:
            call.cancel()

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, running each due call at its own time."""
        end = self._now + seconds
        while self._calls and self._calls[0].due <= end:
            call = heapq.heappop(self._calls)
            self._step_to(max(call.due, self._now))
            if not call.cancelled:
                call.callback()
        self._step_to(end)

    async def run(self, seconds: float, step: float = 0.01) -> None:
        """Advance in steps, letting tasks run in between."""
        end = self._now + seconds
        while self._now < end - 1e-9:
            self.advance(min(step, end - self._now))
            for _ in range(5):
                await asyncio.sleep(0)

    def _step_to(self, moment: float) -> None:
        self._wall += moment - self._now
        self._now = moment
