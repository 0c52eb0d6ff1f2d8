"""UDP over real sockets on loopback."""

import asyncio
import errno
import socket
from contextlib import asynccontextmanager

import pytest

from tonn_bridge.errors import PortError
from tonn_bridge.ports.udp import DRAIN, RECEIVE_BUFFER, SEND_QUEUE, UdpPort, parse_address, resolve

ANY = ("127.0.0.1", 0)
ON_LINUX = hasattr(socket, "MSG_ERRQUEUE")


class Inbox:
    """Remembers the batches a port hands over, and lets a test wait for them."""

    def __init__(self):
        self.batches = []
        self._arrived = asyncio.Event()

    def __call__(self, batch):
        self.batches.append(batch)
        self._arrived.set()

    @property
    def data(self):
        return [data for batch in self.batches for data, _ in batch]

    async def until(self, count):
        async with asyncio.timeout(5):
            while len(self.data) < count:
                self._arrived.clear()
                await self._arrived.wait()


@asynccontextmanager
async def two_ports(listen=ANY, **options):
    """A receiving port with its inbox, and one to send from."""
    inbox = Inbox()
    async with (
        UdpPort.open(listen, inbox, name="DAW feedback") as receiver,
        UdpPort.open(listen, Inbox(), name="DAW", **options) as sender,
    ):
        yield sender, receiver, inbox


async def test_datagrams_arrive_with_their_sender_in_order():
    async with two_ports() as (sender, receiver, inbox):
        for number in range(10):
            sender.send(bytes([number]), receiver.local_address)
        await inbox.until(10)
        assert inbox.data == [bytes([number]) for number in range(10)]
        assert inbox.batches[0][0][1] == sender.local_address
        assert (sender.counters.sent, receiver.counters.received) == (10, 10)


async def test_after_calm_the_first_waits_for_no_other_and_a_flood_comes_in_bounded_batches():
    async with two_ports() as (sender, receiver, inbox):
        for _ in range(2 * DRAIN + 1):
            sender.send(b"x", receiver.local_address)
        await inbox.until(2 * DRAIN + 1)
        assert [len(batch) for batch in inbox.batches] == [1, DRAIN - 1, DRAIN, 1]
        sender.send(b"y", receiver.local_address)
        sender.send(b"z", receiver.local_address)
        await inbox.until(2 * DRAIN + 3)
        assert inbox.batches[-2:] == [[(b"y", sender.local_address)], [(b"z", sender.local_address)]]


async def test_the_largest_and_the_empty_datagram_arrive_whole():
    async with two_ports() as (sender, receiver, inbox):
        sender.send(b"x" * 65_507, receiver.local_address)
        sender.send(b"", receiver.local_address)
        await inbox.until(2)
        assert [len(data) for data in inbox.data] == [65_507, 0]


async def test_a_burst_of_ten_thousand_loses_none():
    async with two_ports() as (sender, receiver, inbox):
        if receiver._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) < 2 * RECEIVE_BUFFER:  # Linux says double
            pytest.skip("the system grants less than 4 MiB of receive buffer (net.core.rmem_max)")
        for number in range(10_000):
            sender.send(number.to_bytes(4, "big") + bytes(20), receiver.local_address)
        await inbox.until(10_000)
        assert [int.from_bytes(data[:4], "big") for data in inbox.data] == list(range(10_000))


async def test_an_error_in_the_callback_costs_its_batch_and_one_log_line(caplog):
    inbox = Inbox()

    def on_datagrams(batch):
        inbox(batch)
        if batch[0][0] == b"bad":
            raise ValueError("a bug of ours")

    async with UdpPort.open(ANY, on_datagrams, name="control") as port:
        port.send(b"bad", port.local_address)
        await inbox.until(1)
        port.send(b"good", port.local_address)
        await inbox.until(2)
    (record,) = caplog.records
    assert "control" in record.message
    assert record.exc_info[0] is ValueError


@pytest.mark.skipif(not ON_LINUX, reason="only Linux tells an unconnected socket who has refused")
async def test_a_destination_nobody_listens_on_is_reported_and_delays_nothing_to_others():
    refused = asyncio.Queue()
    async with UdpPort.open(ANY, Inbox(), name="gone") as gone:
        dead = gone.local_address
    async with two_ports(on_unreachable=lambda *report: refused.put_nowait(report)) as (sender, receiver, inbox):
        for number in range(3):
            sender.send(bytes([number]), receiver.local_address)
            sender.send(b"into the void", dead)
        await inbox.until(3)
        async with asyncio.timeout(2):
            assert [await refused.get() for _ in range(3)] == [(dead, "Connection refused")] * 3
        assert inbox.data == [b"\0", b"\1", b"\2"]
        assert (sender.counters.sent, sender.counters.send_failures) == (6, 3)


