"""The tables of a session file, as checked and frozen values.

Paths in a loaded session are absolute; see `load.load_session`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)

from tonn_bridge.session.address import Address, is_loopback, parse_address
from tonn_bridge.tonn.wire import (
    MAX_TRACKS,
    MIN_TRACKS,
    InstrumentGroup,
    MusicalStyle,
    PanPreference,
    Presence,
    Reverb,
)

SANDBOX = "sandbox"
"""The `[tonn] url` that means the stand-in built into this program."""

Consent = Literal["ask", "allow"]
Credits = Annotated[int, Field(strict=True, ge=0)]


def _address(lowest_port: int) -> Callable[[Any], Address]:
    def read(value: Any) -> Address:
        if not isinstance(value, str):
            raise ValueError('must be text of the form host:port, such as "127.0.0.1:9000"')
        address = parse_address(value)
        if address.port < lowest_port:
            raise ValueError(f"port {address.port} cannot be sent to; use 1..65535")
        return address

    return read


def _https_url(value: str) -> str:
    """`value` without a closing slash; https, or http to this very machine (the key travels with each request)."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port  # .port raises for a port that is no number
    except ValueError as exc:
        raise ValueError(f'"{value}" is not a URL') from exc
    if not host or parts.username is not None or any(c.isspace() for c in value):
        raise ValueError(f'"{value}" is not a URL such as "https://tonn.roexaudio.com"')
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError(f'"{value}" must begin with https:// (http:// only to this machine, 127.0.0.1)')
    return value.rstrip("/")


def _service_url(value: str) -> str:
    if value == SANDBOX:
        return value
    if "://" not in value:
        raise ValueError(f'"{value}" is neither "{SANDBOX}" nor a URL such as "https://tonn.roexaudio.com"')
    return _https_url(value)


def _daw_track(value: Any) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("must be a track number from 1 on, or the name of a track")


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


