"""What a DAW says, in words that hold for every DAW. Strips count from 1 here, whatever the wire's base."""

from dataclasses import dataclass

from tonn_bridge.core.values import Param


@dataclass(frozen=True, slots=True)
class StripValue:
    """A control of a strip stands at `wire`, a number of its `Scale`; readings within `tolerance` are no difference.

    `confirm`: this form can only confirm a write, because it is coarser or rounded in another way; its number has been
    converted into the control's own units. `round`: the round of questions that it answers, where the DAW says so.
    """

    strip: int
    param: Param
    wire: float
    confirm: bool
    tolerance: float
    round: int | None = None


@dataclass(frozen=True, slots=True)
class StripName:
    """A strip is called `name`."""

    strip: int
    name: str


@dataclass(frozen=True, slots=True)
class StripGone:
    """There is no such strip (any more); values told for it until it has a name again mean nothing."""

    strip: int


@dataclass(frozen=True, slots=True)
class StripCount:
    """There are `count` strips."""

    count: int


@dataclass(frozen=True, slots=True)
class ListChanged:
    """Strips have come, gone or moved: what is known about them may be wrong until everything has been asked again."""


@dataclass(frozen=True, slots=True)
class Alive:
    """The DAW lives, and says nothing else."""


Event = StripValue | StripName | StripGone | StripCount | ListChanged | Alive
