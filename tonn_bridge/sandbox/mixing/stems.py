"""Stems as the engine reads them: any block of a file, at the rate that is wanted."""

from dataclasses import dataclass
from math import ceil, gcd
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

Audio = NDArray[np.float64]
"""Samples as (channels, frames)."""


@dataclass(frozen=True, slots=True)
class StemInfo:
    """What a file's header says."""

    format: str
    rate: int
    channels: int
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / self.rate


def read_info(path: Path) -> StemInfo | None:
    """The header of an audio file, or None where the bytes are no audio we know."""
    try:
        info = soundfile.info(str(path))
    except soundfile.SoundFileError:
        return None
    return StemInfo(info.format, info.samplerate, info.channels, info.frames)


class StemReader:
    """Reads blocks of a file at `rate` frames per second; close it, or use it in a `with`."""

    def __init__(self, path: Path, rate: int) -> None:
        self._file = soundfile.SoundFile(str(path))
        divisor = gcd(rate, self._file.samplerate)
        self._up, self._down = rate // divisor, self._file.samplerate // divisor
        self.channels: int = self._file.channels
        self.frames = ceil(self._file.frames * self._up / self._down)

    def __enter__(self) -> "StemReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, start: int, count: int) -> Audio:
        """`count` frames from frame `start` (both at the wanted rate; `start` a whole second); silence past the end.

        A resampled block is cut from one that reaches further on both sides than the filter is long, so that blocks
        join as if the whole file had been resampled at once.
        """
        if self._up == self._down:
            return self._read_file(start, count)
        margin = (
            ceil(10 * max(self._up, self._down) / (self._up * self._down)) + 1
        )  # resample_poly's half filter length
        begin = start * self._down // self._up - margin * self._down
        wanted = ceil(count * self._down / self._up) + 2 * margin * self._down
        padded: Audio = resample_poly(self._read_file(begin, wanted), self._up, self._down, axis=1)
        return padded[:, margin * self._up : margin * self._up + count]

    def _read_file(self, start: int, count: int) -> Audio:
        block = np.zeros((self.channels, count))
        first, last = max(start, 0), min(start + count, self._file.frames)
        if first < last:
            self._file.seek(first)
            samples = self._file.read(last - first, dtype="float64", always_2d=True)
            np.nan_to_num(samples, copy=False, posinf=1.0, neginf=-1.0)  # a file of floats may hold anything
            block[:, first - start : first - start + len(samples)] = samples.T
        return block
