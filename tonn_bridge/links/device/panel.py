"""What a DAW shows on the units it believes to see: the state of every strip's fader, ring, lamp and display."""

from dataclasses import dataclass, field

from tonn_bridge.protocols.surface import CellText, FaderSet, Lamp, LampSet, RingMode, RingSet

FADER_TOP = 16_383.0
"""A fader's wire number at its top."""

MUTE = "mute"


@dataclass(slots=True)
class Shown:
    """One strip; None where the DAW has told nothing yet. `fader` is a wire number, 0 to 16,383."""

    fader: float | None = None
    ring: float | None = None
    """0.0 (left) to 1.0; None as well while it is dark or shows no single place."""
    muted: bool | None = None
    rows: list[str] = field(default_factory=lambda: ["", ""])


class Panel:
    """The strips of a row of units, counted from 0 over all of them."""

    def __init__(self, strips: int) -> None:
        self.strips = [Shown() for _ in range(strips)]

    def take(self, strip: int, told: FaderSet | RingSet | LampSet | CellText) -> bool:
        """Note what a strip is told; True when it shows something else than before."""
        shown = self.strips[strip]
        match told:
            case FaderSet(position=position):
                before, shown.fader = shown.fader, float(round(position * FADER_TOP))
                return before != shown.fader
            case RingSet(mode=mode, position=place):
                single = mode in (RingMode.DOT, RingMode.BOOST_CUT)
                ring, shown.ring = shown.ring, place if single else None
                return ring != shown.ring
            case LampSet(button=button, lamp=lamp):
                if button != MUTE:
                    return False
                muted, shown.muted = shown.muted, lamp is Lamp.ON
                return muted != shown.muted
            case CellText(row=row, text=text):
                text = text.strip(" \0")
                known, shown.rows[row] = shown.rows[row], text
                return known != text

    def clear(self) -> None:
        """The units were switched off, or told to forget everything."""
        self.strips = [Shown() for _ in self.strips]
