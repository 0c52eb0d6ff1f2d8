"""The ways in which Tonn's settings can be meant, and which of them come to the same mix."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Any, Final, get_args, get_type_hints

from tonn_bridge.core import TonnSettings
from tonn_bridge.tonn import Units, translate


class Question(StrEnum):
    """What the service leaves open; each is a key of `[tonn]` in a session."""

    TIMES = "times"
    PAN = "pan"
    TRIM = "trim"


def _answers(question: Question) -> tuple[str, ...]:
    return tuple(answer for answer in get_args(get_type_hints(Units)[question]) if answer != "auto")


ANSWERS: Final[Mapping[Question, tuple[str, ...]]] = {question: _answers(question) for question in Question}
"""The two answers to each question, as a session writes them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the settings: `units` as in a session, and what each track's settings then are."""

    units: Units
    settings: Mapping[int, TonnSettings]

    def answer(self, question: Question) -> str:
        """What this reading says to `question`."""
        return str(getattr(self.units, question))

    def same_mix(self, other: "Reading") -> bool:
        """Whether both say the same of every track."""
        return self.settings == other.settings


def readings(settings: Mapping[str, Any], urls: Mapping[int, str]) -> list[Reading]:
    """Every reading of a reply, `urls` being those of the tracks by number.

    Raises:
        TonnRejected: settings and tracks do not belong together.
    """
    return [read(settings, urls, Units(*answers)) for answers in product(*ANSWERS.values())]  # type: ignore[arg-type]


def read(settings: Mapping[str, Any], urls: Mapping[int, str], units: Units) -> Reading:
    """The reading with these `units`, of which the times may be "auto". Raises as `readings` does."""
    found = translate(settings, list(urls.items()), units)
    return Reading(units, {number: replace(track, limited=()) for number, track in found.items()})
