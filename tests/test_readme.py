"""README and docs say what is so: CI runs the commands, verbs and keys exist, TOML loads, links lead somewhere."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from tests.daemon import make_session, opened, running_daemon
from tests.integration.plugin_studios import STUDIOS
from tests.peers.dials import keep_learnt
from tests.sandbox_server import SandboxServer
from tonn_bridge.cli import app
from tonn_bridge.clock import SystemClock
from tonn_bridge.core.plugins import Slot
from tonn_bridge.mapping import Role, find, load, load_device, load_surface_file, role_of, shipped
from tonn_bridge.ports.midi import memory_midi
from tonn_bridge.sandbox import SandboxSettings
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
PAGES = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
}
README = PAGES[Path("README.md")]
PLUG_INS = PAGES[Path("docs/plug-ins.md")]
ALL = "\n".join(PAGES.values())
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", ALL, re.MULTILINE | re.DOTALL)

TYPED = re.findall(r"^\$ (.*)$", "\n".join(text for language, text in BLOCKS if language == "text"), re.MULTILINE)
CODE = "\n".join([*(text for kind, text in BLOCKS if kind != "text"), *TYPED, *re.findall(r"`([^`\n]+)`", ALL)])
"""All that stands in code, where the program's name begins a command; of what is shown on a screen, what is typed."""

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
    names = ["Kick", "Bass"]
    tonn = SandboxServer(SandboxSettings(state_dir=tmp_path / "sandbox", stage_seconds=0.01))
    reaper = STUDIOS["reaper"](names, SystemClock())
    await reaper.peer.start()
    keep_learnt(tmp_path / "state", "reaper")
    surface = '[[surface]]\nmapping = "mackie"\ninput = "X-Touch"\noutput = "X-Touch"\n'
    session = make_session(
        tmp_path, names, "reaper", send=reaper.peer.address, listen=reaper.listen, tonn=tonn.url, extra=surface
    )
    async with running_daemon(session, tmp_path / "state", open_midi=opened(memory_midi())) as daemon:
        await daemon.connected()
        await daemon.does("preview")
        found = await daemon.does("apply")
    await reaper.peer.stop()
    tonn.close()
    assert keys(found) == keys(told)
    parameters = {row["parameter"] for track in found["tracks"] for row in track["proof"]}
    assert {row["parameter"] for row in told["tracks"][0]["proof"]} < parameters


def keys(found: object) -> object:
    """The keys of a document, level by level; of a list those of its first entry."""
    if isinstance(found, dict):
        return {name: keys(value) for name, value in found.items()}
    return keys(found[0]) if isinstance(found, list) and found else None


@pytest.mark.parametrize("name", ["ardour", "reaper", "ableton", "bitwig", "x32", "xair"])
def test_it_says_which_plug_ins_serve_in_a_daw(name):
    plugins, people = load(name).plugins, CALLED[name]
    serves = {each.slot: each for each in plugins.serves}
    eq, comp, trim = next(row[1:4] for row in rows(PLUG_INS) if row[0].startswith(people))
    assert serves[Slot.EQ].called in eq
    assert f"{NUMBERS[serves[Slot.EQ].instances * len(serves[Slot.EQ].bells)]} bells" in eq
    assert (serves[Slot.COMP].called if Slot.COMP in serves else "none") in comp
    assert ("in the fader" in trim) == (Slot.TRIM not in serves)
    dials = [dial for each in plugins.serves for dial in (each.freq, each.threshold) if dial is not None]
    learnt = next(row[4] for row in rows(section("## EQ and compressor")) if people in row[0])
    assert (learnt == "`tonn-bridge learn plugin`") == any(dial.law == "learn" for dial in dials)


CALLED = {"ardour": "Ardour", "reaper": "REAPER", "ableton": "Live", "bitwig": "Bitwig", "x32": "X32", "xair": "X Air"}
NUMBERS = {4: "four", 6: "six", 8: "eight"}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page):
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", PAGES[page]) if "://" not in link]
    paths = [(ROOT / page.parent / path).resolve() if path else ROOT / page for path, _, _ in links]
    assert [path for path in paths if not path.exists()] == []
    places = [(path, place) for path, (_, _, place) in zip(paths, links, strict=True) if place]
    assert [place for path, place in places if place not in headings(path.read_text(encoding="utf-8"))] == []


def headings(text: str) -> set[str]:
    """What links call the headings of a page."""
    lines = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in lines}
