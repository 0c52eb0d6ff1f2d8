"""The plug-ins of all tracks under the mixer's decisions: kept, set, read back, given back."""

from tonn_bridge.engine.rack.daw import Plugins
from tonn_bridge.engine.rack.rack import Rack
from tonn_bridge.engine.rack.track import RackTrack

__all__ = ["Plugins", "Rack", "RackTrack"]
