"""Two ports joined in memory, for tests in which the wire is not the point."""

import asyncio

from tonn_bridge.ports.port import Address, Counters, OnDatagrams


class MemoryPort:
    """One end of a pair; like UDP it hands over on the loop's next turn, and loses what has a wrong address."""

    def __init__(self, local_address: Address, on_datagrams: OnDatagrams) -> None:
        self.local_address = local_address
        self.counters = Counters()
        self.on_datagrams = on_datagrams
        self._peer: MemoryPort | None = None

    def send(self, data: bytes, to: Address) -> None:
        """Hand `data` to the other end, if `to` is where it listens."""
        if self._peer is None or self._peer.local_address != to:
            self.counters.send_failures += 1
            return
        self.counters.sent += 1
        asyncio.get_running_loop().call_soon(self._peer._receive, data, self.local_address)

    def _receive(self, data: bytes, sender: Address) -> None:
        self.counters.received += 1
        self.on_datagrams([(data, sender)])


def memory_pair(on_left: OnDatagrams, on_right: OnDatagrams) -> tuple[MemoryPort, MemoryPort]:
    """Two ports, ("memory", 1) and ("memory", 2), each of which hears what the other sends."""
    left, right = MemoryPort(("memory", 1), on_left), MemoryPort(("memory", 2), on_right)
    left._peer, right._peer = right, left
    return left, right
