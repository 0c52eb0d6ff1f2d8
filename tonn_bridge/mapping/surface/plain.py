"""What the file of a plain MIDI controller says: which message each control sends, and what lights its lamps."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tonn_bridge.errors import DecodeError
from tonn_bridge.files import did_you_mean
from tonn_bridge.mapping.messages import Table
from tonn_bridge.mapping.surface.caps import Function, Motors
from tonn_bridge.mapping.surface.model import STRIP_FUNCTIONS, BaseUnit, SurfaceFile
from tonn_bridge.mapping.surface.rows import Dials, Keys, Kind, Numbers, Place, Row, twice
from tonn_bridge.protocols.midi import Relative, check

Value = Annotated[int, Field(ge=0, le=127)]


def _raw(text: Any) -> Any:
    """A complete MIDI message from `F0 00 20 F7`."""
    if not isinstance(text, str):
        return text
    try:
        message = bytes.fromhex(text)
        check(message)
    except ValueError:
        raise ValueError(f'"{text}" is not written in hexadecimal bytes, such as "F0 7E 7F 06 01 F7"') from None
    except DecodeError as exc:
        raise ValueError(f'"{text}" is not one complete MIDI message: {exc}') from None
    return message


Raw = Annotated[bytes, BeforeValidator(_raw)]


class PlainUnit(BaseUnit):
    """One unit; what it has follows from the controls that the other tables name."""


class Faders(Dials):
    """A row of faders."""

    touch: Keys | None = Field(default=None, description="What they send when a hand is laid on them and taken off.")


class MasterFader(Dials):
    """The fader beside those of the strips."""

    touch: Keys | None = Field(default=None, description="What it sends when a hand is laid on it and taken off.")


class RingModes(Table):
    """The numbers for the ways a ring shows a position."""

    dot: Value = Field(description="One lamp.")
    boost_cut: Value = Field(description="From the middle to the position.")
    fan: Value = Field(description="From the left end to the position.")
    spread: Value = Field(description="From the middle to both sides.")


class Rings(Row):
    """The lamps around knobs or encoders."""

    cc: Numbers = Field(description="The controllers that set their positions.")
    first: Value = Field(description="The number for the left end.")
    last: Value = Field(description="The number for the right end.")
    off: Value | None = Field(default=None, description="The number for a dark ring. Left out: it cannot be dark.")
    mode_cc: Numbers | None = Field(default=None, description="The controllers that set how positions are shown.")
    modes: RingModes | None = Field(default=None, description="The numbers for that: dot, boost_cut, fan, spread.")

    @model_validator(mode="after")
    def _modes_are_complete(self) -> Self:
        if (self.mode_cc is None) != (self.modes is None):
            raise ValueError('"mode_cc" and "modes" belong together')
        if self.mode_cc is not None and len(self.mode_cc) != len(self.cc):
            raise ValueError(f"{len(self.cc)} numbers in cc and {len(self.mode_cc)} in mode_cc make no row")
        if self.first >= self.last:
            raise ValueError('"first" is not below "last"')
        return self

    @property
    def mode_places(self) -> tuple[Place, ...]:
        """The messages that set how positions are shown; none where that cannot be set."""
        numbers = self.mode_cc or ()
        return tuple(
            Place(Kind.CC, place.channel, number) for place, number in zip(self.places, numbers, strict=bool(numbers))
        )


class Knobs(Dials):
    """Knobs with two ends, or encoders that behave as if they had them."""

    rings: Rings | None = Field(default=None, description="The lamps around them, where they are set from outside.")


class EncoderRow(Row):
    """Encoders without ends."""

    cc: Numbers = Field(description="The controller numbers, 0 to 127.")
    relative: Relative = Field(
        description="How +1 and -1 are written: twos_complement 1, 127; offset 65, 63; sign_down 1, 65; sign_up 65, 1."
    )
    rings: Rings | None = Field(default=None, description="The lamps around them, where they are set from outside.")


class LampValues(Table):
    """What lights a lamp; it is the number after the note or controller."""

    off: Value = Field(default=0, description="The number for a dark lamp.")
    on: Value = Field(default=127, description="The number for a lit one, and so its colour where it has several.")
    blink: Value | None = Field(default=None, description="The number for one that blinks by itself, if there is one.")


class Button(Keys):
    """A button, or a row of them on the strips."""

    does: Function = Field(description="What it does.")
    toggle: bool = Field(default=False, description="true: each press sends one message, an on or an off by turns.")
    lamp: str | None = Field(default=None, description="How it is lit: a name under [lamps]. Left out: it has no lamp.")
    lamp_at: Keys | None = Field(default=None, description="What lights it, where that is not the message it sends.")

    @model_validator(mode="after")
    def _fits_its_place(self) -> Self:
        if self.lamp is None and self.lamp_at is not None:
            raise ValueError('"lamp_at" needs "lamp"')
        if len(self.lamp_places) != len(self.places):
            raise ValueError(f"{len(self.places)} buttons and {len(self.lamp_places)} lamps make no row")
        if len(self.places) > 1 and not self.on_strips:
            words = " or ".join(f'"{word}"' for word in sorted(STRIP_FUNCTIONS))
            raise ValueError(f'"{self.does}" is for a single button; a row of them does {words}')
        return self

    @property
    def on_strips(self) -> bool:
        """Whether it stands on the strips."""
        return self.does in STRIP_FUNCTIONS

    @property
    def strips(self) -> Sequence[int | None]:
        """The strip that each stands on; None where it stands on none."""
        return range(len(self.places)) if self.on_strips else (None,)

    @property
    def lamp_places(self) -> tuple[Place, ...]:
        """The message that lights each."""
        return (self.lamp_at or self).places


class MidiFile(SurfaceFile):
    """A controller that sends plain MIDI, as a list of what it sends."""

    protocol: Literal["midi"] = Field(description="midi: it sends what this file lists.")
    unit: PlainUnit = Field(description="What kind of unit it is; what it has follows from the tables below.")
    faders: Faders | None = Field(default=None, description="The faders on the strips.")
    master: MasterFader | None = Field(default=None, description="The fader beside them.")
    knobs: Knobs | None = Field(default=None, description="Knobs with two ends on the strips.")
    encoders: EncoderRow | None = Field(default=None, description="Or encoders without ends.")
    buttons: dict[str, Button] = Field(default={}, description="The buttons, under names of your choice.")
    lamps: dict[str, LampValues] = Field(default={}, description="The ways to light lamps, under names of your choice.")
    greeting: tuple[Raw, ...] = Field(default=(), description="Messages, in hexadecimal, that are sent first.")
    farewell: tuple[Raw, ...] = Field(default=(), description="Messages, in hexadecimal, that are sent on leaving.")

    @property
    def rings(self) -> Rings | None:
        """The lamps around its knobs or encoders."""
        row = self.knobs or self.encoders
        return None if row is None else row.rings

    @model_validator(mode="after")
    def _controls_fit(self) -> Self:
        if self.knobs is not None and self.encoders is not None:
            raise ValueError('the strips have "knobs" or "encoders", not both')
        if (self.master is None) != (self.unit.master is None):
            raise ValueError('"unit.master" says what the fader under [master] does: one needs the other')
        if self.master is not None and len(self.master.places) != 1:
            raise ValueError(f"master: {len(self.master.places)} messages; it is one fader")
        touches = [fader.touch is not None for fader in (self.faders, self.master) if fader is not None]
        if any(touches) and not all(touches):
            raise ValueError('"touch" is told by all faders, master included, or counts for none')
        if self.unit.motors is Motors.ON_RELEASE and not any(touches):
            raise ValueError('motors = "on_release" needs faders that tell "touch"; without it, "at_once"')
        return self

    @model_validator(mode="after")
    def _rows_fit_the_strips(self) -> Self:
        rows: list[tuple[str, Row | None]] = [
            ("faders", self.faders),
            ("knobs", self.knobs),
            ("encoders", self.encoders),
        ]
        rows += [(f"buttons.{name}", button) for name, button in self.buttons.items()]
        for table, row in rows:
            if row is not None and len(row.places) > self.unit.strips:
                raise ValueError(f"{table}: {len(row.places)} of them cannot stand on {self.unit.strips} strips")
        for name, button in self.buttons.items():
            if button.lamp is not None and button.lamp not in self.lamps:
                near = did_you_mean(button.lamp, list(self.lamps))
                raise ValueError(f'buttons.{name}.lamp: there is no "{button.lamp}" under [lamps]{near}')
        return self

    @model_validator(mode="after")
    def _each_message_has_one_meaning(self) -> Self:
        for controls in (self._heard(), self._told()):
            if mistake := next(twice(controls), None):
                raise ValueError(f"{mistake}: give each its own message")
        return self

    def _heard(self) -> Iterator[tuple[str, Place]]:
        """What the controls send, each with its place in the file."""
        for table, dials in (("faders", self.faders), ("master", self.master)):
            if dials is not None:
                yield from dials.named(table)
                yield from dials.touch.named(f"{table}.touch") if dials.touch else ()
        for table, row in (("knobs", self.knobs), ("encoders", self.encoders)):
            yield from row.named(table) if row else ()
        for name, button in self.buttons.items():
            yield from button.named(f"buttons.{name}")

    def _told(self) -> Iterator[tuple[str, Place]]:
        """What lamps and rings are set by, each with its place in the file."""
        table = "knobs" if self.knobs else "encoders"
        if self.rings is not None:
            yield from self.rings.named(f"{table}.rings")
            yield from ((f"{table}.rings.mode_cc[{n}]", place) for n, place in enumerate(self.rings.mode_places, 1))
        for name, button in self.buttons.items():
            if button.lamp is not None:
                lamp_at = button.lamp_at
                yield from lamp_at.named(f"buttons.{name}.lamp_at") if lamp_at else button.named(f"buttons.{name}")
