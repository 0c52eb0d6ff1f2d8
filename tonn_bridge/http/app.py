"""The routes: what can be read, watched and asked for over HTTP."""

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from importlib.resources import files

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tonn_bridge.clock import Clock, SystemClock
from tonn_bridge.errors import NotPossible, UnknownTrack
from tonn_bridge.http.answers import ERROR_ANSWERS, answer
from tonn_bridge.http.bridge import Bridge, Traffic
from tonn_bridge.http.events import EventStream, Streams, document_events, traffic_events
from tonn_bridge.http.guard import LOOPBACK_HOSTS, Guard
from tonn_bridge.http.wire import ConfirmArguments, MorphArguments, NoArguments, TrackMove
from tonn_bridge.mixfile import MAX_BYTES, read, to_json

MAX_BODY_BYTES = 64 * 1024

Endpoint = Callable[[Request], Awaitable[Response]]

ACTIONS: dict[str, type[BaseModel]] = {
    "preview": NoArguments,
    "apply": NoArguments,
    "revert": NoArguments,
    "compare": NoArguments,
    "morph": MorphArguments,
    "final": NoArguments,
    "confirm": ConfirmArguments,
    "cancel": NoArguments,
}


def create_app(
    bridge: Bridge,
    *,
    webhook_secret: str,
    allowed_hosts: Sequence[str] = LOOPBACK_HOSTS,
    public_host: str | None = None,
    traffic: Traffic | None = None,
    clock: Clock | None = None,
) -> Starlette:
    """The HTTP side of `bridge`, to be given to `serve`.

    `allowed_hosts` are the names it may be called by, without a port; `public_host` is the host of the webhook's public
    URL, where there is one. Without `traffic` there is no `/api/traffic`.
    """
    clock = clock or SystemClock()
    streams = Streams()
    endpoints = _Endpoints(bridge, webhook_secret)
    routes = [
        Route("/", _file("page.html", "text/html")),
        Route("/page.js", _file("page.js", "text/javascript")),
        Route("/api/state", endpoints.state),
        Route("/api/events", _stream(partial(document_events, bridge, clock), streams)),
        Route("/api/actions/{action}", endpoints.act, methods=["POST"]),
        Route("/api/tracks/{number}", endpoints.move, methods=["PATCH"]),
        Route("/api/mix", endpoints.mix, methods=["GET"]),
        Route("/api/mix", endpoints.take, methods=["POST"]),
        Route("/webhook/{secret}", endpoints.webhook, methods=["POST"]),
    ]
    if traffic is not None:
        routes.append(Route("/api/traffic", _stream(partial(traffic_events, traffic, clock), streams)))
    guard = Middleware(Guard, hosts=allowed_hosts, public_host=public_host)
    app = Starlette(routes=routes, middleware=[guard], exception_handlers=ERROR_ANSWERS)
    app.state.streams = streams  # `serve` ends them
    return app


class _Endpoints:
    def __init__(self, bridge: Bridge, webhook_secret: str) -> None:
        self._bridge = bridge
        self._webhook_secret = webhook_secret.encode()

    async def state(self, request: Request) -> Response:
        return answer(self._bridge.document())

    async def act(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in ACTIONS:
            raise HTTPException(404, f"there is no action {action!r}; there are {', '.join(ACTIONS)}")
        arguments = ACTIONS[action].model_validate_json(await _json_body(request) or b"{}")
        match arguments:
            case MorphArguments(value=value):
                self._bridge.act(action, value)
            case ConfirmArguments(id=asked) if asked is not None:
                self._check_question(asked)
                self._bridge.act(action)
            case _:
                self._bridge.act(action)
        return answer({"accepted": action}, 202)

    def _check_question(self, asked: int | str) -> None:
        """Nobody shall say yes to a question they have not read."""
        match self._bridge.document()["question"]:
            case {"id": present} if present == asked:
                return
            case None:
                raise NotPossible("nothing is being asked any more; look at the state and ask again")
            case _:
                raise NotPossible("something else is being asked by now; read the question and confirm that one")

    async def move(self, request: Request) -> Response:
        text = request.path_params["number"]
        if not (text.isdecimal() and len(text) <= 3):
            raise UnknownTrack(f"there is no track {text!r}; tracks are numbered from 1")
        move = TrackMove.model_validate_json(await _json_body(request) or b"{}")
        self._bridge.move(int(text), gain_db=move.gain_db, adjust_db=move.adjust_db, pan=move.pan)
        return answer({"accepted": "move"}, 202)

    async def mix(self, request: Request) -> Response:
        return answer(to_json(self._bridge.mix()))

    async def take(self, request: Request) -> Response:
        placed = await self._bridge.take(read(await _json_body(request, MAX_BYTES), "the mix"))
        tracks = [{"number": number, "name": track.name} for number, track in placed.tracks.items()]
        return answer({"accepted": "mix", "tracks": tracks, "notes": placed.notes})

    async def webhook(self, request: Request) -> Response:
        """Nothing in the body can be trusted: the secret says that it is time to ask, the service says what is new."""
        if not hmac.compare_digest(request.path_params["secret"].encode(), self._webhook_secret):
            raise HTTPException(404, "Not Found")
        self._bridge.nudge()
        await _body(request)
        return Response(status_code=204)


def _file(name: str, media_type: str) -> Endpoint:
    content = files("tonn_bridge.http").joinpath(name).read_bytes()

    async def endpoint(request: Request) -> Response:
        return Response(content, media_type=media_type)

    return endpoint


def _stream(events: Callable[[], AsyncGenerator[str]], streams: Streams) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return EventStream(events(), streams)

    return endpoint


async def _json_body(request: Request, most: int = MAX_BODY_BYTES) -> bytes:
    """The body, up to `most` bytes. Other types than JSON can be sent by forms on foreign pages, and are refused."""
    body = await _body(request, most)
    if body is None:
        raise HTTPException(413, f"the body is larger than {most} bytes")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (body or media_type) and media_type != "application/json":
        raise HTTPException(415, "send JSON, with the header Content-Type: application/json")
    return body


async def _body(request: Request, most: int = MAX_BODY_BYTES) -> bytes | None:
    """The body; None where it has more than `most` bytes; the rest is left unread then."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
