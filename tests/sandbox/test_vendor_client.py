"""The vendor's own client from PyPI, unchanged, against the sandbox."""

import pytest
import soundfile

from tests.sandbox_server import write_stem

roex = pytest.importorskip("roex_python")

from roex_python.models import (  # noqa: E402
    CompressionSettings,
    DesiredLoudness,
    EQBandSettings,
    EQSettings,
    FinalMixRequest,
    FinalMixRequestAdvanced,
    InstrumentGroup,
    MultitrackMixRequest,
    MusicalStyle,
    PanningSettings,
    PanPreference,
    PresenceSetting,
    TrackData,
    TrackEffectsData,
    TrackGainData,
)
from roex_python.utils import upload_file  # noqa: E402


@pytest.fixture
def client(sandbox):
    return roex.client.RoExClient(api_key="any", base_url=sandbox.url)


@pytest.fixture
def mix(client, tmp_path) -> tuple[str, list[str]]:
    """A task and its readable URLs, made with the vendor's client."""
    stems = [write_stem(tmp_path / f"stem{freq}.wav", 2.0, freq, pulse_hz=2.0) for freq in (80, 500)]
    urls = [upload_file(client, str(stem)) for stem in stems]
    groups = (InstrumentGroup.BASS_GROUP, InstrumentGroup.VOCAL_GROUP)
    tracks = [
        TrackData(url, group, PresenceSetting.NORMAL, PanPreference.CENTRE)
        for url, group in zip(urls, groups, strict=True)
    ]
    request = MultitrackMixRequest(tracks, MusicalStyle.POP, return_stems=True)
    return client.mix.create_mix_preview(request).multitrack_task_id, urls


def test_health(client):
    assert client.health_check()["status"] == "ok"


def test_preview_settings_and_final(client, sandbox, mix, tmp_path):
    task, urls = mix
    preview = client.mix.retrieve_preview_mix(task, retrieve_fx_settings=True, max_attempts=2000, poll_interval=0)
    assert preview.status == "MIX_TASK_PREVIEW_COMPLETED"
    assert set(preview.stems) == set(preview.mix_output_settings) == {"stem80.wav", "stem500.wav"}
    assert client.api_provider.download_file(preview.download_url_preview_mixed, str(tmp_path / "preview.mp3"))
    assert soundfile.info(tmp_path / "preview.mp3").format == "MP3"
    final = client.mix.retrieve_final_mix(FinalMixRequest(task, [TrackGainData(url, 1.5) for url in urls]))
    assert client.api_provider.download_file(final.download_url_mixed, str(tmp_path / "final.wav"))
    info = soundfile.info(tmp_path / "final.wav")
    assert (info.samplerate, info.subtype, info.channels) == (44_100, "PCM_16", 2)
    assert [charge["what"] for charge in sandbox.charges()["charges"]] == ["fx_settings", "final"]


def test_the_advanced_final_applies_its_effects(client, sandbox, mix):
    task, urls = mix
    client.mix.retrieve_preview_mix(task, max_attempts=2000, poll_interval=0)
    effects = TrackEffectsData(
        track_url=urls[0],
        gain_db=-3.0,
        panning_settings=PanningSettings(-60.0),
        eq_settings=EQSettings(band_2=EQBandSettings(gain=-6.0, q=1.0, centre_freq=80.0)),
        compression_settings=CompressionSettings(threshold=-18.0, ratio=3.0, attack_ms=5.0, release_ms=60.0),
    )
    request = FinalMixRequestAdvanced(
        task, [effects], return_stems=True, desired_loudness=DesiredLoudness.MEDIUM, sample_rate="48000"
    )
    result = client.mix.retrieve_final_mix_advanced(request)
    applied = result.mix_output_settings["stem80.wav"]
    assert applied["panning_settings"] == {"panning_angle": -60.0}
    assert applied["eq_settings"] == {"band_1": {"centre_freq": 80.0, "gain": -6.0, "q": 1.0}}
    assert applied["drc_settings"] == {"threshold": -18.0, "ratio": 3.0, "attack_ms": 0.005, "release_ms": 0.06}
    stem, rate = sandbox.audio(result.stems["stem80.wav"])
    assert rate == 48_000
    assert abs(stem[:, 1]).max() < 1e-4 < abs(stem[:, 0]).max()
