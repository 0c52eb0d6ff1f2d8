"""What many messages call for is done once: when those that arrived together have been read."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

Batch = TypeVar("Batch")


class Turn:
    """Puts calls off to the end of the messages at hand; with none at hand, to the event loop (`call_soon`).

    Through the loop alone, whatever a message sets going would leave one `select` later.
    """

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._call_soon = call_soon
        self._put_off: deque[Callable[[], None]] | None = None

    def soon(self, callback: Callable[[], None]) -> None:
        """Call it, in the order of asking, after everything that has been called for already."""
        if self._put_off is None:
            self._call_soon(callback)
        else:
            self._put_off.append(callback)

    def of(self, take: Callable[[Batch], None]) -> Callable[[Batch], None]:
        """`take`, then what it and its consequences have put off; after an error, that is left to the loop."""

        def read(batch: Batch) -> None:
            put_off = self._put_off = deque()
            try:
                take(batch)
                while put_off:
                    put_off.popleft()()
            finally:
                self._put_off = None
                for callback in put_off:
                    self._call_soon(callback)

        return read
