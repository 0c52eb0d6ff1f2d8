"""Whether a DAW's second spelling of a value can be believed.

A second spelling (a fader's travel beside its dB) is read through a law that the user may have changed in the DAW's
preferences. Where both come in one datagram and disagree, the law is not the DAW's, and the spelling confirms nothing.
"""

import logging

from tonn_bridge.core import Param
from tonn_bridge.mapping import StripValue

log = logging.getLogger(__name__)

DISAGREEMENTS = 3
LOWEST_DB = -60.0
"""Below this a fader's travel says too little to compare."""


class Confirmations:
    """Compares the two spellings while they come together, and gives the second up after three disagreements."""

    def __init__(self) -> None:
        self._beside: dict[tuple[int, Param], tuple[float, float]] = {}
        self._disagreed: dict[Param, int] = {}

    def begin(self) -> None:
        """A new datagram: only what comes together belongs together."""
        self._beside.clear()

    def trusts(self, event: StripValue) -> bool:
        """Note a second spelling; True while this spelling is believed."""
        self._beside[event.strip, event.param] = (event.wire, event.tolerance)
        return self._disagreed.get(event.param, 0) < DISAGREEMENTS

    def compare(self, event: StripValue) -> None:
        """A first spelling: hold the second, if it came before in the same datagram, against it."""
        beside = self._beside.pop((event.strip, event.param), None)
        if beside is None or (event.param is Param.GAIN and event.wire < LOWEST_DB):
            return
        if abs(beside[0] - event.wire) > 4 * beside[1]:
            count = self._disagreed[event.param] = self._disagreed.get(event.param, 0) + 1
            if count == DISAGREEMENTS:
                log.warning(
                    "the DAW's %s travel follows another law than the mapping says; only its values count", event.param
                )
