"""Rows of MIDI messages, one for each strip: `cc = [0, 1, 2, 3]`, or `cc = 7, channel = [1, 2, 3, 4]`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from tonn_bridge.mapping.messages import Table


class Kind(StrEnum):
    """What kind of message a control sends."""

    NOTE = "note"
    CC = "cc"
    CC14 = "cc14"
    NRPN = "nrpn"
    PITCH_BEND = "pitch_bend"


_NAMES = {Kind.NOTE: "note", Kind.CC: "CC", Kind.CC14: "14-bit CC", Kind.NRPN: "NRPN", Kind.PITCH_BEND: "pitch bend"}
_LSB = 32
"""A 14-bit CC's second half comes under a number this much higher."""
_NRPN_CCS = (99, 98, 6, 38)
"""What an NRPN is made of."""


@dataclass(frozen=True, slots=True)
class Place:
    """One message of one control; `channel` counts from 0, `number` is 0 for pitch bend."""

    kind: Kind
    channel: int
    number: int

    def __str__(self) -> str:
        number = "" if self.kind is Kind.PITCH_BEND else f" {self.number}"
        return f"{_NAMES[self.kind]}{number} on channel {self.channel + 1}"

    @property
    def parts(self) -> tuple["Place", ...]:
        """What it occupies on the wire, and shares with no other control."""
        if self.kind is Kind.CC14:
            return (self._cc(self.number), self._cc(self.number + _LSB))
        return (self,)

    @property
    def carriers(self) -> tuple["Place", ...]:
        """What it occupies together with its like."""
        return tuple(self._cc(number) for number in _NRPN_CCS) if self.kind is Kind.NRPN else ()

    def _cc(self, number: int) -> "Place":
        return Place(Kind.CC, self.channel, number)


def _as_list(value: Any) -> Any:
    """One number is a row of one."""
    return value if isinstance(value, list | tuple) else [value]


Number = Annotated[int, Field(ge=0, le=127)]
HighHalf = Annotated[int, Field(ge=0, le=31)]
Parameter = Annotated[int, Field(ge=0, le=16_383)]
Channel = Annotated[int, Field(ge=1, le=16)]

Numbers = Annotated[tuple[Number, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=64)]
HighHalves = Annotated[tuple[HighHalf, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=64)]
Parameters = Annotated[tuple[Parameter, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=64)]
Channels = Annotated[tuple[Channel, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=16)]


class Row(Table):
    """The messages of a row of like controls, the first strip's first."""

    channel: Channels = Field(default=(1,), description="The MIDI channel, 1 to 16; a list gives each control its own.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in Kind if getattr(self, kind, None)]
        if len(kinds) != 1:
            known = ", ".join(kind for kind in Kind if kind in type(self).model_fields)
            raise ValueError(f"needs one of {known}" + (f", and not {' and '.join(kinds)}" if kinds else ""))
        counts = {len(self._numbers), len(self.channel)} - {1}
        if len(counts) > 1:
            raise ValueError(f"{len(self._numbers)} numbers and {len(self.channel)} channels make no row")
        return self

    @property
    def kind(self) -> Kind:
        """What kind of message its controls send."""
        return next(kind for kind in Kind if getattr(self, kind, None))

    @property
    def _numbers(self) -> tuple[int, ...]:
        return (0,) if self.kind is Kind.PITCH_BEND else tuple(getattr(self, self.kind))

    @property
    def places(self) -> tuple[Place, ...]:
        """The message of each control."""
        count = max(len(self._numbers), len(self.channel))
        return tuple(
            Place(self.kind, channel - 1, number)
            for number, channel in zip(_filled(self._numbers, count), _filled(self.channel, count), strict=True)
        )

    def named(self, table: str) -> list[tuple[str, Place]]:
        """Each control's place in the file, such as `faders.cc[3]`, with its message."""
        places = self.places
        key = "channel" if self.kind is Kind.PITCH_BEND or len(self._numbers) < len(places) else self.kind
        if len(places) == 1:
            return [(f"{table}.{key}", places[0])]
        return [(f"{table}.{key}[{number}]", place) for number, place in enumerate(places, 1)]


def _filled(row: tuple[int, ...], count: int) -> tuple[int, ...]:
    return row if len(row) == count else row * count


class Keys(Row):
    """A row of keys that are pressed and let go."""

    note: Numbers | None = Field(default=None, description="The note numbers, 0 to 127.")
    cc: Numbers | None = Field(default=None, description="The controller numbers, 0 to 127.")


class Dials(Row):
    """A row of faders or knobs that have two ends."""

    cc: Numbers | None = Field(default=None, description="The controller numbers of 7-bit controls, 0 to 127.")
    cc14: HighHalves | None = Field(
        default=None, description="The controller numbers of 14-bit controls, 0 to 31; the finer halves are 32 higher."
    )
    nrpn: Parameters | None = Field(default=None, description="The parameter numbers of NRPNs, 0 to 16383.")
    pitch_bend: bool = Field(default=False, description="true: pitch bend, which only the channel tells apart.")
    fine_first: bool = Field(default=False, description="Of a cc14, the finer half comes first.")
    steps: Annotated[int, Field(ge=2, le=16_384)] | None = Field(
        default=None, description="How many positions it tells apart; 128 for cc, and 1024 for others, unless given."
    )

    @property
    def positions(self) -> int:
        """How many positions one of them tells apart."""
        return self.steps or (128 if self.kind is Kind.CC else 1024)


def twice(controls: Iterable[tuple[str, Place]]) -> Iterator[str]:
    """Where two of `controls`, each with its place in the file, are the same message."""
    owners: dict[Place, str] = {}
    carried: dict[Place, str] = {}
    for label, place in controls:
        for part in place.parts:
            if part in owners:
                yield f"{owners[part]} and {label} are both {part}"
            owners.setdefault(part, label)
        for part in place.carriers:
            carried.setdefault(part, label)
    for part, label in carried.items():
        if part in owners:
            yield f"{owners[part]} is {part}, which carries {label}"
