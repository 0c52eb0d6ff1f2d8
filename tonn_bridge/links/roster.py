"""The DAW's strips as it has told them: names and values by place, and which session track stands where."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tonn_bridge.core import Param, TrackSpec, follow, match_tracks, says_nothing


@dataclass(slots=True)
class DawStrip:
    """One strip of the DAW; the name is "" while it has told none."""

    name: str = ""
    values: dict[Param, float] = field(default_factory=dict)


class Roster:
    """Keeps strips by their place in the DAW, counted from 1, and follows the session's tracks among them.

    `is_off` tells a fader that is off by its wire number, for a DAW that tells of places behind its last strip.
    """

    def __init__(self, tracks: Sequence[TrackSpec], is_off: Callable[[float], bool] | None = None) -> None:
        self._tracks = tracks
        self._is_off = is_off
        self._strips: dict[int, DawStrip] = {}
        self._blank: set[int] = set()
        """Strips that are gone: what is told of them means nothing until they have a name again."""
        self._bound: dict[int, int] = {}
        self._names_when_bound: dict[int, str] = {}
        self._lost: dict[int, str] = {}
        """The last DAW names of tracks that were there and are not any more."""
        self.places: dict[int, int] = {}
        """Session track number to DAW strip."""
        self.numbers: dict[int, int] = {}
        """DAW strip to session track number."""
        self.problems: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self._strips)

    def strips(self) -> list[int]:
        return sorted(self._strips)

    def forget(self) -> None:
        """The DAW is gone; where its tracks were is kept, so that they are found again."""
        self._strips = {}
        self._blank = set()
        self.places, self.numbers = {}, {}

    def value(self, strip: int, param: Param, wire: float) -> None:
        if strip not in self._blank:
            self._strips.setdefault(strip, DawStrip()).values[param] = wire

    def name(self, strip: int, name: str) -> bool:
        """True when that is news."""
        self._blank.discard(strip)
        known = self._strips.get(strip)
        if known is not None and known.name == name:
            return False
        self._strips.setdefault(strip, DawStrip()).name = name
        return True

    def gone(self, strip: int) -> bool:
        """True when it was there."""
        self._blank.add(strip)
        return self._strips.pop(strip, None) is not None

    def doubt_values(self) -> None:
        """Nobody knows whose values these are any more."""
        for known in self._strips.values():
            known.values.clear()

    def count(self, count: int) -> tuple[bool, list[int]]:
        """There are `count` strips: whether that is news, and which of them are not known yet."""
        over = [strip for strip in self._strips if strip > count]
        for strip in over:
            del self._strips[strip]
        fresh = [strip for strip in range(1, count + 1) if strip not in self._strips]
        for strip in fresh:
            self._strips[strip] = DawStrip()
            self._blank.discard(strip)
        return bool(over or fresh), fresh

    def bind(self) -> bool:
        """Find the session's tracks among the strips; True when any of them stands elsewhere than before."""
        names = {strip: known.name for strip, known in sorted(self._strips.items())}
        for strip in reversed(list(names)):
            if not self._vacant(strip):
                break
            del names[strip]
        if self._bound or self._lost:
            found = follow(self._tracks, self._bound, self._names_when_bound, names, self._lost)
        else:
            found = match_tracks(self._tracks, names)
        moved = dict(found.strip_of) != self.places
        self._remember(found.strip_of, names)
        self.places = dict(found.strip_of)
        self.numbers = {strip: number for number, strip in self.places.items()}
        self.problems = found.problems
        return moved

    def _vacant(self, strip: int) -> bool:
        gain = self._strips[strip].values.get(Param.GAIN)
        if self._is_off is None or gain is None:
            return False
        return self._is_off(gain) and says_nothing(strip, self._strips[strip].name)

    def _remember(self, places: Mapping[int, int], names: Mapping[int, str]) -> None:
        self._lost |= {number: self._names_when_bound.get(strip, "") for number, strip in self._bound.items()}
        self._lost = {number: name for number, name in self._lost.items() if number not in places}
        self._bound, self._names_when_bound = dict(places), dict(names)

    def readings(self) -> dict[int, dict[Param, float]]:
        """What the strips of the session's tracks hold."""
        return {number: dict(self._strips[strip].values) for number, strip in self.places.items()}

    def missing(self, params: Iterable[Param]) -> list[int]:
        """Bound strips that have not told all of these controls."""
        wanted = set(params)
        return [strip for strip in self.places.values() if not wanted <= self._strips[strip].values.keys()]
