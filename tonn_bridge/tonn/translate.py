"""Tonn's settings to core values and back, side by side so that the two cannot drift apart.

Sources: the vendor's effects guide, tutorial and public client; its samples where they contradict its texts.
What is no number counts as not said. What lies outside its range is limited, and the limit is recorded.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tonn_bridge.core.values import MAX_GAIN_DB, Compressor, EqBand, Limit, Pan, TonnSettings
from tonn_bridge.errors import RangeError, TonnRejected
from tonn_bridge.tonn.urls import file_name
from tonn_bridge.tonn.wire import (
    MAX_TRACKS,
    MIN_TRACKS,
    CompressionWire,
    EqBandWire,
    FinalData,
    FinalRequest,
    FinalTrack,
    MusicalStyle,
    PanningWire,
    PreviewData,
    PreviewRequest,
    PreviewTrack,
)

MAX_ANGLE_DEG = 60.0
MAX_TRIM_DB = 60.0
MIN_MOVE_DB, MAX_MOVE_DB = -60.0, 12.0
NO_WEBHOOK = "https://tonn-bridge.invalid/"
"""A call-back URL is mandatory; this one (RFC 2606) leads nowhere, so that signed URLs are told to nobody."""

_ATTACK_S, _RELEASE_S = (0.0001, 0.1), (0.001, 1.0)
_PER_SECOND = {"s": 1.0, "ms": 1000.0}


@dataclass(frozen=True, slots=True)
class Units:
    """How the service means its compressor times, whatever the keys say, and which side a negative pan angle is.

    `trim`: whether `initial_gain` is a part of the mix, or to be passed over.
    """

    times: Literal["auto", "s", "ms"] = "auto"
    pan: Literal["left_negative", "left_positive"] = "left_negative"
    trim: Literal["apply", "ignore"] = "apply"


@dataclass(frozen=True, slots=True)
class FinalMove:
    """What the user did to a track since the preview; only what is set is sent, the rest stays as it was heard.

    `gain_db` is relative to the preview; -inf (a muted track) goes as -60 dB.
    """

    number: int
    track_url: str = field(repr=False)
    gain_db: float
    pan: Pan | None = None
    eq: tuple[EqBand, ...] | None = None
    comp: Compressor | None = None


def translate(
    settings: Mapping[str, object], tracks: Sequence[tuple[int, str]], units: Units
) -> dict[int, TonnSettings]:
    """The settings of each track (number, URL), found under its file name in the reply.

    Raises:
        TonnRejected: a track without settings, settings without a track, or a doubt; the message names them all.
    """
    sections = _matched(settings, tracks)
    return {number: _track(section, units) for number, section in sections.items()}


def preview_request(
    tracks: Sequence[PreviewTrack], style: MusicalStyle, sample_rate: int, return_stems: bool, webhook_url: str | None
) -> PreviewRequest:
    """The body that asks for a preview of 2 to 32 tracks; `sample_rate` in Hz.

    Raises:
        TonnRejected: fewer or more tracks.
    """
    if not MIN_TRACKS <= len(tracks) <= MAX_TRACKS:
        raise TonnRejected(f"a preview takes {MIN_TRACKS} to {MAX_TRACKS} tracks, not {len(tracks)}")
    return PreviewRequest(
        data=PreviewData(
            tracks=list(tracks),
            style=style,
            sample_rate=str(sample_rate),
            return_stems=return_stems,
            webhook_url=webhook_url or NO_WEBHOOK,
        )
    )


def final_request(
    task_id: str,
    moves: Sequence[FinalMove],
    *,
    sample_rate: int,
    return_stems: bool,
    webhook_url: str | None,
) -> tuple[FinalRequest, dict[int, tuple[Limit, ...]]]:
    """The body that asks for a final mix, and for each track whose move could not be sent as it is, the limits.

    Angles are negative on the left and times in ms whatever Tonn's answers look like: of requests the documents say so.

    Raises:
        TonnRejected: no track, or more than 32.
    """
    if not 1 <= len(moves) <= MAX_TRACKS:
        raise TonnRejected(f"a final mix takes 1 to {MAX_TRACKS} tracks, not {len(moves)}")
    limits: dict[int, list[Limit]] = {move.number: [] for move in moves}
    request = FinalRequest(
        data=FinalData(
            task_id=task_id,
            tracks=[_final_track(move, limits[move.number]) for move in moves],
            return_stems=return_stems,
            sample_rate=str(sample_rate),
            webhook_url=webhook_url,
        )
    )
    return request, {number: tuple(found) for number, found in limits.items() if found}


# which section is whose


def _matched(settings: Mapping[str, object], tracks: Sequence[tuple[int, str]]) -> dict[int, Mapping[str, object]]:
    problems: list[str] = []
    claims: dict[int, list[str]] = {number: [] for number, _ in tracks}
    for key in settings:
        owners = _owners(str(key), tracks)
        if len(owners) == 1:
            claims[owners[0]].append(key)
        elif owners:
            problems.append(f'"{_key(key)}" could be track {" or ".join(map(str, owners))}')
        else:
            problems.append(f'"{_key(key)}" is none of the tracks')
    for number, url in tracks:
        if len(claims[number]) != 1:
            found = " and ".join(f'"{_key(key)}"' for key in claims[number]) or "nothing"
            problems.append(f"track {number} ({file_name(url)}) has {found}")
    if problems:
        raise TonnRejected(
            f"Tonn's settings do not fit the session: {'; '.join(problems)}. Nothing is set; ask for a new preview"
        )
    return {
        number: section if isinstance(section := settings[keys[0]], dict) else {} for number, keys in claims.items()
    }


def _owners(key: str, tracks: Sequence[tuple[int, str]]) -> list[int]:
    """The tracks a reply's key may mean: by its whole URL, else by file name, else by file name without extension."""
    for same in (_same_url, _same_name, _same_stem):
        if owners := [number for number, url in tracks if same(key, url)]:
            return owners
    return []


