"""`monitor`: what passes over OSC, decoded, as it passes."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import clean, err
from tonn_bridge.errors import DecodeError, PortError


def monitor(
    url: Url = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Listen here rather than ask the running daemon.")
    ] = None,
) -> None:
    """Print the messages that pass: the running daemon's, or what arrives where the DAW would send. Ctrl-C ends it.

    Example: tonn-bridge monitor --listen 127.0.0.1:9000
    """
    from tonn_bridge.cli.stopping import run_until_stopped
    from tonn_bridge.client import daemon_url

    run_until_stopped(_listen(listen) if listen is not None else _watch(daemon_url(url), may_listen=url is None))


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(monitor)


async def _watch(url: str, *, may_listen: bool) -> None:
    """Print the traffic of the daemon at `url`; where none answers, listen in its place."""
    from tonn_bridge.client import Daemon

    async with Daemon(url) as daemon:
        try:
            await daemon.state()
        except PortError:
            if not may_listen:
                raise
        else:
            err.print(f"watching {url}", markup=False)
            async for passing in daemon.events("/api/traffic"):
                _print(traffic_line(passing))
    await _listen(None)


async def _listen(text: str | None) -> None:
    from tonn_bridge.ports.udp import UdpPort, parse_address

    where = text or _session_address()
    async with UdpPort.open(parse_address(where), _print_datagrams, name="monitor") as port:
        err.print("listening on {}:{}".format(*port.local_address), markup=False)
        await asyncio.get_running_loop().create_future()


def _session_address() -> str:
    """Where the DAW of ./session.toml sends its feedback.

    Raises:
        SessionError: it is wrong. PortError: there is none.
    """
    path = Path("session.toml")
    if not path.is_file():
        raise PortError("no tonn-bridge is running and no session.toml is here; say where: --listen HOST:PORT")
    from tonn_bridge.mapping import load
    from tonn_bridge.session import load_session

    daw = load_session(path).daw
    return str(daw.listen or load(daw.mapping).ports.listen)


def _print_datagrams(datagrams: list[tuple[bytes, tuple[str, int]]]) -> None:
    for data, (host, port) in datagrams:
        for line in datagram_lines(data, time.time()):
            _print(f"{_clock(time.time())}  {host}:{port}  {line}")


def datagram_lines(data: bytes, wall: float) -> list[str]:
    """A line for each message in a datagram, or one that says what is wrong with it."""
    from tonn_bridge.protocols import osc

    try:
        return [message_line(message.address, message.args) for message in osc.decode(data, wall)]
    except DecodeError as exc:
        shown = data[:24].hex(" ") + (" …" if len(data) > 24 else "")
        return [clean(f"not OSC: {exc} [{shown}]")]


def message_line(address: str, arguments: tuple[object, ...]) -> str:
    """`/track/1/volume 0.716 "text" [4 bytes]`."""
    return clean(" ".join([address, *map(_argument, arguments)]))


def traffic_line(passing: dict[str, object]) -> str:
    """A line for one message of the daemon's traffic."""
    if "dropped" in passing:
        return f"({passing['dropped']} messages came too fast to be shown)"
    moment = passing.get("time")
    when = _clock(moment) if isinstance(moment, int | float) else ""
    return clean(f"{when}  {passing.get('endpoint')} {passing.get('direction')}  {passing.get('text')}")


def _argument(value: object) -> str:
    match value:
        case float():
            return f"{value:.6g}" if not value.is_integer() else f"{value:.1f}"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return f"[{len(value)} bytes]"
        case None:
            return "nil"
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)


def _clock(wall: float) -> str:
    return f"{time.strftime('%H:%M:%S', time.localtime(wall))}.{int(wall % 1 * 1000):03d}"


def _print(line: str) -> None:
    print(line, flush=True)
