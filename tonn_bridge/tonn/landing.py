"""A file that arrives: under a hidden name until it is whole and on the disk; then under its own, or the next free one.

Everything here blocks, and is called through `asyncio.to_thread`.
"""

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tonn_bridge.errors import StoreError


class Landing:
    """A file on its way to `target`; `close` without `keep` leaves nothing behind.

    Raises:
        StoreError: the disk is full, or the folder cannot be written.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._temp = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        with _writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self._temp.open("xb", buffering=0)

    def write(self, data: bytes) -> None:
        """Add `data` at the end."""
        with _writing(self._target):
            rest = memoryview(data)
            while rest:  # a raw write to a nearly full disk may take only a part, and say so only the next time
                rest = rest[self._file.write(rest) :]

    def keep(self) -> Path:
        """Bring the file to rest under its name, or the next free one (`final 2.wav`), which is returned."""
        with _writing(self._target):
            os.fsync(self._file.fileno())
            self._file.close()
            place = next(place for place in _names(self._target) if _moved(self._temp, place))
            _settle(place.parent)
            return place

    def close(self) -> None:
        """Remove what has not been kept."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._temp.unlink(missing_ok=True)


def _names(target: Path) -> Iterator[Path]:
    yield target
    for number in itertools.count(2):
        yield target.with_name(f"{target.stem} {number}{target.suffix}")


def _moved(temp: Path, place: Path) -> bool:
    """Whether `temp` now lies at `place`; not where something lies there already."""
    try:
        place.hardlink_to(temp)
    except FileExistsError:
        return False
    except OSError:  # no hard links on FAT and some network shares: hold the name with an empty file, then replace that
        try:
            place.open("xb").close()
        except FileExistsError:
            return False
        temp.replace(place)
    return True


def _settle(folder: Path) -> None:
    """Bring the new name to the disk too, where a folder can be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as exc:  # ValueError: a name no file can have
        reason = getattr(exc, "strerror", None) or exc
        raise StoreError(f"cannot write {target}: {reason}; free some space or choose another `output` folder") from exc
