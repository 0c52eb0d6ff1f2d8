"""What goes wrong is told to a person, with what to do next; and the project is left in order."""

import http.server
import json
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.examples.fake_reaper import OK, YES, FakeReaper, Item, frozen_mixer

NAMES = ("Kick", "Bass", "Pad")
Break = Callable[[FakeReaper], Any]


def nothing(reaper: FakeReaper) -> None:
    reaper.select("none")


def many(reaper: FakeReaper) -> None:
    other = FakeReaper(reaper.folder, tuple(f"T{n}" for n in range(33)))
    reaper.tracks = other.tracks
    reaper.select()


def folder_and_child(reaper: FakeReaper) -> None:
    reaper.find("Bass").parent = reaper.find("Kick")


def solo(reaper: FakeReaper) -> None:
    reaper.find("Kick").solo = True


def mute(reaper: FakeReaper) -> None:
    reaper.find("Bass").mute = True


def long(reaper: FakeReaper) -> None:
    reaper.find("Pad").items.append(Item(4.0, 480.5, reaper.find("Pad")))


def empty(reaper: FakeReaper) -> None:
    for track in reaper.tracks:
        track.items.clear()


def unsaved(reaper: FakeReaper) -> None:
    reaper.project_file = None  # type: ignore[assignment]


def no_chunks(reaper: FakeReaper) -> None:
    reaper.takes_chunks = False


def no_plugins(reaper: FakeReaper) -> None:
    reaper.has_plugins = False


def old_reaper(reaper: FakeReaper) -> None:
    reaper.known_render_flags, reaper.version = 0xFFF, "6.23/linux-x86_64"


def render_stopped(reaper: FakeReaper) -> None:
    reaper.render_fails_on = "Bass"


def semicolon(reaper: FakeReaper) -> None:
    reaper.find("Bass").name = "Bass; DI"


def inline_tracks(reaper: FakeReaper) -> None:
    (reaper.folder / "Tonn").mkdir()
    (reaper.folder / "Tonn" / "session.toml").write_text('track = [{ name = "Kick" }]\n')


def broken_plugin(reaper: FakeReaper) -> None:
    """A fault of REAPER's or ours that nobody thought of."""
    reaper.TrackFX_GetCount = lambda _: 1 // 0  # type: ignore[method-assign]


def disk_full(reaper: FakeReaper) -> None:
    """A folder stands where the new session would be written."""
    (reaper.folder / "Tonn" / "session.toml.new").mkdir(parents=True)


PREPARE, WRITE = "Tonn prepare tracks", "Tonn write session"
NEW = (("Masks", "POP"), OK)

TABLE = [
    pytest.param(PREPARE, (), nothing, "No track is selected", "Select the tracks", id="nothing-selected"),
    pytest.param(PREPARE, (), no_chunks, "six bells", 'rename it to "Tonn EQ"', id="six-bells-not-taken"),
    pytest.param(PREPARE, (), no_plugins, "no ReaEQ", "FX browser", id="no-reaplugs"),
    pytest.param(PREPARE, (), broken_plugin, "nobody expected", "report it", id="a-fault-of-ours"),
    pytest.param(WRITE, (), nothing, "No track is selected", "Select the tracks", id="no-stems"),
    pytest.param(WRITE, (), lambda r: r.select("Kick"), "2 to 32 tracks; 1 is", "Select all", id="one-track"),
    pytest.param(WRITE, (), many, "2 to 32 tracks; 33 are", "folder", id="33-tracks"),
    pytest.param(WRITE, (), unsaved, "not been saved", "Save it", id="project-never-saved"),
    pytest.param(WRITE, (), mute, '"Bass" is muted', "Unmute", id="muted"),
    pytest.param(WRITE, (), solo, '"Bass" would be silent', "solos off", id="soloed"),
    pytest.param(WRITE, (), folder_and_child, '"Bass" is in the folder "Kick"', "Select the folder, or", id="twice"),
    pytest.param(WRITE, (), long, "0:04 to 8:04 is longer than the 8 minutes", "time selection", id="too-long"),
    pytest.param(WRITE, (), empty, "nothing on the tracks", "Record or import", id="no-items"),
    pytest.param(WRITE, (("Masks", "Disco"),), lambda r: None, 'no style "DISCO"', "ROCK_INDIE", id="unknown-style"),
    pytest.param(WRITE, NEW, old_reaper, "(6.23/linux-x86_64) cannot render stems", "Update", id="old-reaper"),
    pytest.param(WRITE, NEW, render_stopped, '"Bass" was not written', "disk is full", id="a-stem-is-missing"),
    pytest.param(WRITE, NEW, semicolon, "4 files for 3 tracks", "semicolons", id="semicolon-in-a-name"),
    pytest.param(WRITE, NEW, disk_full, "could not be written", "disk is full", id="session-not-written"),
    pytest.param(WRITE, (), inline_tracks, "a form this script does not write", "Rename", id="other-session"),
]


