"""How settings are spelled in answers: Tonn's shape, in the units a test asks for."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tonn_bridge.sandbox.mixing.strip import Strip, amplitude


class Units(BaseModel):
    """What the real service leaves in doubt, as switches.

    `times`: compressor times under the `_ms` keys in seconds (as in the vendor's sample) or in ms. `pan`: the sign of
    the angle. `trim`: whether `initial_gain` is told; if not, the gain and the threshold carry it, so that the settings
    still describe the same sound. Requests are always read as the effects guide says: ms, negative = left.
    """

    model_config = ConfigDict(extra="forbid")

    times: Literal["s", "ms"] = "s"
    pan: Literal["left_negative", "left_positive"] = "left_negative"
    trim: bool = True


def mix_output_settings(strips: Iterable[tuple[str, Strip]], units: Units) -> dict[str, Any]:
    """`mix_output_settings` for (file name, strip) pairs; of two stems with one name the later stays, as with Tonn."""
    return {name: _spell(strip, units) for name, strip in strips}


def _spell(strip: Strip, units: Units) -> dict[str, Any]:
    folded_db = 0.0 if units.trim else strip.trim_db
    gain_db = strip.gain_db + folded_db
    gain = {"gain_db": round(gain_db, 4), "gain_amplitude": round(amplitude(gain_db), 6)}
    if units.trim:
        gain["initial_gain"] = round(amplitude(strip.trim_db), 6)
    scale = 1.0 if units.times == "s" else 1000.0
    return {
        "gain_settings": gain,
        "panning_settings": {"panning_angle": strip.pan_deg if units.pan == "left_negative" else 0.0 - strip.pan_deg},
        "eq_settings": {
            f"band_{number}": {"centre_freq": bell.freq_hz, "gain": bell.gain_db, "q": bell.q}
            for number, bell in enumerate(strip.eq, start=1)
        },
        "drc_settings": {
            "threshold": round(min(0.0, strip.comp.threshold_db - folded_db), 4),
            "ratio": strip.comp.ratio,
            "attack_ms": round(strip.comp.attack_s * scale, 6),
            "release_ms": round(strip.comp.release_s * scale, 6),
        },
    }
