"""Files as they are needed: a preview whole, a stem's excerpt, a song's outline."""

import math
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from tonn_bridge.errors import BridgeError
from tonn_bridge.fidelity.render import Audio

LONGEST_S = 45.0
"""So much of a preview is looked at; Tonn's last about 30 s."""

OUTLINE_HZ = 2_000
"""The rate of a song's outline, on which a preview is searched for."""

_BLOCK_S = 10


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples as (channels, frames), at `rate` frames per second."""

    samples: Audio
    rate: int

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])


def read_preview(path: Path, longest_s: float = LONGEST_S) -> Sound:
    """The preview's first seconds, in two channels.

    Raises:
        BridgeError: it is not there, cannot be read, or is an MP3 where libsndfile knows none.
    """
    return Sound(*_read(path, longest_s, "the preview"))


def read_mixed_stem(path: Path, rate: int, longest_s: float = LONGEST_S) -> Sound | None:
    """A stem that Tonn sent back, in two channels; None where it is not at the preview's `rate`."""
    samples, own = _read(path, longest_s, "the mixed stem")
    return Sound(samples, own) if own == rate else None


def read_excerpt(path: Path, rate: int, start: int, frames: int) -> Audio:
    """`frames` of a stem from frame `start` on, both counted at `rate`; silence before its start and past its end.

    Raises:
        BridgeError: it cannot be read.
    """
    with _opened(path, "the stem") as file:
        divisor = gcd(rate, file.samplerate)
        up, down = rate // divisor, file.samplerate // divisor
        if up == down:
            return _cut(file, start, frames)
        margin = 16  # in whole steps of the resampler, longer than its filter
        begin = start // up - margin
        own_count = (-(-(start + frames) // up) + margin - begin) * down
        whole: Audio = resample_poly(_cut(file, begin * down, own_count), up, down, axis=1)
        skipped = start - begin * up
        return whole[:, skipped : skipped + frames]


def outline(path: Path) -> NDArray[np.float32]:
    """The whole file in one channel at `OUTLINE_HZ`, each value the mean of its time; some seconds in memory at once.

    Raises:
        BridgeError: it cannot be read.
    """
    with _opened(path, "the stem") as file:
        pieces = []
        for second in range(0, math.ceil(file.frames / file.samplerate), _BLOCK_S):
            file.seek(second * file.samplerate)
            block = file.read(_BLOCK_S * file.samplerate, dtype="float32", always_2d=True)
            pieces.append(thinned(block.T, file.samplerate))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def thinned(samples: Audio, rate: int) -> NDArray[np.float32]:
    """The mean of all channels at `OUTLINE_HZ`."""
    mono = sum(samples[1:], start=samples[0]) / len(samples)  # row by row: samples side by side are slow to add
    count = len(mono) * OUTLINE_HZ // rate
    if not count:
        return np.zeros(0, np.float32)
    edges = np.arange(count + 1) * rate // OUTLINE_HZ
    sums = np.add.reduceat(mono[: edges[-1]], edges[:-1])
    return np.nan_to_num((sums / np.diff(edges)).astype(np.float32))  # a file of floats may hold anything


def _cut(file: soundfile.SoundFile, start: int, count: int) -> Audio:
    block: Audio = np.zeros((file.channels, count), np.float32)
    first, last = max(start, 0), min(start + count, file.frames)
    if first < last:
        file.seek(first)
        read = file.read(last - first, dtype="float32", always_2d=True)
        block[:, first - start : first - start + len(read)] = np.nan_to_num(read.T)
    return block


def _read(path: Path, longest_s: float, what: str) -> tuple[Audio, int]:
    with _opened(path, what) as file:
        samples = file.read(round(longest_s * file.samplerate), dtype="float32", always_2d=True).T
        if not samples.size:
            raise BridgeError(f"{what} {path} holds no audio: fetch it again with a new preview")
        return np.nan_to_num(np.broadcast_to(samples[:2], (2, samples.shape[1]))), file.samplerate


def _opened(path: Path, what: str) -> soundfile.SoundFile:
    if not path.is_file():
        raise BridgeError(f"{what} {path} is not there any more: put it back, or ask for a new preview")
    if path.suffix.lower() == ".mp3" and "MP3" not in soundfile.available_formats():
        raise BridgeError(
            f"{what} {path} is an MP3, which libsndfile {soundfile.__libsndfile_version__} cannot read (1.1 can): "
            "pip install --upgrade soundfile, which brings a newer one along"
        )
    try:
        return soundfile.SoundFile(str(path))
    except (OSError, RuntimeError) as exc:
        raise BridgeError(f"{what} {path} cannot be read as audio ({exc})") from exc
