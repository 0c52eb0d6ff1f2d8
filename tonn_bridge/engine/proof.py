"""Proof of what `apply` has set: each value as it was wanted, and as it was read back."""

from dataclasses import replace

from tonn_bridge.core import FLOOR_DB, Param, Proposal
from tonn_bridge.core.mix import Proof, RackView, Verdict
from tonn_bridge.engine.strip import Strip


def prove(strip: Strip, proposal: Proposal, rack: RackView) -> tuple[Proof, ...]:
    """What was wanted of a track and what came of it, which on one that was given back is the user's own.

    Nothing of its fader while that is still on the way.
    """
    if strip.given_back:
        return tuple(_gone_again(row, rack) for row in rack.proof)
    if not strip.baseline:
        return rack.proof
    wanted: list[tuple[str, Param, float]] = []
    if proposal.gain is not None:
        wanted.append(("gain_db", Param.GAIN, max(proposal.gain.db, FLOOR_DB)))
    if proposal.pan is not None:
        wanted.append(("pan", Param.PAN, proposal.pan.position))
    return (*(_proved(strip, *row) for row in wanted if row[1] in strip.baseline), *rack.proof)


def _gone_again(row: Proof, rack: RackView) -> Proof:
    """What stands in place of a value on a track that was given back: the user's own."""
    got = rack.holds.get(row.parameter)
    return replace(row, got=got, verdict=Verdict.NOT_CONFIRMED if got is None else Verdict.OFF)


def _proved(strip: Strip, parameter: str, param: Param, wanted: float) -> Proof:
    if param not in strip.confirmed:
        return Proof(parameter, wanted, None, Verdict.NOT_CONFIRMED)
    got = strip.scales[param].value_of(strip.baseline[param])
    return Proof(parameter, wanted, max(got, FLOOR_DB) if param is Param.GAIN else got, Verdict.CONFIRMED)
