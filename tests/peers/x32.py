"""A stand-in for a Behringer X32 (or X Air): its OSC habits over a real UDP socket.

Sources: P. Maillot, Unofficial X32/M32 OSC remote protocol; onyx-and-iris/xair-api-python. Neither PyPI nor Debian
has an emulation of the console that could take its place.
"""

import struct
from collections.abc import Callable, Mapping, Sequence

from pythonosc.osc_message import OscMessage, ParseError

from tests.peers.x32_dials import X32_DIALS, XAIR_DIALS, Dial, Value
from tonn_bridge.clock import Clock
from tonn_bridge.demo.simulated import Address, SimulatedPeer

REMOTE_S = 10.0


class X32Channel:
    """One channel: every parameter by its path below `/ch/NN/`, as the console keeps it (`stored`) and as its screen
    shows it (`shown`: Hz, dB, Q, n:1, ms, % or a word)."""

    def __init__(self, name: str, dials: Mapping[str, Dial] = X32_DIALS) -> None:
        self.dials = dials
        self.stored: dict[str, Value] = {key: dial.first for key, dial in dials.items()} | {"config/name": name}

    @property
    def name(self) -> str:
        return str(self.stored["config/name"])

    @property
    def fader(self) -> float:
        return float(self.stored["mix/fader"])

    @property
    def pan(self) -> float:
        return float(self.stored["mix/pan"])

    @property
    def on(self) -> int:
        """1 when it is not muted."""
        return int(self.stored["mix/on"])

    @property
    def db(self) -> float:
        """The fader in dB, -inf at the bottom."""
        return float(self.shown("mix/fader"))

    def shown(self, key: str) -> Value:
        return self.dials[key].shown(self.stored[key])


class SimulatedX32(SimulatedPeer):
    """A console whose first channels are called `names`; `xair` makes it answer `/xinfo` in place of `/info`.

    It answers the socket that asks. Whoever sent `/xremote` hears of every change but the own ones, for ten seconds.
    `loses` is asked of each datagram that arrives, and one it says yes to never did.
    """

    def __init__(self, names: Sequence[str], clock: Clock, *, xair: bool = False) -> None:
        super().__init__("X Air" if xair else "X32", clock)
        self.channels = [X32Channel(name, XAIR_DIALS if xair else X32_DIALS) for name in names]
        self.loses: Callable[[bytes], bool] = lambda datagram: False
        self._info = "/xinfo" if xair else "/info"
        self._model = "XR18" if xair else "X32"
        self._remotes: dict[Address, float] = {}

    # What a person does at the console; channels are given by number, from 1, or by name.

    def channel(self, which: int | str) -> X32Channel:
        return self.channels[self.number(which) - 1]

    def number(self, which: int | str) -> int:
        return which if isinstance(which, int) else 1 + [channel.name for channel in self.channels].index(which)

    def turn(self, which: int | str, key: str, shown: Value) -> None:
        """A hand turns a dial until the screen shows this, or the step next to it."""
        self._set(self.number(which), key, self.channel(which).dials[key].stored(shown), by=None)

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
        if self.loses(datagram):
            return
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
                if not 1 <= place <= len(self.channels) or key not in self.channels[place - 1].dials:
                    return
                if not args:
                    self._say(sender, address, self.channels[place - 1].stored[key])
                elif isinstance(args[0], int | float | str):
                    self._set(place, key, args[0], by=sender)

    def _set(self, number: int, key: str, value: Value, by: Address | None) -> None:
        """Keep a value in the console's own steps, and tell every remote but the one it came from."""
        channel = self.channels[number - 1]
        kept = channel.dials[key].kept(value)
        if kept is None:
            self.dropped += 1
            return
        changed = channel.stored[key] != kept
        channel.stored[key] = kept
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


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw + bytes(4 - len(raw) % 4)