@pytest.fixture
def reaper(tmp_path: Path) -> FakeReaper:
    found = FakeReaper(tmp_path, NAMES)
    found.project_file.touch()
    found.select()
    return found


@pytest.mark.parametrize(("action", "answers", "break_it", "what", "next_step"), TABLE)
def test_trouble_is_told_and_nothing_is_left_half_done(
    reaper: FakeReaper, action: str, answers: tuple[Any, ...], break_it: Break, what: str, next_step: str
) -> None:
    break_it(reaper)
    before, chains = reaper.settings(), [len(track.fx) for track in reaper.tracks]
    with frozen_mixer(reaper):
        title, text = reaper.play(action, *answers)[-1]
    assert title == action
    told, _, todo = text.partition("\n\n")
    assert what in told
    assert next_step in todo
    assert reaper.settings() == before
    assert [len(track.fx) for track in reaper.tracks] == chains
    assert len(reaper.undo_points) <= 1
    assert (reaper.console != []) == ("nobody expected" in text), "a trace for us, not for people"


# --- the daemon -------------------------------------------------------------------------------------------------------


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Something at a port that answers everything with this."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


VERBS = ["preview", "apply", "revert", "compare", "final", "confirm", "cancel", "bring in preview", "bring in final"]
REFUSAL = b'{"error":{"code":"not_possible","text":"there is no proposal yet"}}'
EMPTY = b'{"state":"idle","tracks":[],"running":null,"question":null,"error":null}'


@pytest.mark.parametrize("verb", VERBS)
def test_a_daemon_that_does_not_run_is_told_with_how_to_start_it(reaper: FakeReaper, verb: str) -> None:
    reaper.daemon_at(1)
    ((_, text),) = reaper.play(f"Tonn {verb}")
    assert "does not answer at http://127.0.0.1:1." in text
    assert str(reaper.folder / "Tonn") in text
    assert "tonn-bridge run" in text


def test_no_test_reaches_a_daemon_that_is_not_its_own(reaper: FakeReaper) -> None:
    with answering(200, EMPTY) as port:
        reaper.daemon_at(port)
        reaper.reachable.clear()
        with pytest.raises(AssertionError, match="of its own"):
            reaper.play("Tonn apply")
    assert "does not answer" in reaper.windows[0][1]


def test_without_a_session_it_is_told_how_to_write_one(reaper: FakeReaper) -> None:
    lua = reaper.runtime()
    lua.execute("require('http').request = function() return nil, 'refused' end")
    lua.execute("require('action').run('t', require('verbs').apply)")
    assert 'the action "Tonn write session"' in reaper.windows[0][1]


@pytest.mark.parametrize("verb", VERBS)
def test_without_curl_it_is_told_where_to_get_it(reaper: FakeReaper, verb: str) -> None:
    reaper.has_curl = False
    ((_, text),) = reaper.play(f"Tonn {verb}")
    assert "could not start curl" in text
    assert "install the package curl" in text


@pytest.mark.parametrize(
    ("status", "body", "what", "next_step"),
    [
        (409, REFUSAL, "there is no proposal yet", "Tonn state"),
        (422, REFUSAL, "there is no proposal yet", "Nothing was changed"),
        (200, b"<html>", "Something else than tonn-bridge", "another address"),
        (404, b"[]", "Something else than tonn-bridge", "another address"),
        (200, b"{}", "Something else than tonn-bridge", "another address"),
        (500, b'{"error": "x"}', "Something else than tonn-bridge", "another address"),
    ],
)
def test_what_answers_strangely_is_told(
    reaper: FakeReaper, status: int, body: bytes, what: str, next_step: str
) -> None:
    with answering(status, body) as port:
        reaper.daemon_at(port)
        ((_, text),) = reaper.play("Tonn apply")
    assert what in text
    assert next_step in text


