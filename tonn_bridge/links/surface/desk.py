"""What a surface needs of the bridge, and of the port it hangs on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tonn_bridge.core import Param
from tonn_bridge.core.mix import MixView
from tonn_bridge.core.tuning import Part


@dataclass(frozen=True, slots=True)
class Asked:
    """The open question: what it is about ("final", "fx_settings"), its credits (None: unknown), how long it stays."""

    what: str
    text: str
    credits: int | None
    left_s: float


@dataclass(frozen=True, slots=True)
class Status:
    """What the daemon is doing; `state` and `running` are the words of the state document."""

    state: str
    progress: float
    text: str
    running: str | None
    asked: Asked | None
    error: tuple[str, str] | None
    """Its code and its text."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Status":
        """What the state document says, with or without its tracks."""
        question, error = document["question"], document["error"]
        return cls(
            state=document["state"],
            progress=document["progress"],
            text=document["text"],
            running=document["running"],
            asked=None
            if question is None
            else Asked(question["what"], question["text"], question["credits"], question["expires_s"]),
            error=None if error is None else (error["code"], error["text"]),
        )


class Desk(Protocol):
    """What can be read of the bridge and told to it; tracks are the session's numbers, from 1."""

    @property
    def view(self) -> MixView: ...

    def status(self) -> Mapping[str, Any]:
        """The state document, with or without its tracks."""
        ...

    def level(self, number: int, param: Param) -> float | None:
        """Where a track's control stands or is about to: dB (-inf is off), or -1..1 for a pan; None: not known.

        Much cheaper than a view: it is asked for every fader at every change.
        """
        ...

    def act(self, action: str, value: float | None = None) -> None:
        """Raises BridgeError where it is not possible now."""
        ...

    def move(
        self, number: int, *, gain_db: float | None = None, adjust_db: float | None = None, pan: float | None = None
    ) -> None:
        """Raises BridgeError where it is not possible now."""
        ...

    def tuning(self, number: int, part: Part, place: int) -> float | None:
        """Where a knob for a value of Tonn's equaliser or compressor would stand; None where there is none."""
        ...

    def tune(
        self, number: int, part: Part, place: int, *, ticks: int | None = None, position: float | None = None
    ) -> None:
        """Turn such a value, or, with neither, put it back to Tonn's own. Raises BridgeError as well."""
        ...


class Wire(Protocol):
    """Where a unit's messages go: a MIDI port pair, or an OSC address."""

    @property
    def connected(self) -> bool: ...

    @property
    def problem(self) -> str | None:
        """Why it is not connected, for people."""
        ...

    def send(self, messages: Sequence[bytes]) -> None:
        """Send in order, without waiting and without raising; nothing while it is not connected."""
        ...
