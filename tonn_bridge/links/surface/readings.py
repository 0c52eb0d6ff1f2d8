"""A track's equaliser and compressor, as Tonn proposes them or a hand has turned them, one value to an encoder."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tonn_bridge.core import Compressor, EqBand
from tonn_bridge.core.mix import TrackView
from tonn_bridge.links.surface.scene import DARK, Page, Ring
from tonn_bridge.links.surface.values import (
    change_text,
    db_text,
    hz_text,
    q_text,
    ratio_text,
    time_text,
    unknown,
)
from tonn_bridge.protocols.surface import RingMode

EQ_GAIN_SHOWN_DB = 12.0
"""The end of a ring that shows an EQ gain: where Tonn's effects guide ends it. The text shows more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value on an encoder: its name, itself in words, and its place in its range."""

    name: str
    text: str
    ring: Ring


def readings(track: TrackView | None, page: Page, width: int) -> tuple[Reading, ...]:
    """What `page` holds of a track, the text in at most `width` characters; empty where nothing is proposed."""
    if track is None or track.proposal is None:
        return ()
    if page is Page.EQ:
        return tuple(reading for band in track.eq for reading in _band(band, width))
    if page is Page.COMPRESSOR and track.comp is not None:
        return tuple(_compressor(track.comp, width))
    return ()


def value_count(track: TrackView, page: Page) -> int:
    """How many values `page` holds of a track."""
    if track.proposal is None:
        return 0
    if page is Page.EQ:
        return 3 * len(track.eq)
    return 4 if page is Page.COMPRESSOR and track.comp is not None else 0


def _band(band: EqBand, width: int) -> tuple[Reading, ...]:
    shown_db = min(max(band.gain_db / EQ_GAIN_SHOWN_DB, -1.0), 1.0)
    return (
        Reading(f"Freq {band.band}", hz_text(band.freq_hz, width), _fan(_octaves(band.freq_hz, 20.0, 20_000.0))),
        Reading(
            f"Gain {band.band}",
            change_text(band.gain_db, width),
            Ring(RingMode.BOOST_CUT, round((shown_db + 1.0) / 2.0, 2)),
        ),
        Reading(f"Q {band.band}", q_text(band.q, width), _fan(_octaves(band.q, 0.1, 10.0))),
    )


def _compressor(comp: Compressor, width: int) -> Iterator[Reading]:
    yield _reading("Thresh", comp.threshold_db, db_text, width, lambda db: 1.0 + db / 60.0)
    yield _reading("Ratio", comp.ratio, ratio_text, width, lambda ratio: (ratio - 1.0) / 19.0)
    yield _reading("Attack", comp.attack_s, time_text, width, lambda s: _octaves(s, 0.0001, 0.1))
    yield _reading("Release", comp.release_s, time_text, width, lambda s: _octaves(s, 0.001, 1.0))


def _reading(
    name: str, value: float | None, text: Callable[[float, int], str], width: int, place: Callable[[float], float]
) -> Reading:
    if value is None:
        return Reading(name, unknown(width), DARK)
    return Reading(name, text(value, width), _fan(place(value)))


def _octaves(value: float, low: float, high: float) -> float:
    """How far `value` is from `low` to `high`, each octave as wide as the next."""
    return math.log(value / low) / math.log(high / low)


def _fan(place: float) -> Ring:
    return Ring(RingMode.FAN, round(place, 2))
