"""The state document of the public contract: everything people and scripts may know, as JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tonn_bridge.core import Compressor, EqBand, Gain, Limit, Pan, Proposal
from tonn_bridge.core.mix import MixView, Setting, TrackView

OFF_DB = -150.0
"""How off is spelt in JSON and OSC, where -inf cannot be and null means "not known"."""

Json = dict[str, object]


def tracks_document(view: MixView, limits: Mapping[int, tuple[Limit, ...]]) -> list[Json]:
    """The `tracks` of the state document; `limits` are those of the last final request."""
    return [_track(track, (*track.limited, *limits.get(track.number, ()))) for track in view.tracks]


def gain_db(gain: Gain | None) -> float | None:
    """A gain in dB, off as -150; None where it is not known."""
    if gain is None:
        return None
    return OFF_DB if math.isinf(gain.db) else gain.db


def _track(track: TrackView, limited: Sequence[Limit]) -> Json:
    return {
        "number": track.number,
        "name": track.name,
        "daw": track.strip,
        "user": _setting(track.user),
        "proposal": _proposal(track.proposal),
        "current": _setting(track.current),
        "baseline_db": gain_db(track.baseline.gain),
        "adjust_db": track.adjust_db,
        "muted": track.muted,
        "tuned": [part for part, own in (("eq", track.tuned_eq), ("comp", track.tuned_comp)) if own is not None],
        "limited": [asdict(limit) for limit in limited],
    }


def _setting(setting: Setting) -> Json:
    return {"gain_db": gain_db(setting.gain), "pan": _pan(setting.pan)}


def _pan(pan: Pan | None) -> float | None:
    return None if pan is None else pan.position


def _proposal(proposal: Proposal | None) -> Json | None:
    if proposal is None:
        return None
    return {
        "gain_db": gain_db(proposal.gain),
        "trim_db": proposal.trim_db,
        "pan": _pan(proposal.pan),
        "eq": [_band(band) for band in proposal.eq],
        "comp": _compressor(proposal.comp),
    }


def _band(band: EqBand) -> Json:
    return {"band": band.band, "freq_hz": band.freq_hz, "gain_db": band.gain_db, "q": band.q}


def _compressor(comp: Compressor | None) -> Json | None:
    return None if comp is None else asdict(comp)
