"""The two ways in which the demo speaks to the daemon: as an OSC surface, and over HTTP."""

import asyncio
import contextlib
from collections.abc import Callable

from tonn_bridge.client import Daemon, Document, error_text
from tonn_bridge.clock import Clock
from tonn_bridge.demo.simulated import Address, SimulatedPeer
from tonn_bridge.errors import BridgeError, DecodeError
from tonn_bridge.protocols import osc

ACTION_S = 60.0


class OscRemote(SimulatedPeer):
    """A small OSC surface: it presses buttons and shows what `/tonn/…` says.

    `states` are those it was told, in order; `shown` has the newest arguments of each address.
    """

    def __init__(self, daemon: Address, clock: Clock) -> None:
        super().__init__("OSC remote", clock)
        self._daemon = daemon
        self.shown: dict[str, tuple[osc.Argument, ...]] = {}
        self.states: list[str] = []

    def subscribe(self) -> None:
        self.send(osc.encode("/tonn/subscribe", ""), self._daemon)

    def press(self, button: str) -> None:
        self.send(osc.encode(f"/tonn/{button}", "f", 1.0), self._daemon)
        self.send(osc.encode(f"/tonn/{button}", "f", 0.0), self._daemon)

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        try:
            messages = osc.decode(datagram, self.clock.wall())
        except DecodeError:
            self.dropped += 1
            return
        for message in messages:
            self.shown[message.address] = message.args
            if message.address == "/tonn/state":
                self.states.append(str(message.args[0]))


class Follower:
    """The daemon over HTTP: asks for actions, and follows the state document by its events.

    `document` is the newest one seen, `seen` all those of the last wait. Everything raises BridgeError where the daemon
    refuses or is gone.
    """

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self.document: Document = {}
        self.seen: list[Document] = []

    async def act(self, action: str, **arguments: object) -> Document:
        """Ask for an action and wait for its end; the document then.

        Raises:
            BridgeError: refused, failed, or not ended in time.
        """
        await self._daemon.act(action, **arguments)
        return await self.ended(action)

    async def ended(self, action: str, holds: Callable[[Document], bool] = lambda _: True) -> Document:
        """The first document that `holds` and in which nothing is under way any more. Raises as `act`."""
        document = await self.settled(lambda now: at_rest(now) and holds(now), ACTION_S)
        if document.get("error") is not None:
            raise BridgeError(f"{action}: {error_text(document['error'])}")
        if not (at_rest(document) and holds(document)):
            raise BridgeError(f"the {action} has not ended after {ACTION_S:g} s; the state is {document.get('state')}")
        return document

    async def settled(self, holds: Callable[[Document], bool], seconds: float) -> Document:
        """The first document for which `holds` is true or which tells an error; else the newest after `seconds`."""
        self.seen = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), contextlib.aclosing(self._daemon.events()) as documents:
                async for self.document in documents:
                    self.seen.append(self.document)
                    if holds(self.document) or self.document["error"] is not None:
                        break
        return self.document

    async def refuses(self, action: str) -> str | None:
        """Why the daemon refuses an action at present; None where it does not (and has begun it)."""
        try:
            await self._daemon.act(action)
        except BridgeError as exc:
            return str(exc)
        return None


def at_rest(document: Document) -> bool:
    """Whether no action is under way."""
    return document.get("running") is None
