"""The session file: what a song's mix needs, read and checked, and guessed from a folder of stems."""

from tonn_bridge.session.address import Address, parse_address
from tonn_bridge.session.load import load_session
from tonn_bridge.session.model import (
    SANDBOX,
    ControlTable,
    DawTable,
    MixTable,
    Session,
    SpendTable,
    SurfaceTable,
    TonnTable,
    TrackTable,
    WebhookTable,
)

__all__ = [
    "SANDBOX",
    "Address",
    "ControlTable",
    "DawTable",
    "MixTable",
    "Session",
    "SpendTable",
    "SurfaceTable",
    "TonnTable",
    "TrackTable",
    "WebhookTable",
    "load_session",
    "parse_address",
]
