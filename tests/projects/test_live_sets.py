"""Ableton Live's .als: what is told of each track."""

import pytest

from tests.projects.project_files import als, als_clip, als_track
from tonn_bridge.projects import Kind, read_project

WARPED_TO = (
    '<WarpMarkers><WarpMarker SecTime="0" BeatTime="0"/><WarpMarker SecTime="{0}" BeatTime="2"/>'
    '<WarpMarker SecTime="{1}" BeatTime="2.03125"/></WarpMarkers>'
)


@pytest.fixture
def read(tmp_path):
    def _read(*tracks, **how):
        path = tmp_path / "Night Bus.als"
        path.write_bytes(als(*tracks, **how))
        return read_project(path)

    return _read


def test_tracks_come_in_order_as_live_counts_them(read):
    project = read(
        als_track("Drums", kind="GroupTrack", id=7),
        als_track("Kick & Co", id=8, group=7, more='<Color Value="14"/>'),
        als_track("3-Operator", "<MidiClip/>", kind="MidiTrack", id=9, more='<Color Value="99"/>'),
        als_track("A-Reverb", kind="ReturnTrack", id=10),
    )
    drums, kick, synth = project.tracks
    assert (project.daw, project.mapping) == ("Ableton Live", "ableton")
    assert (drums.kind, kick.kind, kick.parent, kick.number) == (Kind.GROUP, Kind.TRACK, 1, 2)
    assert (kick.name, kick.colour, kick.pan, kick.muted) == ("Kick & Co", "#ff3636", -0.25, False)
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (synth.colour, synth.plays_notes, kick.plays_notes) == (None, True, False)


@pytest.mark.parametrize("main", ["MasterTrack", "MainTrack"])
def test_beats_become_seconds_while_the_tempo_stays(tmp_path, read, main):
    (tmp_path / "Samples").mkdir()
    (tmp_path / "Samples/kick.wav").write_bytes(b"")
    (clip,) = read(als_track("K", als_clip("Samples/kick.wav", start=4, end=10)), tempo=90, main=main).tracks[0].clips
    assert clip.file == tmp_path / "Samples/kick.wav"
    assert (clip.start_s, clip.length_s) == (pytest.approx(4 * 60 / 90), pytest.approx(4.0))
    envelope = (
        '<AutomationEnvelope><EnvelopeTarget><PointeeId Value="8"/></EnvelopeTarget><Automation><Events>'
        '<FloatEvent Time="-63072000" Value="90"/><FloatEvent Time="8" Value="91"/></Events></Automation>'
        "</AutomationEnvelope>"
    )
    moved = read(als_track("K", als_clip("k.wav", start=4) + als_clip("k.wav")), tempo=90, main=main, envelope=envelope)
    assert [(clip.start_s, clip.length_s) for clip in moved.tracks[0].clips] == [(None, None), (0.0, None)]


@pytest.mark.parametrize(
    ("more", "warped", "untouched"),
    [
        ("", "false", True),
        ('<PitchCoarse Value="0"/><PitchFine Value="0"/><SampleVolume Value="1"/>', "false", True),
        ('<PitchCoarse Value="-2"/>', "false", False),
        ('<SampleVolume Value="0.5"/>', "false", False),
        (WARPED_TO.format(1.0, 1.015625), "true", True),
        (WARPED_TO.format(1.01, 1.025625), "true", False),
        (WARPED_TO.format(1.0, 1.0157), "true", False),
        ("", "true", False),
    ],
)
def test_a_clip_is_untouched_while_it_plays_its_file_at_its_own_speed(read, more, warped, untouched):
    (clip,) = read(als_track("K", als_clip("k.wav", more=more, warped=warped))).tracks[0].clips
    assert clip.untouched is untouched


@pytest.mark.parametrize("loop", ['LoopStart Value="0.5"', 'StartRelative Value="1"', 'LoopOn Value="true"'])
def test_a_clip_that_begins_within_its_file_or_goes_round_is_touched(read, loop):
    name = loop.partition(" ")[0]
    old = {"LoopStart": 'LoopStart Value="0"', "StartRelative": 'StartRelative Value="0"'}
    clip = als_clip("k.wav").replace(old.get(name, 'LoopOn Value="false"'), loop)
    assert read(als_track("K", clip)).tracks[0].clips[0].untouched is False


def test_disabled_clips_and_frozen_audio_do_not_count(read):
    clip = als_clip("k.wav", more='<Disabled Value="true"/>')
    assert read(als_track("K", clip)).tracks[0].clips == ()


def test_live_10_tells_places_part_by_part(tmp_path, read):
    (tmp_path / "Samples/Imported").mkdir(parents=True)
    (tmp_path / "Samples/Imported/kick.wav").write_bytes(b"")
    parts = (
        '<FileRef><RelativePath><RelativePathElement Dir="Samples"/><RelativePathElement Dir="Imported"/>'
        '</RelativePath><Name Value="kick.wav"/></FileRef>'
    )
    clip = als_clip("x").partition("<FileRef>")[0] + parts + "</SampleRef></AudioClip>"
    assert read(als_track("K", clip)).tracks[0].clips[0].file == tmp_path / "Samples/Imported/kick.wav"


def test_a_sample_outside_the_project_is_found_by_its_whole_path(tmp_path, read):
    (tmp_path / "else").mkdir()
    (tmp_path / "else/kick.wav").write_bytes(b"")
    clip = als_clip("../gone/kick.wav").replace("C:/Users/me/../gone/kick.wav", str(tmp_path / "else/kick.wav"))
    assert read(als_track("K", clip)).tracks[0].clips[0].file == tmp_path / "else/kick.wav"
