"""Whether the dB that a DAW prints agree with the law by which we read and write its faders."""

import logging
import math

from tonn_bridge.core import Gain
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.links.device.panel import FADER_TOP, Shown
from tonn_bridge.mapping.device.model import Fader
from tonn_bridge.mapping.device.texts import gain_text

log = logging.getLogger(__name__)

DISAGREEMENTS = 3
LOWEST_DB = -60.0
"""Below this a fader's travel says too little to compare."""
SETTLE_S = 0.15
"""Text and fader belong together when both have stood still for this long."""


class Prints:
    """Reads the dB on a strip, and counts how often in a row they contradict the fader beside them."""

    def __init__(self, fader: Fader, law: FaderLaw) -> None:
        self._fader = fader
        self._law = law
        self._disagreed = 0
        self.problem: str | None = None
        """What to say about a law that is not the DAW's."""

    def gain(self, shown: Shown) -> Gain | None:
        """The gain printed on a strip, if one is."""
        if self._fader.text_row is None:
            return None
        db = gain_text(shown.rows[self._fader.text_row])
        return None if db is None else Gain(db)

    def tolerance(self, gain: Gain) -> float:
        """How far a fader may stand, in wire numbers, from where its printed gain would have it."""
        step, at = self._fader.text_step_db, self._law.position(gain)
        above = self._law.position(Gain(min(gain.db + step, self._law.top.db)))
        below = self._law.position(Gain(gain.db - step))
        return max(above - at, at - below) * FADER_TOP + 1.0

    def compare(self, shown: Shown) -> bool:
        """Hold the printed gain against the fader; True when the verdict about the law has changed."""
        printed = self.gain(shown)
        if printed is None or shown.fader is None:
            return False
        reckoned = self._law.gain(shown.fader / FADER_TOP)
        if max(printed.db, reckoned.db) < LOWEST_DB:
            return False
        off = math.inf if math.inf in (-printed.db, -reckoned.db) else abs(printed.db - reckoned.db)
        self._disagreed = self._disagreed + 1 if off > self._fader.text_step_db else 0
        before = self.problem
        if self._disagreed >= DISAGREEMENTS and before is None:
            self.problem = (
                f"the host's fader law is another one (it prints {printed.db:g} dB where the mapping reckons "
                f"{reckoned.db:.1f} dB): run `tonn-bridge learn law`"
            )
            log.warning("%s", self.problem)
        elif not self._disagreed:
            self.problem = None
        return self.problem != before
