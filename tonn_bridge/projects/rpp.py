"""REAPER's .RPP: lines of words, in chunks that `<NAME` opens and `>` closes.

Sources: REAPER's own projects as many public tools read them (State Chunk Definitions, wiki.cockos.com;
git-moss/ProjectConverter). Read line by line: a project with its plug-ins' states may have 100 MB.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tonn_bridge.errors import FileError
from tonn_bridge.projects.model import Clip, Kind, Project, ProjectTrack, decibels, number
from tonn_bridge.projects.paths import locate

MOST_BYTES, MOST_LINES = 1 << 30, 10_000_000
LONGEST_LINE = 1 << 16
"""Bytes; what is behind them belongs to a plug-in or a script."""
DEEPEST = 200
MOST_TRACKS, MOST_ITEMS = 10_000, 100_000

_WORD = re.compile(r"\"([^\"]*)\"?|'([^']*)'?|`([^`]*)`?|(\S+)")
_CUSTOM_COLOUR = 0x1000000
_MEDIA_FOLDERS = ("Audio", "Media", "audio", "media")


@dataclass(slots=True)
class _Take:
    file: str | None = None
    midi: bool = False
    touched: bool = False


@dataclass(slots=True)
class _Item:
    start_s: float | None = None
    length_s: float | None = None
    muted: bool = False
    chosen: int = 0
    takes: list[_Take] = field(default_factory=lambda: [_Take()])


@dataclass(slots=True)
class _Track:
    name: str = ""
    colour: str | None = None
    gain_db: float | None = None
    pan: float | None = None
    muted: bool = False
    folder: int = 0
    """1 where a folder begins; below 0: that many end behind this track."""
    receives: bool = False
    items: list[_Item] = field(default_factory=list)


def read_rpp(file: BinaryIO, path: Path) -> Project:
    """The REAPER project in `file`, which lies at `path`.

    Raises:
        FileError: it is none, is cut off, or is too large or too deep to be one.
    """
    tracks: list[_Track] = []
    chunks: list[str] = []
    items, record_folder = 0, ""
    for line in _lines(file, path):
        text = line.strip()
        if text == ">":
            if not chunks:
                raise FileError(f"{path}: closes a chunk that it never opened; save it again in REAPER")
            chunks.pop()
        elif text.startswith("<"):
            words = _words(text[1:])
            _open_chunk(words, chunks, tracks)
            chunks.append(words[0] if words else "")
            items += chunks[1:] == ["TRACK", "ITEM"]
            if len(chunks) > DEEPEST or len(tracks) > MOST_TRACKS or items > MOST_ITEMS:
                raise FileError(f"{path}: has more tracks, items, or chunks in chunks than any project of REAPER's")
        elif len(chunks) == 1 and text.startswith("RECORD_PATH "):
            record_folder = (_words(text)[1:] or [""])[0]
        elif len(chunks) > 1 and chunks[1] == "TRACK":
            _read_line(chunks[2:], text, tracks[-1])
    if chunks:
        last = f'the last track in it is "{tracks[-1].name}"' if tracks else "no track is in it"
        raise FileError(f'{path}: cut off (its closing ">" is missing; {last}); copy it again, or save it in REAPER')
    below = (*((record_folder,) if _is_plain_folder(record_folder) else ()), *_MEDIA_FOLDERS)
    return Project(path=path, daw="REAPER", mapping="reaper", tracks=tuple(_in_order(tracks, path.parent, below)))


# --- lines and words ------------------------------------------------------------------------------------------------


def _lines(file: BinaryIO, path: Path) -> Iterator[str]:
    """The lines, each cut at the longest length; old projects are in the code page of Western Windows."""
    size, lines, whole = 0, 0, True
    while data := file.readline(LONGEST_LINE):
        size, lines = size + len(data), lines + 1
        if size > MOST_BYTES or lines > MOST_LINES:
            raise FileError(f"{path}: more than {MOST_BYTES >> 20} MB or {MOST_LINES:,} lines, which no project has")
        begins, whole = whole, data.endswith(b"\n")
        if begins:
            try:
                yield data.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield data.decode("cp1252", "replace")


def _words(text: str) -> list[str]:
    """The words of a line, without their quotes, which are any of three."""
    return [next((part for part in found.groups() if part is not None), "") for found in _WORD.finditer(text)]


def _numbers(words: list[str]) -> list[float]:
    """The words behind the first as numbers; 0.0 for what is none."""
    return [number(word) or 0.0 for word in words[1:]]


# --- what stands in a track -----------------------------------------------------------------------------------------


def _open_chunk(words: list[str], chunks: list[str], tracks: list[_Track]) -> None:
    name = words[0] if words else ""
    match chunks[1:], name:
        case [], "TRACK" if chunks:
            tracks.append(_Track())
        case ["TRACK"], "ITEM":
            tracks[-1].items.append(_Item())
        case ["TRACK", "ITEM", *sources], "SOURCE" if set(sources) <= {"SOURCE"}:
            take = tracks[-1].items[-1].takes[-1]
            kind = words[1] if len(words) > 1 else ""
            take.midi |= kind.startswith("MIDI")
            take.touched |= kind == "SECTION"  # a part of a file, or the file backwards


def _read_line(inner: list[str], text: str, track: _Track) -> None:
    """One line of a track; `inner`: the chunks within it that are open."""
    if not inner:
        _read_track_line(_words(text), track)
    elif inner == ["ITEM"]:
        _read_item_line(_words(text), track.items[-1])
    elif inner[0] == "ITEM" and set(inner[1:]) == {"SOURCE"} and len(_words(text)) > 1 and text.startswith("FILE "):
        track.items[-1].takes[-1].file = _words(text)[1]


def _read_track_line(words: list[str], track: _Track) -> None:
    match words:
        case ["NAME", name, *_]:
            track.name = name
        case ["PEAKCOL", text, *_]:
            track.colour = _colour(text)
        case ["VOLPAN", gain, pan, *_]:
            track.gain_db, track.pan = decibels(number(gain)), number(pan)
        case ["MUTESOLO", mute, *_]:
            track.muted = mute not in ("0", "")
        case ["ISBUS", _, levels, *_]:
            track.folder = int(max(-DEEPEST, min(1, number(levels) or 0)))
        case ["AUXRECV", *_]:
            track.receives = True


def _read_item_line(words: list[str], item: _Item) -> None:
    take = item.takes[-1]
    match words:
        case ["POSITION", start, *_]:
            item.start_s = number(start)
        case ["LENGTH", length, *_]:
            item.length_s = number(length)
        case ["MUTE", mute, *_]:
            item.muted = mute not in ("0", "")
        case ["TAKE", *how]:
            item.takes.append(_Take())
            if "SEL" in how:
                item.chosen = len(item.takes) - 1
        case ["SOFFS", offset, *_]:
            take.touched |= (number(offset) or 0.0) != 0.0
        case ["PLAYRATE", *_]:
            speed, _, semitones, *_ = (*_numbers(words), 0.0, 0.0, 0.0)
            take.touched |= speed != 1.0 or semitones != 0.0
        case ["VOLPAN", *_]:  # the item's gain and pan, the take's gain
            gains = (*_numbers(words), 1.0, 1.0, 1.0)
            take.touched |= gains[0] != 1.0 or (len(words) > 3 and gains[2] != 1.0)
        case ["TAKEVOLPAN", *_]:
            gains = (*_numbers(words), 1.0, 1.0)
            take.touched |= gains[1] != 1.0


def _colour(text: str) -> str | None:
    """#rrggbb of a number as Windows writes colours, red lowest; None where the track has none of its own."""
    value = int(number(text) or 0)
    if not value & _CUSTOM_COLOUR:
        return None
    return f"#{value & 0xFF:02x}{value >> 8 & 0xFF:02x}{value >> 16 & 0xFF:02x}"


