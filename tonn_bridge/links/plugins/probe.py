"""One plug-in on one strip, spoken to in the raw: what learning a dial needs."""

from collections.abc import Mapping

from tonn_bridge.links.plugins.answers import Answers
from tonn_bridge.links.plugins.memory import Memory
from tonn_bridge.links.plugins.post import Post
from tonn_bridge.links.plugins.standing import Place, Standing, place_of, resolved
from tonn_bridge.mapping.plugins.compiled import PluginsMapping, RawDial
from tonn_bridge.mapping.plugins.events import ParamId
from tonn_bridge.mapping.plugins.phrases import Spot


class Probe:
    """A plug-in whose parameters are set and read by wire numbers.

    `title` is what the mapping calls it, `name` what the DAW does. `dials` are those of a slot by their keys in the
    mapping file (freq, gain and q are the first bell's); each has the `param` that the methods take.
    """

    def __init__(
        self, mapping: PluginsMapping, strip: int, standing: Standing, post: Post, answers: Answers, memory: Memory
    ) -> None:
        self.title = standing.plan.title
        self.name = standing.name
        self.dials: Mapping[str, RawDial] = standing.plan.dials
        self._mapping = mapping
        self._plan = standing.plan
        self._spot = Spot(strip, standing.plugins[0])
        self._tongue = mapping.tongues[standing.plan.speech]
        self._post, self._answers, self._memory = post, answers, memory
        self._whole = {dial.param for dial in self.dials.values() if dial.whole}

    async def put(self, param: ParamId, wire: float) -> None:
        """Set a parameter; returns when the message has left. One that the DAW does not know is not set."""
        spot = self._about(param)
        if spot is not None:
            self._memory.texts.pop(self._place(spot), None)
            await self._post.say([self._tongue.set.about(spot, wire, whole=param in self._whole)])

    async def read(self, param: ParamId) -> float | None:
        """Its wire number; None where the DAW does not tell it."""
        spot = self._about(param)
        if spot is None:
            return None
        place = self._place(spot)
        asks = [phrase.about(spot) for phrase in self._tongue.ask]
        if asks and await self._answers.gather({("value", place): asks}):
            return None
        return self._memory.values.get(place)

    async def text(self, param: ParamId) -> str | None:
        """Its value in words, as the DAW shows it; None where the DAW does not tell it."""
        spot = self._about(param)
        if spot is None:
            return None
        place = self._place(spot)
        if self._tongue.ask_text:
            if await self._answers.gather({("text", place): [phrase.about(spot) for phrase in self._tongue.ask_text]}):
                return None
        elif place not in self._memory.texts:
            await self._answers.gather({("text", place): [phrase.about(spot) for phrase in self._tongue.ask]})
        return self._memory.texts.get(place)

    def _about(self, param: ParamId) -> Spot | None:
        wire_param = resolved(self._mapping, self._plan, self._spot, param, self._memory.names)
        return None if wire_param is None else Spot(self._spot.strip, self._spot.plugin, wire_param)

    def _place(self, spot: Spot) -> Place:
        return place_of(self._mapping, self._plan, spot, spot.param)
