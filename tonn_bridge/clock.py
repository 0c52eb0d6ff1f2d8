"""Time as an argument: everything that waits takes a Clock, so that tests can advance one by hand."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that waits for its time; `cancel` takes it back."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Seconds, and calls that come later."""

    def now(self) -> float:
        """Monotonic seconds: for intervals."""
        ...

    def wall(self) -> float:
        """Unix seconds: for people, time tags and journals."""
        ...

    async def sleep(self, seconds: float) -> None: ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...


class SystemClock:
    """The machine's own clock, on the running event loop."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)
