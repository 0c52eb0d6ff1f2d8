"""Tonn's JSON: the words it uses and the shapes of its requests.

Sources: the vendor's API texts and its public client (PyPI roex-python 1.6).
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class MusicalStyle(StrEnum):
    ROCK_INDIE = "ROCK_INDIE"
    POP = "POP"
    ACOUSTIC = "ACOUSTIC"
    HIPHOP_GRIME = "HIPHOP_GRIME"
    ELECTRONIC = "ELECTRONIC"
    REGGAE_DUB = "REGGAE_DUB"
    ORCHESTRAL = "ORCHESTRAL"
    METAL = "METAL"
    OTHER = "OTHER"


class InstrumentGroup(StrEnum):
    BASS = "BASS_GROUP"
    DRUMS = "DRUMS_GROUP"
    KICK = "KICK_GROUP"
    SNARE = "SNARE_GROUP"
    CYMBALS = "CYMBALS_GROUP"
    VOCAL = "VOCAL_GROUP"
    BACKING_VOX = "BACKING_VOX_GROUP"
    PERCS = "PERCS_GROUP"
    STRINGS = "STRINGS_GROUP"
    SYNTH = "SYNTH_GROUP"
    FX = "FX_GROUP"
    KEYS = "KEYS_GROUP"
    BRASS = "BRASS_GROUP"
    E_GUITAR = "E_GUITAR_GROUP"
    ACOUSTIC_GUITAR = "ACOUSTIC_GUITAR_GROUP"
    BACKING_TRACK = "BACKING_TRACK_GROUP"
    OTHER1 = "OTHER_GROUP1"
    OTHER2 = "OTHER_GROUP2"
    OTHER3 = "OTHER_GROUP3"
    OTHER4 = "OTHER_GROUP4"
    OTHER5 = "OTHER_GROUP5"


class Presence(StrEnum):
    NORMAL = "NORMAL"
    LEAD = "LEAD"
    BACKGROUND = "BACKGROUND"


class PanPreference(StrEnum):
    NO_PREFERENCE = "NO_PREFERENCE"
    LEFT = "LEFT"
    CENTRE = "CENTRE"
    RIGHT = "RIGHT"


class Reverb(StrEnum):
    NONE = "NONE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


MIN_TRACKS, MAX_TRACKS = 2, 32
MAX_STEM_S = 8 * 60.0
PREVIEW_COMPLETED = "MIX_TASK_PREVIEW_COMPLETED"
FINAL_COMPLETED = "MIX_TASK_FINAL_COMPLETED"


class _Wire(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class UploadRequest(_Wire):
    filename: str = Field(min_length=1)
    content_type: str = Field(alias="contentType")


class PreviewTrack(_Wire):
    track_url: str = Field(alias="trackURL", min_length=1)
    group: InstrumentGroup = Field(alias="instrumentGroup")
    presence: Presence = Field(alias="presenceSetting")
    pan: PanPreference = Field(alias="panPreference")
    reverb: Reverb = Field(alias="reverbPreference")


class PreviewData(_Wire):
    tracks: list[PreviewTrack] = Field(alias="trackData", min_length=MIN_TRACKS, max_length=MAX_TRACKS)
    style: MusicalStyle = Field(alias="musicalStyle")
    return_stems: bool = Field(default=False, alias="returnStems")
    sample_rate: str = Field(default="44100", alias="sampleRate", coerce_numbers_to_str=True)
    webhook_url: str = Field(alias="webhookURL", min_length=1)


class PreviewRequest(_Wire):
    """Body of `POST /mixpreview`."""

    data: PreviewData = Field(alias="multitrackData")


class RetrieveData(_Wire):
    task_id: str = Field(alias="multitrackTaskId")
    fx_settings: bool = Field(default=False, alias="retrieveFXSettings")


class RetrieveRequest(_Wire):
    """Body of `POST /retrievepreviewmix`; with `fx_settings` it may cost credits."""

    data: RetrieveData = Field(alias="multitrackData")


class EqBandWire(_Wire):
    gain: float = Field(ge=-20.0, le=20.0)
    q: float = Field(ge=0.1, le=10.0)
    centre_freq: float = Field(ge=20.0, le=20_000.0)


class CompressionWire(_Wire):
    threshold: float = Field(ge=-60.0, le=0.0)
    ratio: float = Field(ge=1.0, le=20.0)
    attack_ms: float = Field(ge=0.1, le=100.0)
    release_ms: float = Field(ge=1.0, le=1000.0)


class PanningWire(_Wire):
    panning_angle: float = Field(ge=-60.0, le=60.0)


class FinalTrack(_Wire):
    """One track of a final request; only what is set is sent, and the rest stays as the preview had it."""

    track_url: str = Field(alias="trackURL", min_length=1)
    gain_db: float | None = Field(default=None, alias="gainDb", ge=-60.0, le=12.0)
    panning: PanningWire | None = Field(default=None, alias="panning_settings")
    eq: dict[str, EqBandWire] | None = Field(default=None, alias="eq_settings")
    compression: CompressionWire | None = Field(default=None, alias="compression_settings")


class FinalData(_Wire):
    task_id: str = Field(alias="multitrackTaskId")
    tracks: list[FinalTrack] = Field(alias="trackData", min_length=1, max_length=MAX_TRACKS)
    return_stems: bool = Field(default=False, alias="returnStems")
    create_master: bool | None = Field(default=None, alias="createMaster")
    desired_loudness: str | None = Field(default=None, alias="desiredLoudness")
    sample_rate: str = Field(default="44100", alias="sampleRate", coerce_numbers_to_str=True)
    webhook_url: str | None = Field(default=None, alias="webhookURL")


class FinalRequest(_Wire):
    """Body of `POST /retrievefinalmix`; every new one costs credits."""

    data: FinalData = Field(alias="applyAudioEffectsData")
