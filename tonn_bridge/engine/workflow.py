"""The job from stems to proposal and from proposal to final mix, written down step by step.

What may cost credits is asked about, journaled, sent once, and never repeated by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tonn_bridge.clock import Clock
from tonn_bridge.core import Limit
from tonn_bridge.core.mix import MixView, Showing
from tonn_bridge.core.portable import PortableMix
from tonn_bridge.engine.job import Job, Webhook
from tonn_bridge.engine.journal import Action, Past, Run, Step
from tonn_bridge.engine.lanes import to_the_end
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.mixes import (
    Placed,
    Proposed,
    fitted,
    journaled,
    own_preview,
    place,
    portable,
    proposed,
    stem_hashes,
)
from tonn_bridge.engine.progress import Progress, State
from tonn_bridge.engine.questions import Questions
from tonn_bridge.engine.requests import (
    FETCH_SETTINGS,
    FETCH_SETTINGS_AGAIN,
    NOT_FETCHED,
    body_of,
    final_move,
    final_question,
    fingerprint,
    origin,
    preview_track,
    same_wish,
)
from tonn_bridge.errors import (
    BridgeError,
    KeyRefused,
    NoCredits,
    NotPossible,
    PaidOutcomeUnknown,
    TonnError,
    TonnRejected,
    TonnUnavailable,
)
from tonn_bridge.store import Charge, Store
from tonn_bridge.tonn import (
    NO_WEBHOOK,
    FinalRequest,
    PreviewStatus,
    Stem,
    TonnClient,
    check_stems,
    final_request,
    preview_request,
)

log = logging.getLogger(__name__)

_T = TypeVar("_T")

UPLOAD_KEPT_S = 50 * 60.0
"""How long an upload is used again; Tonn keeps its links for an hour (vendor's tutorial)."""

STAGES = {"MIX_TASK_PENDING": 0.1, "MIX_TASK_ANALYSIS": 0.35, "MIX_TASK_APPLY_FX": 0.7}


class Workflow:
    """Runs previews and final mixes; one at a time, which the caller sees to.

    `limits` are those of the last final request, by track; `spent` counts the credits this session is known to have
    cost; `nudge` is set when a call-back came.
    """

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
        self.limits: Mapping[int, tuple[Limit, ...]] = {}
        self.spent = 0
        self.nudge = asyncio.Event()
        self.webhook = Webhook(NO_WEBHOOK)
        self._mixer = mixer
        self._client = client
        self._store = store
        self._questions = questions
        self._clock = clock
        self._proposed: Proposed | None = None

    # --- after a start ------------------------------------------------------------------------------------------

    async def recall(self) -> None:
        """Count what was spent, and propose again what was proposed last.

        Raises:
            StoreError: the journal cannot be read.
            SessionError, TonnRejected: the session has changed, and the proposal does not fit it any more.
        """
        self.spent = sum(charge.credits or 0 for charge in await self._store.charges(self.job.session))
        recalled = proposed(self.past, self.job)
        if recalled is not None:
            self._adopt(recalled)

    async def resume(self) -> None:
        """Go on where the program ended: an upload, a mix under way, a paid final mix that was not fetched."""
        past = self.past
        match past.waiting:
            case Action.PREVIEW if past.run is not None and past.run.task_id is not None:
                await self._finish_preview(past.run)
            case Action.PREVIEW:
                await self.preview()
            case Action.FINAL if past.final is not None and past.final.url is not None:
                await self._fetch_final(past.final.url, past.final.stems)
            case Action.FINAL if past.final is not None:
                await self._send_final(FinalRequest.model_validate(past.final.body))

    # --- the preview --------------------------------------------------------------------------------------------

    async def preview(self) -> None:
        """Upload what has changed, have it mixed, fetch the preview and its settings.

        Where the same stems were left half-way (a cancel, an error, settings nobody allowed), this goes on from there.
        """
        self.progress.at(State.UPLOADING, 0.0, "checking the stems")
        stems = await asyncio.to_thread(check_stems, [track.source for track in self.job.tracks])
        await self._write(Step.PREVIEW_WANTED, fingerprint=fingerprint(self.job, stems))
        run = self.past.run
        assert run is not None
        if run.task_id is None:
            await self._create_task(stems)
        await self._finish_preview(run)

    async def _create_task(self, stems: Sequence[Stem]) -> None:
        given = {stem.number: stem.url for stem in stems if stem.url is not None}
        files = [stem for stem in stems if stem.url is None]
        kept = await self._kept_uploads(files)
        urls = given | kept | await self._upload([stem for stem in files if stem.number not in kept])
        try:
            task_id = await self._request_preview(urls)
        except TonnRejected as exc:
            if exc.status != 400 or not kept:
                raise
            log.info("Tonn refused links of an earlier upload; uploading again")
            urls = given | await self._upload(files)
            task_id = await self._request_preview(urls)
        sources = {track.source.number: origin(track.source) for track in self.job.tracks}
        await self._write(Step.TASK_CREATED, task_id=task_id, urls=_by_text(urls), sources=_by_text(sources))

    async def _kept_uploads(self, stems: Sequence[Stem]) -> dict[int, str]:
        """Where stems lie that were sent before, unchanged, and not too long ago."""
        since = self._clock.wall() - UPLOAD_KEPT_S
        found = {
            stem.number: await self._store.find_upload(self.job.scope, stem.sha256, stem.upload_name, since)
            for stem in stems
        }
        return {number: url for number, url in found.items() if url is not None}

    async def _upload(self, stems: Sequence[Stem]) -> dict[int, str]:
        urls: dict[int, str] = {}

        async def keep(stem: Stem, url: str) -> None:
            urls[stem.number] = url
            await self._store.remember_upload(self.job.scope, stem.sha256, stem.upload_name, url, self._clock.wall())

        def show(sent: int, total: int) -> None:
            text = f"uploading {len(stems)} of {len(self.job.tracks)} stems: {sent / 1e6:.1f} of {total / 1e6:.1f} MB"
            self.progress.at(State.UPLOADING, sent / max(total, 1), text)

        if stems:
            await self._client.upload_all(stems, show, keep)
        return urls

    async def _request_preview(self, urls: Mapping[int, str]) -> str:
        self.progress.at(State.MIXING, 0.0, "asking for the preview")
        job = self.job
        request = preview_request(
            [preview_track(track, urls[track.source.number]) for track in job.tracks],
            style=job.style,
            sample_rate=job.sample_rate,
            return_stems=job.return_stems,
            webhook_url=self.webhook.url,
        )
        return await self._client.request_preview(request)

    async def _finish_preview(self, run: Run) -> None:
        """From a task that Tonn has taken to the proposal, by the steps that are still missing."""
        if run.preview_file is None:
            await self._fetch_preview(run)
        if run.settings is None and not await self._fetch_settings(run):
            return
        try:
            found = fitted(run, self.job)
        except BridgeError:
            await self._write(Step.PREVIEW_LOST)
            raise
        await self._write(Step.PROPOSED, at=self._clock.wall())
        self._adopt(found)

    async def _fetch_preview(self, run: Run) -> None:
        assert run.task_id is not None
        self.progress.at(State.MIXING, 0.05, "Tonn is mixing")
        waiting = self._client.wait_for_preview(
            run.task_id, self.nudge, self._show_status, public_webhook=self.webhook.public
        )
        status = await self._lost_by(waiting, TonnRejected, TonnUnavailable)
        if not run.done:
            await self._write(Step.PREVIEW_DONE)
        if status.preview_url is not None:
            self.progress.at(State.MIXING, 0.9, "fetching the preview")
            file = await self._client.download(status.preview_url, self._place("preview", ".mp3"))
            await self._fetch_stems(file, status.stems)
            await self._write(Step.PREVIEW_SAVED, file=str(file))

    async def _fetch_settings(self, run: Run) -> bool:
        """Whether the settings of `run` are there now; not where nobody allowed it."""
        assert run.task_id is not None
        spending = self.job.spending
        self.progress.at(State.MIXING, 0.95, "the preview is there")
        if run.settings_open or spending.ask_settings:
            text = FETCH_SETTINGS_AGAIN if run.settings_open else FETCH_SETTINGS
            if not await self._questions.ask("fx_settings", text, spending.settings_credits):
                await self._write(Step.SETTINGS_DECLINED)
                self.progress.rest(NOT_FETCHED)
                return False
        self.progress.at(State.MIXING, 0.95, "fetching the settings")
        await self._write(Step.SETTINGS_REQUESTED)
        asking = self._paid(self._client.fetch_settings(run.task_id), Step.SETTINGS_REFUSED)
        settings = await self._lost_by(asking, TonnRejected)
        charge = Charge(run.task_id, "fx_settings", spending.settings_credits, self._clock.wall())
        await self._write(Step.SETTINGS_RECEIVED, charge, settings=dict(settings))
        return True

    def _adopt(self, found: Proposed) -> None:
        self._proposed = found
        self._mixer.set_proposal(found.settings)
        self.limits = {}

    def _show_status(self, status: PreviewStatus) -> None:
        word = status.status.removeprefix("MIX_TASK_").replace("_", " ").lower()
        self.progress.at(State.MIXING, STAGES.get(status.status, self.progress.amount), f"Tonn: {word}")

    # --- a mix as a file ----------------------------------------------------------------------------------------

    def mix(self, view: MixView) -> PortableMix:
        """What is proposed, as it travels; with the hand's moves where the DAW in `view` shows it.

        Raises:
            NotPossible: nothing is proposed.
        """
        if self._proposed is None:
            raise NotPossible("there is no mix yet: ask for a preview first")
        return portable(self._proposed, self.past, self.job, self._mixer.mode, view)

    async def take(self, mix: PortableMix) -> Placed:
        """Propose a mix out of a file; where it is that of this session's last preview, the preview stands again.

        Raises:
            MixMisfit: it has nothing for any of the session's tracks.
        """
        placed = place(mix, self.job, await stem_hashes(self.job), self._mixer.mode)
        own = own_preview(mix, placed, self.past, self.job)
        await self._write(Step.IMPORTED, **({"task_id": own.task_id} if own else journaled(mix, placed, self.job)))
        found = own or proposed(self.past, self.job)
        assert found is not None
        self._adopt(found)
        return placed

    # --- the final mix ------------------------------------------------------------------------------------------

    async def applied(self) -> None:
        """Write down that the DAW is being set to the present proposal."""
        if self._proposed is not None:
            await self._write(Step.APPLIED, task_id=self._proposed.task_id)

    def check_final(self, view: MixView) -> None:
        """Raises NotPossible unless the DAW shows Tonn's newest mix, at rest."""
        if self._proposed is None:
            raise NotPossible("there is no mix to finish yet: ask for a preview first")
        if self._proposed.file is not None:
            raise NotPossible(
                "this mix came from a file, and Tonn has no stems to finish it with: ask for a preview first"
            )
        if not view.applied or view.showing is Showing.USER:
            raise NotPossible("the DAW shows your own mix: apply Tonn's (or compare back to it) before the final mix")
        if view.moving:
            raise NotPossible("the faders are still on their way; ask again when they stand still")
        self.check_newest()

    def check_newest(self) -> None:
        """Raises NotPossible while the DAW shows an older mix of Tonn's than the one proposed now."""
        if self._proposed is not None and self.past.applied not in (None, self._proposed.task_id):
            raise NotPossible("the DAW shows an older mix of Tonn's: apply the newest first")

    async def final(self, view: MixView) -> None:
        """Have the mix in `view` made final: asked for once, and fetched. What is paid for already is fetched first."""
        request, limits = self._final_request(view)
        self.limits = limits
        earlier = self.past.final
        if earlier is not None and earlier.url is not None:
            try:
                await self._fetch_final(earlier.url, earlier.stems)
            except TonnError as exc:
                log.info("the final mix that is paid for cannot be fetched: %s", exc)
            else:
                if same_wish(earlier, request):
                    return
        await self._send_final(request)

    def _final_request(self, view: MixView) -> tuple[FinalRequest, dict[int, tuple[Limit, ...]]]:
        mix = self._proposed
        assert mix is not None
        return final_request(
            mix.task_id,
            [final_move(track, mix.urls[track.number]) for track in view.tracks],
            sample_rate=self.job.sample_rate,
            return_stems=self.job.return_stems,
            webhook_url=self.webhook.url,
        )

    async def _send_final(self, request: FinalRequest) -> None:
        earlier, spending = self.past.final, self.job.spending
        if earlier is not None and same_wish(earlier, request):
            request = FinalRequest.model_validate(earlier.body)  # word for word, so that it may be known again
        asks = spending.ask_final or earlier is not None
        question = final_question(request, earlier)
        if asks and not await self._questions.ask("final", question, spending.final_credits):
            await self._write(Step.FINAL_DECLINED)
            return
        self.progress.at(State.FINALIZING, 0.2, "Tonn is making the final mix")
        await self._write(Step.FINAL_REQUESTED, body=body_of(request))
        result = await self._paid(self._client.request_final(request), Step.FINAL_REFUSED)
        if result.download_url is None:
            raise PaidOutcomeUnknown(
                "Tonn took the request for the final mix and has not finished it; press final again in a while "
                "to ask for it (you will be asked first, for it may be charged again)"
            )
        charge = Charge(request.data.task_id, "final", spending.final_credits, self._clock.wall())
        await self._write(Step.FINAL_RECEIVED, charge, url=result.download_url, stems=dict(result.stems))
        await self._fetch_final(result.download_url, result.stems)

    async def _fetch_final(self, url: str, stems: Mapping[str, str]) -> None:
        self.progress.at(State.FINALIZING, 0.8, "fetching the final mix")
        file = await self._client.download(url, self._place("final", ".wav"))
        await self._fetch_stems(file, stems)
        await self._write(Step.FINAL_SAVED, file=str(file))

    async def _fetch_stems(self, mix: Path, stems: Mapping[str, str]) -> None:
        """The stems of a mix as they stand in it, beside it and named after it."""
        for name, url in stems.items():
            await self._client.download(url, mix.with_name(f"{mix.stem} - {Path(name).stem}{mix.suffix}"))

    # --- how it ends, and the journal ---------------------------------------------------------------------------

    async def cancelled(self) -> None:
        """Write down that a person ended what was under way."""
        unanswered = self.past.unanswered
        await self._write(Step.CANCELLED)
        self.progress.rest("stopped; what had been asked for may still be charged" if unanswered else "")

    async def failed(self, code: str, text: str) -> None:
        """Write down that what was under way has ended in an error."""
        await self._write(Step.FAILED, code=code, text=text)

    async def _paid(self, asking: Awaitable[_T], refused: Step) -> _T:
        """The answer to a request that may cost credits; one after which nothing can have been is journaled."""
        try:
            return await asking
        except PaidOutcomeUnknown:
            raise
        except TonnError as exc:
            await self._write(refused, text=str(exc))
            raise

    async def _lost_by(self, asking: Awaitable[_T], *errors: type[TonnError]) -> _T:
        """The answer about the present preview; after one of `errors` the next press begins a new one.

        What a person can mend (the key, the credits) leaves it as it is.
        """
        try:
            return await asking
        except (KeyRefused, NoCredits):
            raise
        except errors:
            await self._write(Step.PREVIEW_LOST)
            raise

    async def _write(self, step: Step, charge: Charge | None = None, /, **data: Any) -> None:
        """Journal a step, and take it in: both or neither, so that what is known here is what a restart will read."""

        async def write() -> None:
            await self._store.journal(self.job.session, step, data, self._clock.wall(), charge=charge)
            self.past.read(step, data)
            if charge is not None:
                self.spent += charge.credits or 0

        await to_the_end(write())

    def _place(self, what: str, suffix: str) -> Path:
        clean = "".join(char if char.isalnum() or char in " -_.()" else "_" for char in self.job.name).strip(" .")
        return self.job.output / f"{clean or 'mix'} {what}{suffix}"


def _by_text(values: Mapping[int, str]) -> dict[str, str]:
    return {str(number): value for number, value in values.items()}
