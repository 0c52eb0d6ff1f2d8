"""What every simulated DAW and console has: a UDP socket of its own, a clock, and a count of what it was told.

The socket is asyncio's, not `ports.udp`: a stand-in that shares the bridge's own port would share its faults.
"""

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable

from tonn_bridge.clock import Clock
from tonn_bridge.errors import PortError

Address = tuple[str, int]

RECEIVE_BUFFER = 4 * 1024 * 1024


class SimulatedPeer(ABC):
    """A program or a console at the far end of the wire, between `start` and `stop`; it can be started again.

    `received` counts messages by address, `dropped` those it could not or would not read. `wire` stands for the
    network: it is given each datagram that leaves and answers with those that arrive (none: lost, two: doubled, one
    kept back: reordered).
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        self.received: Counter[str] = Counter()
        self.dropped = 0
        self.wire: Callable[[bytes], Iterable[bytes]] = lambda datagram: (datagram,)
        self._heard = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def address(self) -> Address:
        """Host and port it listens on.

        Raises:
            PortError: it is not running.
        """
        if self._transport is None:
            raise PortError(f"the simulated {self.name} is not running; start it first")
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    async def start(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen; port 0 is any free one.

        Raises:
            PortError: the port is taken.
        """
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Datagrams(self._take), local_addr=listen
            )
        except OSError as exc:
            raise PortError(f"the simulated {self.name} cannot listen on {listen[0]}:{listen[1]}: {exc}") from exc
        own = self._transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    async def stop(self) -> None:
        """Close the socket; what arrives from now on is lost."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            await asyncio.sleep(0)  # the loop closes the socket on its next turn; then its port is free again

    def send(self, datagram: bytes, to: Address) -> None:
        """Let a datagram leave, for what the `wire` makes of it."""
        for arriving in self.wire(datagram):
            if self._transport is not None:
                self._transport.sendto(arriving, to)

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait for what is told to make `holds` true; False when it has not after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self._heard.clear()
                    await self._heard.wait()
        return holds()

    def _take(self, datagram: bytes, sender: Address) -> None:
        self.on_datagram(datagram, sender)
        self._heard.set()

    @abstractmethod
    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        """Take what has arrived."""


class _Datagrams(asyncio.DatagramProtocol):
    """Hands datagrams on; a refusal from the other side (nobody listens there yet) is no news."""

    def __init__(self, on_datagram: Callable[[bytes, Address], None]) -> None:
        self._on_datagram = on_datagram

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._on_datagram(data, addr)
