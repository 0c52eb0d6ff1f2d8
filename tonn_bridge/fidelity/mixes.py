"""Mixes of an excerpt: every reading of the settings at once, one stem after the other."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonn_bridge.core import Compressor, TonnSettings
from tonn_bridge.fidelity.audio import outline, read_excerpt
from tonn_bridge.fidelity.evidence import Track
from tonn_bridge.fidelity.readings import Reading
from tonn_bridge.fidelity.render import Audio, amplitude, bells, equalised, levels_db, pan_gains, ride

_READERS = 4


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the song, in frames at `rate`; `start` may lie before the song's own."""

    rate: int
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class Mixed:
    """A reading's mix of a window, and by how much each track's compressor turns it down at most."""

    reading: Reading
    sound: Audio
    deepest_db: dict[int, float]


def mix_all(tracks: Sequence[Track], readings: Sequence[Reading], window: Window) -> list[Mixed]:
    """The mix of every reading. Each stem is read and equalised once; only one is in memory at a time.

    Raises:
        BridgeError: a stem cannot be read.
    """
    mixes = [Mixed(each, np.zeros((2, window.frames), np.float32), {}) for each in readings]
    for track in tracks:
        strip = _Strip(track, readings[0].settings[track.number], window)
        for mixed in mixes:
            settings = mixed.reading.settings[track.number]
            ridden, mixed.deepest_db[track.number] = strip.ridden(settings)
            for side, factor in enumerate(factors(settings)):
                mixed.sound[side] += np.float32(factor) * ridden[side % len(ridden)]
    return mixes


def strips(tracks: Sequence[Track], settings: Mapping[int, TonnSettings], window: Window) -> Iterator[Audio]:
    """Each track's sound up to its fader, in one channel or two. Raises as `mix_all` does."""
    for track in tracks:
        yield _Strip(track, settings[track.number], window).ridden(settings[track.number])[0]


def factors(settings: TonnSettings) -> tuple[float, float]:
    """What trim, fader and pan together make of a strip's sound, left and right."""
    left, right = pan_gains(settings.pan)
    whole = amplitude(settings.trim_db + (settings.gain_db or 0.0))
    return whole * left, whole * right


def song_outline(tracks: Sequence[Track], settings: Mapping[int, TonnSettings]) -> NDArray[np.float32]:
    """The whole song roughly as it is mixed, at `OUTLINE_HZ`: levels alone, no EQ and no compressor."""
    with ThreadPoolExecutor(_READERS, thread_name_prefix="outline") as readers:  # reading releases the GIL
        lines = list(readers.map(outline, map(_file, tracks)))
    song = np.zeros(max(map(len, lines)), np.float32)
    for track, line in zip(tracks, lines, strict=True):
        song[: len(line)] += line * np.float32(sum(factors(settings[track.number])))
    return song


class _Strip:
    """One stem after its bells; the EQ is the same in every reading, so it is done once."""

    def __init__(self, track: Track, settings: TonnSettings, window: Window) -> None:
        stem = read_excerpt(_file(track), window.rate, window.start, window.frames)
        self._sound = equalised(stem, bells(settings.eq, window.rate))
        self._levels_db = levels_db(self._sound, window.rate)
        self._rate = window.rate
        self._ridden: dict[tuple[float, Compressor | None], tuple[Audio, float]] = {}

    def ridden(self, settings: TonnSettings) -> tuple[Audio, float]:
        """The sound after the compressor, and the most it takes away in dB. The trim is heard by the compressor here,
        and put on with the fader: the bells do not mind."""
        key = settings.trim_db, settings.comp
        if key not in self._ridden:
            riding = ride(self._levels_db + settings.trim_db, settings.comp, self._rate)
            self._ridden[key] = riding.on(self._sound), riding.deepest_db
        return self._ridden[key]


def _file(track: Track) -> Path:
    assert track.file is not None  # tracks without one are left out before
    return track.file
