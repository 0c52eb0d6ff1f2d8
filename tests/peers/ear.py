"""A bare UDP socket for tests that talk to a peer by hand."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from pythonosc.osc_message import OscMessage

BUNDLE = b"#bundle\0"


class Heard(NamedTuple):
    """One OSC message, read by python-osc so that our own codec is not its own judge."""

    address: str
    args: tuple[object, ...]


class Ear:
    """Sends what it is told and keeps every datagram that comes back, until `take` or `messages` asks for them."""

    def __init__(self, own: socket.socket) -> None:
        self._socket = own
        self.datagrams: list[bytes] = []
        self.heard = asyncio.Event()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    def say(self, data: bytes, to: tuple[str, int]) -> None:
        self._socket.sendto(data, to)

    def take(self) -> list[bytes]:
        """The datagrams since the last time, oldest first."""
        taken, self.datagrams = self.datagrams, []
        self.heard.clear()
        return taken

    def messages(self) -> list[Heard]:
        """The messages in them, in order."""
        return [message for datagram in self.take() for message in unpack(datagram)]

    def values(self) -> dict[str, object]:
        """The first argument each address carried last."""
        return {message.address: message.args[0] for message in self.messages()}

    async def next(self, seconds: float = 5.0) -> list[Heard]:
        """Wait for a datagram; the messages of all that have come."""
        async with asyncio.timeout(seconds):
            await self.heard.wait()
        return self.messages()

    def read(self) -> None:
        while True:
            try:
                self.datagrams.append(self._socket.recv(65_536))
            except BlockingIOError:
                return
            finally:
                self.heard.set()


@asynccontextmanager
async def open_ear(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Ear]:
    """An ear on a free port of `host`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        own.bind((host, port))
        own.setblocking(False)
        ear = Ear(own)
        loop = asyncio.get_running_loop()
        loop.add_reader(own, ear.read)
        try:
            yield ear
        finally:
            loop.remove_reader(own)


def unpack(datagram: bytes) -> list[Heard]:
    """The messages of a bare message or of a flat bundle."""
    if not datagram.startswith(BUNDLE):
        message = OscMessage(datagram)
        return [Heard(message.address, tuple(message.params))]
    found, at = [], 16
    while at < len(datagram):
        (size,) = struct.unpack_from(">i", datagram, at)
        found += unpack(datagram[at + 4 : at + 4 + size])
        at += 4 + size
    return found
