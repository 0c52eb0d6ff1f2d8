"""`init`: a session file by a DAW's project."""

import io

import numpy as np
import pytest
import soundfile

from tests.peers.ardour import Ardour
from tests.peers.require import require
from tests.projects import project_files
from tests.projects.project_files import (
    als,
    als_clip,
    als_track,
    ardour,
    dawproject,
    dawproject_clip,
    dawproject_lanes,
    dawproject_track,
    rpp,
    rpp_item,
    rpp_track,
)
from tonn_bridge.session import load_session

RED = f"PEAKCOL {0x1000000 | 0x0000FF}"


def wav(path, seconds=1.0, rate=48000):
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, np.full(round(seconds * rate), 0.1), rate)


@pytest.fixture
def night_bus(tmp_path):
    """A REAPER project of five tracks, three of which have a stem."""
    folder = tmp_path / "night bus"
    folder.mkdir()
    for name in ("stems/Kick.wav", "stems/Bass.wav", "Audio/vox take.wav", "mix.wav"):
        wav(folder / name)
    path = folder / "Night Bus.RPP"
    path.write_bytes(
        rpp(
            rpp_track("Vox", RED, items=rpp_item("Audio\\vox take.wav")),
            rpp_track("Rhythm", "ISBUS 1 1"),
            rpp_track("Kick"),
            rpp_track("Bass", "ISBUS 2 -1", "MUTESOLO 1 0 0"),
            rpp_track("Synth", items=rpp_item("a.mid", source="MIDI")),
        )
    )
    return path


def tracks_of(folder):
    return [(track.name, track.file.relative_to(folder).as_posix(), track.daw) for track in
            load_session(folder / "session.toml").tracks]  # fmt: skip


async def test_a_reaper_project_becomes_a_session_beside_it(run, night_bus):
    ended = await run("init", night_bus, "--style", "pop")
    session = load_session(night_bus.parent / "session.toml")
    assert ended.code == 0, ended.err
    assert (session.mix.name, session.mix.style, session.mix.sample_rate) == ("Night Bus", "POP", 48000)
    assert session.daw.mapping == "reaper"
    assert tracks_of(night_bus.parent) == [
        ("Vox", "Audio/vox take.wav", "Vox"), ("Kick", "stems/Kick.wav", "Kick"), ("Bass", "stems/Bass.wav", "Bass"),
    ]  # fmt: skip
    for shown in (
        "by Night Bus.RPP of REAPER: order, names, colours",
        "no stem for Synth: it plays an instrument; render it from the project's start to stems/Synth.wav",
        "muted there: Bass; take out of the session what is no part of the mix",
        "skipped mix.wav: no track of Night Bus.RPP is called so",
    ):
        assert shown in ended.out


async def test_what_has_no_stem_is_counted_as_people_count(run_here, night_bus):
    ended = await run_here("init", night_bus)
    assert "1 track stands in the session file as a comment until then" in ended.out
    (night_bus.parent / "stems/Kick.wav").unlink()
    few = await run_here("init", night_bus, "--force")
    assert "2 tracks stand in the session file as comments until then" in few.out
    (night_bus.parent / "stems/Bass.wav").unlink()
    assert "Night Bus.RPP holds 1 stem as WAV or FLAC" in (await run_here("init", night_bus, "--force")).err


async def test_a_project_that_is_cut_off_is_refused_and_beside_stems_left_aside(run_here, night_bus):
    whole = night_bus.read_bytes()
    night_bus.write_bytes(whole[: whole.rindex(b"<TRACK")])
    ended = await run_here("init", night_bus)
    assert ended.code == 2
    assert 'cut off (its closing ">" is missing; the last track in it is "Bass"); copy it again' in ended.err
    assert not (night_bus.parent / "session.toml").exists()
    for stem in (night_bus.parent / "stems").iterdir():
        stem.rename(night_bus.parent / stem.name)
    beside = await run_here("init", night_bus.parent)
    assert beside.code == 0, beside.err
    assert "not read: " in beside.err
    assert "cut off" in beside.err


async def test_the_colours_of_the_tracks_are_shown_and_not_written(run, night_bus):
    ended = await run("init", night_bus, FORCE_COLOR="1", TERM="xterm-256color", COLORTERM="truecolor")
    assert "\x1b[48;2;255;0;0m" in ended.out
    assert "ff0000" not in (night_bus.parent / "session.toml").read_text(encoding="utf-8")


async def test_another_mapping_is_given_the_numbers_of_the_tracks(run_here, night_bus):
    assert (await run_here("init", night_bus, "--daw", "reaper-mackie", "--name", "Else")).code == 0
    session = load_session(night_bus.parent / "session.toml")
    assert (session.mix.name, session.daw.mapping) == ("Else", "reaper-mackie")
    assert [track.daw for track in session.tracks] == [1, 3, 4]


async def test_a_live_set_becomes_a_session(run_here, tmp_path):
    wav(tmp_path / "Samples/k.wav")
    wav(tmp_path / "Song 2-Bass.wav")
    path = tmp_path / "Song.als"
    path.write_bytes(als(als_track("Kick", als_clip("Samples/k.wav")), als_track("2-Bass", als_clip("gone.wav"))))
    ended = await run_here("init", path)
    assert ended.code == 0, ended.err
    assert load_session(tmp_path / "session.toml").daw.mapping == "ableton"
    assert tracks_of(tmp_path) == [("Kick", "Samples/k.wav", "Kick"), ("2-Bass", "Song 2-Bass.wav", "2-Bass")]


