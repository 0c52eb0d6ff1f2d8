"""What the file of a control surface says, table by table. `mappings/README.md` explains every key with an example.

Here stands what all of them share, and the units that speak Mackie Control or HUI, where a button's message follows
from its name. Units of plain MIDI, where the file lists every message, are in `plain`.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tonn_bridge.core.takeover import Takeover
from tonn_bridge.files import did_you_mean
from tonn_bridge.mapping.messages import Table
from tonn_bridge.mapping.surface.caps import Displays, Encoders, Function, MasterUse, Motors
from tonn_bridge.protocols import hui, mackie

Text = Annotated[str, Field(min_length=1)]
Rate = Annotated[float, Field(gt=0.0, le=100_000.0)]
Count = Annotated[int, Field(ge=0, le=64)]
Steps = Annotated[int, Field(ge=2, le=16_384)]
ButtonFunctions = dict[str, Function]

_STRIPS = 8
"""Of a Mackie or HUI unit."""

STRIP_FUNCTIONS = frozenset({Function.SELECT, Function.RESET})
"""What a button that stands on every strip can do, and no other."""


class Tried(StrEnum):
    """How far a file has been tried."""

    HARDWARE = "hardware"
    SIMULATED = "simulated"


class BaseUnit(Table):
    """One unit; what is not named in its table is not there."""

    strips: Annotated[int, Field(ge=1, le=64)] = Field(description="How many strips one unit has.")
    extends: bool = Field(default=False, description="It stands beside a main unit and continues its strips.")
    master: MasterUse | None = Field(
        default=None,
        description="What the fader beside those of the strips does: none, or morph. Left out: there is none.",
    )
    motors: Motors = Field(
        default=Motors.NONE,
        description="What its faders want back after a hand has moved them: none (no motors), at_once, on_release.",
    )
    takeover: Takeover = Field(
        default=Takeover.PICKUP,
        description="How a fader or knob without a motor takes hold of a value: pickup, scale, jump, relative.",
    )
    delta_db: Annotated[float, Field(gt=0.0, le=24.0)] | None = Field(
        default=None,
        description="Its faders are adjustments: 0 dB in the middle, this much to either end. Left out: they are not.",
    )
    messages_per_s: Rate = Field(description="The most messages a second that it can take.")


class SurfaceFile(Table):
    """What every surface's file says."""

    name: Text = Field(description="What people call it.")
    source: Text = Field(description="Where the facts in this file come from.")
    role: Literal["surface"] = Field(description="surface: a control surface.")
    tried: Tried = Field(description="How far this file was tried: hardware, or simulated.")


class DeskUnit(BaseUnit):
    """A unit with faders, encoders, displays and lamps whose messages its protocol knows."""

    faders: Count | None = Field(default=None, description="How many faders stand on strips; as many as strips.")
    touch: bool = Field(default=False, description="Its faders tell when a hand is on them.")
    fader_steps: Steps = Field(default=1024, description="How many positions its faders tell apart.")
    encoders: Literal[Encoders.NONE, Encoders.ENDLESS] = Field(
        default=Encoders.NONE, description="What stands above the faders: none, or endless."
    )
    rings: bool = Field(default=False, description="Its encoders have rings of lamps.")
    displays: Displays = Field(
        default=Displays.NONE,
        description="Where words can be shown: none, cells (one on each strip), cells_and_banner.",
    )
    rows: Annotated[int, Field(ge=1, le=2)] = Field(default=2, description="How many lines a strip's display has.")
    cell: Annotated[int, Field(ge=1, le=40)] = Field(
        default=7, description="Characters of a line of a strip's display."
    )
    banner: Annotated[int, Field(ge=1, le=400)] | None = Field(
        default=None, description="Characters of a line for everybody; all cells together unless given."
    )
    digits: bool = Field(default=False, description="It has an assignment display of two characters.")
    lamps: bool = Field(default=False, description="Its buttons can be lit.")
    blinks: bool = Field(default=False, description="Its lamps can blink by themselves.")
    colours: bool = Field(default=False, description="The strips' displays can be coloured, as an X-Touch's can.")
    keep_alive_s: Annotated[float, Field(gt=0.0, le=3600.0)] | None = Field(
        default=None, description="How often, in seconds, it must be sent a sign of life; never unless given."
    )

    @property
    def banner_width(self) -> int:
        """Characters of a line for everybody; 0 without displays."""
        if self.displays is Displays.NONE:
            return 0
        return self.strips * self.cell if self.banner is None else self.banner

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.rings and self.encoders is Encoders.NONE:
            raise ValueError('"rings" are lamps around encoders: it needs encoders = "endless"')
        if self.blinks and not self.lamps:
            raise ValueError('"blinks" needs lamps = true')
        if self.motors is Motors.ON_RELEASE and not self.touch:
            raise ValueError('motors = "on_release" needs touch = true; without it, "at_once"')
        if (self.faders or 0) > self.strips:
            raise ValueError(f"{self.faders} faders cannot stand on {self.strips} strips")
        return self


