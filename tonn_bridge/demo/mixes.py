"""Mixes as they stand, in the DAW or in the state document, and whether two are the same."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from tonn_bridge.client import Document
from tonn_bridge.demo.report import Finding

EXACT_DB = 0.001
EXACT_PAN = 0.0005
"""What counts as the same: far more than a 32-bit float loses on its way to the DAW and back, and nothing to hear."""


class Mix(NamedTuple):
    """Faders in dB and pans (-1 left .. +1 right), in the order of the tracks; NaN where one is not known."""

    faders_db: Sequence[float]
    pans: Sequence[float]

    @property
    def known(self) -> bool:
        return not any(map(math.isnan, (*self.faders_db, *self.pans)))


def mix_of(document: Document, section: str) -> Mix:
    """The mix in a section of the document's tracks: "user", "proposal" or "current"."""
    sections = [track[section] or {} for track in document["tracks"]]
    return Mix([_number(each.get("gain_db")) for each in sections], [_number(each.get("pan")) for each in sections])


def column(document: Document, key: str) -> list[float]:
    """A number of each track, such as its "adjust_db"; NaN where it is not known."""
    return [_number(track[key]) for track in document["tracks"]]


def half_way(one: Mix, other: Mix) -> Mix:
    """The mix in the middle: of the faders in dB, of the pans in position."""
    return Mix(*([(a + b) / 2.0 for a, b in zip(*pair, strict=True)] for pair in zip(one, other, strict=True)))


def same_mix(names: Sequence[str], wanted: Mix, got: Mix) -> Finding:
    """Whether `got` is exactly `wanted`; if not, which faders and pans are not."""
    faders = same(names, wanted.faders_db, got.faders_db, within=EXACT_DB, unit="dB")
    pans = same(names, wanted.pans, got.pans, within=EXACT_PAN, unit="of pan")
    ok = faders.ok and pans.ok
    return Finding(ok, ", ".join(each.detail for each in (faders, pans) if each.ok == ok))


def same(names: Sequence[str], wanted: Sequence[float], got: Sequence[float], *, within: float, unit: str) -> Finding:
    """Whether each value is as wanted; one that is not known is as wrong as any."""
    rows = list(zip(names, wanted, got, strict=True))
    wrong = [f"{name}: wanted {_said(w)}, got {_said(g)} {unit}" for name, w, g in rows if not abs(w - g) <= within]
    if wrong:
        return Finding(False, ", ".join(wrong))
    return Finding(True, f"within {max(abs(w - g) for _, w, g in rows):.4f} {unit}")


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _said(value: float) -> str:
    return "nothing" if math.isnan(value) else f"{value:+z.3f}"
