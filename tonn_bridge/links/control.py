"""The `/tonn/…` interface over OSC (contract, section 3): buttons, faders and scripts in; the state and tracks out."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.errors import BridgeError, DecodeError
from tonn_bridge.links.subscribers import State, Subscribers
from tonn_bridge.links.traffic import Traffic
from tonn_bridge.ports.port import Address, DatagramPort
from tonn_bridge.protocols import osc

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 0.02
COUNTDOWN_S = 1.0
DATAGRAM_BYTES = 1400

_BUTTONS = ("preview", "apply", "revert", "compare", "final", "confirm", "cancel")


class Desk(Protocol):
    """What can be told to the bridge."""

    def document(self) -> dict[str, object]: ...
    def act(self, action: str, value: float | None = None) -> None: ...
    def move(
        self, number: int, *, gain_db: float | None = None, adjust_db: float | None = None, pan: float | None = None
    ) -> None: ...


class ControlLink:
    """Takes messages from anybody who reaches its port, and tells subscribers what changes."""

    def __init__(self, desk: Desk, track_count: int, clock: Clock, traffic: Traffic) -> None:
        self._desk = desk
        self._clock = clock
        self._traffic = traffic
        self._subscribers = Subscribers(clock)
        self._port: DatagramPort | None = None
        self._handlers = self._make_handlers(track_count)
        self._publish_timer: Timer | None = None
        self.refused = 0
        """Datagrams that were not understood."""

    def start(self, port: DatagramPort) -> None:
        self._port = port

    def stop(self) -> None:
        if self._publish_timer is not None:
            self._publish_timer.cancel()
        self._port = None

    def on_datagrams(self, batch: list[tuple[bytes, Address]]) -> None:
        """Read what has arrived together."""
        for datagram, sender in batch:
            self._traffic.note("in", "control", datagram)
            try:
                messages = osc.decode(datagram, self._clock.wall())
            except DecodeError as exc:
                self.refused += 1
                if self.refused.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: a flood costs a few lines
                    log.warning("datagram %d from %s refused: %s", self.refused, sender, exc)
                continue
            for message in messages:
                self._take(message, sender)

    def changed(self) -> None:
        """Something has changed: tell subscribers soon, at most fifty times a second."""
        if self._subscribers and self._publish_timer is None:
            self._publish_timer = self._clock.call_later(PUBLISH_EVERY_S, self._publish)

    # --- in -----------------------------------------------------------------------------------------------------

    def _make_handlers(self, track_count: int) -> dict[str, Callable[[tuple[osc.Argument, ...], Address], None]]:
        handlers: dict[str, Callable[[tuple[osc.Argument, ...], Address], None]] = {
            "/tonn/morph": lambda args, _: self._desk.act("morph", _number(args)),
            "/tonn/subscribe": self._subscribe,
            "/tonn/refresh": lambda args, sender: self._refresh(args, sender),
        }
        for action in _BUTTONS:
            handlers[f"/tonn/{action}"] = self._button(action)
        for number in range(1, track_count + 1):
            for name, key in (("gain", "gain_db"), ("adjust", "adjust_db"), ("pan", "pan")):
                handlers[f"/tonn/track/{number}/{name}"] = self._fader(number, key)
        return handlers

    def _button(self, action: str) -> Callable[[tuple[osc.Argument, ...], Address], None]:
        def press(args: tuple[osc.Argument, ...], _: Address) -> None:
            if not args or args[0] not in (0, False, None):
                self._desk.act(action)

        return press

    def _fader(self, number: int, key: str) -> Callable[[tuple[osc.Argument, ...], Address], None]:
        def move(args: tuple[osc.Argument, ...], _: Address) -> None:
            self._desk.move(number, **{key: _number(args)})

        return move

    def _take(self, message: osc.Message, sender: Address) -> None:
        handler = self._handlers.get(message.address)
        if handler is None:
            log.debug("%s from %s is not an address of ours", message.address, sender)
            return
        try:
            if message.delay_s > 0.0:
                self._clock.call_later(message.delay_s, lambda: self._take(message._replace(delay_s=0.0), sender))
            else:
                handler(message.args, sender)
        except BridgeError as exc:
            self._tell_error(exc, sender)

    def _subscribe(self, args: tuple[osc.Argument, ...], sender: Address) -> None:
        port = int(_number(args)) if args else sender[1]
        if not 1 <= port <= 65_535:
            raise DecodeError(f"/tonn/subscribe: {port} is not a port", b"")
        address = (sender[0], port)
        if not self._subscribers.add(address):
            raise BridgeError("sixteen programs have subscribed already; try again in a minute")
        self._publish()

    def _refresh(self, _: tuple[osc.Argument, ...], sender: Address) -> None:
        self._send(_state(self._desk.document()), sender)

    def _tell_error(self, exc: BridgeError, sender: Address) -> None:
        log.info("%s: %s", sender, exc)
        message = osc.encode("/tonn/error", "ss", exc.code, str(exc))
        for address in {sender, *self._subscribers.addresses()}:
            self._transmit([message], address)

    # --- out ----------------------------------------------------------------------------------------------------

    def _publish(self) -> None:
        if self._publish_timer is not None:
            self._publish_timer.cancel()
            self._publish_timer = None
        if not self._subscribers:
            return
        document = self._desk.document()
        for address, news in self._subscribers.news(_state(document)):
            self._send(news, address)
        if document["question"] is not None:
            self._publish_timer = self._clock.call_later(COUNTDOWN_S, self._publish)

    def _send(self, state: State, to: Address) -> None:
        self._transmit([osc.encode(path, _types(path), *args) for path, args in state.items()], to)

    def _transmit(self, messages: list[bytes], to: Address) -> None:
        if self._port is not None:
            for datagram in osc.bundles(messages, DATAGRAM_BYTES):
                self._traffic.note("out", "control", datagram)
                self._port.send(datagram, to)


def _number(args: tuple[osc.Argument, ...]) -> float:
    if not args or isinstance(args[0], bool) or not isinstance(args[0], int | float):
        raise DecodeError("a number is missing", b"")
    return float(args[0])


_SPECIAL_TYPES = {
    "/tonn/state": "s",
    "/tonn/progress": "fs",
    "/tonn/confirm": "sif",
    "/tonn/error": "ss",
    "/tonn/preview/file": "s",
    "/tonn/final/file": "s",
}


def _types(path: str) -> str:
    return _SPECIAL_TYPES.get(path) or ("s" if path.endswith("/name") else "f")


def _state(document: Mapping[str, Any]) -> State:
    """The state document as outgoing addresses; what is not known is not sent."""
    state: State = {
        "/tonn/state": (document["state"],),
        "/tonn/progress": (float(document["progress"]), document["text"]),
    }
    question, error = document["question"], document["error"]
    if question is not None:
        credits = -1 if question["credits"] is None else question["credits"]
        state["/tonn/confirm"] = (question["text"], credits, float(question["expires_s"]))
    if error is not None:
        state["/tonn/error"] = (error["code"], error["text"])
    for key, path in (("preview_file", "/tonn/preview/file"), ("final_file", "/tonn/final/file")):
        if document[key] is not None:
            state[path] = (document[key],)
    for track in document["tracks"]:
        state |= _track(track)
    return state


def _track(track: Mapping[str, Any]) -> State:
    root = f"/tonn/track/{track['number']}"
    state: State = {f"{root}/name": (track["name"],)}
    values: dict[str, float | None] = {
        "gain": track["current"]["gain_db"],
        "pan": track["current"]["pan"],
        "adjust": track["adjust_db"],
    }
    proposal = track["proposal"] or {"eq": [], "comp": None}
    for band in proposal["eq"]:
        eq = f"eq/{band['band']}"
        values |= {f"{eq}/freq": band["freq_hz"], f"{eq}/gain": band["gain_db"], f"{eq}/q": band["q"]}
    comp = proposal["comp"] or {}
    for name, key in (
        ("threshold", "threshold_db"),
        ("ratio", "ratio"),
        ("attack", "attack_s"),
        ("release", "release_s"),
    ):
        values[f"comp/{name}"] = comp.get(key)
    return state | {f"{root}/{name}": (float(value),) for name, value in values.items() if value is not None}
