"""Control surfaces: one link per row of units that stand side by side."""

from tonn_bridge.links.surface.desk import Desk, Status, Wire
from tonn_bridge.links.surface.link import SurfaceLink
from tonn_bridge.links.surface.unit import Note, Unit

__all__ = ["Desk", "Note", "Status", "SurfaceLink", "Unit", "Wire"]
