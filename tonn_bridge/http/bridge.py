"""What HTTP needs from the rest of the daemon. All of it is called on the event loop; only coroutines take time."""

from collections.abc import Callable
from typing import Protocol

from tonn_bridge.core.portable import PortableMix
from tonn_bridge.engine.mixes import Placed


class Bridge(Protocol):
    """The mix, its job and its tracks, as one thing that can be read, watched and told what to do."""

    def document(self) -> dict[str, object]:
        """The state document, as it is now."""
        ...

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each change of the document; the answer ends that."""
        ...

    def act(self, action: str, value: float | None = None) -> None:
        """Begin an action; `value` is the amount of a `morph`, 0.0 to 1.0.

        Raises:
            NotPossible: not in this state.
            RangeError: `value` is out of range.
        """
        ...

    def move(self, number: int, *, gain_db: float | None, adjust_db: float | None, pan: float | None) -> None:
        """Move track `number`'s controls as if by hand; None leaves a control where it is.

        Raises:
            NotPossible: not in this state.
            RangeError: a value is out of range.
            UnknownTrack: the session has no such track.
        """
        ...

    def mix(self) -> PortableMix:
        """What is proposed, with the hand's moves.

        Raises:
            NotPossible: nothing is proposed.
        """
        ...

    async def take(self, mix: PortableMix) -> Placed:
        """Propose a mix out of a file.

        Raises:
            NotPossible: not in this state.
            MixMisfit: it has nothing for this session.
        """
        ...

    def nudge(self) -> None:
        """A call-back came: ask the service now."""
        ...


class Traffic(Protocol):
    """The messages that pass between the bridge, the DAW and the surfaces."""

    def subscribe(self, callback: Callable[[dict[str, object]], None]) -> Callable[[], None]:
        """Call `callback` with each message (`time`, `direction`, `endpoint`, `text`); the answer ends that."""
        ...
