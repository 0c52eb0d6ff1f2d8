"""One way in: whatever project file it is, by what is in it."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element

from tonn_bridge.errors import FileError
from tonn_bridge.projects import als, ardour, dawproject
from tonn_bridge.projects.markup import CHUNK, read_xml
from tonn_bridge.projects.model import Project
from tonn_bridge.projects.rpp import MOST_TRACKS, read_rpp

KINDS = {
    ".rpp": "a REAPER project",
    ".als": "a Live set",
    ".dawproject": "a DAWproject",
    ".ardour": "an Ardour session",
}
"""The project files that can be read, by how their names end."""

_ROOTS = {"Ableton": als.SHAPE, "Session": ardour.SHAPE, "Project": dawproject.SHAPE}
_READERS: dict[str, Callable[[Element, Path], Project]] = {
    "Ableton": als.read_als,
    "Session": ardour.read_ardour,
    "Project": dawproject.read_dawproject,
}


def is_project(path: Path) -> bool:
    """Whether `path` is called like a project file."""
    return path.suffix.casefold() in KINDS


def find_projects(folder: Path) -> list[Path]:
    """The project files in `folder`, without the back-ups that DAWs put beside them.

    Raises:
        OSError: the folder cannot be read.
    """
    found = [p for p in folder.iterdir() if is_project(p) and not p.name.startswith(".") and p.is_file()]
    others = [path for path in found if path.suffix != ".ardour"]
    return sorted(others + [path for path in ardour.session_files(folder) if path in found])


def read_project(path: Path) -> Project:
    """The project in the file `path`, or in the Ardour session folder `path`.

    What it is, its first bytes say; a wrong ending of its name does no harm. The DAW need not be there, nor need the
    audio: what the project names is not opened.

    Raises:
        FileError: it cannot be read, is no project of a DAW that is known here, is damaged, or is made to do harm.
            The message names the file and says what to do.
    """
    try:
        file = _session_in(path) if path.is_dir() else path
        with file.open("rb") as opened:
            project = _read(opened, file)
    except OSError as exc:
        raise FileError(f"{path}: cannot be read ({exc.strerror or exc})") from exc
    if len(project.tracks) > MOST_TRACKS:
        raise FileError(f"{path}: has {len(project.tracks):,} tracks, and no DAW more than {MOST_TRACKS:,}")
    return project


def _session_in(folder: Path) -> Path:
    found = ardour.session_files(folder)
    if len(found) == 1:
        return found[0]
    if not found:
        raise FileError(f"{folder}: holds no Ardour session; name a project file, or a folder with one")
    names = ", ".join(path.name for path in found)
    raise FileError(f"{folder}: holds {len(found)} Ardour sessions ({names}); name one of them")


def _read(file: BinaryIO, path: Path) -> Project:
    start = file.read(64)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        with dawproject.opened(file, path) as archive:
            return _from_xml(dawproject.project_text(archive, path), path, {"Project"})
    if start.startswith(b"\x1f\x8b"):
        return _from_xml(als.unpacked(file, path), path, {"Ableton"})
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<REAPER_PROJECT"):
        return read_rpp(file, path)
    if text.startswith(b"<") or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _from_xml(_pieces(file), path, {"Ableton", "Session"})
    raise FileError(f"{path}: not {', '.join(KINDS.values())}; name a project file of one of these")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while data := file.read(CHUNK):
        yield data


def _from_xml(chunks: Iterable[bytes], path: Path, roots: set[str]) -> Project:
    root = read_xml(chunks, {name: _ROOTS[name] for name in roots}, path)
    return _READERS[root.tag](root, path)
