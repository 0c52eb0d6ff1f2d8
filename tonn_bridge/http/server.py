"""The web server, inside the daemon's own event loop."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from tonn_bridge.errors import PortError

LAST_ANSWERS_S = 1
"""How long answers that are under way may take when the server goes."""


class _Server(uvicorn.Server):
    """uvicorn, without its signal handlers: the daemon has its own way out."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serve(app: Starlette, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    """Answer for `app` (from `create_app`) while the body runs; the host and the port it got (0 asks for any).

    On the way out open event streams end, and answers under way get LAST_ANSWERS_S.

    Raises:
        PortError: the port is taken, or is not ours to open.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )
    server = _Server(config)
    address: tuple[str, int] = listener.getsockname()[:2]
    running = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    running.add_done_callback(lambda _: server.up.set())  # a server that fails to start is not waited for
    try:
        await server.up.wait()
        if running.done():
            await running
        yield address
    finally:
        server.should_exit = True
        app.state.streams.close()
        await running


def _listen(host: str, port: int) -> socket.socket:
    # TCP by name: asyncio turns Nagle's algorithm off (40 ms an answer) only for sockets that say what they are.
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere the option lets two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as exc:
        listener.close()
        raise PortError(
            f"HTTP cannot listen on {host}:{port} ({exc.strerror}): if another tonn-bridge runs, stop it, "
            'or set another "http" under [control] in the session file'
        ) from exc
    return listener
