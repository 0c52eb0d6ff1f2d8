"""The MIDI process: everything that can hang in a driver, where it hangs for nobody else.

The daemon starts it with pipes and speaks `frames` over them. It ends when its input ends, when its JACK server has
gone (`jack.SERVER_GONE`), or when it has done no LOOK for half a minute: it hangs in a driver, and the daemon that
would kill it has died.
"""

import contextlib
import faulthandler
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi.driver import Driver, OnMessage, find_driver
from tonn_bridge.ports.midi.frames import Frames, Kind, encode

FORSAKEN_S: Final = 30.0
"""Without a LOOK for so long, the process ends itself."""

SEARCH_S: Final = 2.0
"""Between two looks for MIDI where there is none."""

_PIPE_BYTES: Final = 1 << 20
_SET_PIPE_SIZE: Final = 1031  # F_SETPIPE_SZ of <linux/fcntl.h>


class Teller:
    """Writes frames to the daemon, from any thread. Where the pipe is full, messages are lost and the rest waits.

    A driver's thread that waited would hold up the whole JACK graph. On Windows, whose pipes cannot refuse, it does.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._set_blocking(False)
        if sys.platform == "linux":
            import fcntl

            with contextlib.suppress(OSError):  # the user's allowance for pipes may be used up
                fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _PIPE_BYTES)

    def tell(self, kind: Kind, port: int = 0, payload: bytes = b"") -> None:
        """Write one frame."""
        frame = encode(kind, port, payload)
        with contextlib.suppress(BrokenPipeError):  # the daemon has gone, and the input ends next
            while not self._try(frame) and kind != Kind.RECEIVED:
                select.select([], [self._descriptor], [])

    def _try(self, frame: bytes) -> bool:
        """Whether the pipe has taken the frame."""
        with self._lock:
            try:
                written = os.write(self._descriptor, frame)
            except BlockingIOError:
                return False
            if written < len(frame):  # now it must wait: half a frame would garble all that follow
                self._set_blocking(True)
                while written < len(frame):
                    written += os.write(self._descriptor, frame[written:])
                self._set_blocking(False)
        return True

    def _set_blocking(self, blocking: bool) -> None:
        if sys.platform != "win32":
            os.set_blocking(self._descriptor, blocking)


class Gear:
    """The open ports of this process, by the daemon's numbers."""

    def __init__(self, client: str, teller: Teller) -> None:
        self._client = client
        self._tell = teller.tell
        self._driver: Driver | None = None
        self._search_from = 0.0
        self._open: dict[int, Any] = {}
        self._names: dict[int, str] = {}
        """Of the ports that belong to others."""
        self._told: object = None
        self._openers: dict[int, Callable[[Driver, str, OnMessage], Any]] = {
            Kind.OPEN_INPUT: Driver.open_input,
            Kind.OPEN_OUTPUT: lambda driver, name, _: driver.open_output(name),
            Kind.OFFER_INPUT: Driver.offer_input,
            Kind.OFFER_OUTPUT: lambda driver, name, _: driver.offer_output(name),
        }

    def do(self, kind: int, port: int, payload: bytes = b"") -> None:
        """One thing the daemon wants."""
        if kind == Kind.SEND:
            self._send(port, payload)
        elif kind == Kind.LOOK:
            self._look()
            self._tell(Kind.SEEN)
        elif kind == Kind.CLOSE:
            self._close(port)
        elif kind in self._openers:
            self._begin(kind, port, payload.decode())

    def close(self) -> None:
        """Close every port, so that JACK need not find out by itself."""
        if self._driver:
            self._driver.close(*self._open.values())

    def _send(self, port: int, message: bytes) -> None:
        if port in self._open:
            try:
                self._open[port].send_message(message)
            except (OSError, RuntimeError) as exc:  # a device that has just gone; the next LOOK will tell
                print(f"{message[:8].hex(' ')} was not sent: {exc}", file=sys.stderr, flush=True)

    def _close(self, port: int) -> None:
        self._names.pop(port, None)
        if self._driver and port in self._open:
            self._driver.close(self._open.pop(port))

    def _begin(self, kind: int, port: int, name: str) -> None:
        try:
            if self._driver is None:
                raise PortError("no MIDI")
            self._open[port] = self._openers[kind](self._driver, name, partial(self._tell, Kind.RECEIVED, port))
        except PortError as exc:
            self._tell(Kind.FAILED, port, str(exc).encode())
        else:
            if kind in (Kind.OPEN_INPUT, Kind.OPEN_OUTPUT):
                self._names[port] = name
            self._tell(Kind.OPENED, port)

    def _look(self) -> None:
        if self._driver is None and time.monotonic() >= self._search_from:
            self._search_from = time.monotonic() + SEARCH_S
            try:
                self._driver = find_driver(self._client)
            except PortError as exc:
                self._tell_news(Kind.NO_MIDI, str(exc))
        if self._driver is not None:
            inputs, outputs = self._driver.names()
            self._tell_news(Kind.PORTS, json.dumps({"inputs": inputs, "outputs": outputs}))
            for port in [port for port, name in self._names.items() if not self._driver.holds(name)]:
                self._close(port)
                self._tell(Kind.LOST, port)

    def _tell_news(self, kind: Kind, text: str) -> None:
        if self._told != (kind, text):
            self._told = (kind, text)
            self._tell(kind, payload=text.encode())


def main(client: str) -> None:
    """Do what comes in over stdin until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the daemon, which then ends its input
    os.environ["JACK_NO_START_SERVER"] = "1"
    teller = Teller(os.dup(1))
    os.dup2(2, 1)  # libraries print what they like; the pipe is for frames
    gear = Gear(client, teller)
    frames = Frames()
    while data := os.read(0, 65_536):
        for kind, port, payload in frames.feed(data):
            if kind == Kind.LOOK:
                faulthandler.dump_traceback_later(FORSAKEN_S, exit=True)
            gear.do(kind, port, payload)
    gear.close()


if __name__ == "__main__":
    main(sys.argv[1])
