"""Learning from the gear itself: which messages a surface's controls send, and by which law a host's faders go."""

from tonn_bridge.learning.controls import Found, Press, Travel, Turn
from tonn_bridge.learning.ear import Ear
from tonn_bridge.learning.hearing import Hearing
from tonn_bridge.learning.lesson import Happened, Learnt, Lesson
from tonn_bridge.learning.write import mapping_text

__all__ = ["Ear", "Found", "Happened", "Hearing", "Learnt", "Lesson", "Press", "Travel", "Turn", "mapping_text"]
