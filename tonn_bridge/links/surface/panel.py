"""What a row of units is set to: which tracks it shows, and what its encoders hold. Buttons change it."""

from dataclasses import dataclass

from tonn_bridge.links.surface.scene import LowerRow, Page
from tonn_bridge.mapping.surface import Function

ACTIONS = frozenset(
    {
        Function.PREVIEW,
        Function.APPLY,
        Function.REVERT,
        Function.COMPARE,
        Function.FINAL,
        Function.CONFIRM,
        Function.CANCEL,
    }
)
"""The functions that are told to the bridge under their own names."""

_PAGES = {Function.EQ: Page.EQ, Function.COMPRESSOR: Page.COMPRESSOR, Function.MORPH: Page.MORPH}
_TRACK_PAGES = frozenset({Page.EQ, Page.COMPRESSOR})


@dataclass(slots=True)
class Panel:
    """`strips` of `tracks` are shown, from `first` (counted from 0) on; on a track's own pages the same buttons scroll
    its values.
    """

    strips: int
    tracks: int
    first: int = 0
    page: Page = Page.MIX
    selected: int | None = None
    scroll: int = 0
    flipped: bool = False
    lower: LowerRow = LowerRow.VALUE

    def window(self) -> tuple[int | None, ...]:
        """The session track on each strip; None where there is none."""
        numbers = range(self.first + 1, self.first + self.strips + 1)
        return tuple(number if number <= self.tracks else None for number in numbers)

    def press(self, function: Function, strip: int | None, values: int) -> None:
        """Change what is shown; functions of other kinds change nothing. `values`: how many this page has."""
        match function:
            case Function.BANK_LEFT:
                self._step(-self.strips, values)
            case Function.BANK_RIGHT:
                self._step(self.strips, values)
            case Function.CHANNEL_LEFT:
                self._step(-1, values)
            case Function.CHANNEL_RIGHT:
                self._step(1, values)
            case Function.FLIP:
                self.flipped = not self.flipped
            case Function.NAME_VALUE:
                rows = list(LowerRow)
                self.lower = rows[(rows.index(self.lower) + 1) % len(rows)]
            case Function.SELECT:
                self._select(strip)
            case Function.MIX:
                self._turn_to(Page.MIX)
            case Function.EQ | Function.COMPRESSOR | Function.MORPH:
                page = _PAGES[function]
                self._turn_to(Page.MIX if self.page is page else page)

    def _step(self, strips: int, values: int) -> None:
        if self.page in _TRACK_PAGES:
            self.scroll = _within(self.scroll + strips, values - self.strips)
        else:
            self.first = _within(self.first + strips, self.tracks - self.strips)

    def _select(self, strip: int | None) -> None:
        number = None if strip is None else self.window()[strip]
        if number is None:
            return
        if number == self.selected and self.page in _TRACK_PAGES:
            self._turn_to(Page.MIX)
            return
        self.selected = number
        self._turn_to(self.page if self.page in _TRACK_PAGES else Page.EQ)

    def _turn_to(self, page: Page) -> None:
        self.page, self.scroll = page, 0
        if page in _TRACK_PAGES and self.selected is None:
            self.selected = self.first + 1


def _within(place: int, last: int) -> int:
    return min(max(place, 0), max(last, 0))
