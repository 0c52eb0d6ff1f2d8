"""The one question that may be open: whether something that costs credits shall be done."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.errors import NotPossible

OPEN_S = 20.0
"""A question nobody answers is refused after this; nothing is charged then."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `credits` is None where the price is not known, `expires` is in the clock's seconds."""

    id: str
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

    async def ask(self, text: str, credits: int | None) -> bool:
        """True when somebody confirms within 20 s."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        number = f"{next(self._numbers)}-{int(self._clock.wall())}"
        self._answer = answer
        self.open = Question(number, text, credits, self._clock.now() + OPEN_S)
        expiry: Timer = self._clock.call_later(OPEN_S, lambda: self._give(answer, False))
        self._changed()
        try:
            return await answer
        finally:
            expiry.cancel()
            self.open = self._answer = None
            self._changed()

    def answer(self, yes: bool) -> None:
        """Confirm or withdraw what is asked.

        Raises:
            NotPossible: nothing is asked.
        """
        if self._answer is None:
            raise NotPossible("nothing is being asked")
        self._give(self._answer, yes)

    def seconds_left(self) -> float:
        return 0.0 if self.open is None else max(self.open.expires - self._clock.now(), 0.0)

    @staticmethod
    def _give(answer: asyncio.Future[bool], yes: bool) -> None:
        if not answer.done():
            answer.set_result(yes)
