"""What is said to a DAW about plug-ins: the bytes of one message, made when it is needed.

There may be hundreds of strips with several plug-ins of dozens of parameters, so nothing is made in advance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tonn_bridge.errors import RangeError
from tonn_bridge.mapping.messages import Meaning
from tonn_bridge.mapping.model import Strips
from tonn_bridge.mapping.plugins.events import ParamId
from tonn_bridge.mapping.plugins.messages import PluginMessage
from tonn_bridge.protocols import osc


@dataclass(frozen=True, slots=True)
class Spot:
    """What a message is about: a strip, counted from 1, a plug-in by the DAW's number, and a parameter."""

    strip: int
    plugin: int = 0
    param: ParamId = 0


class Phrase:
    """One kind of message that is sent."""

    def __init__(
        self, message: PluginMessage, strips: Strips, words: Mapping[ParamId, Sequence[str]] = MappingProxyType({})
    ) -> None:
        """`words`: for parameters whose values travel as words, what stands for 0, 1 and so on."""
        self._message = message
        self._words = words
        self._strips = strips
        self._types = "".join(arg.type for arg in message.args)
        self.names_param = message.means(Meaning.PARAM)

    def about(self, spot: Spot, value: float = 0.0, *, whole: bool = False) -> bytes:
        """The bytes about `spot`; with `whole` the value goes as a whole number, whatever the file says.

        Raises:
            RangeError: the DAW has no such strip, or `value` cannot be sent.
        """
        if not 1 <= spot.strip <= self._strips.most:
            raise RangeError("strip", spot.strip, f"1..{self._strips.most}")
        strip = spot.strip + self._strips.first - 1
        address = self._message.address.replace("{strip}", str(strip).zfill(self._strips.digits))
        address = address.replace("{plugin}", str(spot.plugin)).replace("{param}", str(spot.param))
        types = self._types
        args: list[osc.Argument] = []
        for place, arg in enumerate(self._message.args):
            match arg.is_:
                case Meaning.STRIP:
                    args.append(strip)
                case Meaning.PLUGIN:
                    args.append(spot.plugin)
                case Meaning.PARAM:
                    args.append(spot.param)
                case Meaning.VALUE if spot.param in self._words:
                    types = f"{types[:place]}s{types[place + 1 :]}"
                    args.append(_word(self._words[spot.param], value))
                case Meaning.VALUE if whole or arg.type == "i":
                    types = f"{types[:place]}i{types[place + 1 :]}"
                    args.append(int(value))
                case Meaning.VALUE:
                    args.append(value)
                case _:
                    args.append(arg.value)
        return osc.encode(address, types, *args)


def _word(words: Sequence[str], value: float) -> str:
    if value != int(value) or not 0 <= value < len(words):
        raise RangeError("word", value, f"0..{len(words) - 1}")
    return words[int(value)]


def phrases(messages: Iterable[PluginMessage], strips: Strips) -> tuple[Phrase, ...]:
    """A phrase for each message."""
    return tuple(Phrase(message, strips) for message in messages)
