"""The daemon as one thing: what it is doing, what it can be told, and who is told of each change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tonn_bridge.clock import Clock
from tonn_bridge.core import Param
from tonn_bridge.core.mix import Showing
from tonn_bridge.engine.document import Json, tracks_document
from tonn_bridge.engine.journal import Step
from tonn_bridge.engine.lanes import Lane
from tonn_bridge.engine.memory import remember
from tonn_bridge.engine.mixer import Goal, Mixer
from tonn_bridge.engine.progress import State
from tonn_bridge.engine.questions import Questions
from tonn_bridge.engine.workflow import Workflow
from tonn_bridge.errors import BridgeError, NotPossible, RangeError, StoreError, UnknownTrack
from tonn_bridge.store import Store

log = logging.getLogger(__name__)

SAVE_AFTER_S = 0.2
"""A change of the mix is on disk this long after it, at the latest: what stood a second before a crash is kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The last thing that went wrong, for people."""

    code: str
    text: str


class Endpoint(Protocol):
    """The DAW, a surface, or Tonn, as the state document shows it."""

    def describe(self) -> Json: ...


class Notices:
    """Tells everybody of changes: many changes in one turn of the loop are one notice."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._waiting = False

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def changed(self) -> None:
        if not self._waiting and self._callbacks:
            self._waiting = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._waiting = False
        for callback in list(self._callbacks):
            callback()


