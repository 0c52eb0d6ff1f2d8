"""What the workflow needs to know of the session: the song, its tracks, and what may cost credits."""

from dataclasses import dataclass
from pathlib import Path

from tonn_bridge.tonn import InstrumentGroup, MusicalStyle, PanPreference, Presence, Reverb, StemSource, Units


@dataclass(frozen=True, slots=True)
class JobTrack:
    """One track as Tonn is told about it."""

    source: StemSource
    group: InstrumentGroup
    presence: Presence
    pan: PanPreference
    reverb: Reverb


@dataclass(frozen=True, slots=True)
class Spending:
    """Whether a question comes before what may cost credits, and the price it names (None: not known)."""

    ask_settings: bool = True
    ask_final: bool = True
    settings_credits: int | None = None
    final_credits: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A song and how it is to be mixed. `session` is its key in the store, `scope` the service its uploads live on."""

    session: str
    name: str
    style: MusicalStyle
    sample_rate: int
    return_stems: bool
    output: Path
    tracks: tuple[JobTrack, ...]
    units: Units
    spending: Spending
    scope: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Tonn calls back; `public` when the internet reaches it, so that asking may slow down."""

    url: str
    public: bool = False
