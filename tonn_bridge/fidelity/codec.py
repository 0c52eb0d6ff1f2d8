"""What an MP3 alone takes away: the mark against which a residual is to be read."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tonn_bridge.fidelity.compare import decibels, fitted_gain, residual_db
from tonn_bridge.fidelity.render import Audio

_SLOWEST, _FASTEST = 32_000, 320_000
"""Bits per second of an MP3 at 32 kHz and above; libsndfile's compression level runs evenly between them."""


@dataclass(frozen=True, slots=True)
class Coded:
    """An MP3 of a mix against the mix itself: the gain that fits best, and what is left then."""

    gain_db: float
    residual_db: float


def as_mp3(preview: Path, mix: Audio, rate: int) -> Coded | None:
    """What an MP3 of the preview's own bit rate makes of `mix`; None where there is none to tell.

    A preview that is no MP3, and a libsndfile or soundfile that cannot make one, have none.
    """
    if preview.suffix.lower() != ".mp3" or not hasattr(soundfile.SoundFile, "bitrate_mode"):
        return None
    bits_per_s = preview.stat().st_size * 8 / soundfile.info(str(preview)).duration
    level = (_FASTEST - min(max(bits_per_s, _SLOWEST), _FASTEST)) / (_FASTEST - _SLOWEST)
    coded = io.BytesIO()
    try:
        soundfile.write(
            coded, mix.T, rate, format="MP3", subtype="MPEG_LAYER_III", compression_level=level, bitrate_mode="AVERAGE"
        )
        coded.seek(0)
        back = soundfile.read(coded, dtype="float32", always_2d=True)[0].T
    except soundfile.LibsndfileError:  # a rate that MP3 has not
        return None
    frames = min(back.shape[1], mix.shape[1])
    whole, back = mix[:, :frames], back[:, :frames]
    gain = fitted_gain(whole, back)
    return Coded(decibels(gain**2), residual_db(whole, np.float32(gain) * back))
