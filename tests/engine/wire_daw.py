"""A DAW as its mapping describes it, on a bad line: echoes come late, lost, doubled, rounded and out of order."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from tests.clock import FakeClock
from tonn_bridge.core import Param
from tonn_bridge.core.judge import EchoHabits
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.strip import DRIVEN
from tonn_bridge.mapping import DawMapping, EchoForm, Scale

Control = tuple[int, Param]


class WireDaw:
    """Implements `tonn_bridge.engine.motion.Daw`; `holds` is what the DAW truly shows, in wire numbers.

    Writes and a hand's news always arrive (a hand's in order); only echoes of our own writes get lost or overtaken.
    With `steps` the DAW is coarser than its mapping says, and tells every write as it rounded it.
    """

    def __init__(
        self,
        mapping: DawMapping,
        tracks: int,
        clock: FakeClock,
        noise: Random,
        steps: Mapping[Param, float] | None = None,
    ) -> None:
        self._steps = steps or {}
        self._mapping = mapping
        self._clock = clock
        self._noise = noise
        self._mixer: Mixer | None = None
        self._waiting: dict[Control, float] = {}
        self._told: dict[Control, float] = {}
        self._flying: dict[Control, list[float]] = {}
        self.params = mapping.caps.params
        self.habits = EchoHabits(
            late_s=mapping.caps.late_s,
            echoes=mapping.caps.echo is not EchoForm.NONE,
            same_form=mapping.caps.echo is EchoForm.SAME,
        )
        self.glide_step_s = mapping.caps.glide_step_s
        self.controls = [(number, param) for number in range(1, tracks + 1) for param in DRIVEN if param in self.params]
        self.holds = {(number, param): self.scale(param).wire_of(-10.0 if param is Param.GAIN else 0.0)
                      for number, param in self.controls}  # fmt: skip
        self._hand_news: dict[Control, float] = {}
        self.messages: Counter[Control] = Counter()
        self.changes: Counter[Control] = Counter()

    # --- what the mixer sees

    def scale(self, param: Param) -> Scale:
        return self._mapping.scale(param)

    def put(self, number: int, param: Param, wire: float) -> None:
        control = (number, param)
        if not self._waiting:
            self._clock.call_later(0.001, self._send)
        self._waiting[control] = wire

    def withdraw(self, number: int, param: Param) -> None:
        self._waiting.pop((number, param), None)

    def ask(self, number: int, param: Param) -> None:
        control = (number, param)
        self.messages[control] += 1
        self._later(lambda: self._tell(control, self.holds[control]), self._delay() / 4)

    # --- what happens to it

    def start(self, mixer: Mixer) -> None:
        """Meet the mixer, telling it everything."""
        self._mixer = mixer
        numbers = sorted({number for number, _ in self.controls})
        readings: dict[int, dict[Param, float]] = {number: {} for number in numbers}
        for number, param in self.controls:
            readings[number][param] = self.holds[number, param]
        mixer.daw_bound({number: number for number in numbers}, readings, fresh=True)

    def hand(self, control: Control, wire: float) -> None:
        """A hand moves a control; that is told at once or a little later, perhaps twice, never lost."""
        self.changes[control] += 1
        self.holds[control] = wire
        arrives = max(self._clock.now() + self._delay() / 4, self._hand_news.get(control, 0.0))
        self._hand_news[control] = arrives
        for _ in range(self._noise.choice((1, 1, 2))):
            self._later(lambda: self._tell(control, wire), arrives - self._clock.now())

    def on_its_way(self, control: Control) -> list[float]:
        """What we wrote lately, so that a hand is not put on the very spot of one of our own writes."""
        return self._flying.get(control, [])

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for control, wire in waiting.items():
            self.messages[control] += 1
            if self._told.get(control) != wire:
                self._told[control] = wire
                self.changes[control] += 1
            self._flying.setdefault(control, []).append(wire)
            self._clock.call_later(0.002, lambda control=control, wire=wire: self._arrive(control, wire))
            assert self._mixer is not None
            self._mixer.daw_sent(*control, wire)

    def _arrive(self, control: Control, wire: float) -> None:
        scale = self.scale(control[1])
        landed = scale.wire_of(self._rounded(control[1], scale.value_of(wire)))
        if self._steps:
            self.holds[control] = landed
            self._later(lambda: self._tell(control, landed), self._delay())
            return
        changed = landed != self.holds[control]
        self.holds[control] = landed
        if not changed or not self.habits.echoes:
            return
        if self._noise.random() < 0.15:
            return
        for _ in range(self._noise.choice((1, 1, 1, 2, 4))):
            if self.habits.same_form:
                self._later(lambda: self._tell(control, landed), self._delay())
            else:
                self._later(lambda: self._confirm(control, landed), self._delay())

    def _rounded(self, param: Param, value: float) -> float:
        step = self._steps.get(param)
        return value if step is None else round(value / step) * step

    def _tell(self, control: Control, wire: float) -> None:
        assert self._mixer is not None
        self._mixer.daw_read(*control, wire)

    def _confirm(self, control: Control, wire: float) -> None:
        assert self._mixer is not None
        tolerance = 0.05 if control[1] is Param.GAIN else 0.005
        self._mixer.daw_confirmed(*control, wire + self._noise.uniform(-0.9, 0.9) * tolerance, tolerance)

    def _delay(self) -> float:
        """From at once to nearly as late as the mapping says an echo can be."""
        return self._noise.choice((0.0005, 0.003, 0.02, 0.3 * self.habits.late_s, 0.9 * self.habits.late_s - 0.003))

    def _later(self, call: Callable[[], None], delay: float) -> None:
        self._clock.call_later(max(delay, 0.0), call)
