"""The real daemon in a test's own loop, between the real sandbox and whatever plays the DAW; and sessions for it.

session = make_session(tmp_path, ["Kick", "Bass"], "reaper", send=reaper.address, tonn=sandbox.url)
async with running_daemon(session, tmp_path / "state") as daemon:
    await daemon.connected()
    await daemon.does("preview")
    await daemon.does("apply")
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox_server import write_stem
from tonn_bridge.app import Listening, OpenMidi, run_daemon
from tonn_bridge.clock import Clock
from tonn_bridge.ports import parse_address
from tonn_bridge.ports.midi import MidiSystem, open_midi
from tonn_bridge.session import Session, load_session

Address = tuple[str, int]
Document = dict[str, Any]

PATIENCE_S = 20.0
"""How long a condition may take on a busy machine; one that holds is noticed at once."""


def free_address() -> Address:
    """A UDP address of this machine that nobody uses: for one that both sides must know before they start."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        host, port = own.getsockname()
        return host, port


def opened(midi: MidiSystem) -> OpenMidi:
    """MIDI that a test holds in its own hands, as the daemon opens it."""

    @asynccontextmanager
    async def open_it(_: Clock) -> AsyncIterator[MidiSystem]:
        yield midi

    return open_it


def make_session(
    folder: Path,
    names: Sequence[str],
    mapping: str,
    *,
    send: Address,
    listen: Address = ("127.0.0.1", 0),
    tonn: str = "sandbox",
    daw: dict[str, int | str] | None = None,
    extra: str = "",
) -> Session:
    """A session file in `folder` with a stem of half a second for each name, and the session read from it.

    `tonn` is the service's URL, `daw` gives tracks their `daw = ...`, `extra` is TOML put after the tracks.
    """
    tables = [
        f'[mix]\nname = "Song"\nstyle = "ELECTRONIC"\n[tonn]\nurl = "{tonn}"',
        f'[daw]\nmapping = "{mapping}"\nsend = "{_text(send)}"\nlisten = "{_text(listen)}"\nglide_s = 0.1',
        '[control]\nosc = "127.0.0.1:0"\nhttp = "127.0.0.1:0"',
    ]
    for place, name in enumerate(names):
        stem = folder / "stems" / f"{place}.wav"
        if not stem.exists():
            write_stem(stem, 0.5, 110.0 * 1.4**place, level_db=-12.0 - place, pulse_hz=8.0)
        table = f'[[track]]\nname = "{name}"\nfile = "{stem}"\ngroup = "SYNTH_GROUP"\npan = "{_PANS[place % 3]}"'
        if daw and name in daw:
            table += f"\ndaw = {daw[name]!r}".replace("'", '"')
        tables.append(table)
    file = folder / "session.toml"
    file.write_text("\n".join([*tables, extra]) + "\n")
    return load_session(file)


_PANS = ("LEFT", "CENTRE", "RIGHT")


class Daemon:
    """A running daemon, spoken to as a user does: over HTTP, and at `control` over OSC. `daw` is where it listens."""

    def __init__(self, listening: Listening, http: httpx.AsyncClient, news: asyncio.Event) -> None:
        self.listening = listening
        self.http = http
        self.control = parse_address(listening.control)
        self.daw = parse_address(listening.daw.split()[0])
        self._news = news

    async def document(self) -> Document:
        """The state document as it is now."""
        answer = await self.http.get("/api/state")
        return answer.raise_for_status().json()

    async def until(self, holds: Callable[[Document], Any], seconds: float = PATIENCE_S) -> Document:
        """The first state document of which `holds` is true; looks at each change."""
        document: Document = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self._news.clear()
                    with contextlib.suppress(httpx.TransportError):  # it may be beginning anew
                        document = await self.document()
                        if holds(document):
                            return document
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"not within {seconds:g} s: the state is {document}")

    async def until_track(self, number: int, holds: Callable[[Document], Any], seconds: float = PATIENCE_S) -> Document:
        """The first entry of a track (by number) of which `holds` is true."""
        document = await self.until(lambda found: holds(found["tracks"][number - 1]), seconds)
        return document["tracks"][number - 1]

    async def connected(self) -> Document:
        """The DAW has told where every fader stands."""
        return await self.until(
            lambda found: all(
                track["daw"] is not None and track["current"]["gain_db"] is not None for track in found["tracks"]
            )
        )

    async def act(self, action: str, **arguments: float) -> httpx.Response:
        """Ask for an action; the answer says whether it was accepted."""
        return await self.http.post(f"/api/actions/{action}", json=arguments)

    async def does(self, action: str, **arguments: float) -> Document:
        """An action from its press to its end."""
        answer = await self.act(action, **arguments)
        assert answer.status_code == 202, answer.text
        document = await self.until(lambda found: found["running"] is None)
        assert document["error"] is None, document["error"]
        return document

    async def move(self, number: int, **what: float) -> None:
        """Move a track from outside: gain_db, adjust_db or pan."""
        answer = await self.http.patch(f"/api/tracks/{number}", json=what)
        assert answer.status_code == 202, answer.text


@asynccontextmanager
async def running_daemon(
    session: Session, state: Path, *, clock: Clock | None = None, open_midi: OpenMidi = open_midi
) -> AsyncIterator[Daemon]:
    """The daemon with its state under `state`, from the moment it listens until it has ended in order.

    What it raises comes out here.
    """
    ready: asyncio.Future[Listening] = asyncio.get_running_loop().create_future()
    news = asyncio.Event()

    def on_ready(listening: Listening) -> None:
        if ready.done():  # it began anew with a session that was saved
            http.base_url = listening.http
            news.set()
        else:
            ready.set_result(listening)

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TONN_BRIDGE_STATE", str(state))
        environment.setenv("TONN_API_KEY", "test")
        running = asyncio.create_task(
            run_daemon(session, on_ready=on_ready, on_document=lambda _: news.set(), clock=clock, open_midi=open_midi)
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            listening = ready.result()
            async with httpx.AsyncClient(base_url=listening.http, timeout=30, trust_env=False, verify=False) as http:
                yield Daemon(listening, http, news)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def _text(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
