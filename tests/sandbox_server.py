"""The real sandbox on a free port, for any test that needs Tonn's service; and small stems to send it.

Use it by importing the fixture: `from tests.sandbox_server import sandbox, write_stem  # noqa: F401`.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox import SandboxSettings, serve

KEY = {"x-api-key": "test"}


class SandboxServer:
    """A sandbox in a thread of its own, answering at `.url` until `close`."""

    def __init__(self, settings: SandboxSettings, clock: Clock | None = None) -> None:
        self.settings = settings
        listening: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening, clock), name="sandbox", daemon=True)
        self._thread.start()
        self.url = listening.result(timeout=20)
        self.http = httpx.Client(base_url=self.url, headers=KEY, timeout=60, trust_env=False)

    def _run(self, listening: "Future[str]", clock: Clock | None) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.current_task()
            await serve(self.settings, clock=clock, on_listening=listening.set_result)

        try:
            asyncio.run(main())
        except asyncio.CancelledError:
            pass
        except BaseException as exc:
            listening.set_exception(exc)

    def charges(self) -> dict[str, Any]:
        """`{"total": credits, "charges": [...]}`."""
        return self.http.get("/sandbox/charges").json()

    def tasks(self) -> list[dict[str, Any]]:
        """Every task: `task_id`, `state`, `message`, `requests`, `proposal`."""
        return self.http.get("/sandbox/tasks").json()

    def faults(self, *faults: dict[str, Any]) -> None:
        """Replace the faults to come; none clears them."""
        self.http.put("/sandbox/faults", json=list(faults)).raise_for_status()

    def webhooks(self, mode: str) -> None:
        """normal, late, twice, out_of_order or never."""
        self.http.put("/sandbox/webhooks", json={"mode": mode}).raise_for_status()

    def units(self, **units: Any) -> None:
        """times="s"|"ms", pan="left_negative"|"left_positive", trim=True|False."""
        self.http.put("/sandbox/units", json=units).raise_for_status()

    def upload(self, path: Path, name: str | None = None) -> str:
        """Upload a file as the API wants it; its readable URL."""
        kind = {".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg"}[path.suffix]
        urls = self.http.post("/upload", json={"filename": name or path.name, "contentType": kind}).json()
        httpx.put(urls["signed_url"], content=path.read_bytes(), headers={"Content-Type": kind}).raise_for_status()
        return urls["readable_url"]

    def close(self) -> None:
        """End it; the same `settings.state_dir` may be served again afterwards."""
        self.http.close()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(timeout=20)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """A sandbox with an empty state folder and stages of 10 ms."""
    server = SandboxServer(SandboxSettings(state_dir=tmp_path / "sandbox", stage_seconds=0.01))
    yield server
    server.close()


def write_stem(
    path: Path,
    seconds: float = 1.0,
    freq: float = 220.0,
    *,
    level_db: float = -12.0,
    rate: int = 44_100,
    channels: int = 1,
    pulse_hz: float = 0.0,
    format: str | None = None,
    subtype: str | None = None,
) -> Path:
    """Write a sine of `freq` Hz with peaks of `level_db` dBFS; with `pulse_hz` it is struck that often a second.

    The suffix of `path` chooses WAV, FLAC or MP3; its folder is made.
    """
    time = np.arange(round(seconds * rate)) / rate
    sound = 10.0 ** (level_db / 20.0) * np.sin(2.0 * np.pi * freq * time)
    if pulse_hz:
        sound *= np.exp(-6.0 * np.modf(time * pulse_hz)[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.repeat(sound[:, None], channels, axis=1), rate, format=format, subtype=subtype)
    return path
