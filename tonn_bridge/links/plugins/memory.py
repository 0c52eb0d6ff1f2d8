"""What the DAW has told of plug-ins since it was there."""

from dataclasses import dataclass, field

from tonn_bridge.links.plugins.standing import NameSpace, Place
from tonn_bridge.mapping.plugins.events import ParamId


@dataclass(slots=True)
class Memory:
    """Numbers and words by place, parameters by their names, and the DAW's version ("" while it has told none)."""

    values: dict[Place, float] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    names: dict[NameSpace, dict[str, ParamId]] = field(default_factory=dict)
    version: str = ""

    def forget(self) -> None:
        self.values.clear()
        self.texts.clear()
        self.names.clear()
        self.version = ""

    def forget_names(self, strip: int) -> None:
        """The strip's plug-ins are others now."""
        self.names = {space: names for space, names in self.names.items() if space[0] != strip}