@pytest.mark.parametrize(
    "to",
    [
        pytest.param(("127.0.0.1", 0), id="port-0"),
        pytest.param(("127.0.0.1", 99_999), id="no-such-port"),
        pytest.param(("::1", 9000), id="ipv6-from-ipv4"),
        pytest.param(("192.0.2.1", 9000), id="another-machine-from-loopback"),
        pytest.param(("a" * 64 + ".invalid", 9000), id="no-host-name"),
    ],
)
async def test_a_send_that_cannot_succeed_is_counted_and_not_raised(to):
    reports = []
    async with UdpPort.open(ANY, Inbox(), name="DAW", on_unreachable=lambda *report: reports.append(report)) as port:
        port.send(b"x", to)
        assert port.counters.send_failures == 1
        assert reports[0][0] == to
        assert reports[0][1]


async def test_a_datagram_too_long_is_counted_and_not_raised():
    async with two_ports() as (sender, receiver, _):
        sender.send(bytes(65_508), receiver.local_address)
        assert sender.counters.send_failures == 1


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs local sockets, whose queue a test can fill")
async def test_what_the_system_does_not_take_waits_and_the_oldest_is_given_up(tmp_path):
    place = str(tmp_path / "receiver")
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(place)
        receiver.setblocking(False)
        sender.setblocking(False)
        port = UdpPort(sender, Inbox(), "DAW")
        total = 0
        while port.counters.dropped < 5:
            port.send(total.to_bytes(4, "big"), place)
            total += 1
        taken = port.counters.sent
        assert total == taken + SEND_QUEUE + 5

        received = []
        async with asyncio.timeout(5):
            while len(received) < taken + SEND_QUEUE:
                received.append(await asyncio.get_running_loop().sock_recv(receiver, 100))
        numbers = [int.from_bytes(data, "big") for data in received]
        assert numbers == [*range(taken), *range(taken + 5, total)]
        assert port.counters.sent == taken + SEND_QUEUE


async def test_a_taken_port_is_named_with_its_purpose_and_the_way_out():
    async with two_ports() as (_, receiver, _):
        host, number = receiver.local_address
        with pytest.raises(PortError, match=rf"UDP {host}:{number} \(control\) is taken by another program; close"):
            async with UdpPort.open(receiver.local_address, Inbox(), name="control"):
                pass


async def test_a_foreign_address_is_named_with_the_way_out():
    with pytest.raises(PortError, match=r"192\.0\.2\.1:9000 \(control\) is not an address of this machine; listen"):
        async with UdpPort.open(("192.0.2.1", 9000), Inbox(), name="control"):
            pass


async def test_a_closed_port_frees_its_address():
    async with UdpPort.open(ANY, Inbox(), name="first") as port:
        address = port.local_address
    async with UdpPort.open(address, Inbox(), name="second") as port:
        assert port.local_address == address


async def test_ipv6_speaks_of_host_and_port_like_ipv4():
    try:
        async with two_ports(("::1", 0)) as (sender, receiver, inbox):
            sender.send(b"x", receiver.local_address)
            await inbox.until(1)
            assert inbox.batches == [[(b"x", sender.local_address)]]
            assert sender.local_address[0] == "::1"
    except PortError as exc:
        if exc.__cause__.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise
        pytest.skip("this machine has no IPv6")


class LoopWithoutReaders(asyncio.SelectorEventLoop):
    """Stands for Windows' proactor loop, which knows datagrams only as a transport."""

    def add_reader(self, fd, callback, *args):
        raise NotImplementedError


def test_a_loop_without_readers_carries_datagrams_too():
    async def talk():
        async with two_ports() as (sender, receiver, inbox):
            for number in range(100):
                sender.send(bytes([number]), receiver.local_address)
            await inbox.until(100)
            assert inbox.data == [bytes([number]) for number in range(100)]
            assert receiver.counters.received == 100
            address = receiver.local_address
        async with UdpPort.open(address, Inbox(), name="again"):
            pass

    with asyncio.Runner(loop_factory=LoopWithoutReaders) as runner:
        runner.run(talk())


async def test_a_name_resolves_to_a_number():
    assert await resolve(("localhost", 9000), "DAW") == ("127.0.0.1", 9000)
    with pytest.raises(PortError, match=r'UDP nowhere\.invalid:9000 \(DAW\): the host "nowhere\.invalid" is not known'):
        await resolve(("nowhere.invalid", 9000), "DAW")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("[::1]:9000", ("::1", 9000)),
        ("studio.local:1", ("studio.local", 1)),
        (" 10.0.0.7:0 ", ("10.0.0.7", 0)),
        ("10.0.0.7", ("10.0.0.7", 10_023)),
        ("[fe80::1]", ("fe80::1", 10_023)),
    ],
)
def test_an_address_is_read(text, address):
    assert parse_address(text, default_port=10_023) == address


@pytest.mark.parametrize(
    "text", ["", "host", ":9000", "::1:9000", "host:", "host:port", "host:65536", "host:-1", "a b:1"]
)
def test_text_that_is_no_address_is_quoted(text):
    with pytest.raises(PortError, match=f'"{text}" is not an address: write host:port'):
        parse_address(text)
