"""Where the audio of a project lies, as strangers' project files say it."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tonn_bridge.errors import FileError

MOST_CHARACTERS = 4096

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def locate(written: str, folder: Path, below: Sequence[str] = ()) -> Path | None:
    """Where the file that a project in `folder` names lies: as written, else by its name in `folder` or `below` it.

    Both kinds of slashes are understood on every system. A file that is nowhere keeps its place beside the project,
    so that it can be named. None: the text names no file, or one on another machine, which is never looked for.
    """
    text = written.strip()
    if not text or len(text) > MOST_CHARACTERS or _UNSEEN.search(text) or text.startswith(("\\\\", "//")):
        return None
    if sys.platform != "win32" and (_DRIVE.match(text) or not exists(folder / text)):
        text = text.replace("\\", "/")
    name = text.replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", ".."):
        return None
    foreign = sys.platform != "win32" and _DRIVE.match(text) is not None
    as_written = folder / (name if foreign else text)
    places = [as_written, folder / name, *(folder / sub / name for sub in below)]
    return next((place for place in places if exists(place)), as_written)


def exists(path: Path) -> bool:
    """Whether `path` is a file that can be seen; False, too, for names that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or a character that the system has no place for
        return False


def inside(written: str, archive: Path) -> PurePosixPath:
    """The place within an archive that `written` names.

    Raises:
        FileError: it leads out of the archive.
    """
    place = PurePosixPath(written.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or _DRIVE.match(written) or not place.name or _UNSEEN.search(written):
        raise FileError(f'{archive}: names "{_shown(written)}", which leads out of it; export the project again')
    return place


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:80])
