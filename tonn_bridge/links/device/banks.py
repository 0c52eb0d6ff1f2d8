"""Where the DAW's window of tracks stands over the units, and which buttons bring it elsewhere.

A walk yields the buttons to press next and is resumed when the DAW has settled.
"""

from collections.abc import Callable, Generator, Sequence

Names = tuple[str, ...]
Walk = Generator[Sequence[str], None, None]

MOST_PRESSES = 64
SHAKE: Sequence[Sequence[str]] = (("channel_right",), ("channel_left",), ("bank_right",), ("bank_left",))


class Banks:
    """The window over `width` strips; `names` tells what they show now, `offset` how many tracks stand to its left."""

    def __init__(self, width: int, names: Callable[[], Names]) -> None:
        self._width = width
        self._names = names
        self._last = 0
        """The offset of the DAW's last window."""
        self.offset = 0

    def survey(self, enough: Callable[[], bool]) -> Walk:
        """From the first window to the last; `enough`, called at each, ends it early."""
        yield from self._home()
        while not enough():
            before = self._names()
            yield ("bank_right",)
            after = self._names()
            if not any(after) and any(before):
                yield ("bank_left",)
                return
            if after == before:
                return
            self.offset += shift(before, after)
            self._last = max(self._last, self.offset)

    def shaken_survey(self, enough: Callable[[], bool]) -> Walk:
        """The same, after a step to and fro: a DAW tells again what has changed on a strip."""
        yield from SHAKE
        yield from self.survey(enough)

    def to(self, offset: int) -> Walk:
        """To the window that begins behind `offset` tracks."""
        while self.offset != offset:
            way = offset - self.offset
            if way >= self._width or (way > 0 and offset == self._last):
                self.offset = min(self.offset + self._width, max(self._last, self.offset + 1))
                yield ("bank_right",)
            elif way <= -self._width or (way < 0 and offset == 0):
                self.offset = max(self.offset - self._width, 0)
                yield ("bank_left",)
            else:
                self.offset = offset
                yield ("channel_right" if way > 0 else "channel_left",) * abs(way)

    def stops(self, places: Sequence[int]) -> list[int]:
        """The offsets of the windows, one after another, in which all `places` (counted from 1) are seen."""
        if not places:
            return []
        first, last = min(places) - 1, max(places)
        if last - first <= self._width:
            whole = first - first % self._width
            return [whole if last <= whole + self._width else first]
        return sorted({min((place - 1) // self._width * self._width, self._last) for place in places})

    def holds(self, place: int) -> bool:
        """Whether a place is in the window."""
        return self.offset < place <= self.offset + self._width

    def _home(self) -> Walk:
        self.offset = self._last = 0
        for _ in range(MOST_PRESSES):
            before = self._names()
            yield ("bank_left",)
            if self._names() == before:
                return


def shift(before: Names, after: Names) -> int:
    """How many tracks a window has moved to the right: its width, or less where the DAW keeps the last window full."""
    width = len(before)
    if not all(after):
        return width
    return next(step for step in range(1, width + 1) if before[step:] == after[: width - step])
