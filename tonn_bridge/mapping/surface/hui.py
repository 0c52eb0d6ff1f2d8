"""Control surfaces that speak HUI."""

from collections.abc import Sequence

from tonn_bridge.errors import DecodeError, RangeError
from tonn_bridge.mapping.surface.caps import Displays, SurfaceCaps
from tonn_bridge.mapping.surface.desk import BANNER_ROWS, dark, desk_caps, is_there
from tonn_bridge.mapping.surface.model import HuiFile
from tonn_bridge.protocols import hui
from tonn_bridge.protocols.surface import (
    AssignmentText,
    BannerText,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Heard,
    LampSet,
    RingSet,
    Told,
)


class HuiSurface:
    """A HUI unit's file, compiled."""

    protocol = "hui"
    is_osc = False

    def __init__(self, file: HuiFile) -> None:
        self.name = file.name
        self.caps = desk_caps(file.unit, file.buttons)

    def fitted(self, tracks: int) -> "HuiSurface":
        return self

    def language(self) -> "HuiLanguage":
        """A new one for a new connection."""
        return HuiLanguage(self.caps)


class HuiLanguage:
    """One connection to one unit. It remembers the zone that is chosen, and where faders coarsely stand."""

    def __init__(self, caps: SurfaceCaps) -> None:
        self._caps = caps
        self._reader = hui.SurfaceReader()

    def read(self, message: bytes) -> Sequence[Heard]:
        try:
            event = self._reader.read(message)
        except DecodeError:
            return ()
        match event:
            case FaderMoved() | FaderTouched() | EncoderTurned() | ButtonPressed():
                return (event,) if is_there(self._caps, event) else ()
        return ()

    def write(self, told: Told) -> Sequence[bytes]:
        if not is_there(self._caps, told):
            return ()
        match told:
            case FaderSet() | RingSet() | LampSet() | AssignmentText():
                return _encode(told)
            case CellText(strip, row, text):
                return _encode(CellText(strip, row, text[: self._caps.cell]))
            case BannerText(row, text) if self._caps.displays is Displays.CELLS_AND_BANNER:
                return _encode(BannerText(row, text[: self._caps.banner]))
        return ()

    def greeting(self) -> Sequence[bytes]:
        """A sign of life; and what another program may have left on it goes out."""
        return [*self.keep_alive(), *self._dark()]

    def keep_alive(self) -> Sequence[bytes]:
        return _encode(hui.Ping())

    def farewell(self) -> Sequence[bytes]:
        return self._dark()

    def _dark(self) -> Sequence[bytes]:
        told = dark(self._caps, hui.BUTTONS, hui.STRIP_BUTTONS)
        told += [CellText(strip, row, "") for row in range(self._caps.rows) for strip in range(self._caps.strips)]
        told += [BannerText(row, "") for row in range(BANNER_ROWS)]
        return [message for each in told for message in self.write(each)]


def _encode(event: hui.FromHost) -> Sequence[bytes]:
    try:
        return hui.encode(event)
    except RangeError:  # a strip or a button that no unit has
        return ()
