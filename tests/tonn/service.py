"""A very small HTTP server that answers as a test tells it to, cuts included; and a clock that never waits."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.clock import FakeClock


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Reply:
    """`cut_after` breaks the connection after so many bytes of the body; a negative one answers nothing at all."""

    status: int = 200
    body: bytes | dict | list = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None

    def wire(self) -> bytes:
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        head = {"Content-Length": str(len(data)), "Connection": "close", **self.headers}
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        if self.cut_after is not None:
            if self.cut_after < 0:
                return b""
            data = data[: self.cut_after]
        return "\r\n".join(lines).encode() + data


Answer = Callable[[Request], Reply | Awaitable[Reply]]


class Service:
    """Answers each path with its list of answers, one per request, the last one again and again."""

    def __init__(self, scheme: str) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, list[Reply | Answer]] = {}
        self.scheme = scheme
        self.port = 0
        self.busy = self.most_busy = 0

    def on(self, path: str, *answers: Reply | Answer) -> None:
        self.answers[path] = list(answers)

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def seen(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                headers = {name.lower(): value for name, value in headers.items()}
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                try:
                    body = await reader.readexactly(int(headers.get("content-length", 0)))
                    writer.write(await self.answer(Request(method, path, headers, body)))
                finally:
                    self.busy -= 1
                await writer.drain()
            finally:
                writer.close()

    async def answer(self, request: Request) -> bytes:
        self.requests.append(request)
        script = self.answers.get(request.path.partition("?")[0], [Reply(404)])
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Reply):
            return answer.wire()
        reply = answer(request)
        return (reply if isinstance(reply, Reply) else await reply).wire()


@asynccontextmanager
async def running_service(tls: ssl.SSLContext | None = None) -> AsyncIterator[Service]:
    service = Service("https" if tls else "http")
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=tls)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()


class EagerClock(FakeClock):
    """Jumps to the next due call as soon as the event loop comes round; `pauses` holds how long each was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def call_later(self, seconds, callback):
        self.pauses.append(seconds)
        call = super().call_later(seconds, callback)

        def jump() -> None:
            if not call.cancelled:
                self.advance(max(0.0, call.due - self.now()))

        asyncio.get_running_loop().call_soon(jump)
        return call
