"""The stems of a project: which file is the sound of which of its tracks, and what is to be rendered yet."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import realpath
from pathlib import Path

from tonn_bridge.core import says_nothing
from tonn_bridge.projects import SAME_LENGTH_S, Clip, Kind, Project, ProjectTrack, exists
from tonn_bridge.session.guess import (
    STEM_TYPES,
    Guesses,
    Skipped,
    audio_files,
    clean_names,
    guess_named,
    guess_tracks,
    not_for_tonn,
    unlike,
)

RENDERS = frozenset({"bounce", "bounces", "export", "exports", "render", "renders", "stem", "stems", "wav", "wavs"})
"""Folders within a project's own that rendered stems are put in."""

STEMS = "stems"
"""The folder that stems go to from here: those inside a project file, and those still to be rendered."""

_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_NUMBERING = re.compile(r"\d{1,3} (?=.)")

LengthOf = Callable[[Path], float | None]
"""How long an audio file is, in seconds; None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A project's tracks for a session."""

    guesses: Guesses
    archived: Mapping[Path, Path]
    """The stems that are still inside the project file, and where there."""
    matched: int
    """How many tracks of the project have a stem."""


@dataclass(frozen=True, slots=True)
class _Stem:
    """The sound of a track: `file`, or `missing`: why there is none. `inside`: its place in the project file."""

    file: Path
    missing: str = ""
    inside: Path | None = None


def arrange(project: Project, length_of: LengthOf, *, by_number: bool = False, every_file: bool = False) -> Arrangement:
    """The tracks of `project` in its order, each with its stem or with what to do about it.

    A stem is a file beside the project, or in a folder of renders there, that is called like the track; else the
    track's only piece of audio, where that is one whole file from the project's start. A group with a rendered stem
    stands for what is in it, unless that has rendered stems as well.

    `by_number`: the DAW is to be asked for tracks by their numbers. `every_file`: audio beside the project that
    belongs to no track is a stem all the same, behind the others.

    Raises:
        OSError: the project's folder cannot be read.
    """
    folder = project.path.parent
    media = {realpath(clip.file) for track in project.tracks for clip in track.clips if clip.file is not None}
    renders = [[path for path in audio_files(place) if realpath(path) not in media] for place in _places(folder)]
    stems = _stems(project, renders, length_of)
    listed = [track for track in project.tracks if track.number in stems]
    names, times = _names(project.tracks), Counter(_plain(track.name) for track in project.tracks)
    guessed = guess_named([(stems[track.number].file, names[track.number]) for track in listed])
    guesses = [
        replace(
            guess,
            daw=_daw(track, project, times[_plain(track.name)] == 1 and not by_number),
            colour=track.colour,
            missing=stems[track.number].missing,
        )
        for track, guess in zip(listed, guessed, strict=True)
    ]
    used = {stem.file for stem in stems.values()}
    others = [path for paths in renders for path in paths if path not in used]
    skipped = [Skipped(path, not_for_tonn(path) or f"no track of {project.path.name} is called so") for path in others]
    if every_file:
        here = guess_tracks(folder)
        guesses += [guess for guess in here.tracks if guess.file in others]
        skipped = [s for s in skipped if s.file.parent != folder] + [s for s in here.skipped if s.file not in used]
    told = zip(guesses, unlike([guess.name for guess in guesses]), strict=True)
    return Arrangement(
        guesses=Guesses(tuple(replace(guess, name=name) for guess, name in told), tuple(skipped)),
        archived={stem.file: stem.inside for stem in stems.values() if stem.inside is not None},
        matched=sum(not stem.missing for stem in stems.values()),
    )


def _places(folder: Path) -> list[Path]:
    """Where rendered stems may lie: in folders that are called so, then beside the project."""
    named = sorted(p for p in folder.iterdir() if p.name.casefold() in RENDERS and p.is_dir())
    return [*named, folder]


# --- which file -----------------------------------------------------------------------------------------------------


def _stems(project: Project, renders: Sequence[Sequence[Path]], length_of: LengthOf) -> dict[int, _Stem]:
    """The stem of each track, by number; a group or bus has one only where it is rendered."""
    folder = project.path.parent
    names = _names(project.tracks)
    rendered, doubts = _rendered(project, names, renders)
    within = {track.number: list(_groups_of(track, project.tracks)) for track in project.tracks}
    for group in {group for number in rendered for group in within[number]}:
        rendered.pop(group, None)
    stems = {number: _Stem(file) for number, file in rendered.items()}
    taken = set(rendered.values())
    for track in project.tracks:
        covered = any(group in rendered for group in within[track.number])
        if track.number in stems or track.kind is not Kind.TRACK or covered:
            continue
        stem = _own(track, folder, taken, length_of)
        if doubt := doubts.get(track.number):
            stem = _Stem(_to_be(folder, names[track.number]), doubt)
        elif stem.missing:
            file = _to_be(folder, names[track.number])
            stem = _Stem(file, f"{stem.missing}; render it from the project's start to {STEMS}/{file.name}")
        stems[track.number] = stem
        taken.add(stem.file)
    return stems


