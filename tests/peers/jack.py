"""A JACK server without sound hardware: real MIDI between processes.

In a test's folder, `conftest.py` imports the fixture (`from tests.peers.jack import jack`), and tests ask for `jack`.
While it runs, rtmidi and every child process of the test find this server and no other.
"""

import fcntl
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import pytest

from tests.peers.require import require

NAMES = 4
"""Servers at a time, for tests that run side by side; jackd itself knows no more than eight names per machine."""


OnEvent = Callable[[tuple[list[int], float], Any], None]


class JackError(Exception):
    """jackd did not start, or one of its tools refused; the message quotes it."""


class Jack:
    """One server of a fixed name, and what a patchbay does with it.

    `period` is in frames of 1/48000 s. `patience_ms` is how long it waits for a client each period before it goes on:
    with -S one that was killed stops everything for ten times that, and one that is late through no fault of its own
    is thrown out.
    """

    def __init__(self, name: str, folder: Path, period: int, patience_ms: int, pid_file: IO[str]) -> None:
        self.name = name
        self.period = period
        self.patience_ms = patience_ms
        self._log = folder / "jackd.log"
        self._pid_file = pid_file
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
                ["jackd", "-n", self.name, "--no-realtime", "--no-mlock", "-t", str(self.patience_ms), *driver],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for pytest, which then ends the server in order
            )
        self._pid_file.truncate(0)  # opened for appending
        self._pid_file.write(str(self._process.pid))
        self._pid_file.flush()
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
def running_jack(folder: Path, period: int = 64, patience_ms: int = 500) -> Iterator[Jack]:
    """A server of this test's own, which its environment names; ended on the way out."""
    require("jack")
    with _place() as (name, file), pytest.MonkeyPatch.context() as environment:
        server = Jack(name, folder, period, patience_ms, file)
        for key, value in server.environment.items():
            environment.setenv(key, value)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def rtmidi_pair(name: str, on_event: OnEvent | None = None) -> Iterator[Any]:
    """A virtual pair of python-rtmidi in this process, "NAME in:NAME" and "NAME out:NAME"; yields its output.

    `on_event` is rtmidi's callback, on a thread of JACK's. Close such ports nowhere else than here: a JACK thread that
    is cancelled while its callback waits for the GIL takes the GIL's own lock with it, and the process stands still.
    """
    import rtmidi

    listening = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{name} in")
    sending = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{name} out")
    listening.ignore_types(sysex=False)
    if on_event is not None:
        listening.set_callback(on_event)
    listening.open_virtual_port(name)
    sending.open_virtual_port(name)
    try:
        yield sending
    finally:
        listening.close_port()
        sending.close_port()
        select.select([], [], [], 0.02)  # a callback that has begun ends meanwhile
        listening.delete()
        sending.delete()


@pytest.fixture(scope="module")
def jack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jack]:
    """The JACK server of a test module, 64 frames a period; a test that kills it starts it again."""
    with running_jack(tmp_path_factory.mktemp("jack")) as server:
        yield server


@contextmanager
def _place() -> Iterator[tuple[str, IO[str]]]:
    """A server name that no other test process of this machine uses now, and the file that says who does."""
    for number in range(NAMES):
        with (Path(tempfile.gettempdir()) / f"tonn-bridge-jack-{number}").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            name = f"tonn-test-{number}"
            if _end_left_over(name, file):
                yield name, file
                return
    pytest.fail(f"{NAMES} JACK servers of tests are running already; end one of those test runs")


def _end_left_over(name: str, file: IO[str], seconds: float = 2.0) -> bool:
    """Whether no server has that name; one of a test run that was killed is ended.

    JACK takes its name for free only when the system has buried the process, which may take a while.
    """
    file.seek(0)
    process = Path(f"/proc/{file.read().strip() or 0}")
    with suppress(OSError):
        command = (process / "cmdline").read_text()
        if f"jackd\0-n\0{name}\0" in command:
            os.kill(int(process.name), signal.SIGKILL)
        elif command:  # somebody else's; one that has ended has an empty line
            return True
    deadline = time.monotonic() + seconds
    while process.exists() and time.monotonic() < deadline:
        select.select([], [], [], 0.02)
    return not process.exists()
