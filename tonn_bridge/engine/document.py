"""The state document of the public contract: everything people and scripts may know, as JSON."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar, cast

from tonn_bridge.core import Compressor, EqBand, Gain, Limit, Pan, Proposal
from tonn_bridge.core.mix import MixView, Proof, RackView, Setting, TrackView, Verdict
from tonn_bridge.core.plugins import COMP_QUANTITIES, EQ_QUANTITIES, TRIM, Serving

OFF_DB = -150.0
"""How off is spelt in JSON and OSC, where -inf cannot be and null means "not known"."""

Json = dict[str, object]
Seen = TypeVar("Seen")
Made = TypeVar("Made")


class TrackDocuments:
    """Makes the `tracks` of the state document. Parts that have not changed since the last one are not made again.

    A document is wanted many times a second while faders move, and hundreds of knobs stand still beside them.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[object, object]] = {}

    def of(self, view: MixView, limits: Mapping[int, tuple[Limit, ...]]) -> list[Json]:
        """The documents of all tracks; `limits` are those of the last final request."""
        return [self._track(track, (*track.limited, *limits.get(track.number, ()))) for track in view.tracks]

    def _track(self, track: TrackView, limited: Sequence[Limit]) -> Json:
        number, rack = track.number, track.rack
        faders = track.proof[: len(track.proof) - len(rack.proof)]  # what else is proved stands at the end
        return {
            "number": number,
            "name": track.name,
            "daw": track.strip,
            "user": _setting(track.user),
            "proposal": self._again(number, "proposal", track.proposal, _proposal),
            "current": _setting(track.current) | self._again(number, "current", rack, _held),
            "baseline_db": gain_db(track.baseline.gain),
            "adjust_db": track.adjust_db,
            "muted": track.muted,
            "tuned": [part for part, own in (("eq", track.tuned_eq), ("comp", track.tuned_comp)) if own is not None],
            "limited": [asdict(limit) for limit in limited],
            "plugins": self._again(number, "plugins", rack.serving, _plugins),
            "proof": _proofs(faders) + self._again(number, "proof", rack.proof, _proofs) if track.proof else [],
            "fault": rack.fault,
        }

    def _again(self, number: int, part: str, seen: Seen, make: Callable[[Seen], Made]) -> Made:
        """What `make` makes of `seen`; for the same object what it has made before."""
        before, made = self._made.get((number, part), (None, None))
        if before is not seen or made is None:
            made = make(seen)
            self._made[number, part] = seen, made
        return cast(Made, made)


def gain_db(gain: Gain | None) -> float | None:
    """A gain in dB, off as -150; None where it is not known."""
    if gain is None:
        return None
    return OFF_DB if math.isinf(gain.db) else gain.db


def proof_document(view: MixView) -> Json:
    """How much of what `apply` has set was read back: the `proof` of the state document."""
    counts = Counter(proof.verdict for track in view.tracks for proof in track.proof)
    return {verdict.name.lower(): counts[verdict] for verdict in Verdict}


def _plugins(serving: Sequence[Serving]) -> list[Json]:
    return [asdict(each) for each in serving]


def _proofs(proofs: Sequence[Proof]) -> list[Json]:
    return [
        {
            "parameter": proof.parameter,
            "wanted": proof.wanted,
            "got": proof.got,
            "error": proof.error,
            "unit": proof.unit,
            "verdict": proof.verdict.value,
        }
        for proof in proofs
    ]


def _held(rack: RackView) -> Json:
    """What the DAW's plug-ins hold in place of Tonn's settings; null where there is none, or it is not known."""
    holds = rack.holds
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
