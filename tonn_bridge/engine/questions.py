"""The one question that may be open: whether something that costs credits shall be done."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from tonn_bridge.clock import Clock
from tonn_bridge.errors import NotPossible

OPEN_S = 20.0
"""A question nobody answers is refused after this; nothing is charged then."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `what` is the word for what would be charged, `credits` None where the price is not known.

    `expires` is in the clock's seconds.
    """

    id: str
    what: str
    text: str
    credits: int | None
    expires: float


class Questions:
    """Asks one question at a time and waits for confirm, cancel or the end of its time."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._numbers = itertools.count(1)
        self._answer: asyncio.Future[bool] | None = None
        self.open: Question | None = None

    async def ask(self, what: str, text: str, credits: int | None) -> bool:
        """True when somebody confirms within 20 s."""
        number = f"{next(self._numbers)}-{int(self._clock.wall())}"
        self._answer = asyncio.get_running_loop().create_future()
        self.open = Question(number, what, text, credits, self._clock.now() + OPEN_S)
        expiry = self._clock.call_later(OPEN_S, lambda: self._close(False))
        self._changed()
        try:
            return await self._answer
        finally:
            expiry.cancel()
            self.open = self._answer = None
            self._changed()

    def answer(self, yes: bool) -> None:
        """Confirm or withdraw what is asked.

        Raises:
            NotPossible: nothing is asked.
        """
        if self.open is None:
            raise NotPossible("nothing is being asked")
        self._close(yes)

    def seconds_left(self) -> float:
        """Until the open question expires; 0 where none is open."""
        return 0.0 if self.open is None else max(self.open.expires - self._clock.now(), 0.0)

    def _close(self, yes: bool) -> None:
        """Answer what is open; from now on, and not only when the asker has heard it, it is open no more."""
        self.open = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(yes)
