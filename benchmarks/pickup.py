"""From a finished mix at the service to the last fader in the DAW: the sandbox, the daemon, a REAPER, 32 tracks.

    python benchmarks/pickup.py [--rounds 3]

The call-back goes through a relay that notes when it was sent. Apply is pressed in the moment the daemon says `ready`,
as a script would; faders and pans go at once (glide_s = 0), in REAPER's own pace and bundles.
"""

import argparse
import http.client
import select
import socket
import statistics
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, perf_counter
from typing import Self

from bridge import Session, meet, program, reaper_echo, sandbox, write_session
from load import FADERS, Address, daw_socket
from rich.console import Console
from rich.table import Table

from tonn_bridge.protocols.osc import decode, encode

PATIENCE_S = 60.0
STANDSTILL_S = 2.0
"""After this long without a news the DAW stands still."""


@dataclass(frozen=True)
class Round:
    """The moments of one round, in seconds of one clock."""

    called_back: float
    ready: float
    first_value: float
    last_value: float
    applied: float


LEGS: dict[str, Callable[[Round], float]] = {
    "call-back sent → ready": lambda r: r.ready - r.called_back,
    "apply pressed → first value at the DAW": lambda r: r.first_value - r.ready,
    f"apply pressed → last of {2 * FADERS} values": lambda r: r.last_value - r.ready,
    "call-back sent → last value": lambda r: r.last_value - r.called_back,
    "apply pressed → applied (echoes heard)": lambda r: r.applied - r.ready,
}


def main() -> None:
    """Preview and apply, several times, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        daw = stack.enter_context(daw_socket())
        relay = stack.enter_context(Relay())
        service = stack.enter_context(sandbox(folder / "sandbox"))
        session = write_session(folder, daw.getsockname(), service=service, public_url=relay.url, stem_s=2.0)
        relay.to = session.http
        stack.enter_context(program("run", str(session.path), state=folder / "state"))
        meet(session, daw)
        remote = stack.enter_context(daw_socket())
        studio = Studio(session, daw, remote)
        rounds = [play(studio, relay) for _ in range(options.rounds)]
    table = Table(title=f"From the service to the faders, 32 tracks, medians of {options.rounds}")
    table.add_column("from → to")
    for heading in ("ms", "worst"):
        table.add_column(heading, justify="right")
    for name, leg in LEGS.items():
        times = [leg(each) * 1000 for each in rounds]
        table.add_row(name, f"{statistics.median(times):.1f}", f"{max(times):.1f}")
    Console().print(table)


def play(studio: "Studio", relay: "Relay") -> Round:
    """Preview, apply when it is ready, revert."""
    studio.press("preview")
    studio.wait_for("mixing")
    ready = studio.wait_for("ready")
    studio.values.clear()
    studio.press("apply")
    applied = studio.wait_for("applied")
    values = list(studio.values)
    if len(values) < 2 * FADERS:
        raise SystemExit(f"only {len(values)} of {2 * FADERS} values reached the DAW")
    studio.press("revert")
    studio.wait_for("ready")
    studio.run(lambda: False, STANDSTILL_S)
    return Round(relay.called_back, ready, values[0], values[2 * FADERS - 1], applied)


class Studio:
    """A REAPER that echoes what it is told, and a controller that has subscribed to the daemon's state."""

    def __init__(self, session: Session, daw: socket.socket, remote: socket.socket) -> None:
        self.values: list[float] = []
        """When each value for a fader or pan came."""
        self._session = session
        self._daw = daw
        self._remote = remote
        self._states: list[tuple[str, float]] = []
        remote.sendto(encode("/tonn/subscribe", ""), session.control)

    def press(self, action: str) -> None:
        self._states.clear()
        self._remote.sendto(encode(f"/tonn/{action}", ""), self._session.control)

    def wait_for(self, state: str) -> float:
        """When the daemon said that it is in this state, after the last press."""
        self.run(lambda: any(told == state for told, _ in self._states), PATIENCE_S)
        moments = [moment for told, moment in self._states if told == state]
        if not moments:
            raise SystemExit(f"tonn-bridge did not get to {state} within {PATIENCE_S:g} s; it said {self._states}")
        self._states = self._states[[told for told, _ in self._states].index(state) + 1 :]
        return moments[0]

    def run(self, done: Callable[[], bool], seconds: float) -> None:
        """Play both parts until `done`, `seconds` at most."""
        end = monotonic() + seconds
        while not done() and monotonic() < end:
            for sock in select.select([self._daw, self._remote], [], [], 0.05)[0]:
                datagram, now = sock.recv(65_535), perf_counter()
                for message in decode(datagram, 0.0):
                    if sock is self._daw:
                        self._set(message.address.split("/"), message.args, now)
                    elif message.address == "/tonn/state":
                        self._states.append((str(message.args[0]), now))

    def _set(self, address: list[str], args: tuple[object, ...], now: float) -> None:
        match address, args:
            case ["", "track", n, "volume", "db"], [float(gain_db)]:
                echo = reaper_echo(int(n), gain_db)
            case ["", "track", n, "pan"], [float(pan)]:
                echo = encode(f"/track/{n}/pan/str", "s", _percents(pan))
            case _:
                return
        self.values.append(now)
        self._daw.sendto(echo, self._session.feedback)


class Relay:
    """Takes the service's call-backs, notes when, and hands them on to the daemon."""

    def __init__(self) -> None:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                relay.called_back = perf_counter()
                relay.hand_on(self.path, self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.to: Address = ("127.0.0.1", 0)
        self.called_back = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def hand_on(self, path: str, body: bytes) -> None:
        connection = http.client.HTTPConnection(*self.to, timeout=5)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        connection.getresponse().read()
        connection.close()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _percents(pan: float) -> str:
    """REAPER's text for a pan from 0.0 (left) to 1.0."""
    percents = round(abs(2.0 * pan - 1.0) * 100)
    return "center" if percents == 0 else f"{percents}%{'L' if pan < 0.5 else 'R'}"


if __name__ == "__main__":
    main()
