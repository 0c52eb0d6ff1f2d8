"""What passes by, for whoever watches: costs nothing while nobody does."""

from collections.abc import Callable

from tonn_bridge.clock import Clock
from tonn_bridge.errors import DecodeError
from tonn_bridge.links.midi_words import MidiWords
from tonn_bridge.protocols import osc

Watcher = Callable[[dict[str, object]], None]


class Traffic:
    """Hands each message, as a line of text, to those who subscribed (`tonn-bridge monitor`)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers: list[Watcher] = []
        self._words: dict[tuple[str, str], MidiWords] = {}
        """By endpoint and protocol: what puts its MIDI into words."""

    def subscribe(self, callback: Watcher) -> Callable[[], None]:
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def note(self, direction: str, endpoint: str, datagram: bytes) -> None:
        """A datagram came `in` or went `out` at this endpoint."""
        if self._watchers:
            for text in _lines(datagram, self._clock.wall()):
                self._tell(direction, endpoint, text)

    def note_midi(
        self, direction: str, endpoint: str, message: bytes, *, protocol: str = "midi", as_surface: bool = False
    ) -> None:
        """A MIDI message came `in` or went `out`; `as_surface`: it is we who play the surface there."""
        if not self._watchers:
            return
        key = endpoint, protocol
        words = self._words.get(key) or self._words.setdefault(key, MidiWords(protocol))
        by_surface = (direction == "out") is as_surface
        self._tell(direction, endpoint, words.by_surface(message) if by_surface else words.by_host(message))

    def _tell(self, direction: str, endpoint: str, text: str) -> None:
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
