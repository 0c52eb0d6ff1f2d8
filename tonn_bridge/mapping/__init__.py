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
from tonn_bridge.mapping.files import (
    find,
    load,
    load_device,
    load_surface,
    load_surface_file,
    role_of,
    schema,
    shipped,
)
from tonn_bridge.mapping.model import EchoForm, Mapping
from tonn_bridge.mapping.role import Role
from tonn_bridge.mapping.scales import Scale

__all__ = [
    "Alive",
    "Capabilities",
    "DawMapping",
    "EchoForm",
    "Event",
    "ListChanged",
    "Mapping",
    "Role",
    "Scale",
    "StripCount",
    "StripGone",
    "StripName",
    "StripValue",
    "find",
    "load",
    "load_device",
    "load_surface",
    "load_surface_file",
    "role_of",
    "schema",
    "shipped",
]