SendAddress = Annotated[Address, PlainValidator(_address(1))]
ListenAddress = Annotated[Address, PlainValidator(_address(0))]
ServiceUrl = Annotated[str, AfterValidator(_service_url)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
DawTrack = Annotated[int | str, PlainValidator(_daw_track)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class MixTable(_Table):
    """`[mix]`: what Tonn is asked for, and where its mixes land."""

    name: Text
    style: Annotated[MusicalStyle, BeforeValidator(_upper)]
    sample_rate: Literal[44100, 48000, 88200, 96000] = 44100
    """Of the final mix, in Hz."""
    return_stems: StrictBool = False
    output: Path = Path("mixes")
    gain_mode: Literal["absolute", "relative"] = "absolute"
    """`relative`: the stems carry the user's faders, so Tonn's gains add to them."""


class SpendTable(_Table):
    """`[tonn.spend]`: what may cost credits without a question. None: not said, so the service decides."""

    fx_settings: Consent | None = None
    final: Consent | None = None
    fx_settings_credits: Credits | None = None
    """The price the question names; None where it is not known."""
    final_credits: Credits | None = None


class WebhookTable(_Table):
    """`[tonn.webhook]`: where the internet reaches this machine; empty: nowhere, so Tonn is asked instead."""

    public_url: Annotated[str, AfterValidator(lambda url: _https_url(url) if url else url)] = ""


class TonnTable(_Table):
    """`[tonn]`: the service and how its answers are read."""

    url: ServiceUrl = SANDBOX
    times: Literal["auto", "s", "ms"] = "auto"
    """The unit of attack and release; `auto` takes a value below the documented ms minimum as seconds."""
    pan: Literal["left_negative", "left_positive"] = "left_negative"
    """Which side a negative panning angle is on."""
    trim: Literal["apply", "ignore"] = "apply"
    """Whether Tonn's initial gain is a part of the mix."""
    parallel_uploads: Annotated[int, Field(strict=True, ge=1, le=16)] = 4
    spend: SpendTable = SpendTable()
    webhook: WebhookTable = WebhookTable()

    @property
    def is_sandbox(self) -> bool:
        """Whether the built-in stand-in is meant."""
        return self.url == SANDBOX


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


PortNames = Annotated[tuple[Text, ...], BeforeValidator(_names)]


class DawTable(_Table):
    """`[daw]`: which DAW and how it is reached; addresses left out come from the mapping file."""

    mapping: Text
    """A mapping's name, or the absolute path of a mapping file."""
    send: SendAddress | None = None
    listen: ListenAddress | None = None
    input: PortNames = ()
    """For a DAW to which we play a control surface: a MIDI input's name for each unit; none: virtual ones."""
    output: PortNames = ()
    units: Annotated[int, Field(strict=True, ge=1, le=8)] | None = None
    """How many units of eight faders it is played; None: as many as the tracks need."""
    law: Path | None = None
    """A fader law that was learnt (`tonn-bridge learn law`), where it is not the newest one of this mapping."""
    glide_s: Annotated[float, Field(ge=0.0, le=10.0, allow_inf_nan=False)] = 0.3
    """How long faders take to a new mix, 0..10 s; 0: at once."""


class SurfaceTable(_Table):
    """One `[[surface]]`: parts of MIDI port names, or OSC addresses."""

    mapping: Text
    input: Text | None = None
    output: Text | None = None
    send: SendAddress | None = None
    listen: ListenAddress | None = None

    @model_validator(mode="after")
    def _speaks_one_language(self) -> Self:
        midi = self.input is not None or self.output is not None
        osc = self.send is not None or self.listen is not None
        if midi == osc:
            raise ValueError("needs input and output (a MIDI surface) or send and listen (an OSC surface)")
        return self


class ControlTable(_Table):
    """`[control]`: where this program itself listens."""

    osc: ListenAddress = Address("127.0.0.1", 9123)
    http: ListenAddress = Address("127.0.0.1", 8765)


class TrackTable(_Table):
    """One `[[track]]`: a stem, what Tonn is told about it, and its place in the DAW."""

    name: Text
    file: Path | None = None
    url: HttpsUrl | None = None
    group: Annotated[InstrumentGroup, BeforeValidator(_upper)]
    presence: Annotated[Presence, BeforeValidator(_upper)] = Presence.NORMAL
    pan: Annotated[PanPreference, BeforeValidator(_upper)] = PanPreference.NO_PREFERENCE
    reverb: Annotated[Reverb, BeforeValidator(_upper)] = Reverb.NONE
    daw: DawTrack | None = None
    """The DAW's track number, from 1, or its name; None: the same place, then the same name."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise ValueError("needs exactly one of file and url")
        return self


class Session(_Table):
    """A whole session file; `surfaces` and `tracks` are its `[[surface]]` and `[[track]]` tables, in order."""

    mix: MixTable
    tonn: TonnTable = TonnTable()
    daw: DawTable
    surfaces: tuple[SurfaceTable, ...] = Field(default=(), alias="surface")
    control: ControlTable = ControlTable()
    tracks: tuple[TrackTable, ...] = Field(alias="track")
    _path: Path = PrivateAttr(default=Path("session.toml"))

    @field_validator("tracks")
    @classmethod
    def _tracks_fit_tonn(cls, tracks: tuple[TrackTable, ...]) -> tuple[TrackTable, ...]:
        if not MIN_TRACKS <= len(tracks) <= MAX_TRACKS:
            raise ValueError(f"Tonn mixes {MIN_TRACKS} to {MAX_TRACKS} tracks, not {len(tracks)}")
        taken: dict[int | str, str] = {}
        for track in tracks:
            if track.daw in taken:
                raise ValueError(f'"{taken[track.daw]}" and "{track.name}" both have daw = {track.daw!r}')
            if track.daw is not None:
                taken[track.daw] = track.name
        return tracks

    @property
    def path(self) -> Path:
        """The file this was read from, absolute."""
        return self._path

    @property
    def folder(self) -> Path:
        """The folder the session file lies in."""
        return self._path.parent

    def at(self, path: Path) -> "Session":
        """This session as read from `path`: relative paths in it are taken from that file's folder."""
        folder = path.absolute().parent
        found = self.model_copy(
            update={
                "mix": self.mix.model_copy(update={"output": _from(folder, self.mix.output)}),
                "daw": self.daw.model_copy(
                    update={
                        "mapping": _mapping(folder, self.daw.mapping),
                        "law": self.daw.law and _from(folder, self.daw.law),
                    }
                ),
                "surfaces": tuple(s.model_copy(update={"mapping": _mapping(folder, s.mapping)}) for s in self.surfaces),
                "tracks": tuple(t.model_copy(update={"file": t.file and _from(folder, t.file)}) for t in self.tracks),
            }
        )
        found._path = path.absolute()
        return found


def _from(folder: Path, path: Path) -> Path:
    return folder / path.expanduser()


def _mapping(folder: Path, mapping: str) -> str:
    """A bare word names a mapping that ships; anything with a folder or `.toml` in it is a file."""
    is_file = mapping.endswith(".toml") or "/" in mapping or "\\" in mapping
    return str(_from(folder, Path(mapping))) if is_file else mapping
