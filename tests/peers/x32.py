"""A stand-in for a Behringer X32 (or X Air): its OSC habits over a real UDP socket.

Sources: P. Maillot, Unofficial X32/M32 OSC remote protocol; onyx-and-iris/xair-api-python.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage, ParseError

from tonn_bridge.clock import Clock
from tonn_bridge.demo.simulated import Address, SimulatedPeer

REMOTE_S = 10.0
FADER_STEPS = 1023
PAN_STEPS = 100
NAME_LENGTH = 12
UNITY = 767 / FADER_STEPS

Value = float | int | str


@dataclass
class X32Channel:
    """One channel: `fader` and `pan` as the console keeps them, 0..1 in steps; `on` is 1 when it is not muted."""

    name: str
    fader: float = UNITY
    pan: float = 0.5
    on: int = 1

    @property
    def db(self) -> float:
        """The fader in dB, -inf at the bottom."""
        f = self.fader
        if f <= 0.0:
            return -math.inf
        if f >= 0.5:
            return 40.0 * f - 30.0
        if f >= 0.25:
            return 80.0 * f - 50.0
        return 160.0 * f - 70.0 if f >= 0.0625 else 480.0 * f - 90.0


class SimulatedX32(SimulatedPeer):
    """A console whose first channels are called `names`; `xair` makes it answer `/xinfo` in place of `/info`.

    It answers the socket that asks. Whoever sent `/xremote` hears of every change but the own ones, for ten seconds.
    """

    def __init__(self, names: Sequence[str], clock: Clock, *, xair: bool = False) -> None:
        super().__init__("X Air" if xair else "X32", clock)
        self.channels = [X32Channel(name) for name in names]
        self._info = "/xinfo" if xair else "/info"
        self._model = "XR18" if xair else "X32"
        self._remotes: dict[Address, float] = {}

    # What a person does at the console; channels are given by number, from 1, or by name.

    def channel(self, which: int | str) -> X32Channel:
        return self.channels[self.number(which) - 1]

    def number(self, which: int | str) -> int:
        return which if isinstance(which, int) else 1 + [channel.name for channel in self.channels].index(which)

    def hand_move(self, which: int | str, fader: float) -> None:
        """A hand puts a fader to a 0..1 position."""
        self._set(self.number(which), "mix/fader", fader, by=None)

    def hand_pan(self, which: int | str, pan: float) -> None:
        """A hand turns a pan pot, 0 left to 1 right."""
        self._set(self.number(which), "mix/pan", pan, by=None)

    def mute(self, which: int | str, muted: bool) -> None:
        self._set(self.number(which), "mix/on", int(not muted), by=None)

    def rename(self, which: int | str, name: str) -> None:
        self._set(self.number(which), "config/name", name, by=None)

    @property
    def remotes(self) -> list[Address]:
        """Who is told of changes now."""
        return [address for address, until in self._remotes.items() if until > self.clock.now()]

    # The wire.

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        if datagram.startswith(b"#"):  # it knows no bundles
            self.dropped += 1
            return
        try:
            message = OscMessage(datagram)
        except ParseError:
            self.dropped += 1
            return
        self.received[message.address] += 1
        args = list(message.params)
        if message.address == "/xremote":
            self._remotes[sender] = self.clock.now() + REMOTE_S
        elif message.address == self._info:
            self._say(sender, message.address, "127.0.0.1", "simulated", self._model, "4.06")
        elif message.address == "/status":
            self._say(sender, message.address, "active", "127.0.0.1", "simulated")
        else:
            self._channel_message(message.address, args, sender)

    def _channel_message(self, address: str, args: list[object], sender: Address) -> None:
        match address.split("/")[1:]:
            case ["ch", number, *path] if len(number) == 2 and number.isdecimal():
                place, key = int(number), "/".join(path)
                if not 1 <= place <= len(self.channels) or key not in _FIELDS:
                    return
                if not args:
                    self._say(sender, address, getattr(self.channels[place - 1], _FIELDS[key]))
                elif isinstance(args[0], int | float | str):
                    self._set(place, key, args[0], by=sender)

    def _set(self, number: int, key: str, value: Value, by: Address | None) -> None:
        """Keep a value in the console's own steps, and tell every remote but the one it came from."""
        kept = in_steps(key, value)
        if kept is None:
            self.dropped += 1
            return
        channel = self.channels[number - 1]
        changed = getattr(channel, _FIELDS[key]) != kept
        setattr(channel, _FIELDS[key], kept)
        for remote in self.remotes:
            if changed and remote != by:
                self._say(remote, f"/ch/{number:02d}/{key}", kept)

    def _say(self, to: Address, address: str, *args: Value) -> None:
        tags = "".join("s" if isinstance(arg, str) else "i" if isinstance(arg, int) else "f" for arg in args)
        body = b"".join(
            _padded(arg) if isinstance(arg, str) else struct.pack(f">{tag}", arg)
            for tag, arg in zip(tags, args, strict=True)
        )
        self.send(_padded(address) + _padded("," + tags) + body, to)


_FIELDS = {"mix/fader": "fader", "mix/pan": "pan", "mix/on": "on", "config/name": "name"}


def in_steps(key: str, value: Value) -> Value | None:
    """What the console makes of a value: faders cut to 1/1023, pans rounded to 1/100; None for what it refuses."""
    if key == "config/name":
        return value[:NAME_LENGTH] if isinstance(value, str) else None
    if key == "mix/on":
        return int(value) if value in (0, 1) else None
    if isinstance(value, str):
        return in_steps(key, position_of(value)) if key == "mix/fader" else None
    travel = min(max(float(value), 0.0), 1.0)
    if key == "mix/fader":
        return math.trunc((FADER_STEPS + 0.5) * travel) / FADER_STEPS
    return round(travel * PAN_STEPS) / PAN_STEPS


def position_of(text: str) -> float:
    """The fader's travel for dB given as text ("-6.0")."""
    try:
        db = float(text)
    except ValueError:
        return 0.0
    if db >= -10.0:
        return (db + 30.0) / 40.0
    if db >= -30.0:
        return (db + 50.0) / 80.0
    return (db + 70.0) / 160.0 if db >= -60.0 else (db + 90.0) / 480.0


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw + bytes(4 - len(raw) % 4)
