"""Control surfaces that speak Mackie Control, Logic Control among them."""

from collections.abc import Sequence

from tonn_bridge.errors import DecodeError, RangeError
from tonn_bridge.mapping.surface.caps import Displays, SurfaceCaps
from tonn_bridge.mapping.surface.desk import BANNER_ROWS, dark, desk_caps, is_there
from tonn_bridge.mapping.surface.lcd import Lcd
from tonn_bridge.mapping.surface.model import MackieFile
from tonn_bridge.protocols import mackie
from tonn_bridge.protocols.surface import (
    Answer,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Heard,
    LampSet,
    RingSet,
    Told,
)

_LOGIC = (mackie.LOGIC_MAIN, mackie.LOGIC_EXTENDER)


class MackieSurface:
    """A Mackie unit's file, compiled."""

    protocol = "mackie"
    is_osc = False

    def __init__(self, file: MackieFile) -> None:
        self.name = file.name
        self.caps = desk_caps(file.unit, file.buttons)
        self._device_id = file.mackie.device_id

    def fitted(self, tracks: int) -> "MackieSurface":
        return self

    def language(self) -> "MackieLanguage":
        """A new one for a new connection."""
        return MackieLanguage(self.caps, self._device_id)


class MackieLanguage:
    """One connection to one unit. It remembers what stands in the display, and writes only what is new there."""

    def __init__(self, caps: SurfaceCaps, device_id: int) -> None:
        self._caps = caps
        self._device_id = device_id
        self._units = mackie.UNITS | {device_id}  # some extenders answer under the main unit's number
        self._lcd = Lcd(mackie.LINE)

    def read(self, message: bytes) -> Sequence[Heard]:
        try:
            event = mackie.from_surface(message, self._units)
        except DecodeError:
            return ()
        match event:
            case FaderMoved() | FaderTouched() | EncoderTurned() | ButtonPressed():
                return (event,) if is_there(self._caps, event) else ()
            case Awake():
                self._lcd.forget()
                return (event,)
            case mackie.ConnectionQuery():
                self._lcd.forget()
                return (*self._answer(event, mackie.unit_of(message)), Awake())
        return ()

    def _answer(self, query: mackie.ConnectionQuery, unit: int | None) -> Sequence[Answer]:
        """Logic Control units want a response to their challenge before they show anything."""
        return (Answer(tuple(mackie.encode(mackie.reply(query), unit))),) if unit in _LOGIC else ()

    def write(self, told: Told) -> Sequence[bytes]:
        if not is_there(self._caps, told):
            return ()
        match told:
            case FaderSet() | RingSet() | LampSet() | AssignmentText() | ColoursSet():
                return self._encode(told)
            case CellText(strip, row, text):
                return self._text(row * mackie.LINE + strip * mackie.CELL, text[: self._caps.cell], mackie.CELL)
            case BannerText(row, text) if self._caps.displays is Displays.CELLS_AND_BANNER:
                return self._encode(mackie.SecondLcdText(row * mackie.LINE, text[: mackie.LINE].ljust(mackie.LINE)))
            case BannerText(row, text):
                return self._text(row * mackie.LINE, text[: self._caps.banner], mackie.LINE)
        return ()

    def _text(self, offset: int, text: str, width: int) -> Sequence[bytes]:
        written = self._lcd.write(offset, text, width)
        return () if written is None else self._encode(mackie.LcdText(*written))

    def _encode(self, event: mackie.FromHost | AssignmentText) -> Sequence[bytes]:
        try:
            return mackie.encode(event, self._device_id)
        except RangeError:  # a button that no unit has
            return ()

    def greeting(self) -> Sequence[bytes]:
        """The question who is there; and what another program may have left on it goes out."""
        return [*self._encode(mackie.DeviceQuery()), *self._dark()]

    def keep_alive(self) -> Sequence[bytes]:
        return ()

    def farewell(self) -> Sequence[bytes]:
        return self._dark()

    def _dark(self) -> Sequence[bytes]:
        self._lcd.forget()
        told = [*dark(self._caps, mackie.BUTTONS, mackie.STRIP_BUTTONS), ColoursSet(())]
        told += [BannerText(row, "") for row in range(BANNER_ROWS)]
        told += [CellText(strip, row, "") for row in range(self._caps.rows) for strip in range(self._caps.strips)]
        return [message for each in told for message in self.write(each)]
