"""The servers under load, each in a process of its own: a bare echo, our port and codec alone, the whole bridge."""

import asyncio
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from load import FADERS, Address, Dialect

from tonn_bridge.core.laws import LAWS
from tonn_bridge.core.values import Gain
from tonn_bridge.ports.udp import UdpPort
from tonn_bridge.protocols.osc import Template, decode, encode

MAPPINGS = Path(__file__).parents[1] / "mappings"
START_S = 15.0


@contextmanager
def echo(kind: str, daw: socket.socket, folder: Path) -> Iterator[tuple[Address, int, Dialect]]:
    """A server of this file in a process of its own: its address, its process id, and what it speaks."""
    command = [sys.executable, __file__, kind, str(daw.getsockname()[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield ("127.0.0.1", int(process.stdout.readline())), process.pid, Dialect()
        finally:
            process.terminate()


@contextmanager
def bridge(kind: str, daw: socket.socket, folder: Path) -> Iterator[tuple[Address, int, Dialect]]:
    """`tonn-bridge run` with 32 tracks in a REAPER that has told its faders and pans and echoes every move."""
    control, http, feedback = free_port(), free_port(socket.SOCK_STREAM), ("127.0.0.1", free_port())
    session = write_session(folder, daw.getsockname(), control, http, feedback)
    environment = os.environ | {"TONN_BRIDGE_STATE": str(folder / "state"), "TONN_API_KEY": "benchmark"}
    command = [sys.executable, "-m", "tonn_bridge", "run", str(session)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            if not select.select([daw], [], [], START_S)[0]:
                raise SystemExit(f"tonn-bridge run did not greet its DAW within {START_S:g} s")
            report_faders(feedback)
            wait_until(knows_faders, f"http://127.0.0.1:{http}/api/state", process)
            dialect = Dialect(makes="/track/{n}/volume/db", feedback=feedback, echo=reaper_echo)
            yield ("127.0.0.1", control), process.pid, dialect
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


def report_faders(feedback: Address) -> None:
    """Say what a REAPER says when its surface is created: names, faders and pans of all tracks."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for n in range(1, FADERS + 1):
            sock.sendto(encode(f"/track/{n}/name", "s", f"Stem {n}"), feedback)
            sock.sendto(encode(f"/track/{n}/volume/db", "f", -20.0), feedback)
            sock.sendto(encode(f"/track/{n}/pan", "f", 0.5), feedback)


def reaper_echo(n: int, gain_db: float) -> bytes:
    """What a REAPER says when its fader was set in dB: the fader's travel."""
    return encode(f"/track/{n}/volume", "f", LAWS["reaper"].position(Gain(gain_db)))


def write_session(folder: Path, daw: Address, control: int, http: int, feedback: Address) -> Path:
    """A session of 32 tracks with half a second of noise each, and REAPER's mapping without its pacing."""
    reaper = (MAPPINGS / "reaper.toml").read_text(encoding="utf-8")
    unpaced, found = re.subn(r"(?m)^messages_per_s = .*$", "messages_per_s = 100000", reaper)
    assert found == 1, "reaper.toml states its pace in one line"
    (folder / "unpaced.toml").write_text(unpaced, encoding="utf-8")
    lines = [
        '[mix]\nname = "Benchmark"\nstyle = "ELECTRONIC"\n[tonn]\nurl = "http://127.0.0.1:9"\n',
        f'[daw]\nmapping = "./unpaced.toml"\nsend = "127.0.0.1:{daw[1]}"\nlisten = "127.0.0.1:{feedback[1]}"\n',
        f'[control]\nosc = "127.0.0.1:{control}"\nhttp = "127.0.0.1:{http}"\n',
    ]
    for n in range(1, FADERS + 1):
        with wave.open(str(folder / f"{n}.wav"), "wb") as stem:
            stem.setparams((2, 2, 44_100, 0, "NONE", ""))
            stem.writeframes(os.urandom(88_200))
        lines.append(f'[[track]]\nname = "Stem {n}"\nfile = "{n}.wav"\ngroup = "SYNTH_GROUP"\ndaw = {n}\n')
    path = folder / "session.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def wait_until(fits: Callable[[dict[str, Any]], bool], url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the daemon shows such a state document; a daemon that has ended says why on stderr."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"tonn-bridge run ended with exit code {process.returncode}")
        with suppress(urllib.error.URLError), urllib.request.urlopen(url, timeout=1) as answer:
            if fits(json.load(answer)):
                return
        time.sleep(0.02)
    raise SystemExit(f"tonn-bridge run did not get ready within {START_S:g} s")


def knows_faders(document: dict[str, Any]) -> bool:
    """Whether the DAW has told where every fader stands."""
    return all(track["current"]["gain_db"] is not None for track in document["tracks"])


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class BareEcho(asyncio.DatagramProtocol):
    """The floor: asyncio's own way, one datagram per wake-up, nothing decoded."""

    def __init__(self, daw: Address) -> None:
        self._daw = daw

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = transport.sendto  # type: ignore[attr-defined]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._send(data, self._daw)


async def serve_bare(daw: Address) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: BareEcho(daw), local_addr=("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


async def serve_codec(daw: Address) -> None:
    """Our port and codec with nothing between them: decode, look up, pack again."""
    templates = {f"/tonn/track/{n}/gain": Template(f"/tonn/track/{n}/gain", "f") for n in range(1, FADERS + 1)}

    def on_datagrams(batch: list[tuple[bytes, Address]]) -> None:
        for data, _ in batch:
            for message in decode(data, 0.0):
                port.send(templates[message.address].pack(*message.args), daw)

    async with UdpPort.open(("127.0.0.1", 0), on_datagrams, name="benchmark") as port:
        print(port.local_address[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    kind, daw_port = sys.argv[1:]
    with suppress(KeyboardInterrupt):
        asyncio.run({"bare": serve_bare, "codec": serve_codec}[kind](("127.0.0.1", int(daw_port))))
