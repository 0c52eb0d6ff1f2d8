"""The servers under load, each in a process of its own: bare senders, our port and codec alone, the whole bridge."""

import asyncio
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge import meet, program, reaper_echo, unpaced_reaper, write_session
from desk import VALUES
from load import FADERS, Address, Dialect

from tonn_bridge.ports.udp import UdpPort
from tonn_bridge.protocols.osc import Template, decode, encode


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
    session = write_session(folder, daw.getsockname(), mapping=unpaced_reaper(folder))
    with program("run", str(session.path), state=folder / "state") as process:
        meet(session, daw)
        dialect = Dialect(makes="/track/{n}/volume/db", feedback=session.feedback, echo=reaper_echo)
        yield session.control, process.pid, dialect


class BareEcho(asyncio.DatagramProtocol):
    """The floor: asyncio's own way, one datagram per wake-up, nothing decoded."""

    def __init__(self, daw: Address) -> None:
        self._daw = daw

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = transport.sendto  # type: ignore[attr-defined]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._send(data, self._daw)


class BareBlend(BareEcho):
    """The floor of a recall: a number comes, and goes to every address of the console, in bundles; nothing is kept."""

    bundle_header = b"#bundle\0" + bytes(7) + b"\1"
    messages_in_bundle = 28

    def __init__(self, daw: Address) -> None:
        super().__init__(daw)
        self._headers = [encode(address, "f", 0.0)[:-4] for address in VALUES]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        value = data[-4:]
        pieces = [struct.pack(">i", len(header) + 4) + header + value for header in self._headers]
        for begin in range(0, len(pieces), self.messages_in_bundle):
            self._send(self.bundle_header + b"".join(pieces[begin : begin + self.messages_in_bundle]), self._daw)


async def serve_bare(daw: Address, protocol: type[BareEcho]) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: protocol(daw), local_addr=("127.0.0.1", 0))
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
    daw = ("127.0.0.1", int(daw_port))
    with suppress(KeyboardInterrupt):
        asyncio.run(
            serve_codec(daw) if kind == "codec" else serve_bare(daw, {"bare": BareEcho, "blend": BareBlend}[kind])
        )
