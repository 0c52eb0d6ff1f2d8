"""Files that other programs open: layouts for surfaces on a screen, made of a session, and sessions, made of a mix."""

from tonn_bridge.export.formats import FORMATS, Export, Format
from tonn_bridge.export.mixes import MIX_FORMATS, SUFFIX, MixFormat, write_mix
from tonn_bridge.export.song import Song, song_of

__all__ = ["FORMATS", "MIX_FORMATS", "SUFFIX", "Export", "Format", "MixFormat", "Song", "song_of", "write_mix"]
