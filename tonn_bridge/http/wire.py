"""JSON as it goes out, and the bodies that may come in."""

import json
import math
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class NoArguments(BaseModel):
    """The body of an action that takes none."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class MorphArguments(NoArguments):
    """How far to blend: 0 is the user's mix, 1 the proposal."""

    value: float = Field(ge=0.0, le=1.0)


class ConfirmArguments(NoArguments):
    """Which question is answered; without an id, the one being asked."""

    id: int | str | None = None


class TrackMove(NoArguments):
    """A move of one track's fader, by gain or by adjustment, of its pan, or of both."""

    gain_db: float | None = None
    adjust_db: float | None = None
    pan: float | None = None

    @model_validator(mode="after")
    def _moves_something_one_way(self) -> Self:
        if self.gain_db is not None and self.adjust_db is not None:
            raise ValueError("give gain_db or adjust_db, not both")
        if self.gain_db is None and self.adjust_db is None and self.pan is None:
            raise ValueError("give gain_db, adjust_db or pan")
        return self


def to_json(value: object) -> str:
    """`value` as JSON that every reader knows: a gain that is off (-inf) is null.

    Plain ASCII, because file names need not be UTF-8 and some readers of events take U+2028 for the end of a line.

    Raises:
        ValueError: a number that JSON has no word for.
    """
    return json.dumps(_off_as_null(value), allow_nan=False, separators=(",", ":"))


def complaint(error: ValidationError) -> str:
    """What is wrong with a body, in one line."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(": ".join([*(str(key) for key in fault["loc"]), fault["msg"]]) for fault in faults)


def _off_as_null(value: object) -> object:
    match value:
        case float() if value == -math.inf:
            return None
        case dict():
            return {key: _off_as_null(item) for key, item in value.items()}
        case list() | tuple():
            return [_off_as_null(item) for item in value]
        case _:
            return value
