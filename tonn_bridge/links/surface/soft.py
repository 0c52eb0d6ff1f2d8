"""One control without a motor: what it may move, and when it has to be taken over anew."""

from tonn_bridge.core.takeover import SoftControl, Takeover


class SoftFader:
    """Positions are 0.0 to 1.0; `steps` is how many of them the control tells apart."""

    def __init__(self, mode: Takeover, steps: int) -> None:
        self._control = SoftControl(mode, steps)
        self._stands: float | None = None
        """Where the value was when last looked at."""

    def moved(self, position: float, now: float) -> float | None:
        """It was moved: where that puts the value; None while it does not hold it."""
        return self._control.moved(position, now)

    def took(self, stands: float | None) -> None:
        """The value stands there because of this very control: a detent, or the DAW's rounding, is no other hand."""
        self._stands = stands

    def aim(self, stands: float | None) -> None:
        """The value stands there now, whoever put it there; None: not known."""
        if stands is not None and stands != self._stands:
            self._stands = stands
            self._control.target(stands)
