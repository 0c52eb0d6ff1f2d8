"""A real Ardour as a test peer: its own engine and its own OSC module, without a window, a sound device or a display.

Debian's `ardour` brings a Lua shell around the engine (`ardour7-lua`). `ardour.lua` beside this file runs in it: it
loads a session on the dummy backend and answers questions over stdin and stdout, so that a test can read and move the
real controls past OSC and MIDI. Its Mackie surface needs MIDI that other programs reach, and so a JACK server.
"""

import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from pythonosc.osc_message import OscMessage

from tests.peers.jack import Jack, running_jack

MACKIE_STARTS, MACKIE_START_S = 8, 25.0
MACKIE_PERIOD = 512
"""Frames; with shorter periods Ardour loses JACK more often, with longer ones it takes twice as long to load."""

DUMMY, JACK = "None (Dummy)", "JACK"

SCRIPT = Path(__file__).with_suffix(".lua")
VERSIONS = ("9", "8", "7")
RATE = 48_000
OSC_SURFACE = {
    "name": "Open Sound Control (OSC)",
    "active": "1",
    "debugmode": "0",
    "address-only": "0",  # answers go to the port each client sent from
    "remote-port": "8000",
    "banksize": "0",
    "striptypes": "159",
    "feedback": "0",
    "gainmode": "0",
    "send-page-size": "0",
    "plug-page-size": "0",
}
MACKIE_SURFACE = {"name": "Mackie", "active": "1", "bank": "0", "ipmidi-base": "21928", "device-profile": ""}


class ArdourError(Exception):
    """Ardour did not start, did not answer in time, or refused what it was asked; the message quotes its log."""


