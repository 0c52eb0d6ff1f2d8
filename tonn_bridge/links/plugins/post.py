"""Messages about plug-ins on their way: at the DAW's pace, the newest per knob, and known to have left."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence

from tonn_bridge.clock import Clock
from tonn_bridge.links.outbox import Outbox, Pace

Make = Callable[[], Sequence[bytes]]
"""Makes the messages at the moment they leave; none if they would be wrong by now."""


class Post:
    """Shares the DAW's pace with whoever else speaks to it: `transmit` gets what may leave."""

    def __init__(
        self,
        transmit: Callable[[list[bytes]], None],
        soon: Callable[[Callable[[], None]], object],
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._transmit = transmit
        self._outbox: Outbox[Hashable, Make] = Outbox(self._send, soon, clock, pace)
        self._waiting: list[asyncio.Future[None]] = []

    def put(self, key: Hashable, make: Make) -> None:
        """Send what `make` makes, in place of what waits under the same key."""
        self._outbox.put(key, make)

    async def say(self, messages: Iterable[bytes]) -> None:
        """Send these, and wait until they have left."""
        for message in messages:
            self.put(message, lambda message=message: (message,))  # type: ignore[misc]
        await self.empty()

    async def empty(self) -> None:
        """Wait until nothing waits to be sent."""
        while len(self._outbox):
            gone = asyncio.get_running_loop().create_future()
            self._waiting.append(gone)
            try:
                await gone
            finally:
                self._waiting.remove(gone)

    def hold(self, held: bool) -> None:
        """While held nothing leaves."""
        self._outbox.hold(held)

    def spend(self, messages: int) -> None:
        """Count messages of others that went to the same DAW."""
        self._outbox.spend(messages)

    def clear(self) -> None:
        """Send nothing of what waits."""
        self._outbox.clear()
        self._tell_empty()

    def _send(self, batch: list[tuple[Hashable, Make]]) -> None:
        messages = [message for _, make in batch for message in make()]
        self._outbox.spend(len(messages) - len(batch))
        if messages:
            self._transmit(messages)
        if not len(self._outbox):
            self._tell_empty()

    def _tell_empty(self) -> None:
        for gone in self._waiting:
            if not gone.done():
                gone.set_result(None)
