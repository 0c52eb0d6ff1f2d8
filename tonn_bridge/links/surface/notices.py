"""What is only shown for a moment: a hand's value, and what could not be done."""

from collections.abc import Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.mapping.surface import Function

HAND_SHOWN_S = 1.5
NOTICE_SHOWN_S = 4.0


class Hands:
    """On which strips a hand moved something a moment ago, and what: "fader" or "encoder"."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[int, tuple[str, float]] = {}

    def note(self, strip: int, what: str) -> None:
        """A hand moved it."""
        if self._until.get(strip) != (what, float("inf")):
            self._until[strip] = (what, self._clock.now() + HAND_SHOWN_S)

    def touch(self, strip: int, touched: bool) -> None:
        """A hand was laid on a fader, or taken off."""
        self._until[strip] = ("fader", float("inf") if touched else self._clock.now() + HAND_SHOWN_S)

    def now(self) -> Mapping[int, str]:
        """Where hands are now."""
        now = self._clock.now()
        self._until = {strip: hand for strip, hand in self._until.items() if hand[1] > now}
        return {strip: what for strip, (what, _) in self._until.items()}

    @property
    def next_end(self) -> float | None:
        """When the next of them is over, in the clock's seconds; None where none ends by itself."""
        ends = [until for _, until in self._until.values() if until != float("inf")]
        return min(ends, default=None)


class Notice:
    """One sentence that a person has to read now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._text = ""
        self.refused: Function | None = None
        """The button that it is about, if any."""
        self._until = float("-inf")

    def say(self, text: str, refused: Function | None = None) -> None:
        self._text, self.refused, self._until = text, refused, self._clock.now() + NOTICE_SHOWN_S

    def clear(self) -> None:
        self._until = float("-inf")

    @property
    def text(self) -> str | None:
        return self._text if self._clock.now() < self._until else None

    @property
    def end(self) -> float | None:
        """When it is over; None where nothing is shown."""
        return self._until if self._clock.now() < self._until else None
