"""The dashboard of a served app in a real browser, with a document that a test changes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.browser.chrome import Page, open_page
from tests.clock import FakeClock
from tonn_bridge.http import create_app, serve

Json = dict[str, Any]


class Board:
    """A `Bridge` that has nothing but a document."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []
        self.tracks: list[Json] = []

    def document(self) -> Json:
        endpoint = {"name": "daw", "mapping": "reaper", "connected": True, "last_heard_s": 0.2, "problems": []}
        return {
            "state": "applied", "progress": 1.0, "text": "", "error": None, "problems": [], "question": None,
            "tracks": self.tracks, "endpoints": [endpoint], "preview_file": "/mixes/preview.mp3", "final_file": None,
        }  # fmt: skip

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def act(self, action: str, value: float | None = None) -> None: ...
    def move(self, number: int, *, gain_db: float | None, adjust_db: float | None, pan: float | None) -> None: ...
    def nudge(self) -> None: ...


@dataclass
class Dashboard:
    """The page, and the board that it shows."""

    board: Board
    page: Page
    clock: FakeClock

    async def show(self, *tracks: Json) -> None:
        """Let the document have these tracks, and wait until the page has them too."""
        self.board.tracks = list(tracks)
        for callback in list(self.board.callbacks):
            callback()
        self.clock.advance(1.0)  # the stream's own pace
        names = [track["name"] for track in tracks]
        await self.page.until(f"JSON.stringify(names()) === JSON.stringify({names!r})")

    async def texts(self, selector: str) -> list[str]:
        """What can be read at all the places that fit a selector."""
        found: list[str] = await self.page.value(f"texts({selector!r})")
        return found

    async def click(self, name: str) -> None:
        await self.page.value(f"button({name!r}).click()")


SCRIPT = """
    const buttons = () => [...document.querySelectorAll("#tracks button")];
    const names = () => buttons().map((each) => each.textContent);
    const button = (name) => buttons().find((each) => each.textContent === name);
    const texts = (where) => [...document.querySelectorAll(where)].map((each) => each.innerText.trim());
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dashboard]:
    """One browser for all tests of a module: it takes a second to start."""
    board, clock = Board(), FakeClock()
    app = create_app(board, webhook_secret="secret", clock=clock)
    async with (
        serve(app, "127.0.0.1", 0) as (host, port),
        open_page(tmp_path_factory.mktemp("browser")) as page,
    ):
        await page.size(1000)
        await page.open(f"http://{host}:{port}/")
        await page.until("document.getElementById('state')?.textContent === 'applied'")
        await page.value(SCRIPT)
        yield Dashboard(board, page, clock)


@pytest_asyncio.fixture(loop_scope="module")
async def dashboard(opened: Dashboard) -> Dashboard:
    await opened.show()
    await opened.page.size(1000)
    return opened
