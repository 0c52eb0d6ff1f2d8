"""Knobs on their way into the plug-ins: sent, and read back once nothing newer comes."""

import asyncio
from collections.abc import Callable, Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.core.plugins import Look
from tonn_bridge.engine.rack.daw import Plugins
from tonn_bridge.engine.rack.track import RackTrack

BLEND_RESTS_S = 0.1
"""A blend that has not moved for this long is read back."""


class Delivery:
    """Sends the targets of the tracks in `due`. `take` gets what is read back; `newer` tells of a newer decision."""

    def __init__(
        self,
        tracks: Mapping[int, RackTrack],
        plugins: Plugins,
        clock: Clock,
        *,
        take: Callable[[Mapping[int, Look]], None],
        newer: Callable[[], bool],
    ) -> None:
        self.due: set[int] = set()
        self._tracks = tracks
        self._plugins = plugins
        self._clock = clock
        self._take = take
        self._decided = newer
        self._news = asyncio.Event()
        """Set when there is something to do while a blend rests."""

    def wake(self) -> None:
        """There is something newer to do."""
        self._news.set()

    async def run(self, *, rests: bool) -> dict[int, Mapping[str, float]]:
        """Send what is due and read it back: what each track was told to hold after it.

        Nothing where something newer came meanwhile, which will be read back in its place. With `rests`, under a hand
        that moves a blend, a moment is waited for that: reading back every step takes longer than setting it, and says
        nothing that the next one leaves true.
        """
        numbers = sorted(self.due)
        self.due.clear()
        writes = {number: writes for number in numbers if (writes := self._tracks[number].writes)}
        try:
            await self._plugins.write(writes)
            for number, wires in writes.items():
                self._tracks[number].sent(wires)
            if rests and writes and not self._newer:
                await self._rest()
            looks = {} if self._newer else await self._plugins.look(list(writes))
        except asyncio.CancelledError:
            for number, wires in writes.items():
                self._tracks[number].doubt(wires)
            self.due.update(numbers)
            raise
        self._take(looks)
        if self._newer:
            self.due.update(numbers)
            return {}
        return {number: looks[number].wires if number in looks else self._tracks[number].now for number in numbers}

    @property
    def _newer(self) -> bool:
        return self._decided() or bool(self.due)

    async def _rest(self) -> None:
        self._news.clear()
        timer = self._clock.call_later(BLEND_RESTS_S, self._news.set)
        try:
            await self._news.wait()
        finally:
            timer.cancel()
