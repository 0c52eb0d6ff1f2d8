"""Measuring what arrived: how loud each stem is in a finished mix, found from the audio alone."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from tonn_bridge.errors import BridgeError

BLOCK_FRAMES = 1 << 17
FLOOR_DB = -150.0
"""What is said of a stem that is not there at all."""


@dataclass(frozen=True, slots=True)
class StemGains:
    """How much of each stem a mix holds, and of anything else.

    `gains_db`: each stem's gain in the mix against the stem's own file, -150 where it is not there (or upside down).
    `rest_db`: the level of what is in the mix and in none of the stems, against the mix.
    """

    gains_db: tuple[float, ...]
    rest_db: float


def stem_gains(mix: Path, stems: Sequence[Path]) -> StemGains:
    """Find by least squares the gains with which `stems` add up to `mix`.

    Exact where the mix is a sum of these stems, however much they overlap in time and in frequency; all files must
    have the same rate, channels and length.

    Raises:
        BridgeError: they have not, or one cannot be read; the message names it.
    """
    products = sum(block @ block.T for block in _blocks([*stems, mix]))
    assert isinstance(products, np.ndarray)
    among_stems, with_mix, mix_power = products[:-1, :-1], products[:-1, -1], float(products[-1, -1])
    factors = np.linalg.lstsq(among_stems, with_mix, rcond=None)[0]
    rest_power = mix_power - float(factors @ with_mix)
    return StemGains(
        gains_db=tuple(_decibels(max(float(factor), 0.0) ** 2) for factor in factors),
        rest_db=_decibels(rest_power / mix_power) if mix_power > 0.0 else FLOOR_DB,
    )


def _blocks(paths: Sequence[Path]) -> Iterator[npt.NDArray[np.float64]]:
    """The files side by side, a row each, their channels end to end, some seconds at a time."""
    with ExitStack() as stack:
        files = [_opened(path, stack) for path in paths]
        for path, file in zip(paths, files, strict=True):
            if (file.samplerate, file.channels, file.frames) != (
                files[-1].samplerate, files[-1].channels, files[-1].frames,
            ):  # fmt: skip
                raise BridgeError(f"{path.name} and {paths[-1].name} differ in rate, channels or length")
        for _ in range(0, files[-1].frames, BLOCK_FRAMES):
            yield np.stack([file.read(BLOCK_FRAMES, always_2d=True).T.ravel() for file in files])


def _opened(path: Path, stack: ExitStack) -> soundfile.SoundFile:
    try:
        return stack.enter_context(soundfile.SoundFile(str(path)))
    except (OSError, RuntimeError) as exc:
        raise BridgeError(f"{path.name} cannot be read as audio: {exc}") from exc


def _decibels(power: float) -> float:
    return max(10.0 * float(np.log10(max(power, 1e-15))), FLOOR_DB)
