"""The mix as everybody reads it: immutable views of what the user had, what Tonn proposes, and what stands now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tonn_bridge.core.plugins import IN_DB, Serving
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


class Verdict(StrEnum):
    """What reading back has shown of a value that was set."""

    CONFIRMED = "confirmed"
    OFF = "off"
    NOT_CONFIRMED = "not confirmed"


@dataclass(frozen=True, slots=True)
class Proof:
    """A value that was set, and what was read back: dB, a pan of -1..1, Hz, Q, n:1 or seconds; None: nothing was."""

    parameter: str
    wanted: float
    got: float | None
    verdict: Verdict

    @property
    def unit(self) -> str:
        """In what `error` is: dB, % of what was wanted, or, for a pan, its own -1..1."""
        if self.parameter == "pan":
            return ""
        return "dB" if self.parameter.rpartition(".")[2] in IN_DB else "%"

    @property
    def error(self) -> float | None:
        """What was got above what was wanted; None where there is no telling."""
        if self.got is None:
            return None
        if self.got == self.wanted:
            return 0.0
        return 100.0 * (self.got / self.wanted - 1.0) if self.unit == "%" else self.got - self.wanted


@dataclass(frozen=True, slots=True)
class RackView:
    """A track's plug-ins at one moment.

    `holds` are the plug-ins' values, named after Tonn's settings (`eq.2.freq_hz`). `eq` and `comp` are what a hand has
    made of Tonn's settings; `shown_comp` is that as the DAW shows it, a trim folded into its threshold. `fault` says
    why the track was given back to the user.
    """

    serving: tuple[Serving, ...] = ()
    holds: Mapping[str, float] = field(default_factory=dict)
    proof: tuple[Proof, ...] = ()
    eq: tuple[EqBand, ...] | None = None
    comp: Compressor | None = None
    shown_comp: Compressor | None = None
    limited: tuple[Limit, ...] = ()
    fault: str | None = None


EMPTY_RACK = RackView()


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
    """Tonn's equaliser as a hand has turned it, on a surface or in the DAW; None while it is Tonn's own."""
    tuned_comp: Compressor | None = None
    rack: RackView = EMPTY_RACK
    proof: tuple[Proof, ...] = ()
    """What was set with the last `apply`, and what was read back; nothing while it is not applied."""

    @property
    def eq(self) -> tuple[EqBand, ...]:
        """Tonn's equaliser as it stands now: proposed, or as a hand in the DAW has turned it since."""
        return self.rack.eq or (self.proposal.eq if self.proposal is not None else ())

    @property
    def comp(self) -> Compressor | None:
        """Tonn's compressor as this DAW shows it now: proposed, or as a hand has turned it since."""
        return self.rack.shown_comp or (self.proposal.comp if self.proposal is not None else None)

    @property
    def limited(self) -> tuple[Limit, ...]:
        proposed = self.proposal.limited if self.proposal is not None else ()
        return (*proposed, *self.rack.limited)


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

    def turned_as(self, later: "MixView") -> "MixView":
        """This mix with what hands have made of equalisers and compressors by a later moment."""
        tracks = [
            replace(track, tuned_eq=now.tuned_eq, tuned_comp=now.tuned_comp, rack=now.rack)
            for track, now in zip(self.tracks, later.tracks, strict=True)
        ]
        return replace(self, tracks=tuple(tracks))
