"""What many messages call for is done once: when those that arrived together have been read."""

from collections import deque
from collections.abc import Callable

from tonn_bridge.ports.port import Address, OnDatagrams


class Turn:
    """Puts calls off to the end of the datagrams at hand; with none at hand, to the event loop (`call_soon`).

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

    def of(self, on_datagrams: OnDatagrams) -> OnDatagrams:
        """`on_datagrams`, then what it and its consequences have put off; after an error, that is left to the loop."""

        def read(batch: list[tuple[bytes, Address]]) -> None:
            put_off = self._put_off = deque()
            try:
                on_datagrams(batch)
                while put_off:
                    put_off.popleft()()
            finally:
                self._put_off = None
                for callback in put_off:
                    self._call_soon(callback)

        return read
