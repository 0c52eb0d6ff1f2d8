"""Pure values and rules: standard library only, no I/O, no clock, no asyncio."""

from tonn_bridge.core.match import Matching, TrackSpec, follow, match_tracks, says_nothing
from tonn_bridge.core.proposal import GainMode, Proposal, blend_gain, blend_pan, propose
from tonn_bridge.core.values import (
    CENTRE,
    FLOOR_DB,
    MAX_GAIN_DB,
    OFF,
    UNITY,
    Compressor,
    EqBand,
    Gain,
    Limit,
    Pan,
    Param,
    TonnSettings,
)

__all__ = [
    "CENTRE",
    "FLOOR_DB",
    "MAX_GAIN_DB",
    "OFF",
    "UNITY",
    "Compressor",
    "EqBand",
    "Gain",
    "GainMode",
    "Limit",
    "Matching",
    "Pan",
    "Param",
    "Proposal",
    "TonnSettings",
    "TrackSpec",
    "blend_gain",
    "blend_pan",
    "follow",
    "match_tracks",
    "propose",
    "says_nothing",
]
