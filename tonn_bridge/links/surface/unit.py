"""One box with its own port: what it has been shown, how fast it takes more, and whether it is there."""

from collections.abc import Callable, Iterable, Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.links.surface.desk import Wire
from tonn_bridge.links.surface.motor import MotorFader
from tonn_bridge.links.surface.paint import changes, part
from tonn_bridge.links.surface.scene import Picture
from tonn_bridge.links.surface.soft import SoftFader
from tonn_bridge.mapping.surface import Encoders, MasterUse, Motors, SurfaceMapping
from tonn_bridge.protocols.surface import MASTER, Awake, FaderSet, Heard, LampSet, RingSet

BURST_S = 0.05
"""How much of a second's messages may leave at once after a rest."""

UNHEARD = "nothing has been heard from it yet: is it on, and does it send to the address under listen?"
"""Of a surface that speaks OSC: whether somebody is at the other end shows only when it says something."""

Hear = Callable[["Unit", Heard], None]
Note = Callable[[str, str, bytes], None]
"""Told of each message: `in` or `out`, the unit's label, the bytes."""


class Unit:
    """The strips from `first` on of a row. `hear` takes what it says, `back` is called when it is there (again)."""

    def __init__(
        self,
        mapping: SurfaceMapping,
        label: str,
        first: int,
        clock: Clock,
        note: Note,
        hear: Hear,
        back: Callable[[], None],
    ) -> None:
        self.caps = mapping.caps
        self.label = label
        self.first = first
        self._mapping = mapping
        self._language = mapping.language()
        self._clock = clock
        self._note = note
        self._hear = hear
        self._back = back
        self._wire: Wire | None = None
        self._was_connected = False
        self._shown: Picture | None = None
        self._rings: dict[int, list[bytes]] = {}
        """What each ring was sent last: its lamps are fewer than the positions it is shown."""
        self._free_at = 0.0
        self._heard_at: float | None = None
        self._kept_alive_at = float("-inf")
        faders = [*range(self.caps.faders), *([MASTER] if self.caps.master is MasterUse.MORPH else [])]
        moved = self.caps.motors is not Motors.NONE
        self.motors = {fader: MotorFader(self.caps.fader_steps, self.caps.motors) for fader in faders if moved}
        self.softs = {fader: self._soft() for fader in faders if not moved}
        knobs = range(self.caps.strips if self.caps.encoders is Encoders.KNOBS else 0)
        self.knobs = {knob: self._soft() for knob in knobs}

    def _soft(self) -> SoftFader:
        return SoftFader(self.caps.takeover, self.caps.fader_steps)

    # --- its life -----------------------------------------------------------------------------------------------

    def attach(self, wire: Wire) -> None:
        """Hang it on its port; `state_changed` when that comes and goes."""
        self._wire = wire
        self.state_changed()

    def detach(self) -> None:
        """Say goodbye; nothing is sent after it."""
        self._send(self._language.farewell())
        self._wire = None

    def state_changed(self) -> None:
        """The port has come, or gone."""
        connected = self.connected
        if connected and not self._was_connected:
            self._begin()
        self._was_connected = connected
        self._back()

    @property
    def connected(self) -> bool:
        return self._wire is not None and self._wire.connected

    def describe(self) -> dict[str, object]:
        """Its entry in the state document."""
        heard_s = None if self._heard_at is None else round(self._clock.now() - self._heard_at, 1)
        problem = None if self._wire is None else self._wire.problem
        unheard = self._mapping.is_osc and heard_s is None
        if unheard and problem is None:
            problem = UNHEARD
        return {
            "name": "surface",
            "mapping": self.label,
            "connected": self.connected and not unheard,
            "last_heard_s": heard_s,
            "problems": [] if problem is None else [problem],
        }

    def _begin(self) -> None:
        """It is there, and shows nothing of ours yet."""
        self._language = self._mapping.language()
        self._forget()
        self._send(self._language.greeting())

    def _forget(self) -> None:
        self._shown = None
        self._rings.clear()
        self._free_at = self._clock.now()
        for motor in self.motors.values():
            motor.forget()

    # --- what it says -------------------------------------------------------------------------------------------

    def on_messages(self, messages: Iterable[bytes]) -> None:
        """Read what has arrived together."""
        first, self._heard_at = self._heard_at is None, self._clock.now()
        for message in messages:
            self._note("in", self.label, message)
            for event in self._language.read(message):
                if isinstance(event, Awake):
                    self._forget()
                self._hear(self, event)
        if first:
            self._back()

    # --- what it is told ----------------------------------------------------------------------------------------

    @property
    def free_at(self) -> float:
        """When it can take more, in the clock's seconds."""
        return self._free_at

    def drive(self, wanted: Mapping[int, float]) -> None:
        """Send motor faders where they shall stand; those under a hand later."""
        now = self._clock.now()
        messages: list[bytes] = []
        for fader, position in wanted.items():
            driven = self.motors[fader].drive(position, now)
            if driven is not None:
                messages += self._language.write(FaderSet(fader, driven))
        self._send(messages)

    def show(self, picture: Picture) -> None:
        """Send what is new in its part of the row's picture."""
        own = part(picture, self.first, self.caps.strips)
        messages: list[bytes] = []
        for told in changes(self._shown, own):
            if isinstance(told, LampSet) and told.button not in self.caps.functions:
                continue
            written = list(self._language.write(told))
            if not (isinstance(told, RingSet) and self._rings.get(told.encoder) == written):
                messages += written
            if isinstance(told, RingSet):
                self._rings[told.encoder] = written
        self._shown = own
        self._send(messages)

    def answer(self, messages: Iterable[bytes]) -> None:
        """Send what it has asked for, as it is."""
        self._send(messages)

    @property
    def keep_alive_at(self) -> float | None:
        """When its next sign of life is due; None where it wants none."""
        return None if self.caps.keep_alive_s is None else self._kept_alive_at + self.caps.keep_alive_s

    def keep_alive(self) -> None:
        """Send a sign of life when it is time."""
        due, now = self.keep_alive_at, self._clock.now()
        if due is not None and due <= now and self.connected:
            self._kept_alive_at = now
            self._send(self._language.keep_alive())

    def _send(self, messages: Iterable[bytes]) -> None:
        batch = list(messages)
        if not batch or self._wire is None or not self._wire.connected:
            return
        for message in batch:
            self._note("out", self.label, message)
        self._wire.send(batch)
        rested = max(self._free_at, self._clock.now() - BURST_S)
        self._free_at = rested + len(batch) / self.caps.messages_per_s
