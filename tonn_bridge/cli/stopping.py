"""One way out: SIGINT and SIGTERM cancel the main task."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


def run_until_stopped(work: Coroutine[Any, Any, _T]) -> _T | None:
    """Run `work` to its end, or until Ctrl-C or SIGTERM has cancelled it and it has cleaned up: then None."""
    with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
        return asyncio.run(_stoppable(work))
    return None


async def _stoppable(work: Coroutine[Any, Any, _T]) -> _T:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: asyncio.run turns Ctrl-C into a cancellation
            loop.add_signal_handler(number, task.cancel)
    return await task
