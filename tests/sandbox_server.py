"""The real sandbox on a free port, for any test that needs Tonn's service; and small stems to send it.

Use it by importing the fixture: `from tests.sandbox_server import sandbox, write_stem  # noqa: F401`.
"""

import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox import SandboxSettings, serve

KEY = {"x-api-key": "test"}
ENDED = ("MIX_TASK_PREVIEW_COMPLETED", "MIX_TASK_ERROR")


def preview_track(url: str, **changes: Any) -> dict[str, Any]:
    """One entry of `trackData` of a preview."""
    track = {"trackURL": url, "instrumentGroup": "SYNTH_GROUP", "presenceSetting": "NORMAL"}
    return track | {"panPreference": "NO_PREFERENCE", "reverbPreference": "NONE"} | changes


def preview_body(urls: list[str], **changes: Any) -> dict[str, Any]:
    """Body of `/mixpreview`; `changes` go into `multitrackData`."""
    data = {"trackData": [preview_track(url) for url in urls], "musicalStyle": "POP", "returnStems": False}
    return {"multitrackData": data | {"sampleRate": "44100", "webhookURL": "http://127.0.0.1:9/none"} | changes}


def final_body(task_id: str, tracks: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Body of `/retrievefinalmix`; `changes` go into `applyAudioEffectsData`."""
    data = {"multitrackTaskId": task_id, "trackData": tracks, "returnStems": False, "sampleRate": "44100"}
    return {"applyAudioEffectsData": data | changes}


class SandboxServer:
    """A sandbox in a thread of its own, answering at `.url` until `close`."""

    def __init__(self, settings: SandboxSettings, clock: Clock | None = None) -> None:
        self.settings = settings
        listening: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening, clock), name="sandbox", daemon=True)
        self._thread.start()
        self.url = listening.result(timeout=20)
        # Loading certificates for each client would take longer than most tests.
        self.http = httpx.Client(base_url=self.url, headers=KEY, timeout=60, trust_env=False, verify=False)
        self.store = httpx.Client(timeout=60, trust_env=False, verify=False)
        """Has no key: for signed URLs."""

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
        self.store.put(urls["signed_url"], content=path.read_bytes(), headers={"Content-Type": kind}).raise_for_status()
        return urls["readable_url"]

    def preview(self, urls: list[str], **changes: Any) -> str:
        """Ask for a preview and see it end; its task id. `changes` go into `multitrackData`."""
        answer = self.http.post("/mixpreview", json=preview_body(urls, **changes))
        assert answer.status_code == 200, answer.text
        task_id = answer.json()["multitrack_task_id"]
        deadline = time.monotonic() + 30
        while self.http.get(f"/sandbox/tasks/{task_id}").json()["state"] not in ENDED:
            assert time.monotonic() < deadline, "the preview does not end"
        return task_id

    def retrieve(self, task_id: str, *, settings: bool = False) -> httpx.Response:
        """One `/retrievepreviewmix`."""
        body = {"multitrackTaskId": task_id, "retrieveFXSettings": settings}
        return self.http.post("/retrievepreviewmix", json={"multitrackData": body})

    def settings_of(self, task_id: str) -> dict[str, Any]:
        """`mix_output_settings` of a task; charged the first time."""
        return self.retrieve(task_id, settings=True).json()["previewMixTaskResults"]["mix_output_settings"]

    def final(self, task_id: str, tracks: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
        """`applyAudioEffectsResults` of a final request."""
        answer = self.http.post("/retrievefinalmix", json=final_body(task_id, tracks, **changes))
        assert answer.status_code == 200, answer.text
        return answer.json()["applyAudioEffectsResults"]

    def audio(self, url: str) -> tuple[np.ndarray, int]:
        """Samples (frames, channels) and rate of a download."""
        return soundfile.read(io.BytesIO(self.store.get(url).raise_for_status().content), always_2d=True)

    def close(self) -> None:
        """End it; the same `settings.state_dir` may be served again afterwards."""
        self.http.close()
        self.store.close()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(timeout=20)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """A sandbox with an empty state folder and stages of 10 ms."""
    server = SandboxServer(SandboxSettings(state_dir=tmp_path / "sandbox", stage_seconds=0.01))
    yield server
    server.close()


@asynccontextmanager
async def sandbox_in_loop(settings: SandboxSettings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A sandbox in the test's own event loop, so that a FakeClock may drive it; a client that has a key."""
    listening = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(settings, clock=clock, on_listening=listening.set_result))
    try:
        async with asyncio.timeout(20):
            url = await listening
        async with httpx.AsyncClient(base_url=url, headers=KEY, timeout=30, trust_env=False, verify=False) as http:
            yield http
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


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
    moment = np.arange(round(seconds * rate)) / rate
    sound = 10.0 ** (level_db / 20.0) * np.sin(2.0 * np.pi * freq * moment)
    if pulse_hz:
        sound *= np.exp(-6.0 * np.modf(moment * pulse_hz)[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.repeat(sound[:, None], channels, axis=1), rate, format=format, subtype=subtype)
    return path
