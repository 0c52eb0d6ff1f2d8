"""`mappings`: list, show, check, schema."""

import json
import re
import tomllib

import pytest

from tonn_bridge.mapping import Role, shipped


async def test_list_names_each_mapping_that_ships(run_here):
    ended = await run_here("mappings", "list")
    assert ended.code == 0
    assert [name for role in Role for name in shipped(role) if f"│ {name} " not in ended.out] == []


async def test_list_keeps_daws_surfaces_and_played_daws_apart(run_here):
    printed = (await run_here("mappings", "list")).out
    daws, surfaces, devices = re.split(r"Control surfaces: |DAWs to which a control surface is played: ", printed)
    assert ("│ reaper " in daws, "│ mackie " in surfaces, "│ logic " in devices) == (True, True, True)


@pytest.mark.parametrize("name", [name for role in Role for name in shipped(role)])
async def test_a_mapping_shown_is_one_that_passes_the_check(run_here, tmp_path, name):
    shown = await run_here("mappings", "show", name)
    copy = tmp_path / "copy.toml"
    copy.write_text(shown.out, encoding="utf-8")
    checked = await run_here("mappings", "check", str(copy))
    assert tomllib.loads(shown.out)["name"]
    assert checked.code == 0
    assert checked.out.startswith(f"{copy}: good. ")


async def test_a_mistake_is_told_with_file_and_key_and_exit_2(run_here, tmp_path):
    text = (await run_here("mappings", "show", "reaper")).out
    (tmp_path / "mine.toml").write_text(text + "\n[strip.gian]\n", encoding="utf-8")
    refused = await run_here("mappings", "check", "mine.toml")
    assert refused.code == 2
    assert 'mine.toml: strip.gian is not a known key; did you mean "gain"?' in refused.err


async def test_an_unknown_mapping_is_exit_2(run_here):
    refused = await run_here("mappings", "show", "reeper")
    assert refused.code == 2
    assert 'did you mean "reaper"?' in refused.err


async def test_schema_is_json_schema_of_a_mapping(run_here):
    schema = json.loads((await run_here("mappings", "schema")).out)
    assert {"name", "ports", "strip"} <= schema["$defs"]["Mapping"]["properties"].keys()
    assert {"name", "unit", "buttons"} <= schema["$defs"]["MackieFile"]["properties"].keys()


async def test_check_says_what_a_surface_has_and_does(run_here, tmp_path):
    copy = tmp_path / "copy.toml"
    copy.write_text((await run_here("mappings", "show", "midimix")).out, encoding="utf-8")
    checked = await run_here("mappings", "check", str(copy))
    assert "Akai MIDImix: 8 faders, a master fader, 8 knobs, lamps; buttons for preview, apply, " in checked.out


async def test_check_says_so_where_a_surface_has_no_buttons(run_here, tmp_path):
    copy = tmp_path / "copy.toml"
    copy.write_text((await run_here("mappings", "show", "midi-generic")).out, encoding="utf-8")
    checked = await run_here("mappings", "check", str(copy))
    assert checked.out.endswith("Generic MIDI controller: 8 faders, 8 knobs; no buttons\n")
