"""UDP on the event loop: many datagrams per wake-up, and a DAW that has gone away is noticed."""

import asyncio
import errno
import logging
import os
import re
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from struct import Struct
from typing import Any, Final, Self

from tonn_bridge.errors import PortError
from tonn_bridge.ports.port import Address, Counters, OnDatagrams

__all__ = ["Address", "OnUnreachable", "UdpPort", "parse_address", "resolve"]

OnUnreachable = Callable[[Address, str], None]
"""Takes a destination that refused a datagram and the system's words for it; every refused datagram is reported."""

RECEIVE_BUFFER: Final = 4 * 1024 * 1024
"""Bytes asked for: room for 10,000 small datagrams, where the usual default ends at about 250."""

DRAIN: Final = 64
"""Datagrams read per wake-up: asyncio's own one costs a `select` each, and without an end a flood holds the loop."""

SEND_QUEUE: Final = 256
"""Datagrams kept while the system takes no more; what is newest matters, so the oldest are given up."""

_LARGEST: Final = 65_535
_ADDRESS: Final = re.compile(r"(?:\[(?P<v6>[^\[\]\s]+)\]|(?P<host>[^:\[\]\s]+))(?::(?P<port>[0-9]{1,5}))?")

_REFUSALS: Final = socket.MSG_ERRQUEUE if sys.platform == "linux" else 0
"""Flag that reads ICMP's answers, with the destination each is about; 0 where the system keeps them to itself."""

# From <linux/in.h>, <linux/in6.h> and <linux/errqueue.h>; Python does not name them before 3.14.
_IP_RECVERR: Final = 11
_IPV6_RECVERR: Final = 25
_EXTENDED_ERROR: Final = Struct("=IB")
_ORIGIN_LOCAL: Final = 1

_log = logging.getLogger(__name__)


def parse_address(text: str, default_port: int | None = None) -> Address:
    """The address in "127.0.0.1:9000", "[::1]:9000" or "studio.local:9000"; with a default the port may be missing.

    Raises:
        PortError: not an address; the message quotes the text.
    """
    found = _ADDRESS.fullmatch(text.strip())
    port = found and (found["port"] or default_port)
    if found is None or port is None or int(port) > 65_535:
        raise PortError(f'"{text}" is not an address: write host:port, such as 127.0.0.1:9000 or [::1]:9000')
    return found["v6"] or found["host"], int(port)


async def resolve(address: Address, name: str) -> Address:
    """`address` with its host as a number, as `send` wants it; `name` says in errors what it is for.

    Raises:
        PortError: nobody knows the host.
    """
    _, numeric = await _look_up(address, name)
    return numeric


