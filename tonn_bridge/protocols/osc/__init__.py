"""OSC 1.0: hostile datagrams to messages, messages with stated types to datagrams. Opens nothing, waits for nothing."""

from tonn_bridge.protocols.osc.decode import Argument, Message, decode
from tonn_bridge.protocols.osc.encode import Template, bundles, encode

__all__ = ["Argument", "Message", "Template", "bundles", "decode", "encode"]
