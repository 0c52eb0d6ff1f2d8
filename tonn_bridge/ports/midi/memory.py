"""MIDI in memory, for tests in which the wire is not the point: a studio whose gear can be unplugged.

What a virtual port offers is what named ports find, as on a real system; so one `MemoryMidi` serves both sides.

midi = memory_midi()
surface = midi.open(Wanted("X-Touch", "X-Touch", virtual=True), on_bytes, on_state)  # plays the device
port = midi.open(Wanted("X-Touch", "X-Touch"), on_messages, on_state)  # finds it
surface.unplug()
surface.plug("X-Touch 2")
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi.match import find
from tonn_bridge.ports.midi.port import OnMessages, PortNames, Wanted


class MemoryMidi:
    """A `MidiSystem` without a system; but for `unplug`, everything happens on the loop's next turn."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self._open: list[MemoryMidiPort] = []

    @property
    def ports(self) -> PortNames:
        """What the virtual ports offer to the others."""
        gear = [port for port in self._open if port.plugged]
        return PortNames(
            inputs=tuple(port.wanted.output for port in gear if port.wanted.output),
            outputs=tuple(port.wanted.input for port in gear if port.wanted.input),
        )

    def open(self, wanted: Wanted, on_messages: OnMessages, on_state: Callable[[], None]) -> "MemoryMidiPort":
        """A pair that is offered (`virtual`), or found when something offers it."""
        port = MemoryMidiPort(self, wanted, on_messages, on_state)
        self._open.append(port)
        self._changed()
        return port

    def _changed(self) -> None:
        asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        for port in list(self._open):
            port._look()

    def _offering(self, name: str | None, names: Callable[["MemoryMidiPort"], str | None]) -> "MemoryMidiPort | None":
        return next((port for port in self._open if port.plugged and name is not None and names(port) == name), None)


class MemoryMidiPort:
    """A `MidiPort`; the virtual ones are the gear, which can be unplugged and plugged in again."""

    def __init__(self, midi: MemoryMidi, wanted: Wanted, on_messages: OnMessages, on_state: Callable[[], None]) -> None:
        self.wanted = wanted
        self.plugged = wanted.virtual
        """Whether others can find it."""
        self.connected = False
        self.problem: str | None = None
        self.names: tuple[str | None, str | None] = (None, None)
        self.waiting = 0
        self._midi = midi
        self._on_messages = on_messages
        self._on_state = on_state

    def send(self, messages: Sequence[bytes]) -> None:
        """Hand over what the others get together; nothing while it is not connected."""
        if self.connected and messages:
            loop = asyncio.get_running_loop()
            for other in self._hearing():
                loop.call_soon(other._receive, [bytes(message) for message in messages])

    def unplug(self) -> None:
        """Pull the cable of a virtual port; the others have lost it when this returns."""
        self.plugged = self.connected = False
        self._midi._look()

    def plug(self, input: str | None = None, output: str | None = None) -> None:
        """Put it back; under another name if one is given (for both directions, unless the other has its own)."""
        if input is not None:
            self.wanted = Wanted(input, output or input, virtual=True)
        self.plugged = True
        self._midi._changed()

    def close(self) -> None:
        self.plugged = self.connected = False
        if self in self._midi._open:
            self._midi._open.remove(self)
            self._midi._changed()

    def _hearing(self) -> "Iterable[MemoryMidiPort]":
        if self.wanted.virtual:
            return [port for port in self._midi._open if port.connected and port is not self and port._hears(self)]
        other = self._midi._offering(self.names[1], lambda port: port.wanted.input)
        return [other] if other else []

    def _hears(self, gear: "MemoryMidiPort") -> bool:
        return not self.wanted.virtual and self.names[0] is not None and self.names[0] == gear.wanted.output

    def _receive(self, messages: list[bytes]) -> None:
        if self.connected:
            self._on_messages(messages)

    def _look(self) -> None:
        """See what there is now, and say so if that is news."""
        before = (self.connected, self.problem, self.names)
        if self.wanted.virtual:
            self.connected, self.problem = self.plugged, None if self.plugged else "unplugged"
            self.names = (self.wanted.input, self.wanted.output) if self.plugged else (None, None)
        else:
            self._find()
        if (self.connected, self.problem, self.names) != before:
            self._on_state()

    def _find(self) -> None:
        there = self._midi.ports
        try:
            found_input = self.wanted.input and find("input", self.wanted.input, there.inputs)
            found_output = self.wanted.output and find("output", self.wanted.output, there.outputs)
        except PortError as exc:
            self.connected, self.problem, self.names = False, self._midi.problem or str(exc), (None, None)
        else:
            self.connected, self.problem, self.names = True, None, (found_input, found_output)


def memory_midi() -> MemoryMidi:
    """MIDI of this process alone, with nothing plugged in yet."""
    return MemoryMidi()
