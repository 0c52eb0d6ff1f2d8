"""The running daemon, spoken to over HTTP (contract: HTTP)."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from tonn_bridge.errors import BridgeError, NotPossible, PortError

if TYPE_CHECKING:
    from tonn_bridge.session import Session

DEFAULT_URL = "http://127.0.0.1:8765"
SILENCE_S = 60.0
"""An event stream silent for longer is taken as lost."""

Document = dict[str, Any]
"""The state document."""


def daemon_url(chosen: str | None) -> str:
    """The daemon's URL: the one chosen, else that of ./session.toml, else the default.

    Raises:
        SessionError: ./session.toml is there, and wrong.
    """
    if chosen:
        return chosen.rstrip("/")
    here = Path("session.toml")
    if not here.is_file():
        return DEFAULT_URL
    from tonn_bridge.session import load_session

    return url_of(load_session(here))


def url_of(session: "Session") -> str:
    """Where a daemon with this session is spoken to; one that listens on all addresses, on this machine's own."""
    http = session.control.http
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(http.host, http.host)
    return f"http://{http._replace(host=host)}"


class Daemon:
    """A running tonn-bridge at `url`.

    Each call raises PortError where nobody answers, NotPossible for a 409, BridgeError for any other refusal.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        # trust_env: a proxy in the environment has no business between us and loopback
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=httpx.Timeout(10.0, read=SILENCE_S))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def state(self) -> Document:
        """The state document as it stands."""
        async with self._answering():
            document: Document = _checked(await self._http.get("/api/state")).json()
        return document

    async def act(self, action: str, **arguments: object) -> None:
        """Ask for an action; back when it has been accepted."""
        async with self._answering():
            _checked(await self._http.post(f"/api/actions/{action}", json=arguments))

    async def mix(self) -> Document:
        """What is proposed and what a hand has done since, as a `mix.tonn.json`; NotPossible where nothing is."""
        async with self._answering():
            content: Document = _checked(await self._http.get("/api/mix")).json()
        return content

    async def take(self, mix: Document) -> Document:
        """Have a `mix.tonn.json` proposed; the tracks it has something for, and notes."""
        async with self._answering():
            answer: Document = _checked(await self._http.post("/api/mix", json=mix)).json()
        return answer

    async def events(self, path: str = "/api/events") -> AsyncGenerator[Document]:
        """The state document, now and after each change; ends with PortError when the daemon does."""
        async with self._answering(), self._http.stream("GET", path) as response:
            if response.is_error:
                await response.aread()
            _checked(response)
            data: list[str] = []
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                elif not line and data:
                    yield json.loads("\n".join(data))
                    data = []
        raise PortError(f"tonn-bridge at {self._url} has stopped")

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as exc:
            raise PortError(f"no tonn-bridge answers at {self._url}; start it with `tonn-bridge run`") from exc
        except httpx.HTTPError as exc:
            raise PortError(
                f"tonn-bridge at {self._url} broke off ({type(exc).__name__}); is it still running?"
            ) from exc
        except ValueError as exc:  # no JSON
            raise PortError(f"what answers at {self._url} is not tonn-bridge; choose another with --url") from exc


def error_text(error: object) -> str:
    """The words of an error in a document or a refusal: `{"code", "text"}` or plain text."""
    return str(error["text"]) if isinstance(error, dict) and "text" in error else str(error)


def _checked(response: httpx.Response) -> httpx.Response:
    """`response`, if it is no refusal."""
    if response.is_success:
        return response
    try:
        body = response.json()
        said = error_text(body["error"]) if isinstance(body, dict) and "error" in body else str(body)
    except ValueError:
        said = f"HTTP {response.status_code}"
    if response.status_code == httpx.codes.CONFLICT:
        raise NotPossible(said)
    raise BridgeError(said if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY else f"refused: {said}")
