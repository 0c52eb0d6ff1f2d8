import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tonn_bridge.core.values import Param
from tonn_bridge.errors import MappingError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping import DawMapping, Mapping, Role, find, load, schema, shipped
from tonn_bridge.mapping.device import DeviceFile
from tonn_bridge.mapping.files import folder
from tonn_bridge.mapping.surface.compiled import MODELS

README = (folder() / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_mapping_says_what_it_knows_and_from_where(name: str) -> None:
    mapping = load(name)
    assert mapping.source
    assert {Param.GAIN, Param.PAN} <= DawMapping(mapping).caps.params
    assert mapping.strip.name is not None


def test_a_mapping_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(find("osc").read_text("utf-8").replace('name = "OSC"', 'name = "Mine"'), "utf-8")
    assert find("reaper").name == "reaper.toml"
    assert load("mine.toml", tmp_path).name == "Mine"
    assert load("./mine.toml", tmp_path).name == "Mine"
    assert load(str(mine)).name == "Mine"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raeper", 'no mapping is called "raeper"; did you mean "reaper"? Mappings that ship: ableton, ardour,'),
        ("Ardour", 'no mapping is called "Ardour"; did you mean "ardour"? Mappings that ship: ableton, ardour,'),
        ("soundscape", 'no mapping is called "soundscape". Mappings that ship: ableton, ardour,'),
        ("gone.toml", "gone.toml: no such mapping file. Mappings that ship: ableton, ardour,"),
        ("../gone", "gone: no such mapping file. Mappings that ship: ableton, ardour,"),
    ],
)
def test_a_mapping_that_is_not_there_lists_those_that_are(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=re.escape(message)):
        find(name, tmp_path)


GOOD = """
name = "Desk"
source = "its manual"
ports = { listen = "127.0.0.1:9000" }
strips = { most = 8 }
presence = { ask_after_s = 5 }
echo = { form = "same", late_s = 0.5 }
pacing = { messages_per_s = 100, bundle = false }

[strip.gain]
address = "/gain/{strip}"
args = [{ type = "f", is = "value" }]
law = "decibel"
off = -100
tolerance = 0.01

[strip.pan]
address = "/pan/{strip}"
args = [{ type = "f", is = "value" }]
left = -1
right = 1
tolerance = 0.01
"""


def test_the_least_a_mapping_needs_is_enough() -> None:
    mapping = DawMapping(parse_toml(GOOD, "desk.toml", Mapping, MappingError))
    assert mapping.name == "Desk"
    assert mapping.greet(8) == mapping.farewell() == mapping.ask_all([1]) == mapping.keep_alive(8) == []
    assert mapping.caps.send is None


DECIBEL = 'did you mean "decibel"? Known: ardour, cube, decibel, live, reaper, x32'
MISTAKES = [
    ('address = "/gain', 'adress = "/gain', 'strip.gain.adress is not a known key; did you mean "address"'),
    ('address = "/gain/{strip}"', "", "strip.gain.address is missing"),
    ('name = "Desk"', "", "name is missing"),
    ("most = 8", "most = 8, max = 9", "strips.max is not a known key"),
    ("most = 8", "most = 0", "strips.most 0: input should be greater than or equal to 1"),
    ("most = 8", 'most = "8x"', 'strips.most "8x": input should be a valid integer'),
    ("[strip.pan]", "[strip.pam]", 'strip.pam is not a known key; did you mean "pan"?'),
    ("[strip.pan]", "[strips.pan]", "not TOML: Cannot declare ('strips', 'pan') twice"),
    ('form = "same"', 'form = "sane"', 'echo.form "sane" is not one of "same", "other" or "none"; did you mean "same"'),
    ('law = "decibel"', 'law = "decibels"', f'strip.gain.law: no law is called "decibels"; {DECIBEL}'),
    ('law = "decibel"', "", 'strip.gain: needs "law" or "points", and not both'),
    ('law = "decibel"', "points = [[0, -60], [1, -70]]", "strip.gain: fader law [(0.0, -60.0), (1.0, -70.0)] is"),
    ('law = "decibel"', 'law = "x32"\ntop_db = 12', "strip.gain: top of the x32 law 12.0 is outside what it can be"),
    ('law = "decibel"', 'law = "decibel"\ntop_db = 30', "strip.gain: gain 30.0 is outside -inf..+24.0 dB"),
    ('law = "decibel"', 'law = "decibel"\nfull = 127', 'strip.gain: "full" has no meaning with the decibel law'),
    ('law = "decibel"', 'law = "decibel"\nsteps = 128', "strip.gain: the decibel law has no steps"),
    ("off = -100", "", 'strip.gain: needs "off": the number that this DAW takes for minus infinity dB'),
    ("off = -100", "off = nan", "strip.gain.off nan: input should be a finite number"),
    ('"/gain/{strip}"', '"/gain"', "strip.gain: /gain does not say which strip: put {strip} in it, or an arg that"),
    ('"/gain/{strip}"', '"gain/{strip}"', 'strip.gain.address: "gain/{strip}" must begin with /'),
    ('"/gain/{strip}"', '"/gain/{n}"', 'strip.gain.address: "/gain/{n}" must begin with / and hold no blanks'),
    ('"/gain/{strip}"', '"/{strip}/{strip}"', "strip.gain: /{strip}/{strip} names its strip twice"),
    ('"/gain/{strip}"', '"/pan/{strip}"', "strip.gain and strip.pan are told by the same message, /pan/{strip}"),
    ("right = 1", "right = -1", 'strip.pan: "left" and "right" are the same'),
    ('is = "value"', 'is = "valeu"', 'strip.gain.args[1].is "valeu" is not one of'),
    ('is = "value"', 'is = "count"', 'strip.gain: args[1] is "count", which has no meaning here; it may be'),
    ('is = "value"', "value = 1", 'strip.gain: needs one argument that is "value"'),
    ('is = "value"', 'is = "value", value = 1', 'strip.gain.args[1]: has both "is" and "value"; keep one'),
    ('type = "f", is = "value"', 'type = "f"', 'strip.gain: args[1] needs "is" or "value": nothing can be sent there'),
    ('type = "f", is = "value"', 'type = "i", is = "value"', "strip.gain: the decibel law has no steps"),
    ('type = "f", is', 'type = "d", is', 'strip.gain.args[1].type "d" is not one of "i", "f" or "s"'),
    ('"127.0.0.1:9000"', '"9000"', 'ports.listen "9000":'),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[row[1] or f"no {row[0]}" for row in MISTAKES])
