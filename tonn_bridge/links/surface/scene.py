"""What there is to be shown on a row of units, and the picture that is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tonn_bridge.core import Gain
from tonn_bridge.core.mix import MixView
from tonn_bridge.links.surface.desk import Status
from tonn_bridge.mapping.surface import Function
from tonn_bridge.protocols.surface import Lamp, RingMode


class Page(StrEnum):
    """What the encoders hold."""

    MIX = "mix"
    """Each strip its track's pan (its fader, when flipped)."""
    EQ = "eq"
    """The selected track's equaliser, one value an encoder."""
    COMPRESSOR = "compressor"
    MORPH = "morph"
    """The first encoder blends the user's mix with Tonn's."""


class LowerRow(StrEnum):
    """What the lower row of the mix page shows while no hand is on anything."""

    VALUE = "value"
    ADJUSTMENT = "adjustment"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture is made of; strips count from 0 over the whole row of units.

    `window`: the session track on each strip. `hands`: strips on which a hand moved something a moment ago, to what it
    moved ("fader", "encoder"). `notice`: a sentence that a person has to read now; `refused`: the button that it is
    about. `scroll`: how many values the EQ and compressor pages begin with are hidden to the left. `morph`: how far the
    blend is on its way to Tonn's mix. `blink`: whether lamps that the unit cannot blink by itself are lit now.
    """

    status: Status
    view: MixView
    window: tuple[int | None, ...]
    page: Page = Page.MIX
    selected: int | None = None
    scroll: int = 0
    flipped: bool = False
    lower: LowerRow = LowerRow.VALUE
    hands: Mapping[int, str] = field(default_factory=dict)
    notice: str | None = None
    refused: Function | None = None
    morph: float = 1.0
    blink: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What the row of units can show: widths in characters, and which button does what.

    `banner` is a line across one unit, and `covers` says that it is made of the cells (otherwise it has a place of its
    own). `knobs`: what a ring shows is where the control itself stands, so it may show nothing else. `position_of` is
    the DAW's own fader law: 0.0 to 1.0 of a fader's travel for a gain.
    """

    strips: int
    cell: int
    rows: int
    banner: int
    blinks: bool
    buttons: Mapping[Function, str]
    position_of: Callable[[Gain], float]
    covers: bool = True
    knobs: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """The lamps around an encoder; `position` None is dark."""

    mode: RingMode
    position: float | None
    centre: bool = False


DARK = Ring(RingMode.DOT, None)


@dataclass(frozen=True, slots=True)
class Picture:
    """What the row shall show: `cells` by strip and row, `banner` over everything (None: the cells are seen).

    `lamps` by button and strip (None: the button stands on no strip). `ghosts`: where the proposal would put each
    fader, 0.0 to 1.0. `state`, `progress`, `question` (text, seconds left; no text: nothing is asked) are for units
    that have a place of their own for them. With `covers` the banner hides the cells.
    """

    cells: Mapping[tuple[int, int], str]
    banner: tuple[str, str] | None
    rings: Mapping[int, Ring]
    lamps: Mapping[tuple[str, int | None], Lamp]
    digits: str
    colours: tuple[int, ...]
    ghosts: Mapping[int, float | None] = field(default_factory=dict)
    state: str = ""
    progress: float = 0.0
    question: tuple[str, float] = ("", 0.0)
    covers: bool = True
