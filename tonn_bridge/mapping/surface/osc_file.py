"""What the file of a control surface that speaks OSC says, and which addresses follow from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tonn_bridge.mapping.messages import Table
from tonn_bridge.mapping.model import HostAndPort
from tonn_bridge.mapping.surface.model import STRIP_FUNCTIONS, BaseUnit, ButtonFunctions, SurfaceFile

ROWS = 2
"""Lines of a strip's display, and lines for everybody."""
LONGEST = 200
"""Characters of a text that is told."""
FEWEST_STRIPS = 8
"""Strips that a layout has at least: a track's EQ and compressor are spread over them too."""

_FORM = re.compile(r"/[A-Za-z0-9_./-]{0,199}")
_BUTTON = re.compile(r"[a-z0-9_]{1,32}")


def _address(*places: str) -> AfterValidator:
    """A check of an address in which each of `places` stands once, in braces. What else may stand in it is narrow, so
    that it can be written into a layout's scripts as it is."""

    def check(address: str) -> str:
        filled = address
        for place in places:
            if address.count(f"{{{place}}}") != 1:
                raise ValueError(f'"{address}" must hold {{{place}}} once')
            filled = filled.replace(f"{{{place}}}", "1")
        if not _FORM.fullmatch(filled):
            raise ValueError(f'"{address}" must begin with / and hold only letters, digits and _ - . /')
        return address

    return AfterValidator(check)


Plain = Annotated[str, _address()]
OnStrip = Annotated[str, _address("strip")]
OnRow = Annotated[str, _address("row")]
OnStripRow = Annotated[str, _address("strip", "row")]
OfButton = Annotated[str, _address("button")]
OfStripButton = Annotated[str, _address("strip", "button")]


class OscAddresses(Table):
    """Where each thing is said; what has no address is not there. {strip} counts from 1, {row} is 1 or 2."""

    hello: Plain | None = Field(default=None, description="Heard when the surface has begun: it is told everything.")
    alive: Plain | None = Field(default=None, description="Heard now and then: the surface is there.")
    ping: Plain | None = Field(default=None, description="Told every keep_alive_s, 1 and 0 in turn.")
    fader: OnStrip | None = Field(default=None, description="A fader's position, both ways.")
    touch: OnStrip | None = Field(default=None, description="Heard: 1 a hand is on the fader, 0 it is gone.")
    ghost: OnStrip | None = Field(
        default=None, description="Told: where the proposal would put the fader; -1: nothing is proposed."
    )
    knob: OnStrip | None = Field(default=None, description="A knob's position, both ways.")
    knob_touch: OnStrip | None = Field(default=None, description="Heard: 1 a hand is on the knob, 0 it is gone.")
    text: OnStripRow | None = Field(default=None, description="Told: a line of the strip's own display.")
    strip_button: OfStripButton | None = Field(default=None, description="Heard: a button that stands on every strip.")
    strip_lamp: OfStripButton | None = Field(default=None, description="Told: its lamp.")
    master: Plain | None = Field(default=None, description="The master fader's position, both ways.")
    master_touch: Plain | None = Field(default=None, description="Heard: 1 a hand is on it, 0 it is gone.")
    button: OfButton | None = Field(default=None, description="Heard: a button.")
    lamp: OfButton | None = Field(default=None, description="Told: its lamp.")
    banner: OnRow | None = Field(default=None, description="Told: a line for everybody.")
    digits: Plain | None = Field(default=None, description="Told: two characters, as of an assignment display.")
    state: Plain | None = Field(default=None, description="Told: the state, in the one word of /tonn/state.")
    progress: Plain | None = Field(default=None, description="Told: how far it has come, 0 to 1.")
    question: Plain | None = Field(default=None, description="Told: the open question; empty: none.")
    question_left: Plain | None = Field(default=None, description='Told: how long it stays open, such as "42 s".')


class OscPorts(Table):
    """Where the two ends are unless the session says otherwise."""

    send: HostAndPort = Field(description="Where the surface listens, host:port.")
    listen: HostAndPort = Field(description="Where the surface sends to, host:port of ours.")


class OscUnit(BaseUnit):
    """What the surface has and what it can take."""

    cell: Annotated[int, Field(ge=1, le=40)] = Field(
        default=12, description="Characters of a line of a strip's display."
    )
    banner: Annotated[int, Field(ge=1, le=LONGEST)] = Field(
        default=80, description="Characters of a line for everybody."
    )
    keep_alive_s: Annotated[float, Field(gt=0.0, le=60.0)] | None = Field(
        default=None, description="How often, in seconds, it is pinged; never unless given."
    )


class OscFile(SurfaceFile):
    """A control surface that speaks OSC."""

    protocol: Literal["osc"] = Field(description="osc: it speaks OSC.")
    ports: OscPorts = Field(description="Where the two ends are unless the session says otherwise.")
    unit: OscUnit = Field(description="What the surface has and what it can take.")
    osc: OscAddresses = Field(description="Where each thing is said.")
    buttons: ButtonFunctions = Field(default={}, description="A button's name to what it does.")

    @model_validator(mode="after")
    def _each_address_once(self) -> Self:
        for name in self.buttons:
            if not _BUTTON.fullmatch(name):
                raise ValueError(f'"{name}" is no name for a button here: use a-z, 0-9 and _')
        for places in (heard_places(self), told_places(self)):
            seen: dict[str, Place] = {}
            for place in places:
                other = seen.setdefault(place.address, place)
                if other is not place:
                    raise ValueError(f"osc.{other.key} and osc.{place.key} share the address {place.address}")
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a surface: its key in the file, and the strip (from 0), row (from 0) or button it belongs to."""

    key: str
    address: str
    strip: int | None = None
    row: int | None = None
    button: str | None = None


_HEARD = ("hello", "alive", "fader", "touch", "knob", "knob_touch", "strip_button", "master", "master_touch", "button")
_TOLD = (
    *("ping", "fader", "ghost", "knob", "text", "strip_lamp", "master", "lamp"),
    *("banner", "digits", "state", "progress", "question", "question_left"),
)


def heard_places(file: OscFile) -> list[Place]:
    """Every address that the surface sends from."""
    return [place for key in _HEARD for place in _places(file, key)]


def told_places(file: OscFile) -> list[Place]:
    """Every address that the surface is told at."""
    return [place for key in _TOLD for place in _places(file, key)]


def _places(file: OscFile, key: str) -> Iterator[Place]:
    form: str | None = getattr(file.osc, key)
    if form is None:
        return
    on_strips = "{strip}" in form
    names = [name for name, function in file.buttons.items() if (function in STRIP_FUNCTIONS) == on_strips]
    for strip in range(file.unit.strips) if on_strips else (None,):
        for row in range(ROWS) if "{row}" in form else (None,):
            for button in names if "{button}" in form else (None,):
                address = form.format(strip=(strip or 0) + 1, row=(row or 0) + 1, button=button)
                yield Place(key, address, strip, row, button)
