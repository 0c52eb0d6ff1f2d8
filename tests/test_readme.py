"""The README says what is so: CI runs its commands, verbs and keys exist, its TOML loads, its links lead somewhere."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from tests.daemon import make_session, opened, running_daemon
from tonn_bridge.cli import app
from tonn_bridge.mapping import Role, find, load_device, load_surface_file, role_of, shipped
from tonn_bridge.ports.midi import memory_midi
from tonn_bridge.session import (
    ControlTable,
    DawTable,
    MixTable,
    Session,
    SpendTable,
    SurfaceTable,
    TonnTable,
    TrackTable,
    WebhookTable,
    load_session,
)
from tonn_bridge.surfaces import gather
from tonn_bridge.tonn.wire import InstrumentGroup

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

CODE = "\n".join([*(text for _, text in BLOCKS), *re.findall(r"`([^`\n]+)`", README)])
"""All that stands in code, where the program's name begins a command."""

REST_OF_A_SESSION = {
    "mix": '[mix]\nname = "Song"\nstyle = "POP"\n',
    "daw": '[daw]\nmapping = "reaper"\n',
    "track": '[[track]]\nname = "A"\nfile = "a.wav"\ngroup = "BASS_GROUP"\n'
    '[[track]]\nname = "B"\nfile = "b.wav"\ngroup = "KICK_GROUP"\n',
}


def section(heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    return README.partition(f"\n{heading}\n")[2].partition("\n" + heading.split()[0] + " ")[0]


def rows(text: str) -> list[list[str]]:
    """The tables in `text`, a row each, without the row of dashes."""
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [line.split(" | ") for line in lines]


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
    named = re.findall(r"tonn-bridge ([a-z]+)(?: ([a-z]+))?(?: (--[a-z-]+))?", CODE)
    verbs = get_command(app).commands
    assert len({verb for verb, _, _ in named}) > 10
    for verb, second, option in named:
        assert verb in verbs, f"tonn-bridge {verb}"
        command = getattr(verbs[verb], "commands", {}).get(second, verbs[verb])
        assert not hasattr(command, "commands"), f"tonn-bridge {verb} {second}"
        assert not option or option in {name for each in command.params for name in each.opts}, f"{verb} {option}"


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_piece_of_toml_fits_into_a_session(text, tmp_path):
    given = tomllib.loads(text)
    rest = "".join(table for name, table in REST_OF_A_SESSION.items() if name not in given)
    (tmp_path / "session.toml").write_text(text + rest, encoding="utf-8")
    assert is_sound(load_session(tmp_path / "session.toml"))


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.name)
def test_every_example_names_mappings_for_their_places(path):
    assert is_sound(load_session(path))


def is_sound(session: Session) -> bool:
    """Whether its mappings are there, and each fits its place."""
    gather(session)
    return role_of(session.daw.mapping) in (Role.DAW, Role.DEVICE)


TABLES = {
    "mix": MixTable,
    "tonn": TonnTable,
    "tonn.spend": SpendTable,
    "tonn.webhook": WebhookTable,
    "daw": DawTable,
    "surface": SurfaceTable,
    "control": ControlTable,
    "track": TrackTable,
}


def test_its_configuration_has_every_key_of_a_session_and_no_other():
    configuration = section("## Configuration")
    told: dict[str, set[str]] = {}
    for cell in re.findall(r"^\| ((?:\*\*)?`[^|]*) \|", configuration, re.MULTILINE):
        if table := re.match(r"\*\*`\[+([a-z.]+)\]+`\*\*", cell):
            keys = told.setdefault(table[1], set())
        keys |= set(re.findall(r"`(\w+)`", cell))
    assert told == {name: set(table.model_fields) - {"spend", "webhook"} for name, table in TABLES.items()}
    groups = {group.removesuffix("_GROUP") for group in InstrumentGroup if group.endswith("_GROUP")}
    assert [group for group in groups if not re.search(rf"\b{group}\b", configuration)] == []


def test_every_mapping_it_names_ships():
    named = re.findall(r'mapping = "([^"]*)"|--daw (\w+)|mappings show (\w+)', README)
    names = {name for row in named for name in row if name and not name.endswith(".toml")}
    assert names >= {"reaper", "ableton", "ardour", "bitwig", "x32", "xair", "osc"}
    assert all(find(name) for name in names)


def test_it_says_of_every_surface_that_ships_whether_it_was_tried():
    told = {row[1].strip("`"): row[-1] for row in rows(section("## With your control surface")) if len(row) == 4}
    told.pop("mapping")
    assert told == {name: load_surface_file(name).tried for name in shipped(Role.SURFACE)}


def test_it_says_of_every_daw_over_midi_what_has_to_be_set_up():
    told = {row[0].strip("`"): row[1:] for row in rows(section("### DAWs without OSC")) if len(row) == 3}
    told.pop("mapping")
    devices = {name: load_device(name) for name in shipped(Role.DEVICE)}
    assert told == {name: [str(8 * device.units.most), device.setup] for name, device in devices.items()}


async def test_its_state_document_has_every_key_and_no_other(tmp_path):
    told = json.loads(blocks("json")[0])
    surface = '[[surface]]\nmapping = "mackie"\ninput = "X-Touch"\noutput = "X-Touch"\n'
    session = make_session(
        tmp_path, ["Kick", "Bass"], "reaper", send=("127.0.0.1", 9), tonn="http://127.0.0.1:9", extra=surface
    )
    async with running_daemon(session, tmp_path / "state", open_midi=opened(memory_midi())) as daemon:
        found = await daemon.document()
    assert (found.keys(), found["tracks"][0].keys()) == (told.keys(), told["tracks"][0].keys())
    assert [end.keys() for end in found["endpoints"]] == [end.keys() for end in told["endpoints"]]


def test_every_link_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", README, re.MULTILINE)
    }
    assert {link[:1] == "#" for link in links} == {True, False}
    assert [link for link in links if not (link[1:] in headings if link[0] == "#" else (ROOT / link).exists())] == []
