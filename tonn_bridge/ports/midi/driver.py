"""rtmidi on one of the system's ways to MIDI. Runs in the MIDI process only."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi.jack import JackServer

OnMessage = Callable[[bytes], None]
"""Takes one complete message, on the driver's own thread."""

LEAVE_S: Final = 0.02
"""For a callback to end after its port was closed."""

_JACK: Final = "UNIX_JACK"
_WINDOWS: Final = "WINDOWS_MM"
_MIDO_BACKEND: Final = "mido.backends.rtmidi"
_JACK_CLIENT_LENGTH: Final = 56
"""Of 63 characters, with room for the "-01" of a name that is taken."""


class Driver:
    """The MIDI ports of the system by one API: no two of the same name, and none that this process owns."""

    def __init__(self, rtmidi: Any, api: str, client: str) -> None:
        """`client` is how other programs see us.

        Raises:
            PortError: the API finds no MIDI on this machine.
        """
        self._rtmidi = rtmidi
        self._api = api
        self._client = client
        self._offered: set[str] = set()
        self._listening: dict[Any, Callable[[Any, Any], None]] = {}
        """The inputs, and what each calls back."""
        self._own = re.compile(rf"{re.escape(client)}( .*)?(-\d\d)?:")
        self._jack: JackServer | None = None
        if api == _JACK:
            self._jack = JackServer(f"{client} watch")
            self._names = self._jack.names
        else:
            # One pair for good: on some systems every new client leaves something behind.
            listening, sending = self._new(rtmidi.MidiIn, client), self._new(rtmidi.MidiOut, client)
            self._names = lambda: (listening.get_ports(), sending.get_ports())

    def names(self) -> tuple[list[str], list[str]]:
        """The inputs and outputs of others."""
        inputs, outputs = self._names()
        return [name for name in self._tidy(inputs) if name], [name for name in self._tidy(outputs) if name]

    def holds(self, name: str) -> bool:
        """Whether a port that was opened by name still leads to it; only JACK tells, where another may take its name
        before anybody has seen it go."""
        return self._jack is None or any(map(self._own.match, self._jack.connections(name)))

    def open_input(self, name: str, on_message: OnMessage) -> Any:
        """An open input; `close` closes it.

        Raises:
            PortError: it has gone, or is taken.
        """
        with self._hushed():
            return self._open(self._listener(self._client, on_message), name, "in")

    def open_output(self, name: str) -> Any:
        """An open output, with `send_message`.

        Raises:
            PortError: it has gone, or is taken.
        """
        with self._hushed():
            return self._open(self._new(self._rtmidi.MidiOut, self._client), name, "out")

    def offer_input(self, name: str, on_message: OnMessage) -> Any:
        """A virtual port that others can send to.

        Raises:
            PortError: the system has none.
        """
        with self._hushed():
            return self._offer(self._listener(self._client_for(name, "in"), on_message), name)

    def offer_output(self, name: str) -> Any:
        """A virtual port that others can hear.

        Raises:
            PortError: the system has none.
        """
        with self._hushed():
            return self._offer(self._new(self._rtmidi.MidiOut, self._client_for(name, "out")), name)

    def close(self, *ports: Any) -> None:
        """Close ports in two steps.

        Deleting one makes JACK cancel its thread, and a thread cancelled while it waits for the GIL takes the GIL's
        own lock with it; so what is in a callback gets the time to leave it.
        """
        with self._hushed():
            for port in ports:
                self._listening.pop(port, None)
                port.close_port()
            time.sleep(LEAVE_S)
            for port in ports:
                port.delete()

    @contextmanager
    def _hushed(self) -> Iterator[None]:
        """What arrives meanwhile waits, and is heard after.

        rtmidi keeps the GIL while it asks JACK for something, and JACK's answer may have to wait for a period in which
        an input of ours calls back: a callback that waited for the GIL then would hold up the whole graph. Those that
        have begun get the time to end.
        """
        if self._api != _JACK:
            yield
            return
        for port in self._listening:
            port.cancel_callback()
        time.sleep(LEAVE_S)
        try:
            yield
        finally:
            for port, callback in self._listening.items():
                while event := port.get_message():
                    callback(event, None)
                port.set_callback(callback)

    def _new(self, kind: Any, client: str) -> Any:
        try:
            return kind(getattr(self._rtmidi, f"API_{self._api}"), client)
        except (OSError, RuntimeError, ValueError) as exc:
            raise PortError(str(exc).rstrip(".")) from exc

    def _listener(self, client: str, on_message: OnMessage) -> Any:
        port = self._new(self._rtmidi.MidiIn, client)
        port.ignore_types(sysex=False, timing=True, active_sense=True)
        callback = self._listening[port] = lambda event, _: on_message(bytes(event[0]))
        if self._api != _JACK:
            port.set_callback(callback)
        return port

    def _open(self, port: Any, name: str, label: str) -> Any:
        names = self._tidy(port.get_ports())
        if name not in names:
            self.close(port)
            raise PortError(f'MIDI port "{name}" has just gone')
        try:
            port.open_port(names.index(name), label)
        except (OSError, RuntimeError) as exc:
            self.close(port)
            raise PortError(
                f'MIDI port "{name}" is there but cannot be opened ({exc}); '
                "if another program uses it, close that program or take the port off its list"
            ) from exc
        return port

    def _offer(self, port: Any, name: str) -> Any:
        try:
            port.open_virtual_port(name.replace(":", "-") if self._api == _JACK else name)
        except (OSError, RuntimeError, NotImplementedError) as exc:
            self.close(port)
            if self._api == _WINDOWS:
                raise PortError(
                    f'Windows has no virtual MIDI ports: make one called "{name}" with loopMIDI '
                    "and name it in the session file: input and output"
                ) from exc
            raise PortError(f'the virtual MIDI port "{name}" cannot be opened ({exc})') from exc
        self._offered.add(name)
        return port

    def _client_for(self, name: str, direction: str) -> str:
        """JACK's clients need names of their own, and patchbays remember them; elsewhere all ports share one."""
        if self._api != _JACK:
            return self._client
        return f"{self._client} {name}".replace(":", "-")[:_JACK_CLIENT_LENGTH] + f" {direction}"

    def _tidy(self, names: Sequence[str]) -> list[str]:
        """Names by place: none for our own, and a number behind the second of two that are the same."""
        tidy: list[str] = []
        for place, name in enumerate(names):
            if self._api == _WINDOWS:  # rtmidi puts the place behind the name, and places change with every plug
                name = name.removesuffix(f" {place}")
            if self._own.match(name) or name in self._offered:
                tidy.append("")
            else:
                tidy.append(name if name not in tidy else f"{name} #{tidy.count(name) + 1}")
        return tidy