def _groups_of(track: ProjectTrack, tracks: Sequence[ProjectTrack]) -> Iterator[int]:
    """The numbers of the groups a track lies in, from the inside out; a group always stands before what is in it."""
    parent = track.parent
    while parent is not None and 1 <= parent <= len(tracks):
        yield parent
        above = tracks[parent - 1].parent
        parent = above if above is not None and above < parent else None


def _rendered(
    project: Project, names: Mapping[int, str], renders: Sequence[Sequence[Path]]
) -> tuple[dict[int, Path], dict[int, str]]:
    """The files that are called like tracks, by the tracks' numbers, and why it is not clear which.

    Folder by folder, and the plainest reading of all names first: "2 Step.wav" is the track "2 Step" before "Step".
    """
    found: dict[int, Path] = {}
    doubts: dict[int, str] = {}
    for readings in (_readings(project.name, [p for p in paths if not_for_tonn(p) is None]) for paths in renders):
        for reading in readings:
            for number, name in names.items():
                fitting = [] if number in found or number in doubts else reading.get(_plain(name), [])
                free = [path for path in fitting if path not in found.values()]
                if len(free) == 1:
                    found[number] = free[0]
                elif free:
                    files = ", ".join(path.name for path in free)
                    doubts[number] = f"{len(free)} files are called so ({files}); keep the right one, run init again"
    return found, doubts


def _readings(song: str, files: Sequence[Path]) -> list[dict[str, list[Path]]]:
    """The files by what they may be called, from the plainest way of reading their names to the freest."""
    exact = [_plain(path.stem) for path in files]
    without_song = [name.removeprefix(f"{_plain(song)} ") for name in exact]
    without_number = [_NUMBERING.sub("", name, count=1) for name in without_song]
    cleaned = [_plain(name) for name in clean_names([path.stem for path in files])]
    readings: list[dict[str, list[Path]]] = []
    for names in (exact, without_song, without_number, cleaned):
        readings.append({})
        for name, path in zip(names, files, strict=True):
            if name:
                readings[-1].setdefault(name, []).append(path)
    return readings


def _own(track: ProjectTrack, folder: Path, taken: Collection[Path], length_of: LengthOf) -> _Stem:
    """The file that lies on the track, where that alone is its sound."""
    if track.plays_notes:
        return _Stem(folder, "it plays an instrument")
    if not track.clips:
        return _Stem(folder, "there is no audio on it")
    if len(track.clips) > 1:
        return _Stem(folder, f"it is put together from {len(track.clips)} pieces")
    (clip,) = track.clips
    if clip.file is None:
        return _Stem(folder, "its audio is not one file on this machine")
    if clip.start_s is None or abs(clip.start_s) > 1e-3:
        return _Stem(folder, "its audio does not begin at the project's start")
    if not clip.untouched:
        return _Stem(folder, "its audio is cut, stretched or turned up or down")
    if not_for_tonn(clip.file) is not None or clip.file.suffix.casefold() not in STEM_TYPES:
        return _Stem(folder, f"{clip.file.name} is no WAV or FLAC")
    if clip.archived:
        file = folder / STEMS / _file_name(clip.file.name)
        return _Stem(file, inside=clip.file) if file not in taken else _Stem(folder, f"{file} is of another track")
    return _on_disk(clip, clip.file, taken, length_of)


def _on_disk(clip: Clip, file: Path, taken: Collection[Path], length_of: LengthOf) -> _Stem:
    if not exists(file):
        return _Stem(file, f"{file} is missing")
    if file in taken:
        return _Stem(file, f"{file.name} is the stem of another track")
    length_s = length_of(file)
    if length_s is None:
        return _Stem(file, f"{file.name} cannot be read")
    if clip.length_s is None or abs(clip.length_s - length_s) > SAME_LENGTH_S:
        return _Stem(file, f"not all of {file.name} is played, or more than it holds")
    return _Stem(file)


# --- names ----------------------------------------------------------------------------------------------------------


def _names(tracks: Sequence[ProjectTrack]) -> dict[int, str]:
    """What the tracks are called in the session: as in the DAW, with a number where that calls several the same."""
    plain = [" ".join(track.name.split()) or f"Track {track.number}" for track in tracks]
    times = Counter(map(_plain, plain))
    seen: Counter[str] = Counter()
    names = []
    for name in plain:
        seen[_plain(name)] += 1
        names.append(f"{name} {seen[_plain(name)]}" if times[_plain(name)] > 1 else name)
    return dict(zip((track.number for track in tracks), unlike(names), strict=True))


def _daw(track: ProjectTrack, project: Project, by_name: bool) -> int | str | None:
    """How to find the track in the DAW: by its name where that may be and says something, else by its number."""
    if by_name and not says_nothing(track.number, track.name):
        return track.name.strip()
    return track.number if project.numbers_hold else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _to_be(folder: Path, name: str) -> Path:
    """Where the stem of the track called `name` is to be rendered to."""
    return folder / STEMS / f"{_file_name(name)}.wav"


def _file_name(name: str) -> str:
    """`name` as every system takes it for a file."""
    return _NOT_IN_FILE_NAMES.sub("_", name)[:120].strip(". ") or "track"
