"""Puts the mix on disk: soon after each change, and at once where a movement waits for it."""

import asyncio
from collections.abc import Callable

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.engine.lanes import to_the_end
from tonn_bridge.engine.memory import remember
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.errors import StoreError
from tonn_bridge.store import Store

SAVE_AFTER_S = 0.2
"""A change of the mix is on disk this long after it, at the latest: what stood a second before a crash is kept."""

TRY_AGAIN_S = 2.0
"""After a save that failed."""


class Keeper:
    """Keeps one session's mix. `trouble` hears of a save in the background that failed, and with None that it is over.

    `saved` is the sequence of the newest view that is on disk; -1 before the first.
    """

    def __init__(self, session: str, mapping: str, mixer: Mixer, store: Store, clock: Clock) -> None:
        self.saved = -1
        self.trouble: Callable[[StoreError | None], None] = lambda _: None
        self._session = session
        self._mapping = mapping
        self._mixer = mixer
        self._store = store
        self._clock = clock
        self._timer: Timer | None = None
        self._saving: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something has changed, perhaps the mix: if so, save it soon."""
        if self._timer is None and self._mixer.view.sequence != self.saved:
            self._timer = self._clock.call_later(SAVE_AFTER_S, self._begin)

    async def save(self) -> None:
        """Put the mix on disk as it is now.

        Raises:
            StoreError: it cannot be written; what was saved before is still there.
        """
        sequence = self._mixer.view.sequence
        document = remember(self._mixer, self._mapping)
        await to_the_end(self._store.save_mix(self._session, document, self._clock.wall()))
        self.saved = max(self.saved, sequence)

    async def close(self) -> None:
        """Save for the last time. Raises as `save` does."""
        if self._saving is not None:
            await asyncio.wait({self._saving})
        if self._timer is not None:
            self._timer.cancel()
        await self.save()

    def _begin(self) -> None:
        self._saving = asyncio.get_running_loop().create_task(self._save_by_itself(), name="save the mix")

    async def _save_by_itself(self) -> None:
        try:
            await self.save()
        except StoreError as exc:
            self.trouble(exc)
            self._timer = self._clock.call_later(TRY_AGAIN_S, self._begin)
        else:
            self.trouble(None)
            self._timer = None
            self.changed()
