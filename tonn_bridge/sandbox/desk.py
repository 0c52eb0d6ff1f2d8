"""The mixing desk: takes each task through its stages, and renders finals; all real work in worker threads."""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.mixing.decide import Stem, decide
from tonn_bridge.sandbox.mixing.excerpt import PREVIEW_S, loudest_start_s
from tonn_bridge.sandbox.mixing.measure import Stopped, measure
from tonn_bridge.sandbox.mixing.render import Excerpt, mp3, render, wav
from tonn_bridge.sandbox.mixing.strip import Strip
from tonn_bridge.sandbox.records import ANALYSIS, APPLY_FX, FAILED, PENDING, Records, Rendered, Task
from tonn_bridge.sandbox.uploads import FileStore
from tonn_bridge.sandbox.webhooks import Webhooks
from tonn_bridge.tonn.wire import FINAL_COMPLETED, PREVIEW_COMPLETED

log = logging.getLogger(__name__)


class Desk:
    """Works while inside its `async with`; tasks left unfinished by an earlier sandbox go on when it is entered."""

    def __init__(
        self, records: Records, store: FileStore, webhooks: Webhooks, clock: Clock, stage_seconds: float
    ) -> None:
        self._records = records
        self._store = store
        self._webhooks = webhooks
        self._clock = clock
        self._stage_seconds = stage_seconds
        self._ending = threading.Event()
        self._group = asyncio.TaskGroup()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._finals: dict[tuple[str, str], asyncio.Future[Rendered]] = {}

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        for task in self._records.tasks.values():
            if not task.ended:
                self.begin(task)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        for job in self._jobs:
            job.cancel()
        await self._group.__aexit__(kind, error, trace)

    def end(self) -> None:
        """Give up work in worker threads; who waits for a final is told so."""
        self._ending.set()

    def begin(self, task: Task) -> None:
        """Work on a preview from the stage it is in to its end."""
        self._start(self._preview(task))

    async def final(self, task: Task, key: str, *, sample_rate: int, stems: bool, webhook_url: str | None) -> Rendered:
        """The rendered result of `task.finals[key]`; the same one for everybody who asks for it at the same time.

        Raises:
            Stopped: the sandbox is ending.
            OSError, RuntimeError: a stem could not be read, or a file not be written.
        """
        rendered = task.finals[key].rendered
        if rendered is not None:
            return rendered
        answer = self._finals.get((task.task_id, key))
        if answer is None:
            answer = self._finals[task.task_id, key] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda _: self._finals.pop((task.task_id, key)))
            work = self._render(task, task.finals[key].strips, Excerpt(), key[:16], "wav", sample_rate, stems)
            self._start(self._final(task, key, work, answer, webhook_url))
        return await asyncio.shield(answer)  # one asker going away leaves the others theirs

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        job = self._group.create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _preview(self, task: Task) -> None:
        try:
            while not task.ended:
                await self._stage(task)
        except Stopped:
            return
        except Exception as exc:  # whatever a stem does to us, the other tasks go on
            log.warning("task %s failed", task.task_id, exc_info=exc)
            task.state, task.message = FAILED, str(exc)
            await self._records.save(task)
        await self._webhooks.send(task.webhook_url, self._preview_call(task))

    async def _stage(self, task: Task) -> None:
        """One stage: over when its time and its work are."""
        work = {PENDING: self._nothing, ANALYSIS: self._analyse, APPLY_FX: self._render_preview}[task.state]
        over_at = self._clock.now() + self._stage_seconds
        await work(task)
        if (left_s := over_at - self._clock.now()) > 0.0:
            await self._clock.sleep(left_s)
        task.state = {PENDING: ANALYSIS, ANALYSIS: APPLY_FX, APPLY_FX: PREVIEW_COMPLETED}[task.state]
        await self._records.save(task)

    async def _nothing(self, task: Task) -> None:
        """A pending task waits for its turn."""

    async def _analyse(self, task: Task) -> None:
        measured = [await asyncio.to_thread(measure, path, self._ending.is_set) for path in self._sources(task)]
        stems = [
            Stem(track.group, track.presence, track.pan, each)
            for track, each in zip(task.tracks, measured, strict=True)
        ]
        task.preview_start_s = loudest_start_s(measured)
        task.proposal = decide(stems, task.style)

    async def _render_preview(self, task: Task) -> None:
        assert task.proposal is not None
        excerpt = Excerpt(task.preview_start_s, PREVIEW_S)
        task.preview = await self._render(
            task, task.proposal, excerpt, "preview", "mp3", task.sample_rate, task.return_stems
        )

    async def _final(
        self,
        task: Task,
        key: str,
        work: Coroutine[Any, Any, Rendered],
        answer: asyncio.Future[Rendered],
        webhook_url: str | None,
    ) -> None:
        """Render, keep the result, and answer everybody who waits for it."""
        try:
            task.finals[key].rendered = rendered = await work
            await self._records.save(task)
        except asyncio.CancelledError:
            answer.cancel()
            raise
        except Exception as exc:  # belongs to those who asked, not to the other tasks
            answer.set_exception(exc)
            return
        answer.set_result(rendered)
        if webhook_url is not None:
            call = {"multitrack_task_id": task.task_id, "state": FINAL_COMPLETED}
            call |= {"download_url_mixed": self._store.result_url(task.base_url, rendered.mix)}
            await self._webhooks.send(webhook_url, call | self._stem_urls(task, rendered))

    async def _render(
        self,
        task: Task,
        strips: list[Strip],
        excerpt: Excerpt,
        name: str,
        suffix: Literal["mp3", "wav"],
        rate: int,
        with_stems: bool,
    ) -> Rendered:
        folder = f"{task.task_id}/{name}"
        mix = f"{folder}/mix.{suffix}"
        stems = [f"{folder}/stem-{n:02d}.{suffix}" for n, _ in enumerate(task.tracks, start=1)] if with_stems else []
        make = {"mp3": mp3, "wav": wav}[suffix]
        output = make(self._store.result_file(mix), [self._store.result_file(stem) for stem in stems], rate)
        guard_db = await asyncio.to_thread(render, self._sources(task), strips, excerpt, output, self._ending.is_set)
        by_name = dict(zip((track.file_name for track in task.tracks), stems, strict=False))
        return Rendered(mix=mix, stems=by_name, clip_guard_db=guard_db)

    def _sources(self, task: Task) -> list[Path]:
        return [self._store.audio_file(track.upload_id) for track in task.tracks]

    def _preview_call(self, task: Task) -> dict[str, Any]:
        call = {"multitrack_task_id": task.task_id, "state": task.state}
        if task.preview is None:
            return call | {"error_message": task.message}
        url = self._store.result_url(task.base_url, task.preview.mix)
        return call | {"download_url_preview_mixed": url} | self._stem_urls(task, task.preview)

    def _stem_urls(self, task: Task, rendered: Rendered) -> dict[str, Any]:
        if not rendered.stems:
            return {}
        return {"stems": {n: self._store.result_url(task.base_url, stem) for n, stem in rendered.stems.items()}}
