"""The script for Ardour: in the real one, and where that cannot be brought to it, in one that is played here."""

import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.peers.ardour import Ardour
from tests.peers.require import require

SCRIPT = Path(__file__).parents[2] / "examples" / "ardour" / "tonn_prepare_strips.lua"
MAPPING = SCRIPT.parents[2] / "mappings" / "ardour.toml"
RUN = f"(function () ardour = function (about) told = about.name end dofile ({str(SCRIPT)!r}) factory () () end) ()"
EQ, COMPRESSOR, STEREO, DELAY = "urn:ardour:a-eq", "urn:ardour:a-comp", "urn:ardour:a-comp#stereo", "urn:ardour:a-delay"
READY = ["ACE EQ", "ACE EQ", "ACE Compressor", "Fader"]

# --- the real Ardour --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ardour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    require("ardour")
    with Ardour(tmp_path_factory.mktemp("ardour"), ["Kick", "Bass", "Own", "Behind", "Half"]) as running:
        running.add_track("Keys", channels=2)
        running.add_bus("Drums")
        yield running


def chain(ardour: Ardour, name: str) -> list[str]:
    """The plug-ins and the fader of a strip as its mixer shows them."""
    look = (
        "(function () local r, shown, i = route ({name!r}), {{}}, 0 while true do local p = r:nth_processor (i) "
        "if p:isnil () then return table.concat (shown, '/') end "
        "if p:display_to_user () then shown[#shown + 1] = p == r:amp () and 'Fader' or p:name () end "
        "i = i + 1 end end) ()"
    )
    return ardour.lua(look.format(name=name)).split("/")


def put(ardour: Ardour, name: str, uri: str, place: int) -> None:
    plugin = f'ARDOUR.LuaAPI.new_plugin (Session, "{uri}", ARDOUR.PluginType.LV2, "")'
    assert ardour.lua(f"route ({name!r}):add_processor_by_index ({plugin}, {place}, nil, true)") == "0"


def test_every_strip_gets_what_it_lacks_before_its_fader(ardour: Ardour) -> None:
    put(ardour, "Bass", DELAY, 0)
    put(ardour, "Own", EQ, 0)
    put(ardour, "Behind", DELAY, -1)
    put(ardour, "Half", EQ, 0)
    put(ardour, "Half", EQ, 1)
    ardour.set_gain_db("Kick", -7.0)
    ardour.lua(RUN)
    assert ardour.lua("told") == "Tonn: Prepare Strips"
    assert chain(ardour, "Kick") == READY
    assert chain(ardour, "Bass") == ["ACE Delay", *READY]
    assert chain(ardour, "Own") == ["ACE EQ", *READY], "the user's own stays the user's own"
    assert chain(ardour, "Behind") == [*READY, "ACE Delay"]
    assert chain(ardour, "Half") == READY
    assert chain(ardour, "Keys") == chain(ardour, "Drums") == ["ACE EQ", "ACE EQ", "ACE Compressor (stereo)", "Fader"]
    assert chain(ardour, "Master") == ["Fader"]
    assert ardour.gain_db("Kick") == pytest.approx(-7.0, abs=1e-5)

    ardour.lua(RUN)
    assert chain(ardour, "Kick") == READY, "once is enough"
    assert chain(ardour, "Own") == ["ACE EQ", *READY]


# --- an Ardour that is played -----------------------------------------------------------------------------------------

FAKE = Path(__file__).with_name("fake_ardour.lua")


def play(strips: str, missing: str = "", *, window: bool = False) -> tuple[str, list[str]]:
    """Run the script with these strips ("name channels plug-ins", `>` behind the fader): what it says, the chains."""
    lua = import_module("lupa.lua53").LuaRuntime(unpack_returned_tuples=True)
    lua.execute(FAKE.read_text())
    lua.globals().dofile(str(SCRIPT))
    said, chains = lua.globals().play(strips, missing, window)
    return said, chains.split(";")