class Ardour:
    """One session with the mono `tracks`, everything it writes under `folder`; `port` is where its OSC listens.

    The port is 3819, or the next free one where that is taken; after a restart it may be another. `mackie` names the
    device its Mackie surface takes us for; it then runs on the JACK server that the environment names.
    """

    def __init__(self, folder: Path, tracks: Sequence[str], mackie: str | None = None) -> None:
        self.folder = folder
        self.tracks = tuple(tracks)
        self.mackie = mackie
        self.port = 0
        self._version = installed_version()
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def __enter__(self) -> "Ardour":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, seconds: float = 60.0) -> None:
        """Make the session if it is not there yet, start Ardour on it, and wait until it answers OSC.

        Raises:
            ArdourError: it has not done so in time.
        """
        deadline = time.monotonic() + seconds
        if not self.session_file.exists():
            self._create_session(deadline)
        self._osc_url.write_text("")  # Ardour writes its address here because the file exists
        self._process = self._run("serve", self.folder / "session", "session", JACK if self.mackie else DUMMY)
        try:
            self._answer(deadline)
            self.port = self._wait_for_osc(deadline)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let Ardour close its session and end; one that does not end within ten seconds is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            _close(process.stdin)
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        finally:
            _close(process.stdout)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self.stop()

    @property
    def pid(self) -> int:
        """The running process, 0 when there is none."""
        return self._process.pid if self._process else 0

    def restart(self) -> None:
        """Stop, and start again with the session as it was last saved."""
        self.stop()
        self.start()

    def lua(self, snippet: str, seconds: float = 10.0) -> str:
        """What one line of Lua answers, run inside Ardour.

        Raises:
            ArdourError: it failed, or Ardour has ended or hangs.
        """
        if self._process is None or self._process.stdin is None:
            raise ArdourError("Ardour is not running; start it first")
        try:
            self._process.stdin.write(snippet.replace("\n", " ").encode() + b"\n")
        except BrokenPipeError as exc:
            raise ArdourError(f"Ardour has ended:\n{self._log_tail()}") from exc
        return self._answer(time.monotonic() + seconds)

    # The engine's own values, and what a person would do in its window.

    def gain_db(self, track: str) -> float:
        """The fader in dB; -inf when it is off."""
        return float(self.lua(f"gain_db({_quoted(track)})"))

    def set_gain_db(self, track: str, db: float) -> None:
        self.lua(f"set_gain_db({_quoted(track)}, {db!r})")

    def pan(self, track: str) -> float:
        """0.0 left, 0.5 centre, 1.0 right: as the engine has it, which its OSC turns round."""
        return float(self.lua(f"pan({_quoted(track)})"))

    def set_pan(self, track: str, value: float) -> None:
        self.lua(f"set_pan({_quoted(track)}, {value!r})")

    def muted(self, track: str) -> bool:
        return self.lua(f"muted({_quoted(track)})") == "true"

    def set_mute(self, track: str, on: bool) -> None:
        self.lua(f"set_mute({_quoted(track)}, {str(on).lower()})")

    def trim_db(self, track: str) -> float:
        return float(self.lua(f"trim_db({_quoted(track)})"))

    def set_trim_db(self, track: str, db: float) -> None:
        self.lua(f"set_trim_db({_quoted(track)}, {db!r})")

    def plugins(self, track: str) -> list[str]:
        """The plug-ins on a track, in order."""
        return [name for name in self.lua(f"plugins({_quoted(track)})").split("\\t") if name]

    def add_plugin(self, track: str, uri: str, place: int = -1) -> None:
        """Put a plug-in (LV2) on a track, last or at a place counted from 0."""
        self.lua(f"add_plugin({_quoted(track)}, {_quoted(uri)}, {place})")

    def remove_plugin(self, track: str, place: int) -> None:
        self.lua(f"remove_plugin({_quoted(track)}, {place})")

    def plugin_param(self, track: str, place: int, number: int) -> float:
        """A parameter by its OSC number, from 1, of the plug-in at a place counted from 0."""
        return float(self.lua(f"plugin_param({_quoted(track)}, {place}, {number - 1})"))

    def set_plugin_param(self, track: str, place: int, number: int, value: float) -> None:
        self.lua(f"set_plugin_param({_quoted(track)}, {place}, {number - 1}, {value!r})")

    def plugin_on(self, track: str, place: int) -> bool:
        return self.lua(f"plugin_on({_quoted(track)}, {place})") == "true"

    def bypass_plugin(self, track: str, place: int, on: bool) -> None:
        """The bypass button of a plug-in; `on` True makes it sound."""
        self.lua(f"bypass_plugin({_quoted(track)}, {place}, {str(on).lower()})")

    def names(self) -> list[str]:
        """The tracks in the order of the mixer."""
        return [name for name in self.lua("names()").split("\\t") if name]

    def add_track(self, name: str, before: str | None = None, *, channels: int = 1) -> None:
        """A new track, last or just before another."""
        self.lua(f"add_track({_quoted(name)}, {_quoted(before) if before else 'nil'}, {channels})")

    def add_bus(self, name: str) -> None:
        """A new stereo bus, behind the tracks."""
        self.lua(f"add_bus({_quoted(name)})")

    def hide_track(self, name: str) -> None:
        """Take a track off the mixer while Ardour runs: to OSC it is gone, and the ones behind it move up.

        Removing one for good is not within Lua's reach in Ardour 7.3; `remove_track` does that, between two runs.
        """
        with asking_socket() as asking:
            ssid = strips(asking, self.port)[name]
            asking.sendto(b"/strip/hide\0,ii\0" + struct.pack(">ii", ssid, 1), ("127.0.0.1", self.port))

    def remove_track(self, name: str) -> None:
        """Save, stop, take a track out of the session, and start again."""
        self.save()
        self.stop()
        take_route_out(self.session_file, name)
        self.start()

    def rename_track(self, name: str, new: str) -> None:
        self.lua(f"rename_track({_quoted(name)}, {_quoted(new)})")

    def move_track(self, name: str, before: str) -> None:
        """Drag a track so that it comes just before another."""
        self.lua(f"move_track({_quoted(name)}, {_quoted(before)})")

    def save(self) -> None:
        """Save the session, so that a restart finds it as it is."""
        self.lua('Session:save_state("")')

    def keeps_jack(self, jack: Jack, seconds: float = 5.0) -> bool:
        """Whether its Mackie ports come on that server, and stay for half a second."""
        seen_at: float | None = None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and "JACK HALTED" not in self._log_tail():
            there = any("mackie control" in port for port in jack.ports())
            if seen_at is not None and (not there or time.monotonic() - seen_at > 0.5):
                return there
            seen_at = seen_at or (time.monotonic() if there else None)
            select.select([], [], [], 0.05)
        return False

    @property
    def session_file(self) -> Path:
        return self.folder / "session" / "session.ardour"

    @property
    def _config(self) -> Path:
        return self.folder / "config" / f"ardour{self._version}"

    @property
    def _osc_url(self) -> Path:
        return self._config / "osc_url"

    def _create_session(self, deadline: float) -> None:
        for place in (".", "home", "cache", "data"):
            (self.folder / place).mkdir(parents=True, exist_ok=True)
        self._config.mkdir(parents=True, exist_ok=True)
        (self._config / ".a7").touch()
        self._process = self._run("create", self.folder / "session", "session", str(RATE), *self.tracks)
        try:
            self._answer(deadline)
        finally:
            self.stop()
        switch_on(self.session_file, OSC_SURFACE)
        if self.mackie is not None:
            switch_on(self.session_file, MACKIE_SURFACE | {"device-name": self.mackie})

    def _run(self, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        self._heard = b""
        home = {
            "HOME": "home",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
            "XDG_DATA_HOME": "data",
        }
        with (self.folder / "ardour.log").open("a") as log:
            return subprocess.Popen(
                [f"ardour{self._version}-lua", str(SCRIPT), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for pytest, which then ends Ardour in order
                env={
                    **os.environ,
                    **{key: str(self.folder / place) for key, place in home.items()},
                    "LC_ALL": "C.UTF-8",
                },
            )

    def _answer(self, deadline: float) -> str:
        """The next answer on stdout, past whatever Ardour itself has to say there."""
        while True:
            word, _, text = self._line(deadline).partition(" ")
            if word == "FAULT":
                raise ArdourError(text)
            if word == "ANSWER":
                return text

    def _line(self, deadline: float) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        while b"\n" not in self._heard:
            if not select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise ArdourError(f"Ardour did not answer in time:\n{self._log_tail()}")
            more = os.read(self._process.stdout.fileno(), 65_536)
            if not more:
                raise ArdourError(f"Ardour has ended:\n{self._log_tail()}")
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode(errors="replace")

    def _wait_for_osc(self, deadline: float) -> int:
        """The UDP port, once Ardour lists its strips there."""
        with asking_socket() as asking:
            while time.monotonic() < deadline:
                if found := re.search(r":(\d+)/?\s*$", self._osc_url.read_text()):
                    try:
                        strips(asking, int(found[1]))
                    except (TimeoutError, ConnectionRefusedError):
                        continue
                    return int(found[1])
                select.select([], [], [], 0.01)
        raise ArdourError(f"Ardour did not answer OSC in time:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        return "\n".join((self.folder / "ardour.log").read_text(errors="replace").splitlines()[-8:])


@contextmanager
def ardour_with_mackie(folder: Path, tracks: Sequence[str], device: str) -> Iterator[Ardour]:
    """An Ardour whose Mackie surface takes us for `device`, on a JACK server of its own; both end on the way out.

    Ardour 7.3 speaks to JACK from two threads while it loads, and loses it in one start out of three; what it had
    lost it would never find again, so both are started anew until it has its Mackie ports for good.

    Raises:
        ArdourError: it never had.
    """
    for start in range(MACKIE_STARTS):
        with ExitStack() as stack:
            jack = stack.enter_context(running_jack(folder, MACKIE_PERIOD))
            ardour = Ardour(folder / f"start {start}", tracks, device)
            stack.callback(ardour.stop)
            try:
                ardour.start(MACKIE_START_S)
            except ArdourError:
                continue
            if ardour.keeps_jack(jack):
                yield ardour
                return
    raise ArdourError(f"Ardour lost JACK in {MACKIE_STARTS} starts")


def installed_version() -> str:
    """The newest of the Ardours here that bring a Lua shell.

    Raises:
        ArdourError: none does.
    """
    for version in VERSIONS:
        if shutil.which(f"ardour{version}-lua"):
            return version
    raise ArdourError("no Ardour with a Lua shell here; on Debian: apt-get install ardour")


def switch_on(session_file: Path, wanted: Mapping[str, str]) -> None:
    """Enter a control surface in a saved session, as ticking it in the preferences would."""
    tree = ET.parse(session_file)
    root = tree.getroot()
    surfaces = root.find("ControlProtocols")
    if surfaces is None:
        surfaces = ET.SubElement(root, "ControlProtocols")
    for surface in [found for found in surfaces if found.get("name") == wanted["name"]]:
        surfaces.remove(surface)
    ET.SubElement(surfaces, "Protocol", dict(wanted))
    tree.write(session_file, encoding="UTF-8", xml_declaration=True)


def take_route_out(session_file: Path, name: str) -> None:
    """Remove a track from a saved session."""
    tree = ET.parse(session_file)
    routes = tree.getroot().find("Routes")
    assert routes is not None
    for route in [found for found in routes if found.get("name") == name]:
        routes.remove(route)
    tree.write(session_file, encoding="UTF-8", xml_declaration=True)


def strips(asking: socket.socket, port: int) -> dict[str, int]:
    """The number of each strip that Ardour lists, by name.

    Raises:
        TimeoutError, ConnectionRefusedError: it does not answer within the socket's patience.
    """
    asking.sendto(b"/strip/list\0,\0\0\0", ("127.0.0.1", port))
    numbers: dict[str, int] = {}
    while True:
        address, args = read_message(asking.recv(65_536))
        if address in ("#reply", "/reply"):
            if args[0] == "end_route_list":
                return numbers
            numbers[str(args[1])] = int(str(args[6]))


def read_message(datagram: bytes) -> tuple[str, list[object]]:
    """Address and arguments of one message; `#reply`, as Ardour calls its answers, is not an address to any codec."""
    message = OscMessage(datagram)
    return message.address, list(message.params)


@contextmanager
def asking_socket() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind(("127.0.0.1", 0))
        asking.settimeout(0.2)
        yield asking


def _quoted(text: str) -> str:
    """A Lua string; names in tests hold no control characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _close(pipe: IO[bytes] | None) -> None:
    with suppress(BrokenPipeError):
        if pipe is not None:
            pipe.close()
