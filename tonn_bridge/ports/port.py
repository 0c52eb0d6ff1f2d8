"""What every datagram port offers, whatever carries the bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Address = tuple[str, int]
"""Host and UDP port. To send to, the host must be a number ("127.0.0.1"): a name would be looked up on every send."""

OnDatagrams = Callable[[list[tuple[bytes, Address]]], None]
"""Takes what arrived together, oldest first, each with its sender."""


@dataclass(slots=True)
class Counters:
    """What a port has done since it was opened, in datagrams."""

    received: int = 0
    sent: int = 0
    send_failures: int = 0
    """Refused by the system or by the other machine: nobody listens there, no way there, too long."""
    dropped: int = 0
    """Given up, oldest first, because the system took no more and the queue was full."""


class DatagramPort(Protocol):
    """A place to send datagrams from."""

    @property
    def local_address(self) -> Address:
        """Where the others send to."""
        ...

    @property
    def counters(self) -> Counters: ...

    def send(self, data: bytes, to: Address) -> None:
        """Send one datagram, without waiting and without raising: what cannot be sent is counted."""
        ...
