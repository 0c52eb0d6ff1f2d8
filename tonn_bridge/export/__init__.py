"""Files that other programs open, made from a session: layouts for control surfaces on a screen."""

from tonn_bridge.export.formats import FORMATS, Export, Format

__all__ = ["FORMATS", "Export", "Format"]