# --- the project's order --------------------------------------------------------------------------------------------


def _in_order(tracks: list[_Track], folder: Path, below: tuple[str, ...]) -> Iterator[ProjectTrack]:
    groups: list[int] = []
    for place, track in enumerate(tracks, start=1):
        playing = [item for item in track.items if not item.muted]
        yield ProjectTrack(
            number=place,
            name=track.name,
            kind=_kind(track),
            parent=groups[-1] if groups else None,
            clips=tuple(_clips(playing, folder, below)),
            plays_notes=any(item.takes[item.chosen].midi for item in playing),
            colour=track.colour,
            gain_db=track.gain_db,
            pan=track.pan,
            muted=track.muted,
        )
        if track.folder > 0:
            groups.append(place)
        elif track.folder < 0:
            del groups[track.folder :]


def _kind(track: _Track) -> Kind:
    if track.folder > 0:
        return Kind.GROUP
    return Kind.BUS if track.receives and not track.items else Kind.TRACK


def _clips(items: list[_Item], folder: Path, below: tuple[str, ...]) -> Iterator[Clip]:
    found: dict[str, Path | None] = {}  # a track cut into pieces plays the same file over and over
    for item in items:
        take = item.takes[item.chosen]
        if take.file is not None and not take.midi:
            if take.file not in found:
                found[take.file] = locate(take.file, folder, below)
            yield Clip(found[take.file], item.start_s, item.length_s, untouched=not take.touched)


def _is_plain_folder(text: str) -> bool:
    """Whether a project's folder for its recordings is one below it."""
    return text.isprintable() and 0 < len(text) < 256 and not re.search(r"[\\/:]|^\.\.?$", text)
