"""A row of units that stand side by side, each on its own pair of MIDI ports."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from tonn_bridge.errors import PortError
from tonn_bridge.links.device.languages import (
    STRIPS,
    Alive,
    Forgotten,
    Moved,
    Said,
    UnitLanguage,
    unit_languages,
)
from tonn_bridge.links.device.panel import FADER_TOP, Panel
from tonn_bridge.mapping.device import DeviceFile, MainUnit
from tonn_bridge.ports.midi import MidiPort, MidiSystem, Wanted
from tonn_bridge.protocols.surface import (
    Answer,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    LampSet,
    RingSet,
)

PORT_NAME = "tonn-bridge"

StripTold = FaderSet | RingSet | LampSet | CellText
"""What a strip is told; the panel holds it already."""


class RowListener(Protocol):
    """Who follows the row; strips count from 0 over all its units."""

    def heard(self) -> None:
        """The DAW lives; called before whatever it said."""
        ...

    def told(self, strip: int, said: StripTold, *, news: bool) -> None:
        """`news`: the strip shows something else than before."""
        ...

    def forgotten(self) -> None:
        """The units were told to forget everything; the panel is blank."""
        ...

    def connected(self) -> None:
        """A port was found or lost."""
        ...


class Row:
    """Plays the units of a mapping towards a DAW. `note` is shown every message that comes in or goes out."""

    def __init__(self, mapping: DeviceFile, units: int, note: Callable[[str, bytes], None]) -> None:
        self._main = 0 if mapping.units.main is MainUnit.LEFT else units - 1
        self._units: list[UnitLanguage] = unit_languages(mapping.protocol, units, self._main)
        self._most_ticks = mapping.pan.most_ticks if mapping.pan else 1
        self._note = note
        self._ports: list[MidiPort] = []
        self.width = units * STRIPS
        self.panel = Panel(self.width)

    def open(self, midi: MidiSystem, wanted: Sequence[Wanted], listener: RowListener) -> None:
        """Open a port pair for each unit, from left to right."""
        for unit, pair in enumerate(wanted[: len(self._units)]):
            self._ports.append(midi.open(pair, self._reader(unit, listener), listener.connected))

    def close(self) -> None:
        for port in self._ports:
            port.close()
        self._ports = []

    @property
    def complete(self) -> bool:
        """Whether every unit has its ports."""
        return bool(self._ports) and all(port.connected for port in self._ports)

    @property
    def problems(self) -> list[str]:
        """What the ports complain of, each once."""
        return list(dict.fromkeys(port.problem for port in self._ports if port.problem))

    # --- what we do ---------------------------------------------------------------------------------------------

    def power_up(self) -> None:
        for unit, language in enumerate(self._units):
            self._send(unit, language.power_up())

    def move(self, strip: int, wire: float) -> None:
        """Put a fader to a wire number."""
        self._say(strip, lambda place: (FaderMoved(place, min(max(wire / FADER_TOP, 0.0), 1.0)),))

    def touch(self, strip: int, on: bool) -> None:
        self._say(strip, lambda place: (FaderTouched(place, on),))

    def turn(self, strip: int, ticks: int) -> None:
        """Turn a V-Pot, clockwise counted up, in as many messages as it takes."""
        self._say(strip, lambda place: (EncoderTurned(place, part) for part in parts(ticks, self._most_ticks)))

    def hold(self, button: str, on: bool) -> None:
        """Press a button of the main unit, or let it go."""
        self._send(self._main, self._units[self._main].write(ButtonPressed(button, on)))

    def press(self, button: str) -> None:
        self.hold(button, True)
        self.hold(button, False)

    # --- inside -------------------------------------------------------------------------------------------------

    def _say(self, strip: int, moved: Callable[[int], Iterable[Moved]]) -> None:
        unit, place = divmod(strip, STRIPS)
        language = self._units[unit]
        self._send(unit, [message for each in moved(place) for message in language.write(each)])

    def _send(self, unit: int, messages: Sequence[bytes]) -> None:
        if unit < len(self._ports) and messages:
            for message in messages:
                self._note("out", message)
            self._ports[unit].send(messages)

    def _reader(self, unit: int, listener: RowListener) -> Callable[[list[bytes]], None]:
        def read(messages: list[bytes]) -> None:
            for message in messages:
                self._note("in", message)
                for said in self._units[unit].read(message):
                    self._take(unit, said, listener)

        return read

    def _take(self, unit: int, said: Said, listener: RowListener) -> None:
        match said:
            case Answer(messages):
                self._send(unit, messages)
            case Alive():
                listener.heard()
            case Forgotten():
                self.panel.clear()
                listener.forgotten()
            case _:
                listener.heard()
                place = place_of(said)
                if place is not None:
                    strip = unit * STRIPS + place
                    listener.told(strip, said, news=self.panel.take(strip, said))


def parts(ticks: int, most: int) -> Iterable[int]:
    """`ticks` in parts of at most `most`, all in the same direction."""
    step = most if ticks > 0 else -most
    while abs(ticks) > most:
        yield step
        ticks -= step
    if ticks:
        yield ticks


def place_of(said: StripTold) -> int | None:
    """The strip on its unit that something is said of; None for the master and for buttons beside the strips."""
    match said:
        case FaderSet(fader=place) | RingSet(encoder=place):
            pass
        case LampSet(strip=on) | CellText(strip=on):
            place = -1 if on is None else on
    return place if 0 <= place < STRIPS else None


def units_for(mapping: DeviceFile, tracks: int, wanted: int | None = None) -> int:
    """How many units to play: as many as the tracks need or as were `wanted`, and no more than the DAW can take."""
    return min(wanted or -(-tracks // STRIPS), mapping.units.most)


def wanted_ports(units: int, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> list[Wanted]:
    """The ports of each unit: those that are named, else virtual ones called "tonn-bridge 1", "tonn-bridge 2" …

    Raises:
        PortError: names for some units only.
    """
    if not inputs and not outputs:
        return [Wanted(f"{PORT_NAME} {unit}", f"{PORT_NAME} {unit}", virtual=True) for unit in range(1, units + 1)]
    if len(inputs) != units or len(outputs) != units:
        raise PortError(
            f"{units} units need {units} inputs and {units} outputs, not {len(inputs)} and {len(outputs)}: "
            f"write daw.units = {min(len(inputs), len(outputs)) or 1}, or name them all"
        )
    return [Wanted(one, other) for one, other in zip(inputs, outputs, strict=True)]
