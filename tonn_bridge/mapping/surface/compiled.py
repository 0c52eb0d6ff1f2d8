"""Which file is read as what, and what becomes of it."""

from enum import StrEnum

from tonn_bridge.mapping.surface.caps import SurfaceMapping
from tonn_bridge.mapping.surface.hui import HuiSurface
from tonn_bridge.mapping.surface.mackie import MackieSurface
from tonn_bridge.mapping.surface.midi import MidiSurface
from tonn_bridge.mapping.surface.model import HuiFile, MackieFile
from tonn_bridge.mapping.surface.osc import OscSurface
from tonn_bridge.mapping.surface.osc_file import OscFile
from tonn_bridge.mapping.surface.plain import MidiFile

AnySurface = MackieFile | HuiFile | MidiFile | OscFile


class Protocol(StrEnum):
    """The word under `protocol` in the file of a control surface."""

    MACKIE = "mackie"
    HUI = "hui"
    MIDI = "midi"
    OSC = "osc"


MODELS: dict[Protocol, type[AnySurface]] = {
    Protocol.MACKIE: MackieFile,
    Protocol.HUI: HuiFile,
    Protocol.MIDI: MidiFile,
    Protocol.OSC: OscFile,
}
"""What the rest of the file says."""


def compiled(file: AnySurface) -> SurfaceMapping:
    """The file made ready to read and write its messages."""
    match file:
        case MackieFile():
            return MackieSurface(file)
        case HuiFile():
            return HuiSurface(file)
        case MidiFile():
            return MidiSurface(file)
        case OscFile():
            return OscSurface(file)
