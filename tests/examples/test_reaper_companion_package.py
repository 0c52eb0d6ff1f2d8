"""The package as REAPER and ReaPack get it: every file in the index, every address in the pattern file."""

import re
import tomllib
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.examples.fake_reaper import PACKAGE, FakeReaper
from tonn_bridge.demo.reaper_patterns import Patterns

PATTERN_FILE = PACKAGE / "tonn-bridge.ReaperOSC"
MAPPING = Path(__file__).parents[2] / "mappings" / "reaper.toml"
LUA = sorted(PACKAGE.rglob("*.lua"))


@pytest.fixture
def make_index(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGE))
    return import_module("make_index")


# --- ReaPack ----------------------------------------------------------------------------------------------------------


def test_the_index_is_up_to_date_and_points_nowhere(make_index: ModuleType) -> None:
    assert (PACKAGE / "index.xml").read_text() == make_index.index(make_index.NOWHERE)


def test_the_index_is_one_that_reapack_reads() -> None:
    """As ReaPack's wiki describes the format; unknown names there make it refuse the index or pass over an element."""
    root = ET.parse(PACKAGE / "index.xml").getroot()
    assert (root.tag, root.get("version")) == ("index", "1")
    assert root.get("name")
    (category,) = root
    (package,) = category
    assert (category.tag, package.tag, package.get("type")) == ("category", "reapack", "script")
    (version,) = package
    assert re.fullmatch(r"\d+\.\d+\.\d+", version.get("name", ""))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", version.get("time", ""))
    for source in version.findall("source"):
        assert set(source.keys()) <= {"file", "main"}
        url = urlsplit(source.text or "")
        assert url.scheme == "https"
        assert unquote(url.path).endswith("/" + source.get("file", ""))
        assert " " not in (source.text or "")


def test_the_index_has_every_file_and_an_action_for_each_script() -> None:
    sources = list(ET.parse(PACKAGE / "index.xml").getroot().iter("source"))
    files = {source.get("file"): source.get("main") for source in sources}
    scripts = {str(path.relative_to(PACKAGE)) for path in LUA}
    assert set(files) == scripts | {PATTERN_FILE.name}
    assert {file for file, main in files.items() if main} == {file for file in scripts if "/" not in file}
    assert set(files.values()) == {"main", None}


@pytest.mark.parametrize("lua", ["lua53", "lua54"])
@pytest.mark.parametrize("file", LUA, ids=lambda path: path.name)
def test_every_script_is_lua_of_reaper_6_and_7(file: Path, lua: str) -> None:
    runtime = import_module(f"lupa.{lua}").LuaRuntime(unpack_returned_tuples=True)
    loaded, why = runtime.globals().load(file.read_text(), file.name, "t"), None
    if isinstance(loaded, tuple):
        loaded, why = loaded
    assert loaded is not None, why


@pytest.mark.parametrize("module", sorted(path.stem for path in PACKAGE.glob("lib/*.lua")))
def test_modules_leave_no_globals_behind(module: str, tmp_path: Path) -> None:
    lua = FakeReaper(tmp_path).runtime()
    before = set(lua.globals().keys())
    lua.execute(f"require('{module}')")
    assert set(lua.globals().keys()) == before


def test_the_readme_names_every_action_and_no_other() -> None:
    named = set(re.findall(r"\*\*(Tonn [^*]+)\*\*", (PACKAGE / "README.md").read_text()))
    assert named == {path.stem for path in LUA if path.parent == PACKAGE}


def test_actions_that_scripts_speak_of_exist() -> None:
    spoken_of = {name for path in LUA for name in re.findall(r'action \\?"(Tonn [\w ]+)\\?"', path.read_text())}
    assert {"Tonn state", "Tonn write session"} <= spoken_of <= {path.stem for path in LUA}


# --- the pattern file -------------------------------------------------------------------------------------------------

