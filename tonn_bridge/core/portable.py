"""A mix as it travels from one DAW to another: what Tonn set, what a hand has done since, and where it all comes from.

Nothing in it knows of a DAW: the trim stands apart from the fader, and the threshold is Tonn's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tonn_bridge.core.proposal import GainMode
from tonn_bridge.core.values import MAX_GAIN_DB, Compressor, EqBand, Pan, TonnSettings


@dataclass(frozen=True, slots=True)
class Hand:
    """What a hand has done to a track since Tonn's mix was set: a fader's move in dB, and what it has changed whole.

    None (and 0 dB) where everything is as Tonn has it.
    """

    gain_db: float = 0.0
    pan: Pan | None = None
    eq: tuple[EqBand, ...] | None = None
    comp: Compressor | None = None
    muted: bool = False

    @property
    def moved(self) -> bool:
        """Whether anything is different from Tonn's mix."""
        return self != STILL


STILL = Hand()
"""A hand that has done nothing."""


@dataclass(frozen=True, slots=True)
class StemFacts:
    """A stem's file, as it is known again: `file` is its name (below the session's folder, where it lies there)."""

    file: str
    sha256: str
    seconds: float
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class PortableTrack:
    """One track: Tonn's settings, the hand's moves, and its stem, where that is known."""

    number: int
    name: str
    settings: TonnSettings
    hand: Hand = STILL
    stem: StemFacts | None = None

    @property
    def heard(self) -> TonnSettings:
        """The settings with the hand's moves in them: what there is to hear, but for a mute."""
        own, hand = self.settings, self.hand
        gain_db = own.gain_db
        if gain_db is not None or hand.gain_db:
            gain_db = min((gain_db or 0.0) + hand.gain_db, MAX_GAIN_DB)
        return replace(
            own,
            gain_db=gain_db,
            pan=own.pan if hand.pan is None else hand.pan,
            eq=own.eq if hand.eq is None else hand.eq,
            comp=own.comp if hand.comp is None else hand.comp,
        )


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a mix comes from.

    `program` wrote it down, `service` (a host's name, or "sandbox") made it as its task `task_id`. `made_at` is when
    its settings came, in Unix seconds (None: not known); `times`, `pan` and `trim` are how its numbers were read.
    """

    program: str
    service: str
    task_id: str
    made_at: float | None
    times: str
    pan: str
    trim: str


@dataclass(frozen=True, slots=True)
class PortableMix:
    """A whole mix. `mode`: the stems were rendered before the faders, or through them."""

    name: str
    mode: GainMode
    provenance: Provenance
    tracks: tuple[PortableTrack, ...]

    def with_tracks(self, tracks: Iterable[PortableTrack]) -> "PortableMix":
        """The same mix with these tracks in place of its own."""
        return replace(self, tracks=tuple(tracks))
