"""What a DAW writes beside a dial ("1.20 kHz", "-36,6 dB", "4:1", "inf"), read as a number with its last digit."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tonn_bridge.core.dials import Unit, shown_of, value_of


@dataclass(frozen=True, slots=True)
class Readout:
    """A number in the unit of its dial, ±inf where the DAW says so, and the step of its last digit in that unit."""

    shown: float
    resolution: float


LONGEST: Final = 64
"""No dial shows more characters than this."""

_UNITS: Final[Mapping[str, tuple[Unit, float]]] = MappingProxyType(
    {
        **dict.fromkeys(("hz",), (Unit.HZ, 1.0)),
        **dict.fromkeys(("khz", "k"), (Unit.HZ, 1000.0)),
        **dict.fromkeys(("db", "dbfs"), (Unit.DB, 1.0)),
        **dict.fromkeys(("s", "sec", "secs", "seconds"), (Unit.S, 1.0)),
        **dict.fromkeys(("ms", "msec"), (Unit.MS, 1.0)),
        **dict.fromkeys(("us", "μs", "usec"), (Unit.MS, 0.001)),
        **dict.fromkeys(("q",), (Unit.Q, 1.0)),
        **dict.fromkeys(("oct", "oct.", "octave", "octaves"), (Unit.OCTAVES, 1.0)),
        **dict.fromkeys((":1",), (Unit.RATIO, 1.0)),
    }
)
_KIN: Final = ({Unit.MS, Unit.S}, {Unit.Q, Unit.OCTAVES})
"""Units in which the same quantity can be shown."""

_NUMBER: Final = r"[+-]?(?:inf(?:inity)?|oo|(?:\d[\d ',]*)?[.,]?\d+(?:e[+-]?\d+)?)"
_PLAIN: Final = re.compile(rf"(?:q\s*[:=]?\s*)?({_NUMBER})\s*([a-zμ]+\.?)?", re.ASCII)
_RATIO: Final = re.compile(rf"({_NUMBER})\s*:\s*({_NUMBER})", re.ASCII)
_KILO: Final = re.compile(r"(\d+)k(\d+)\s*(?:hz)?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:([ ',])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
_ONE_FRACTION: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII)


def readout(text: str, own: Unit) -> Readout | None:
    """What `text` says, in the unit `own` of its dial; a number without a unit is in that one already.

    None for what is no number, and for a number in a unit that cannot be converted into `own`. A ratio may stand either
    way round: "4:1" and "1:4" are both 4.
    """
    plain = _plain(text)
    if plain is None:
        return None
    if ratio := _RATIO.fullmatch(plain):
        return _ratio(ratio[1], ratio[2]) if own is Unit.RATIO else None
    if kilo := _KILO.fullmatch(plain):
        return _in_own(f"{kilo[1]}.{kilo[2]}", Unit.HZ, 1000.0, own)
    if number := _PLAIN.fullmatch(plain):
        unit, factor = _UNITS.get(number[2], (None, 1.0)) if number[2] else (own, 1.0)
        return None if unit is None else _in_own(number[1], unit, factor, own)
    return None


def _plain(text: str) -> str | None:
    """`text` in small letters, with one kind of minus, space and infinity, and without a note in brackets."""
    if len(text) > LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().translate({0x2212: "-", 0x2013: "-", 0x2019: "'"})
    plain = re.sub(r"\s*\([^)]*\)\s*$", "", plain.replace("∞", "inf"))
    return re.sub(r"^([+-])\s+", r"\1", " ".join(plain.split()))


def _ratio(left: str, right: str) -> Readout | None:
    first, second = _digits(left, grouped=False), _digits(right, grouped=False)
    if first is None or second is None:
        return None
    if first.shown == second.shown == 1.0:
        return min(first, second, key=lambda read: read.resolution)
    if first.shown == 1.0:
        return second
    return first if second.shown == 1.0 else None


def _in_own(number: str, unit: Unit, factor: float, own: Unit) -> Readout | None:
    whole = factor == 1.0 and unit in (Unit.HZ, Unit.MS)  # no DAW writes a thousandth of those: "1,200 Hz" is 1200
    found = _digits(number, grouped=whole)
    if found is None:
        return None
    shown, resolution = found.shown * factor, found.resolution * factor
    if unit is own:
        return Readout(shown, resolution)
    if not any(unit in kin and own in kin for kin in _KIN) or not 0.0 < shown < math.inf:
        return None
    here, next_to_it = (shown_of(own, value_of(unit, number)) for number in (shown, shown + resolution))
    return Readout(here, abs(next_to_it - here)) if math.isfinite(here) else None


def _digits(number: str, *, grouped: bool) -> Readout | None:
    """A number as it is written; `grouped`: whether a comma before three digits stands between thousands."""
    if "inf" in number or "oo" in number:
        return Readout(-math.inf if number.startswith("-") else math.inf, 0.0)
    thousands = _THOUSANDS.fullmatch(number)
    if thousands and (grouped or thousands[1] != ","):
        number = number.replace(thousands[1], "")
    if not _ONE_FRACTION.fullmatch(number):
        return None
    mantissa, _, power = number.replace(",", ".").partition("e")
    decimals = len(mantissa.partition(".")[2]) - (int(power) if power else 0)
    shown = float(number.replace(",", "."))
    return Readout(shown, 10.0**-decimals) if math.isfinite(shown) and abs(decimals) < 100 else None
