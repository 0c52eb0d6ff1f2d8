"""What stands in a `mix.tonn.json`, and the way between that and a mix.

All units are in the keys: dB, Hz, seconds, Q as Q, ratio as n in n:1, pan from -1 (left) to 1 (right). What is not
known is null, and a fader that is off stands at -150 dB.
"""

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from tonn_bridge.core import MAX_GAIN_DB, Compressor, EqBand, GainMode, Pan, TonnSettings
from tonn_bridge.core.portable import Hand, PortableMix, PortableTrack, Provenance, StemFacts
from tonn_bridge.errors import FileError

SCHEMA_ID = "https://tonn-bridge.invalid/mix.tonn.schema.json"
"""The schema's name; nothing is fetched from there (RFC 2606)."""

FORMAT: Final = "tonn-bridge mix"

MAX_BYTES = 1 << 20
"""32 tracks with all that can be in them are a tenth of this."""

OFF_DB = -150.0

_NO_MIX = "is no mix.tonn.json; write one with `tonn-bridge export mix`"

Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Db = Annotated[float, Field(ge=OFF_DB, le=MAX_GAIN_DB)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class BandPart(_Part):
    """One bell of an equaliser."""

    band: Annotated[int, Field(ge=1, le=99)]
    freq_hz: Annotated[float, Field(ge=20.0, le=20_000.0)]
    gain_db: Annotated[float, Field(ge=-20.0, le=20.0)]
    q: Annotated[float, Field(ge=0.1, le=10.0)]


class CompPart(_Part):
    """A compressor, without make-up gain."""

    threshold_db: Annotated[float, Field(ge=-60.0, le=0.0)] | None
    ratio: Annotated[float, Field(ge=1.0, le=20.0)] | None
    attack_s: Annotated[float, Field(ge=0.0001, le=0.1)] | None
    release_s: Annotated[float, Field(ge=0.001, le=1.0)] | None


class TonnPart(_Part):
    """What Tonn set. In the order in which a track goes through it: trim, equaliser, compressor, fader, pan."""

    trim_db: Annotated[float, Field(ge=-60.0, le=60.0)]
    eq: Annotated[tuple[BandPart, ...], Field(max_length=99, strict=False)]
    comp: CompPart | None
    gain_db: Db | None
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] | None


class HandPart(_Part):
    """What a hand has done since: `gain_db` adds to Tonn's; what is null is as Tonn has it."""

    gain_db: Annotated[float, Field(ge=-300.0, le=300.0)] = 0.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] | None = None
    eq: Annotated[tuple[BandPart, ...], Field(max_length=99, strict=False)] | None = None
    comp: CompPart | None = None
    muted: bool = False


class StemPart(_Part):
    """The stem, as it is known again wherever it lies."""

    file: Name
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    duration_s: Annotated[float, Field(gt=0.0)]
    sample_rate_hz: Annotated[int, Field(ge=1)]
    channels: Annotated[int, Field(ge=1)]


class TrackPart(_Part):
    """One track, under the number it has in the session."""

    number: Annotated[int, Field(ge=1)]
    name: Name
    stem: StemPart | None = None
    tonn: TonnPart
    hand: HandPart = HandPart()


class ReadAsPart(_Part):
    """How the service's numbers were read; they are converted already."""

    times: Literal["auto", "s", "ms"]
    pan: Literal["left_negative", "left_positive"]
    trim: Literal["apply", "ignore"] = "apply"


class ProvenancePart(_Part):
    """Where the mix comes from: the service is named by its host alone."""

    program: Word
    service: Word
    task_id: Word
    made: Annotated[AwareDatetime, Field(strict=False)] | None
    read_as: ReadAsPart


class MixFile(_Part):
    """A mix of Tonn's, apart from any DAW."""

    format: Literal["tonn-bridge mix"]
    version: Literal[1]
    name: Name
    gain_mode: Literal["absolute", "relative"]
    provenance: ProvenancePart
    tracks: Annotated[tuple[TrackPart, ...], Field(min_length=1, max_length=32, strict=False)]

    @model_validator(mode="after")
    def _tracks_have_their_own_numbers(self) -> "MixFile":
        numbers = [track.number for track in self.tracks]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two tracks have the same number")
        return self

    def mix(self) -> PortableMix:
        """The mix in core values."""
        origin = self.provenance
        return PortableMix(
            self.name,
            GainMode(self.gain_mode),
            Provenance(
                origin.program,
                origin.service,
                origin.task_id,
                None if origin.made is None else origin.made.timestamp(),
                origin.read_as.times,
                origin.read_as.pan,
                origin.read_as.trim,
            ),
            tuple(_track(track) for track in self.tracks),
        )


