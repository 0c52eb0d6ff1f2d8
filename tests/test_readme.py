"""The README says what is so: CI runs its commands, verbs and keys exist, its TOML loads, its links lead somewhere."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from tonn_bridge.cli import app
from tonn_bridge.mapping import find
from tonn_bridge.session import (
    ControlTable,
    DawTable,
    MixTable,
    SpendTable,
    TonnTable,
    TrackTable,
    WebhookTable,
    load_session,
)
from tonn_bridge.tonn.wire import InstrumentGroup

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

PROSE = {"sends", "sets"}
"""Words that follow the program's name in a sentence."""

REST_OF_A_SESSION = {
    "mix": '[mix]\nname = "Song"\nstyle = "POP"\n',
    "daw": '[daw]\nmapping = "reaper"\n',
    "track": '[[track]]\nname = "A"\nfile = "a.wav"\ngroup = "BASS_GROUP"\n'
    '[[track]]\nname = "B"\nfile = "b.wav"\ngroup = "KICK_GROUP"\n',
}


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCKS if found == language]


def commands() -> list[list[str]]:
    """The commands of the README's first block, in words; `a && b` is two."""
    text = re.sub(r"#[^\n]*", "", blocks("sh")[0])
    return [shlex.split(part) for line in text.splitlines() for part in line.split("&&")]


def what_ci_runs() -> list[list[str]]:
    """The commands of `.ci/run` that are in its venv, without options that only make them quieter."""
    quiet = {"--quiet", "--disable-pip-version-check"}
    lines = re.findall(r'"\$venv/bin/(\S+)"([^\n>]*)', (ROOT / ".ci/run").read_text(encoding="utf-8"))
    return [[name, *(word for word in shlex.split(rest) if word not in quiet)] for name, rest in lines]


def test_the_first_commands_are_the_main_job_and_its_tests():
    assert commands() == [
        ["pip", "install", "-e", ".[demo]"],
        ["tonn-bridge", "demo"],
        ["pip", "install", "-e", ".[dev]"],
        ["pytest"],
    ]


def test_ci_installs_and_tests_as_the_readme_says():
    install, test = commands()[2:]
    assert install in what_ci_runs()
    assert test in what_ci_runs()
    assert ["tonn-bridge", "demo", "--json"] in what_ci_runs()


def test_what_ci_installs_holds_what_the_demo_needs():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert "tonn-bridge[demo]" in extras["dev"]


def test_every_verb_it_names_exists():
    named = re.findall(r"tonn-bridge ([a-z]+)(?: ([a-z]+))?(?: (--[a-z-]+))?", README)
    verbs = get_command(app).commands
    assert len({verb for verb, _, _ in named}) > 10
    for verb, second, option in named:
        if verb in PROSE:
            continue
        assert verb in verbs, f"tonn-bridge {verb}"
        command = getattr(verbs[verb], "commands", {}).get(second, verbs[verb])
        assert not hasattr(command, "commands"), f"tonn-bridge {verb} {second}"
        assert not option or option in {name for each in command.params for name in each.opts}, f"{verb} {option}"


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_piece_of_toml_fits_into_a_session(text, tmp_path):
    given = tomllib.loads(text)
    rest = "".join(table for name, table in REST_OF_A_SESSION.items() if name not in given)
    (tmp_path / "session.toml").write_text(text + rest, encoding="utf-8")
    session = load_session(tmp_path / "session.toml")
    assert find(session.daw.mapping)


def test_its_configuration_has_every_key_of_a_session_and_no_other():
    configuration = README.partition("## Configuration")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ((?:\*\*)?`[^|]*) \|", configuration, re.MULTILINE)
    told = {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}
    tables = (MixTable, TonnTable, SpendTable, WebhookTable, DawTable, ControlTable, TrackTable)
    assert told == {name for table in tables for name in table.model_fields} - {"spend", "webhook"}
    groups = {group.removesuffix("_GROUP") for group in InstrumentGroup if group.endswith("_GROUP")}
    assert [group for group in groups if not re.search(rf"\b{group}\b", configuration)] == []


def test_every_mapping_it_names_ships():
    named = re.findall(r'mapping = "([^"]*)"|--daw (\w+)|mappings show (\w+)', README)
    names = {name for row in named for name in row if name and not name.endswith(".toml")}
    assert names >= {"reaper", "ableton", "ardour", "bitwig", "x32", "xair", "osc"}
    assert all(find(name) for name in names)


def test_every_link_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
