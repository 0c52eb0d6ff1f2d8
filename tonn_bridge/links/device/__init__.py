"""The link to a DAW that has no OSC: towards it we play a Mackie Control with its extenders, or a HUI."""

from tonn_bridge.links.device.link import DeviceLink
from tonn_bridge.links.device.row import Row, units_for, wanted_ports

__all__ = ["DeviceLink", "Row", "units_for", "wanted_ports"]
