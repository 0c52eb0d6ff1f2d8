"""The recall of a whole console, again and again: when each value has come, and whether the last one did.

Every recall is rehearsed first, slowly, so that afterwards a message tells by its bytes which recall it belongs to.
"""

import socket
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns

from desk import VALUES
from load import Address, cpu_ns, daw_socket, messages_in, without_gc

from tonn_bridge.protocols.osc import decode, encode

QUIET_NS = 500_000_000
REHEARSAL_NS = 2_000_000_000
Hear = Callable[[bytes], None]


@dataclass(frozen=True)
class Recalled:
    """One run. Times are from `sendto` of a recall to the console's `recv`, in ms."""

    expected: int
    arrived: int
    """Values that came; one that a newer one has overtaken may be left out."""
    behind: int
    """Values of the last recall that did not come."""
    p50_ms: float
    p99_ms: float
    complete_p50_ms: float
    """From a recall to the last of its values."""
    complete_p99_ms: float
    cpu_us: float | None
    """The server's processor time per value that came, in µs."""


class Recalls:
    """Moves the blend of one server to each of `amounts`, 0.0 to 1.0; `hear` gets what else comes to the console."""

    def __init__(
        self,
        server: Address,
        pid: int,
        wire: socket.socket,
        amounts: Sequence[float],
        hear: Hear = lambda message: None,
    ) -> None:
        self._server = server
        self._pid = pid
        self._wire = wire
        self._hear = hear
        self._sender = daw_socket()
        self._sends = [encode("/tonn/morph", "f", amount) for amount in amounts]
        self._known: dict[bytes, tuple[int, str]] = {}
        self.messages = 0
        """Settings that came in the rehearsal, for `len(VALUES)` changed values in each recall."""

    def rehearse(self) -> None:
        """Make each recall once, and learn its values.

        Raises:
            SystemExit: not every value of every recall came.
        """
        for number, send in enumerate(self._sends):
            found: dict[str, bytes] = {}
            self._sender.sendto(send, self._server)
            end = perf_counter_ns() + REHEARSAL_NS
            while len(found) < len(VALUES) and perf_counter_ns() < end:
                for message in self._receive():
                    (told,) = decode(message, 0.0)
                    if told.args and told.address in VALUES:
                        found[told.address] = message
                        self.messages += 1
                    self._hear(message)
            if len(found) < len(VALUES):
                raise SystemExit(f"only {len(found)} of {len(VALUES)} values of a recall reached the console")
            self._known |= {message: (number, address) for address, message in found.items()}

    def stream(self, rate: int) -> Recalled:
        """All recalls, `rate` a second."""
        cpu = cpu_ns(self._pid)
        with without_gc():
            sent, got = self._send_and_watch(1_000_000_000 // rate)
        cpu_after = cpu_ns(self._pid)
        late = sorted((there - sent[number]) / 1e6 for number, times in enumerate(got) for there in times.values())
        complete = sorted((max(times.values()) - sent[number]) / 1e6 for number, times in enumerate(got) if times)
        return Recalled(
            expected=len(got) * len(VALUES),
            arrived=len(late),
            behind=len(VALUES) - len(got[-1]),
            p50_ms=statistics.median(late),
            p99_ms=late[int(len(late) * 0.99)],
            complete_p50_ms=statistics.median(complete),
            complete_p99_ms=complete[int(len(complete) * 0.99)],
            cpu_us=None if cpu is None or cpu_after is None else (cpu_after - cpu) / 1000 / len(late),
        )

    def _send_and_watch(self, interval_ns: int) -> tuple[list[int], list[dict[str, int]]]:
        """When each recall was sent, and when each of its values came, in ns. Spins: a timer would be too coarse."""
        sent, got = [0] * len(self._sends), [dict[str, int]() for _ in self._sends]
        following, began = 0, perf_counter_ns()
        heard = began
        while len(got[-1]) < len(VALUES):
            now = perf_counter_ns()
            if following < len(sent) and now - began >= following * interval_ns:
                sent[following] = heard = now
                self._sender.sendto(self._sends[following], self._server)
                following += 1
            elif now - heard > QUIET_NS and following == len(sent):
                break
            for message in self._receive():
                known = self._known.get(message)
                if known is None:
                    self._hear(message)
                    continue
                number, address = known
                heard = perf_counter_ns()
                got[number].setdefault(address, heard)
        return sent, got

    def _receive(self) -> list[bytes]:
        try:
            return list(messages_in(self._wire.recv(65_535)))
        except BlockingIOError:
            return []
