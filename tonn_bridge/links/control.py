"""The `/tonn/…` interface over OSC (contract, section 3): buttons, faders and scripts in; the state and tracks out."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.errors import BridgeError, DecodeError, NotPossible, RangeError, UnknownTrack
from tonn_bridge.links.intake import Intake
from tonn_bridge.links.subscribers import State, Subscribers
from tonn_bridge.links.traffic import Traffic
from tonn_bridge.ports.port import Address, DatagramPort
from tonn_bridge.protocols import osc

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 0.02
COUNTDOWN_S = 1.0
DATAGRAM_BYTES = 1400

_BUTTONS = ("preview", "apply", "revert", "compare", "final", "confirm", "cancel")
_TRACK = re.compile(r"/tonn/track/([0-9]{1,9})/(?:gain|adjust|pan)")

Handler = Callable[[tuple[osc.Argument, ...], Address], None]


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
        self._track_count = track_count
        self._publish_timer: Timer | None = None
        self._countdown_timer: Timer | None = None
        self._published_at = float("-inf")
        self.intake = Intake("control", clock, traffic, self._take)

    def start(self, port: DatagramPort) -> None:
        self._port = port

    def stop(self) -> None:
        self._cancel_timers()
        self.intake.stop()
        self._port = None

    def changed(self) -> None:
        """Something has changed: tell subscribers at once after a rest, and at most fifty times a second."""
        if self._subscribers and self._publish_timer is None:
            wait_s = max(self._published_at + PUBLISH_EVERY_S - self._clock.now(), 0.0)
            self._publish_timer = self._clock.call_later(wait_s, self._publish)

    # --- in -----------------------------------------------------------------------------------------------------

    def _make_handlers(self, track_count: int) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {
            "/tonn/morph": lambda args, _: self._desk.act("morph", _number("/tonn/morph", args)),
            "/tonn/subscribe": self._subscribe,
            "/tonn/refresh": self._refresh,
        }
        for action in _BUTTONS:
            handlers[f"/tonn/{action}"] = self._button(action)
        for number in range(1, track_count + 1):
            for name, key in (("gain", "gain_db"), ("adjust", "adjust_db"), ("pan", "pan")):
                handlers[f"/tonn/track/{number}/{name}"] = self._fader(number, name, key)
        return handlers

    def _button(self, action: str) -> Handler:
        def press(args: tuple[osc.Argument, ...], _: Address) -> None:
            if _pressed(f"/tonn/{action}", args):
                self._desk.act(action)

        return press

    def _fader(self, number: int, name: str, key: str) -> Handler:
        address = f"/tonn/track/{number}/{name}"

        def move(args: tuple[osc.Argument, ...], _: Address) -> None:
            self._desk.move(number, **{key: _number(address, args)})

        return move

    def _take(self, message: osc.Message, sender: Address) -> None:
        handler = self._handlers.get(message.address)
        if handler is None:
            self._unknown(message.address, sender)
            return
        try:
            handler(message.args, sender)
        except BridgeError as exc:
            self._tell_error(exc, sender)

    def _unknown(self, address: str, sender: Address) -> None:
        """A track that is not there is worth an answer; answering everything would let two programs echo for ever."""
        track = _TRACK.fullmatch(address)
        if track is None:
            log.debug("%s from %s is not an address of ours", address, sender)
        else:
            count = self._track_count
            self._tell_error(UnknownTrack(f"the session has no track {track[1]}; it has 1 to {count}"), sender)

    def _subscribe(self, args: tuple[osc.Argument, ...], sender: Address) -> None:
        if _is_button(args):
            if not args[0]:
                return
            args = ()
        port = int(_number("/tonn/subscribe", args)) if args else sender[1]
        if not 1 <= port <= 65_535:
            raise RangeError("/tonn/subscribe: port", port, "1..65535")
        if not self._subscribers.add((sender[0], port)):
            raise NotPossible("sixteen programs have subscribed already; try again in a minute")
        self._publish()

    def _refresh(self, args: tuple[osc.Argument, ...], sender: Address) -> None:
        """To the sender, and to where it has subscribed: some programs listen at another port than they send from."""
        if _pressed("/tonn/refresh", args):
            state = _state(self._desk.document())
            for address in {sender, *(known for known in self._subscribers.addresses() if known[0] == sender[0])}:
                self._send(state, address)

    def _tell_error(self, exc: BridgeError, sender: Address) -> None:
        log.info("%s: %s", sender, exc)
        message = osc.encode("/tonn/error", "ss", exc.code, str(exc))
        for address in {sender, *self._subscribers.addresses()}:
            self._transmit([message], address)

    # --- out ----------------------------------------------------------------------------------------------------

    def _publish(self) -> None:
        self._cancel_timers()
        if not self._subscribers:
            return
        self._published_at = self._clock.now()
        document = self._desk.document()
        for address, news in self._subscribers.news(_state(document)):
            self._send(news, address)
        if document["question"] is not None:
            self._countdown_timer = self._clock.call_later(COUNTDOWN_S, self._publish)

    def _cancel_timers(self) -> None:
        for timer in (self._publish_timer, self._countdown_timer):
            if timer is not None:
                timer.cancel()
        self._publish_timer = self._countdown_timer = None

    def _send(self, state: State, to: Address) -> None:
        self._transmit([osc.encode(path, _types(path), *args) for path, args in state.items()], to)

    def _transmit(self, messages: list[bytes], to: Address) -> None:
        if self._port is not None:
            for datagram in osc.bundles(messages, DATAGRAM_BYTES):
                self._traffic.note("out", "control", datagram)
                self._port.send(datagram, to)


def _number(address: str, args: tuple[osc.Argument, ...]) -> float:
    if not args or isinstance(args[0], bool) or not isinstance(args[0], int | float):
        raise DecodeError(f"{address} wants a number" + (f", not {args[0]!r}" if args else ""), b"")
    return float(args[0])


def _pressed(address: str, args: tuple[osc.Argument, ...]) -> bool:
    """No argument is a press, and so is any number but 0.0, which is the release."""
    if args and not isinstance(args[0], int | float):
        raise DecodeError(f"{address} is a button: no argument, or 1.0 for its press, not {args[0]!r}", b"")
    return not args or args[0] != 0


def _is_button(args: tuple[osc.Argument, ...]) -> bool:
    """1.0 and 0.0 are what buttons send; a whole number is none."""
    return bool(args) and (isinstance(args[0], bool) or (isinstance(args[0], float) and args[0] in (0.0, 1.0)))


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
