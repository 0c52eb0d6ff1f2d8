"""Starting and stopping the web server."""

import asyncio
import signal
import socket
from contextlib import closing

import httpx
import pytest

from tests.clock import FakeClock
from tests.http.conftest import DeskBridge, Wire
from tonn_bridge.errors import NotPossible, PortError
from tonn_bridge.http import create_app, serve
from tonn_bridge.http.server import _listen


@pytest.fixture
def bridge() -> DeskBridge:
    return DeskBridge()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def app(bridge, wire):
    return create_app(bridge, webhook_secret="s", traffic=wire, clock=FakeClock())


async def test_port_zero_gives_a_port_that_answers(app) -> None:
    async with serve(app, "127.0.0.1", 0) as (host, port), httpx.AsyncClient(trust_env=False) as http:
        assert host == "127.0.0.1"
        assert (await http.get(f"http://{host}:{port}/api/state")).status_code == 200


async def test_ipv6_loopback_answers(app) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    async with serve(app, "::1", 0) as (host, port), httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"http://[{host}]:{port}/api/state")).status_code == 200


async def test_port_that_is_taken_is_named_with_the_way_out(app) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortError, match=rf"127\.0\.0\.1:{port}.*in use.*stop it.*\[control\]"):
            async with serve(app, "127.0.0.1", port):
                pass


async def test_address_that_is_not_ours_is_named(app) -> None:
    with pytest.raises(PortError, match=r"192\.0\.2\.1:0"):
        async with serve(app, "192.0.2.1", 0):
            pass


async def test_port_is_free_again_afterwards(app) -> None:
    async with serve(app, "127.0.0.1", 0) as (host, port):
        pass
    async with serve(app, host, port) as address:
        assert address == (host, port)


@pytest.mark.parametrize("path", ["/api/events", "/api/traffic"])
async def test_open_event_stream_ends_cleanly_and_at_once_when_the_server_goes(app, bridge, wire, path: str) -> None:
    async with asyncio.timeout(5), httpx.AsyncClient(trust_env=False) as http:
        serving = serve(app, "127.0.0.1", 0)
        host, port = await serving.__aenter__()
        async with http.stream("GET", f"http://{host}:{port}{path}") as response:
            lines = response.aiter_lines()
            await anext(lines)
            async with asyncio.timeout(0.9):  # less than the second that answers under way would get
                await serving.__aexit__(None, None, None)
            assert [line async for line in lines if line] == []
    assert (bridge.callbacks, wire.callbacks) == ([], [])


async def test_client_that_does_not_read_cannot_hold_the_server(app, bridge) -> None:
    bridge.state["text"] = "x" * 20_000_000
    async with asyncio.timeout(8), serve(app, "127.0.0.1", 0) as (host, port):
        reader, writer = await asyncio.open_connection(host, port, limit=1)
        writer.write(f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        await reader.read(1)
    assert bridge.callbacks == []
    writer.close()


def test_answers_do_not_wait_for_the_clients_acknowledgement() -> None:
    with closing(_listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # what asyncio looks at before it sets TCP_NODELAY


async def test_signal_handlers_stay_the_daemons(app) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with serve(app, "127.0.0.1", 0):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_error_in_the_body_comes_through_as_it_is(app) -> None:
    with pytest.raises(NotPossible, match="as it is"):
        async with serve(app, "127.0.0.1", 0):
            raise NotPossible("as it is")


async def test_cancelled_daemon_closes_the_port(app) -> None:
    up: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def daemon() -> None:
        async with serve(app, "127.0.0.1", 0) as (_, port):
            up.set_result(port)
            await asyncio.Event().wait()

    async with asyncio.timeout(5):
        task = asyncio.create_task(daemon())
        port = await up
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
