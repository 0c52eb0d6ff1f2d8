"""The plug-ins on a DAW's tracks: found by name, set and read at the DAW's pace."""

from tonn_bridge.links.plugins.link import DawPlugins
from tonn_bridge.links.plugins.none import Unserved
from tonn_bridge.links.plugins.probe import Probe

__all__ = ["DawPlugins", "Probe", "Unserved"]
