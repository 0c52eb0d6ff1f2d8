"""A pan behind a V-Pot: it can only be turned, and is seen only as well as ring and display show it."""

from dataclasses import dataclass

from tonn_bridge.links.device.panel import Shown
from tonn_bridge.mapping.device import PanText, RingRounding, pan_text
from tonn_bridge.mapping.device.model import PanPot

Bounds = tuple[float, float]
"""From where to where a pan may stand, -1 to +1."""

NOWHERE: Bounds = (-1.0, 1.0)
SLACK = 1e-3
"""So far a reading may lie beside what we reckoned and still agree: rounding on both sides."""
LAMPS = 11
FLOOR_SLACK = 0.008
"""REAPER rounds to 128 steps before it counts lamps."""


@dataclass(slots=True)
class Pot:
    """What is known of one pan: it stands between `low` and `high`; `goal` is where it shall stand, if it is moved."""

    low: float = -1.0
    high: float = 1.0
    goal: float | None = None
    tries: int = 0
    turned_at: float = float("-inf")
    shown_at: float = float("-inf")
    """When ring or text last changed."""

    @property
    def at(self) -> float:
        """Where it most likely stands."""
        return (self.low + self.high) / 2.0

    @property
    def unsure(self) -> float:
        """How far from `at` it may stand."""
        return (self.high - self.low) / 2.0

    def turned(self, way: float, now: float) -> None:
        """It was turned by this much; it stops at either end, which says exactly where it is."""
        self.turned_at = now
        self.low = min(max(self.low + way, -1.0), 1.0)
        self.high = min(max(self.high + way, -1.0), 1.0)

    def agrees(self, bounds: Bounds) -> bool:
        """Whether what is shown can be true as far as we know."""
        return max(self.low, bounds[0]) <= min(self.high, bounds[1]) + SLACK

    def seen(self, bounds: Bounds) -> bool:
        """Take in what is shown; False when it contradicts what was known, which then counts for nothing."""
        if not self.agrees(bounds):
            self.low, self.high = bounds
            return False
        low, high = max(self.low, bounds[0]), min(self.high, bounds[1])
        self.low, self.high = min(low, high), max(low, high)
        return True


def shown_bounds(pot: PanPot, shown: Shown) -> Bounds:
    """Where a strip's ring and display say that its pan stands."""
    text = pan_text(shown.rows[pot.text_row], pot.text, pot.text_full) if pot.text is not PanText.NONE else None
    if text is not None:
        return (text.low, text.high)
    return NOWHERE if shown.ring is None else ring_bounds(pot.ring, round(shown.ring * (LAMPS - 1)))


def ring_bounds(rounding: RingRounding, lamp: int) -> Bounds:
    """The pans for which a DAW lights this lamp, 0 to 10 from the left."""
    match rounding:
        case RingRounding.NEAREST:
            low, high = (lamp - 0.5) / (LAMPS - 1), (lamp + 0.5) / (LAMPS - 1)
        case RingRounding.FLOOR:
            low, high = lamp / LAMPS - FLOOR_SLACK, (lamp + 1) / LAMPS + FLOOR_SLACK
        case RingRounding.LOOSE:
            low, high = (lamp - 1) / (LAMPS - 1), (lamp + 1) / (LAMPS - 1)
    return max(2.0 * low - 1.0, -1.0), min(2.0 * high - 1.0, 1.0)


def resolution(pot: PanPot) -> float:
    """How far from a wish a pan may come to rest, and how far from where it stands it may be shown."""
    step = pot.fine.step if pot.fine else pot.step
    match pot.text:
        case PanText.BALANCE:
            shown = 1.0 / pot.text_full
        case PanText.SIDE:
            shown = 0.5 / pot.text_full
        case PanText.NONE:
            shown = 0.5 * step  # reckoned from the ticks, once an end or two lamps have been passed
    return step / 2.0 + shown


def coarse_ticks(pot: PanPot, way: float) -> int:
    """The ticks that come nearest to turning it by `way`."""
    return round(way / pot.step)


def exact_ticks(pot: PanPot, way: float) -> tuple[int, int]:
    """The same with the button for small steps: first coarse ticks, then fine ones."""
    if pot.fine is None:
        return coarse_ticks(pot, way), 0
    coarse = int(way / pot.step)  # towards the present place, so that the fine ones go the same way
    return coarse, round((way - coarse * pot.step) / pot.fine.step)
