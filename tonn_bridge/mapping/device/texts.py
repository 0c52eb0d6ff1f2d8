"""The words a DAW writes into a scribble strip, read as numbers."""

import math
import re
from dataclasses import dataclass

from tonn_bridge.core.values import MAX_GAIN_DB
from tonn_bridge.mapping.device.model import PanText

_OFF = re.compile(r"-?\s*(?:inf|infinity|oo|∞|off)", re.IGNORECASE)
_DB = re.compile(r"([+-]?)\s*(\d{1,3})(?:[.,](\d{1,2}))?")
_UNIT = re.compile(r"\s*dB?\s*$", re.IGNORECASE)
_BALANCE = re.compile(r"L\s*(\d{1,3})\s*R\s*(\d{1,3})", re.IGNORECASE)
_SIDE = re.compile(r"(?:([LR<])\s*(\d{1,3})|(\d{1,3})\s*%?\s*([LR>]))\s*%?", re.IGNORECASE)
_CENTRE = re.compile(r"<?\s*(?:C|CENT(?:ER|RE|R)?)\s*>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextPan:
    """A pan as it was written: it lies from `low` to `high`, -1 to +1."""

    low: float
    high: float


def gain_text(text: str) -> float | None:
    """The dB in `text` ("-6.5dB", "-6.5", "+0,0", "-oo", "-inf"); -inf for off, None where it is something else."""
    plain = _UNIT.sub("", text.strip())
    if _OFF.fullmatch(plain):
        return -math.inf
    found = _DB.fullmatch(plain)
    if found is None:
        return None
    sign, whole, part = found[1], found[2], found[3]
    if part is None and not sign and plain == text.strip():
        return None  # a bare number may be anything: a track's, a pan's
    db = float(f"{sign}{whole}.{part or 0}")
    return db if db <= MAX_GAIN_DB else None


def pan_text(text: str, form: PanText, full: float) -> TextPan | None:
    """The pan in `text`, whose number at either end is `full`; None where it is something else."""
    plain = text.strip()
    if form is PanText.BALANCE:
        both = _BALANCE.fullmatch(plain)
        if both is None:
            return None
        left, right = int(both[1]), int(both[2])
        return _within((right - left) / full, 1.0 / full) if left + right == full else None
    if form is PanText.NONE:
        return None
    if _CENTRE.fullmatch(plain):
        return _within(0.0, 0.5 / full)
    side = _SIDE.fullmatch(plain)
    if side is None:
        return None
    letter, number = (side[1], side[2]) if side[1] else (side[4], side[3])
    share = int(number) / full
    if share > 1.0:
        return None
    return _within(-share if letter.upper() in "L<" else share, 0.5 / full)


def _within(pan: float, slack: float) -> TextPan:
    return TextPan(max(pan - slack, -1.0), min(pan + slack, 1.0))