def _same_url(key: str, url: str) -> bool:
    return "://" in key and key.partition("?")[0] == url.partition("?")[0]  # a signature may have been renewed


def _same_name(key: str, url: str) -> bool:
    return file_name(url) in (key, file_name(key))


def _same_stem(key: str, url: str) -> bool:
    return file_name(url).rpartition(".")[0] in (key, file_name(key))


def _key(key: object) -> str:
    return file_name(str(key))[:80]


# from Tonn


def _track(section: Mapping[str, object], units: Units) -> TonnSettings:
    limits: list[Limit] = []
    gains = _part(section, "gain_settings")
    return TonnSettings(
        gain_db=_gain_db(gains, limits),
        trim_db=_trim_db(gains, limits) if units.trim == "apply" else 0.0,
        pan=_pan(_part(section, "panning_settings"), units, limits),
        eq=tuple(_bands(section.get("eq_settings"), limits)),
        comp=_compressor(_part(section, "drc_settings", "compression_settings"), units, limits),
        limited=tuple(limits),
    )


def _gain_db(gains: Mapping[str, object], limits: list[Limit]) -> float | None:
    """Tonn's fader; `gain_amplitude` says the same in linear terms, and 0 there is off."""
    gain_db = _number(gains, "gain_db")
    amplitude = _number(gains, "gain_amplitude")
    if gain_db is None and amplitude is not None and amplitude >= 0.0:
        gain_db = _decibels(amplitude)
    if gain_db is None or gain_db <= MAX_GAIN_DB:
        return gain_db
    return _limited("gain_db", gain_db, -math.inf, MAX_GAIN_DB, limits)


def _trim_db(gains: Mapping[str, object], limits: list[Limit]) -> float:
    """What Tonn does to the audio before EQ and compressor; 0 dB where it does not say."""
    factor = _number(gains, "initial_gain")
    if factor is None or factor <= 0.0:
        return 0.0
    return _limited("trim_db", _decibels(factor), -MAX_TRIM_DB, MAX_TRIM_DB, limits)


def _pan(panning: Mapping[str, object], units: Units, limits: list[Limit]) -> Pan | None:
    angle = _number(panning, "panning_angle")
    if angle is None:
        return None
    sign = 1.0 if units.pan == "left_negative" else -1.0
    position = _limited("pan", sign * angle / MAX_ANGLE_DEG, -1.0, 1.0, limits)
    return Pan(position + 0.0)  # -0.0 + 0.0 is 0.0


def _bands(section: object, limits: list[Limit]) -> Iterator[EqBand]:
    """The bands in the order of their numbers. A bell needs all three values; one with fewer is left out, recorded."""
    for band, values in sorted(_numbered(section).items()):
        freq, gain, q = (_number(values, "centre_freq"), _number(values, "gain"), _number(values, "q"))
        if gain is None:
            continue
        if freq is None or q is None:
            limits.append(Limit(f"eq.{band}.gain_db", gain, 0.0, "Tonn sent half a band, without frequency or Q"))
            continue
        yield EqBand(
            band,
            _limited(f"eq.{band}.freq_hz", freq, 20.0, 20_000.0, limits),
            _limited(f"eq.{band}.gain_db", gain, -20.0, 20.0, limits),
            _limited(f"eq.{band}.q", q, 0.1, 10.0, limits),
        )


def _numbered(section: object) -> dict[int, Mapping[str, object]]:
    """The bands by number, however they are called: `band_1`, `Band1`, `1`, or one after the other in a list."""
    named: Iterable[tuple[object, object]]
    if isinstance(section, dict):
        named = section.items()
    elif isinstance(section, list):
        named = enumerate(section, start=1)
    else:
        return {}
    found: dict[int, Mapping[str, object]] = {}
    for name, values in named:
        match = re.fullmatch(r"(?:band)?[ _-]?([0-9]{1,2})", str(name), re.IGNORECASE)
        if match and isinstance(values, dict):
            found.setdefault(int(match[1]), values)
    return found