NEW = f"{EQ} {EQ} {COMPRESSOR} fader"


@pytest.mark.parametrize(
    ("strips", "chain", "said"),
    [
        ("A 1", NEW, "put on A."),
        ("A 2", f"{EQ} {EQ} {STEREO} fader", "put on A."),
        ("A 6", NEW, "put on A."),
        (f"A 1 {DELAY}", f"{DELAY} {NEW}", "put on A."),
        (f"A 1 {EQ} {EQ} {COMPRESSOR}", NEW, "Nothing was missing."),
        (f"A 2 {EQ} {EQ} {STEREO} {DELAY}", f"{EQ} {EQ} {STEREO} {DELAY} fader", "Nothing was missing."),
        (f"A 1 {COMPRESSOR} {EQ} {EQ}", f"{COMPRESSOR} {NEW}", "put on A."),
        (f"A 1 {EQ} {COMPRESSOR}", f"{EQ} {COMPRESSOR} {NEW}", "put on A."),
        (f"A 1 {EQ}", f"{EQ} {NEW}", "put on A."),
        (f"A 1 >{EQ}", f"{NEW} {EQ}", "A has an ACE plug-in behind its fader"),
        ("A 0", "fader", "A has no sound at its fader: put an instrument on it first"),
        (f"A 0 {EQ} {EQ} {COMPRESSOR}", NEW, "Nothing was missing."),
        ("Master 2", "fader", "Nothing was missing."),
        ("Monitor 2", "fader", "Nothing was missing."),
        ("A 1 refuses", "fader", "A Ardour would not take urn:ardour:a-eq"),
    ],
)
def test_chains_before_and_after(strips: str, chain: str, said: str) -> None:
    told, chains = play(strips)
    assert chains == [chain]
    assert said in told


@pytest.mark.parametrize(("gone", "left"), [(EQ, "fader"), (COMPRESSOR, f"{EQ} {EQ} fader")])
def test_plug_ins_that_are_not_installed_are_named(gone: str, left: str) -> None:
    told, chains = play("A 1", gone)
    assert chains == [left]
    assert f"A this Ardour has no plug-in {gone}: install" in told


def test_one_strip_that_cannot_does_not_keep_the_others_from_it() -> None:
    told, chains = play("Midi 0; A 1; B 1")
    assert chains == ["fader", NEW, NEW]
    assert told.splitlines() == [
        "ACE EQ and ACE Compressor put on A, B.",
        "Midi has no sound at its fader: put an instrument on it first",
    ]


@pytest.mark.parametrize(("strips", "kind"), [("A 1", "info"), ("A 0", "warning")])
def test_in_the_window_it_is_said_in_a_dialogue(strips: str, kind: str) -> None:
    said, _ = play(strips, window=True)
    assert said.startswith(f"{kind}: ")


def test_the_mapping_finds_what_the_script_puts_on_strips() -> None:
    with MAPPING.open("rb") as file:
        serves = tomllib.load(file)["plugins"]["serves"]
    eq, comp = (next(each for each in serves if each["slot"] == slot) for slot in ("eq", "comp"))
    assert (eq["name"], eq["instances"], eq["which"]) == (["ACE EQ"], 2, "last")
    assert {"ACE Compressor", "ACE Compressor (stereo)"} <= set(comp["name"])


def test_the_script_is_an_editor_action_in_ardours_own_form() -> None:
    lua = import_module("lupa.lua53").LuaRuntime(unpack_returned_tuples=True)
    about: dict[str, Any] = {}
    lua.globals().ardour = lambda table: about.update(table)
    before = set(lua.globals().keys())
    lua.globals().dofile(str(SCRIPT))
    assert about["type"] == "EditorAction"
    assert {"name", "license", "author", "description"} <= set(about)
    assert set(lua.globals().keys()) - before == {"factory", "icon"}, "all else stands inside, as Ardour wants it"
