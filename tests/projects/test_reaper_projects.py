"""REAPER's .RPP: what is told of each track."""

import math

import pytest

from tests.projects.project_files import RPP_HEAD, rpp, rpp_item, rpp_track
from tonn_bridge.projects import Kind, read_project


@pytest.fixture
def read(tmp_path):
    def _read(*tracks):
        path = tmp_path / "Night Bus.RPP"
        path.write_bytes(rpp(*tracks))
        return read_project(path)

    return _read


def test_tracks_come_in_order_with_names_colours_faders_pans_and_mutes(read):
    project = read(
        rpp_track("Kick in", f"PEAKCOL {0x1000000 | 0x2010FF}", "VOLPAN 0.5 -0.25 -1 -1 1", "MUTESOLO 1 0 0"),
        rpp_track("Vox", "VOLPAN 0 1 -1 -1 1"),
        rpp_track(""),
    )
    kick, vox, none = project.tracks
    assert (project.name, project.daw, project.mapping, project.numbers_hold) == (
        "Night Bus", "REAPER", "reaper", True,
    )  # fmt: skip
    assert (kick.number, kick.name, kick.colour, kick.pan, kick.muted) == (1, "Kick in", "#ff1020", -0.25, True)
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (vox.gain_db, vox.pan, vox.colour, vox.muted) == (-math.inf, 1.0, None, False)
    assert none.name == ""


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('NAME "Kick (in)"', "Kick (in)"),
        ("NAME Kick", "Kick"),
        ("NAME 'say \"hi\"'", 'say "hi"'),
        ('NAME `it\'s "both"`', 'it\'s "both"'),
        ('NAME ""', ""),
    ],
)
def test_names_stand_in_any_of_three_quotes_or_in_none(read, line, name):
    assert read(rpp_track("first", line)).tracks[0].name == name


def test_folders_are_groups_and_what_only_receives_is_a_bus(read):
    project = read(
        rpp_track("Drums", "ISBUS 1 1"),
        rpp_track("Toms", "ISBUS 1 1"),
        rpp_track("Floor", "ISBUS 2 -2"),
        rpp_track("Verb", "AUXRECV 0 3 1 0 0 0 0 0 0 -1:U 0 -1 ''"),
        rpp_track("Comp'd", "AUXRECV 0 3 1 0 0", items=rpp_item("a.wav")),
    )
    assert [(t.kind, t.parent) for t in project.tracks] == [
        (Kind.GROUP, None), (Kind.GROUP, 1), (Kind.TRACK, 2), (Kind.BUS, None), (Kind.TRACK, None),
    ]  # fmt: skip


def test_audio_is_looked_for_as_written_and_then_by_name(tmp_path, read):
    for place in ("kick.wav", "Takes/snare.wav", "Media/sub/hat.wav", "bass.wav", "back\\slash.wav"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"")
    wanted = {
        "kick.wav": "kick.wav",
        str(tmp_path / "kick.wav"): "kick.wav",
        "Media\\sub\\hat.wav": "Media/sub/hat.wav",
        "D:\\Songs\\Night Bus\\snare.wav": "Takes/snare.wav",
        "/Users/me/bass.wav": "bass.wav",
        "back\\slash.wav": "back\\slash.wav",
        "gone\\lost.wav": "gone/lost.wav",
    }
    project = read(rpp_track("all", items="".join(map(rpp_item, wanted))))
    assert [clip.file for clip in project.tracks[0].clips] == [tmp_path / found for found in wanted.values()]


@pytest.mark.parametrize(
    ("lines", "untouched"),
    [
        ([], True),
        (["SOFFS 0", "PLAYRATE 1 1 0 -1 0 0.0025", "VOLPAN 1 0 1 -1"], True),
        (["SOFFS 0.5"], False),
        (["PLAYRATE 1.5 1 0"], False),
        (["PLAYRATE 1 1 -12"], False),
        (["VOLPAN 0.7 0 1 -1"], False),
        (["VOLPAN 1 0 0.7 -1"], False),
    ],
)
def test_an_item_is_untouched_while_it_plays_its_file_as_it_is(read, lines, untouched):
    (clip,) = read(rpp_track("Kick", items=rpp_item("k.wav", *lines, start=1.5, length=30.25))).tracks[0].clips
    assert (clip.start_s, clip.length_s, clip.untouched) == (1.5, 30.25, untouched)


def test_the_chosen_take_plays_and_muted_items_do_not(read):
    takes = rpp_item("one.wav").removesuffix(">\n") + 'TAKE SEL\nSOFFS 0\n<SOURCE FLAC\nFILE "two.flac"\n>\n>\n'
    project = read(rpp_track("Vox", items=takes + rpp_item("off.wav", "MUTE 1 0")))
    assert [clip.file.name for clip in project.tracks[0].clips] == ["two.flac"]


def test_sections_are_touched_and_notes_are_no_audio(read):
    section = '<ITEM\nPOSITION 0\nLENGTH 4\n<SOURCE SECTION\nSTARTPOS 2\n<SOURCE WAVE\nFILE "loop.wav"\n>\n>\n>\n'
    cut, synth = read(
        rpp_track("Loop", items=section), rpp_track("Synth", items=rpp_item("a.mid", source="MIDIPOOL"))
    ).tracks
    assert [(clip.file.name, clip.untouched) for clip in cut.clips] == [("loop.wav", False)]
    assert (synth.clips, synth.plays_notes, cut.plays_notes) == ((), True, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_names_are_read_in_the_encodings_that_reaper_has_had(tmp_path, encoding):
    path = tmp_path / "old.rpp"
    path.write_bytes((RPP_HEAD + rpp_track("Bäss") + ">").replace("\n", "\r\n").encode(encoding))
    assert [track.name for track in read_project(path).tracks] == ["Bäss"]


def test_what_plug_ins_keep_is_passed_over_however_long_its_lines(read):
    state = "<FXCHAIN\n<JS script\n" + "eJx" * 100_000 + '\n>\n<NOTES\n|NAME "no"\n|>\n>\n>\n'
    project = read(rpp_track("Kick").removesuffix(">\n") + state + ">\n", rpp_track("Bass"))
    assert [track.name for track in project.tracks] == ["Kick", "Bass"]
