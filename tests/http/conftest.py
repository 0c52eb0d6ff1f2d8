"""A served app and the two things it stands between: a client that speaks real HTTP, and a bridge."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tonn_bridge.errors import NotPossible, RangeError, UnknownTrack
from tonn_bridge.http import create_app, serve

SECRET = "call-me-back"
PUBLIC_HOST = "studio.example.com"


class DeskBridge:
    """A `Bridge` with two tracks whose every change is counted in the document's `progress`."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []
        self.unwatched = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        """Forget what happened; streams that are open stay open."""
        self.state: dict[str, object] = {"state": "idle", "progress": 0, "question": None, "tracks": []}
        self.acts: list[tuple[str, float | None]] = []
        self.moves: list[tuple[int, float | None, float | None, float | None]] = []
        self.nudges = 0
        self.reads = 0
        self.refusal: Exception | None = None

    def document(self) -> dict[str, object]:
        self.reads += 1
        return dict(self.state)

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        self.unwatched.clear()

        def unsubscribe() -> None:
            self.callbacks.remove(callback)
            if not self.callbacks:
                self.unwatched.set()

        return unsubscribe

    def act(self, action: str, value: float | None = None) -> None:
        if self.refusal:
            raise self.refusal
        self.acts.append((action, value))

    def move(self, number: int, *, gain_db: float | None, adjust_db: float | None, pan: float | None) -> None:
        if self.state["state"] == "finalizing":
            raise NotPossible("the final mix is being made; wait or cancel")
        if number not in (1, 2):
            raise UnknownTrack(f"there is no track {number}; the session has 2")
        if gain_db is not None and gain_db > 24.0:
            raise RangeError("gain", gain_db, "-inf..+24.0 dB")
        self.moves.append((number, gain_db, adjust_db, pan))

    def nudge(self) -> None:
        self.nudges += 1

    def change(self, progress: float) -> None:
        self.state["progress"] = progress
        for callback in list(self.callbacks):
            callback()


class Wire:
    """A `Traffic` that passes on what a test puts on it."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[dict[str, object]], None]] = []

    def subscribe(self, callback: Callable[[dict[str, object]], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def pass_on(self, text: str) -> None:
        for callback in list(self.callbacks):
            callback({"time": 1.0, "direction": "in", "endpoint": "daw", "text": text})


@dataclass(frozen=True)
class Front:
    """A bridge behind a real server, and a client on its address."""

    bridge: DeskBridge
    wire: Wire
    clock: FakeClock
    client: httpx.AsyncClient


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front() -> AsyncIterator[Front]:
    """One server for all tests of a module: stopping one takes uvicorn a fifth of a second."""
    bridge, wire, clock = DeskBridge(), Wire(), FakeClock()
    app = create_app(bridge, webhook_secret=SECRET, public_host=PUBLIC_HOST, traffic=wire, clock=clock)
    async with (
        serve(app, "127.0.0.1", 0) as (host, port),
        httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False, timeout=5) as client,
    ):
        yield Front(bridge, wire, clock, client)


@pytest.fixture
def bridge(front: Front) -> DeskBridge:
    front.bridge.reset()
    return front.bridge


@pytest.fixture
def wire(front: Front) -> Wire:
    return front.wire


@pytest.fixture
def clock(front: Front) -> FakeClock:
    return front.clock


@pytest.fixture
def client(front: Front) -> httpx.AsyncClient:
    return front.client
