"""A DAW's plug-ins in its mapping file: which serve, how they are found, set and read, and what was learnt of them."""

from tonn_bridge.mapping.plugins.learnt import LearntDial, LearntDials, keep_dials, load_dials

__all__ = ["LearntDial", "LearntDials", "keep_dials", "load_dials"]