class Bridge:
    """Takes actions from every side, checks them against the present state, and runs them in two lanes.

    One lane talks to Tonn (preview, final), the other moves the mix (apply, revert, compare, morph); a newer movement
    takes the place of the one under way.
    """

    def __init__(
        self,
        session: str,
        mapping: str,
        mixer: Mixer,
        workflow: Workflow,
        questions: Questions,
        store: Store,
        clock: Clock,
        notices: Notices,
    ) -> None:
        self.mixer = mixer
        self.workflow = workflow
        self._session = session
        self._mapping = mapping
        self._questions = questions
        self._store = store
        self._clock = clock
        self._notices = notices
        self._service = Lane("service")
        self._movement = Lane("movement")
        self._failure: Failure | None = None
        self._save_due = False
        self._saving: asyncio.Task[None] | None = None
        self._saved_sequence = -1
        self._spent = 0
        self.endpoints: list[Endpoint] = []
        notices.subscribe(self._save_soon)

    # --- what is read -------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The one word for what is going on."""
        if self._failure is not None:
            return State.ERROR
        if self.workflow.progress.stage is not None:
            return self.workflow.progress.stage
        past = self.workflow.past
        if self.mixer.applied and self.mixer.goal is not Goal.PROPOSAL:
            return State.DONE if past.final_file is not None else State.APPLIED
        return State.READY if self.mixer.has_proposal else State.IDLE

    def document(self) -> Json:
        """The state document (contract, section 4)."""
        view, past, progress = self.mixer.view, self.workflow.past, self.workflow.progress
        question = self._questions.open
        asked: Json | None = None
        if question is not None:
            asked = {"id": question.id, "text": question.text, "credits": question.credits}
            asked["expires_s"] = round(self._questions.seconds_left(), 1)
        return {
            "state": self.state.value,
            "progress": progress.amount,
            "text": progress.text,
            "running": self._movement.running or self._service.running,
            "showing": view.showing.value,
            "task_id": past.run.task_id if past.run is not None else None,
            "error": None if self._failure is None else {"code": self._failure.code, "text": self._failure.text},
            "question": asked,
            "credits": {"spent": self._spent, "limit": None},
            "tracks": tracks_document(view, self.workflow.limits),
            "endpoints": [endpoint.describe() for endpoint in self.endpoints],
            "preview_file": past.run.preview_file if past.run is not None else None,
            "final_file": past.final_file,
        }

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self._notices.subscribe(callback)

    # --- what it is told ----------------------------------------------------------------------------------------

    def act(self, action: str, value: float | None = None) -> None:
        """Begin an action; it goes on after this has returned.

        Raises:
            NotPossible: it does not fit the present state.
            RangeError: a morph outside 0..1, or no such action.
        """
        match action:
            case "preview":
                self._serve("preview", self.workflow.preview)
            case "final":
                self.workflow.check_final(self.mixer.view)
                self._serve("final", self.workflow.final)
            case "apply" | "revert" | "compare":
                self._move(action, getattr(self.mixer, action))
            case "morph":
                if value is None or not 0.0 <= value <= 1.0:
                    raise RangeError("morph", value, "0..1")
                self._movement.stop()
                self.mixer.morph(value)
                self._clear_failure()
            case "confirm":
                self._questions.answer(True)
            case "cancel":
                self._cancel()
            case _:
                raise RangeError("action", action, "the known ones")

    def move(self, number: int, *, gain_db: float | None, adjust_db: float | None, pan: float | None) -> None:
        """Move a track's fader (dB, or dB against the proposal) or pan (-1..1) as if by hand.

        Raises:
            NotPossible: the DAW does not answer, or nothing has been applied to adjust against.
            RangeError: NaN, or a pan outside -1..1.
            UnknownTrack: the session has no such track.
        """
        if number not in self.mixer.strips:
            raise UnknownTrack(f"the session has no track {number}; it has 1 to {len(self.mixer.strips)}")
        for what, value in (("gain", gain_db), ("adjust", adjust_db)):
            if value is not None and value != value:
                raise RangeError(what, value, "any dB")
        if pan is not None and not -1.0 <= pan <= 1.0:
            raise RangeError("pan", pan, "-1..1")
        if gain_db is not None:
            self.mixer.move(number, Param.GAIN, gain_db)
        if adjust_db is not None:
            self.mixer.adjust(number, adjust_db)
        if pan is not None:
            self.mixer.move(number, Param.PAN, pan)

    def nudge(self) -> None:
        """A call-back came: ask Tonn now."""
        self.workflow.nudge.set()

    # --- its life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Count what was spent, and go on with what a crash interrupted."""
        await self._count_charges()
        unfinished = self.workflow.unfinished
        if unfinished is not None:
            log.info("going on with the %s that was under way", unfinished)
            self._serve(unfinished, self.workflow.resume)
        self._movement.start("resume", self._arrival)
        self._notices.changed()

    async def close(self) -> None:
        """Stop what is under way, and put the mix on disk."""
        await self._service.close()
        await self._movement.close()
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._save()

    def _serve(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if self._service.running is not None:
            raise NotPossible(f"a {self._service.running} is under way; cancel it first")
        self._clear_failure()
        self._service.start(name, lambda: self._job(name, work))
        self._notices.changed()

    async def _job(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            await self._count_charges()
            self.workflow.progress.rest()
        except asyncio.CancelledError:
            self.workflow.progress.rest()
            raise
        except BridgeError as exc:
            self.workflow.progress.rest()
            await self._fail(exc.code, str(exc))
        except Exception:
            log.exception("the %s failed", name)
            self.workflow.progress.rest()
            await self._fail("internal", f"the {name} failed in a way nobody expected; the log has the details")

    async def _fail(self, code: str, text: str) -> None:
        self._failure = Failure(code, text)
        self._notices.changed()
        try:
            await self.workflow.written(Step.FAILED, code=code, text=text)
        except StoreError as exc:
            log.error("the failure could not be journaled: %s", exc)

    def _cancel(self) -> None:
        if self._questions.open is not None:
            self._questions.answer(False)
        elif self._service.running is not None:
            self._service.stop()
            self._service.start("cancel", lambda: self._job("cancel", self._cancelled))
        else:
            raise NotPossible("nothing is under way")

    async def _cancelled(self) -> None:
        await self.workflow.written(Step.CANCELLED)

    def _move(self, name: str, decide: Callable[[], None]) -> None:
        """Decide where the mix goes, write that down, and only then move the first fader."""
        decide()
        self._clear_failure()
        self._movement.stop()
        self._movement.start(name, self._movement_job)
        self._notices.changed()

    async def _movement_job(self) -> None:
        try:
            await self._save()
            self.mixer.depart()
            await self._arrival()
        except BridgeError as exc:
            await self._fail(exc.code, str(exc))

    async def _arrival(self) -> None:
        await self.mixer.still()
        await self._save()
        self._notices.changed()

    def _clear_failure(self) -> None:
        self._failure = None

    async def _count_charges(self) -> None:
        self._spent = sum(charge.credits or 0 for charge in await self._store.charges(self._session))

    # --- saving -------------------------------------------------------------------------------------------------

    def _save_soon(self) -> None:
        if not self._save_due and self.mixer.view.sequence != self._saved_sequence:
            self._save_due = True
            self._clock.call_later(SAVE_AFTER_S, self._begin_save)

    def _begin_save(self) -> None:
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save_quietly(), name="save mix")
        else:
            self._clock.call_later(SAVE_AFTER_S, self._begin_save)

    async def _save_quietly(self) -> None:
        self._save_due = False
        try:
            await self._save()
        except StoreError as exc:
            if self._failure is None:
                self._failure = Failure(exc.code, str(exc))
                self._notices.changed()

    async def _save(self) -> None:
        self._saved_sequence = self.mixer.view.sequence
        await self._store.save_mix(self._session, remember(self.mixer, self._mapping), self._clock.wall())

    @property
    def comparing(self) -> bool:
        return self.mixer.applied and self.mixer.showing is Showing.USER
