"""A stand-in for a program that follows `mappings/osc.toml` as it ships: gain in dB, pan -1..1, both ways."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from tonn_bridge.clock import Clock
from tonn_bridge.demo.simulated import Address, SimulatedPeer

TOP_DB, OFF_DB = 12.0, -150.0


@dataclass
class OscTrack:
    """One track; `gain` in dB with -150 for off, as it goes over the wire."""

    name: str
    gain: float = 0.0
    pan: float = 0.0
    mute: int = 0

    @property
    def db(self) -> float:
        return self.gain if self.gain > OFF_DB else -math.inf


_TYPES = {"name": "s", "gain": "f", "pan": "f", "mute": "i"}


class SimulatedOsc(SimulatedPeer):
    """A program with the tracks `names`, counted from 1; news, and the new value after a write, go to `feedback`."""

    def __init__(self, names: Sequence[str], clock: Clock, feedback: Address | None = None) -> None:
        super().__init__("OSC program", clock)
        self.feedback = feedback
        self.tracks = [OscTrack(name) for name in names]

    def track(self, which: int | str) -> OscTrack:
        return self.tracks[self.number(which) - 1]

    def number(self, which: int | str) -> int:
        return which if isinstance(which, int) else 1 + [track.name for track in self.tracks].index(which)

    def hand_move(self, which: int | str, db: float) -> None:
        self._set(self.number(which), "gain", db)

    def hand_pan(self, which: int | str, pan: float) -> None:
        self._set(self.number(which), "pan", pan)

    def mute(self, which: int | str, muted: bool) -> None:
        self._set(self.number(which), "mute", int(muted))

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        try:
            message = OscMessage(datagram)
        except ParseError:
            self.dropped += 1
            return
        self.received[message.address] += 1
        match message.address.split("/")[1:], list(message.params):
            case ["ping"], []:
                self._say("/pong")
            case ["refresh"], []:
                for number in range(1, len(self.tracks) + 1):
                    for key in _TYPES:
                        self._tell(number, key)
            case ["track", number, key], [value] if key in _TYPES and self._has(number):
                self._set(int(number), key, value)

    def _has(self, number: str) -> bool:
        return number.isdecimal() and 1 <= int(number) <= len(self.tracks)

    def _set(self, number: int, key: str, value: float | str) -> None:
        if key == "gain":
            value = min(max(float(value), OFF_DB), TOP_DB)
        elif key == "pan":
            value = min(max(float(value), -1.0), 1.0)
        setattr(self.tracks[number - 1], key, value)
        self._tell(number, key)

    def _tell(self, number: int, key: str) -> None:
        self._say(f"/track/{number}/{key}", (_TYPES[key], getattr(self.tracks[number - 1], key)))

    def _say(self, address: str, *args: tuple[str, float | str]) -> None:
        builder = OscMessageBuilder(address)
        for kind, value in args:
            builder.add_arg(value, kind)
        if self.feedback is not None:
            self.send(builder.build().dgram, self.feedback)
