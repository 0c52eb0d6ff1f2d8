"""What the service turns down, and how it says so."""

import math
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from tests.sandbox_server import SandboxServer, final_body, preview_body, preview_track, write_stem
from tonn_bridge.sandbox import SandboxSettings


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxServer]:
    """One sandbox for all refusals: each must leave it as it was."""
    server = SandboxServer(SandboxSettings(tmp_path_factory.mktemp("sandbox"), stage_seconds=0.0))
    yield server
    server.close()


@pytest.fixture(scope="module")
def two_urls(sandbox, tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("stems")
    return [sandbox.upload(write_stem(folder / f"{name}.wav", 0.5)) for name in ("low", "high")]


@pytest.fixture(scope="module")
def task(sandbox, two_urls) -> str:
    """A preview that is done."""
    return sandbox.preview(two_urls)


ENDPOINTS = ["/upload", "/mixpreview", "/retrievepreviewmix", "/retrievefinalmix"]


def refused(answer: httpx.Response, status: int) -> str:
    """The message of a refusal in Tonn's shape."""
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] is True
    return answer.json()["message"]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(("key", "status"), [("", 401), ("wrong", 401), ("broke", 402)])
def test_a_missing_a_wrong_and_an_empty_account_are_told_apart(sandbox, endpoint, key, status):
    refused(sandbox.http.post(endpoint, json={}, headers={"x-api-key": key}), status)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_request_is_a_400(sandbox, endpoint, body):
    refused(sandbox.http.post(endpoint, content=body), 400)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"webhookURL": None}, "webhookURL", id="null-webhook"),
        pytest.param({"webhookURL": ""}, "webhookURL", id="empty-webhook"),
        pytest.param({"musicalStyle": "JAZZ"}, "musicalStyle", id="unknown-style"),
        pytest.param({"sampleRate": "22050"}, "sampleRate", id="sample-rate"),
        pytest.param({"sampleRate": "96000"}, "sampleRate", id="a-rate-for-finals-only"),
        pytest.param({"trackData": []}, "trackData", id="no-track"),
        pytest.param({"trackData": [preview_track("u")]}, "trackData", id="one-track"),
        pytest.param({"trackData": [preview_track("u")] * 33}, "trackData", id="33-tracks"),
        pytest.param({"trackData": [preview_track("https://example.com/a.wav")] * 2}, "not signed", id="foreign-url"),
        pytest.param({"trackData": [preview_track("http://[")] * 2}, "URL", id="no-url"),
        *(
            pytest.param({"trackData": [preview_track("u", **{key: "X"})] * 2}, f"0.{key}", id=f"unknown-{key}")
            for key in ("instrumentGroup", "presenceSetting", "panPreference", "reverbPreference")
        ),
    ],
)
def test_a_preview_that_breaks_a_rule_is_refused_by_name(sandbox, two_urls, changes, named):
    before = len(sandbox.tasks())
    assert named in refused(sandbox.http.post("/mixpreview", json=preview_body(two_urls, **changes)), 400)
    assert len(sandbox.tasks()) == before


def test_a_preview_may_leave_the_webhook_out_as_the_vendors_client_does(sandbox, two_urls):
    body = preview_body(two_urls)
    del body["multitrackData"]["webhookURL"]
    assert sandbox.http.post("/mixpreview", json=body).status_code == 200


def test_thirty_two_tracks_are_taken_and_the_rate_may_be_a_number(sandbox, two_urls):
    assert sandbox.preview(two_urls * 16, sampleRate=48000)


def odd_file(tmp_path, kind):
    match kind:
        case "mp3":
            return write_stem(tmp_path / "a.mp3")
        case "no-audio":
            (tmp_path / "a.wav").write_bytes(b"RIFF or not")
        case "empty":
            soundfile.write(tmp_path / "a.wav", np.zeros((0, 1)), 44_100)
        case "too-long":
            soundfile.write(tmp_path / "a.wav", np.zeros((8 * 60 * 8000 + 1, 1)), 8000)
        case "surround":
            return write_stem(tmp_path / "a.wav", channels=6)
    return tmp_path / "a.wav"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("mp3", "Error checking file type for URL"),
        ("no-audio", "Error checking file type for URL"),
        ("empty", "0.0 s long"),
        ("too-long", "8 minutes"),
        ("surround", "6 channels"),
    ],
)
def test_a_stem_that_cannot_be_mixed_is_refused_by_name(sandbox, two_urls, tmp_path, kind, said):
    url = sandbox.upload(odd_file(tmp_path, kind))
    message = refused(sandbox.http.post("/mixpreview", json=preview_body([*two_urls, url])), 400)
    assert said in message
    assert "a." in message


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_stem_of_exactly_eight_minutes_is_taken(sandbox, two_urls, tmp_path, suffix):
    soundfile.write(tmp_path / f"long.{suffix}", np.zeros((8 * 60 * 8000, 1)), 8000)
    url = sandbox.upload(tmp_path / f"long.{suffix}")
    assert sandbox.http.post("/mixpreview", json=preview_body([*two_urls, url])).status_code == 200


