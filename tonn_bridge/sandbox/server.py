"""Starting and ending the sandbox."""

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from tonn_bridge.clock import Clock, SystemClock
from tonn_bridge.errors import BridgeError, PortError
from tonn_bridge.sandbox.settings import SandboxSettings

_AUDIO_PACKAGES = ("numpy", "scipy", "soundfile", "pyloudnorm")
_GOODBYE_S = 2
_KEEP_ALIVE_S = 75


def create_app(settings: SandboxSettings, clock: Clock | None = None) -> Starlette:
    """The sandbox as an ASGI application; `clock` is for tests. Faults that cut connections need `serve`.

    Raises:
        BridgeError: the packages of the extra `demo` are missing.
        StoreError: the state folder cannot be used.
    """
    for package in _AUDIO_PACKAGES:
        try:
            importlib.import_module(package)
        except ImportError as exc:
            raise BridgeError(f'the sandbox needs {package}: pip install "tonn-bridge[demo]"') from exc
    from tonn_bridge.sandbox.app import build_app  # needs the packages just looked for

    return build_app(settings, clock or SystemClock())


async def serve(
    settings: SandboxSettings, *, clock: Clock | None = None, on_listening: Callable[[str], None] | None = None
) -> None:
    """Serve until cancelled, or until standard input closes where the settings say so.

    `on_listening` is told the URL once it answers; by default the line `sandbox listening on URL` is printed.

    Raises:
        BridgeError, StoreError: as `create_app`.
        PortError: the address cannot be listened on.
    """
    app = create_app(settings, clock)
    with _listening_socket(settings.host, settings.port) as listener:
        url = f"http://{_host_port(listener)}"
        server = _Server(app, lambda: (on_listening or _print_url)(url))
        serving = asyncio.create_task(server.serve([listener]), name="sandbox")
        if settings.until_stdin_closes:
            _when_stdin_closes(asyncio.get_running_loop(), server.end)
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.end()
            await serving
            raise


def run(settings: SandboxSettings) -> None:
    """Serve until SIGINT or SIGTERM; both end it cleanly.

    Raises:
        BridgeError, StoreError, PortError: as `serve`.
    """
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_serve_until_signal(settings))


async def _serve_until_signal(settings: SandboxSettings) -> None:
    this = asyncio.current_task()
    assert this is not None
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    await serve(settings)


class _Protocol(H11Protocol):
    """Lets the application reach its connection, so that a fault can really cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        # asyncio does it only for sockets made with a protocol number; without, each answer waits 40 ms for an ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling and logging."""

    def __init__(self, app: Starlette, listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                date_header=False,  # nothing here needs a clock that ticks
                log_level="critical",  # cut connections are no errors here; the app logs what is one
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_GOODBYE_S,
            )
        )
        self._end_work: Callable[[], None] = app.state.end_work
        self._listening = listening
        self._ended = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    async def main_loop(self) -> None:
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_work()  # or requests that wait for it would hold up the end
        await super().shutdown(sockets)

    def end(self) -> None:
        """Stop serving."""
        self._ended.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening_socket(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as exc:
        why = os.strerror(exc.errno) if exc.errno else str(exc)
        raise PortError(f"the sandbox cannot listen on {host}:{port} ({why}); choose another --port, or 0") from exc


def _host_port(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if listener.family == socket.AF_INET6 else f"{host}:{port}"


def _print_url(url: str) -> None:
    print(f"sandbox listening on {url}", flush=True)


def _when_stdin_closes(loop: asyncio.AbstractEventLoop, end: Callable[[], Any]) -> None:
    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(end)

    threading.Thread(target=wait, name="stdin", daemon=True).start()
