"""A song, a DAW that stays, a service that stays, and a daemon between them that is killed and started again."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.daemon import free_address
from tests.sandbox_server import SandboxServer, write_stem
from tonn_bridge.clock import SystemClock
from tonn_bridge.demo.reaper import SimulatedReaper

PATIENCE_S = 15.0
UPLOADS = {"01-kick.wav": 1, "02-bass.wav": 1}
"""Each stem sent once, as `House.uploads` tells it."""
NAMES = ("Kick", "Bass")
USER_DB = (-3.5, -7.25)
USER_PAN = (0.25, -0.5)
OWN_MIX = [pytest.approx(pair, abs=1e-5) for pair in zip(USER_DB, USER_PAN, strict=True)]
"""The user's mix as `House.shown` tells it; a fader's dB goes over the wire in single precision."""

Document = dict[str, Any]
Point = tuple[str, str]


class Reaper(SimulatedReaper):
    """Tells whoever waits for it that something was written to it."""

    on_written: Callable[[], None] = staticmethod(lambda: None)

    def on_datagram(self, datagram, sender):
        super().on_datagram(datagram, sender)
        self.on_written()


class Nursery:
    """Forks daemons, one at a time (see `tests.crash.nursery`)."""

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        environment = {**os.environ, "TONN_API_KEY": "crash", "PYTHONPATH": str(Path(__file__).parents[2])}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.crash.nursery"), stdin=pipe, stdout=pipe, env=environment
        )
        return self

    async def __aexit__(self, *_):
        self._process.stdin.close()
        await self._process.wait()

    async def order(self, **order: object) -> Document:
        self._process.stdin.write((json.dumps(order) + "\n").encode())
        return await self.line()

    async def line(self) -> Document:
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self._process.stdout.readline())


class House:
    """Speaks to its daemon as a person does, and looks into the DAW and the service to see what is true."""

    def __init__(self, folder: Path, sandbox: SandboxServer, nursery: Nursery) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.nursery = nursery
        self.pid: int | None = None
        self.http: httpx.AsyncClient | None = None
        self._tasks_before = {task["task_id"] for task in sandbox.tasks()}
        self._uploads_before = Counter(self._uploads())

    async def build(self, extra: str = "", glide_s: float = 0.0) -> None:
        """Make the song and open the DAW; `extra` stands in the session's `[tonn]`."""
        feedback = free_address()
        self.reaper = Reaper(NAMES, SystemClock(), feedback)
        await self.reaper.start()
        for number, (db, pan) in enumerate(zip(USER_DB, USER_PAN, strict=True), start=1):
            self.reaper.hand_move(number, db)
            self.reaper.hand_pan(number, pan)
        listen, send = _text(feedback), _text(self.reaper.address)
        tables = [
            '[mix]\nname = "Song"\nstyle = "POP"',
            f'[daw]\nmapping = "reaper"\nsend = "{send}"\nlisten = "{listen}"\nglide_s = {glide_s}',
            '[control]\nosc = "127.0.0.1:0"\nhttp = "127.0.0.1:0"',
            f'[tonn]\nurl = "{self.sandbox.url}"\nparallel_uploads = 1\n{extra}',
        ]
        for name, hz in zip(NAMES, (90.0, 1300.0), strict=True):
            stem = write_stem(self.folder / f"{name}.wav", 1.0, hz, pulse_hz=4.0)
            tables.append(f'[[track]]\nname = "{name}"\nfile = "{stem}"\ngroup = "SYNTH_GROUP"\npan = "RIGHT"')
        (self.folder / "session.toml").write_text("\n".join(tables))

    async def tear_down(self) -> None:
        if self.pid is not None:
            await self.kill()
        await self.reaper.stop()

    # the daemon's life

    async def start(self, point: Point | None = None) -> None:
        """Start the daemon, to be killed at `point`; it is there when it has met the DAW, or has died."""
        folder = str(self.folder)
        news = await self.nursery.order(session=f"{folder}/session.toml", state=f"{folder}/state", point=point)
        assert "http" in news, f"the daemon did not start: {news}"
        self.pid = news["pid"]
        self.http = httpx.AsyncClient(base_url=news["http"], timeout=PATIENCE_S, trust_env=False, verify=False)
        await self.until(lambda document: all(track["current"]["gain_db"] is not None for track in document["tracks"]))

    async def killed(self) -> None:
        """Wait until SIGKILL has ended the daemon."""
        assert await self.nursery.line() == {"ended": -signal.SIGKILL}
        await self._gone()

    def arm(self) -> None:
        """From now on the next `mix` saved is the one to die of."""
        os.kill(self.pid, signal.SIGUSR1)

    def kill_in_flight(self, address: str, count: int) -> None:
        """SIGKILL as soon as the DAW has been sent `address` `count` times from now on."""
        enough = self.reaper.received[address] + count

        def on_written() -> None:
            if self.reaper.received[address] >= enough:
                del self.reaper.on_written
                os.kill(self.pid, signal.SIGKILL)

        self.reaper.on_written = on_written

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self.killed()

    async def _gone(self) -> None:
        self.pid = None
        await self.http.aclose()

    # what a person does

    async def press(self, action: str) -> Document | None:
        """Press a button and wait for the end of it, or for a question; None where the daemon dies of it."""
        try:
            answer = await self.http.post(f"/api/actions/{action}")
            assert answer.status_code == 202, answer.text
            return await self.rests()
        except httpx.TransportError:
            return None

    async def rests(self) -> Document:
        """The document once nothing is under way, or something is asked."""
        return await self.until(lambda document: document["running"] is None or document["question"] is not None)

    async def until(self, holds: Callable[[Document], Any]) -> Document:
        """The first state document of which `holds` is true.

        Raises:
            httpx.TransportError: the daemon is gone.
        """
        document: Document = {}
        try:
            async with asyncio.timeout(PATIENCE_S), self.http.stream("GET", "/api/events") as events:
                async for line in events.aiter_lines():
                    if line.startswith("data: "):
                        document = json.loads(line.removeprefix("data: "))
                        if holds(document):
                            return document
                raise httpx.ReadError("the daemon has ended its stream")
        except TimeoutError:
            raise AssertionError(f"not within {PATIENCE_S:g} s; the document is {document}") from None

    # what is true

    @property
    def tasks(self) -> list[Document]:
        return [task for task in self.sandbox.tasks() if task["task_id"] not in self._tasks_before]

    def charges(self) -> list[str]:
        """What was charged for this song, in order."""
        own = {task["task_id"] for task in self.tasks}
        return [charge["what"] for charge in self.sandbox.charges()["charges"] if charge["task_id"] in own]

    def paid_requests(self) -> list[str]:
        """The requests that cost credits, charged or not, in order."""
        return [kind for task in self.tasks for request in task["requests"] if (kind := _paid(request))]

    def uploads(self) -> Counter[str]:
        """How often the upload of each stem was begun."""
        return Counter(self._uploads()) - self._uploads_before

    def _uploads(self) -> list[str]:
        announced = (self.sandbox.settings.state_dir / "uploads").glob("*/upload.json")
        return [json.loads(path.read_bytes())["file_name"] for path in announced]

    def shown(self) -> list[tuple[float, float]]:
        """Each fader's dB and each pan, as the DAW truly has them."""
        return [(track.db, track.pan) for track in self.reaper.tracks]


def _paid(request: Document) -> str | None:
    if request["endpoint"] == "/retrievefinalmix":
        return "final"
    wants = request["endpoint"] == "/retrievepreviewmix" and request["body"]["multitrackData"]["retrieveFXSettings"]
    return "fx_settings" if wants else None


def _text(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"