async def test_stems_in_a_dawproject_are_unpacked_beside_it(run_here, tmp_path):
    sound = io.BytesIO()
    soundfile.write(sound, np.full(48000, 0.1), 48000, format="WAV")
    path = dawproject(
        tmp_path / "Song.dawproject",
        dawproject_track("k", "Kick") + dawproject_track("b", "Bass"),
        dawproject_lanes("k", dawproject_clip("audio/k.wav")) + dawproject_lanes("b", dawproject_clip("audio/b.wav")),
        {"audio/k.wav": sound.getvalue(), "audio/b.wav": sound.getvalue()},
    )
    ended = await run_here("init", path)
    assert ended.code == 0, ended.err
    assert "unpacked 2 stems to" in ended.out
    assert load_session(tmp_path / "session.toml").daw.mapping == "bitwig"
    assert tracks_of(tmp_path) == [("Kick", "stems/k.wav", "Kick"), ("Bass", "stems/b.wav", "Bass")]
    assert (tmp_path / "stems/k.wav").read_bytes() == sound.getvalue()

    (tmp_path / "stems/k.wav").write_bytes(b"mine")
    refused = await run_here("init", path, "--force")
    assert refused.code == 2
    assert "in the way of k.wav from Song.dawproject" in refused.err
    assert (tmp_path / "stems/k.wav").read_bytes() == b"mine"


async def test_a_real_ardour_session_becomes_a_session(run_here, tmp_path):
    require("ardour")
    with Ardour(tmp_path, ["Kick", "Bass", "Vox & Co"]) as real:
        real.move_track("Vox & Co", before="Kick")
        real.save()
    folder = tmp_path / "session"
    for name in ("Kick", "Bass", "Vox & Co"):
        wav(folder / "export" / f"session_{name}.wav")
    ended = await run_here("init", folder)
    assert ended.code == 0, ended.err
    assert load_session(folder / "session.toml").daw.mapping == "ardour"
    assert tracks_of(folder) == [
        ("Vox & Co", "export/session_Vox & Co.wav", "Vox & Co"), ("Kick", "export/session_Kick.wav", "Kick"),
        ("Bass", "export/session_Bass.wav", "Bass"),
    ]  # fmt: skip


async def test_a_folder_with_one_project_goes_by_it_and_keeps_every_stem(run_here, night_bus):
    folder = night_bus.parent
    wav(folder / "Shaker.wav")
    ended = await run_here("init", folder)
    assert ended.code == 0, ended.err
    assert "by Night Bus.RPP of REAPER" in ended.out
    assert [name for name, _, _ in tracks_of(folder)] == ["Vox", "Kick", "Bass", "Shaker"]
    assert tracks_of(folder)[-1] == ("Shaker", "Shaker.wav", None)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"Else.RPP": rpp(rpp_track("Zurna"))}, "no stem here is called like a track of Else.RPP: left aside"),
        ({"a.RPP": b"", "b.als": b""}, "2 projects are here (a.RPP, b.als); to go by one of them, name it"),
        ({"a.RPP": b"garbage"}, "not read: "),
    ],
)
async def test_a_folder_whose_project_does_not_help_is_read_as_without(run_here, tmp_path, others, said):
    for name in ("kick", "bass"):
        wav(tmp_path / f"{name}.wav")
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    ended = await run_here("init", tmp_path)
    assert ended.code == 0
    assert said in ended.err
    assert [name for name, _, _ in tracks_of(tmp_path)] == ["Bass", "Kick"]


@pytest.mark.parametrize("by_folder", [False, True])
async def test_a_project_without_stems_says_what_to_render_and_writes_nothing(run_here, tmp_path, by_folder):
    path = tmp_path / "song.ardour"
    path.write_bytes(ardour('<Route id="2" name="Kick"/><Route id="3" name="Bass"/>'))
    refused = await run_here("init", tmp_path if by_folder else path)
    assert refused.code == 1
    assert f"{path} holds no stems as WAV or FLAC, and Tonn mixes 2 to 32; Kick: there is no audio on it" in refused.err
    assert "render it from the project's start to stems/Bass.wav" in refused.err
    assert not (tmp_path / "session.toml").exists()


async def test_a_broken_project_is_exit_2_and_named(run_here, tmp_path):
    path = tmp_path / "song.als"
    path.write_bytes(als(als_track("Kick"))[:-30])
    refused = await run_here("init", path)
    assert (refused.code, refused.out) == (2, "")
    assert f"{path}: damaged or cut off" in refused.err


async def test_a_program_without_a_mapping_is_said(run_here, tmp_path, monkeypatch):
    monkeypatch.setattr(project_files, "DAWPROJECT", project_files.DAWPROJECT.replace("Bitwig Studio", "Zrythm"))
    for name in ("Kick", "Bass"):
        wav(tmp_path / f"{name}.wav")
    tracks = dawproject_track("k", "Kick") + dawproject_track("b", "Bass")
    ended = await run_here("init", dawproject(tmp_path / "song.dawproject", tracks))
    assert ended.code == 0
    assert "no mapping ships for Zrythm; this one is for reaper: see --daw" in ended.out
    assert load_session(tmp_path / "session.toml").daw.mapping == "reaper"
