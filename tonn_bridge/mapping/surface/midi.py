"""Plain MIDI controllers: the rows of a file made into look-ups, from messages to what they say.

All that a control of seven bits can say is made beforehand, so that reading its message is one look-up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from tonn_bridge.mapping.surface.caps import Displays, Encoders, SurfaceCaps
from tonn_bridge.mapping.surface.midi_tells import MidiTells
from tonn_bridge.mapping.surface.plain import MidiFile
from tonn_bridge.mapping.surface.rows import Dials, Kind, Place
from tonn_bridge.protocols import midi
from tonn_bridge.protocols.surface import (
    MASTER,
    ButtonPressed,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Heard,
    KnobMoved,
    LampSet,
    RingMode,
    RingSet,
    Told,
)

NOTE_OFF, PITCH_BEND = 0x80, 0xE0
_STATUS = {Kind.NOTE: 0x90, Kind.CC: 0xB0}
_TOP, _TOP_14_BIT = 0x7F, 0x3FFF

Says = tuple[Sequence[Heard], ...]
"""What a message says, by its third byte."""
Moved = Callable[[float], Heard]
"""What a fader or knob says at a position."""
Half = Callable[[int], Sequence[Heard]]
"""What a half of a 14-bit value says, when it comes with this third byte."""


class MidiSurface:
    """A controller's file, compiled."""

    protocol = "midi"
    is_osc = False

    def __init__(self, file: MidiFile) -> None:
        self.name = file.name
        self.caps = _caps(file)
        self._file = file
        self._says = {**_dial_says(file), **_key_says(file), **_encoder_says(file)}
        self._tells = MidiTells(file)

    def fitted(self, tracks: int) -> "MidiSurface":
        return self

    def language(self) -> "MidiLanguage":
        """A new one for a new connection."""
        return MidiLanguage(self._file, self._says, self._tells)


class MidiLanguage:
    """One connection to one unit. It remembers halves of 14-bit values, and which way each ring shows its position."""

    def __init__(self, file: MidiFile, says: Mapping[int, Says], tells: MidiTells) -> None:
        self._file = file
        self._says = says
        self._halves = dict(_halves(file))
        self._bends = _bends(file)
        self._tells = tells
        self._ring_modes: dict[int, RingMode] = {}

    def read(self, message: bytes) -> Sequence[Heard]:
        if len(message) != 3 or not message[1:].isascii():
            return ()
        status, number, value = message
        says = self._says.get(status << 8 | number)
        if says is not None:
            return says[value]
        half = self._halves.get(status << 8 | number)
        if half is not None:
            return half(value)
        moved = self._bends.get(status)
        return () if moved is None else (moved((number | value << 7) / _TOP_14_BIT),)

    def write(self, told: Told) -> Sequence[bytes]:
        match told:
            case FaderSet(fader, position):
                return self._tells.fader(fader, position)
            case LampSet(button, lamp, strip):
                return self._tells.lamp(button, strip, lamp)
            case RingSet(encoder, mode, position):
                return [*self._ring_mode(encoder, mode), *self._tells.ring(encoder, position)]
        return ()

    def _ring_mode(self, encoder: int, mode: RingMode) -> Sequence[bytes]:
        if self._ring_modes.get(encoder) is mode:
            return ()
        self._ring_modes[encoder] = mode
        return self._tells.ring_mode(encoder, mode)

    def greeting(self) -> Sequence[bytes]:
        self._ring_modes.clear()
        return [*self._file.greeting, *self._tells.dark()]

    def keep_alive(self) -> Sequence[bytes]:
        return ()

    def farewell(self) -> Sequence[bytes]:
        return [*self._tells.dark(), *self._file.farewell]


def _caps(file: MidiFile) -> SurfaceCaps:
    unit, lamps = file.unit, [file.lamps[button.lamp] for button in file.buttons.values() if button.lamp]
    rows = [row for row in (file.faders, file.master, file.knobs) if row is not None]
    return SurfaceCaps(
        strips=unit.strips,
        faders=len(file.faders.places) if file.faders else 0,
        master=unit.master,
        motors=unit.motors,
        touch=any(fader.touch is not None for fader in (file.faders, file.master) if fader is not None),
        fader_steps=min((row.positions for row in rows), default=128),
        takeover=unit.takeover,
        delta_db=unit.delta_db,
        encoders=Encoders.KNOBS if file.knobs else Encoders.ENDLESS if file.encoders else Encoders.NONE,
        rings=file.rings is not None,
        displays=Displays.NONE,
        rows=0,
        cell=0,
        banner=0,
        digits=False,
        lamps=bool(lamps),
        blinks=bool(lamps) and all(lamp.blink is not None for lamp in lamps),
        colours=False,
        extends=unit.extends,
        messages_per_s=unit.messages_per_s,
        keep_alive_s=None,
        functions={name: button.does for name, button in file.buttons.items()},
    )


