"""Learning from the gear itself: which messages a surface's controls send, and by which law a host's faders go."""

from tonn_bridge.learning.controls import Found, Press, Travel, Turn
from tonn_bridge.learning.ear import Ear

__all__ = ["Ear", "Found", "Press", "Travel", "Turn"]
