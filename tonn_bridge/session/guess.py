"""A session guessed from the file names in a folder of stems."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from tonn_bridge.session.words import (
    LEAD_WORDS,
    LEFT_WORDS,
    RIGHT_WORDS,
    RULES,
    WHOLE_MIX_WORDS,
)
from tonn_bridge.tonn.wire import InstrumentGroup, PanPreference, Presence, Reverb

STEM_TYPES = frozenset({".wav", ".wave", ".flac"})
"""What Tonn mixes (its public client)."""

OTHER_AUDIO = frozenset({".aif", ".aiff", ".aifc", ".caf", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wma", ".w64"})

_OTHER_GROUPS = (
    InstrumentGroup.OTHER1,
    InstrumentGroup.OTHER2,
    InstrumentGroup.OTHER3,
    InstrumentGroup.OTHER4,
    InstrumentGroup.OTHER5,
)
_SEPARATORS = re.compile(r"[\s_\-.,()\[\]+&]+")
_NUMBERING = re.compile(r"(?!808|909|707|606)\d{1,3}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Guess:
    """A stem and what its name suggests; `why` says by which words."""

    file: Path
    name: str
    group: InstrumentGroup
    presence: Presence
    pan: PanPreference
    reverb: Reverb
    why: str
    daw: int | str | None = None
    """The DAW's track, by number or name, where a project file told it."""
    colour: str | None = None
    """#rrggbb, as the DAW shows it."""
    missing: str = ""
    """Why there is no such file yet, and what to do; then it stands in the session file as a comment."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An audio file that is no stem for Tonn, and why."""

    file: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Guesses:
    """What a folder holds, in natural order of the file names (2 before 10), or in that of a project file."""

    tracks: tuple[Guess, ...]
    skipped: tuple[Skipped, ...]

    @property
    def stems(self) -> tuple[Guess, ...]:
        """The tracks whose file is there."""
        return tuple(track for track in self.tracks if not track.missing)


def guess_tracks(folder: Path) -> Guesses:
    """The stems in `folder` itself (not below it), each with what its name suggests.

    Raises:
        OSError: the folder cannot be read.
    """
    found = audio_files(folder)
    skipped = {path: reason for path in found if (reason := not_for_tonn(path))}
    stems = [path for path in found if path not in skipped]
    names = dict(zip(stems, clean_names([path.stem for path in stems]), strict=True))
    for path, name in names.items():
        if WHOLE_MIX_WORDS.intersection(words_of(name)) and _group_in(words_of(name)) is None:
            skipped[path] = "looks like a whole mix; if it is a stem, add it by hand"
    tracks = [path for path in names if path not in skipped]
    return Guesses(
        tracks=tuple(guess_named(list(zip(tracks, unlike([names[path] for path in tracks]), strict=True)))),
        skipped=tuple(Skipped(path, skipped[path]) for path in found if path in skipped),
    )


def audio_files(folder: Path) -> list[Path]:
    """The audio files in `folder` itself, in natural order; raises OSError when it cannot be read."""
    return sorted((path for path in folder.iterdir() if _is_audio(path)), key=natural_order)


def guess_named(tracks: Sequence[tuple[Path, str]]) -> list[Guess]:
    """What the names of these stems, which are all of a song, suggest."""
    return _other_groups_apart(_only_vocal_leads([_guess(path, name) for path, name in tracks]))