def test_a_track_that_was_announced_but_never_uploaded_is_refused(sandbox, two_urls):
    urls = sandbox.http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"}).json()
    answer = sandbox.http.post("/mixpreview", json=preview_body([*two_urls, urls["readable_url"]]))
    assert "nothing was uploaded" in refused(answer, 400)


@pytest.mark.parametrize("name", ["", "../a.wav", "a/b.wav", "a\\b.wav", "..", "a\n.wav", "x" * 300])
def test_an_upload_wants_a_plain_file_name(sandbox, name):
    refused(sandbox.http.post("/upload", json={"filename": name, "contentType": "audio/wav"}), 400)


def test_an_upload_wants_an_audio_type(sandbox):
    body = {"filename": "a.wav", "contentType": "text/html"}
    assert "contentType" in refused(sandbox.http.post("/upload", json=body), 400)


def test_an_unknown_task_is_a_404(sandbox, two_urls):
    assert "none" in refused(sandbox.retrieve("none"), 404)
    refused(sandbox.http.post("/retrievefinalmix", json=final_body("none", [{"trackURL": two_urls[0]}])), 404)


@pytest.mark.parametrize(
    ("track", "changes", "named"),
    [
        pytest.param({"gainDb": 12.1}, {}, "gainDb", id="gain-high"),
        pytest.param({"gainDb": -60.1}, {}, "gainDb", id="gain-low"),
        pytest.param({"gainDb": "loud"}, {}, "gainDb", id="gain-word"),
        pytest.param({"panning_settings": {"panning_angle": 61}}, {}, "panning_angle", id="angle"),
        pytest.param({"eq_settings": {"band_7": {"gain": 0, "q": 1, "centre_freq": 99}}}, {}, "band_7", id="band"),
        pytest.param({"eq_settings": {"band_1": {"gain": 0, "q": 1}}}, {}, "centre_freq", id="half-a-band"),
        pytest.param(
            {"compression_settings": {"threshold": -9, "ratio": 2, "attack_ms": 0.05, "release_ms": 9}},
            {},
            "attack_ms",
            id="attack-in-seconds",
        ),
        pytest.param({}, {"sampleRate": "11025"}, "sampleRate", id="rate"),
        pytest.param({}, {"desiredLoudness": "DEAFENING"}, "desiredLoudness", id="loudness"),
        pytest.param({}, {"trackData": []}, "trackData", id="no-tracks"),
    ],
)
def test_a_final_that_breaks_a_rule_is_refused_by_name_and_costs_nothing(
    sandbox, task, two_urls, track, changes, named
):
    before = sandbox.charges()
    body = final_body(task, [{"trackURL": two_urls[0]} | track], **changes)
    assert named in refused(sandbox.http.post("/retrievefinalmix", json=body), 400)
    assert sandbox.charges() == before


def test_a_final_takes_only_tracks_of_its_task_and_each_once(sandbox, task, two_urls, tmp_path):
    before = sandbox.charges()
    stranger = sandbox.upload(write_stem(tmp_path / "stranger.wav"))
    for tracks in ([{"trackURL": stranger}], [{"trackURL": two_urls[0]}] * 2):
        refused(sandbox.http.post("/retrievefinalmix", json=final_body(task, tracks)), 400)
    assert sandbox.charges() == before


@pytest.mark.parametrize("loudness", ["LOW", "MEDIUM", "HIGH", "QUIET", "LOUD", "VERY_LOUD"])
def test_both_spellings_of_loudness_are_taken(sandbox, task, two_urls, loudness):
    assert sandbox.final(task, [{"trackURL": two_urls[0]}], desiredLoudness=loudness, createMaster=True)


def test_a_stem_of_nothing_but_odd_numbers_still_gets_settings(sandbox, two_urls, tmp_path):
    odd = np.array([[math.nan], [math.inf], [-math.inf], [0.1]] * 11_025)
    soundfile.write(tmp_path / "odd.wav", odd, 44_100, subtype="FLOAT")
    task = sandbox.preview([*two_urls, sandbox.upload(tmp_path / "odd.wav")])
    assert set(sandbox.settings_of(task)) == {"low.wav", "high.wav", "odd.wav"}