def to_json(mix: PortableMix) -> dict[str, Any]:
    """The content of the file, as JSON has it."""
    origin = mix.provenance
    return {
        "format": FORMAT,
        "version": 1,
        "name": mix.name,
        "gain_mode": mix.mode.value,
        "provenance": {
            "program": origin.program,
            "service": origin.service,
            "task_id": origin.task_id,
            "made": None if origin.made_at is None else datetime.fromtimestamp(origin.made_at, UTC).isoformat(),
            "read_as": {"times": origin.times, "pan": origin.pan, "trim": origin.trim},
        },
        "tracks": [_track_json(track) for track in mix.tracks],
    }


def from_json(content: object) -> PortableMix:
    """The mix in `content`, which `to_json` has made.

    Raises:
        FileError: it is none.
    """
    return read(json.dumps(content).encode(), "the mix")


def read(data: bytes, name: str) -> PortableMix:
    """The mix in a file's `data`; messages call the file `name`.

    Raises:
        FileError: it is none; for one that is a mix but for mistakes the message has a line for each, with its place.
    """
    if len(data) > MAX_BYTES:
        raise FileError(f"{name}: larger than {MAX_BYTES >> 20} MB, so it {_NO_MIX}")
    try:
        return MixFile.model_validate_json(data.removeprefix(b"\xef\xbb\xbf")).mix()
    except ValidationError as exc:
        if FORMAT.encode() not in data:  # some other file, and what Pydantic finds in it helps nobody
            raise FileError(f"{name}: {_NO_MIX}") from exc
        faults = exc.errors(include_url=False, include_context=False, include_input=False)
        lines = [f"{name}: {_place(fault['loc'])}{fault['msg']}" for fault in faults]
        raise FileError("\n".join(lines)) from exc


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return {**head, **_untitled(MixFile.model_json_schema())}


def _untitled(part: Any) -> Any:
    """A schema without the titles that only say its keys again."""
    match part:
        case dict():
            return {key: _untitled(value) for key, value in part.items() if key != "title"}
        case list():
            return [_untitled(value) for value in part]
        case _:
            return part


def _place(loc: tuple[int | str, ...]) -> str:
    """`tracks[2].tonn.pan: ` for ("tracks", 1, "tonn", "pan"): places in lists count from 1."""
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
    return f"{text}: " if text else ""


# from the file


def _track(part: TrackPart) -> PortableTrack:
    return PortableTrack(
        part.number,
        part.name,
        TonnSettings(
            gain_db=-math.inf if part.tonn.gain_db == OFF_DB else part.tonn.gain_db,
            trim_db=part.tonn.trim_db,
            pan=_pan(part.tonn.pan),
            eq=_bands(part.tonn.eq),
            comp=_comp(part.tonn.comp),
        ),
        Hand(
            part.hand.gain_db,
            _pan(part.hand.pan),
            None if part.hand.eq is None else _bands(part.hand.eq),
            _comp(part.hand.comp),
            part.hand.muted,
        ),
        stem=_stem(part.stem),
    )


def _stem(part: StemPart | None) -> StemFacts | None:
    if part is None:
        return None
    return StemFacts(part.file, part.sha256, part.duration_s, part.sample_rate_hz, part.channels)


def _pan(position: float | None) -> Pan | None:
    return None if position is None else Pan(position)


def _bands(parts: tuple[BandPart, ...]) -> tuple[EqBand, ...]:
    return tuple(EqBand(part.band, part.freq_hz, part.gain_db, part.q) for part in parts)


def _comp(part: CompPart | None) -> Compressor | None:
    if part is None:
        return None
    return Compressor(part.threshold_db, part.ratio, part.attack_s, part.release_s)


# to the file


def _track_json(track: PortableTrack) -> dict[str, Any]:
    own, hand = track.settings, track.hand
    return {
        "number": track.number,
        "name": track.name,
        "stem": _stem_json(track.stem),
        "tonn": {
            "trim_db": own.trim_db,
            "eq": _bands_json(own.eq),
            "comp": _comp_json(own.comp),
            "gain_db": None if own.gain_db is None else max(own.gain_db, OFF_DB),
            "pan": _pan_json(own.pan),
        },
        "hand": {
            "gain_db": hand.gain_db,
            "pan": _pan_json(hand.pan),
            "eq": None if hand.eq is None else _bands_json(hand.eq),
            "comp": _comp_json(hand.comp),
            "muted": hand.muted,
        },
    }


def _stem_json(stem: StemFacts | None) -> dict[str, Any] | None:
    if stem is None:
        return None
    return {
        "file": stem.file,
        "sha256": stem.sha256,
        "duration_s": stem.seconds,
        "sample_rate_hz": stem.sample_rate,
        "channels": stem.channels,
    }


def _pan_json(pan: Pan | None) -> float | None:
    return None if pan is None else pan.position


def _bands_json(bands: tuple[EqBand, ...]) -> list[dict[str, Any]]:
    return [asdict(band) for band in bands]


def _comp_json(comp: Compressor | None) -> dict[str, Any] | None:
    return None if comp is None else asdict(comp)
