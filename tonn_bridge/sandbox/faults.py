"""Faults on command: what `/sandbox/faults` takes, and the middleware that makes them happen."""

import asyncio
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.refusals import EXPIRED, error_answer, store_answer

Endpoint = Literal[
    "/health", "/upload", "/mixpreview", "/retrievepreviewmix", "/retrievefinalmix", "/uploads", "/downloads"
]


class Fault(BaseModel):
    """What shall go wrong at an endpoint, for its next `times` requests.

    `/uploads` is the PUT on a signed URL, `/downloads` the GET of a result. A `status` or `expired` fault answers
    *instead of* doing any work; all others come *after* it: the work is done and charged, and its answer suffers.
    - `status`: this status with an error message, and a `Retry-After` header from `retry_after_s`.
    - `delay_s`: the answer comes that much later (together with any of the others, too).
    - `cut_after`: the TCP connection ends after that many bytes of the body, at the latest before its last one. On
      `/uploads` the bytes of the upload count, and nothing of it is kept.
    - `body`: this text in place of the answer's body.
    - `expired`: a signed URL's time is over: the one asked for, or at `/mixpreview` that of a track.
    """

    model_config = ConfigDict(extra="forbid")

    endpoint: Endpoint
    times: int = Field(default=1, ge=1)
    status: int | None = Field(default=None, ge=400, le=599)
    delay_s: float | None = Field(default=None, ge=0.0)
    cut_after: int | None = Field(default=None, ge=0)
    body: str | None = None
    retry_after_s: int | None = Field(default=None, ge=0)
    expired: bool = False

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        main = [self.status is not None, self.cut_after is not None, self.body is not None, self.expired]
        if sum(main) > 1:
            raise ValueError("say one of status, cut_after, body, expired; a second fault makes the next request fail")
        if not any(main) and self.delay_s is None:
            raise ValueError("say status, delay_s, cut_after, body or expired")
        if self.retry_after_s is not None and self.status is None:
            raise ValueError("retry_after_s goes with status")
        if self.expired and self.endpoint not in ("/uploads", "/downloads", "/mixpreview"):
            raise ValueError("only /uploads, /downloads and /mixpreview see URLs that expire")
        return self


class FaultList(RootModel[list[Fault]]):
    """Body of `PUT /sandbox/faults`."""


class Faults:
    """The faults still to come; each request takes the first that is meant for its endpoint."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def take(self, endpoint: str) -> Fault | None:
        """The fault for this request, counted down."""
        for index, fault in enumerate(self.waiting):
            if fault.endpoint == endpoint:
                if fault.times == 1:
                    del self.waiting[index]
                else:
                    self.waiting[index] = fault.model_copy(update={"times": fault.times - 1})
                return fault
        return None


class FaultMiddleware:
    """Lets each request through, or through its fault."""

    def __init__(self, app: ASGIApp, faults: Faults, clock: Clock) -> None:
        self._app = app
        self._faults = faults
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take(_endpoint(scope)) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.status is not None or fault.expired:
            await self._clock.sleep(fault.delay_s or 0.0)
            await _instead(fault)(scope, receive, send)
        elif fault.cut_after is not None and fault.endpoint == "/uploads":
            await self._app(scope, _CutRequest(receive, scope["state"]["transport"], fault.cut_after), send)
        else:
            await self._app(scope, receive, _SpoiltAnswer(send, scope["state"]["transport"], fault, self._clock))


def _endpoint(scope: Scope) -> str:
    path: str = scope["path"]
    if path.startswith("/uploads/"):
        return "/uploads" if scope["method"] == "PUT" else ""
    return "/downloads" if path.startswith("/downloads/") else path


def _instead(fault: Fault) -> ASGIApp:
    if fault.status is not None:
        headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
        return error_answer(fault.status, f"fault: status {fault.status}", headers)
    if fault.endpoint == "/mixpreview":
        return error_answer(400, "Error checking file type for URL: the URL has expired")
    return store_answer(EXPIRED)


class _CutRequest:
    """Hands on a request's body until enough of it has come, then cuts the connection."""

    def __init__(self, receive: Receive, transport: asyncio.Transport, cut_after: int) -> None:
        self._receive = receive
        self._transport = transport
        self._left = cut_after

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if message["type"] == "http.request" and self._left > 0 and message.get("more_body", False):
            return message
        self._transport.abort()
        await asyncio.sleep(0)  # lets the server notice, so that it answers nothing
        return {"type": "http.disconnect"}


class _SpoiltAnswer:
    """Sends an answer late, cut short, or with another body."""

    def __init__(self, send: Send, transport: asyncio.Transport, fault: Fault, clock: Clock) -> None:
        self._send = send
        self._transport = transport
        self._fault = fault
        self._clock = clock
        self._left = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._clock.sleep(self._fault.delay_s or 0.0)
            await self._send(self._start(message))
        elif self._fault.body is not None:
            if not message.get("more_body", False):
                await self._send({"type": "http.response.body", "body": self._fault.body.encode()})
        elif self._fault.cut_after is not None:
            await self._cut(message.get("body", b""))
        else:
            await self._send(message)

    def _start(self, message: Message) -> Message:
        headers = {name.lower(): value for name, value in message["headers"]}
        length = int(headers.get(b"content-length", b"1"))
        self._left = min(self._fault.cut_after or 0, length - 1)
        if self._fault.body is not None:
            headers[b"content-length"] = str(len(self._fault.body.encode())).encode()
        return {**message, "headers": list(headers.items())}

    async def _cut(self, body: bytes) -> None:
        if self._transport.is_closing():
            return
        piece, self._left = body[: self._left], self._left - len(body)
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        if self._left <= 0:
            self._transport.close()
