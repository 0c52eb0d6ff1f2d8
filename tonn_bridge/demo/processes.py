"""Verbs of tonn-bridge run as programs of their own, as a user would: started, listened to, killed, started again."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tonn_bridge.errors import BridgeError

START_S = 30.0
GOODBYE_S = 8.0


class Program:
    """`tonn-bridge VERB …` in a process of its own; what it says on stderr lands in `log`.

    It is there once it has printed a line that begins with `ready`.
    """

    def __init__(self, name: str, arguments: Sequence[str], env: Mapping[str, str], ready: str, log: Path) -> None:
        self._name = name
        self._arguments = arguments
        self._env = {**os.environ, **env}
        self._ready = ready
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def has_ended(self) -> bool:
        """Whether it was started, and runs no more."""
        return self._process is not None and self._process.returncode is not None

    async def start(self) -> str:
        """Start it, and wait until it is there; the line that said so.

        Raises:
            BridgeError: it ended, or said nothing for half a minute; with its own last words.
        """
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tonn_bridge", *self._arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log, env=self._env,
            )  # fmt: skip
        assert self._process.stdout is not None
        line = await self._line(self._process.stdout)
        if line is None:
            await self.stop()
            raise BridgeError(f"the {self._name} did not start: {self.last_words()}")
        self._reading = asyncio.create_task(_read_on(self._process.stdout), name=f"what the {self._name} prints")
        return line

    async def kill(self) -> None:
        """SIGKILL: it cannot put anything in order any more."""
        assert self._process is not None
        self._process.kill()
        await self._ended()

    async def stop(self) -> None:
        """Ask it to end, and see that it does; nothing where it has ended already."""
        if self._process is None:
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                # not terminate(), which looks first and may so take the exit code away from asyncio
                os.kill(self._process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        await self._ended()

    def last_words(self) -> str:
        """The last line it wrote to stderr."""
        said = self._log.read_text("utf-8", errors="replace").strip() if self._log.exists() else ""
        return said.splitlines()[-1].removeprefix("tonn-bridge: ") if said else "it gave no reason"

    async def _line(self, printed: asyncio.StreamReader) -> str | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                while line := (await printed.readline()).decode(errors="replace"):
                    if line.startswith(self._ready):
                        return line.strip()
        return None

    async def _ended(self) -> None:
        assert self._process is not None
        await self._process.wait()
        if self._reading is not None:
            await self._reading
            self._reading = None


async def _read_on(printed: asyncio.StreamReader) -> None:
    """Take what is printed off the program's hands, so that it never waits for us; back when it has ended."""
    while await printed.read(4096):
        pass