SETTINGS = {
    **dict.fromkeys(("TRACK", "SEND", "RECEIVE", "FX", "FX_PARAM", "FX_INST_PARAM", "MARKER", "REGION"), r"\d+"),
}
NUMBERS = {f"DEVICE_{what}_COUNT": pattern for what, pattern in SETTINGS.items()}
WORDS = {
    "REAPER_TRACK_FOLLOWS": "REAPER|DEVICE",
    "DEVICE_TRACK_FOLLOWS": "DEVICE|LAST_TOUCHED",
    "DEVICE_TRACK_BANK_FOLLOWS": "DEVICE|MIXER",
    "DEVICE_FX_FOLLOWS": "DEVICE|LAST_TOUCHED|FOCUSED",
    "DEVICE_EQ": "INSERT|EXISTING",
    "DEVICE_ROTARY_CENTER": r"0|0\.5",
}
KEYS = {
    **dict.fromkeys(("TRACK_NAME", "TRACK_MUTE", "TRACK_SELECT", "TRACK_VOLUME", "TRACK_PAN"), 1),
    **dict.fromkeys(("FX_NAME", "FX_BYPASS"), 2),
    **dict.fromkeys(("FX_PARAM_NAME", "FX_PARAM_VALUE"), 3),
    **dict.fromkeys(("FX_EQ_BYPASS", "FX_EQ_MASTER_GAIN"), 1),
    **dict.fromkeys(("FX_EQ_BAND_FREQ", "FX_EQ_BAND_GAIN", "FX_EQ_BAND_Q"), 2),
    "ACTION": 1,
    **dict.fromkeys(("DEVICE_TRACK_COUNT", "DEVICE_FX_COUNT", "DEVICE_FX_PARAM_COUNT"), 0),
    **dict.fromkeys(("DEVICE_TRACK_SELECT", "DEVICE_TRACK_BANK_SELECT", "DEVICE_FX_SELECT"), 0),
    "DEVICE_FX_PARAM_BANK_SELECT": 0,
}
"""Keys of REAPER's default file that we use, and how many numbers an address that reaches any track has in it."""

DEFAULT_TYPES = {"n": "f", "f": "f", "b": "fi", "t": "fi", "s": "s", "i": "i"}


def entries(text: str) -> list[tuple[str, str]]:
    """Key and value (a setting) or pattern of each line; a line may hold several patterns."""
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    return [(key, value) for key, *values in filter(None, lines) for value in values]


def faults(text: str) -> list[str]:
    """What REAPER would not read in a pattern file, and what would not do what it looks like."""
    found = []
    for key, value in entries(text):
        if value[1:2] != "/":
            allowed = (NUMBERS | WORDS).get(key)
            if allowed is None or not re.fullmatch(allowed, value):
                found.append(f"{key} {value}: no such setting")
            continue
        flag, address = value[0], value[1:]
        if key not in KEYS:
            found.append(f"{key}: unknown key")
        elif flag not in "nfbtrsi":
            found.append(f"{value}: unknown flag")
        elif len(address) > 512 or re.search(r"[*?\[\]{},\s#]", address):
            found.append(f"{value}: not an address")
        elif address.count("@") not in ({0, KEYS[key]} if key == "ACTION" else {KEYS[key]}):
            found.append(f"{value}: reaches another target")
    return found


def test_reaper_reads_the_pattern_file() -> None:
    assert faults(PATTERN_FILE.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRACK_VOLUM f/track/@/volume/db",
        "TRACK_VOLUME N/track/@/volume",
        "TRACK_VOLUME f/track/@/volume*",
        "TRACK_VOLUME f/track/volume/db",
        "FX_EQ_BAND_FREQ f/fxeq/band/@/freq/hz",
        "DEVICE_EQ MAYBE",
        "DEVICE_TRACK_COUNT many",
        f"TRACK_NAME s/track/@/{'x' * 512}",
    ],
)
def test_the_checker_sees_what_reaper_would_not_read(line: str) -> None:
    assert len(faults(line)) == 1


def test_it_is_for_64_tracks_and_adds_no_equaliser_by_itself() -> None:
    settings = {key: value for key, value in entries(PATTERN_FILE.read_text()) if value[1:2] != "/"}
    assert settings["DEVICE_TRACK_COUNT"] == "64"
    assert settings["DEVICE_FX_COUNT"] == "8"
    assert int(settings["DEVICE_FX_PARAM_COUNT"]) >= 6 * 3 + 1
    assert settings["DEVICE_EQ"] == "EXISTING"


