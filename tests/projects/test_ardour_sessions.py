"""Ardour's sessions: a real one, and what older versions and other shapes tell."""

import math
from pathlib import Path

import pytest
import soundfile

from tests.peers.ardour import Ardour
from tests.peers.require import require
from tests.projects.project_files import ardour
from tonn_bridge.errors import FileError
from tonn_bridge.projects import Kind, find_projects, read_project

RECORD = """(function()
    for _, name in ipairs{"Kick", "Wide"} do
        route(name):to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
    end
    Session:maybe_enable_record()
    Session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
    while Session:transport_sample() < 9600 do ARDOUR.LuaAPI.usleep(5000) end
    Session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
    while not Session:transport_stopped_or_stopping() do ARDOUR.LuaAPI.usleep(5000) end
    while Session:actively_recording() do ARDOUR.LuaAPI.usleep(5000) end
end)()"""


def test_a_real_session_tells_order_names_colours_faders_and_recordings(tmp_path):
    require("ardour")
    with Ardour(tmp_path, ["Kick", "Bass", "Vox & Co"]) as real:
        real.add_bus("Drum Bus")
        real.add_track("Wide", before="Kick", channels=2)
        real.set_gain_db("Kick", -6.5)
        real.set_gain_db("Bass", -math.inf)
        real.set_pan("Bass", 0.25)
        real.set_mute("Vox & Co", True)
        real.lua('route("Kick"):presentation_info_ptr():set_color(0xff8040ff)')
        real.lua(RECORD)
        real.save()
        told = real.names()
    project = read_project(tmp_path / "session")
    tracks = {track.name: track for track in project.tracks}

    assert (project.path, project.daw, project.mapping) == (real.session_file, "Ardour", "ardour")
    assert (
        [track.name for track in project.tracks]
        == [*told, "Drum Bus"]
        == ["Wide", "Kick", "Bass", "Vox & Co", "Drum Bus"]
    )
    assert [track.number for track in project.tracks] == [1, 2, 3, 4, 5]
    assert [track.kind for track in project.tracks] == [Kind.TRACK] * 4 + [Kind.BUS]
    assert (tracks["Kick"].colour, tracks["Bass"].colour) == ("#ff8040", None)
    assert tracks["Kick"].gain_db == pytest.approx(-6.5, abs=1e-4)
    assert (tracks["Bass"].gain_db, tracks["Bass"].pan) == (-math.inf, pytest.approx(-0.5))
    assert [name for name, track in tracks.items() if track.muted] == ["Vox & Co"]
    (take,) = tracks["Kick"].clips
    assert (take.start_s, take.untouched) == (0.0, True)
    assert take.length_s == pytest.approx(soundfile.info(take.file).duration, abs=0.05)
    assert [clip.file for clip in tracks["Wide"].clips] == [None], "Ardour records each channel into a file of its own"
    assert tracks["Bass"].clips == ()


ROUTES = (
    '<Route id="2" name="Bass" audio-playlist="21"><PresentationInfo order="2" flags="AudioTrack"/></Route>'
    '<Route id="3" name="Kick"><PresentationInfo order="1" flags="AudioTrack"/></Route>'
    '<Route id="4" name="Keys"><PresentationInfo order="3" flags="MidiTrack"/></Route>'
    '<Route id="5" name="Old"><PresentationInfo order="4" flags="AudioTrack,Hidden"/></Route>'
)


def clips_of(tmp_path: Path, region: str, source: str = '<Source id="9" name="k.wav"/>', **how):
    path = tmp_path / "song.ardour"
    playlists = f'<Playlist id="20" orig-track-id="3">{region}</Playlist><Playlist id="21" orig-track-id="3"/>'
    path.write_bytes(ardour(ROUTES, source, playlists, **how))
    return read_project(path).tracks[0].clips


def test_order_is_the_mixers_and_hidden_strips_have_no_number(tmp_path):
    (tmp_path / "song.ardour").write_bytes(ardour(ROUTES))
    project = read_project(tmp_path)
    assert [(t.number, t.name, t.plays_notes) for t in project.tracks] == [
        (1, "Kick", False), (2, "Bass", False), (3, "Keys", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "start_s", "length_s", "untouched"),
    [
        ('start="a0" length="a282240000@a0"', 0.0, 1.0, True),
        ('start="a0" length="a141120000@a564480000"', 2.0, 0.5, True),
        ('start="a5" length="a282240000@a0"', 0.0, 1.0, False),
        ('start="a0" length="a282240000@b7"', None, 1.0, True),
        ('position="96000" start="0" length="48000"', 2.0, 1.0, True),
        ('start="a0" length="a282240000@a0" scale-amplitude="0.5"', 0.0, 1.0, False),
        ('start="a0" length="a282240000@a0" stretch="2"', 0.0, 1.0, False),
    ],
)
def test_regions_tell_when_they_play_in_both_ways_of_counting(tmp_path, attributes, start_s, length_s, untouched):
    (clip,) = clips_of(tmp_path, f'<Region type="audio" source-0="9" {attributes}/>')
    assert (clip.start_s, clip.length_s, clip.untouched) == (start_s, length_s, untouched)


def test_audio_lies_in_the_session_or_where_it_was_embedded_from(tmp_path):
    kept = tmp_path / "interchange/other name/audiofiles/k.wav"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"")
    region = '<Region source-0="9" source-1="10"/>'
    two = '<Source id="9" name="{0}" channel="0"/><Source id="10" name="{0}" channel="1"/>'
    assert clips_of(tmp_path, region, two.format("k.wav"))[0].file == kept
    assert clips_of(tmp_path, region, two.format("/media/else.wav"))[0].file == Path("/media/else.wav")
    assert clips_of(tmp_path, '<Region source-0="77"/>')[0].file is None
    assert clips_of(tmp_path, '<Region source-0="9" muted="1"/>') == ()


def test_of_several_sessions_in_a_folder_the_one_called_like_it_counts(tmp_path):
    folder = tmp_path / "Night Bus"
    folder.mkdir()
    for name in ("take 1", "take 2"):
        (folder / f"{name}.ardour").write_bytes(ardour(""))
    with pytest.raises(FileError, match="holds 2 Ardour sessions"):
        read_project(folder)
    assert len(find_projects(folder)) == 2
    (folder / "Night Bus.ardour").write_bytes(ardour(ROUTES))
    (folder / "Night Bus.rpp").write_bytes(b"")
    assert len(read_project(folder).tracks) == 3
    assert [path.name for path in find_projects(folder)] == ["Night Bus.ardour", "Night Bus.rpp"]
