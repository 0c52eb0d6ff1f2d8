"""`export`: the session as a file for another program; nothing is overwritten unasked."""

import json
import zlib

import pytest


@pytest.fixture
def song(tmp_path, session_text):
    (tmp_path / "session.toml").write_text(session_text, encoding="utf-8")
    return tmp_path


async def test_a_layout_is_written_and_what_to_do_with_it_is_said(run_here, song):
    ended = await run_here("export", "touchosc", "-o", "song.tosc")
    assert (ended.code, ended.err) == (0, "")
    assert b"<lexml" in zlib.decompress((song / "song.tosc").read_bytes())
    assert ended.out.startswith("wrote song.tosc\n")
    assert '[[surface]]\nmapping = "touchosc"\nsend = "127.0.0.1:9201"' in ended.out
    assert "9202 as send port, 9201 as receive port" in ended.out


async def test_the_lines_that_are_shown_make_the_session_complete(run_here, song, session_text):
    ended = await run_here("export", "open-stage-control", "-o", "a.json")
    table = ended.out[ended.out.index("[[surface]]") :].partition("\n\n")[0]
    (song / "session.toml").write_text(session_text + table, encoding="utf-8")
    again = await run_here("export", "open-stage-control", "-o", "b.json")
    assert again.code == 0
    assert "[[surface]]" not in again.out
    assert (song / "a.json").read_bytes() == (song / "b.json").read_bytes()


async def test_without_a_name_it_lands_beside_the_session(run_here, song):
    assert (await run_here("export", "open-stage-control", str(song / "session.toml"))).code == 0
    assert json.loads((song / "session-open-stage-control.json").read_text("utf-8"))["type"] == "session"


async def test_text_can_go_to_stdout(run_here, song):
    ended = await run_here("export", "open-stage-control", "-o", "-")
    assert json.loads(ended.out)["createdWith"] == "Open Stage Control"
    assert "[[surface]]" in ended.err


async def test_what_is_no_text_does_not_go_to_stdout(run_here, song):
    ended = await run_here("export", "touchosc", "-o", "-")
    assert (ended.code, ended.out) == (2, "")
    assert "touchosc is no text: name a file" in " ".join(ended.err.replace("│", " ").split())


async def test_a_file_that_is_there_is_overwritten_only_by_force(run_here, song):
    (song / "song.tosc").write_bytes(b"mine")
    refused = await run_here("export", "touchosc", "-o", "song.tosc")
    assert refused.code == 2
    assert refused.err == "tonn-bridge: song.tosc is there already; add --force to overwrite it\n"
    assert (song / "song.tosc").read_bytes() == b"mine"
    assert (await run_here("export", "touchosc", "-o", "song.tosc", "--force")).code == 0
    assert (song / "song.tosc").read_bytes() != b"mine"


async def test_a_format_that_there_is_not_is_told_with_those_that_there_are(run_here, song):
    ended = await run_here("export", "touchsoc")
    assert ended.code == 2
    said = " ".join(ended.err.replace("│", " ").split())
    known = "dawproject, rpp, mix, mix-schema, touchosc, open-stage-control"
    assert f'"touchsoc" is not one of {known}; did you mean "touchosc"?' in said


async def test_a_folder_that_is_not_there_is_told(run_here, song):
    ended = await run_here("export", "touchosc", "-o", "nowhere/song.tosc")
    assert ended.code == 2
    assert "nowhere/song.tosc: cannot be written (No such file or directory)" in ended.err


async def test_without_a_session_there_is_nothing_to_export(run_here, tmp_path):
    ended = await run_here("export", "touchosc")
    assert ended.code == 2
    assert "session.toml: no such file" in ended.err
