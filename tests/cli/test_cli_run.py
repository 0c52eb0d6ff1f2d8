"""`run`: says where it listens, shows how it stands, ends cleanly."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tonn_bridge.cli.daemon import status_line

ANY_PORT = 'listen = "127.0.0.1:0"\n'


@pytest.fixture
def session(tmp_path, session_text):
    """A session on ports the system chooses; `http` can be another address."""

    def write(http: str = "127.0.0.1:0") -> None:
        text = session_text.replace('mapping = "reaper"\n', f'mapping = "reaper"\n{ANY_PORT}')
        control = f'[control]\nosc = "127.0.0.1:0"\nhttp = "{http}"\n'
        (tmp_path / "session.toml").write_text(text + control, encoding="utf-8")

    return write


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_run_says_where_it_listens_answers_and_ends_cleanly(start, run_here, session, number):
    session()
    daemon = await start("run")
    lines = [await daemon.line() for _ in range(4)]
    url = lines[1].split()[1]
    status = await run_here("status", "--json", "--url", url)
    daemon.process.send_signal(number)
    ended = await daemon.end()

    assert re.fullmatch(r"OSC control  127\.0\.0\.1:\d+\n", lines[0])
    assert re.fullmatch(r"HTTP         http://127\.0\.0\.1:\d+\n", lines[1])
    assert re.fullmatch(r"DAW feedback 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:8000 \(reaper\)\n", lines[2])
    assert lines[3].startswith("Tonn         http://127.0.0.1:")
    assert '"state": "idle"' in status.out
    assert (ended.code, ended.err) == (0, "")


async def test_a_busy_port_is_one_line_and_exit_1(run, session):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        session(http=f"127.0.0.1:{taken.getsockname()[1]}")
        ended = await run("run")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("tonn-bridge: HTTP cannot listen on 127.0.0.1:")
    assert len(ended.err.splitlines()) == 1


async def test_at_a_terminal_it_shows_a_live_line(start_at_terminal, session, monkeypatch, tmp_path):
    monkeypatch.setenv("TONN_BRIDGE_STATE", str(tmp_path / "kept"))
    session()
    screen = await start_at_terminal("run")
    await screen.shows("OSC control  127.0.0.1:")
    await screen.shows("idle · ")
    screen.type("\x03")
    assert await screen.end() == 0


def test_the_line_says_what_is_going_on_and_who_is_there(document):
    document |= {"running": "preview", "state": "mixing", "progress": 0.25, "text": "analysing"}
    assert status_line(document) == "mixing 25% · analysing · daw connected · credits spent 25"


def test_the_line_names_each_surface_and_says_why_one_is_not_there(document):
    document["endpoints"] += [
        {"name": "surface", "mapping": "x-touch", "connected": True, "problems": []},
        {"name": "surface", "mapping": "nano", "connected": False, "problems": ['MIDI input "nano" is not connected']},
    ]
    assert status_line(document) == (
        'applied · daw connected · x-touch connected · nano not connected: MIDI input "nano" is not connected'
        " · credits spent 25"
    )


def test_a_reason_that_several_have_is_said_once(document):
    missing = {"name": "surface", "connected": False, "problems": ["no MIDI"]}
    document["endpoints"] = [missing | {"mapping": name} for name in ("x-touch", "x-touch-extender")]
    assert "x-touch not connected: no MIDI · x-touch-extender not connected · " in status_line(document)


def test_while_something_is_asked_nothing_is_counted(document):
    document |= {"running": "final", "question": {"id": 1, "text": "Pay?", "credits": 250, "expires_s": 9.0}}
    assert status_line(document).startswith("applied · Pay? This costs 250 credits. · ")


async def test_where_there_is_no_terminal_it_says_that_a_saved_session_is_in_force(start, session, tmp_path):
    session()
    daemon = await start("run")
    while not (await daemon.line()).startswith("idle · "):
        pass
    file = tmp_path / "session.toml"
    file.write_text(file.read_text("utf-8").replace('"Song"', '"Another"'), "utf-8")
    while (line := await daemon.line()).startswith("idle · "):
        pass
    assert line == "session.toml was saved, and is in force:\n"
    assert (await daemon.line()).startswith("OSC control  127.0.0.1:")


def test_the_line_says_what_is_asked_and_what_went_wrong(document):
    document |= {
        "question": {"id": 1, "text": "Pay?", "credits": None, "expires_s": 9.0},
        "error": {"code": "daw", "text": "REAPER\nis silent"},
    }
    assert (
        status_line(document)
        == "applied · Pay? This may cost credits. · REAPER?is silent · daw connected · credits spent 25"
    )


def test_the_log_keeps_our_words_and_no_urls_of_httpx(tmp_path):
    code = (
        "import logging; from tonn_bridge.cli.logs import log_to_file\n"
        "log_to_file(verbose=True)\n"
        "logging.getLogger('tonn_bridge.app').info('greeted %s', 'REAPER')\n"
        "logging.getLogger('httpx').info('GET https://signed.example/?secret')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, env={"TONN_BRIDGE_STATE": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    log = (tmp_path / "logs" / "tonn-bridge.log").read_text(encoding="utf-8")
    assert re.search(r"INFO +tonn_bridge\.app: greeted REAPER\n", log)
    assert "secret" not in log
