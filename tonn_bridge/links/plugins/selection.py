"""The DAW's selected strip, borrowed where only its plug-ins can be reached."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tonn_bridge.links.plugins.answers import Answers
from tonn_bridge.links.plugins.post import Post
from tonn_bridge.mapping.plugins.compiled import FocusTongue
from tonn_bridge.mapping.plugins.events import Focused
from tonn_bridge.mapping.plugins.phrases import Spot

TRIES = 3
"""How often a strip is selected altogether where hands select others."""


class Selection:
    """Follows and moves the selection. `strip` is the selected one, None while the DAW has told of none."""

    def __init__(self, tongue: FocusTongue, post: Post, answers: Answers) -> None:
        self.strip: int | None = None
        self._tongue = tongue
        self._post = post
        self._answers = answers
        self._chosen: int | None = None
        self._users: int | None = None
        self._ours: set[int] | None = None
        """The strips that were chosen since the selection was borrowed; None while it is the user's."""

    def hear(self, event: Focused) -> None:
        if event.on:
            self.strip = event.strip
            if self._ours is not None and event.strip not in self._ours:
                self._users = event.strip  # a hand's
            self._answers.answered(("focus", event.strip))
        elif self.strip == event.strip:
            self.strip = None

    async def choose(self, strip: int) -> bool:
        """Select a strip and wait until the DAW says so, anew where a hand comes between; whether it has."""
        if self._ours is not None:
            self._ours.add(strip)
        for _ in range(TRIES):
            if self.strip == strip:
                break
            if await self._answers.gather({("focus", strip): self._messages(strip)}):
                break
            self._chosen = strip
            await self._answers.rest(self._tongue.settle_s)
        return self.strip == strip

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[None]:
        """Strips may be chosen meanwhile; afterwards the user's comes back, or what a hand has selected meanwhile.

        The DAW has said that it is back before this ends: until then nobody knows whose plug-ins would be set.
        """
        self._users, self._chosen, self._ours = self.strip, None, set()
        try:
            yield
        finally:
            users, self._ours = self._users, None
            if users is not None and self._chosen == self.strip != users:
                await self._answers.gather({("focus", users): self._messages(users)})
                if self.strip != users:
                    self.strip = None

    def _messages(self, strip: int) -> list[bytes]:
        return [phrase.about(Spot(strip)) for phrase in self._tongue.send]
