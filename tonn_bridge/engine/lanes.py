"""A lane: one piece of work at a time, under a name people know; and what must not be broken off half-way."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class Lane:
    """Runs one piece of work at a time; `running` is its name while it does. Work answers for its own errors."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._running: str | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> str | None:
        return self._running if self._task is not None and not self._task.done() else None

    def start(self, running: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin, in place of what is under way; that has let go before the new work takes its first step."""
        self.stop()
        before = set(self._ending)

        async def run() -> None:
            if before:
                await asyncio.wait(before)
            await work()

        self._running = running
        self._task = asyncio.get_running_loop().create_task(run(), name=f"{self._name}: {running}")

    def stop(self) -> None:
        """Cancel what is under way, if anything."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Stop, and wait for the end of it."""
        self.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)


async def to_the_end(work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` answers; once begun it goes on to its end, even where whoever waits for it is cancelled."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # nobody waits for it any more
        raise
