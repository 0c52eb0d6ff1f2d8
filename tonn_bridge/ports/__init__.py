"""Where bytes come and go: UDP, and memory for tests."""

from tonn_bridge.ports.port import Address, Counters, DatagramPort, OnDatagrams
from tonn_bridge.ports.turn import Turn
from tonn_bridge.ports.udp import UdpPort, parse_address, resolve

__all__ = ["Address", "Counters", "DatagramPort", "OnDatagrams", "Turn", "UdpPort", "parse_address", "resolve"]
