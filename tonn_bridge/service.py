"""Which Tonn is talked to: the real one, one on this machine, or the sandbox that is part of this program."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from tonn_bridge.clock import Clock
from tonn_bridge.engine import Spending
from tonn_bridge.errors import BridgeError, StoreError, TonnError
from tonn_bridge.keys import find_key
from tonn_bridge.session import TonnTable
from tonn_bridge.tonn import TonnClient

SANDBOX_KEY = SecretStr("sandbox")
START_S, GOODBYE_S = 30.0, 8.0
PORT_WAIT_S, PORT_LOOK_S = 3.0, 0.05
LOOK_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is there to be used. `scope` is the same as long as uploads stay where they are."""

    url: str
    scope: str
    key: SecretStr | None
    local: bool


@asynccontextmanager
async def open_service(table: TonnTable, state: Path) -> AsyncIterator[Service]:
    """The service a session names; the built-in sandbox runs while the body does.

    Raises:
        BridgeError: the sandbox cannot be started; the message says why.
    """
    if table.is_sandbox:
        async with _embedded(state / "sandbox") as url:
            yield Service(url, "sandbox", SANDBOX_KEY, local=True)
        return
    found = find_key()
    local = urlsplit(table.url).scheme == "http"
    key = found.key if found is not None else SANDBOX_KEY if local else None
    yield Service(table.url, table.url, key, local)


async def spending(table: TonnTable, client: TonnClient, service: Service) -> Spending:
    """What is asked about before it may cost credits.

    The sandbox costs nothing and says so in its `/health`: there "ask" must be wished for. A service that does not
    answer now counts as one that costs.
    """
    said: dict[str, object] = {}
    if service.local:
        with contextlib.suppress(TonnError):
            said = await client.health()
    costs = said.get("sandbox") is not True
    prices = said.get("prices")
    known = prices if isinstance(prices, dict) else {}
    wishes = table.spend
    return Spending(
        ask_settings=wishes.fx_settings != "allow" if wishes.fx_settings is not None else costs,
        ask_final=wishes.final != "allow" if wishes.final is not None else costs,
        settings_credits=_price(wishes.fx_settings_credits, known.get("fx_settings")),
        final_credits=_price(wishes.final_credits, known.get("final")),
    )


class ServiceWatch:
    """Whether the service answers: asked for free, now and then, and shown as an endpoint."""

    def __init__(self, client: TonnClient, name: str, clock: Clock) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._connected = False
        self._heard_at: float | None = None

    def describe(self) -> dict[str, object]:
        """Its entry in the state document."""
        heard_s = None if self._heard_at is None else round(self._clock.now() - self._heard_at, 1)
        return {"name": "tonn", "mapping": self._name, "connected": self._connected, "last_heard_s": heard_s}

    async def run(self) -> None:
        """Look once a minute, until cancelled."""
        while True:
            try:
                await self._client.health()
                self._connected, self._heard_at = True, self._clock.now()
            except TonnError:
                self._connected = False
            await self._clock.sleep(LOOK_EVERY_S)


def _price(wished: int | None, told: object) -> int | None:
    return wished if wished is not None else told if isinstance(told, int) else None


@asynccontextmanager
async def _embedded(state: Path) -> AsyncIterator[str]:
    """The sandbox in a process of its own, so that its rendering never holds the daemon's loop.

    It comes back on the port it had, because the URLs of its earlier answers hold that port.
    """
    port = await asyncio.to_thread(_last_port, state)
    process, url = await _start(state, port if await _comes_free(port) else 0)
    try:
        await asyncio.to_thread((state / "port").write_text, url.rsplit(":", 1)[1])
        yield url
    finally:
        await _end(process)


def _last_port(state: Path) -> int:
    """The port the last sandbox had, 0 where there was none."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, ValueError):
            port = int((state / "port").read_text())
            return port if 0 < port < 65_536 else 0
    except OSError as exc:
        raise StoreError(
            f"the built-in sandbox cannot use {state} ({exc.strerror}): mend that, or set TONN_BRIDGE_STATE to "
            "another folder"
        ) from exc
    return 0


async def _comes_free(port: int) -> bool:
    """Whether nobody has `port`, at once or soon: after a crash the sandbox of before needs a moment to end."""
    for _ in range(round(PORT_WAIT_S / PORT_LOOK_S)):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            await asyncio.sleep(PORT_LOOK_S)
        else:
            return True
    return False


async def _start(state: Path, port: int) -> tuple[asyncio.subprocess.Process, str]:
    """The sandbox's process, and its URL once it answers.

    Raises:
        BridgeError: it does not; with its own last words.
    """
    words = state / "stderr"
    options = ("--until-stdin-closes", "--port", str(port), "--state-dir", str(state), "--stage-seconds", "0.5")
    with await asyncio.to_thread(words.open, "wb") as stderr:  # a pipe that nobody reads would fill up, and hold it
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tonn_bridge", "sandbox", *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    assert process.stdout is not None
    line = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_S):
            line = await process.stdout.readline()
    if b"listening on" in line:
        return process, line.decode().split()[-1]
    await _end(process)
    said = (await asyncio.to_thread(words.read_text, errors="replace")).strip()
    reason = said.splitlines()[-1] if said else f"it did not answer within {START_S:g} s"
    raise BridgeError(f"the built-in sandbox did not start: {reason}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its standard input, at which it ends; where it does not, end it."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(GOODBYE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
