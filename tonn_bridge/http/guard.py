"""Who may speak to the daemon from inside a browser: our own pages, and nobody else's.

A page from elsewhere reaches a loopback server in two ways: under its own name, made to point here (DNS rebinding: the
Host header tells), or across origins (the Origin header tells). Tonn's call-backs alone come under our public name.
"""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonn_bridge.http.answers import refuse

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

_HEADERS = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets a request through to `app` if its Host and Origin are ours.

    `hosts` are names or addresses without a port, which is the one we listen on; `public_host` is the Host under which
    the internet reaches `/webhook/`, with its port where it has one.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], public_host: str | None) -> None:
        self._app = app
        self._hosts = [host.lower() for host in hosts]
        self._public_host = public_host.lower() if public_host else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer: ASGIApp = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        ours = self._authorities(request.scope["server"][1])
        host = _only(request.headers, "host")
        public = host is not None and host == self._public_host and request.scope["path"].startswith("/webhook/")
        if host not in ours and not public:
            return refuse(403, "host", f"this is tonn-bridge on this computer; open it as http://{ours[0]}/")
        if "origin" in request.headers:
            origin = _only(request.headers, "origin")
            if origin not in [f"http://{authority}" for authority in ours]:
                return refuse(403, "origin", "pages from elsewhere may not use tonn-bridge")
        return None

    def _authorities(self, port: int) -> list[str]:
        """What a Host header may say, for the port the request came in on."""
        with_port = [f"{host}:{port}" for host in self._hosts]
        return with_port + self._hosts if port == 80 else with_port


def _only(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    return values[0].lower() if len(values) == 1 else None