class MackieOptions(Table):
    """What differs between units that speak Mackie Control."""

    device_id: Annotated[int, Field(ge=0, le=0x7F)] = Field(
        default=mackie.MAIN,
        description="The device byte of its SysEx: 0x14 main unit, 0x15 extender, 0x10 and 0x11 Logic Control.",
    )


class MackieFile(SurfaceFile):
    """A control surface that speaks Mackie Control."""

    protocol: Literal["mackie"] = Field(description="mackie: it speaks Mackie Control.")
    unit: DeskUnit = Field(description="What the unit has, and what it can take.")
    mackie: MackieOptions = Field(default=MackieOptions(), description="What differs between units of this kind.")
    buttons: ButtonFunctions = Field(default={}, description="A button's name to what it does.")

    @model_validator(mode="after")
    def _is_a_mackie(self) -> Self:
        _fits(self.unit, rows=2, cell=mackie.CELL)
        names = mackie.STRIP_BUTTONS if self.unit.extends else mackie.BUTTONS
        _check_buttons(self.buttons, names, mackie.STRIP_BUTTONS)
        return self


class HuiFile(SurfaceFile):
    """A control surface that speaks HUI."""

    protocol: Literal["hui"] = Field(description="hui: it speaks HUI.")
    unit: DeskUnit = Field(description="What the unit has, and what it can take.")
    buttons: ButtonFunctions = Field(default={}, description="A button's name to what it does.")

    @model_validator(mode="after")
    def _is_a_hui(self) -> Self:
        _fits(self.unit, rows=1, cell=hui.CELL)
        _check_buttons(self.buttons, hui.BUTTONS, hui.STRIP_BUTTONS)
        return self


def _fits(unit: DeskUnit, rows: int, cell: int) -> None:
    """Raises ValueError where the unit is larger than its protocol can say; displays are `rows` of `cell` a strip."""
    if unit.strips > _STRIPS:
        raise ValueError(f"unit.strips {unit.strips}: its protocol knows {_STRIPS} on a unit")
    if unit.displays is Displays.NONE:
        return
    for key, value, most in (("rows", unit.rows, rows), ("cell", unit.cell, cell)):
        if value > most:
            raise ValueError(f"unit.{key} {value}: its protocol knows {most} on a strip")


def _check_buttons(buttons: Mapping[str, Function], names: Collection[str], on_strips: Collection[str]) -> None:
    """Raises ValueError for a button that the unit has not, or that cannot do what it shall."""
    for button, function in buttons.items():
        if button not in names:
            near = did_you_mean(button, sorted(names)) or f"; it has {', '.join(sorted(names))}"
            raise ValueError(f"buttons.{button}: this unit has no such button{near}")
        if function in STRIP_FUNCTIONS and button not in on_strips:
            raise ValueError(f'buttons.{button}: "{function}" needs a button that stands on every strip')
        if function not in STRIP_FUNCTIONS and button in on_strips:
            words = " or ".join(f'"{word}"' for word in sorted(STRIP_FUNCTIONS))
            raise ValueError(f'buttons.{button}: it stands on every strip, and can do {words}, not "{function}"')
