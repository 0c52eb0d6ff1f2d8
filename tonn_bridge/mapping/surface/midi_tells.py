"""Plain MIDI controllers: what lights their lamps and rings and drives their faders."""

from collections.abc import Callable, Sequence

from tonn_bridge.mapping.surface.caps import Motors
from tonn_bridge.mapping.surface.plain import LampValues, MidiFile, RingModes, Rings
from tonn_bridge.mapping.surface.rows import Dials, Kind, Place
from tonn_bridge.protocols import midi
from tonn_bridge.protocols.surface import MASTER, Lamp, RingMode

Drive = Callable[[float], list[bytes]]
"""The messages that send a fader to a position."""


class MidiTells:
    """The messages for each control of a file; none for what it has not."""

    def __init__(self, file: MidiFile) -> None:
        self._faders = _drives(file)
        self._lamps = {
            (name, strip): (place, file.lamps[button.lamp])
            for name, button in file.buttons.items()
            if button.lamp is not None
            for place, strip in zip(button.lamp_places, button.strips, strict=True)
        }
        self._rings = file.rings
        self._ring_places = () if file.rings is None else file.rings.places
        self._ring_mode_places = () if file.rings is None else file.rings.mode_places

    def fader(self, fader: int, position: float) -> Sequence[bytes]:
        """Drive a fader."""
        drive = self._faders.get(fader)
        return () if drive is None else drive(position)

    def lamp(self, button: str, strip: int | None, lamp: Lamp) -> Sequence[bytes]:
        """Light a button; where it cannot blink, it is on."""
        found = self._lamps.get((button, strip))
        return () if found is None else [_key_message(found[0], _lamp_value(found[1], lamp))]

    def ring(self, encoder: int, position: float | None) -> Sequence[bytes]:
        """Light a ring; where it cannot be dark, it stands at its left end."""
        if self._rings is None or encoder >= len(self._ring_places):
            return ()
        return [_key_message(self._ring_places[encoder], _ring_value(self._rings, position))]

    def ring_mode(self, encoder: int, mode: RingMode) -> Sequence[bytes]:
        """Set which way a ring shows its position."""
        if self._rings is None or self._rings.modes is None or encoder >= len(self._ring_mode_places):
            return ()
        return [_key_message(self._ring_mode_places[encoder], _mode_value(self._rings.modes, mode))]

    def dark(self) -> list[bytes]:
        """Every lamp and every ring."""
        lamps = [message for button, strip in self._lamps for message in self.lamp(button, strip, Lamp.OFF)]
        return lamps + [message for encoder in range(len(self._ring_places)) for message in self.ring(encoder, None)]


def _drives(file: MidiFile) -> dict[int, Drive]:
    """How each fader is driven; faders without motors are not."""
    if file.unit.motors is Motors.NONE:
        return {}
    rows = [(0, file.faders), (MASTER, file.master)]
    return {
        fader: _drive(dials, place)
        for first, dials in rows
        if dials is not None
        for fader, place in enumerate(dials.places, first)
    }


def _drive(dials: Dials, place: Place) -> Drive:
    channel, number, fine_first = place.channel, place.number, dials.fine_first

    def events(position: float) -> Sequence[midi.MidiEvent]:
        value = round(position * 0x3FFF)
        match place.kind:
            case Kind.PITCH_BEND:
                return [midi.PitchBend(channel, value)]
            case Kind.CC14:
                return midi.control_changes(midi.ControlChange14(channel, number, value), fine_first=fine_first)
            case Kind.NRPN:
                parameter = midi.Parameter(channel, midi.ParameterKind.NRPN, number)
                return midi.parameter_messages(midi.ParameterSet(parameter, value))
        return [midi.ControlChange(channel, number, round(position * 0x7F))]

    return lambda position: [midi.encode(event) for event in events(position)]


def _key_message(place: Place, value: int) -> bytes:
    if place.kind is Kind.NOTE:
        return midi.encode(midi.Note(place.channel, place.number, value))
    return midi.encode(midi.ControlChange(place.channel, place.number, value))


def _lamp_value(values: LampValues, lamp: Lamp) -> int:
    match lamp:
        case Lamp.OFF:
            return values.off
        case Lamp.BLINK if values.blink is not None:
            return values.blink
    return values.on


def _ring_value(rings: Rings, position: float | None) -> int:
    if position is None:
        return rings.first if rings.off is None else rings.off
    return rings.first + round(position * (rings.last - rings.first))


def _mode_value(modes: RingModes, mode: RingMode) -> int:
    return {
        RingMode.DOT: modes.dot,
        RingMode.BOOST_CUT: modes.boost_cut,
        RingMode.FAN: modes.fan,
        RingMode.SPREAD: modes.spread,
    }[mode]
