"""The program as a whole: exit codes, one-line errors, help, a quick start."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import typer
from rich.text import Text
from typer.testing import CliRunner

from tonn_bridge import places
from tonn_bridge.cli import app

ROOT = Path(__file__).parents[2]


def _verbs(command=None, path=()):
    command = command or typer.main.get_command(app)
    for name, sub in getattr(command, "commands", {}).items():
        yield from _verbs(sub, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command


def test_the_verbs_of_the_contract_are_there():
    assert {" ".join(path) for path, _ in _verbs()} == {
        "demo", "run", "init", "preview", "apply", "revert", "compare", "morph", "final", "confirm", "cancel", "status",
        "sandbox", "ports", "monitor", "learn", "doctor", "verify", "export", "import",
        "mappings list", "mappings show", "mappings check", "mappings schema",
        "key set", "key delete", "key show-where",
    }  # fmt: skip


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p)) for p, c in _verbs()])
def test_each_verb_has_an_example_in_its_help(path, command):
    assert f"Example: tonn-bridge {' '.join(path)}" in re.sub(r"\s+", " ", command.help)


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p)) for p, c in _verbs()])
def test_nothing_in_a_help_text_is_taken_for_markup(path, command):
    texts = [command.help, *(getattr(param, "help", None) or "" for param in command.params)]
    shown = [Text.from_markup(text).plain for text in texts]
    assert shown == [text.replace("\\[", "[") for text in texts]


def test_the_help_names_the_table_that_holds_the_address():
    shown = CliRunner().invoke(app, ["apply", "--help"], env={"COLUMNS": "200"}).output
    assert "Default: [control] http of ./session.toml." in shown


def test_the_program_starts_without_its_heavy_parts():
    heavy = {"numpy", "scipy", "soundfile", "uvicorn", "starlette", "httpx", "pydantic", "keyring", "mido", "pythonosc"}
    code = "import sys, tonn_bridge.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert heavy.isdisjoint(loaded.split())


@pytest.mark.parametrize("arguments", [["rum"], ["run", "--nope"], ["morph"], ["status", "extra"], ["mappings", "x"]])
async def test_a_wrong_command_is_exit_2(run, arguments):
    ended = await run(*arguments)
    assert (ended.code, ended.out) == (2, "")


async def test_a_missing_session_is_one_line_and_exit_2(run):
    ended = await run("run")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        'tonn-bridge: session.toml: no such file; write one with "tonn-bridge init FOLDER", or name another\n'
    )


async def test_each_mistake_in_a_session_is_one_line_and_exit_2(run, tmp_path, session_text):
    (tmp_path / "session.toml").write_text(
        session_text.replace("POP", "JAZZ").replace('name = "Kick"', 'nam = "Kick"'), encoding="utf-8"
    )
    ended = await run("run")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 2
    assert 'mix.style "JAZZ" is not one of' in ended.err
    assert 'track[1].nam is not a known key; did you mean "name"?' in ended.err


async def test_the_sandbox_answers_and_ends_cleanly_on_sigterm(start):
    sandbox = await start("sandbox", "--port", "0")
    url = (await sandbox.line()).split()[-1]
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{url}/health")).status_code == 200
    sandbox.process.send_signal(signal.SIGTERM)
    assert (await sandbox.end()).code == 0


def test_a_fault_of_our_own_shows_no_traceback_but_keeps_one(tmp_path):
    code = (
        "import sys, tonn_bridge.cli.program as program\n"
        "@program.app.command()\n"
        "def boom():\n"
        "    raise KeyError('oops')\n"
        "sys.argv = ['tonn-bridge', 'boom']\n"
        "program.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False,
        env={"TONN_BRIDGE_STATE": str(tmp_path), "PATH": ""},
    )  # fmt: skip
    kept = tmp_path / "logs" / "fault.txt"
    assert ended.returncode == 1
    assert ended.stderr == f"tonn-bridge: KeyError: 'oops' (a fault in tonn-bridge; please report it with {kept})\n"
    assert "Traceback" in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["state", "cache", "logs"])
def test_one_variable_moves_all_places(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("TONN_BRIDGE_STATE", str(tmp_path / "x"))
    folder = getattr(places, f"{kind}_dir")()
    assert folder == tmp_path / "x" / kind
    assert folder.is_dir()
