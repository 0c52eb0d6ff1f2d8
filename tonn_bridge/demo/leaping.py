"""A clock on which nobody waits: while all are idle, time leaps to what is due next."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")

IDLE_TURNS = 5
"""After so many turns of the event loop whatever was sent over this machine's own sockets has arrived."""


@dataclass(order=True, slots=True)
class _Call:
    due: float
    order: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class LeapingClock:
    """Time among people who all keep this clock, and wait for nothing else: it passes only inside `spend`.

    However slow or busy the machine is, nobody ever is late.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._calls: list[_Call] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        call = self.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            call.cancel()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> _Call:
        call = _Call(self._now + max(seconds, 0.0), next(self._order), callback)
        heapq.heappush(self._calls, call)
        return call

    async def spend(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let time leap until `work` is done; what comes of it."""
        task = asyncio.create_task(work)
        try:
            while not task.done():
                for _ in range(IDLE_TURNS):
                    await asyncio.sleep(0)
                self._leap()
        finally:
            task.cancel()
        return await task

    def _leap(self) -> None:
        """Go to the next call that is due, and make it."""
        while self._calls:
            call = heapq.heappop(self._calls)
            if not call.cancelled:
                self._now = max(self._now, call.due)
                call.callback()
                return
