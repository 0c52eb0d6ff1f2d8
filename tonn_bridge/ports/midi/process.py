"""Keeps the MIDI process alive: starts it, watches it, and puts another in its place when it has ended or hangs."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tonn_bridge.ports.midi.frames import Frame, Frames, Kind, encode
from tonn_bridge.ports.midi.jack import SERVER_GONE

LOOK_S: Final = 0.5
"""Between two looks, each of which the process must answer."""

PATIENCE: Final = 2
"""Looks that may pass unanswered while it has ports to send to and to close: about a second."""

LONG_PATIENCE: Final = 20
"""The same while it starts or opens ports, which some drivers take seconds for."""

PAUSES_S: Final = (0.1, 0.3, 1.0, 2.0)
"""Before the next start, the longest one ever after; from the first again when a process has lasted a minute."""

_OPENING_ENDS: Final = (Kind.OPENED, Kind.FAILED)
_LASTED_S: Final = 60.0
_GOODBYE_S: Final = 1.0

_PACKAGE_ROOT: Final = Path(__file__).parents[3]

_log = logging.getLogger(__name__)


def command(client: str) -> list[str]:
    """How the MIDI process is started; `client` is how other MIDI programs see us."""
    return [sys.executable, "-P", "-m", "tonn_bridge.ports.midi.child", client]


class MidiProcess:
    """The MIDI process that runs now, and each that takes its place.

    Style has a MIDI callback hand over by `call_soon_threadsafe`; that is for one process. Here the callback's thread
    writes to a pipe which the loop reads like any other: a thread of ours cannot hang the loop, but a send into a dead
    JACK server keeps the GIL and with it every thread there is.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        on_frames: Callable[[list[Frame]], None],
        on_lost: Callable[[str], None],
        on_room: Callable[[bool], None],
    ) -> None:
        """`on_lost` takes why, for people: every port is closed. `on_room` says whether more should be written."""
        self.pid: int | None = None
        """Of the process that runs now."""
        self._arguments = list(arguments)
        self._on_frames = on_frames
        self._on_lost = on_lost
        self._on_room = on_room
        self._needed = asyncio.Event()
        self._pipe: Any = None
        self._begun = False
        """Whether this process has answered at all."""
        self._opening = 0
        """Ports it has not answered for."""
        self._silent = 0
        """LOOKs since its last answer to one."""

    def start(self) -> None:
        """Have a process from now on."""
        self._needed.set()

    def write(self, frames: bytes) -> None:
        """Pass frames on, without waiting; lost while there is no process."""
        if self._pipe is not None:
            self._pipe.write(frames)

    def open(self, kind: Kind, port: int, name: str) -> None:
        """Have a port opened, which may take its time."""
        self._opening += 1
        self.write(encode(kind, port, name.encode()))

    async def run(self) -> None:
        """Keep a process from `start` on, until cancelled."""
        await self._needed.wait()
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            begun = loop.time()
            why, its_own_fault = await self._one_life()
            if not its_own_fault or loop.time() - begun > _LASTED_S:
                failures = 0
            if its_own_fault:
                _log.warning("MIDI: %s; it is started again", why)
            self._on_lost(why)
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += its_own_fault

    async def _one_life(self) -> tuple[str, bool]:
        """One process from its start to its end: why it has ended, and whether it should not have."""
        loop = asyncio.get_running_loop()
        try:
            transport, line = await loop.subprocess_exec(
                lambda: _Line(self), *self._arguments, env=_environment(), stderr=asyncio.subprocess.PIPE
            )
        except OSError as exc:
            return f"the MIDI process cannot be started ({exc})", True
        self.pid = transport.get_pid()
        self._pipe = transport.get_pipe_transport(0)
        self._begun = False
        self._opening = self._silent = 0
        watch = asyncio.create_task(self._watch(transport), name="midi:watch")
        try:
            await asyncio.shield(line.ended)
        finally:
            watch.cancel()
            self.pid = self._pipe = None
            await _end(transport, line)
        code = transport.get_returncode()
        if code == SERVER_GONE:
            return "the JACK server has gone; start it again", False
        if self._silent > PATIENCE:
            return "the MIDI process gave no sign of life and was ended", True
        return f"the MIDI process has ended (exit code {code})", True

    async def _watch(self, transport: asyncio.SubprocessTransport) -> None:
        """Ask for a sign of life again and again; kill a process that gives none.

        Counted in looks, not in seconds: when the loop itself was held up, the answers wait in the pipe.
        """
        while self._silent <= (PATIENCE if self._begun and not self._opening else LONG_PATIENCE):
            self.write(encode(Kind.LOOK))
            await asyncio.sleep(LOOK_S)
            self._silent += 1
        _log.warning("MIDI: the driver hangs; its process is killed")
        with suppress(ProcessLookupError):
            transport.kill()

    def _heard(self, frames: list[Frame]) -> None:
        for kind, _, _ in frames:
            if kind == Kind.SEEN:
                self._begun, self._silent = True, 0
            elif kind in _OPENING_ENDS:
                self._opening -= 1
        self._on_frames(frames)


class _Line(asyncio.SubprocessProtocol):
    """What one process says, and its end."""

    def __init__(self, process: MidiProcess) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._process = process
        self._frames = Frames()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self._process._heard(self._frames.feed(data))
        else:
            for line in data.decode(errors="replace").splitlines():
                _log.debug("MIDI process: %s", line)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 0:
            self._process._pipe = None

    def process_exited(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def pause_writing(self) -> None:
        self._process._on_room(False)

    def resume_writing(self) -> None:
        self._process._on_room(True)


async def _end(transport: asyncio.SubprocessTransport, line: _Line) -> None:
    """Let the process close its ports; one that does not end within a second is killed."""
    if not line.ended.done():
        pipe = transport.get_pipe_transport(0)
        if pipe is not None:
            pipe.close()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await asyncio.shield(line.ended)
        except TimeoutError:
            with suppress(ProcessLookupError):
                transport.kill()
            await line.ended
    transport.close()


def _environment() -> dict[str, str]:
    """Ours, with the way to this package wherever it was started from."""
    paths = [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path), "JACK_NO_START_SERVER": "1"}
