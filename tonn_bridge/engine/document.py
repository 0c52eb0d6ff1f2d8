"""The state document of the public contract: everything people and scripts may know, as JSON."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tonn_bridge.core import Compressor, EqBand, Gain, Limit, Pan, Proposal
from tonn_bridge.core.mix import MixView, Proof, Setting, TrackView, Verdict
from tonn_bridge.core.plugins import COMP_QUANTITIES, EQ_QUANTITIES, TRIM

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
        "current": _setting(track.current) | _held(track),
        "baseline_db": gain_db(track.baseline.gain),
        "adjust_db": track.adjust_db,
        "muted": track.muted,
        "tuned": [part for part, own in (("eq", track.tuned_eq), ("comp", track.tuned_comp)) if own is not None],
        "limited": [asdict(limit) for limit in limited],
        "plugins": [asdict(serving) for serving in track.rack.serving],
        "proof": [_proof(proof) for proof in track.proof],
        "fault": track.rack.fault,
    }


def proof_document(view: MixView) -> Json:
    """How much of what `apply` has set was read back: the `proof` of the state document."""
    counts = Counter(proof.verdict for track in view.tracks for proof in track.proof)
    return {verdict.name.lower(): counts[verdict] for verdict in Verdict}


def _proof(proof: Proof) -> Json:
    return {
        "parameter": proof.parameter,
        "wanted": proof.wanted,
        "got": proof.got,
        "error": proof.error,
        "unit": proof.unit,
        "verdict": proof.verdict.value,
    }


def _held(track: TrackView) -> Json:
    """What the DAW's plug-ins hold in place of Tonn's settings; null where there is none, or it is not known."""
    holds = track.rack.holds
    bands = sorted({int(name.split(".")[1]) for name in holds if name.startswith("eq.")})
    eq = [{"band": band} | {what: holds.get(f"eq.{band}.{what}") for what in EQ_QUANTITIES} for band in bands]
    comp = {what: holds.get(f"comp.{what}") for what in COMP_QUANTITIES}
    held = any(value is not None for value in comp.values())
    return {"trim_db": holds.get(TRIM), "eq": eq or None, "comp": comp if held else None}


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
