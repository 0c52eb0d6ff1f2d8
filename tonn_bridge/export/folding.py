"""Where a file has no place for Tonn's trim, and how gains are written as factors."""

import math
from dataclasses import replace

from tonn_bridge.core import MAX_GAIN_DB, TonnSettings


def folded(settings: TonnSettings) -> TonnSettings:
    """The same sound without a trim: it is in the fader, and the threshold has moved by as much the other way."""
    if not settings.trim_db:
        return settings
    comp = settings.comp
    if comp is not None and comp.threshold_db is not None:
        comp = replace(comp, threshold_db=min(max(comp.threshold_db - settings.trim_db, -60.0), 0.0))
    gain_db = min((settings.gain_db or 0.0) + settings.trim_db, MAX_GAIN_DB)
    return replace(settings, gain_db=gain_db, trim_db=0.0, comp=comp)


def linear(gain_db: float) -> float:
    """A gain in dB as a factor; off is 0."""
    return 0.0 if gain_db == -math.inf else 10.0 ** (gain_db / 20.0)
