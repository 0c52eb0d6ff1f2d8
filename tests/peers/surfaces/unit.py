"""What every simulated unit has: a plug, hands, and a memory of what it was sent.

They are written from the protocols' own pages; none of the bridge's codecs is used, so that a fault in one shows.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable

from tonn_bridge.clock import Clock

Say = Callable[[bytes], None]
Endpoint = tuple[str | int | None, ...]
"""One thing that can be told: ("fader", 0), ("ring", 3), ("lamp", "f8", None), ("text", row, strip) ..."""


class SimulatedUnit(ABC):
    """One box with a port of its own: `hear` takes what the host sends, `plug_in` says where its own bytes go.

    `received` counts messages by endpoint, `changes` those of them that changed what it shows there; `faults` are the
    messages that its protocol does not know, for people.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.received: Counter[Endpoint] = Counter()
        self.changes: Counter[Endpoint] = Counter()
        self.faults: list[str] = []
        self.news: Callable[[], None] = lambda: None
        """Called when there may be something new to be seen."""
        self._say: Say | None = None

    @property
    def plugged_in(self) -> bool:
        return self._say is not None

    def plug_in(self, say: Say) -> None:
        """Power, and a cable to the host; it shows nothing of what it was told before."""
        self._say = say
        self.power_on()

    def unplug(self) -> None:
        self._say = None

    def hear(self, messages: Iterable[bytes]) -> None:
        """Complete MIDI messages (or datagrams), in order; nothing is heard without a cable."""
        for message in messages:
            if self._say is not None:
                self.take(bytes(message))
        self.news()

    def say(self, *message: int) -> None:
        if self._say is not None:
            self._say(bytes(message))

    def told(self, endpoint: Endpoint, before: object, after: object) -> None:
        """Count a message to an endpoint that showed `before`."""
        self.received[endpoint] += 1
        self.changes[endpoint] += before != after

    def fault(self, why: str, message: bytes) -> None:
        self.faults.append(f"{why}: {message.hex(' ')}")

    @abstractmethod
    def power_on(self) -> None:
        """Show nothing, and say what a unit of this kind says when it is switched on."""

    @abstractmethod
    def take(self, message: bytes) -> None:
        """Do what one message says."""

    # --- hands, for units that have such things ------------------------------------------------------------------

    @abstractmethod
    def touch(self, fader: int) -> None: ...

    @abstractmethod
    def move(self, fader: int, position: float) -> None:
        """Bring a fader to 0.0 (bottom) to 1.0 (top); `touch` it first, as a hand does, unless it shall slip."""

    @abstractmethod
    def release(self, fader: int) -> None: ...

    @abstractmethod
    def press(self, button: str, strip: int | None = None) -> None:
        """Press a button and let it go."""

    @abstractmethod
    def turn(self, encoder: int, ticks: int) -> None:
        """Turn an endless encoder, clockwise counted up."""

    def slide(self, fader: int, *positions: float) -> None:
        """A hand comes, moves a fader through `positions`, and goes."""
        self.touch(fader)
        for position in positions:
            self.move(fader, position)
        self.release(fader)

    # --- what a person sees --------------------------------------------------------------------------------------

    @abstractmethod
    def fader(self, fader: int) -> float:
        """Where it stands, 0.0 to 1.0."""

    @abstractmethod
    def lamp(self, button: str, strip: int | None = None) -> str:
        """ "on", "off" or "blink"."""


def is_message(message: bytes) -> bool:
    """Whether these bytes are one complete MIDI message: a status byte, and data of seven bits."""
    if not message or message[0] < 0x80:
        return False
    if message[0] == 0xF0:
        return len(message) >= 2 and message[-1] == 0xF7 and max(message[1:-1], default=0) < 0x80
    length = 2 if message[0] & 0xF0 in (0xC0, 0xD0) else 3
    return len(message) == length and max(message[1:]) < 0x80
