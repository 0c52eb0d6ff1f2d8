"""`monitor`: what passes over OSC and MIDI, decoded, as it passes."""

import asyncio
import json
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import clean, err
from tonn_bridge.errors import DecodeError, PortError

if TYPE_CHECKING:
    from tonn_bridge.ports.midi import MidiPort, MidiSystem


class ReadAs(StrEnum):
    """What the messages of a MIDI port are read as; without "-host" they are a surface's."""

    MACKIE = "mackie"
    HUI = "hui"
    MACKIE_HOST = "mackie-host"
    HUI_HOST = "hui-host"


def monitor(
    url: Url = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Listen here rather than ask the running daemon.")
    ] = None,
    midi: Annotated[
        str | None, typer.Option(metavar="PART", help="Listen to the MIDI input with this in its name instead.")
    ] = None,
    read_as: Annotated[
        ReadAs | None, typer.Option("--as", help="What the MIDI is read as; -host: what a DAW says to a surface.")
    ] = None,
) -> None:
    """Print the messages that pass: the running daemon's, or what arrives where the DAW would send. Ctrl-C ends it.

    Example: tonn-bridge monitor --midi X-Touch --as mackie
    """
    from tonn_bridge.cli.stopping import run_until_stopped
    from tonn_bridge.client import daemon_url

    if midi is not None:
        run_until_stopped(_listen_to_midi(midi, read_as))
    elif read_as is not None:
        raise typer.BadParameter("says how MIDI is read: it needs --midi PART", param_hint="--as")
    else:
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


async def _listen_to_midi(part: str, read_as: ReadAs | None) -> None:
    from tonn_bridge.cli.midi import known_ports
    from tonn_bridge.clock import SystemClock
    from tonn_bridge.ports.midi import open_midi
    from tonn_bridge.ports.midi.match import find

    async with open_midi(SystemClock()) as midi:
        name = find("input", part, (await known_ports(midi)).inputs)
        open_monitor(midi, name, read_as)
        await asyncio.get_running_loop().create_future()


def open_monitor(midi: "MidiSystem", name: str, read_as: ReadAs | None) -> "MidiPort":
    """Print what arrives at the MIDI input called `name`, and when it comes and goes."""
    from tonn_bridge.links.midi_words import MidiWords
    from tonn_bridge.ports.midi import Wanted

    protocol, _, host = (read_as or "midi").partition("-")
    words = MidiWords(protocol)
    say = words.by_host if host else words.by_surface

    def show(messages: list[bytes]) -> None:
        for message in messages:
            _print(clean(f"{_clock(time.time())}  {say(message)}"))

    def tell() -> None:
        err.print(clean(f"listening to {port.names[0]}" if port.connected else str(port.problem)), markup=False)

    port = midi.open(Wanted(name, None), show, tell)
    return port


def _session_address() -> str:
    """Where the DAW of ./session.toml sends its feedback.

    Raises:
        SessionError: it is wrong. PortError: there is none, or its DAW speaks MIDI.
    """
    path = Path("session.toml")
    if not path.is_file():
        raise PortError("no tonn-bridge is running and no session.toml is here; say where: --listen HOST:PORT")
    from tonn_bridge.mapping import Role, load, role_of
    from tonn_bridge.session import load_session

    daw = load_session(path).daw
    if role_of(daw.mapping) is Role.DEVICE:
        raise PortError(
            "no tonn-bridge is running, and the DAW of session.toml speaks MIDI: start the daemon, or name a port, "
            "--midi PART"
        )
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
