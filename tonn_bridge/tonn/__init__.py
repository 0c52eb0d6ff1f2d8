"""Tonn: its wire models, its HTTP client, and the translation of its answers."""

from tonn_bridge.tonn.client import TonnClient
from tonn_bridge.tonn.replies import FinalResult, PreviewStatus
from tonn_bridge.tonn.stems import Stem, StemSource, check_stems
from tonn_bridge.tonn.translate import NO_WEBHOOK, FinalMove, Units, final_request, preview_request, translate
from tonn_bridge.tonn.wire import (
    FinalRequest,
    InstrumentGroup,
    MusicalStyle,
    PanPreference,
    Presence,
    PreviewRequest,
    PreviewTrack,
    Reverb,
)

__all__ = [
    "NO_WEBHOOK",
    "FinalMove",
    "FinalRequest",
    "FinalResult",
    "InstrumentGroup",
    "MusicalStyle",
    "PanPreference",
    "Presence",
    "PreviewRequest",
    "PreviewStatus",
    "PreviewTrack",
    "Reverb",
    "Stem",
    "StemSource",
    "TonnClient",
    "Units",
    "check_stems",
    "final_request",
    "preview_request",
    "translate",
]
