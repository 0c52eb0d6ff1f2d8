"""A fader with a motor, as in a real unit: it lags, it runs past where it shall stop, and it has 1,024 places."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tonn_bridge.clock import Clock, Timer

STEP_S = 0.01
TEN_BITS = 1023
"""The last place that a ten-bit reading of a fader can be."""

HELD_S = 0.25
"""How long a hand's place counts as one it has just left."""
RESTS_S = 0.4
"""A hand that has not moved for longer than this may be taken for gone by a host that cannot feel it."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How a motor goes about it. Travel is 1.0 from end to end.

    `lag_s`: how long it takes to begin. `stride`: how far it comes in a hundredth of a second. `overshoot`: how far
    past its goal it runs before it comes back. `reports`: it tells where its motor brings it, as it does for a hand.
    """

    lag_s: float = 0.02
    stride: float = 0.12
    overshoot: float = 0.015
    reports: bool = False


class MotorFader:
    """One fader. `told` takes each place a hand (or, if it reports it, the motor) brings it to, 0 to `last_place`.

    A fader that is let go of returns to the last position it was given. `driven_while_held` counts the positions it got
    while a hand was on it, and that cannot have been on their way already when the hand came (`cable_s` there and
    back); `pulled_while_held` those that came while the hand moved, and that it has not been at a moment before.
    """

    def __init__(self, clock: Clock, temper: Temper, told: Callable[[int], None], last_place: int = TEN_BITS) -> None:
        self._clock = clock
        self._temper = temper
        self._told = told
        self.last_place = last_place
        self._stands = 0.0
        self.goal = 0.0
        self._aim = 0.0
        self._timer: Timer | None = None
        self._been: deque[tuple[float, float]] = deque(maxlen=64)
        self._gripped_at = 0.0
        self._pushed_at = float("-inf")
        self.stepped: Callable[[], None] = lambda: None
        """Called when the motor has moved it a little."""
        self.held = False
        self.cable_s = 0.0
        self.driven_while_held = 0
        self.pulled_while_held = 0

    @property
    def place(self) -> int:
        """Where it stands, 0 to its last place."""
        return round(self._stands * self.last_place)

    @property
    def position(self) -> float:
        """The same, 0.0 to 1.0."""
        return self.place / self.last_place

    @property
    def at_rest(self) -> bool:
        return self._timer is None

    @property
    def goes_along(self) -> bool:
        """Whether the position it was given last is where it stands."""
        return abs(self.goal - self._stands) * self.last_place <= 1.5

    def drive(self, position: float) -> None:
        """The host gives it a position."""
        self.goal = position
        if self.held:
            now = self._clock.now()
            if now - self._gripped_at >= 2 * self.cable_s:
                self.driven_while_held += 1
                self.pulled_while_held += now - self._pushed_at < RESTS_S and not self._held_at(position)
            return
        self._set_out()

    def grip(self) -> None:
        self.held = True
        self._gripped_at = self._clock.now()
        self._note()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def push(self, position: float) -> None:
        """A hand, whether or not the unit feels it, brings it here."""
        before, self._stands = self.place, min(max(position, 0.0), 1.0)
        self._note()
        if self.place != before:  # a hand that only lies there tells nobody, and nobody can know of it
            self._pushed_at = self._clock.now()
            self._told(self.place)

    def let_go(self) -> None:
        self.held = False
        self._set_out()

    def power_off(self) -> None:
        """It stays where it is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.goal = self._stands

    def _held_at(self, position: float) -> bool:
        return any(self._clock.now() - when <= HELD_S and abs(where - position) * self.last_place <= 1.5
                   for when, where in [*self._been, (self._clock.now(), self._stands)])  # fmt: skip

    def _note(self) -> None:
        self._been.append((self._clock.now(), self._stands))

    def _set_out(self) -> None:
        if round(self.goal * self.last_place) == self.place:
            self._aim = self.goal
            return
        past = self._temper.overshoot if self.goal > self._stands else -self._temper.overshoot
        self._aim = min(max(self.goal + past, 0.0), 1.0)
        if self._timer is None:
            self._timer = self._clock.call_later(self._temper.lag_s, self._step)

    def _step(self) -> None:
        self._timer = None
        before = self.place
        far = self._aim - self._stands
        self._stands += min(max(far, -self._temper.stride), self._temper.stride)
        if self._stands == self._aim:
            self._aim = self.goal
        if self._stands != self._aim:
            self._timer = self._clock.call_later(STEP_S, self._step)
        if self._temper.reports and self.place != before:
            self._told(self.place)
        self.stepped()
