"""A load on an OSC server, and what came of it: paced messages, bursts and recalls on 32 faders.

The generator owns two sockets: one that sends moves to the server, and one that stands for the DAW. Every move is a
value of its own, in hundredths of a dB, so a datagram that reaches the DAW tells by its bytes which move it was.
"""

import gc
import socket
import statistics
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns

from tonn_bridge.protocols.osc import Template

Address = tuple[str, int]

FADERS = 32
QUIET_NS = 500_000_000
"""A run is over when nothing has reached the DAW for this long."""
_VALUES = 6_600  # -60.00 to +5.99 dB
_HOP = 1_777  # has no divisor in common with _VALUES, so that each fader passes every value once
_BUFFER = 4 * 1024 * 1024


@dataclass(frozen=True)
class Dialect:
    """What a server takes, what it makes of it, and how the DAW answers; `{n}` is the fader, from 1 on."""

    takes: str = "/tonn/track/{n}/gain"
    makes: str = "/tonn/track/{n}/gain"
    feedback: Address | None = None
    """Where the DAW's echo of every move goes; None: it keeps silent."""
    echo: Callable[[int, float], bytes] = lambda n, gain_db: b""
    """The echo of fader n set to so many dB."""


@dataclass(frozen=True)
class Move:
    """One turn of a fader: what is sent, what the DAW shall hear, and what it says then."""

    sent: bytes
    heard: bytes
    echo: bytes


@dataclass(frozen=True)
class Result:
    """One run. Latencies are from `sendto` to the DAW's `recv`, in µs."""

    sent: int
    arrived: int
    """Moves that reached the DAW; a bridge may leave out those that a newer one on the same fader has overtaken."""
    faders_behind: int
    """Faders whose last move of the run (of a recall: of each recall) did not reach the DAW."""
    dropped: int | None
    """Datagrams the kernel dropped before the server read them; None where the kernel does not tell."""
    p50_us: float
    p99_us: float
    seconds: float
    cpu_us: float | None
    """The server's processor time per move it has read, in µs; None where the kernel does not tell."""


class Load:
    """Sends moves to one server and watches what reaches the DAW."""

    def __init__(self, server: Address, pid: int, dialect: Dialect, daw: socket.socket) -> None:
        self._server = server
        self._pid = pid
        self._takes = [Template(dialect.takes.format(n=n), "f") for n in range(1, FADERS + 1)]
        self._makes = [Template(dialect.makes.format(n=n), "f") for n in range(1, FADERS + 1)]
        self._dialect = dialect
        self._daw = daw
        self._sender = _socket()
        self._next = 0

    def paced(self, rate: int, seconds: float) -> Result:
        """`rate` moves a second, evenly spread over time and faders."""
        interval = 1_000_000_000 / rate
        count = int(rate * seconds)
        return self._run([int(move * interval) for move in range(count)], last_in=count)

    def burst(self, count: int) -> Result:
        """All moves as fast as they can be sent."""
        return self._run([0] * count, last_in=count)

    def recalls(self, values: int, times: int, rate: int) -> Result:
        """`values` moves at once, `rate` times a second; the last ones of every recall have to reach the DAW."""
        return self._run(
            [recall * 1_000_000_000 // rate for recall in range(times) for _ in range(values)], last_in=values
        )

    def _run(self, due_ns: list[int], last_in: int) -> Result:
        moves = self._moves(len(due_ns))
        cpu, dropped = cpu_ns(self._pid), drops(self._server[1])
        with without_gc():
            sent, got = self._send_and_watch(moves, due_ns)
        cpu_after, dropped_after = cpu_ns(self._pid), drops(self._server[1])
        lost = None if dropped is None or dropped_after is None else dropped_after - dropped
        late = sorted((there - here) / 1000 for here, there in zip(sent, got, strict=True) if there)
        count = len(moves)
        return Result(
            sent=count,
            arrived=len(late),
            faders_behind=sum(not got[move] for move in _last_moves(count, last_in)),
            dropped=lost,
            p50_us=statistics.median(late) if late else float("nan"),
            p99_us=late[int(len(late) * 0.99)] if late else float("nan"),
            seconds=(max(got) - sent[0]) / 1e9,
            cpu_us=None if cpu is None or cpu_after is None else (cpu_after - cpu) / 1000 / (count - (lost or 0)),
        )

    def _moves(self, count: int) -> list[Move]:
        """So many moves, fader by fader. No value repeats on a fader within a run."""
        if count > FADERS * _VALUES:
            raise ValueError(f"{count} moves in one run: {FADERS * _VALUES} can be told apart")
        moves = []
        for number in range(count):
            fader = number % FADERS
            if fader == 0:
                self._next = (self._next + _HOP) % _VALUES
            gain_db = round(self._next / 100 - 60.0, 2)
            echo = self._dialect.echo(fader + 1, gain_db)
            moves.append(Move(self._takes[fader].pack(gain_db), self._makes[fader].pack(gain_db), echo))
        return moves

    def _send_and_watch(self, moves: list[Move], due_ns: list[int]) -> tuple[list[int], list[int]]:
        """When each move was sent and when it reached the DAW (0: never), in ns. Spins: a timer would be too coarse."""
        sendto, recv, server = self._sender.sendto, self._daw.recv, self._server
        which = {move.heard: number for number, move in enumerate(moves)}
        sent, got = [0] * len(moves), [0] * len(moves)
        following, missing, began = 0, len(moves), perf_counter_ns()
        heard = began
        while missing:
            now = perf_counter_ns()
            if following < len(moves) and now - began >= due_ns[following]:
                sent[following] = heard = now
                sendto(moves[following].sent, server)
                following += 1
            elif now - heard > QUIET_NS and following == len(moves):
                break
            try:
                datagram = recv(65_535)
            except BlockingIOError:
                continue
            now = perf_counter_ns()
            for message in messages_in(datagram):
                number = which.get(message)
                if number is not None and not got[number]:
                    got[number] = heard = now
                    missing -= 1
                    if self._dialect.feedback is not None:
                        self._daw.sendto(moves[number].echo, self._dialect.feedback)
        return sent, got


def daw_socket() -> socket.socket:
    """A socket on a free port that stands for the DAW."""
    return _socket()


def cpu_ns(pid: int) -> int | None:
    """Processor time of all threads of a process so far; None where there is no /proc."""
    try:
        return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    except OSError:
        return None


def memory_mb(pid: int | str, field: str = "VmRSS") -> float | None:
    """Resident memory of a process in MB (`VmHWM`: its peak); None where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(f"{field}:"))


def drops(port: int) -> int | None:
    """Datagrams that found the receive buffer of this UDP port full; None where there is no /proc."""
    try:
        rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    except OSError:
        return None
    return sum(int(row[-1]) for row in rows if int(row[1].rpartition(":")[2], 16) == port)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


def messages_in(datagram: bytes) -> Iterator[bytes]:
    """The messages of a datagram, a flat bundle or a bare one."""
    if not datagram.startswith(b"#bundle\0"):
        yield datagram
        return
    at = 16
    while at < len(datagram):
        (size,) = struct.unpack_from(">i", datagram, at)
        yield datagram[at + 4 : at + 4 + size]
        at += 4 + size


def _last_moves(count: int, group: int) -> Iterator[int]:
    """The last move on each fader within each group of `group` moves."""
    for end in range(group, count + 1, group):
        yield from range(max(end - FADERS, end - group), end)


@contextmanager
def without_gc() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
