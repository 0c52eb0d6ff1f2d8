"""What a MIDI port pair offers, whatever carries the bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

OnMessages = Callable[[list[bytes]], None]
"""Takes the complete MIDI messages that arrived together, oldest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ports to open: parts of their names (None: none in that direction), or, `virtual`, the names to offer."""

    input: str | None
    output: str | None
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class PortNames:
    """The MIDI ports of the system, as it names them."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class MidiPort(Protocol):
    """A pair of ports that is found, lost and found again; `on_state` of its opener is called at each change."""

    @property
    def connected(self) -> bool:
        """Whether every wanted direction is open."""
        ...

    @property
    def problem(self) -> str | None:
        """Why it is not connected, for people; names the ports there are."""
        ...

    @property
    def names(self) -> tuple[str | None, str | None]:
        """The open input and output as the system calls them."""
        ...

    def send(self, messages: Sequence[bytes]) -> None:
        """Send in order, without waiting and without raising; nothing while it is not connected."""
        ...

    @property
    def waiting(self) -> int:
        """How many messages have not gone out yet: displays are written slowly."""
        ...

    def close(self) -> None: ...


class MidiSystem(Protocol):
    """All MIDI of this process."""

    @property
    def ports(self) -> PortNames: ...

    @property
    def problem(self) -> str | None:
        """Why there is no MIDI at all, for people; None while there is."""
        ...

    def open(self, wanted: Wanted, on_messages: OnMessages, on_state: Callable[[], None]) -> MidiPort:
        """Begin to look for a pair; it comes when it is there, now or later."""
        ...
