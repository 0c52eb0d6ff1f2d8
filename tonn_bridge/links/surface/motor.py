"""One motor fader: whose hand is on it, what it was told last, and what it wants back."""

from collections import deque
from dataclasses import dataclass, field

from tonn_bridge.mapping.surface import Motors

HAND_S = 0.5
"""A hand that is not felt (no touch sensor, or a fingernail) counts as gone this long after the last movement."""
STUCK_S = 30.0
"""A touch without any movement for this long was never let go: its release was lost on the way."""
MOTOR_S = 0.5
"""A motor has arrived by then, overshoot and all; until then a unit may report its way."""
OVERSHOOT = 0.03
"""How far beyond its way, as a part of the whole travel, a motor may report itself."""


@dataclass(slots=True)
class MotorFader:
    """Positions are 0.0 to 1.0; `steps` is how many of them the fader tells apart.

    While a hand is on it, it is never driven. Afterwards it gets the position that the DAW has accepted, also where
    that is the one it stands at: a motor that hears nothing stays loose, or falls back.
    """

    steps: int
    returns: Motors
    touched: bool = False
    _sent: float | None = None
    _hand_at: float | None = None
    _owed: bool = False
    _falls: bool = False
    """A hand has let go, and until it gets its position back it may move to where it was driven before."""
    _driven: float | None = None
    _at_once: float | None = None
    _rests_at: float | None = None
    """What it was to be driven to when there was nothing left to do: most faders do not move, and are asked often."""
    _drives: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=64))

    def touch(self, touched: bool, now: float) -> None:
        """A hand was laid on it, or taken off."""
        self._rests_at = None
        if self.touched and not touched:
            self._owed = self._falls = True
        self.touched = touched
        self._hand_at = now if touched else None

    def moved(self, position: float, now: float) -> bool:
        """It reports a position: True when a hand did that, False while it tells of its own way."""
        if not self.touched and (self._falls or self._own(position, now)):
            return False
        self._hand_at, self._rests_at = now, None
        self._drives.clear()
        self._sent = position
        self._owed = True
        if self.returns is Motors.AT_ONCE and not self.touched:
            self._at_once = position
            self._owed = False
        return True

    def drive(self, want: float, now: float) -> float | None:
        """The position to send now so that it comes to stand at `want`; None where there is nothing to be sent."""
        if want == self._rests_at:
            return None
        if self._at_once is not None:
            position, self._at_once = self._at_once, None
            return position
        if self.in_hand(now):
            return None
        self.touched, self._hand_at = False, None
        if not self._owed and self._sent is not None and self._step(want) == self._step(self._sent):
            self._rests_at = want
            return None
        self._arrive(now)
        if self._sent is None:  # it comes from nobody knows where
            self._drives.extend([(0.0, now), (1.0, now)])
        elif not self._drives:
            self._drives.append((self._sent, now))
        if self._falls and self._driven is not None:
            self._drives.append((self._driven, now))
        self._drives.append((want, now))
        self._owed = self._falls = False
        self._sent = self._driven = self._rests_at = want
        return want

    def in_hand(self, now: float) -> bool:
        """Whether a hand holds it."""
        gone = self.hand_gone_at
        return gone is not None and now < gone

    @property
    def hand_gone_at(self) -> float | None:
        """When the hand that holds it counts as gone if nothing more is heard of it; None without one."""
        if self._hand_at is None:
            return None
        return self._hand_at + (STUCK_S if self.touched else HAND_S)

    def forget(self) -> None:
        """The unit is gone, or has begun again: nothing is known of it."""
        self.touched = self._owed = self._falls = False
        self._sent = self._driven = self._hand_at = self._at_once = self._rests_at = None
        self._drives.clear()

    def _step(self, position: float) -> int:
        return round(position * (self.steps - 1))

    def _arrive(self, now: float) -> None:
        """Once it must have come to rest, it is on no way any more."""
        if self._drives and now - self._drives[-1][1] > MOTOR_S:
            self._drives.clear()

    def _own(self, position: float, now: float) -> bool:
        """Whether it may be on its way to where it was driven lately."""
        self._arrive(now)
        if not self._drives:
            return False
        ways = [way for way, _ in self._drives]
        return min(ways) - OVERSHOOT <= position <= max(ways) + OVERSHOOT
