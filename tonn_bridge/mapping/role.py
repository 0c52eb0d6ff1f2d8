"""What the thing in a mapping file is to us."""

from enum import StrEnum


class Role(StrEnum):
    """The word under `role` in a mapping file; a file without one is of a DAW."""

    DAW = "daw"
    """A DAW or console, spoken to over OSC."""
    SURFACE = "surface"
    """A control surface: we are its host."""
    DEVICE = "device"
    """A DAW towards which we play a control surface."""
