"""What the companion does to a REAPER project, and what it leaves alone."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.examples.fake_reaper import BELL, OK, Fx, Item, Track, frozen_mixer, new_fx
from tests.examples.fake_reaper import FakeReaper as Reaper
from tonn_bridge.session import load_session

NAMES = ("Kick", "Bass", "Pad")
NEW = (("Masks", "POP"), OK)
"""The answers to a first "Tonn write session"."""


@pytest.fixture(params=["lua53", "lua54"])
def reaper(request: pytest.FixtureRequest, tmp_path: Path) -> Reaper:
    """A saved project with three selected tracks."""
    found = Reaper(tmp_path, NAMES, lua=request.param)
    found.project_file.touch()
    found.select()
    return found


# --- prepare tracks ---------------------------------------------------------------------------------------------------


def test_tracks_get_six_flat_bells_and_a_compressor_behind_what_is_there(reaper: Reaper) -> None:
    own = Fx("ReaDelay", "My delay")
    reaper.find("Bass").fx.append(own)
    reaper.select("Kick", "Bass")
    with frozen_mixer(reaper):
        reaper.play("Tonn prepare tracks")
    assert [fx.name for fx in reaper.find("Kick").fx] == ["Tonn EQ", "Tonn Comp"]
    assert [fx.name for fx in reaper.find("Bass").fx] == ["My delay", "Tonn EQ", "Tonn Comp"]
    assert reaper.find("Bass").fx[0] is own
    assert reaper.find("Pad").fx == [], "it was not selected"
    eq, comp = reaper.find("Kick").fx
    assert [kind for kind, *_ in eq.bands] == [BELL] * 6
    assert [gain for _, _, gain, _ in eq.bands] == [1.0] * 6
    assert [hz for _, hz, _, _ in eq.bands] == sorted(hz for _, hz, _, _ in eq.bands)
    assert comp.params["Auto Make Up Gain"] == 0.0
    assert reaper.undo_points == ["Tonn: prepare tracks"]


def test_only_what_is_missing_is_put_in(reaper: Reaper) -> None:
    reaper.play("Tonn prepare tracks")
    comp = reaper.find("Kick").fx.pop()
    windows = reaper.play("Tonn prepare tracks")
    assert windows == []
    assert [fx.name for fx in reaper.find("Kick").fx] == ["Tonn EQ", "Tonn Comp"]
    assert reaper.find("Kick").fx[1] is not comp
    assert [len(track.fx) for track in reaper.tracks] == [2, 2, 2]
    assert "already" in reaper.play("Tonn prepare tracks")[0][1]


@pytest.mark.parametrize("plugin", ["ReaEQ", "ReaComp"])
def test_what_would_be_taken_for_ours_is_named(reaper: Reaper, plugin: str) -> None:
    before, behind = new_fx(plugin), new_fx(plugin)
    reaper.find("Kick").fx.append(before)
    assert reaper.play("Tonn prepare tracks") == [], "in front of ours it is in nobody's way"
    reaper.find("Bass").fx.append(behind)
    ((_, text),) = reaper.play("Tonn prepare tracks")
    assert '"Bass"' in text
    assert '"Kick"' not in text
    assert reaper.find("Kick").fx[0] is before
    assert reaper.find("Bass").fx[-1] is behind


# --- stems ------------------------------------------------------------------------------------------------------------


def peaks(folder: Path) -> dict[str, float]:
    return {path.stem: float(np.max(np.abs(soundfile.read(path)[0]))) for path in sorted(folder.glob("*.wav"))}


def test_stems_are_before_the_fader_and_begin_together(reaper: Reaper) -> None:
    reaper.find("Kick").volume, reaper.find("Bass").volume = 0.1, 2.0
    reaper.find("Bass").items[0].position = 6.0
    reaper.find("Pad").items[0].mono = False
    with frozen_mixer(reaper):
        reaper.play("Tonn write session", *NEW)
    stems = reaper.folder / "Tonn" / "stems"
    loud = peaks(stems)
    assert list(loud) == ["01 Kick", "02 Bass", "03 Pad"]
    assert loud["01 Kick"] == pytest.approx(loud["02 Bass"], rel=0.1)
    infos = [soundfile.info(path) for path in sorted(stems.iterdir())]
    assert [info.channels for info in infos] == [1, 1, 2], "mono stays mono"
    assert {info.frames for info in infos} == {round(3.0 * 48_000)}, "from the first item to the last"
    assert {info.subtype for info in infos} == {"PCM_24"}
    bass, _ = soundfile.read(stems / "02 Bass.wav")
    assert not bass[: 2 * 48_000].any(), "the bass comes in two seconds after the kick"


def test_stems_are_as_they_were_before_tonn(reaper: Reaper) -> None:
    reaper.play("Tonn write session", *NEW)
    reaper.play("Tonn prepare tracks")
    reaper.find("Pad").fx[1].enabled = False
    reaper.find("Kick").fx.insert(0, Fx("ReaDelay", "My delay"))
    reaper.play("Tonn write session", OK)
    folder = reaper.folder / "Tonn"
    assert peaks(folder / "stems 2") == peaks(folder / "stems")
    enabled = [[fx.enabled for fx in track.fx] for track in reaper.tracks]
    assert enabled == [[True, True, True], [True, True], [True, False]]


def test_render_settings_are_as_they_were(reaper: Reaper) -> None:
    before = reaper.settings()
    reaper.play("Tonn write session", *NEW)
    assert reaper.settings() == before
    assert reaper.undo_points == ["Tonn: write session"]


def test_a_time_selection_says_what_is_mixed(reaper: Reaper) -> None:
    reaper.time_selection = (4.25, 4.75)
    windows = reaper.play("Tonn write session", *NEW)
    assert "the time selection" in windows[1][1]
    assert soundfile.info(reaper.folder / "Tonn" / "stems" / "01 Kick.wav").duration == pytest.approx(0.5)
    assert float(reaper.project_state["tonn-bridge", "start"]) == 4.25


def test_other_tracks_and_what_came_from_tonn_are_left_out(reaper: Reaper) -> None:
    brought = Track("Tonn preview", selected=True, mute=True, ext={"P_EXT:tonn_bridge": "/x/preview.mp3"})
    brought.items.append(Item(0.0, 600.0, brought))
    reaper.tracks.append(brought)
    reaper.find("Pad").selected = False
    reaper.master.selected = True
    reaper.play("Tonn write session", *NEW)
    assert list(peaks(reaper.folder / "Tonn" / "stems")) == ["01 Kick", "02 Bass"]
    assert brought.selected
    assert reaper.master.selected
    assert not reaper.find("Pad").selected


# --- the session file -------------------------------------------------------------------------------------------------


def test_the_session_is_one_that_the_daemon_reads(reaper: Reaper) -> None:
    reaper.tracks[0].name = 'Kick "in"\t\\ \x7f'
    reaper.tracks[1].name = "Größe 🎹"
    reaper.tracks[2].name = ""
    reaper.play("Tonn write session", ('Masks "live"', "rock indie"), OK)
    session = load_session(reaper.folder / "Tonn" / "session.toml")
    assert session.mix.name == 'Masks "live"'
    assert session.mix.style == "ROCK_INDIE"
    assert session.mix.sample_rate == 48_000
    assert session.mix.gain_mode == "absolute"
    assert session.daw.mapping == "reaper"
    assert [track.name for track in session.tracks] == ['Kick "in"\t\\ \x7f', "Größe 🎹", "Track 3"]
    assert [track.daw for track in session.tracks] == ['Kick "in"\t\\ \x7f', "Größe 🎹", 3]
    assert all(track.file is not None and track.file.is_file() for track in session.tracks)


def test_tracks_of_one_name_are_told_apart_by_their_numbers(reaper: Reaper) -> None:
    reaper.tracks[0].name, reaper.tracks[2].name = "Guitar-L", "guitar l"
    reaper.play("Tonn write session", *NEW)
    session = load_session(reaper.folder / "Tonn" / "session.toml")
    assert [track.daw for track in session.tracks] == [1, "Bass", 3]


@pytest.mark.parametrize(
    ("name", "group", "presence"),
    [
        ("Kick In", "KICK_GROUP", "NORMAL"),
        ("Synth Bass", "BASS_GROUP", "NORMAL"),
        ("Bass Drum", "KICK_GROUP", "NORMAL"),
        ("LeadVox-01", "VOCAL_GROUP", "LEAD"),
        ("BV 2", "BACKING_VOX_GROUP", "NORMAL"),
        ("Lead", "SYNTH_GROUP", "NORMAL"),
        ("808", "BASS_GROUP", "NORMAL"),
        ("Acoustic Gtr", "ACOUSTIC_GUITAR_GROUP", "NORMAL"),
        ("Hat", "CYMBALS_GROUP", "NORMAL"),
        ("Chant", "OTHER_GROUP1", "NORMAL"),
        ("", "OTHER_GROUP1", "NORMAL"),
    ],
)
def test_groups_are_guessed_from_whole_words(reaper: Reaper, name: str, group: str, presence: str) -> None:
    reaper.tracks[2].name = name
    reaper.play("Tonn write session", *NEW)
    track = load_session(reaper.folder / "Tonn" / "session.toml").tracks[2]
    assert (track.group, track.presence) == (group, presence)


def test_unknown_instruments_do_not_belong_together(tmp_path: Path) -> None:
    reaper = Reaper(tmp_path, tuple(f"Thing {letter}" for letter in "abcdefg"))
    reaper.project_file.touch()
    reaper.select()
    reaper.play("Tonn write session", *NEW)
    groups = [track.group for track in load_session(tmp_path / "Tonn" / "session.toml").tracks]
    assert groups == [f"OTHER_GROUP{number}" for number in (1, 2, 3, 4, 5, 5, 5)]


def test_what_was_written_into_the_session_by_hand_stays(reaper: Reaper) -> None:
    reaper.play("Tonn write session", *NEW)
    file = reaper.folder / "Tonn" / "session.toml"
    by_hand = file.read_text().replace('url = "sandbox"', 'url = "https://tonn.roexaudio.com"')
    by_hand = by_hand.replace('group = "OTHER_GROUP1"', 'group = "STRINGS_GROUP"')
    more = 'group = "BASS_GROUP"\r\nreverb = \'LOW\'\npan = "CENTRE" # dead'
    by_hand = by_hand.replace('group = "BASS_GROUP"', more)
    by_hand += (
        '\n[[surface]]\nmapping = "x-touch"\ninput = "X-Touch"\noutput = "X-Touch"\n[control]\nhttp = "[::1]:1"\n'
    )
    file.write_text(by_hand)
    reaper.tracks.insert(0, Track("Strings", selected=True))
    reaper.tracks[0].items.append(Item(4.0, 1.0, reaper.tracks[0]))
    reaper.play("Tonn write session", OK)
    reaper.play("Tonn write session", OK)
    session = load_session(file)
    assert session.tonn.url == "https://tonn.roexaudio.com"
    assert [surface.mapping for surface in session.surfaces] == ["x-touch"]
    assert session.control.http.host == "::1"
    tracks = {track.name: track for track in session.tracks}
    assert list(tracks) == ["Strings", *NAMES]
    assert (tracks["Bass"].pan, tracks["Bass"].reverb) == ("CENTRE", "LOW")
    assert tracks["Strings"].file == reaper.folder / "Tonn" / "stems 3" / "01 Strings.wav"
    assert file.read_text().count("# group: what it is") == 1


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_osc_is_set_up_and_explained(reaper: Reaper) -> None:
    ((_, text),) = reaper.play("Tonn set up OSC")
    installed = reaper.resource_path / "OSC" / "tonn-bridge.ReaperOSC"
    assert installed.read_text().startswith("# Patterns of tonn-bridge")
    assert "Pattern config: tonn-bridge" in text


def test_what_only_asks_leaves_no_undo_point(reaper: Reaper) -> None:
    reaper.daemon_at(1)
    for action in ("Tonn preview", "Tonn cancel", "Tonn bring in final", "Tonn set up OSC"):
        reaper.play(action)
    assert reaper.undo_points == []


def test_on_windows_quotes_are_escaped_and_curl_is_the_systems(reaper: Reaper) -> None:
    reaper.os, reaper.has_curl = "Win64", False
    lua = reaper.runtime()
    lua.execute("pcall(require('http').request, 'POST', 'http://127.0.0.1:1/x', '{\"id\":3}')")
    assert reaper.commands[0].startswith("curl -q --silent ")
    assert r'--data-raw "{\"id\":3}" http://127.0.0.1:1/x' in reaper.commands[0]
