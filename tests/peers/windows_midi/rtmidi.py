"""python-rtmidi as it behaves on Windows, for the MIDI process to import instead of the real one.

Put this folder on PYTHONPATH. The file WINDOWS_MIDI_PORTS names holds one port a line, "taken NAME" for one that
another program uses; what is sent to a port comes back from it.
"""

import os
from pathlib import Path

API_UNSPECIFIED, API_WINDOWS_MM, API_RTMIDI_DUMMY = 0, 4, 5
_listeners = {}


def get_compiled_api():
    return [API_WINDOWS_MM]


class _Port:
    def __init__(self, api, client):
        assert (api, bool(client)) == (API_WINDOWS_MM, True)
        self.name = None

    def get_ports(self):
        """As rtmidi does it there, the place in the list stands behind each name."""
        return [f"{line.removeprefix('taken ')} {place}" for place, line in enumerate(_lines())]

    def open_port(self, place, label):
        line = _lines()[place]
        if line.startswith("taken "):
            raise OSError("MidiInWinMM::openPort: error creating Windows MM MIDI input port.")
        self.name = line

    def open_virtual_port(self, name):
        raise NotImplementedError("Virtual ports are not supported by the Windows MultiMedia API.")

    def close_port(self):
        _listeners.pop(self.name, None)

    def delete(self):
        pass


class MidiIn(_Port):
    def ignore_types(self, sysex, timing, active_sense):
        pass

    def set_callback(self, callback):
        self.callback = callback

    def open_port(self, place, label):
        super().open_port(place, label)
        _listeners[self.name] = self.callback


class MidiOut(_Port):
    def send_message(self, message):
        _listeners[self.name]((list(message), 0.0), None)


def _lines():
    return Path(os.environ["WINDOWS_MIDI_PORTS"]).read_text().splitlines()