def _key(place: Place) -> int:
    """A message's first two bytes as one number."""
    return (_STATUS[place.kind] | place.channel) << 8 | place.number


def _dials(file: MidiFile) -> Iterator[tuple[Dials, Place, Moved]]:
    """Each fader and knob: its row, its message, and what it says."""
    if file.faders is not None:
        yield from ((file.faders, place, partial(FaderMoved, n)) for n, place in enumerate(file.faders.places))
    if file.master is not None:
        yield file.master, file.master.places[0], partial(FaderMoved, MASTER)
    if file.knobs is not None:
        yield from ((file.knobs, place, partial(KnobMoved, n)) for n, place in enumerate(file.knobs.places))


def _dial_says(file: MidiFile) -> dict[int, Says]:
    """What faders and knobs of seven bits say."""
    return {
        _key(place): tuple((moved(value / _TOP),) for value in range(_TOP + 1))
        for _, place, moved in _dials(file)
        if place.kind is Kind.CC
    }


def _key_says(file: MidiFile) -> dict[int, Says]:
    """What buttons say, and faders of hands on them."""
    says: dict[int, Says] = {}
    for name, button in file.buttons.items():
        for place, strip in zip(button.places, button.strips, strict=True):
            pressed, released = ButtonPressed(name, True, strip), ButtonPressed(name, False, strip)
            both = (pressed, released)
            says |= _switch(place, [both, both] if button.toggle else [(released,), (pressed,)])
    for fader, place in _touches(file):
        says |= _switch(place, [(FaderTouched(fader, False),), (FaderTouched(fader, True),)])
    return says


def _switch(place: Place, off_on: Sequence[Sequence[Heard]]) -> dict[int, Says]:
    """What a key's messages say; a value of 0 is off, and so is a note's end."""
    off, on = off_on
    says: dict[int, Says] = {_key(place): (off, *[on] * _TOP)}
    if place.kind is Kind.NOTE:
        says[(NOTE_OFF | place.channel) << 8 | place.number] = (off,) * (_TOP + 1)
    return says


def _touches(file: MidiFile) -> Iterator[tuple[int, Place]]:
    """Each fader that tells of a hand on it, with the message that does."""
    if file.faders is not None and file.faders.touch is not None:
        yield from enumerate(file.faders.touch.places)
    if file.master is not None and file.master.touch is not None:
        yield MASTER, file.master.touch.places[0]


def _encoder_says(file: MidiFile) -> dict[int, Says]:
    """What endless encoders say; no ticks say nothing."""
    if file.encoders is None:
        return {}
    ticks = [file.encoders.relative.ticks(value) for value in range(_TOP + 1)]
    return {
        _key(place): tuple((EncoderTurned(encoder, turn),) if turn else () for turn in ticks)
        for encoder, place in enumerate(file.encoders.places)
    }


def _bends(file: MidiFile) -> dict[int, Moved]:
    """What pitch bends say, by their first byte."""
    return {PITCH_BEND | place.channel: moved for _, place, moved in _dials(file) if place.kind is Kind.PITCH_BEND}


def _halves(file: MidiFile) -> Iterator[tuple[int, Half]]:
    """What the control changes say that 14-bit values are made of, with memories of their own."""
    pairs = {fine_first: midi.HighResolution(fine_first=fine_first) for fine_first in (False, True)}
    numbers = midi.ParameterReader()
    parameters = {
        midi.Parameter(place.channel, midi.ParameterKind.NRPN, place.number): moved
        for _, place, moved in _dials(file)
        if place.kind is Kind.NRPN
    }
    for dials, place, moved in _dials(file):
        if place.kind is Kind.CC14:
            yield from ((_key(part), partial(_pair_half, pairs[dials.fine_first], part, moved)) for part in place.parts)
        yield from ((_key(part), partial(_parameter_half, numbers, part, parameters)) for part in place.carriers)


def _pair_half(pairs: midi.HighResolution, part: Place, moved: Moved, value: int) -> Sequence[Heard]:
    whole = pairs.read(midi.ControlChange(part.channel, part.number, value))
    return () if whole is None else (moved(whole.value / _TOP_14_BIT),)


def _parameter_half(
    numbers: midi.ParameterReader, part: Place, parameters: Mapping[midi.Parameter, Moved], value: int
) -> Sequence[Heard]:
    match numbers.read(midi.ControlChange(part.channel, part.number, value)):
        case midi.ParameterSet(parameter, whole) if parameter in parameters:
            return (parameters[parameter](whole / _TOP_14_BIT),)
    return ()
