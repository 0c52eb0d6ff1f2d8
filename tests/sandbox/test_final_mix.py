"""What a final request changes, measured in its audio."""

import math

import numpy as np
import pytest

from tests.sandbox_server import write_stem


@pytest.fixture
def mix(sandbox, tmp_path) -> tuple[str, list[str]]:
    """A previewed task of three struck stems, and their URLs."""
    stems = [write_stem(tmp_path / f"{freq}.wav", 2.0, freq, pulse_hz=2.0) for freq in (80, 640, 5120)]
    urls = [sandbox.upload(stem) for stem in stems]
    return sandbox.preview(urls), urls


def rms_db(sound: np.ndarray) -> float:
    return 20 * math.log10(math.sqrt((sound**2).mean()) + 1e-12)


def stems_of(sandbox, task: str, tracks: list[dict], **changes) -> dict[str, np.ndarray]:
    result = sandbox.final(task, tracks, returnStems=True, sampleRate="48000", **changes)
    assert result["clip_guard_db"] == 0.0
    return {"mix": sandbox.audio(result["download_url_mixed"])[0]} | {
        name: sandbox.audio(url)[0] for name, url in result["stems"].items()
    }


@pytest.mark.parametrize("gain_db", [2.0, -3.5, 6.0, -60.0])
def test_gain_db_arrives_within_a_tenth_of_a_db_and_on_its_track_only(sandbox, mix, gain_db):
    task, urls = mix
    before = stems_of(sandbox, task, [{"trackURL": url} for url in urls])
    after = stems_of(sandbox, task, [{"trackURL": urls[1], "gainDb": gain_db}])
    assert rms_db(after["640.wav"]) - rms_db(before["640.wav"]) == pytest.approx(gain_db, abs=0.1)
    assert np.array_equal(after["80.wav"], before["80.wav"])
    difference = after["mix"] - before["mix"]
    assert np.abs(difference - (after["640.wav"] - before["640.wav"])).max() < 1e-5


def test_minus_60_takes_a_track_out_of_the_mix(sandbox, mix):
    task, urls = mix
    sounds = stems_of(sandbox, task, [{"trackURL": urls[1], "gainDb": -60.0}])
    assert rms_db(sounds["mix"] - sounds["80.wav"] - sounds["5120.wav"]) < -75.0


def test_pan_and_eq_replace_what_the_preview_had(sandbox, mix):
    task, urls = mix
    eq = {"band_3": {"gain": -12.0, "q": 0.7, "centre_freq": 640.0}}
    track = {"trackURL": urls[1], "panning_settings": {"panning_angle": 60.0}, "eq_settings": eq}
    plain = stems_of(sandbox, task, [track | {"eq_settings": {}}])["640.wav"]
    cut = stems_of(sandbox, task, [track])["640.wav"]
    assert rms_db(plain[:, 0]) < -100.0
    assert -12.5 < rms_db(cut[:, 1]) - rms_db(plain[:, 1]) < -6.0  # the cut also leaves the compressor less to do


def test_the_answer_tells_what_was_applied(sandbox, mix):
    task, urls = mix
    before = sandbox.settings_of(task)
    comp = {"threshold": -30.0, "ratio": 4.0, "attack_ms": 10.0, "release_ms": 100.0}
    tracks = [
        {"trackURL": urls[0], "gainDb": 1.5, "compression_settings": comp},
        {"trackURL": urls[2], "eq_settings": {}},
    ]
    after = sandbox.final(task, tracks)["mix_output_settings"]
    gains = [settings["80.wav"]["gain_settings"]["gain_db"] for settings in (before, after)]
    assert gains[1] - gains[0] == pytest.approx(1.5)
    assert after["80.wav"]["drc_settings"] == {"threshold": -30.0, "ratio": 4.0, "attack_ms": 0.01, "release_ms": 0.1}
    assert after["5120.wav"]["eq_settings"] == {}
    assert after["640.wav"] == before["640.wav"]


def test_the_settings_describe_the_sound_that_is_rendered(sandbox, mix, tmp_path):
    """A steady stem, its returned settings applied by hand, is the stem that comes down."""
    steady = sandbox.upload(write_stem(tmp_path / "steady.wav", 2.0, 1000.0, level_db=-18.0))
    task = sandbox.preview([steady, mix[1][0]])
    told = sandbox.settings_of(task)["steady.wav"]
    level_db = -18.0 + 20 * math.log10(told["gain_settings"]["initial_gain"])
    assert told["eq_settings"] == {}, "nothing else plays at 1 kHz"
    comp = told["drc_settings"]
    level_db -= max(0.0, level_db - comp["threshold"]) * (1 - 1 / comp["ratio"])
    angle = (told["panning_settings"]["panning_angle"] + 60) / 120 * math.pi / 2
    level_db += told["gain_settings"]["gain_db"] + 20 * math.log10(math.cos(angle))
    left = stems_of(sandbox, task, [{"trackURL": steady}])["steady.wav"][:, 0]
    assert 20 * math.log10(np.abs(left[len(left) // 2 :]).max()) == pytest.approx(level_db, abs=0.1)
