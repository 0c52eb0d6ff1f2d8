"""The daemon when nobody moves anything: start to first answered message, processor, memory.

    python benchmarks/idle.py [--starts 5] [--seconds 10]

Processor and memory are read from /proc, so these two need Linux.
"""

import argparse
import socket
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bridge import START_S, Session, meet, program, write_session
from load import Address, cpu_ns, daw_socket, memory_mb
from rich.console import Console
from rich.table import Table

from tonn_bridge.protocols.osc import encode

ASK_EVERY_S = 0.002
SETTLE_S = 2.0
"""After the DAW has told everything, until it counts as rest."""


def main() -> None:
    """Start the daemon several times, then watch it rest, with a DAW that is there and says nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, daw_socket() as silent, daw_socket() as daw:
        session = write_session(Path(folder), silent.getsockname())
        start_s = statistics.median(start(session) for _ in range(options.starts))
        share, memory = rest(write_session(Path(folder), daw.getsockname()), daw, options.seconds)
    table = Table(title="The daemon at rest, 32 tracks")
    for heading in ("what", "measured", "at most"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    table.add_row(f"start to first answered message, median of {options.starts}", f"{start_s:.2f} s", "1 s")
    table.add_row(f"processor, {options.seconds:g} s", "–" if share is None else f"{share:.2%} of a core", "1 %")
    table.add_row("resident memory", "–" if memory is None else f"{memory:.0f} MB", "90 MB")
    Console().print(table)


def start(session: Session) -> float:
    """Seconds from the start of the process to its first answer on the control port."""
    began = time.perf_counter()
    with program("run", str(session.path), state=session.path.parent / "state"):
        wait_for_answer(session.control)
        return time.perf_counter() - began


def wait_for_answer(control: Address) -> None:
    """Ask for everything, again and again, until something comes."""
    end = time.monotonic() + START_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(ASK_EVERY_S)
        while time.monotonic() < end:
            sock.sendto(encode("/tonn/refresh", ""), control)
            with suppress(TimeoutError):
                sock.recv(65_535)
                return
    raise SystemExit(f"tonn-bridge run did not answer within {START_S:g} s")


def rest(session: Session, daw: socket.socket, seconds: float) -> tuple[float | None, float | None]:
    """Share of a core and resident memory in MB; None where there is no /proc."""
    with program("run", str(session.path), state=session.path.parent / "state") as process:
        meet(session, daw)
        time.sleep(SETTLE_S)
        before, began = cpu_ns(process.pid), time.perf_counter_ns()
        time.sleep(seconds)
        after, ended = cpu_ns(process.pid), time.perf_counter_ns()
        share = None if before is None or after is None else (after - before) / (ended - began)
        return share, memory_mb(process.pid)


if __name__ == "__main__":
    main()
