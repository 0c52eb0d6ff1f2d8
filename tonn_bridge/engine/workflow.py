"""The job from stems to proposal and from proposal to final mix, written down step by step.

What may cost credits is asked about, journaled, sent once, and never repeated by itself.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tonn_bridge.clock import Clock
from tonn_bridge.core import FLOOR_DB, Limit
from tonn_bridge.core.mix import MixView, TrackView
from tonn_bridge.engine.job import Job, JobTrack, Webhook
from tonn_bridge.engine.journal import Past, Run, Step
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.progress import Progress, State
from tonn_bridge.engine.questions import Questions
from tonn_bridge.errors import NotPossible, PaidOutcomeUnknown, TonnError, TonnRejected
from tonn_bridge.store import Charge, Store
from tonn_bridge.tonn import (
    NO_WEBHOOK,
    FinalMove,
    FinalRequest,
    FinalResult,
    PreviewStatus,
    PreviewTrack,
    Stem,
    TonnClient,
    check_stems,
    final_request,
    preview_request,
    translate,
)

log = logging.getLogger(__name__)

UPLOAD_KEPT_S = 50 * 60.0
"""How long an upload is used again; Tonn keeps its links for an hour (vendor's tutorial)."""

STAGES = {"MIX_TASK_PENDING": 0.1, "MIX_TASK_ANALYSIS": 0.35, "MIX_TASK_APPLY_FX": 0.7}
MUTED_DB = -60.0
"""What a muted track is sent as: the lowest `gainDb` there is."""


class Workflow:
    """Runs previews and final mixes; one at a time, which the caller sees to."""

    def __init__(
        self,
        job: Job,
        mixer: Mixer,
        client: TonnClient,
        store: Store,
        past: Past,
        questions: Questions,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self.job = job
        self.past = past
        self.progress = Progress(changed)
        self.limits: dict[int, tuple[Limit, ...]] = {}
        self.nudge = asyncio.Event()
        self.webhook = Webhook(NO_WEBHOOK)
        self._mixer = mixer
        self._client = client
        self._store = store
        self._questions = questions
        self._clock = clock
        if past.mixed is not None and past.mixed.settings is not None:
            self._propose(past.mixed)

    # --- the preview --------------------------------------------------------------------------------------------

    async def preview(self) -> None:
        """Upload what has changed, have it mixed, fetch the preview and its settings.

        When the same stems have been mixed already and only the settings are missing, this goes on from there.
        """
        self.progress.at(State.UPLOADING, 0.0, "checking the stems")
        stems = await asyncio.to_thread(check_stems, [track.source for track in self.job.tracks])
        fingerprint = _fingerprint(self.job, stems)
        run = self.past.run
        if run is None or run.fingerprint != fingerprint or not run.done or run.settings is not None:
            await self._write(Step.PREVIEW_WANTED, fingerprint=fingerprint)
            await self._create_task(stems)
        await self._finish_preview()

    async def resume(self) -> None:
        """Go on where the program ended: an upload, a mix under way, a paid final mix that was not fetched."""
        past = self.past
        if past.final_url is not None:
            await self._fetch_final(past.final_url, past.final_stems)
        elif past.waiting and past.run is not None:
            if past.run.task_id is None:
                await self.preview()
            else:
                await self._finish_preview()
        elif past.final_open is not None:
            await self._send_final(FinalRequest.model_validate(past.final_open))

    @property
    def unfinished(self) -> str | None:
        """The name of the action that `resume` would go on with."""
        past = self.past
        if past.final_url is not None or past.final_open is not None:
            return "final"
        return "preview" if past.waiting and past.run is not None else None

    async def _create_task(self, stems: list[Stem]) -> None:
        urls = await self._upload(stems)
        self.progress.at(State.MIXING, 0.0, "asking for the preview")
        try:
            task_id = await self._request(urls)
        except TonnRejected as exc:
            if exc.status != 400 or not self._reused:
                raise
            log.info("Tonn refused links of an earlier upload; uploading again")
            task_id = await self._request(urls := await self._upload(stems, again=True))
        await self._write(Step.TASK_CREATED, task_id=task_id, urls={str(number): url for number, url in urls.items()})

    async def _upload(self, stems: list[Stem], *, again: bool = False) -> dict[int, str]:
        since = self._clock.wall() if again else self._clock.wall() - UPLOAD_KEPT_S
        urls: dict[int, str] = {}
        waiting: list[Stem] = []
        for stem in stems:
            url = stem.url or await self._store.find_upload(self.job.scope, stem.sha256, stem.upload_name, since)
            if url is None:
                waiting.append(stem)
            else:
                urls[stem.number] = url
        self._reused = any(stem.url is None for stem in stems) and len(waiting) < len(stems)

        async def keep(stem: Stem, url: str) -> None:
            urls[stem.number] = url
            await self._store.remember_upload(self.job.scope, stem.sha256, stem.upload_name, url, self._clock.wall())

        def show(sent: int, total: int) -> None:
            text = f"uploading {len(waiting)} of {len(stems)} stems: {sent / 1e6:.1f} of {total / 1e6:.1f} MB"
            self.progress.at(State.UPLOADING, sent / max(total, 1), text)

        if waiting:
            await self._client.upload_all(waiting, show, keep)
        return urls

    async def _request(self, urls: Mapping[int, str]) -> str:
        job = self.job
        request = preview_request(
            [_preview_track(track, urls[track.source.number]) for track in job.tracks],
            style=job.style,
            sample_rate=job.sample_rate,
            return_stems=job.return_stems,
            webhook_url=self.webhook.url,
        )
        return await self._client.request_preview(request)

    async def _finish_preview(self) -> None:
        run = self.past.run
        assert run is not None
        assert run.task_id is not None
        if not run.done or run.preview_file is None:
            self.progress.at(State.MIXING, 0.05, "Tonn is mixing")
            status = await self._client.wait_for_preview(
                run.task_id, self.nudge, self._show_status, public_webhook=self.webhook.public
            )
            await self._write(Step.PREVIEW_DONE)
            if status.preview_url is not None:
                self.progress.at(State.MIXING, 0.9, "fetching the preview")
                file = await self._client.download(status.preview_url, self._place("preview", ".mp3"))
                await self._write(Step.PREVIEW_SAVED, file=str(file))
        await self._fetch_settings(run)

    async def _fetch_settings(self, run: Run) -> None:
        assert run.task_id is not None
        spending = self.job.spending
        if spending.ask_settings or run.settings_open:
            text = "Fetch the settings of the preview?"
            if run.settings_open:
                text = (
                    "The settings of this preview were asked for before, and the answer never came. It may have been "
                    "charged. Ask again?"
                )
            if not await self._questions.ask(text, spending.settings_credits):
                await self._write(Step.SETTINGS_DECLINED)
                return
        self.progress.at(State.MIXING, 0.95, "fetching the settings")
        await self._write(Step.SETTINGS_REQUESTED, task_id=run.task_id)
        with self._refusal(Step.SETTINGS_REFUSED) as refused:
            settings = await self._client.fetch_settings(run.task_id)
        await self._raise_refused(refused)
        charge = Charge(run.task_id, "fx_settings", spending.settings_credits, self._clock.wall())
        await self._write(Step.SETTINGS_RECEIVED, charge, settings=dict(settings))
        self._propose(run)

    def _propose(self, run: Run) -> None:
        assert run.settings is not None
        self._mixer.set_proposal(translate(run.settings, list(run.urls.items()), self.job.units))
        self.limits = {}

    def _show_status(self, status: PreviewStatus) -> None:
        word = status.status.removeprefix("MIX_TASK_").replace("_", " ").lower()
        self.progress.at(State.MIXING, STAGES.get(status.status, self.progress.amount), f"Tonn: {word}")

    # --- the final mix ------------------------------------------------------------------------------------------

    def check_final(self, view: MixView) -> None:
        """Raises NotPossible unless the DAW shows Tonn's mix, at rest."""
        if self.past.mixed is None:
            raise NotPossible("there is no mix to finish yet: ask for a preview first")
        if not view.applied or view.showing == "user":
            raise NotPossible("the DAW shows your own mix: apply Tonn's (or compare back to it) before the final mix")
        if view.moving:
            raise NotPossible("the faders are still on their way; ask again when they stand still")

    async def final(self) -> None:
        """Ask for the final mix with the present fader moves, once, and fetch it."""
        view = self._mixer.view
        mixed = self.past.mixed
        assert mixed is not None
        assert mixed.task_id is not None
        moves = [_move(track, mixed.urls[track.number]) for track in view.tracks]
        request, limits = final_request(
            mixed.task_id,
            moves,
            sample_rate=self.job.sample_rate,
            return_stems=self.job.return_stems,
            webhook_url=self.webhook.url,
            units=self.job.units,
        )
        self.limits = {number: tuple(found) for number, found in limits.items()}
        await self._send_final(request)

    async def _send_final(self, request: FinalRequest) -> None:
        spending = self.job.spending
        opened = self.past.final_open is not None
        if spending.ask_final or opened:
            tracks = request.data.tracks
            moved = sum(1 for track in tracks if track.gain_db or track.panning or track.eq or track.compression)
            text = f"Make the final mix of {len(tracks)} tracks, {moved} of them changed by hand?"
            if opened:
                text = (
                    "The final mix was asked for before, and the answer never came. It may have been charged. "
                    "Ask for it again?"
                )
            if not await self._questions.ask(text, spending.final_credits):
                return
        self.progress.at(State.FINALIZING, 0.2, "Tonn is making the final mix")
        body = request.model_dump(mode="json", by_alias=True, exclude_none=True)
        await self._write(Step.FINAL_REQUESTED, body=body)
        with self._refusal(Step.FINAL_REFUSED) as refused:
            result = await self._client.request_final(request)
        await self._raise_refused(refused)
        await self._receive_final(request.data.task_id, result)

    async def _receive_final(self, task_id: str, result: FinalResult) -> None:
        if result.download_url is None:
            raise PaidOutcomeUnknown(
                "Tonn took the request for the final mix and has not finished it; press final again in a while "
                "to ask for it (you will be asked first, for it may be charged again)"
            )
        charge = Charge(task_id, "final", self.job.spending.final_credits, self._clock.wall())
        await self._write(Step.FINAL_RECEIVED, charge, url=result.download_url, stems=dict(result.stems))
        await self._fetch_final(result.download_url, result.stems)

    async def _fetch_final(self, url: str, stems: Mapping[str, str]) -> None:
        self.progress.at(State.FINALIZING, 0.8, "fetching the final mix")
        file = await self._client.download(url, self._place("final", ".wav"))
        for name, stem_url in stems.items():
            await self._client.download(stem_url, file.with_name(f"{file.stem} - {Path(name).stem}.wav"))
        await self._write(Step.FINAL_SAVED, file=str(file))

    # --- inside -------------------------------------------------------------------------------------------------

    def _place(self, what: str, suffix: str) -> Path:
        clean = "".join(char if char.isalnum() or char in " -_.()" else "_" for char in self.job.name).strip(" .")
        return self.job.output / f"{clean or 'mix'} {what}{suffix}"

    async def written(self, step: Step, **data: Any) -> None:
        """Journal a step that ends a job from outside: a cancel, a failure."""
        await self._write(step, **data)

    async def _write(self, step: Step, charge: Charge | None = None, /, **data: Any) -> None:
        await self._store.journal(self.job.session, step, data, self._clock.wall(), charge=charge)
        self.past.read(step, data)

    @contextmanager
    def _refusal(self, step: Step) -> Iterator[list[tuple[Step, TonnError]]]:
        """Catches the errors after which nothing can have been charged; an unknown outcome goes through."""
        refused: list[tuple[Step, TonnError]] = []
        try:
            yield refused
        except PaidOutcomeUnknown:
            raise
        except TonnError as exc:
            refused.append((step, exc))

    async def _raise_refused(self, refused: list[tuple[Step, TonnError]]) -> None:
        for step, exc in refused:
            await self._write(step, text=str(exc))
            raise exc


def _preview_track(track: JobTrack, url: str) -> PreviewTrack:
    return PreviewTrack(track_url=url, group=track.group, presence=track.presence, pan=track.pan, reverb=track.reverb)


def _move(track: TrackView, url: str) -> FinalMove:
    gain = track.current.gain
    silent = track.muted or (gain is not None and gain.db <= FLOOR_DB)
    gain_db = MUTED_DB if silent else track.adjust_db or 0.0
    return FinalMove(track.number, url, gain_db, pan=track.current.pan if track.pan_changed else None)


def _fingerprint(job: Job, stems: list[Stem]) -> str:
    """The same for the same stems under the same wishes."""
    wishes = [
        [stem.sha256 or stem.url, track.group, track.presence, track.pan, track.reverb]
        for stem, track in zip(stems, job.tracks, strict=True)
    ]
    text = json.dumps([job.scope, job.style, job.sample_rate, job.return_stems, wishes])
    return hashlib.sha256(text.encode()).hexdigest()