def test_a_mistake_is_told_in_one_line_with_its_place(good: str, bad: str, message: str) -> None:
    assert good in GOOD
    with pytest.raises(MappingError) as told:
        parse_toml(GOOD.replace(good, bad, 1), "desk.toml", Mapping, MappingError)
    [line] = str(told.value).splitlines()
    assert line.startswith(f"desk.toml: {message}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('greeting = [{ address = "/hi", args = [{ type = "i", value = "5" }] }]', "value '5' does not fit type \"i\""),
        ('greeting = [{ address = "/hi", args = [{ type = "i", value = 1.5 }] }]', 'value 1.5 does not fit type "i"'),
        ('greeting = [{ address = "/hi", args = [{ type = "i", value = 5000000000 }] }]', "does not fit"),
        (
            'greeting = [{ address = "/hi", args = [{ type = "i", value = true }] }]',
            "True is neither a number nor text",
        ),
        ('greeting = [{ address = "/hi", args = [{ type = "f", is = "value" }] }]', 'args[1] is "value", which has no'),
        ('farewell = [{ address = "/bye/{strip}" }]', "{strip} has no meaning here"),
        ('list.entry = { address = "/l", args = [{ type = "s", is = "name" }] }', '"entry" and "end" belong together'),
        ('list.names = { address = "/l", args = [{ type = "i", is = "names" }] }', '"names" is text: its type is "s"'),
        (
            'list.names = { address = "/l", args = [{ type = "s", is = "names" }, { type = "i" }] }',
            '"names" reaches up to the message\'s end: nothing may follow it',
        ),
    ],
)
def test_a_wrong_message_is_told(line: str, message: str) -> None:
    with pytest.raises(MappingError) as told:
        parse_toml(line + "\n" + GOOD, "desk.toml", Mapping, MappingError)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Every key that `model` and the tables inside it may have, all of them described."""
    if model in seen:
        return set()
    seen.add(model)
    found = set()
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name} has no description"
        found.add(field.alias or name)
        found |= {key for inner in tables(field.annotation) for key in keys(inner, seen)}
    return found


def tables(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in tables(part)]


CHAPTERS = {chapter.partition("\n")[0]: chapter for chapter in README.split("\n## ")}


@pytest.mark.parametrize(
    ("chapter", "models"),
    [
        ("DAWs that speak OSC", [Mapping]),
        ("Control surfaces", list(MODELS.values())),
        ("DAWs to which a surface is played", [DeviceFile]),
    ],
)
def test_the_readme_explains_every_key(chapter: str, models: list[type[BaseModel]]) -> None:
    every = {key for model in models for key in keys(model, set())}
    assert {key for key in every if f"`{key}`" not in CHAPTERS[chapter]} == set()


@pytest.mark.parametrize("role", Role)
def test_the_readme_lists_every_mapping_that_ships(role: Role) -> None:
    assert [name for name in shipped(role) if f"`{name}.toml`" not in README] == []


def test_the_first_example_in_the_readme_is_a_daw() -> None:
    [example] = re.findall(r"```toml\n(name = .*?)```", CHAPTERS["DAWs that speak OSC"], re.DOTALL)
    daw = DawMapping(parse_toml(example, "README.md", Mapping, MappingError))
    assert daw.name == "Tonemill"
    assert daw.write(3, Param.GAIN, daw.scale(Param.GAIN).wire_of(0.0)) == b"/mill/fader\0,if\0\0\0\0\2\x3f\x40\0\0"


def test_the_schema_is_json_and_knows_every_key() -> None:
    printed = schema()
    tables = [place["$ref"].rpartition("/")[2] for place in json.loads(printed)["oneOf"]]
    assert tables == ["Mapping", "MackieFile", "HuiFile", "MidiFile", "OscFile", "DeviceFile"]
    models = [Mapping, *MODELS.values(), DeviceFile]
    assert {key for model in models for key in keys(model, set()) if f'"{key}"' not in printed} == set()
