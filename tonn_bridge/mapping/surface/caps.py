"""What a surface can do, and what its buttons are for: all that a link has to know about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tonn_bridge.core.takeover import Takeover
from tonn_bridge.protocols.surface import Heard, Told


class Motors(StrEnum):
    """What a unit's faders want back after a hand has moved them; whichever it is, a touched one is never driven."""

    NONE = "none"
    """No motors: positions are never sent."""
    AT_ONCE = "at_once"
    """Each position at once: a fader that gets none falls back. For units that do not tell touch."""
    ON_RELEASE = "on_release"
    """Where it shall stand, when the hand lets go."""


class Encoders(StrEnum):
    """What stands above the faders."""

    NONE = "none"
    ENDLESS = "endless"
    KNOBS = "knobs"
    """With two ends, so they are taken over softly like a fader without a motor."""


class Displays(StrEnum):
    """Where words can be shown."""

    NONE = "none"
    CELLS = "cells"
    """Strips only; a line for everybody covers them."""
    CELLS_AND_BANNER = "cells_and_banner"
    """Strips, and two lines of their own for everybody."""


class Function(StrEnum):
    """What a button does."""

    PREVIEW = "preview"
    APPLY = "apply"
    REVERT = "revert"
    COMPARE = "compare"
    FINAL = "final"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    BANK_LEFT = "bank_left"
    BANK_RIGHT = "bank_right"
    CHANNEL_LEFT = "channel_left"
    CHANNEL_RIGHT = "channel_right"
    FLIP = "flip"
    """Change faders and encoders over."""
    SELECT = "select"
    """Show one track's EQ and compressor; the strip's own button again, or `mix`, goes back."""
    EQ = "eq"
    COMPRESSOR = "compressor"
    MIX = "mix"
    """Back to the faders and pans of all tracks."""
    MORPH = "morph"
    """Put the blend of the two mixes on the first encoder."""
    NAME_VALUE = "name_value"
    """Change the lower row between value, adjustment and proposal."""
    RESET = "reset"
    """On a strip: the pan to the centre, or whatever stands on the encoder to its own value."""


class MasterUse(StrEnum):
    """What the master fader does."""

    NONE = "none"
    MORPH = "morph"


@dataclass(frozen=True, slots=True)
class SurfaceCaps:
    """One kind of unit. Strips are those of one unit; times are seconds.

    `fader_steps`: how many positions its faders tell apart. `cell`, `banner`: characters of a strip's display and of a
    line for everybody. `blinks`: its lamps blink by themselves. `delta_db`: its faders are adjustments, 0 dB in the
    middle and this much to either end; None: they are faders. `extends`: it stands beside a main unit. `keep_alive_s`:
    how often it must be sent a sign of life; None: never. `functions`: a button's name to what it does;
    of several that do the same, the first is the one that is lit and named to people.
    `knobs_follow`: a knob is drawn, and goes where its ring is told to be.
    """

    strips: int
    faders: int
    master: MasterUse | None
    motors: Motors
    touch: bool
    fader_steps: int
    takeover: Takeover
    delta_db: float | None
    encoders: Encoders
    rings: bool
    displays: Displays
    rows: int
    cell: int
    banner: int
    digits: bool
    lamps: bool
    blinks: bool
    colours: bool
    extends: bool
    messages_per_s: float
    keep_alive_s: float | None
    functions: Mapping[str, Function]
    knobs_follow: bool = False


class Language(Protocol):
    """One connection to one unit: bytes to what it says, what it is told to bytes. It may remember half a message."""

    def read(self, message: bytes) -> Sequence[Heard]:
        """What one complete MIDI message, or one OSC datagram, says. Never raises: what is malformed says nothing."""
        ...

    def write(self, told: Told) -> Sequence[bytes]:
        """The messages that tell it; none where the unit has no such thing."""
        ...

    def greeting(self) -> Sequence[bytes]:
        """What is sent when the unit is there, before anything else."""
        ...

    def keep_alive(self) -> Sequence[bytes]: ...

    def farewell(self) -> Sequence[bytes]:
        """What is sent on leaving: dark lamps, faders where they are."""
        ...


class SurfaceMapping(Protocol):
    """A mapping file with `role = "surface"`, compiled."""

    @property
    def name(self) -> str: ...

    @property
    def protocol(self) -> str:
        """ "mackie", "hui", "midi" or "osc"."""
        ...

    @property
    def is_osc(self) -> bool:
        """Whether it hangs on UDP rather than on MIDI."""
        ...

    @property
    def caps(self) -> SurfaceCaps: ...

    def language(self) -> Language:
        """A new one for a new connection."""
        ...

    def fitted(self, tracks: int) -> "SurfaceMapping":
        """The same for a session of so many tracks: a screen has as many strips as are drawn on it."""
        ...
