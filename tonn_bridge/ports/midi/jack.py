"""What rtmidi does not tell about JACK: whether a server is there, and that it has gone.

A client of our own, without ports and without a place in the audio graph, asks libjack itself.
"""

import ctypes
import ctypes.util
import os
from pathlib import Path
from typing import Any, Final

from tonn_bridge.errors import PortError

SERVER_GONE: Final = 3
"""Exit code of a process whose JACK server has gone."""

_NO_START: Final = 1
_IS_INPUT, _IS_OUTPUT = 1, 2
_MIDI: Final = b"8 bit raw midi"


class JackServer:
    """A running JACK server; when it goes, this process ends at once with the code `SERVER_GONE`.

    It has to: rtmidi does not notice, and its next sends into the dead server spin for ever holding the GIL. libjack
    is given C's own `_exit` to call, which needs no GIL.

    Raises:
        PortError: no server is running, or libjack is not to be found.
    """

    def __init__(self, client: str) -> None:
        self._lib = _libjack()
        self._client = self._lib.jack_client_open(client.encode(), _NO_START, None)
        if not self._client:
            server = os.environ.get("JACK_DEFAULT_SERVER", "default")
            raise PortError(f'no JACK server "{server}" is running')
        self._lib.jack_on_shutdown(self._client, ctypes.cast(ctypes.CDLL(None)._exit, ctypes.c_void_p), SERVER_GONE)

    def names(self) -> tuple[list[str], list[str]]:
        """The MIDI ports one can hear, and those one can send to."""
        return self._ports(_IS_OUTPUT), self._ports(_IS_INPUT)

    def connections(self, name: str) -> list[str]:
        """The ports on the other ends of a port's cables."""
        port = self._lib.jack_port_by_name(self._client, name.encode())
        return self._taken(self._lib.jack_port_get_all_connections(self._client, port)) if port else []

    def _ports(self, direction: int) -> list[str]:
        return self._taken(self._lib.jack_get_ports(self._client, None, _MIDI, direction))

    def _taken(self, found: Any) -> list[str]:
        """The names in an array of libjack's, which is given back."""
        if not found:
            return []
        names = []
        for name in found:
            if name is None:
                break
            names.append(name.decode(errors="replace"))
        self._lib.jack_free(found)
        return names


def _libjack() -> Any:
    """The libjack that rtmidi has brought into this process, else the system's."""
    try:
        mapped = [line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libjack" in line]
    except OSError:
        mapped = []
    name = next(iter(mapped), None) or ctypes.util.find_library("jack")
    if name is None:
        raise PortError("libjack is not installed")
    lib = ctypes.CDLL(name)
    lib.jack_client_open.restype = ctypes.c_void_p
    lib.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    lib.jack_on_shutdown.restype = None
    lib.jack_on_shutdown.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    lib.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
    lib.jack_get_ports.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong]
    lib.jack_port_by_name.restype = ctypes.c_void_p
    lib.jack_port_by_name.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    lib.jack_port_get_all_connections.restype = ctypes.POINTER(ctypes.c_char_p)
    lib.jack_port_get_all_connections.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    lib.jack_free.restype = None
    lib.jack_free.argtypes = [ctypes.c_void_p]
    return lib
