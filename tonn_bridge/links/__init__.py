"""One link = port + codec + mapping, speaking changes."""

from tonn_bridge.links.control import ControlLink
from tonn_bridge.links.daw import DawLink
from tonn_bridge.links.traffic import Traffic

__all__ = ["ControlLink", "DawLink", "Traffic"]
