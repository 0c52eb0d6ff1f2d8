"""A real browser without a window, driven over its debugging pipe."""

import asyncio
import base64
import fcntl
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.peers.require import COMMANDS, require

ANSWER_S = 20.0
TO_BROWSER, FROM_BROWSER = 3, 4
"""Where the browser looks for its pipe."""


class Page:
    """One page: what stands there is asked for in JavaScript."""

    def __init__(self, reader: asyncio.StreamReader, pipe: int) -> None:
        self._reader, self._pipe = reader, pipe
        self._numbers = itertools.count(1)
        self._session: str | None = None

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """The answer to one command of the DevTools protocol."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._pipe, json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(ANSWER_S):
            while True:
                answer = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if answer.get("id") == number:
                    assert "error" not in answer, answer["error"]
                    return answer["result"]

    async def attach(self) -> None:
        """Open a page of its own."""
        target = await self.ask("Target.createTarget", url="about:blank")
        attached = await self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]

    async def open(self, url: str) -> None:
        await self.ask("Page.navigate", url=url)

    async def size(self, width: int, height: int = 800, *, dark: bool = False) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])

    async def value(self, script: str) -> Any:
        """What an expression comes to; one that throws fails the test."""
        answer = await self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait for an expression to be true."""
        async with asyncio.timeout(ANSWER_S):
            while not await self.value(f"Boolean({script})"):
                await self.value("new Promise(requestAnimationFrame)")

    async def picture(self, file: Path) -> None:
        """The whole page as a PNG file."""
        answer = await self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))


@asynccontextmanager
async def open_page(folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty page; what it keeps lands in `folder`. Skips the test where no browser is."""
    require("browser")
    program = next(filter(None, map(shutil.which, COMMANDS["browser"])))
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    far = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]

    def place_pipe() -> None:
        os.dup2(far[0], TO_BROWSER)
        os.dup2(far[1], FROM_BROWSER)

    process = await asyncio.create_subprocess_exec(
        program,
        *("--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--no-first-run", "--disable-background-networking", "--disable-sync", f"--user-data-dir={folder}"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(TO_BROWSER, FROM_BROWSER),
        preexec_fn=place_pipe,
    )
    for end in (theirs_in, theirs_out, *far):
        os.close(end)
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb")
    )
    try:
        page = Page(reader, ours_out)
        await page.attach()
        yield page
    finally:
        process.terminate()
        await process.wait()
        transport.close()
        os.close(ours_out)
