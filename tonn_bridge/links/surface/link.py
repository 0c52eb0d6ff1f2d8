"""The link to a row of units: hands become moves and actions, the mix and the job become a picture."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.core.mix import MixView
from tonn_bridge.core.takeover import Detent
from tonn_bridge.core.tuning import Part
from tonn_bridge.errors import BridgeError
from tonn_bridge.links.surface.blend import Blend
from tonn_bridge.links.surface.desk import Desk, Status
from tonn_bridge.links.surface.holds import AdjustmentHeld, GainHeld, Handle, Held, PanHeld, TunedHeld
from tonn_bridge.links.surface.notices import Hands, Notice
from tonn_bridge.links.surface.paint import paint, value_count
from tonn_bridge.links.surface.panel import ACTIONS, Panel
from tonn_bridge.links.surface.scene import Look, Page, Picture, Scene
from tonn_bridge.links.surface.soft import SoftFader
from tonn_bridge.links.surface.unit import Note, Unit
from tonn_bridge.mapping.surface import Displays, Function, MasterUse, SurfaceMapping
from tonn_bridge.protocols.surface import (
    MASTER,
    Answer,
    Awake,
    ButtonPressed,
    EncoderTurned,
    FaderMoved,
    FaderTouched,
    Heard,
    KnobMoved,
)

log = logging.getLogger(__name__)

PAINT_EVERY_S = 0.05
BLINK_S = 0.25

_PARTS = {Page.EQ: Part.EQ, Page.COMPRESSOR: Part.COMP}


class SurfaceLink:
    """Units that stand side by side, as one surface. Made first, then each unit is given its wire.

    `law` is the DAW's own fader law, so that a fader here stands where it stands there.
    """

    def __init__(
        self,
        units: Sequence[tuple[SurfaceMapping, str, Note]],
        desk: Desk,
        track_count: int,
        law: FaderLaw,
        clock: Clock,
        soon: Callable[[Callable[[], None]], object],
        changed: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._law = law
        self._clock = clock
        self._soon = soon
        self._changed = changed
        self.units: list[Unit] = []
        for mapping, label, note in units:
            first = sum(unit.caps.strips for unit in self.units)
            self.units.append(Unit(mapping, label, first, clock, note, self._hear, self._unit_changed))
        self._panel = Panel(sum(unit.caps.strips for unit in self.units), track_count)
        self._look = self._make_look()
        self._gain, self._pan = GainHeld(desk, law), PanHeld(desk)
        delta_db = next((unit.caps.delta_db for unit in self.units if unit.caps.delta_db is not None), None)
        self._on_faders: Held = self._gain if delta_db is None else AdjustmentHeld(desk, Detent(delta_db))
        self._hands = Hands(clock)
        self._notice = Notice(clock)
        self._status = Status.of(desk.status())
        """As it was painted last."""
        self._read: tuple[str, str] | None = None
        """The error that a person has read: until the next one it covers nothing any more."""
        self._blend = Blend(desk, clock, self.changed)
        self._picture: Picture | None = None
        self._unshown: list[Unit] = []
        """Those that have not been shown it yet."""
        self._painted_at = float("-inf")
        self._paint_due = True
        self._follow_due = True
        self._scheduled = self._stopped = False
        self._timer: Timer | None = None

    def stop(self) -> None:
        """Say goodbye to every unit; nothing is sent after it."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        for unit in self.units:
            unit.detach()

    def changed(self) -> None:
        """Something has changed in the mix or the job: faders follow at once, words and lamps a little later."""
        self._follow_due = self._paint_due = True
        self._schedule()

    # --- what units say -----------------------------------------------------------------------------------------

    def _unit_changed(self) -> None:
        self.changed()
        self._changed()

    def _hear(self, unit: Unit, event: Heard) -> None:
        now = self._clock.now()
        match event:
            case FaderMoved(fader, position):
                self._fader_moved(unit, fader, position, now)
            case FaderTouched(fader, touched):
                self._fader_touched(unit, fader, touched, now)
            case EncoderTurned(encoder, ticks):
                self._turn(unit.first + encoder, ticks)
            case KnobMoved(knob, position):
                self._knob_moved(unit, knob, position, now)
            case ButtonPressed(button, True, strip):
                function = unit.caps.functions.get(button)
                if function is not None:
                    self._try(lambda: self._press(function, None if strip is None else unit.first + strip), function)
            case Answer(messages):
                unit.answer(messages)
            case Awake():
                self.changed()

    def _fader_moved(self, unit: Unit, fader: int, position: float, now: float) -> None:
        motor, soft = unit.motors.get(fader), unit.softs.get(fader)
        handle = self._fader(unit, fader)
        if motor is not None:
            if motor.moved(position, now) and handle is not None:
                self._try(lambda: handle.move(position))
        elif soft is not None:
            self._move_softly(soft, handle, position, now)
        if handle is not None and fader != MASTER:
            self._hands.note(unit.first + fader, "fader")
        self._follow_due = True
        self._schedule()

    def _knob_moved(self, unit: Unit, knob: int, position: float, now: float) -> None:
        self._move_softly(unit.knobs[knob], self._encoder(unit.first + knob), position, now)
        self._note_turn(unit.first + knob)

    def _move_softly(self, soft: SoftFader, handle: Handle | None, position: float, now: float) -> None:
        """A control without a motor was moved; it moves its value only while it has got hold of it."""
        value = soft.moved(position, now)
        if value is not None and handle is not None and self._try(lambda: handle.move(value)):
            soft.took(handle.position())

    def _turn(self, strip: int, ticks: int) -> None:
        handle = self._encoder(strip)
        if handle is not None:
            self._try(lambda: handle.turn(ticks))
        self._note_turn(strip)

    def _note_turn(self, strip: int) -> None:
        if self._panel.page is Page.MIX:
            self._hands.note(strip, "encoder")

    def _fader_touched(self, unit: Unit, fader: int, touched: bool, now: float) -> None:
        motor = unit.motors.get(fader)
        if motor is not None:
            motor.touch(touched, now)
        if fader != MASTER:
            self._hands.touch(unit.first + fader, touched)
        self.changed()

    def _press(self, function: Function, strip: int | None) -> None:
        """Do what a button is for; whatever it is, a notice and an error have been read by now."""
        self._notice.clear()
        self._read = self._status.error
        if function in ACTIONS:
            self._desk.act(function.value)
            self._read = None
        elif function is Function.RESET:
            self._reset(strip)
        else:
            self._panel.press(function, strip, self._values())
        self.changed()

    def _reset(self, strip: int | None) -> None:
        handle = None if strip is None else self._encoder(strip)
        if handle is not None:
            handle.reset()

    def _try(self, do: Callable[[], None], function: Function | None = None) -> bool:
        """Do what a hand wants; where it is not possible, say so on the surface. Whether it was."""
        try:
            do()
        except BridgeError as exc:
            log.info("surface: %s", exc)
            self._notice.say(str(exc), function)
            self.changed()
            return False
        return True

    # --- what is under a hand -----------------------------------------------------------------------------------

    def _fader(self, unit: Unit, fader: int) -> Handle | None:
        if fader == MASTER:
            return Handle(self._blend, 0) if unit.caps.master is MasterUse.MORPH else None
        number = self._number(unit.first + fader)
        return None if number is None else Handle(self._faders(), number)

    def _encoder(self, strip: int) -> Handle | None:
        panel = self._panel
        if panel.page is Page.MORPH:
            return Handle(self._blend, 0) if strip == 0 else None
        if panel.page is not Page.MIX:
            if panel.selected is None:
                return None
            return Handle(TunedHeld(self._desk, panel.selected, _PARTS[panel.page]), strip + panel.scroll)
        number = self._number(strip)
        return None if number is None else Handle(self._encoders(), number)

    def _faders(self) -> Held:
        return self._pan if self._panel.flipped else self._on_faders

    def _encoders(self) -> Held:
        return self._gain if self._panel.flipped else self._pan

    def _number(self, strip: int) -> int | None:
        return self._panel.window()[strip] if strip < self._panel.strips else None

    def _values(self) -> int:
        selected = self._panel.selected
        return 0 if selected is None else value_count(self._desk.view.track(selected), self._panel.page)

    # --- what they are shown ------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._soon(self._turn_over)

    def _turn_over(self) -> None:
        """Send what may be sent now, and come back when more may be."""
        self._scheduled = False
        if self._stopped:
            return
        now = self._clock.now()
        self._try(self._blend.flush)
        for unit in self.units:
            unit.keep_alive()
        if self._follow_due:
            self._follow(now)
        if self._paint_due and now >= self._painted_at + PAINT_EVERY_S:
            self._paint(now)
        if self._unshown:
            self._show(now)
        self._come_back(now)

    def _follow(self, now: float) -> None:
        """Faders go where the mix is; those without a motor learn where that is."""
        wanted = self._wanted()
        self._follow_due = False
        for unit in self.units:
            self._tell_softs(unit, wanted)
            if not unit.connected or not unit.motors:
                continue
            if unit.free_at > now:
                self._follow_due = True
                continue
            unit.drive({fader: wanted[place] for fader in unit.motors if (place := _place(unit, fader)) in wanted})

    def _wanted(self) -> dict[int, float]:
        """Where faders shall stand, by strip, and `MASTER`; a strip without a track is at the bottom."""
        held = self._faders()
        wanted: dict[int, float] = {MASTER: self._blend.amount}
        for strip, number in enumerate(self._panel.window()):
            position = 0.0 if number is None else held.position(number)
            if position is not None:
                wanted[strip] = position
        return wanted

    def _tell_softs(self, unit: Unit, wanted: Mapping[int, float]) -> None:
        for fader, soft in unit.softs.items():
            soft.aim(wanted.get(_place(unit, fader)))
        for knob, soft in unit.knobs.items():
            handle = self._encoder(unit.first + knob)
            soft.aim(None if handle is None else handle.position())

    def _paint(self, now: float) -> None:
        """Make the picture; units are shown it one after another, a turn of the loop each, so that no fader waits."""
        view = self._desk.view
        self._catch_up(view)
        self._picture = paint(self._scene(view, now), self._look)
        self._paint_due, self._painted_at = False, now
        self._unshown = [unit for unit in self.units if unit.connected]

    def _show(self, now: float) -> None:
        unit = self._unshown.pop(0)
        if unit.free_at > now:
            self._paint_due = True
        elif self._picture is not None:
            unit.show(self._picture)

    def _catch_up(self, view: MixView) -> None:
        """Take in what the job and the mix have come to: how something ended, what was mended, where the blend is."""
        before, self._status = self._status, Status.of(self._desk.status())
        if self._status.running is None and self._status.text not in ("", before.text):
            self._notice.say(self._status.text)
        if self._status.error is None:
            self._read = None
        if self._blend.follow(view.showing):
            self._follow_due = True
            self._schedule()

    def _scene(self, view: MixView, now: float) -> Scene:
        panel = self._panel
        return Scene(
            status=replace(self._status, error=None) if self._status.error == self._read else self._status,
            view=view,
            window=panel.window(),
            page=panel.page,
            selected=panel.selected,
            scroll=panel.scroll,
            flipped=panel.flipped,
            lower=panel.lower,
            hands=self._hands.now(),
            notice=self._notice.text,
            refused=self._notice.refused,
            morph=self._blend.amount,
            blink=int(now / BLINK_S) % 2 == 0,
        )

    def _make_look(self) -> Look:
        caps = [unit.caps for unit in self.units]
        buttons: dict[Function, str] = {}
        for unit in caps:
            for button, function in unit.functions.items():
                buttons.setdefault(function, button)
        return Look(
            strips=self._panel.strips,
            cell=min((unit.cell for unit in caps if unit.cell), default=0),
            rows=max(unit.rows for unit in caps),
            banner=min((unit.banner for unit in caps if unit.banner), default=0),
            blinks=all(unit.blinks for unit in caps),
            buttons=buttons,
            position_of=self._law.position,
            knobs=any(unit.knobs_follow for unit in caps),
            covers=all(unit.displays is not Displays.CELLS_AND_BANNER for unit in caps),
        )

    # --- when to come back --------------------------------------------------------------------------------------

    def _come_back(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._unshown:
            self._timer = self._clock.call_later(0.0, self._turn_over)
            return
        due = min((at for at in self._dues(now) if at > now), default=None)
        if due is not None:
            self._timer = self._clock.call_later(due - now, self._woken)

    def _woken(self) -> None:
        self._follow_due = self._paint_due = True
        self._turn_over()

    def _dues(self, now: float) -> Iterator[float]:
        """When something is to be done that nobody will call for."""
        for due in (self._blend.due, self._hands.next_end, self._notice.end):
            if due is not None:
                yield due
        status = self._status
        signals = (status.running, status.error, self._notice.text)
        if status.asked is not None or (not self._look.blinks and any(each is not None for each in signals)):
            yield self._painted_at + BLINK_S
        if self._paint_due:
            yield self._painted_at + PAINT_EVERY_S
        for unit in self.units:
            if not unit.connected:
                continue
            if self._follow_due or self._paint_due:
                yield unit.free_at
            gone = [motor.hand_gone_at for motor in unit.motors.values()]
            yield from (at for at in (*gone, unit.keep_alive_at) if at is not None and at > now)


def _place(unit: Unit, fader: int) -> int:
    """A fader's strip in the row; `MASTER` is the same in both."""
    return fader if fader == MASTER else unit.first + fader
