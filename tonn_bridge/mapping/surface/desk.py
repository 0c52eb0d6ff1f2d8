"""What is the same for units that speak Mackie Control and HUI: whether they have a part, and how they go dark."""

from collections.abc import Collection, Mapping

from tonn_bridge.mapping.surface.caps import Displays, Encoders, Function, Motors, SurfaceCaps
from tonn_bridge.mapping.surface.model import DeskUnit
from tonn_bridge.protocols.surface import (
    MASTER,
    AssignmentText,
    BannerText,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
    RingMode,
    RingSet,
    Told,
)

BANNER_ROWS = 2
"""Lines for everybody, where they have a display of their own."""


def desk_caps(unit: DeskUnit, functions: Mapping[str, Function]) -> SurfaceCaps:
    """What such a unit can do."""
    shows = unit.displays is not unit.displays.NONE
    return SurfaceCaps(
        strips=unit.strips,
        faders=unit.strips if unit.faders is None else unit.faders,
        master=unit.master,
        motors=unit.motors,
        touch=unit.touch,
        fader_steps=unit.fader_steps,
        takeover=unit.takeover,
        delta_db=unit.delta_db,
        encoders=unit.encoders,
        rings=unit.rings,
        displays=unit.displays,
        rows=unit.rows if shows else 0,
        cell=unit.cell if shows else 0,
        banner=unit.banner_width,
        digits=unit.digits,
        lamps=unit.lamps,
        blinks=unit.blinks,
        colours=unit.colours,
        extends=unit.extends,
        messages_per_s=unit.messages_per_s,
        keep_alive_s=unit.keep_alive_s,
        functions=functions,
    )


def is_there(caps: SurfaceCaps, event: object) -> bool:
    """Whether the unit has the part that an event is about; what is about no part is there."""
    match event:
        case FaderMoved(fader):
            return _has_fader(caps, fader)
        case FaderTouched(fader):
            return caps.touch and _has_fader(caps, fader)
        case FaderSet(fader):
            return caps.motors is not Motors.NONE and _has_fader(caps, fader)
        case EncoderTurned(encoder):
            return caps.encoders is Encoders.ENDLESS and encoder < caps.strips
        case RingSet(encoder):
            return caps.rings and encoder < caps.strips
        case LampSet():
            return caps.lamps
        case CellText(strip, row):
            return strip < caps.strips and row < caps.rows
        case BannerText(row):
            return row < (BANNER_ROWS if caps.displays is Displays.CELLS_AND_BANNER else caps.rows)
        case AssignmentText():
            return caps.digits
        case ColoursSet():
            return caps.colours
    return True


def _has_fader(caps: SurfaceCaps, fader: int) -> bool:
    return caps.master is not None if fader == MASTER else fader < caps.faders


def dark(caps: SurfaceCaps, buttons: Collection[str], on_strips: Collection[str]) -> list[Told]:
    """What puts out every lamp and ring and empties the assignment display; faders stay where they are."""
    strips = range(caps.strips)
    told: list[Told] = [LampSet(button, Lamp.OFF, strip) for button in sorted(on_strips) for strip in strips]
    if not caps.extends:
        told += [LampSet(button, Lamp.OFF) for button in sorted(set(buttons) - set(on_strips))]
    return [*told, *(RingSet(strip, RingMode.DOT, None) for strip in strips), AssignmentText("")]