def find_driver(client: str) -> Driver:
    """The driver MIDO_BACKEND names ("mido.backends.rtmidi/UNIX_JACK"), else the first way to MIDI that works.

    Raises:
        PortError: there is none; says what to do.
    """
    backend, _, wanted = os.environ.get("MIDO_BACKEND", _MIDO_BACKEND).partition("/")
    if backend != _MIDO_BACKEND:
        raise PortError(f'no MIDI: MIDO_BACKEND is "{backend}"; unset it, or write {_MIDO_BACKEND}/UNIX_JACK for JACK')
    try:
        import rtmidi
    except ImportError as exc:
        raise PortError(
            "no MIDI: python-rtmidi is not installed; pip install python-rtmidi "
            "(it has ready-made wheels up to Python 3.12; OSC works without it)"
        ) from exc
    reasons = []
    for api in [wanted] if wanted else _compiled(rtmidi):
        if api not in _compiled(rtmidi):
            raise PortError(f'no MIDI: MIDO_BACKEND asks for "{api}"; here there is {", ".join(_compiled(rtmidi))}')
        try:
            return Driver(rtmidi, api, client)
        except PortError as exc:
            reasons.append(str(exc))
    raise PortError(
        f"no MIDI: this system offers none ({'; '.join(reasons)}); "
        "on Linux load snd-seq or start JACK. OSC works without MIDI"
    )


def _compiled(rtmidi: Any) -> list[str]:
    """The APIs this rtmidi can speak, the system's own before JACK."""
    names = {
        getattr(rtmidi, name): name.removeprefix("API_")
        for name in dir(rtmidi)
        if name.startswith("API_") and name not in ("API_UNSPECIFIED", "API_RTMIDI_DUMMY")
    }
    compiled = [names[api] for api in rtmidi.get_compiled_api() if api in names]
    return sorted(compiled, key=lambda name: name == _JACK)
