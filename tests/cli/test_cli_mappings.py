"""`mappings`: list, show, check, schema."""

import json
import tomllib

import pytest

from tonn_bridge.mapping import shipped


async def test_list_names_each_mapping_that_ships(run_here):
    ended = await run_here("mappings", "list")
    assert ended.code == 0
    assert all(f"│ {name} " in ended.out for name in shipped())


@pytest.mark.parametrize("name", shipped())
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
    assert {"name", "ports", "strip"} <= schema["properties"].keys()
