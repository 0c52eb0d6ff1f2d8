"""A remote script for Ableton Live: puts the EQ Eight and the Compressor that tonn-bridge sets on the tracks of a set.

Copy this folder into Live's *Remote Scripts* and choose TonnTracks as a control surface; the README beside it tells
more. Live calls `create_instance`. Written for Live's own Python: 3.7 in Live 11, 3.11 in Live 12.
"""

from .surface import TonnTracks


def create_instance(c_instance):
    """The control surface; `c_instance` is Live's side of it."""
    return TonnTracks(c_instance)
