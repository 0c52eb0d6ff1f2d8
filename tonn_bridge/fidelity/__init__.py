"""The fidelity check: settings rendered here, apart from any service, and held against the preview they came with."""

from tonn_bridge.fidelity.check import Fidelity, check
from tonn_bridge.fidelity.document import document
from tonn_bridge.fidelity.evidence import Evidence, Track, gather
from tonn_bridge.fidelity.readings import ANSWERS, Question, Reading
from tonn_bridge.fidelity.verdict import Verdict
from tonn_bridge.fidelity.words import contradicted, told, told_briefly

__all__ = [
    "ANSWERS",
    "Evidence",
    "Fidelity",
    "Question",
    "Reading",
    "Track",
    "Verdict",
    "check",
    "contradicted",
    "document",
    "gather",
    "told",
    "told_briefly",
]