@pytest.mark.parametrize("what", ["preview", "final"])
def test_what_is_not_there_yet_cannot_be_brought_in(reaper: FakeReaper, what: str) -> None:
    with answering(200, EMPTY) as port:
        reaper.daemon_at(port)
        ((_, text),) = reaper.play(f"Tonn bring in {what}")
    assert "There is no" in text
    assert f'"Tonn {what}"' in text
    assert len(reaper.tracks) == 3


@pytest.mark.parametrize(
    ("content", "what"), [(None, "not there any more"), (b"no sound at all", "REAPER cannot read")]
)
def test_a_mix_that_cannot_be_had_is_told(reaper: FakeReaper, content: bytes | None, what: str) -> None:
    file = reaper.folder / "preview.mp3"
    if content is not None:
        file.write_bytes(content)
    body = EMPTY.replace(b'"tracks"', f'"preview_file":"{file}","tracks"'.encode())
    with answering(200, body) as port:
        reaper.daemon_at(port)
        ((_, text),) = reaper.play("Tonn bring in preview")
    assert what in text
    assert len(reaper.tracks) == 3


def test_an_address_that_is_none_never_gets_onto_a_command_line(reaper: FakeReaper) -> None:
    reaper.daemon_at(1)
    file = reaper.folder / "Tonn" / "session.toml"
    file.write_text("[control]\nhttp = \"$(touch pwned):80\"\nhttp = '[::1]:1'\n")
    reaper.reachable.add("[::1]:1")
    reaper.play("Tonn apply")
    assert "pwned" not in reaper.commands[0]
    assert "http://[::1]:1/api" in reaper.commands[0]


def test_a_question_with_quotes_in_it_stays_one_argument(reaper: FakeReaper) -> None:
    hostile = "'; touch pwned; '\\\" $HOME"
    question = json.dumps({"id": hostile, "text": "?", "credits": -1, "expires_s": 9})
    body = EMPTY.replace(b'"question":null', f'"question":{question}'.encode())
    with answering(200, body) as port:
        reaper.daemon_at(port)
        reaper.play("Tonn confirm", YES)
    (posted,) = [command for command in reaper.commands if "POST" in command]
    words = shlex.split(posted)
    assert json.loads(words[words.index("--data-raw") + 1]) == {"id": hostile}
    assert "$HOME" not in re.sub(r"'[^']*'", "", posted), "nothing for a shell to read"


def test_a_daemon_that_hangs_is_told(reaper: FakeReaper) -> None:
    lua = reaper.runtime()
    lua.execute("reaper.ExecProcess = function() return '28\\n' end")
    lua.execute("require('action').run('t', require('verbs').apply)")
    assert "did not answer within 10 seconds" in reaper.windows[0][1]


def test_what_apply_could_not_set_is_told(reaper: FakeReaper) -> None:
    track = (
        b'{"number":1,"name":"Kick","daw":1,"plugins":[{"slot":"comp","name":"ReaComp","found":false,'
        b'"problem":"no ReaComp: insert one"}],"proof":[{"parameter":"eq.1.gain_db","wanted":-3.0,"got":-2.0,'
        b'"error":1.0,"unit":"dB","verdict":"off"},{"parameter":"pan","wanted":0.0,"got":null,"error":null,"unit":"%",'
        b'"verdict":"not confirmed"}],"fault":"given back"},{"number":2,"name":"Bass","daw":null}'
    )
    with answering(200, EMPTY.replace(b"[]", b"[" + track + b"]")) as port:
        reaper.daemon_at(port)
        ((_, text),) = reaper.play("Tonn apply")
    assert text.splitlines()[2:] == [
        "Kick: no ReaComp: insert one",
        "Kick: eq.1.gain_db: wanted -3, got -2",
        "Kick: given back",
        "Bass: not found in REAPER",
    ]