class UdpPort:
    """A UDP socket that hands over whatever has arrived in one call, and sends without waiting."""

    def __init__(
        self, sock: socket.socket, on_datagrams: OnDatagrams, name: str, on_unreachable: OnUnreachable | None = None
    ) -> None:
        self.name = name
        self.counters = Counters()
        self._socket = sock
        self._on_datagrams = on_datagrams
        self._on_unreachable = on_unreachable
        self._waiting: deque[tuple[bytes, Address]] = deque(maxlen=SEND_QUEUE)
        self._loop = asyncio.get_running_loop()
        self._calm = True
        """Whether the last wake-up found no more than one datagram."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        listen: Address,
        on_datagrams: OnDatagrams,
        *,
        name: str,
        on_unreachable: OnUnreachable | None = None,
    ) -> AsyncIterator[Self]:
        """A port bound to `listen` (port 0: one the system chooses), closed on the way out.

        `on_datagrams` gets up to 64 datagrams per call; an exception in it costs these and one log line.
        `name` says in errors what the port is for ("DAW feedback").

        Raises:
            PortError: the address is taken, forbidden, or not this machine's.
        """
        sock = await _bound_socket(listen, name)
        with sock:
            port = cls(sock, on_datagrams, name, on_unreachable)
            async with port._reading():
                yield port

    @property
    def local_address(self) -> Address:
        host, number, *_ = self._socket.getsockname()
        return host, number

    def send(self, data: bytes, to: Address) -> None:
        """Send one datagram to a numeric address, without waiting and without raising: what fails is counted."""
        if self._waiting or not self._try_send(data, to):
            self._keep(data, to)

    def _try_send(self, data: bytes, to: Address, *, again: bool = True) -> bool:
        """Whether the system has taken the datagram, or refused it for good."""
        try:
            self._socket.sendto(data, to)
        except (BlockingIOError, InterruptedError):
            return False
        except (OSError, OverflowError, UnicodeError) as exc:
            # Linux reports here what an earlier datagram met, to whomever it went; this one has not been sent yet.
            if self._read_refusals() and again:
                return self._try_send(data, to, again=False)
            self._refused(to, getattr(exc, "strerror", None) or str(exc))
        else:
            self.counters.sent += 1
        return True

    def _keep(self, data: bytes, to: Address) -> None:
        if not self._waiting:
            try:
                self._loop.add_writer(self._socket, self._send_waiting)
            except NotImplementedError:
                self.counters.dropped += 1
                return
        if len(self._waiting) == SEND_QUEUE:
            self.counters.dropped += 1
        self._waiting.append((data, to))

    def _send_waiting(self) -> None:
        while self._waiting and self._try_send(*self._waiting[0]):
            self._waiting.popleft()
        if not self._waiting:
            self._loop.remove_writer(self._socket)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[None]:
        try:
            self._loop.add_reader(self._socket, self._drain)
        except NotImplementedError:  # Windows' proactor loop
            async with self._reading_one_by_one():
                yield
            return
        try:
            yield
        finally:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)

    @asynccontextmanager
    async def _reading_one_by_one(self) -> AsyncIterator[None]:
        transport, protocol = await self._loop.create_datagram_endpoint(lambda: _Receiver(self), sock=self._socket)
        try:
            yield
        finally:
            transport.abort()
            await protocol.closed

    def _drain(self) -> None:
        """Read what has arrived. In calm times the first datagram is handed over before the look for a second.

        That look is a system call, which a lone fader move need not wait for; where many come together, one call with
        all of them is cheaper.
        """
        arrived = self._receive(1) if self._calm else 0
        arrived += self._receive(DRAIN - arrived)
        self._calm = arrived <= 1

    def _receive(self, most: int) -> int:
        """Hand over up to `most` datagrams in one call; how many there were."""
        batch: list[tuple[bytes, Address]] = []
        receive = self._socket.recvfrom
        for _ in range(most):
            try:
                batch.append(receive(_LARGEST))
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self._read_refusals()
        if batch:
            self._deliver(batch)
        return len(batch)

    def _deliver(self, batch: list[tuple[bytes, Any]]) -> None:
        self.counters.received += len(batch)
        if self._socket.family != socket.AF_INET:  # IPv6 adds flow and scope
            batch = [(data, sender[:2]) for data, sender in batch]
        try:
            self._on_datagrams(batch)
        except Exception:
            _log.exception("%s: %d datagrams were lost to an error in tonn-bridge", self.name, len(batch))

    def _read_refusals(self) -> bool:
        """Report the destinations that have refused datagrams; whether there were any."""
        if not _REFUSALS:
            return False
        found = False
        for _ in range(DRAIN):
            try:
                _, notes, _, to = self._socket.recvmsg(0, 128, _REFUSALS)
            except OSError:
                break
            for _, _, note in notes:
                number, origin = _EXTENDED_ERROR.unpack_from(note)
                if origin != _ORIGIN_LOCAL:  # a local one `sendto` has raised as well
                    found = True
                    self._refused(to[:2], os.strerror(number))
        return found

    def _refused(self, to: Address, why: str) -> None:
        self.counters.send_failures += 1
        if self._on_unreachable is not None:
            self._on_unreachable(to, why)


class _Receiver(asyncio.DatagramProtocol):
    """Feeds a port where the event loop has no `add_reader`: one datagram per call."""

    def __init__(self, port: UdpPort) -> None:
        self._port = port
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._port._deliver([(data, addr)])

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set_result(None)


async def _bound_socket(listen: Address, name: str) -> socket.socket:
    family, numeric = await _look_up(listen, name)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        with suppress(OSError):  # macOS refuses what exceeds its limit; Linux gives what it can
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if _REFUSALS:
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        sock.bind(numeric)
    except OSError as exc:
        sock.close()
        raise PortError(f"UDP {_text(listen)} ({name}) {_why_not(exc)}") from exc
    return sock


def _why_not(exc: OSError) -> str:
    match exc.errno:
        case errno.EADDRINUSE:
            return "is taken by another program; close that program, or choose another port in the session file"
        case errno.EADDRNOTAVAIL:
            return "is not an address of this machine; listen on 127.0.0.1, or on 0.0.0.0 for all of its addresses"
        case errno.EACCES:
            return "is reserved by the system; choose a port above 1023"
    return f"cannot be opened: {exc.strerror or exc}"


async def _look_up(address: Address, name: str) -> tuple[socket.AddressFamily, Address]:
    host, number = address
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, number, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as exc:
        raise PortError(f'UDP {_text(address)} ({name}): the host "{host}" is not known; check its spelling') from exc
    # A name may have both kinds of address; DAWs and surfaces speak IPv4.
    family, _, _, _, numeric = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, (str(numeric[0]), number)


def _text(address: Address) -> str:
    host, number = address
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
