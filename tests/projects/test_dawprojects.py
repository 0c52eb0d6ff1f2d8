"""DAWproject: what is told of each track, and audio out of the archive."""

import math
from pathlib import Path

import pytest

from tests.projects import project_files
from tests.projects.project_files import dawproject, dawproject_clip, dawproject_lanes, dawproject_track
from tonn_bridge.errors import FileError
from tonn_bridge.projects import Kind, read_project, unpack
from tonn_bridge.projects import dawproject as reader


def test_tracks_come_in_order_without_the_master(tmp_path):
    tracks = dawproject_track(
        "g", "Drums", dawproject_track("k", "Kick") + dawproject_track("s", "Snare"), role="master", content="tracks"
    ) + dawproject_track("r", "Verb", role="effect")
    project = read_project(dawproject(tmp_path / "Night Bus.dawproject", tracks))
    assert (project.name, project.daw, project.mapping, project.numbers_hold) == (
        "Night Bus", "Bitwig Studio", "bitwig", False,
    )  # fmt: skip
    assert [(t.name, t.kind, t.parent) for t in project.tracks] == [
        ("Drums", Kind.GROUP, None), ("Kick", Kind.TRACK, 1), ("Snare", Kind.TRACK, 1), ("Verb", Kind.BUS, None),
    ]  # fmt: skip
    kick = project.tracks[1]
    assert (kick.colour, kick.pan, kick.muted) == ("#d92e24", -0.5, False)
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)


@pytest.mark.parametrize(
    ("volume", "gain_db"),
    [
        ('unit="linear" value="0"', -math.inf), ('unit="decibel" value="-3.5"', -3.5),
        ('unit="decibel" value="-inf"', -math.inf), ('unit="linear" value="loud"', None),
        ('unit="percent" value="80"', None),
    ],
)  # fmt: skip
def test_volumes_are_read_in_their_units(tmp_path, volume, gain_db):
    tracks = dawproject_track("k", "Kick").replace('unit="linear" value="0.5"', volume)
    assert read_project(dawproject(tmp_path / "a.dawproject", tracks)).tracks[0].gain_db == gain_db


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        ("Bitwig Studio", "bitwig"),
        ("Studio One", "studio-one"),
        ("Cubase", "cubase"),
        ("REAPER", "reaper"),
        ("X", None),
    ],
)
def test_the_program_that_wrote_it_names_the_mapping(tmp_path, monkeypatch, name, mapping):
    monkeypatch.setattr(project_files, "DAWPROJECT", project_files.DAWPROJECT.replace("Bitwig Studio", name))
    project = read_project(dawproject(tmp_path / "a.dawproject", dawproject_track("k", "Kick")))
    assert (project.daw, project.mapping) == (name, mapping)


@pytest.mark.parametrize(
    ("clip", "told"),
    [
        (dawproject_clip("audio/k.wav"), ("audio/k.wav", 0.0, 1.0, True)),
        (dawproject_clip("audio/k.wav", start=8), ("audio/k.wav", 4.0, 1.0, True)),
        (dawproject_clip("audio/k.wav", audio_s=1.2), ("audio/k.wav", 0.0, 1.0, False)),
        (dawproject_clip("audio/k.wav").replace('duration="1"', 'duration="7"'), ("audio/k.wav", 0.0, 1.0, False)),
        (dawproject_clip("a\\k.wav").replace('playStart="0"', 'playStart="1"'), ("a/k.wav", 0.0, 1.0, False)),
        (
            '<Clip time="0" duration="2" contentTimeUnit="seconds"><Audio duration="1" channels="2" sampleRate="48000">'
            '<File path="k.wav"/></Audio></Clip>',
            ("k.wav", 0.0, 1.0, True),
        ),
    ],
)
def test_audio_is_told_with_its_place_in_the_archive_and_whether_it_plays_as_it_is(tmp_path, clip, told):
    lanes = dawproject_lanes("k", clip)
    (found,) = read_project(dawproject(tmp_path / "a.dawproject", dawproject_track("k", "K"), lanes)).tracks[0].clips
    assert (found.file.as_posix(), found.start_s, found.length_s, found.untouched) == told
    assert found.archived


INNER = '<Clip time="{}" duration="{}"><Audio duration="{}" timeUnit="seconds"><File path="{}"/></Audio></Clip>'


@pytest.mark.parametrize(
    ("inner", "untouched"),
    [
        (INNER.format(0, 2, 1, "a.wav"), [True]),
        (INNER.format(0.5, 2, 1, "a.wav"), [False]),
        (INNER.format(0, 1, 0.5, "a.wav"), [False]),
        (INNER.format(0, 2, 1, "a.wav") + INNER.format(0, 2, 1, "b.wav"), [False, False]),
    ],
)
def test_a_clip_in_a_clip_is_untouched_where_it_is_all_of_it(tmp_path, inner, untouched):
    lanes = dawproject_lanes("k", f'<Clip time="0" duration="2"><Clips>{inner}</Clips></Clip>')
    track = read_project(dawproject(tmp_path / "a.dawproject", dawproject_track("k", "K"), lanes)).tracks[0]
    assert [clip.untouched for clip in track.clips] == untouched


def test_audio_outside_is_looked_for_beside_the_project(tmp_path):
    (tmp_path / "k.wav").write_bytes(b"")
    lanes = dawproject_lanes("k", dawproject_clip("C:\\Songs\\k.wav", external='external="true"'))
    (clip,) = read_project(dawproject(tmp_path / "a.dawproject", dawproject_track("k", "K"), lanes)).tracks[0].clips
    assert (clip.file, clip.archived) == (tmp_path / "k.wav", False)


def test_notes_are_told_and_other_lanes_passed_over(tmp_path):
    lanes = (
        '<Markers/><Points/><Lanes track="k"><Notes><Note time="0"/></Notes></Lanes><Lanes><Lanes track="b"/></Lanes>'
    )
    tracks = dawproject_track("k", "Keys") + dawproject_track("b", "Bass")
    project = read_project(dawproject(tmp_path / "a.dawproject", tracks, lanes))
    assert [track.plays_notes for track in project.tracks] == [True, False]


def test_a_file_comes_out_of_the_archive_once_and_over_no_other(tmp_path):
    path = dawproject(tmp_path / "a.dawproject", "", files={"audio/k.wav": b"sound" * 1000})
    target = tmp_path / "k.wav"
    (tmp_path / ".k.wav.part").write_bytes(b"of a run that was killed")
    unpack(path, Path("audio/k.wav"), target)
    assert target.read_bytes() == b"sound" * 1000
    unpack(path, Path("audio/k.wav"), target)
    target.write_bytes(b"mine")
    with pytest.raises(FileError, match=r"in the way of k\.wav"):
        unpack(path, Path("audio/k.wav"), target)
    assert target.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dawproject", "k.wav"]


def test_what_comes_out_is_counted_and_leaves_nothing_when_it_is_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MOST_AUDIO_BYTES", 1 << 20)
    path = dawproject(tmp_path / "a.dawproject", "", files={"k.wav": bytes(4 << 20)})
    for place, said in (("k.wav", "more than 1 MB"), ("gone.wav", "no item named 'gone.wav'")):
        with pytest.raises(FileError, match=said):
            unpack(path, Path(place), tmp_path / "k.wav")
    with pytest.raises(FileError, match="cannot be unpacked"):
        unpack(path, Path("project.xml"), tmp_path / "nowhere" / "k.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dawproject"]
