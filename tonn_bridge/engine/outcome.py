"""What there is to say after Tonn's mix was set: what went back, what is missing, what could not be read."""

from collections.abc import Iterable

from tonn_bridge.core.mix import MixView, Verdict
from tonn_bridge.core.plugins import Slot

NAMED = 3
"""So many tracks are named; of more only the number is said."""

_SLOTS = {Slot.TRIM: "trim", Slot.EQ: "equaliser", Slot.COMP: "compressor"}


def outcome(view: MixView) -> str:
    """A line for people; empty where everything stands as it was set."""
    given_back = [track.name for track in view.tracks if track.rack.fault is not None]
    said = [f"could not be set and given back to you: {_some(given_back)}"] if given_back else []
    for slot, word in _SLOTS.items():
        without = [
            track.name
            for track in view.tracks
            if any(serving.slot is slot and serving.problem is not None for serving in track.rack.serving)
        ]
        if without:
            said.append(f"no {word} to set on {_some(without)}")
    unread = sum(proof.verdict is Verdict.NOT_CONFIRMED for track in view.tracks for proof in track.proof)
    if unread:
        said.append(f"{unread} value{'s' if unread > 1 else ''} not confirmed")
    return "; ".join(said)


def _some(names: Iterable[str]) -> str:
    named = list(names)
    return ", ".join(named) if len(named) <= NAMED else f"{len(named)} tracks"
