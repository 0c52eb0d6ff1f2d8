"""Moves the DAW's controls, and follows each one until it has come to rest or a hand has taken it."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core import Param
from tonn_bridge.core.judge import EchoHabits, Judge, Need, Scale, Verdict
from tonn_bridge.engine.glide import Control, Glide
from tonn_bridge.engine.strip import Strip

log = logging.getLogger(__name__)

JUDGE_EVERY_S = 0.02
"""How often what is waited for is looked at."""


class Daw(Protocol):
    """What is needed of the link to a DAW; tracks are the session's numbers, values are wire numbers."""

    @property
    def params(self) -> frozenset[Param]:
        """The controls it can be told to move."""
        ...

    @property
    def habits(self) -> EchoHabits: ...

    @property
    def glide_step_s(self) -> float: ...

    def scale(self, param: Param) -> Scale: ...

    def put(self, number: int, param: Param, wire: float) -> None:
        """Send it as soon as the DAW's pace allows; a newer value for the same control takes its place."""
        ...

    def withdraw(self, number: int, param: Param) -> None:
        """Do not send what is still waiting for this control."""
        ...

    def ask(self, number: int, param: Param) -> None:
        """Make the DAW tell this control's value."""
        ...


class Motion:
    """Every control on its way. `live` while the DAW is there; what is under way waits while it is not.

    `handed` is called when a hand has taken a control, with the wire number it stood at (None: it was under way);
    `rested` when the last control has come to rest; `changed` after every change of a control.
    """

    def __init__(
        self,
        strips: Mapping[int, Strip],
        daw: Daw,
        clock: Clock,
        glide_s: float,
        *,
        handed: Callable[[Control, float | None], None],
        rested: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._strips = strips
        self._daw = daw
        self._clock = clock
        self._glide_s = glide_s
        self._handed = handed
        self._rested = rested
        self._changed = changed
        self._glide: Glide | None = None
        self._glide_timer: Timer | None = None
        self._judge_timer: Timer | None = None
        self._pending: set[Control] = set()
        self.live = False

    @property
    def at_rest(self) -> bool:
        return not self._pending and self._glide is None

    def write(self, control: Control, wire: float) -> None:
        """Set a control at once; a glide it was part of goes on without it."""
        if self._glide is not None:
            self._glide.drop(control)
        self._set_out(control, wire)

    def glide(self, goals: Mapping[Control, float]) -> None:
        """Take controls to their wire numbers in `glide_s` seconds; what stands or heads there already stays."""
        self.stop_glide()
        self._glide = Glide(self._glide_s, self._clock.now())
        for control, wire in goals.items():
            start = self._judge(control).shown
            if start is not None and start != wire:
                self._glide.add(control, self._daw.scale(control[1]), start, wire)
        self._step()

    def stop_glide(self) -> None:
        """Leave the controls where the glide has brought them."""
        if self._glide_timer is not None:
            self._glide_timer.cancel()
        self._glide = self._glide_timer = None

    def resume(self) -> None:
        """The DAW is there (again), perhaps with its tracks in other places: send what is still on its way."""
        self.live = True
        self._pending = {control for control in self._pending if self._strips[control[0]].place is not None}
        for number, param in self._pending:
            target = self._judge((number, param)).target
            if target is not None:
                self._daw.put(number, param, target)

    def pause(self) -> None:
        """The DAW is gone."""
        self.live = False
        self.stop_glide()

    # --- what the DAW says --------------------------------------------------------------------------------------

    def heard(self, control: Control, wire: float) -> None:
        """A reading in the form in which a hand's move comes too; a hand ends the control's movement."""
        judge = self._judge(control)
        gliding = self._glide is not None and control in self._glide
        stood = judge.reading if judge.target is None and not gliding else None
        verdict = judge.heard(wire, self._clock.now())
        if verdict is Verdict.HAND:
            log.debug("a hand moved %s to %s", control, wire)
            if self._glide is not None:
                self._glide.drop(control)
            self._daw.withdraw(*control)
            self._handed(control, stood)
        elif verdict is Verdict.OVERRUN and judge.reading is not None:
            self._set_out(control, judge.reading)
        self._after(control, verdict)

    def confirmed(self, control: Control, wire: float, tolerance: float) -> None:
        """A reading in a form that can only confirm a write."""
        self._after(control, self._judge(control).confirmed(wire, tolerance, self._clock.now()))

    def sent(self, control: Control, wire: float) -> None:
        """A value has left for the DAW."""
        if self._judge(control).sent(wire, self._clock.now()):
            self._after(control, Verdict.SETTLED)
        self._watch()

    # --- inside -------------------------------------------------------------------------------------------------

    def _judge(self, control: Control) -> Judge:
        return self._strips[control[0]].judges[control[1]]

    def _set_out(self, control: Control, wire: float) -> None:
        if self._strips[control[0]].place is None:
            return
        self._judge(control).write(wire)
        self._pending.add(control)
        if self.live:
            self._daw.put(*control, wire)

    def _step(self) -> None:
        self._glide_timer = None
        if self._glide is None:
            return
        for control, wire in self._glide.step(self._clock.now()):
            if wire != self._judge(control).shown:
                self._set_out(control, wire)
        if self._glide.over:
            self._glide = None
            self._rest()
        else:
            self._glide_timer = self._clock.call_later(self._daw.glide_step_s, self._step)
        self._changed()

    def _after(self, control: Control, verdict: Verdict) -> None:
        self._watch()
        if verdict is Verdict.ECHO:
            return
        if verdict is Verdict.SETTLED or verdict is Verdict.HAND:
            self._pending.discard(control)
            self._rest()
        self._changed()

    def _rest(self) -> None:
        if self.at_rest:
            self._rested()

    def _watch(self) -> None:
        if self._judge_timer is None:
            self._judge_timer = self._clock.call_later(JUDGE_EVERY_S, self._wake)

    def _wake(self) -> None:
        self._judge_timer = None
        now, waiting = self._clock.now(), False
        for number, strip in self._strips.items():
            for param, judge in strip.judges.items():
                if judge.due is not None and judge.due <= now and self.live:
                    self._serve((number, param), judge.wake(now))
                waiting = waiting or judge.due is not None
        if waiting:
            self._watch()

    def _serve(self, control: Control, need: Need | None) -> None:
        target = self._judge(control).target
        if need is Need.WRITE and target is not None:
            self._daw.put(*control, target)
        elif need is Need.ASK:
            self._daw.ask(*control)
        elif need is Need.SETTLED:
            self._after(control, Verdict.SETTLED)
