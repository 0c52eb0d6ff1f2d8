"""The daemon as one thing: what it is doing, what it can be told, and who is told of each change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from math import isnan
from typing import Protocol

from tonn_bridge.core import Param
from tonn_bridge.core.mix import MixView
from tonn_bridge.core.portable import PortableMix
from tonn_bridge.core.tuning import Part
from tonn_bridge.engine.document import Json, TrackDocuments, proof_document
from tonn_bridge.engine.keeper import Keeper
from tonn_bridge.engine.lanes import Lane
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.mixes import Placed
from tonn_bridge.engine.outcome import outcome
from tonn_bridge.engine.progress import State
from tonn_bridge.engine.questions import Questions
from tonn_bridge.engine.workflow import Workflow
from tonn_bridge.errors import BridgeError, NotPossible, RangeError, StoreError, UnknownTrack

log = logging.getLogger(__name__)


class Endpoint(Protocol):
    """The DAW, a surface, or Tonn, as the state document shows it."""

    def describe(self) -> Json: ...


class Notices:
    """Tells everybody of changes: `soon` puts a notice off, and changes until then are one."""

    def __init__(self, soon: Callable[[Callable[[], None]], object]) -> None:
        self._soon = soon
        self._callbacks: list[Callable[[], None]] = []
        self._waiting = False

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def changed(self) -> None:
        if not self._waiting and self._callbacks:
            self._waiting = True
            self._soon(self._tell)

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
        self, mixer: Mixer, workflow: Workflow, questions: Questions, keeper: Keeper, notices: Notices
    ) -> None:
        self.mixer = mixer
        self.workflow = workflow
        self.endpoints: Callable[[], Sequence[Endpoint]] = tuple
        self.problems: tuple[str, ...] = ()
        """What is wrong with files that were saved while we run; what was in force before still is."""
        self._questions = questions
        self._keeper = keeper
        self._notices = notices
        self._tracks = TrackDocuments()
        self._service = Lane("service")
        self._movement = Lane("movement")
        self._failure: BridgeError | None = None
        """The last thing that went wrong, until the next action."""
        self._unsaved: BridgeError | None = None
        self._decided = -1
        """The sequence of the view with the last decision where the mix goes."""
        self._applies = False
        """Whether an apply is yet to be written down."""
        keeper.trouble = self._not_kept
        mixer.rack.save = keeper.save
        self._end_keeping = notices.subscribe(keeper.changed)

    # --- what is read -------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The one word for what is going on."""
        if self._failure is not None:
            return State.ERROR
        if self.workflow.progress.stage is not None:
            return self.workflow.progress.stage
        past = self.workflow.past
        if self.mixer.applied and not self.mixer.applying:
            return State.DONE if past.finished else State.APPLIED
        return State.READY if self.mixer.has_proposal else State.IDLE

    @property
    def busy(self) -> bool:
        """Whether something is under way that would be cut short."""
        return self._service.running is not None or self._movement.running is not None

    @property
    def view(self) -> MixView:
        """The mix as it stands."""
        return self.mixer.view

    def level(self, number: int, param: Param) -> float | None:
        """Where a track's control stands or is about to, in dB or -1..1; much cheaper than a view."""
        return self.mixer.strips[number].level(param)

    def status(self) -> Json:
        """What the daemon is doing: the state document without its tracks and endpoints."""
        past, progress = self.workflow.past, self.workflow.progress
        return {
            "state": self.state.value,
            "progress": progress.amount,
            "text": progress.text,
            "running": self._movement.running or self._service.running,
            "showing": self.mixer.showing.value,
            "task_id": past.run.task_id if past.run is not None else None,
            "error": None if self._failure is None else {"code": self._failure.code, "text": str(self._failure)},
            "question": self._question(),
            "problems": list(self.problems),
            "credits": {"spent": self.workflow.spent, "limit": None},
            "preview_file": past.preview_file,
            "final_file": past.final_file,
        }

    def document(self) -> Json:
        """The state document (contract, section 4)."""
        return self.status() | {
            "proof": proof_document(self.view),
            "tracks": self._tracks.of(self.view, self.workflow.limits),
            "endpoints": [endpoint.describe() for endpoint in self.endpoints()],
        }

    def _question(self) -> Json | None:
        question = self._questions.open
        if question is None:
            return None
        left_s = round(self._questions.seconds_left(), 1)
        return {
            "id": question.id,
            "what": question.what,
            "text": question.text,
            "credits": question.credits,
            "expires_s": left_s,
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
                view = self.mixer.view
                self.workflow.check_final(view)
                self._serve("final", lambda: self._final(view))
            case "apply" | "revert" | "compare":
                self._move(action)
            case "morph":
                self._morph(value)
            case "confirm":
                self._questions.answer(True)
            case "cancel":
                self._cancel()
            case _:
                raise RangeError("action", action, "the known ones")

    def move(
        self, number: int, *, gain_db: float | None = None, adjust_db: float | None = None, pan: float | None = None
    ) -> None:
        """Move a track's fader (dB, or dB against the proposal) or pan (-1..1) as if by hand.

        Raises:
            NotPossible: the DAW does not answer, or nothing has been applied to adjust against.
            RangeError: NaN, or a pan outside -1..1.
            UnknownTrack: the session has no such track.
        """
        self._check_track(number)
        if gain_db is not None and isnan(gain_db):
            raise RangeError("gain", gain_db, "any dB")
        if adjust_db is not None and isnan(adjust_db):
            raise RangeError("adjust", adjust_db, "any dB")
        if pan is not None and not -1.0 <= pan <= 1.0:
            raise RangeError("pan", pan, "-1..1")
        if gain_db is not None:
            self.mixer.move(number, Param.GAIN, gain_db)
        if adjust_db is not None:
            self.mixer.adjust(number, adjust_db)
        if pan is not None:
            self.mixer.move(number, Param.PAN, pan)

    def tuning(self, number: int, part: Part, place: int) -> float | None:
        """Where a knob for one value of Tonn's equaliser or compressor would stand, 0.0 to 1.0."""
        return self.mixer.tuner.position(number, part, place)

    def tune(
        self, number: int, part: Part, place: int, *, ticks: int | None = None, position: float | None = None
    ) -> None:
        """Turn one value of Tonn's equaliser or compressor; it goes with the final mix. See `Tuner.tune`.

        Raises:
            NotPossible: there is no proposal for this track.
            UnknownTrack: the session has no such track.
        """
        self._check_track(number)
        self.mixer.tuner.tune(number, part, place, ticks=ticks, position=position)

    def mix(self) -> PortableMix:
        """What is proposed, with the hand's moves; raises NotPossible where nothing is."""
        return self.workflow.mix(self.mixer.view)

    async def take(self, mix: PortableMix) -> Placed:
        """Propose a mix out of a file in place of what is proposed; the faders stay where they are until `apply`.

        Raises:
            NotPossible: Tonn is being asked for something.
            MixMisfit: the mix has nothing for this session.
            StoreError: it cannot be written down.
        """
        answer: asyncio.Future[Placed] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            try:
                answer.set_result(await self.workflow.take(mix))
            except BridgeError as exc:
                answer.set_exception(exc)
            finally:
                answer.cancel()  # where there is no answer: it was cancelled

        self._serve("import", work)
        await asyncio.wait({answer})
        if answer.cancelled():
            raise NotPossible("the import was cancelled; what was proposed before still is")
        return answer.result()

    def nudge(self) -> None:
        """A call-back came: ask Tonn now."""
        self.workflow.nudge.set()

    def _check_track(self, number: int) -> None:
        if number not in self.mixer.strips:
            raise UnknownTrack(f"the session has no track {number}; it has 1 to {len(self.mixer.strips)}")

    # --- its life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Propose again what was proposed, and go on with what a crash interrupted."""
        try:
            await self.workflow.recall()
        except BridgeError as exc:
            self._fail(exc)
        waiting = self.workflow.past.waiting
        if waiting is not None and self._service.running is None:
            log.info("going on with the %s that was under way", waiting)
            self._service.start(waiting, lambda: self._job(waiting, self.workflow.resume))
        self._notices.changed()

    async def close(self) -> None:
        """Stop what is under way, and put the mix on disk."""
        self._end_keeping()
        await self._service.close()
        await self._movement.close()
        await self.mixer.rack.close()
        await self._keeper.close()

    # --- what Tonn is asked for ---------------------------------------------------------------------------------

    def _serve(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        match self._service.running:
            case None:
                self._failure = None
                self._service.start(name, lambda: self._job(name, work))
                self._notices.changed()
            case "cancel":
                raise NotPossible("what was cancelled is just ending; press again")
            case running:
                raise NotPossible(f"a {running} is under way; cancel it first")

    async def _job(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` to its end, whatever that is; an error is shown, and written down."""
        progress = self.workflow.progress
        progress.rest()
        try:
            error = await self._run(name, work)
            if error is not None:
                await self.workflow.failed(error.code, str(error))
        except StoreError as exc:
            log.error("the failure could not be journaled: %s", exc)
        finally:
            progress.rest(progress.text if progress.stage is None else "")

    async def _final(self, view: MixView) -> None:
        """The final mix of `view`, with what hands have turned at plug-ins that do not tell of it by themselves."""
        await self.mixer.rack.refresh()
        await self.workflow.final(view.turned_as(self.mixer.view))

    def _cancel(self) -> None:
        if self._questions.open is not None:
            self._questions.answer(False)
        elif self._service.running is not None:
            self._service.start("cancel", self._cancelled)
            self._notices.changed()
        else:
            raise NotPossible("nothing is under way")

    async def _cancelled(self) -> None:
        await self._run("cancel", self.workflow.cancelled)
        self._notices.changed()

    # --- where the mix goes -------------------------------------------------------------------------------------

    def _move(self, name: str) -> None:
        """Decide where the mix goes, write that down, and only then move the first fader."""
        first = not self.mixer.applied
        getattr(self.mixer, name)()
        self._decided = self.mixer.view.sequence
        self._applies = self._applies or name == "apply"
        self._set_out(name, lambda: self._travel(self.mixer.depart, first=first))

    def _morph(self, amount: float | None) -> None:
        if amount is None or not 0.0 <= amount <= 1.0:
            raise RangeError("morph", amount, "0..1")
        if self.mixer.applied and not self._applies:
            self.workflow.check_newest()
        if self.mixer.applied and self._keeper.saved < self._decided:  # the user's own mix is not on disk yet
            self._set_out("morph", lambda: self._travel(lambda: self.mixer.morph(amount)))
        else:
            self.mixer.morph(amount)
            self._movement.stop()
            self._failure = None

    def _set_out(self, name: str, travel: Callable[[], Awaitable[None]]) -> None:
        async def job() -> None:
            await self._run(name, travel)
            self._notices.changed()

        self._failure = None
        self._movement.start(name, job)
        self._notices.changed()

    async def _travel(self, go: Callable[[], None], *, first: bool = False) -> None:
        """Write the decision down, move the mix, wait until it stands still, and keep what it settled on.

        On a full disk only the `first` apply is taken back: the user's own mix would be nowhere but in memory. Every
        other way is gone: who wants the own mix back shall have it.
        """
        trouble: StoreError | None = None
        try:
            if self._applies:
                await self.workflow.applied()
                self._applies = False
            await self._keeper.save()
        except StoreError as exc:
            trouble = exc
            if first:
                self.mixer.revert()
        await self.mixer.rack.known()  # the faders' goal depends on whether there is a trim
        go()
        await self.mixer.still()
        if self._service.running is None:
            self.workflow.progress.rest(outcome(self.view) if self.mixer.applied else "")
        if trouble is not None:
            raise trouble
        await self._keeper.save()

    # --- errors -------------------------------------------------------------------------------------------------

    async def _run(self, name: str, work: Callable[[], Awaitable[None]]) -> BridgeError | None:
        """Do `work`; the error it ended in, if any, which is shown until the next action."""
        try:
            await work()
        except BridgeError as exc:
            return self._fail(exc)
        except Exception:
            log.exception("the %s failed", name)
            return self._fail(BridgeError(f"the {name} failed in a way nobody expected; the log has the details"))
        return None

    def _fail(self, error: BridgeError) -> BridgeError:
        self._failure = error
        self._notices.changed()
        return error

    def _not_kept(self, trouble: StoreError | None) -> None:
        """The mix could not be saved in the background; with None: now it is."""
        if trouble is not None and self._failure is None:
            self._unsaved = self._fail(trouble)
        elif trouble is None and self._unsaved is not None:
            if self._failure is self._unsaved:
                self._failure = None
            self._unsaved = None
            self._notices.changed()
