"""HUI, read and written from both ends: as the surface, and as the host it hangs on."""

from tonn_bridge.protocols.hui.events import (
    FromHost,
    FromSurface,
    HuiEvent,
    JogTurned,
    MeterLevel,
    Ping,
    PingReply,
    Side,
    TimecodeText,
)
from tonn_bridge.protocols.hui.frame import CELL, LINE
from tonn_bridge.protocols.hui.read import HostReader, SurfaceReader
from tonn_bridge.protocols.hui.write import encode
from tonn_bridge.protocols.hui.zones import BUTTONS, STRIP_BUTTONS, switch_of

__all__ = [
    "BUTTONS",
    "CELL",
    "LINE",
    "STRIP_BUTTONS",
    "FromHost",
    "FromSurface",
    "HostReader",
    "HuiEvent",
    "JogTurned",
    "MeterLevel",
    "Ping",
    "PingReply",
    "Side",
    "SurfaceReader",
    "TimecodeText",
    "encode",
    "switch_of",
]
