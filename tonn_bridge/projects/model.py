"""What a project file tells, whatever DAW wrote it."""

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SAME_LENGTH_S = 0.05
"""Lengths that differ by less are the same: projects round, and files end with whole blocks."""


class Kind(StrEnum):
    """What a strip of the mixer carries."""

    TRACK = "track"
    GROUP = "group"
    """The sum of the tracks within it."""
    BUS = "bus"
    """What others send to it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of audio on a track."""

    file: Path | None
    """Where its file should lie; whether it does is not known. In an archive: its place there, relative.

    None: on another machine, or nowhere that could be looked for.
    """
    start_s: float | None
    """Where it begins, in seconds from the project's start; None where the project's tempo is not known."""
    length_s: float | None
    """How long it plays, in seconds; None where that is not known."""
    untouched: bool
    """Whether it plays its file from the file's beginning, at its own speed, pitch and level."""
    archived: bool = False
    """Whether the file lies inside the project file."""


@dataclass(frozen=True, slots=True)
class ProjectTrack:
    """A strip of the project's mixer. What the file does not tell is None."""

    number: int
    """Its place among the strips that the DAW counts, from 1."""
    name: str
    kind: Kind = Kind.TRACK
    parent: int | None = None
    """The number of the group it lies in."""
    clips: tuple[Clip, ...] = ()
    plays_notes: bool = False
    """Whether there are notes on it, which an instrument turns into sound."""
    colour: str | None = None
    """#rrggbb."""
    gain_db: float | None = None
    """Its fader; -inf when it is off."""
    pan: float | None = None
    """-1.0 left to +1.0 right."""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project file, read. Its tracks stand in the order of the DAW's mixer, without the master."""

    path: Path
    daw: str
    """The program that wrote it, by its own name."""
    mapping: str | None
    """The mapping that ships for that program, if one does."""
    tracks: tuple[ProjectTrack, ...]
    numbers_hold: bool = True
    """Whether the DAW counts its tracks to us as the project file does."""

    @property
    def name(self) -> str:
        """What the project is called."""
        return self.path.stem


def decibels(gain: float | None) -> float | None:
    """A linear gain (1.0 is unity) in dB; -inf at or below 0. None for what is no number."""
    if gain is None or not math.isfinite(gain):
        return None
    return 20 * math.log10(gain) if gain > 0 else -math.inf


def number(text: str | None) -> float | None:
    """The finite number in `text`, written with a point; None where there is none."""
    try:
        value = float(text) if text is not None and len(text) < 64 else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