def natural_order(path: Path) -> list[tuple[int, int, str]]:
    """A key that sorts numbers in names by their size."""
    parts = re.findall(r"\d+|\D+", path.name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def clean_names(stems: Sequence[str]) -> list[str]:
    """Track names for file names: leading numbers and what all share at their ends dropped, words capitalised."""
    tokens = [[token for token in _SEPARATORS.split(stem) if token] or [stem] for stem in stems]
    tokens = _without_numbers(tokens)
    while _share_a_needless_start(tokens):
        tokens = _without_numbers([words[1:] for words in tokens])
    while _share_a_needless_end(tokens):
        tokens = [words[:-1] for words in tokens]
    return [" ".join(_capitalised(word) for word in words) for words in tokens]


def unlike(names: Sequence[str]) -> list[str]:
    """These names, told apart by a number where several are the same."""
    told: list[str] = []
    for name in names:
        numbers = (number for number in count(2) if f"{name} {number}" not in told)
        told.append(name if name not in told else f"{name} {next(numbers)}")
    return told


def words_of(stem: str) -> tuple[str, ...]:
    """The whole words in a file name, in lower case: `Masks_LeadVox-01` has `masks`, `lead`, `vox` and `01`.

    A word that changes case or meets a digit is there whole as well, so that `808s` and `b3` are found.
    """
    words: list[str] = []
    for token in _SEPARATORS.split(stem):
        parts = [part.casefold() for part in _CAMEL.split(token) if part]
        words += parts
        if len(parts) > 1:
            words.append(token.casefold())
    return tuple(words)


def not_for_tonn(path: Path) -> str | None:
    """Why Tonn would not take `path`; None where it would."""
    if path.suffix.casefold() in OTHER_AUDIO:
        return "Tonn mixes WAV and FLAC only; export it as one of them"
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "its name is not valid text; rename it"
    return None


def _is_audio(path: Path) -> bool:
    # macOS leaves "._kick.wav" beside each file on foreign disks: no audio, and hidden for a reason
    return path.suffix.casefold() in STEM_TYPES | OTHER_AUDIO and not path.name.startswith(".") and path.is_file()


def _guess(path: Path, name: str) -> Guess:
    words = words_of(name)
    group, why = _group_in(words) or (InstrumentGroup.OTHER1, "no word known here: choose a group")
    presence = Presence.NORMAL
    if group is InstrumentGroup.VOCAL and (lead := LEAD_WORDS.intersection(words)):
        presence, why = Presence.LEAD, f'{why}, "{min(lead)}"'
    pan = PanPreference.NO_PREFERENCE
    if side := _side(words):
        pan, why = side[0], f'{why}, "{side[1]}"'
    return Guess(path, name, group, presence, pan, Reverb.NONE, why)


def _group_in(words: tuple[str, ...]) -> tuple[InstrumentGroup, str] | None:
    for rule in RULES:
        for length in (2, 1):
            for start in range(len(words) - length + 1):
                if words[start : start + length] in rule.words:
                    return rule.group, f'"{" ".join(words[start : start + length])}"'
    return None


def _side(words: tuple[str, ...]) -> tuple[PanPreference, str] | None:
    left, right = LEFT_WORDS.intersection(words), RIGHT_WORDS.intersection(words)
    if bool(left) == bool(right):
        return None
    return (PanPreference.LEFT, min(left)) if left else (PanPreference.RIGHT, min(right))


def _only_vocal_leads(guesses: list[Guess]) -> list[Guess]:
    """A vocal that is the only one leads."""
    vocals = [g for g in guesses if g.group is InstrumentGroup.VOCAL]
    if len(vocals) != 1 or vocals[0].presence is Presence.LEAD:
        return guesses
    return [
        replace(g, presence=Presence.LEAD, why=f"{g.why}, the only vocal") if g is vocals[0] else g for g in guesses
    ]


def _other_groups_apart(guesses: list[Guess]) -> list[Guess]:
    """Unknown instruments are not known to belong together: each gets an OTHER group while they last."""
    unknown = [g for g in guesses if g.group is InstrumentGroup.OTHER1]
    groups = dict(zip((g.file for g in unknown), _OTHER_GROUPS, strict=False))
    return [
        replace(g, group=groups.get(g.file, _OTHER_GROUPS[-1])) if g.group is InstrumentGroup.OTHER1 else g
        for g in guesses
    ]


def _without_numbers(tokens: list[list[str]]) -> list[list[str]]:
    """File names without the number in front, `01 kick`; a drum machine's stays."""
    return [words[1:] if len(words) > 1 and _NUMBERING.fullmatch(words[0]) else words for words in tokens]


def _share_a_needless_start(tokens: list[list[str]]) -> bool:
    """Whether all begin with the same word and it is the song's, not the instrument's."""
    if not _share(tokens, 0) or any(_says_nothing(words[1:]) for words in tokens):
        return False
    return any(_is_known(words[1:]) for words in tokens) or not any(_is_known(words) for words in tokens)


def _share_a_needless_end(tokens: list[list[str]]) -> bool:
    return _share(tokens, -1) and not _is_known(tokens[0][-1:]) and not _says_nothing(tokens[0][-1:])


def _share(tokens: list[list[str]], place: int) -> bool:
    return (
        len(tokens) > 1
        and all(len(words) > 1 for words in tokens)
        and len({words[place].casefold() for words in tokens}) == 1
    )


def _is_known(tokens: list[str]) -> bool:
    return _group_in(words_of(" ".join(tokens))) is not None


def _says_nothing(tokens: list[str]) -> bool:
    """Whether only numbers and sides are left."""
    return all(token.isdecimal() or token.casefold() in LEFT_WORDS | RIGHT_WORDS for token in tokens)


def _capitalised(word: str) -> str:
    return word[0].upper() + word[1:] if word.islower() else word
