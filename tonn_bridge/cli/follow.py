"""Waiting for an action of the daemon: a progress bar, and the questions that come up meanwhile."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Self

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tonn_bridge.cli.output import clean, err
from tonn_bridge.cli.typed import TypedLines
from tonn_bridge.cli.words import asked
from tonn_bridge.client import Daemon, Document, error_text
from tonn_bridge.errors import BridgeError


async def act_and_follow(url: str, action: str, arguments: Mapping[str, float], *, always_yes: bool) -> Document:
    """Ask for `action` and wait until nothing is running; the state document at the end.

    Raises:
        BridgeError: not accepted, or it ended with an error; the message is the daemon's.
    """
    async with Daemon(url) as daemon:
        await daemon.act(action, **arguments)
        with _Bar() as bar:
            async with _Asker(daemon, bar, always_yes) as asker:
                async for document in daemon.events():
                    bar.show(document)
                    asker.notice(document.get("question"))
                    if document.get("running") is None:
                        break
    if document.get("error") is not None:
        raise BridgeError(clean(error_text(document["error"])))
    return document


class _Bar:
    """The daemon's progress on stderr; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
        self._task = self._progress.add_task("", total=1.0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, document: Document) -> None:
        text = clean(str(document.get("text") or document.get("state", "")))
        self._progress.update(self._task, completed=document.get("progress") or 0.0, description=escape(text))

    @contextlib.contextmanager
    def hidden(self) -> Iterator[None]:
        """Out of the way while somebody types."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


class _Asker:
    """Puts each question, once, to whoever is there: the person at the terminal, or the reader of stderr."""

    def __init__(self, daemon: Daemon, bar: _Bar, always_yes: bool) -> None:
        self._daemon = daemon
        self._bar = bar
        self._always_yes = always_yes
        self._lines: TypedLines | None = None
        self._id: object = None
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.notice(None)

    def notice(self, question: Mapping[str, Any] | None) -> None:
        """Take up a question not seen before; drop the one that is no longer asked."""
        now = question["id"] if question else None
        if now == self._id:
            return
        self._id = now
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if question is not None:
            self._asking = asyncio.create_task(self._put(question), name="question")

    async def _put(self, question: Mapping[str, Any]) -> None:
        text = clean(asked(question))
        with contextlib.suppress(BridgeError):  # answered elsewhere, or gone with the daemon: the events say which
            if self._always_yes:
                await self._daemon.act("confirm", id=question["id"])
            elif sys.stdin.isatty() and err.is_terminal:
                yes = await self._ask(text, float(question["expires_s"]))
                if yes:
                    await self._daemon.act("confirm", id=question["id"])
                else:
                    await self._daemon.act("cancel")
            else:
                seconds = float(question["expires_s"])
                err.print(
                    f"{text} Answer within {seconds:.0f} s: tonn-bridge confirm, or tonn-bridge cancel", markup=False
                )

    async def _ask(self, text: str, seconds: float) -> bool:
        """What the person at the terminal says; waits for ever once the time is up, until the daemon withdraws."""
        lines = self._lines = self._lines or TypedLines()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        with self._bar.hidden():
            err.print(text, markup=False)
            try:
                while True:
                    left = max(0.0, end - loop.time())
                    # written past rich, which takes the \r out; short, because \r goes back over one line only
                    err.file.write(f"\ryes or no? [y/N] ({left:2.0f} s) ")
                    err.file.flush()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(1.0):
                            return (await lines.next()).strip().lower() in ("y", "yes")
            except asyncio.CancelledError:
                err.print("\nno longer asked")
                raise
