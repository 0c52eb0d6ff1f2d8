"""Lines typed at the terminal, beside a running event loop."""

import asyncio
import os
import threading


class TypedLines:
    """What is typed from now on, line by line; an end of input counts as an empty line."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        threading.Thread(target=self._read, name="typed lines", daemon=True).start()

    async def next(self) -> str:
        """The next line, when it comes."""
        return await self._lines.get()

    def _read(self) -> None:
        # os.read, not sys.stdin: a thread waiting inside a buffered reader stops the interpreter from ending
        while data := os.read(0, 4096):
            self._offer(data.decode(errors="replace"))
        self._offer("")

    def _offer(self, line: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
