"""Where in the song a preview lies: first roughly on outlines, then to the sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from tonn_bridge.fidelity.audio import OUTLINE_HZ
from tonn_bridge.fidelity.render import Audio

LEAD_S = 0.25
"""How much a preview may begin before the song: what an encoder puts in front is far less."""


@dataclass(frozen=True, slots=True)
class Place:
    """`start_s` in the song, and how alike both are there: 1.0 is the same but for the level, 0.0 has nothing of it."""

    start_s: float
    likeness: float


def find_place(preview: NDArray[np.floating], song: NDArray[np.floating]) -> Place:
    """Where in the outline of `song` that of `preview` lies best; where it lies twice, any of them.

    A place is as good as the preview is like it, however loud the song is there.
    """
    lead = round(LEAD_S * OUTLINE_HZ)
    padded = np.zeros(max(len(song) + lead, 0) + len(preview))
    padded[lead : lead + len(song)] = song
    products = correlate(padded, preview, mode="valid", method="fft")
    power = np.concatenate(([0.0], np.cumsum(padded**2)))
    here = power[len(preview) :] - power[: -len(preview)]
    least = 1e-4 * float(here.max(initial=0.0)) + 1e-20  # what is nearly silent is like everything
    likeness = products / np.sqrt(np.maximum(here, least) * max(float(np.sum(preview**2)), 1e-20))
    best = int(np.argmax(likeness))
    return Place((best - lead) / OUTLINE_HZ, float(likeness[best]))


def find_lag(preview: Audio, mix: Audio) -> tuple[int, float]:
    """The frame of `mix`, which is the longer one, where `preview` begins; and how alike they are from there.

    The channels are added up, so that sides changed over do not matter.
    """
    ours, theirs = mix.sum(axis=0), preview.sum(axis=0)
    products = correlate(ours, theirs, mode="valid", method="fft")
    best = int(np.argmax(products))
    here = ours[best : best + len(theirs)]
    norm = float(np.sqrt(np.vdot(here, here) * np.vdot(theirs, theirs)))
    return best, float(products[best]) / norm if norm > 0.0 else 0.0
