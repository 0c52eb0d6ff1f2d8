"""Outgoing messages with everything made in advance that can be."""

from collections.abc import Iterable, Iterator, Sequence

from tonn_bridge.errors import RangeError
from tonn_bridge.mapping.messages import Meaning, Message
from tonn_bridge.mapping.model import Strips
from tonn_bridge.protocols import osc

NO_STRIP = range(1)
"""The only number, 0, for messages in which no strip stands."""


class Sender:
    """One kind of outgoing message: for each strip a template with the address filled in, and what goes where."""

    def __init__(self, message: Message, strips: Strips) -> None:
        self._first = strips.first
        self._strips = range(1, strips.most + 1) if message.means(Meaning.STRIP) else NO_STRIP
        types = "".join(arg.type for arg in message.args)
        self._templates = {strip: osc.Template(address, types) for strip, address in addresses(message.address, strips)}
        self._one = self._templates.get(0)
        self._slots = [(arg.is_, arg.type == "i", arg.value) for arg in message.args]

    def each(self, strips: Iterable[int], number: float) -> Iterable[bytes]:
        """The message once for each of `strips`, or once if no strip stands in it."""
        return [self.message(strip, number) for strip in (NO_STRIP if self._strips is NO_STRIP else strips)]

    def message(self, strip: int, number: float) -> bytes:
        """The bytes for `strip` (0 where none is named), with `number` as value or track count."""
        if strip not in self._strips:
            raise RangeError("strip", strip, f"1..{self._strips[-1]}")
        template = self._one or self._templates[strip]
        return template.pack(*[self._argument(slot, strip, number) for slot in self._slots])

    def _argument(
        self, slot: tuple[Meaning | None, bool, str | float | None], strip: int, number: float
    ) -> osc.Argument:
        meaning, whole, constant = slot
        if meaning is Meaning.STRIP:
            return strip + self._first - 1
        if meaning is None:
            return constant
        return int(number) if whole else number


def addresses(address: str, strips: Strips) -> Iterator[tuple[int, str]]:
    """Each strip with its own address, or 0 with the only one."""
    if "{strip}" not in address:
        yield 0, address
        return
    for strip in range(1, strips.most + 1):
        yield strip, address.replace("{strip}", str(strip + strips.first - 1).zfill(strips.digits))


def senders(messages: Iterable[Message], strips: Strips) -> tuple[Sender, ...]:
    """A sender for each message."""
    return tuple(Sender(message, strips) for message in messages)


def to_each(them: Sequence[Sender], strips: Iterable[int] = (), number: float = 0.0) -> list[bytes]:
    """Their messages in order, to each strip where one stands in it; `number` is the track count."""
    return [message for sender in them for message in sender.each(strips, number)]
