"""Turning Tonn's equaliser and compressor by hand: an encoder's ticks, or the place of a knob with two ends."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from tonn_bridge.core.values import Compressor, EqBand, TonnSettings


class Part(StrEnum):
    """What of a track's settings is turned."""

    EQ = "eq"
    COMP = "comp"


@dataclass(frozen=True, slots=True)
class _Turn:
    """One value's steps: by `db` each, or, where that is 0, by the `octaves`; the range is Tonn's.

    A knob with two ends goes that far in octaves, or in dB, and where `reach_db` is given, only so far from 0 dB.
    """

    low: float
    high: float
    db: float = 0.0
    octaves: float = 0.0
    reach_db: float = math.inf

    def turned(self, value: float, ticks: int) -> float:
        moved = value + self.db * ticks if self.db else value * math.exp2(self.octaves * ticks)
        return min(max(moved, self.low), self.high)

    def at(self, position: float) -> float:
        low, high = self._knob()
        place = low + (high - low) * min(max(position, 0.0), 1.0)
        return min(max(place if self.db else math.exp2(place), self.low), self.high)

    def position(self, value: float) -> float:
        low, high = self._knob()
        place = value if self.db else math.log2(value)
        return min(max((place - low) / (high - low), 0.0), 1.0)

    def _knob(self) -> tuple[float, float]:
        if self.db:
            return max(self.low, -self.reach_db), min(self.high, self.reach_db)
        return math.log2(self.low), math.log2(self.high)


_EQ: Mapping[str, _Turn] = MappingProxyType(
    {
        "freq_hz": _Turn(20.0, 20_000.0, octaves=1 / 24),
        "gain_db": _Turn(-20.0, 20.0, db=0.5, reach_db=12.0),
        "q": _Turn(0.1, 10.0, octaves=1 / 12),
    }
)
_COMP: Mapping[str, _Turn] = MappingProxyType(
    {
        "threshold_db": _Turn(-60.0, 0.0, db=0.5),
        "ratio": _Turn(1.0, 20.0, octaves=1 / 12),
        "attack_s": _Turn(0.0001, 0.1, octaves=1 / 6),
        "release_s": _Turn(0.001, 1.0, octaves=1 / 6),
    }
)
_TURNS: Mapping[str, _Turn] = MappingProxyType({**_EQ, **_COMP})


def turned(settings: TonnSettings, part: Part, place: int, ticks: int) -> TonnSettings:
    """`settings` with one value turned by `ticks`, stopping at the ends of its range.

    `place` counts a track's values from 0: frequency, gain and Q of band after band; or threshold, ratio, attack and
    release. What Tonn said nothing about cannot be turned, and nothing changes.
    """

    def turn(key: str, value: float) -> float:
        return _TURNS[key].turned(value, ticks)

    return _changed(settings, part, place, turn)


def placed(settings: TonnSettings, part: Part, place: int, position: float) -> TonnSettings:
    """`settings` with one value where a knob puts it that stands at `position`, 0.0 to 1.0."""

    def put(key: str, _: float) -> float:
        return _TURNS[key].at(position)

    return _changed(settings, part, place, put)


def position_of(settings: TonnSettings, part: Part, place: int) -> float | None:
    """Where a knob for that value would stand, 0.0 to 1.0; None where there is no such value."""
    found: list[float] = []

    def look(key: str, value: float) -> float:
        found.append(_TURNS[key].position(value))
        return value

    _changed(settings, part, place, look)
    return found[0] if found else None


def reset(settings: TonnSettings, own: TonnSettings, part: Part, place: int) -> TonnSettings:
    """`settings` with one value as it is in Tonn's `own`."""

    def back(key: str, value: float) -> float:
        source = _holder(own, part, place)
        return value if source is None else float(getattr(source, key))

    return _changed(settings, part, place, back)


def _changed(settings: TonnSettings, part: Part, place: int, change: Callable[[str, float], float]) -> TonnSettings:
    holder = _holder(settings, part, place)
    if holder is None:
        return settings
    keys = list(_EQ if part is Part.EQ else _COMP)
    key = keys[place % len(keys)]
    value = getattr(holder, key)
    if value is None:
        return settings
    changed: dict[str, Any] = {key: change(key, value)}
    if isinstance(holder, Compressor):
        return replace(settings, comp=replace(holder, **changed))
    band = place // len(_EQ)
    eq = (*settings.eq[:band], replace(holder, **changed), *settings.eq[band + 1 :])
    return replace(settings, eq=eq)


def _holder(settings: TonnSettings, part: Part, place: int) -> EqBand | Compressor | None:
    """What holds the value at `place`; None where there is no such value."""
    if part is Part.COMP:
        return settings.comp if 0 <= place < len(_COMP) else None
    band = place // len(_EQ)
    return settings.eq[band] if 0 <= band < len(settings.eq) else None
