"""The mix as everybody reads it: immutable views of what the user had, what Tonn proposes, and what stands now."""

from dataclasses import dataclass
from enum import StrEnum

from tonn_bridge.core.proposal import Proposal
from tonn_bridge.core.values import Compressor, EqBand, Gain, Limit, Pan


class Showing(StrEnum):
    """Whose mix the DAW shows: the user's own, Tonn's (with the hand's adjustments), or a blend of both."""

    USER = "user"
    PROPOSAL = "proposal"
    BLEND = "blend"


@dataclass(frozen=True, slots=True)
class Setting:
    """A strip's fader and pan; None where it is not known."""

    gain: Gain | None = None
    pan: Pan | None = None


@dataclass(frozen=True, slots=True)
class TrackView:
    """One track at one moment. `strip` is its place in the DAW, `adjust_db` the hand's move against the baseline."""

    number: int
    name: str
    strip: int | None
    user: Setting
    proposal: Proposal | None
    current: Setting
    baseline: Setting
    adjust_db: float | None
    muted: bool
    pan_changed: bool
    tuned_eq: tuple[EqBand, ...] | None = None
    """Tonn's equaliser as a hand has turned it; None while it is Tonn's own."""
    tuned_comp: Compressor | None = None

    @property
    def limited(self) -> tuple[Limit, ...]:
        return self.proposal.limited if self.proposal is not None else ()


@dataclass(frozen=True, slots=True)
class MixView:
    """The whole mix at one moment; `sequence` grows with every change."""

    sequence: int
    showing: Showing
    applied: bool
    moving: bool
    tracks: tuple[TrackView, ...]
    live: bool = True
    """Whether the DAW answers."""

    def track(self, number: int) -> TrackView:
        return self.tracks[number - 1]
