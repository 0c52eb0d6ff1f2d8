"""What strips tell while it is clear whose they are: echoes at once, hands when no new names have come after them."""

from collections.abc import Callable, Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.core import Param
from tonn_bridge.links.device.prints import SETTLE_S, Prints
from tonn_bridge.links.device.row import StripTold
from tonn_bridge.links.device.strips import Strips
from tonn_bridge.links.device.timers import Timers
from tonn_bridge.mapping import Scale
from tonn_bridge.protocols.surface import CellText, FaderSet, LampSet, RingSet

NAMES_LATE_S = 0.05
"""Names come this much later than the values of the tracks they belong to: only then it is clear whose they are."""


class Hearing:
    """By places in the DAW; `strip_of` tells where one is seen now.

    `read` is called with values, `confirm` with those that were printed and how far off they may be, `pan_shown` when
    ring or text may tell of a pan, and `changed` when what is printed has begun or ceased to contradict the law.
    """

    def __init__(
        self,
        strips: Strips,
        prints: Prints,
        scales: Mapping[Param, Scale],
        late_s: float,
        clock: Clock,
        later: Timers,
        *,
        strip_of: Callable[[int], int | None],
        read: Callable[[int, Param, float], None],
        confirm: Callable[[int, Param, float, float], None],
        pan_shown: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        self._strips = strips
        self._prints = prints
        self._scales = scales
        self._late_s = late_s
        self._clock = clock
        self._later = later
        self._strip_of = strip_of
        self._read = read
        self._confirm = confirm
        self._pan_shown = pan_shown
        self._changed = changed
        self._sent: dict[int, tuple[float, float]] = {}
        """The last fader position that was sent to a place, and when."""
        self._unsure: dict[tuple[int, Param], float] = {}
        """What strips told that no write of ours explains, until it is clear whose it is."""

    def sent(self, place: int, wire: float) -> None:
        """A fader position has left: it may come back."""
        self._sent[place] = (wire, self._clock.now())

    def rested(self, seconds: float) -> bool:
        """Whether no fader was sent anywhere for so long."""
        return all(at < self._clock.now() - seconds for _, at in self._sent.values())

    def forget(self) -> None:
        """What is not clear yet belongs to nobody."""
        self._unsure.clear()

    def told(self, place: int, strip: int, said: StripTold, *, news: bool) -> None:
        """A strip in sight was told something; `news`: it shows something else than before."""
        match said:
            case FaderSet():
                self._hear(place, strip, Param.GAIN)
            case LampSet(button="mute"):
                self._hear(place, strip, Param.MUTE)
            case CellText() if news:
                self._hear_text(place, strip)
            case RingSet() if news:
                self._pan_shown(place)

    def _hear(self, place: int, strip: int, param: Param) -> None:
        wire = self._strips.shown_value(strip, param)
        if wire is None:
            return
        sent = self._sent.get(place)
        if param is Param.GAIN and sent is not None and sent[0] == wire and self._clock.now() - sent[1] < self._late_s:
            self._unsure.pop((place, param), None)
            self._read(place, param, wire)
            return
        self._unsure[place, param] = wire
        if "unsure" not in self._later:
            self._later.do("unsure", NAMES_LATE_S, self._pass_on)

    def _pass_on(self) -> None:
        waiting, self._unsure = self._unsure, {}
        for (place, param), wire in waiting.items():
            self._read(place, param, wire)

    def _hear_text(self, place: int, strip: int) -> None:
        printed = self._prints.gain(self._strips.shown(strip))
        if printed is None:
            self._pan_shown(place)
            return
        wire = self._scales[Param.GAIN].wire_of(printed.db)
        self._confirm(place, Param.GAIN, wire, self._prints.tolerance(printed))
        self._later.do(("print", place), SETTLE_S, lambda: self._compare(place))

    def _compare(self, place: int) -> None:
        strip = self._strip_of(place)
        if strip is not None and self._prints.compare(self._strips.shown(strip)):
            self._changed()
