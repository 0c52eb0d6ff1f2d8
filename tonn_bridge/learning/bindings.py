"""What is bound already, and whether one control more may be."""

from collections.abc import Sequence
from dataclasses import replace

from tonn_bridge.learning.controls import Found, Press, Travel, Turn
from tonn_bridge.mapping.surface.rows import Place, twice

_THINGS = {Travel: "a fader or knob", Turn: "an endless encoder", Press: "a button"}


class Bindings:
    """Every control that is bound, under what it is called in front of people."""

    def __init__(self) -> None:
        self._taken: list[tuple[str, Place]] = []
        self._last_row: list[Found] = []
        """The row that grew last; its last control may still be on its way back."""

    def refusal(self, found: Found, label: str, wanted: Sequence[type[Found]], row: Sequence[Found]) -> str | None:
        """Why `found` cannot be bound as `label`, behind those in `row`; None if it can."""
        for name, place in self._taken:
            if set(place.parts) & set(found.place.parts):
                return f"that is {name} already"
        if type(found) not in wanted:
            return f"that is {_THINGS[type(found)]} ({found.place}), which is not asked for now"
        if isinstance(found, Turn) and not found.one_way:
            return "to the right only, please: once more"
        if row and _kind(row[0]) != _kind(found):
            return f"that is {found.place}, and the first of the row is {row[0].place}: a row is of one kind"
        return next(twice([*self._taken, (label, found.place)]), None)

    def add(self, found: Found, label: str, row: list[Found]) -> None:
        """Bind it, at the end of `row`."""
        row.append(found)
        self._last_row = row
        self.reserve(label, found.place)

    def reserve(self, label: str, place: Place) -> None:
        """Keep a message from being bound to anything else."""
        self._taken.append((label, place))

    def take_back(self, row: list[Found]) -> None:
        """Unbind a row."""
        places = [found.place for found in row]
        self._taken = [(label, place) for label, place in self._taken if place not in places]
        self._last_row = []
        row.clear()

    def is_moving_back(self, found: Found) -> bool:
        """Whether it is the last one again, on its way back; a button let go only now turns out not to be a toggle."""
        last = self._last_row[-1] if self._last_row else None
        if last is None or last.place != found.place:
            return False
        if isinstance(last, Press) and isinstance(found, Press) and not found.on:
            self._last_row[-1] = replace(last, toggle=False)
        return True


def _kind(found: Found) -> tuple[object, ...]:
    """What all controls of one row in a mapping file have in common."""
    return type(found), found.place.kind, isinstance(found, Travel) and found.fine_first