def _compressor(drc: Mapping[str, object], units: Units, limits: list[Limit]) -> Compressor | None:
    threshold, ratio = _number(drc, "threshold"), _number(drc, "ratio")
    attack, release = _times(_number(drc, "attack_ms"), _number(drc, "release_ms"), units)
    if threshold is None and ratio is None and attack is None and release is None:
        return None
    return Compressor(
        threshold if threshold is None else _limited("threshold_db", threshold, -60.0, 0.0, limits),
        ratio if ratio is None else _limited("ratio", ratio, 1.0, 20.0, limits),
        attack if attack is None else _limited("attack_s", attack, *_ATTACK_S, limits),
        release if release is None else _limited("release_s", release, *_RELEASE_S, limits),
    )


def _times(attack: float | None, release: float | None, units: Units) -> tuple[float | None, float | None]:
    """Attack and release in seconds; 0 or less means unknown. Both are read in the one unit that fits them better."""
    attack, release = (time if time is not None and time > 0.0 else None for time in (attack, release))
    unit = units.times if units.times != "auto" else _unit(attack, release)
    per_second = _PER_SECOND[unit]
    return (
        None if attack is None else attack / per_second,
        None if release is None else release / per_second,
    )


def _unit(attack: float | None, release: float | None) -> Literal["s", "ms"]:
    """The unit in which more of the two lie within the vendor's ranges; where both do alike, the release decides.

    The vendor's own sample (0.074, 0.022) lies below both minima in ms, and within both ranges in seconds.
    """
    fitting_s, fitting_ms = (
        _fits(attack, _ATTACK_S, per_second) + _fits(release, _RELEASE_S, per_second)
        for per_second in _PER_SECOND.values()
    )
    if fitting_s != fitting_ms:
        return "s" if fitting_s > fitting_ms else "ms"
    return "s" if release is not None and release < 1.0 else "ms"


def _fits(time: float | None, allowed_s: tuple[float, float], per_second: float) -> bool:
    return time is not None and allowed_s[0] <= time / per_second <= allowed_s[1]


# to Tonn


def _final_track(move: FinalMove, limits: list[Limit]) -> FinalTrack:
    return FinalTrack(
        track_url=move.track_url,
        gain_db=_move_db(move.gain_db, limits),
        panning=None if move.pan is None else PanningWire(panning_angle=move.pan.position * MAX_ANGLE_DEG + 0.0),
        eq={f"band_{band.band}": _band_wire(band) for band in move.eq} if move.eq else None,
        compression=None if move.comp is None else _compression_wire(move.comp, limits),
    )


def _move_db(gain_db: float, limits: list[Limit]) -> float:
    if math.isnan(gain_db):
        raise RangeError("gain move", gain_db, f"{MIN_MOVE_DB:g}..{MAX_MOVE_DB:+g} dB")
    return MIN_MOVE_DB if gain_db == -math.inf else _limited("gain_db", gain_db, MIN_MOVE_DB, MAX_MOVE_DB, limits)


def _band_wire(band: EqBand) -> EqBandWire:
    return EqBandWire(gain=band.gain_db, q=band.q, centre_freq=band.freq_hz)


def _compression_wire(comp: Compressor, limits: list[Limit]) -> CompressionWire | None:
    """All four values, times in ms; with one unknown it cannot be sent, and stays as the preview had it."""
    if comp.threshold_db is None or comp.ratio is None or comp.attack_s is None or comp.release_s is None:
        if comp.ratio is not None:
            limits.append(Limit("ratio", comp.ratio, comp.ratio, "not sent: Tonn never told all of this compressor"))
        return None
    return CompressionWire(
        threshold=comp.threshold_db,
        ratio=comp.ratio,
        attack_ms=min(max(comp.attack_s * 1000.0, 0.1), 100.0),  # only rounding can lie outside
        release_ms=min(max(comp.release_s * 1000.0, 1.0), 1000.0),
    )


# numbers


def _part(section: Mapping[str, object], *names: str) -> Mapping[str, object]:
    return next((part for name in names if isinstance(part := section.get(name), dict)), {})


def _number(values: Mapping[str, object], key: str) -> float | None:
    """The finite number under `key`, which may be written as text; None for anything else."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _limited(parameter: str, wanted: float, low: float, high: float, limits: list[Limit]) -> float:
    got = min(max(wanted, low), high)
    if got != wanted:
        limits.append(Limit(parameter, wanted, got, f"Tonn's range is {low:g} to {high:g}"))
    return got


def _decibels(factor: float) -> float:
    return 20.0 * math.log10(factor) if factor > 0.0 else -math.inf
