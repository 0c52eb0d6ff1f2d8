"""A console of 32 channels with six bells and a compressor each, as `rack.toml` has it, and a remote beside it."""

import json
import re
import select
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bridge import START_S, Session, document
from load import FADERS, messages_in

from tonn_bridge.core import Compressor, EqBand, GainMode, Pan, TonnSettings
from tonn_bridge.core.portable import PortableMix, PortableTrack, Provenance
from tonn_bridge.mixfile import to_json
from tonn_bridge.protocols.osc import decode, encode

BELLS = 6
PATIENCE_S = 30.0
MAPPING = Path(__file__).with_name("rack.toml")

KNOBS = [f"eq/{bell}/{dial}" for bell in range(1, BELLS + 1) for dial in "fgq"]
KNOBS += [f"comp/{dial}" for dial in ("threshold", "ratio", "attack", "release")]
SWITCHES = ["eq/on", "comp/on"]
FIRST = {"gain": -20.0, "pan": 0.2} | dict.fromkeys(KNOBS, 0.45) | dict.fromkeys(SWITCHES, 1.0)
"""What stands on every channel before Tonn's mix."""
VALUES = {f"/ch/{n}/{key}" for n in range(1, FADERS + 1) for key in ("gain", "pan", *KNOBS)}
"""The addresses of what Tonn sets: 768."""


def write_mapping(folder: Path, *, plugins: bool = True, poll_s: float | None = None) -> str:
    """The console's mapping as a session in `folder` names it; `poll_s`: as if the console told no turns of knobs."""
    text = MAPPING.read_text(encoding="utf-8")
    if not plugins:
        text = text[: text.index("[plugins]")]
    if poll_s is not None:
        text, found = re.subn(r"(?m)^told = .*$", rf"\g<0>\npoll_s = {poll_s}", text)
        assert found == 1, "rack.toml states what is told in one line"
    (folder / "console.toml").write_text(text, encoding="utf-8")
    return "./console.toml"


class Desk:
    """Keeps what it is set to, and answers questions; the remote beside it presses, and hears how the job stands."""

    def __init__(self, session: Session, wire: socket.socket, remote: socket.socket) -> None:
        self.values = {f"/ch/{n}/{key}": value for n in range(1, FADERS + 1) for key, value in FIRST.items()}
        self.set: list[tuple[str, float, bytes]] = []
        """The settings that have come: address, when, and the message."""
        self.questions = 0
        self.states: list[tuple[str, float]] = []
        self.feedback = session.feedback
        self.wire = wire
        self._session = session
        self._remote = remote

    def meet(self) -> None:
        """Answer until the daemon knows every fader, and what stands on every channel."""
        self.run(lambda: self.questions > 0, START_S)
        end = time.monotonic() + START_S
        while any(track["current"]["gain_db"] is None for track in document(self._session)["tracks"]):
            if time.monotonic() > end:
                raise SystemExit(f"tonn-bridge run did not learn its console within {START_S:g} s")
            self.run(lambda: False, 0.05)
        self.rest()
        self._remote.sendto(encode("/tonn/subscribe", ""), self._session.control)
        self.rest()

    def give_mix(self) -> None:
        """Have the daemon take a mix out of a file, in which every value is another than the console's."""
        body = json.dumps(to_json(mix())).encode()
        url = f"http://127.0.0.1:{self._session.http[1]}/api/mix"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
        self.wait_for("ready")

    def press(self, action: str, *args: float) -> float:
        """Press a button, or move the blend: the moment."""
        self.states.clear()
        message = encode(f"/tonn/{action}", "f" * len(args), *args)
        now = time.perf_counter()
        self._remote.sendto(message, self._session.control)
        return now

    def wait_for(self, state: str) -> float:
        """When the daemon said that it is in this state, after the last press."""
        self.run(lambda: any(told == state for told, _ in self.states), PATIENCE_S)
        moments = [moment for told, moment in self.states if told == state]
        if not moments:
            raise SystemExit(f"tonn-bridge did not get to {state} within {PATIENCE_S:g} s; it said {self.states}")
        return moments[0]

    def rest(self, quiet_s: float = 0.6) -> None:
        """Answer until nothing has come for so long."""
        before = -1
        while before != (before := self.questions + len(self.set)):
            self.run(lambda: False, quiet_s)

    def run(self, done: Callable[[], bool], seconds: float) -> None:
        """Play both parts until `done`, `seconds` at most."""
        end = time.monotonic() + seconds
        while not done() and (left := end - time.monotonic()) > 0.0:
            for sock in select.select([self.wire, self._remote], [], [], min(left, 0.05))[0]:
                datagram, now = sock.recv(65_535), time.perf_counter()
                for message in messages_in(datagram):
                    if sock is self.wire:
                        self.take(message, now)
                    else:
                        self._hear(message, now)

    def take(self, message: bytes, now: float) -> None:
        """One message of the daemon to the console."""
        (told,) = decode(message, 0.0)
        if told.args:
            self.values[told.address] = float(str(told.args[0]))
            self.set.append((told.address, now, message))
            return
        self.questions += 1
        self.wire.sendto(self._answer(told.address), self.feedback)

    def _answer(self, address: str) -> bytes:
        if address.endswith("/name"):
            return encode(address, "s", f"Stem {address.split('/')[2]}")
        if address in self.values:
            return encode(address, "f", self.values[address])
        return encode(address, "s", "console")

    def _hear(self, message: bytes, now: float) -> None:
        (told,) = decode(message, 0.0)
        if told.address == "/tonn/state":
            self.states.append((str(told.args[0]), now))


def mix() -> PortableMix:
    """A mix of 32 tracks with six bells and a compressor each."""
    origin = Provenance("benchmark", "sandbox", "task-1", None, "auto", "left_negative", "apply")
    tracks = [PortableTrack(n, f"Stem {n}", settings(n)) for n in range(1, FADERS + 1)]
    return PortableMix("Benchmark", GainMode.ABSOLUTE, origin, tuple(tracks))


def settings(n: int) -> TonnSettings:
    """Tonn's settings of track n; none of its values is one that the console has."""
    bells = [EqBand(bell, 60.0 * 2.1**bell + n, -6.0 + bell + n / 50, 2.0 + n / 20) for bell in range(1, BELLS + 1)]
    comp = Compressor(-20.0 - n / 10, 2.0 + n / 20, 0.02 + n / 2000, 0.2 + n / 200)
    return TonnSettings(gain_db=-10.0 + n / 10, pan=Pan(0.3 + n / 100), eq=tuple(bells), comp=comp)
