"""A JACK server without sound hardware: real MIDI between processes.

In a test's folder, `conftest.py` imports the fixture (`from tests.peers.jack import jack`), and tests ask for `jack`.
While it runs, rtmidi and every child process of the test find this server and no other.
"""

import contextlib
import fcntl
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.peers.require import require

NAMES = 4
"""Servers at a time, for tests that run side by side; jackd itself knows no more than eight names per machine."""


class JackError(Exception):
    """jackd did not start, or one of its tools refused; the message quotes it."""


class Jack:
    """One server of a fixed name, and what a patchbay does with it. `period` is in frames of 1/48000 s."""

    def __init__(self, name: str, folder: Path, period: int = 64) -> None:
        self.name = name
        self.period = period
        self._log = folder / "jackd.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process use this server, and start none by itself."""
        return {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "MIDO_BACKEND": "mido.backends.rtmidi/UNIX_JACK",
        }

    def start(self, seconds: float = 20.0) -> None:
        """Start it, and wait until it takes clients.

        Raises:
            JackError: it has not done so in time.
        """
        with self._log.open("ab") as log:
            # With -S the server waits for its clients; without, it drops their MIDI silently.
            driver = ["-S", "-d", "dummy", "-r", "48000", "-p", str(self.period)]
            self._process = subprocess.Popen(
                ["jackd", "-n", self.name, "--no-realtime", "--no-mlock", *driver],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for pytest, which then ends the server in order
            )
        deadline = time.monotonic() + seconds
        while self._tool("jack_lsp").returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise JackError(f"jackd did not start:\n{self._log.read_text(errors='replace')}")
            select.select([], [], [], 0.02)

    def stop(self) -> None:
        """End it in order, which frees its name."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for left in Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"):  # clients that died have left these
            left.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Have it running anew, whatever it was."""
        self.stop()
        self.start()

    def ports(self) -> list[str]:
        """Every MIDI port of every client, "client:port"."""
        lines = self._tool("jack_lsp", "-t").stdout.splitlines()
        return [name for name, kind in pairwise(lines) if "midi" in kind]

    def connect(self, source: str, destination: str) -> None:
        """Plug a cable from an output to an input.

        Raises:
            JackError: one of them is not there.
        """
        self._plug("jack_connect", source, destination)

    def disconnect(self, source: str, destination: str) -> None:
        """Pull it out again.

        Raises:
            JackError: there is no such cable.
        """
        self._plug("jack_disconnect", source, destination)

    def _plug(self, tool: str, source: str, destination: str) -> None:
        done = self._tool(tool, source, destination)
        if done.returncode != 0:
            raise JackError(f"{tool} {source!r} {destination!r}: {done.stderr}{done.stdout}; ports: {self.ports()}")

    def _tool(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            arguments, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=20, check=False
        )


@contextmanager
def running_jack(folder: Path, period: int = 64) -> Iterator[Jack]:
    """A server of this test's own, which its environment names; ended on the way out."""
    require("jack")
    with _name() as name, pytest.MonkeyPatch.context() as environment:
        server = Jack(name, folder, period)
        for key, value in server.environment.items():
            environment.setenv(key, value)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="module")
def jack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jack]:
    """The JACK server of a test module, 64 frames a period; a test that kills it starts it again."""
    with running_jack(tmp_path_factory.mktemp("jack")) as server:
        yield server


@contextmanager
def _name() -> Iterator[str]:
    """A server name that no other test process of this machine uses now."""
    for number in range(NAMES):
        with contextlib.ExitStack() as stack:
            lock = stack.enter_context((Path(tempfile.gettempdir()) / f"tonn-bridge-jack-{number}").open("w"))
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield f"tonn-test-{number}"
                return
    pytest.fail(f"{NAMES} JACK servers of tests are running already; end one of those test runs")
