"""How far the present step is, in the words of the public contract."""

from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    """The states people and scripts see (contract: `/tonn/state`)."""

    IDLE = "idle"
    UPLOADING = "uploading"
    MIXING = "mixing"
    READY = "ready"
    APPLIED = "applied"
    FINALIZING = "finalizing"
    DONE = "done"
    ERROR = "error"


class Progress:
    """The stage under way (None: at rest), its share done 0..1, and a line of text."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.stage: State | None = None
        self.amount = 0.0
        self.text = ""

    def at(self, stage: State, amount: float, text: str) -> None:
        """The work has come this far."""
        self.stage, self.amount, self.text = stage, min(max(amount, 0.0), 1.0), text
        self._changed()

    def rest(self, text: str = "") -> None:
        """Nothing is under way."""
        self.stage, self.amount, self.text = None, 1.0, text
        self._changed()
