"""Mapping files with `role = "surface"`: what a control surface says and is told."""

from tonn_bridge.mapping.surface.caps import (
    Displays,
    Encoders,
    Function,
    Language,
    MasterUse,
    Motors,
    SurfaceCaps,
    SurfaceMapping,
)

__all__ = [
    "Displays",
    "Encoders",
    "Function",
    "Language",
    "MasterUse",
    "Motors",
    "SurfaceCaps",
    "SurfaceMapping",
]