def test_nothing_in_it_floods_the_line() -> None:
    keys = {key for key, _ in entries(PATTERN_FILE.read_text())}
    assert not {key for key in keys if re.search("VU|TIME|BEAT|SAMPLES|FRAMES|MARKER|REGION|LAST_", key)} - {
        "DEVICE_MARKER_COUNT",
        "DEVICE_REGION_COUNT",
    }


@pytest.mark.parametrize(
    "wanted",
    [
        "f/track/@/volume/db",
        "s/track/@/fx/@/fxparam/@/name",
        "n/track/@/fx/@/fxparam/@/value",
        "s/track/@/fx/@/fxparam/@/value/str",
        *(f"{flag}/track/@/fxeq/band/@/{form}" for flag, form in [("f", "freq/hz"), ("n", "freq"), ("s", "freq/str")]),
        *(f"{flag}/track/@/fxeq/band/@/{form}" for flag, form in [("f", "gain/db"), ("n", "gain"), ("s", "gain/str")]),
        *(f"{flag}/track/@/fxeq/band/@/{form}" for flag, form in [("f", "q/oct"), ("n", "q"), ("s", "q/str")]),
    ],
)
def test_real_units_and_texts_reach_every_track(wanted: str) -> None:
    assert wanted in {pattern for _, pattern in entries(PATTERN_FILE.read_text())}


def spoken(node: Any) -> list[tuple[str, str]]:
    """Every address in a mapping, with the types of its arguments."""
    if isinstance(node, list):
        return [found for item in node for found in spoken(item)]
    if not isinstance(node, dict):
        return []
    own = []
    if "address" in node:
        own = [(node["address"], "".join(arg["type"] for arg in node.get("args", [])))]
    return own + [found for item in node.values() for found in spoken(item)]


def addresses_of_the_mapping() -> list[tuple[str, str]]:
    with MAPPING.open("rb") as file:
        return sorted(set(spoken(tomllib.load(file))))


def test_the_mapping_speaks_addresses() -> None:
    assert ("/track/{strip}/volume/db", "f") in addresses_of_the_mapping()


@pytest.mark.parametrize(("address", "types"), addresses_of_the_mapping())
def test_every_address_of_the_mapping_is_in_the_file(address: str, types: str) -> None:
    patterns = [pattern for _, pattern in entries(PATTERN_FILE.read_text()) if pattern[1:2] == "/"]
    wanted = re.sub(r"\{\w+\}|(?<=/)\d+(?=/)", "@", address)
    flags = [pattern[0] for pattern in patterns if pattern[1:] == wanted]
    assert flags, f"{wanted} is not in {PATTERN_FILE.name}"
    assert any(set(types) <= set(DEFAULT_TYPES[flag]) for flag in flags), (wanted, flags, types)


def test_the_mapping_finds_the_plug_ins_that_the_action_puts_on_tracks(tmp_path: Path) -> None:
    with MAPPING.open("rb") as file:
        serves = {each["slot"]: each for each in tomllib.load(file)["plugins"]["serves"]}
    plugins = FakeReaper(tmp_path).runtime().eval("(require('plugins'))")
    assert serves["eq"]["name"][0] == plugins.EQ
    assert serves["comp"]["name"][0] == plugins.COMPRESSOR
    for slot in ("eq", "comp"):
        assert '"Tonn prepare tracks"' in serves[slot]["insert"]
        assert serves[slot].get("which", "last") == "last"


def test_a_simulated_reaper_tells_by_the_pattern_file() -> None:
    """Another reader of the same language, made by other hands."""
    patterns = Patterns(PATTERN_FILE.read_text())
    assert not patterns.inserts_eq
    assert patterns.count("DEVICE_FX_PARAM_COUNT") == 20
    assert ("f", "/track/3/fxeq/band/5/gain/db") in patterns.told("FX_EQ_BAND_GAIN", 3, 5)
    assert ("s", "/track/64/fx/8/fxparam/17/value/str") in patterns.told("FX_PARAM_VALUE", 64, 8, 17)
    heard = patterns.heard("/track/2/fx/1/fxparam/4/value")
    assert heard is not None
    assert (heard.key, heard.flag, heard.numbers) == ("FX_PARAM_VALUE", "n", (2, 1, 4))
