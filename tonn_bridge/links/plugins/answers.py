"""Questions to a DAW, and the wait for their answers as long as they keep coming."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from tonn_bridge.clock import Clock
from tonn_bridge.links.plugins.post import Post

Question = TypeVar("Question", bound=Hashable)

ASKED = 2
"""A question without an answer is asked so often altogether: datagrams get lost."""


LONGEST_S = 10.0
"""However much a DAW has to tell meanwhile, answers are not waited for longer at once."""


class Answers:
    """Asks, one set of questions at a time. `quiet_s`: a DAW that has told nothing for so long answers no more."""

    def __init__(self, post: Post, clock: Clock, quiet_s: float) -> None:
        self._post = post
        self._clock = clock
        self._quiet_s = quiet_s
        self._open: set[Hashable] = set()
        self._news_at = 0.0
        self._over: asyncio.Future[None] | None = None
        self._abandoned = False

    def awaits(self, what: Hashable) -> bool:
        return what in self._open

    def news(self) -> None:
        """The DAW tells something of plug-ins; the answers may stand in line behind it."""
        self._news_at = self._clock.now()

    def answered(self, what: Hashable) -> None:
        """An answer has come, to one of the questions or to none."""
        if what in self._open:
            self._open.discard(what)
            self.news()
            if not self._open:
                self._end()

    def abandon(self) -> None:
        """No answer will come any more."""
        self._abandoned = True
        self._end()

    async def gather(self, questions: Mapping[Question, Sequence[bytes]]) -> frozenset[Question]:
        """Ask what is wanted, each question in one or more messages; what has stayed without an answer."""
        self._open = set(questions)
        self._abandoned = False
        try:
            for _ in range(ASKED):
                still = [message for what, asks in questions.items() if what in self._open for message in asks]
                await self._post.say(reversed(dict.fromkeys(reversed(still))))  # what many say last is said last
                await self._until_quiet()
                if not self._open or self._abandoned:
                    break
            return frozenset(what for what in questions if what in self._open)
        finally:
            self._open = set()

    async def rest(self, seconds: float) -> None:
        """Let `seconds` pass, or less if the DAW goes away."""
        self._over = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(seconds, self._end)
        try:
            await self._over
        finally:
            timer.cancel()
            self._over = None

    async def _until_quiet(self) -> None:
        self.news()
        latest = self._clock.now() + LONGEST_S
        while self._open and not self._abandoned:
            left_s = min(self._news_at + self._quiet_s, latest) - self._clock.now()
            if left_s <= 0.0:
                return
            await self.rest(left_s)

    def _end(self) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(None)
