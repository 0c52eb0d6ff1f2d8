"""What the DAW says of plug-ins: written down, handed to whoever waits for it, and passed on where nobody had asked."""

from collections.abc import Callable

from tonn_bridge.links.plugins.answers import Answers
from tonn_bridge.links.plugins.listing import MOST, Listing
from tonn_bridge.links.plugins.memory import Memory
from tonn_bridge.links.plugins.rigs import Rigs
from tonn_bridge.links.plugins.selection import Selection
from tonn_bridge.links.plugins.standing import Place
from tonn_bridge.mapping.plugins.compiled import PluginsMapping
from tonn_bridge.mapping.plugins.events import (
    Focused,
    ParamNamed,
    ParamText,
    ParamValue,
    PluginEvent,
    PluginsListed,
    PluginSwitched,
    VersionTold,
)


class Hearing:
    """Hears plug-ins. `told` gets track, knob and wire number of what came without a question; nothing while `held`."""

    def __init__(
        self,
        mapping: PluginsMapping,
        answers: Answers,
        listing: Listing,
        memory: Memory,
        rigs: Rigs,
        selection: Selection | None,
    ) -> None:
        self.told: Callable[[int, str, float], None] = _unheard
        self.held = False
        self._mapping = mapping
        self._answers = answers
        self._listing = listing
        self._memory = memory
        self._rigs = rigs
        self._selection = selection

    def hear(self, event: PluginEvent) -> None:
        """Take what the DAW says."""
        self._answers.news()
        if isinstance(event, VersionTold):
            self._memory.version = event.text
            self._answers.answered("version")
            return
        if isinstance(event, Focused):
            if self._selection is not None:
                self._selection.hear(event)
            return
        strip = event.strip or (self._selection.strip if self._selection else None)
        if strip is None:
            return
        match event:
            case PluginsListed():
                self._hear_list(PluginsListed(strip, event.plugins, event.whole))
            case PluginSwitched():
                self._hear_value((strip, event.plugin or 0, event.switch, None), float(event.on))
            case ParamValue():
                self._hear_value((strip, event.plugin or 0, event.speech, event.param), event.wire)
            case ParamNamed():
                space = (strip, event.plugin or 0, event.speech)
                if self._answers.awaits(("name", space, event.name)):
                    self._memory.names.setdefault(space, {})[event.name] = event.param
                    self._answers.answered(("name", space, event.name))
            case ParamText():
                place: Place = (strip, event.plugin or 0, event.speech, event.param)
                if self._answers.awaits(("text", place)) or event.param in self._mapping.tongues[event.speech].params:
                    self._memory.texts[place] = event.text
                    self._answers.answered(("text", place))

    def _hear_list(self, event: PluginsListed) -> None:
        asked = self._answers.awaits(("list", event.strip))
        if self._listing.hear(event):
            self._memory.forget_names(event.strip)
            self._rigs.drop_strip(event.strip)
        for plugin in event.plugins[:MOST]:
            if plugin.on is not None:
                self._hear_value((event.strip, plugin.number, -1, None), float(plugin.on), asked=asked)
        self._answers.answered(("list", event.strip))

    def _hear_value(self, place: Place, wire: float, *, asked: bool = False) -> None:
        asked = asked or self._answers.awaits(("value", place))
        key = self._rigs.key_at(place)
        if key is None and not asked and not self._comes_by_itself(place):
            return
        self._memory.values[place] = wire
        self._answers.answered(("value", place))
        if key is not None and not asked and not self.held:
            self.told(*key, wire)

    def _comes_by_itself(self, place: Place) -> bool:
        """Whether what is told here is never asked for, so that it has to be kept until somebody wants it."""
        _, plugin, speaking, param = place
        if plugin >= MOST:
            return False
        if param is None:
            return speaking < 0 or not self._mapping.switches[speaking].ask
        tongue = self._mapping.tongues[speaking]
        return not tongue.ask and param in tongue.params


def _unheard(number: int, key: str, wire: float) -> None:
    """Nobody listens yet."""
