"""From stems and strips to files: the mix, and each stem as it stands in the mix."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tonn_bridge.sandbox.mixing.effects import StripState
from tonn_bridge.sandbox.mixing.measure import Stopped
from tonn_bridge.sandbox.mixing.stems import Audio, StemReader
from tonn_bridge.sandbox.mixing.strip import Strip, amplitude

_BLOCK_S = 5
_CEILING_DB = -0.1
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which part of a song to render, in whole seconds from the start; `seconds` None means to the end."""

    start: int = 0
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Files to write: the mix, and one per stem where wanted (as many as there are stems, else none)."""

    mix: Path
    stems: tuple[Path, ...]
    rate: int
    format: str
    subtype: str


def mp3(mix: Path, stems: Sequence[Path], rate: int) -> Output:
    """Files of a preview."""
    return Output(mix, tuple(stems), rate, "MP3", "MPEG_LAYER_III")


def wav(mix: Path, stems: Sequence[Path], rate: int) -> Output:
    """Files of a final: 16 bit at 44.1 kHz, 24 bit above (as the vendor's client says)."""
    return Output(mix, tuple(stems), rate, "WAV", "PCM_16" if rate == 44_100 else "PCM_24")


def render(
    sources: Sequence[Path], strips: Sequence[Strip], excerpt: Excerpt, output: Output, stopped: Callable[[], bool]
) -> float:
    """Write the files, and answer the clip guard in dB: 0.0 when everything fits, as it nearly always does.

    The sum is taken as it is, with no normalising, so that a strip's gain arrives in the mix as it was set. Only where
    the mix or a stem would pass -0.1 dBFS all files are turned down by the same amount, which is the answer (negative).
    Files appear under their names only when whole.

    Raises:
        Stopped: `stopped()` became true.
    """
    output.mix.parent.mkdir(parents=True, exist_ok=True)
    targets = (output.mix, *output.stems)
    floats = [path.with_name(f"{path.name}.float") for path in targets]
    peak = _render_floats(sources, strips, excerpt, output.rate, floats, stopped)
    guard_db = min(0.0, _CEILING_DB - 20.0 * float(np.log10(max(peak, 1e-9))))
    for source, target in zip(floats, targets, strict=True):
        _encode(source, target, output, amplitude(guard_db), stopped)
        source.unlink()
    return round(guard_db, 3)


def _render_floats(
    sources: Sequence[Path],
    strips: Sequence[Strip],
    excerpt: Excerpt,
    rate: int,
    floats: Sequence[Path],
    stopped: Callable[[], bool],
) -> float:
    """Write mix and stems as 32 bit float; the highest peak of any of them."""
    peak = 0.0
    with ExitStack() as stack:
        readers = [stack.enter_context(StemReader(path, rate)) for path in sources]
        states = [StripState(strip, rate, reader.channels) for strip, reader in zip(strips, readers, strict=True)]
        mix_file, *stem_files = [stack.enter_context(_float_file(path, rate)) for path in floats]
        workers = stack.enter_context(ThreadPoolExecutor(_WORKERS, thread_name_prefix="render"))

        def through_strip(index: int, start: int, count: int) -> Audio:
            return states[index].process(readers[index].read(start, count))

        for start, count in _blocks(excerpt, rate, max(reader.frames for reader in readers)):
            if stopped():
                raise Stopped
            mix = np.zeros((2, count))
            sounds = workers.map(lambda index, at=start, n=count: through_strip(index, at, n), range(len(readers)))
            for index, sound in enumerate(sounds):
                mix += sound
                if stem_files:
                    stem_files[index].write(sound.T)
                    peak = max(peak, float(np.abs(sound).max()))
            mix_file.write(mix.T)
            peak = max(peak, float(np.abs(mix).max()))
    return peak


def _blocks(excerpt: Excerpt, rate: int, frames: int) -> Iterator[tuple[int, int]]:
    """(first frame, number of frames) of each block; every block starts on a whole second."""
    end = frames if excerpt.seconds is None else min(frames, (excerpt.start + excerpt.seconds) * rate)
    for start in range(excerpt.start * rate, end, _BLOCK_S * rate):
        yield start, min(_BLOCK_S * rate, end - start)


def _float_file(path: Path, rate: int) -> soundfile.SoundFile:
    return soundfile.SoundFile(str(path), "w", rate, 2, format="W64", subtype="FLOAT")


def _encode(source: Path, target: Path, output: Output, factor: float, stopped: Callable[[], bool]) -> None:
    part = target.with_name(f"{target.name}.part")
    with (
        soundfile.SoundFile(str(source)) as floats,
        soundfile.SoundFile(str(part), "w", output.rate, 2, format=output.format, subtype=output.subtype) as encoded,
    ):
        while len(block := floats.read(output.rate, dtype="float32")):
            if stopped():
                raise Stopped
            encoded.write(block * np.float32(factor))
    part.replace(target)
