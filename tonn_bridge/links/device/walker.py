"""Takes one walk through the DAW's windows at a time, button by button, each when the DAW has settled."""

from collections.abc import Callable

from tonn_bridge.links.device.banks import Walk
from tonn_bridge.links.device.row import Row
from tonn_bridge.links.device.timers import Timers


class Walker:
    """`settle_s`: after a press, no new names for this long mean that the window stands."""

    def __init__(self, row: Row, settle_s: float, later: Timers) -> None:
        self._row = row
        self._settle_s = settle_s
        self._later = later
        self._walk: Walk | None = None
        self._then: Callable[[], None] = lambda: None

    @property
    def walking(self) -> bool:
        return self._walk is not None

    def set_out(self, walk: Walk, then: Callable[[], None]) -> None:
        """Begin a walk; `then` is called at its end."""
        self._walk, self._then = walk, then
        self._step()

    def wait(self) -> None:
        """New names have come: wait anew."""
        self._later.do("walk", self._settle_s, self._step)

    def stop(self) -> None:
        """Stay where we are, wherever that is."""
        self._walk = None
        self._later.cancel("walk")

    def _step(self) -> None:
        assert self._walk is not None
        try:
            buttons = next(self._walk)
        except StopIteration:
            self._walk = None
            self._then()
            return
        for button in buttons:
            self._row.press(button)
        self.wait()
