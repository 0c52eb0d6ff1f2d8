"""`init`: a session file beside the stems, its guesses shown."""

import numpy as np
import pytest
import soundfile

from tonn_bridge.session import load_session


@pytest.fixture
def stems(tmp_path):
    """Three stems at 48 kHz, a whole mix and a file Tonn does not take."""
    folder = tmp_path / "Night Bus"
    folder.mkdir()
    for name in ("nb-kick", "nb-bass [di]", "nb-lead vox", "nb-mix"):
        soundfile.write(folder / f"{name}.wav", np.zeros(480), 48000)
    (folder / "nb-pad.aiff").write_bytes(b"")
    return folder


async def test_init_writes_a_session_that_loads_and_shows_its_guesses(run, stems):
    ended = await run("init", stems, "--style", "pop", "--daw", "ableton")
    session = load_session(stems / "session.toml")

    assert ended.code == 0
    assert (session.mix.name, session.mix.style, session.mix.sample_rate) == ("Night Bus", "POP", 48000)
    assert session.daw.mapping == "ableton"
    assert [(track.name, track.group) for track in session.tracks] == [
        ("Bass Di", "BASS_GROUP"),
        ("Kick", "KICK_GROUP"),
        ("Lead Vox", "VOCAL_GROUP"),
    ]
    for shown in ("nb-bass [di].wav", "KICK_GROUP", '"vox", "lead"', "skipped nb-mix.wav", "skipped nb-pad.aiff"):
        assert shown in ended.out
    assert ended.out.rstrip().endswith(f"then, in {stems}: tonn-bridge doctor")


async def test_a_folder_that_is_just_called_stems_leaves_the_song_its_name(run_here, stems):
    inside = stems.rename(stems.parent / "Stems")
    assert (await run_here("init", inside)).code == 0
    assert load_session(inside / "session.toml").mix.name == stems.parent.name


async def test_init_for_a_daw_nobody_knows_writes_nothing(run_here, stems):
    refused = await run_here("init", stems, "--daw", "reeper")
    assert refused.code == 2
    assert 'no mapping is called "reeper"; did you mean "reaper"?' in refused.err
    assert not (stems / "session.toml").exists()


async def test_init_overwrites_only_by_force(run_here, stems):
    (stems / "session.toml").write_text("mine", encoding="utf-8")
    refused = await run_here("init", stems)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"tonn-bridge: {stems / 'session.toml'} is there already; add --force to overwrite it\n"
    assert (stems / "session.toml").read_text(encoding="utf-8") == "mine"
    assert (await run_here("init", stems, "--force")).code == 0
    assert load_session(stems / "session.toml").tracks


async def test_a_folder_without_stems_says_what_it_holds(run_here, tmp_path):
    (tmp_path / "kick.mp3").write_bytes(b"")
    refused = await run_here("init", tmp_path)
    assert refused.code == 1
    assert "holds no stems as WAV or FLAC, and Tonn mixes 2 to 32; kick.mp3: Tonn mixes WAV and FLAC" in refused.err
    assert not (tmp_path / "session.toml").exists()


async def test_more_stems_than_tonn_mixes_are_refused(run_here, tmp_path):
    for number in range(33):
        (tmp_path / f"tom {number}.wav").write_bytes(b"")
    refused = await run_here("init", tmp_path)
    assert refused.code == 1
    assert "holds 33 stems, and Tonn mixes at most 32" in refused.err


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--style", "JAZZ"], []])
async def test_a_wrong_command_is_exit_2(run_here, arguments):
    assert (await run_here("init", *arguments)).code == 2
