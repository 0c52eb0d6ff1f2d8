"""A JACK server of our own, without sound hardware: a cable for MIDI whose delay is known."""

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "tonn-benchmark"
"""Fixed: jackd knows eight names per machine, and one whose server was killed stays taken."""
RATE = 48_000
PATIENCE_MS = 500
"""How long the server waits for a late client before it throws it out."""
START_S = 20.0


class Jack:
    """A running server, and what a patchbay does with it."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process use this server, and start none by itself."""
        return {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "MIDO_BACKEND": "mido.backends.rtmidi/UNIX_JACK",
        }

    def ports(self) -> list[str]:
        """Every port of every client, "client:port"; none while the server does not take clients."""
        return self._tool("jack_lsp").stdout.splitlines()

    def connect(self, source: str, destination: str) -> None:
        """Plug a cable from an output to an input.

        Raises:
            CalledProcessError: one of them is not there.
        """
        self._tool("jack_connect", source, destination).check_returncode()

    def _tool(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            arguments, env=os.environ | self.environment, capture_output=True, text=True, timeout=20, check=False
        )


def missing() -> str | None:
    """Why there can be no JACK here, for people; None where there can."""
    for program in ("jackd", "jack_lsp", "jack_connect"):
        if shutil.which(program) is None:
            return f"no {program} (Debian: apt-get install jackd2)"
    try:
        import rtmidi
    except ImportError:
        return "no python-rtmidi (it has ready-made wheels up to Python 3.12)"
    return None if rtmidi.API_UNIX_JACK in rtmidi.get_compiled_api() else "this python-rtmidi cannot speak JACK"


@contextmanager
def running(period: int, folder: Path, name: str = NAME) -> Iterator[Jack]:
    """A server with so many frames a period, which this process and its children find; ended on the way out.

    Raises:
        SystemExit: it does not start; quotes it.
    """
    server, before = Jack(name), dict(os.environ)
    # With -S the server waits for its clients each period; without, it drops their MIDI silently.
    options = ["--no-realtime", "--no-mlock", "-t", str(PATIENCE_MS), "-S", "-d", "dummy", "-r", str(RATE)]
    log = folder / "jackd.log"
    os.environ.update(server.environment)
    try:
        with log.open("wb") as output:
            # In a session of its own: Ctrl-C is for us, who then end it in order.
            process = subprocess.Popen(
                ["jackd", "-n", name, *options, "-p", str(period)], stdout=output, stderr=output, start_new_session=True
            )
        try:
            _wait(server, process, log)
            yield server
        finally:
            _end(process)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wait(server: Jack, process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises SystemExit when the server has ended, or takes no clients in time."""
    deadline = time.monotonic() + START_S
    while not server.ports():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"jackd did not start:\n{log.read_text(errors='replace')}")
        select.select([], [], [], 0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    """In order, which frees its name."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
