"""What passes by, for whoever watches: costs nothing while nobody does."""

from collections.abc import Callable

from tonn_bridge.clock import Clock
from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols import osc

Watcher = Callable[[dict[str, object]], None]


class Traffic:
    """Hands each datagram, decoded to a line of text, to those who subscribed (`tonn-bridge monitor`)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers: list[Watcher] = []

    def subscribe(self, callback: Watcher) -> Callable[[], None]:
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def note(self, direction: str, endpoint: str, datagram: bytes) -> None:
        """A datagram came `in` or went `out` at this endpoint."""
        if not self._watchers:
            return
        for text in _lines(datagram, self._clock.wall()):
            line: dict[str, object] = {
                "time": self._clock.wall(),
                "direction": direction,
                "endpoint": endpoint,
                "text": text,
            }
            for watcher in list(self._watchers):
                watcher(line)


def _lines(datagram: bytes, wall: float) -> list[str]:
    try:
        return [" ".join([message.address, *map(_argument, message.args)]) for message in osc.decode(datagram, wall)]
    except DecodeError as exc:
        return [f"{len(datagram)} bytes refused: {exc}"]


def _argument(value: osc.Argument) -> str:
    return f"{value:.6g}" if isinstance(value, float) else repr(value)
