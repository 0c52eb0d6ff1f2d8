"""Control surfaces that speak OSC: datagrams read and written as their file says.

Positions, ghosts and progress travel as floats from 0.0 to 1.0, lamps and buttons as 1.0 and 0.0, words as strings;
what comes in may be a whole number, or true and false, instead.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tonn_bridge.errors import DecodeError
from tonn_bridge.mapping.surface.caps import Displays, Encoders, SurfaceCaps
from tonn_bridge.mapping.surface.osc_file import FEWEST_STRIPS, LONGEST, ROWS, OscFile, Place, heard_places, told_places
from tonn_bridge.protocols import osc
from tonn_bridge.protocols.surface import (
    MASTER,
    Answer,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    FaderMoved,
    FaderSet,
    FaderTouched,
    GhostSet,
    Heard,
    KnobMoved,
    Lamp,
    LampSet,
    ProgressSet,
    QuestionText,
    RingSet,
    StateText,
    Told,
)

STEPS = 16_384
"""Positions that a fader is taken to tell apart: finer than any screen, and 0.001 dB around 0 dB."""
NO_GHOST = -1.0
"""What a ghost is told where nothing is proposed."""
DATAGRAM_BYTES = 1400

_ALL_DUE = float("inf")
"""The time at which datagrams are read: a time tag is always past, for the hand has moved already."""

_Args = tuple[osc.Argument, ...]
_Key = tuple[str, int | str | None]


class OscSurface:
    """The file of a surface that speaks OSC, compiled."""

    protocol = "osc"
    is_osc = True

    def __init__(self, file: OscFile) -> None:
        self.file = file
        self._readers = {place.address: _reader(place) for place in heard_places(file)}
        self._templates = {_key(place): osc.Template(place.address, _type(place)) for place in told_places(file)}

    @property
    def name(self) -> str:
        return self.file.name

    def fitted(self, tracks: int) -> "OscSurface":
        """The same surface with as many strips as a layout for `tracks` tracks has."""
        strips = min(self.file.unit.strips, max(tracks, FEWEST_STRIPS))
        return OscSurface(self.file.model_copy(update={"unit": self.file.unit.model_copy(update={"strips": strips})}))

    @property
    def caps(self) -> SurfaceCaps:
        unit, says = self.file.unit, self.file.osc
        cells = Displays.NONE if says.text is None else Displays.CELLS
        return SurfaceCaps(
            strips=unit.strips,
            faders=unit.strips if says.fader else 0,
            master=unit.master if says.master else None,
            motors=unit.motors,
            touch=says.touch is not None,
            fader_steps=STEPS,
            takeover=unit.takeover,
            delta_db=unit.delta_db,
            encoders=Encoders.KNOBS if says.knob else Encoders.NONE,
            rings=says.knob is not None,
            displays=Displays.CELLS_AND_BANNER if says.banner else cells,
            rows=ROWS,
            cell=unit.cell,
            banner=unit.banner if says.banner else unit.cell * unit.strips,
            digits=says.digits is not None,
            lamps=says.lamp is not None,
            blinks=False,
            colours=False,
            extends=unit.extends,
            messages_per_s=unit.messages_per_s,
            keep_alive_s=unit.keep_alive_s if says.ping else None,
            functions=self.file.buttons,
            knobs_follow=says.knob is not None,
        )

    def language(self) -> "OscLanguage":
        return OscLanguage(self._readers, self._templates)


class OscLanguage:
    """One connection to one surface. A knob under a hand is not turned; it gets its position when the hand lets go."""

    def __init__(self, readers: "Mapping[str, _Reader]", templates: Mapping[_Key, osc.Template]) -> None:
        self._readers = readers
        self._templates = templates
        self._in_hand: dict[int, bytes | None] = {}
        self._beat = 0.0

    def read(self, message: bytes) -> Sequence[Heard]:
        """What a datagram says, several things where it is a bundle."""
        try:
            found = osc.decode(message, _ALL_DUE)
        except DecodeError:
            return ()
        heard: list[Heard] = []
        for address, args, _ in found:
            reader = self._readers.get(address)
            event = None if reader is None else reader(args)
            if isinstance(event, _KnobTouched):
                heard += self._knob_touched(event)
            elif event is not None:
                heard.append(event)
                if isinstance(event, Awake):
                    self._in_hand.clear()
        return heard

    def _knob_touched(self, event: "_KnobTouched") -> Sequence[Answer]:
        if event.touched:
            self._in_hand.setdefault(event.knob, None)
            return ()
        owed = self._in_hand.pop(event.knob, None)
        return () if owed is None else (Answer((owed,)),)

    def write(self, told: Told) -> Sequence[bytes]:
        """The datagrams that tell it."""
        messages = [
            template.pack(value) for key, value in _spoken(told) if (template := self._templates.get(key)) is not None
        ]
        if isinstance(told, RingSet) and told.encoder in self._in_hand and messages:
            self._in_hand[told.encoder] = messages[0]
            return ()
        return messages

    def greeting(self) -> Sequence[bytes]:
        """A ping: a surface that has just begun says hello to it."""
        return self.keep_alive()

    def keep_alive(self) -> Sequence[bytes]:
        self._beat = 1.0 - self._beat
        ping = self._templates.get(("ping", None))
        return () if ping is None else (ping.pack(self._beat),)

    def farewell(self) -> Sequence[bytes]:
        """Dark lamps and nothing asked; names and faders stay as they are."""
        dark = [template.pack(0.0) for (key, _), template in self._templates.items() if key.startswith("lamp")]
        gone: tuple[Told, ...] = (
            StateText(""),
            ProgressSet(0.0),
            QuestionText("", 0.0),
            *(BannerText(row, "") for row in range(ROWS)),
        )
        return osc.bundles([*dark, *(message for told in gone for message in self.write(told))], DATAGRAM_BYTES)


# --- what is heard ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _KnobTouched:
    """A hand was laid on a knob, or taken off."""

    knob: int
    touched: bool


_Reader = Callable[[_Args], Heard | _KnobTouched | None]


def _reader(place: Place) -> _Reader:
    """What turns the arguments that come to an address into an event, or None where they make no sense."""
    strip = MASTER if place.strip is None else place.strip
    match place.key:
        case "hello":
            return lambda args: Awake() if _pressed(args) else None
        case "fader" | "master":
            return lambda args: None if (at := _position(args)) is None else FaderMoved(strip, at)
        case "touch" | "master_touch":
            return lambda args: None if (on := _pressed(args)) is None else FaderTouched(strip, on)
        case "knob":
            return lambda args: None if (at := _position(args)) is None else KnobMoved(strip, at)
        case "knob_touch":
            return lambda args: None if (on := _pressed(args)) is None else _KnobTouched(strip, on)
        case "button" | "strip_button":
            name = place.button or ""
            return lambda args: None if (on := _pressed(args)) is None else ButtonPressed(name, on, place.strip)
        case _:
            return lambda _: None


def _position(args: _Args) -> float | None:
    if not args or not isinstance(args[0], int | float):
        return None
    return min(max(float(args[0]), 0.0), 1.0)


def _pressed(args: _Args) -> bool | None:
    """No argument is a press, and so is any number but 0."""
    if not args:
        return True
    return args[0] != 0 if isinstance(args[0], int | float) else None


# --- what is told -----------------------------------------------------------------------------------------------------

_WORDS = frozenset({"text", "banner", "digits", "state", "question", "question_left"})


def _type(place: Place) -> str:
    return "s" if place.key in _WORDS else "f"


def _key(place: Place) -> _Key:
    """Under which `_spoken` looks for the address."""
    match place.key:
        case "strip_lamp":
            return f"lamp {place.button}", place.strip
        case "lamp":
            return f"lamp {place.button}", None
        case "text":
            return f"text {place.row}", place.strip
        case "master":
            return "fader", MASTER
        case key:
            return key, place.row if place.strip is None else place.strip


def _spoken(told: Told) -> Sequence[tuple[_Key, float | str]]:
    """What is said where; every message has one argument."""
    match told:
        case FaderSet(fader, position):
            return ((("fader", fader), position),)
        case GhostSet(strip, position):
            return ((("ghost", strip), NO_GHOST if position is None else position),)
        case RingSet(encoder, _, position):
            return ((("knob", encoder), position or 0.0),)
        case LampSet(button, lamp, strip):
            return (((f"lamp {button}", strip), float(lamp is not Lamp.OFF)),)
        case CellText(strip, row, text):
            return (((f"text {row}", strip), _clean(text)),)
        case BannerText(row, text):
            return ((("banner", row), _clean(text)),)
        case AssignmentText(text):
            return ((("digits", None), _clean(text)),)
        case StateText(text):
            return ((("state", None), _clean(text)),)
        case ProgressSet(progress):
            return ((("progress", None), progress),)
        case QuestionText(text, left_s):
            return (
                (("question", None), _clean(text)),
                (("question_left", None), f"{math.ceil(left_s)} s" if text else ""),
            )
        case _:
            return ()


def _clean(text: str) -> str:
    """`text` as every OSC program takes it: no control characters, and of a length."""
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST])
