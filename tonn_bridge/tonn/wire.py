"""Tonn's JSON: the words it uses and the shapes of its requests.

Sources: the vendor's API texts and its public client (PyPI roex-python 1.6).
"""

from enum import StrEnum
from typing import Annotated

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
    # What does not fit may be a signed URL, and so a secret: a validation error does not repeat it.
    model_config = ConfigDict(populate_by_name=True, hide_input_in_errors=True)


class UploadRequest(_Wire):
    filename: Annotated[str, Field(min_length=1)]
    content_type: Annotated[str, Field(alias="contentType")]


class PreviewTrack(_Wire):
    track_url: Annotated[str, Field(alias="trackURL", min_length=1, repr=False)]
    group: Annotated[InstrumentGroup, Field(alias="instrumentGroup")]
    presence: Annotated[Presence, Field(alias="presenceSetting")]
    pan: Annotated[PanPreference, Field(alias="panPreference")]
    reverb: Annotated[Reverb, Field(alias="reverbPreference")]


class PreviewData(_Wire):
    tracks: Annotated[list[PreviewTrack], Field(alias="trackData", min_length=MIN_TRACKS, max_length=MAX_TRACKS)]
    style: Annotated[MusicalStyle, Field(alias="musicalStyle")]
    return_stems: Annotated[bool, Field(alias="returnStems")] = False
    sample_rate: Annotated[str, Field(alias="sampleRate", coerce_numbers_to_str=True)] = "44100"
    webhook_url: Annotated[str, Field(alias="webhookURL", min_length=1, repr=False)]


class PreviewRequest(_Wire):
    """Body of `POST /mixpreview`."""

    data: Annotated[PreviewData, Field(alias="multitrackData")]


class RetrieveData(_Wire):
    task_id: Annotated[str, Field(alias="multitrackTaskId")]
    fx_settings: Annotated[bool, Field(alias="retrieveFXSettings")] = False


class RetrieveRequest(_Wire):
    """Body of `POST /retrievepreviewmix`; with `fx_settings` it may cost credits."""

    data: Annotated[RetrieveData, Field(alias="multitrackData")]


class EqBandWire(_Wire):
    gain: Annotated[float, Field(ge=-20.0, le=20.0)]
    q: Annotated[float, Field(ge=0.1, le=10.0)]
    centre_freq: Annotated[float, Field(ge=20.0, le=20_000.0)]


class CompressionWire(_Wire):
    threshold: Annotated[float, Field(ge=-60.0, le=0.0)]
    ratio: Annotated[float, Field(ge=1.0, le=20.0)]
    attack_ms: Annotated[float, Field(ge=0.1, le=100.0)]
    release_ms: Annotated[float, Field(ge=1.0, le=1000.0)]


class PanningWire(_Wire):
    panning_angle: Annotated[float, Field(ge=-60.0, le=60.0)]


class FinalTrack(_Wire):
    """One track of a final request; only what is set is sent, and the rest stays as the preview had it."""

    track_url: Annotated[str, Field(alias="trackURL", min_length=1, repr=False)]
    gain_db: Annotated[float | None, Field(alias="gainDb", ge=-60.0, le=12.0)] = None
    panning: Annotated[PanningWire | None, Field(alias="panning_settings")] = None
    eq: Annotated[dict[str, EqBandWire] | None, Field(alias="eq_settings")] = None
    compression: Annotated[CompressionWire | None, Field(alias="compression_settings")] = None


class FinalData(_Wire):
    task_id: Annotated[str, Field(alias="multitrackTaskId")]
    tracks: Annotated[list[FinalTrack], Field(alias="trackData", min_length=1, max_length=MAX_TRACKS)]
    return_stems: Annotated[bool, Field(alias="returnStems")] = False
    create_master: Annotated[bool | None, Field(alias="createMaster")] = None
    desired_loudness: Annotated[str | None, Field(alias="desiredLoudness")] = None
    sample_rate: Annotated[str, Field(alias="sampleRate", coerce_numbers_to_str=True)] = "44100"
    webhook_url: Annotated[str | None, Field(alias="webhookURL", repr=False)] = None


class FinalRequest(_Wire):
    """Body of `POST /retrievefinalmix`; every new one costs credits."""

    data: Annotated[FinalData, Field(alias="applyAudioEffectsData")]
