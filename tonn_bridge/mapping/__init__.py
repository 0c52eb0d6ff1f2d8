"""The files in mappings/, read, checked and compiled into fast functions."""

from tonn_bridge.mapping.compiled import Capabilities, DawMapping
from tonn_bridge.mapping.events import (
    Alive,
    Event,
    ListChanged,
    StripCount,
    StripGone,
    StripName,
    StripValue,
)
from tonn_bridge.mapping.files import find, load, schema, shipped
from tonn_bridge.mapping.model import EchoForm, Mapping
from tonn_bridge.mapping.scales import Scale

__all__ = [
    "Alive",
    "Capabilities",
    "DawMapping",
    "EchoForm",
    "Event",
    "ListChanged",
    "Mapping",
    "Scale",
    "StripCount",
    "StripGone",
    "StripName",
    "StripValue",
    "find",
    "load",
    "schema",
    "shipped",
]
