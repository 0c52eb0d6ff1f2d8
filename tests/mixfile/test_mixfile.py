"""`mix.tonn.json`: the same mix after a journey, strict to what is not one, and as its schema says."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from tests.mixes import BASS, KICK, mix_of, mixes
from tonn_bridge.core import EqBand, Pan
from tonn_bridge.core.portable import Hand, PortableTrack, StemFacts
from tonn_bridge.errors import FileError
from tonn_bridge.mixfile import MAX_BYTES, from_json, read, schema, to_json

PUBLISHED = Path(__file__).parents[2] / "docs" / "mix.tonn.schema.json"
STEM = StemFacts("stems/bass.wav", "0" * 64, 12.5, 44_100, 2)
MIX = mix_of(
    PortableTrack(1, "Bass", BASS, Hand(2.0, Pan(0.25), (EqBand(1, 50.0, 1.0, 1.0),), None, True), STEM),
    PortableTrack(2, "Kick", KICK),
)


@given(mixes())
def test_a_mix_is_the_same_after_a_journey_and_its_file_is_as_the_schema_says(mix):
    content = json.loads(json.dumps(to_json(mix)))
    assert from_json(content) == mix
    Draft202012Validator(schema()).validate(content)


def test_every_unit_is_in_the_file():
    assert to_json(MIX)["tracks"][0] == {
        "number": 1,
        "name": "Bass",
        "stem": {
            "file": "stems/bass.wav",
            "sha256": "0" * 64,
            "duration_s": 12.5,
            "sample_rate_hz": 44_100,
            "channels": 2,
        },
        "tonn": {
            "trim_db": -3.1,
            "eq": [{"band": 1, "freq_hz": 46.5, "gain_db": -1.69, "q": 2.66}],
            "comp": {"threshold_db": -3.89, "ratio": 1.8, "attack_s": 0.074, "release_s": 0.022},
            "gain_db": -11.8,
            "pan": -0.5,
        },
        "hand": {
            "gain_db": 2.0,
            "pan": 0.25,
            "eq": [{"band": 1, "freq_hz": 50.0, "gain_db": 1.0, "q": 1.0}],
            "comp": None,
            "muted": True,
        },
    }


def test_it_says_where_it_comes_from():
    assert to_json(MIX)["provenance"] == {
        "program": "tonn-bridge 0.1.0",
        "service": "sandbox",
        "task_id": "task-1",
        "made": "2026-09-21T14:13:20.500000+00:00",
        "read_as": {"times": "auto", "pan": "left_negative", "trim": "apply"},
    }


def test_what_is_heard_is_tonns_mix_with_the_hands_moves_on_top():
    heard = MIX.tracks[0].heard
    assert (heard.gain_db, heard.pan, heard.eq) == (-9.8, Pan(0.25), (EqBand(1, 50.0, 1.0, 1.0),))
    assert (heard.comp, heard.trim_db) == (BASS.comp, BASS.trim_db)
    assert MIX.tracks[1].heard == KICK


def changed(path, value):
    content = json.loads(json.dumps(to_json(MIX)))
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    place[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        pytest.param(["version"], 2, "version: ", id="a-later-version"),
        pytest.param(["extra"], 1, "extra: ", id="unknown-key"),
        pytest.param(["tracks"], [], "tracks: ", id="no-tracks"),
        pytest.param(["tracks", 0, "tonn", "pan"], 1.5, "tracks[1].tonn.pan: ", id="pan-too-far"),
        pytest.param(["tracks", 0, "tonn", "gain_db"], "-6", "tracks[1].tonn.gain_db: ", id="text-for-a-number"),
        pytest.param(["tracks", 0, "tonn", "eq", 0, "q"], 0.0, "tracks[1].tonn.eq[1].q: ", id="no-width"),
        pytest.param(["tracks", 0, "tonn", "comp", "attack_s"], 74.0, "tracks[1].tonn.comp.attack_s: ", id="ms-for-s"),
        pytest.param(["tracks", 1, "number"], 1, "two tracks have the same number", id="same-number"),
        pytest.param(["tracks", 0, "stem", "sha256"], "abc", "tracks[1].stem.sha256: ", id="half-a-hash"),
        pytest.param(["provenance", "made"], "yesterday", "provenance.made: ", id="no-date"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(path, value, said):
    with pytest.raises(FileError) as told:
        read(json.dumps(changed(path, value)).encode(), "x.json")
    assert str(told.value).startswith("x.json: ")
    assert said in str(told.value)


@pytest.mark.parametrize("data", [b"", b"[]", b"not json", b"\xff\xfe", b'{"tracks": NaN}', b"[" * 100_000])
def test_what_is_no_mix_is_refused(data):
    with pytest.raises(FileError):
        read(data, "x.json")


@pytest.mark.parametrize("data", [b'name = "Masks"', b"{}", b"RIFF\x00", b'{"format": "other"}'])
def test_some_other_file_is_told_what_it_is_not_and_how_to_get_one(data):
    with pytest.raises(FileError) as told:
        read(data, "session.toml")
    assert str(told.value) == "session.toml: is no mix.tonn.json; write one with `tonn-bridge export mix`"


def test_a_mix_that_was_cut_off_is_told_where():
    with pytest.raises(FileError, match=r"x\.json: Invalid JSON: EOF .* line 1"):
        read(json.dumps(to_json(MIX)).encode()[:-20], "x.json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number):
    text = json.dumps(to_json(MIX)).replace("-11.8", number)
    with pytest.raises(FileError, match="gain_db"):
        read(text.encode(), "x.json")


def test_a_file_without_end_is_not_read():
    with pytest.raises(FileError, match=r"larger than 1 MB, so it is no mix\.tonn\.json; write one"):
        read(b" " * (MAX_BYTES + 1), "x.json")


def test_an_editor_may_put_a_mark_in_front():
    assert read(b"\xef\xbb\xbf" + json.dumps(to_json(MIX)).encode(), "x.json") == MIX


def test_the_schema_refuses_what_the_program_refuses():
    check = Draft202012Validator(schema())
    assert check.is_valid(to_json(MIX))
    for path, value in ((["tracks", 0, "tonn", "pan"], 1.5), (["extra"], 1), (["tracks"], []), (["version"], 2)):
        assert not check.is_valid(changed(path, value))


def test_the_published_schema_is_the_one_in_force():
    assert json.loads(PUBLISHED.read_text("utf-8")) == schema(), "tonn-bridge export mix-schema -o docs/..."
