"""Server-sent events: the state document as it changes, and the traffic as it passes."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

from starlette.responses import StreamingResponse
from starlette.types import Send

from tonn_bridge.clock import Clock
from tonn_bridge.http.bridge import Bridge, Traffic
from tonn_bridge.http.wire import to_json

DOCUMENT_GAP_S = 0.05
"""Between two documents to one client: a hand on a fader is shown 20 times a second."""

HEARTBEAT_S = 15.0
"""A stream that says nothing for so long sends a comment, so that both ends see whether the other is still there."""

TRAFFIC_WAITING = 1000
"""How many messages wait for a slow monitor before the oldest are dropped (and counted)."""

_HEARTBEAT = ": still here\n\n"


class Streams:
    """The streams that are open, so that the server can end them when it goes."""

    def __init__(self) -> None:
        self._ends: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def until_closed(self) -> AsyncIterator[None]:
        """Run the body until `close`, which ends it quietly."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as end:
                self._ends.add(end)
                try:
                    yield
                finally:
                    self._ends.discard(end)

    def close(self) -> None:
        for end in self._ends:
            end.reschedule(0.0)  # long past on the loop's clock: now


class EventStream(StreamingResponse):
    """A stream of events; a client that reads slowly is waited for, and gets what is newest then."""

    def __init__(self, events: AsyncGenerator[str], streams: Streams) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._events = events
        self._streams = streams

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._events):  # so that subscriptions end with the stream, not when memory is tidied
            async with self._streams.until_closed():
                await super().stream_response(send)
                return
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Bell:
    """Rung by a change, or by its clock when nothing has changed for HEARTBEAT_S."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        timer = self._clock.call_later(HEARTBEAT_S, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            timer.cancel()
        self._rung.clear()


async def document_events(bridge: Bridge, clock: Clock) -> AsyncGenerator[str]:
    """The state document at once and after each change; changes closer than DOCUMENT_GAP_S share one event."""
    bell = _Bell(clock)
    changed = True

    def note_change() -> None:
        nonlocal changed
        changed = True
        bell.ring()

    unsubscribe = bridge.on_change(note_change)
    bell.ring()
    try:
        while True:
            await bell.wait()
            if changed:
                changed = False
                yield _event(bridge.document())
                await clock.sleep(DOCUMENT_GAP_S)
            else:
                yield _HEARTBEAT
    finally:
        unsubscribe()


async def traffic_events(traffic: Traffic, clock: Clock) -> AsyncGenerator[str]:
    """Each message that passes; `{"dropped": n}` stands where `n` were too many for the client."""
    bell = _Bell(clock)
    waiting: deque[dict[str, object]] = deque()
    dropped = 0

    def note_message(message: dict[str, object]) -> None:
        nonlocal dropped
        if len(waiting) == TRAFFIC_WAITING:
            waiting.popleft()
            dropped += 1
        waiting.append(message)
        bell.ring()

    unsubscribe = traffic.subscribe(note_message)
    try:
        yield _HEARTBEAT  # the client knows from here on that nothing is missed
        while True:
            await bell.wait()
            if dropped:
                waiting.appendleft({"dropped": dropped})
            text = "".join(map(_event, waiting)) or _HEARTBEAT
            waiting.clear()
            dropped = 0
            yield text
    finally:
        unsubscribe()


def _event(content: dict[str, object]) -> str:
    return f"data: {to_json(content)}\n\n"
