"""Layouts for control surfaces: everything the mapping file knows is in them, and nothing else; every name survives."""

import json
import re
import xml.etree.ElementTree as ET
import zlib
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.layout_files import read_back
from tonn_bridge.errors import MappingError
from tonn_bridge.export import FORMATS
from tonn_bridge.export.layout import HEIGHT, TABS, WIDTH, Kind, lay_out
from tonn_bridge.export.panel import NEUTRAL, panel_for
from tonn_bridge.mapping import find, load_surface
from tonn_bridge.mapping.surface.osc_file import heard_places, told_places
from tonn_bridge.tonn.wire import InstrumentGroup

NAMES = ["Bäss", "Ударные", "歌", "🎸 Gtr", "a \"quoted\" <one> & 'two'", "]]> CDATA", "two\\lines", "tab\tbed"]

both = pytest.mark.parametrize("format", sorted(FORMATS))


def exported(format, session):
    return read_back(format, FORMATS[format].make(session).data)


@both
@pytest.mark.parametrize("tracks", [2, 8, 9, 32])
def test_a_layout_has_every_address_of_the_mapping_file_and_no_other(session, format, tracks):
    layout = exported(format, session(tracks))
    file = load_surface(format).fitted(tracks).file
    heard = {place.address for place in heard_places(file)}
    told = {place.address for place in told_places(file)}
    assert set(layout.sends) == heard
    assert set(layout.hears) == told
    assert layout.in_scripts <= heard | told


@both
@pytest.mark.parametrize(("tracks", "strips"), [(2, 8), (8, 8), (9, 9), (32, 32)])
def test_each_strip_has_its_fader_its_ghost_and_its_words(session, format, tracks, strips):
    layout = exported(format, session(tracks))
    assert sum(name.startswith("fader_") for name in layout.names) == strips
    for strip in range(1, strips + 1):
        root = f"/surface/strip/{strip}"
        assert layout.hears[f"{root}/fader"] == layout.sends[f"{root}/fader"] == [f"fader_{strip}"]
        assert layout.hears[f"{root}/ghost"] == [f"ghost_{strip}"]
        assert layout.hears[f"{root}/text/1"] == [f"name_{strip}"]
        assert layout.hears[f"{root}/text/2"] == [f"value_{strip}"]
        assert f"{root}/fader/z" in layout.sends
        assert layout.texts[f"name_{strip}"] == (f"Track {strip}" if strip <= tracks else "")


@pytest.mark.parametrize(
    ("format", "tracks", "pages"),
    [
        ("touchosc", 2, ["1 - 8"]),
        ("touchosc", 9, ["1 - 5", "6 - 9"]),
        ("touchosc", 32, ["1 - 8", "9 - 16", "17 - 24", "25 - 32"]),
        ("open-stage-control", 9, []),
        ("open-stage-control", 32, ["1 - 16", "17 - 32"]),
    ],
)
def test_what_one_screen_has_no_room_for_comes_in_even_pages(session, format, tracks, pages):
    assert exported(format, session(tracks)).pages == pages


@both
def test_names_survive_whatever_they_are_made_of(session, format):
    layout = exported(format, session(NAMES, title="Mäsks <1> ]]>"))
    assert [layout.texts[f"name_{n}"] for n in range(1, 8)] == NAMES[:7]
    assert layout.texts["name_8"].split() == ["tab", "bed"]


@both
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=2, max_size=4))
def test_no_name_breaks_a_layout(session, format, names):
    names = [name if name.strip() else "x" for name in names]
    layout = exported(format, session(names, title=names[0]))
    assert len([name for name in layout.texts if name.startswith("name_")]) == 8


def test_a_name_is_no_formula_in_open_stage_control(session):
    data = FORMATS["open-stage-control"].make(session(["JS{{return 1}}", "OSC{/x}", "#{1+1}"])).data
    assert [read_back("open-stage-control", data).texts[f"name_{n}"] for n in (1, 2, 3)] == [
        "JS((return 1))",
        "OSC(/x)",
        "#(1+1)",
    ]


@both
def test_widgets_have_names_of_their_own(session, format):
    names = exported(format, session(32)).names
    assert len(set(names)) == len(names)


def test_ids_of_touchosc_nodes_are_their_own_and_stay_the_same(session):
    first, second = (FORMATS["touchosc"].make(session(9)).data for _ in range(2))
    ids = [node.get("ID") for node in ET.fromstring(zlib.decompress(first)).iter("node")]
    assert first == second
    assert len(set(ids)) == len(ids)


@both
def test_groups_are_colours(session, format):
    colours = exported(format, session(5)).colours
    assert colours["fader_1"] == colours["fader_5"] == colours["name_1"]
    assert len({colours[f"fader_{n}"] for n in range(1, 5)}) == 4
    assert colours["fader_6"] == NEUTRAL


def test_every_instrument_group_has_a_colour_but_those_that_say_nothing(session):
    tracks = [{"name": str(n), "file": f"{n}.wav", "group": g} for n, g in enumerate(InstrumentGroup)]
    panel = panel_for(session(2, track=tracks), "touchosc")
    plain = {track.name for track in panel.tracks if track.colour == NEUTRAL}
    groups = list(InstrumentGroup)
    assert {groups[int(name)] for name in plain} == {
        InstrumentGroup.BACKING_TRACK,
        *(group for group in InstrumentGroup if group.startswith("OTHER")),
    }


@pytest.mark.parametrize("per_page", [8, 16])
@pytest.mark.parametrize("tracks", [2, 8, 9, 16, 17, 31, 32])
def test_nothing_covers_another_and_all_is_on_the_screen(session, tracks, per_page):
    layout = lay_out(panel_for(session(tracks), "touchosc"), per_page)
    page_height = layout.paged.h - (TABS if len(layout.pages) > 1 else 0)
    for widgets, height in [(layout.widgets, layout.paged.y), *((p.widgets, page_height) for p in layout.pages)]:
        for one in widgets:
            assert 0 <= one.box.x < one.box.x + one.box.w <= WIDTH, one
            assert 0 <= one.box.y < one.box.y + one.box.h <= height, one
        for one, other in combinations([w.box for w in widgets], 2):
            apart_x = one.x + one.w <= other.x or other.x + other.w <= one.x
            assert apart_x or one.y + one.h <= other.y or other.y + other.h <= one.y, (one, other)
    assert layout.paged.y + layout.paged.h == HEIGHT


@both
def test_question_has_its_answers_beside_it(session, format):
    layout = exported(format, session(2))
    assert layout.hears["/surface/question"] == ["question"]
    assert layout.hears["/surface/question/left"] == ["question_left"]
    assert layout.sends["/surface/button/confirm"] == ["confirm"]
    assert layout.sends["/surface/button/cancel"] == ["cancel"]


@both
def test_no_button_hears_what_it_says(session, format):
    """A lit button could not be pressed: it would say nothing, for it stands at 1 already."""
    layout = exported(format, session(2))
    buttons = [address for address in layout.sends if "/button/" in address]
    assert len(buttons) == 14 + 2 * 8
    assert not set(buttons) & set(layout.hears)


# --- where they speak to ----------------------------------------------------------------------------------------------


@both
def test_without_a_surface_in_the_session_the_mappings_addresses_are_used_and_the_lines_to_add_told(session, format):
    made = FORMATS[format].make(session(2))
    file = load_surface(format).file
    lines = f'[[surface]]\nmapping = "{format}"\nsend = "{file.ports.send}"'
    assert lines in made.notes[0]
    assert f'listen = "{file.ports.listen}"' in made.notes[0]
    assert read_back(format, made.data).texts["caption_where"] == f"{file.ports.listen} < > {file.ports.send}"


@both
def test_the_sessions_own_surface_gives_the_addresses(session, format):
    surface = {"mapping": format, "send": "192.168.1.23:7001", "listen": "192.168.1.2:7002"}
    made = FORMATS[format].make(session(2, surface=[{"mapping": "mackie", "input": "a", "output": "a"}, surface]))
    layout = read_back(format, made.data)
    assert len(made.notes) == 1
    assert "[[surface]]" not in made.notes[0]
    assert layout.texts["caption_where"] == "192.168.1.2:7002 < > 192.168.1.23:7001"
    if format == "open-stage-control":
        assert layout.targets == {"192.168.1.2:7002"}


def test_nobody_can_send_to_everywhere(session):
    surface = {"mapping": "open-stage-control", "send": "127.0.0.1:7001", "listen": "0.0.0.0:7002"}
    made = FORMATS["open-stage-control"].make(session(2, surface=[surface]))
    assert read_back("open-stage-control", made.data).targets == {"127.0.0.1:7002"}
    assert b"0.0.0.0:7002'" not in made.data


def test_a_session_with_its_own_copy_of_the_mapping_gets_its_addresses(session, tmp_path):
    text = find("touchosc").read_text("utf-8")
    own = text.replace('fader = "/surface/strip/{strip}/fader"', 'fader = "/1/fader{strip}"')
    own = re.sub(r'(?m)^(ghost|knob_touch|digits) = ".*\n', "", own)
    (tmp_path / "touchosc.toml").write_text(own, encoding="utf-8")
    surface = {"mapping": "./touchosc.toml", "send": "127.0.0.1:1", "listen": "127.0.0.1:2"}
    layout = exported("touchosc", session(2, surface=[surface]))
    assert layout.hears["/1/fader2"] == ["fader_2"]
    assert not [name for name in layout.names if name.startswith(("ghost", "digits"))]
    assert {*layout.sends, *layout.hears} == {
        place.address
        for places in (heard_places, told_places)
        for place in places(load_surface("./touchosc.toml", tmp_path).fitted(2).file)
    }


def test_a_mapping_that_speaks_midi_has_no_layout(session, tmp_path):
    (tmp_path / "touchosc.toml").write_text(find("mackie").read_text("utf-8"), encoding="utf-8")
    surface = {"mapping": "./touchosc.toml", "send": "127.0.0.1:1", "listen": "127.0.0.1:2"}
    with pytest.raises(MappingError, match="speaks mackie: a layout can be made for surfaces that speak OSC"):
        FORMATS["touchosc"].make(session(2, surface=[surface]))


# --- what each program wants ------------------------------------------------------------------------------------------


def test_open_stage_control_finds_what_its_sessions_have(session):
    found = json.loads(FORMATS["open-stage-control"].make(session(32)).data)
    assert (found["createdWith"], found["type"]) == ("Open Stage Control", "session")
    assert re.fullmatch(r"1\.\d+\.\d+", found["version"])
    root = found["content"]
    assert (root["type"], root["id"]) == ("root", "root")
    fader = next(w for tab in root["widgets"][-1]["tabs"] for w in tab["widgets"] if w["id"] == "fader_17")
    assert (fader["type"], fader["range"], fader["decimals"]) == ("fader", {"min": 0, "max": 1}, 5)
    assert "'/surface/strip/17/fader/z'" in fader["onTouch"]
    ghost = next(w for tab in root["widgets"][-1]["tabs"] for w in tab["widgets"] if w["id"] == "ghost_17")
    assert ghost["visible"] == "#{OSC{/surface/strip/17/ghost, -1} >= 0}"
    assert (ghost["interaction"], ghost["bypass"]) == (False, True)


def test_touchosc_is_told_what_types_its_properties_have(session):
    types = {
        (one.findtext("key"), one.get("type"))
        for one in ET.fromstring(zlib.decompress(FORMATS["touchosc"].make(session(9)).data)).iter("property")
    }
    assert len({key for key, _ in types}) == len(types)
    assert {("frame", "r"), ("color", "c"), ("visible", "b"), ("textSize", "i"), ("name", "s")} <= types


def test_touchosc_shows_ghosts_beside_faders_that_a_finger_cannot_move(session):
    layout = lay_out(panel_for(session(8), "touchosc"), 8)
    by_name = {widget.name: widget for widget in layout.all_widgets()}
    fader, ghost = by_name["fader_3"].box, by_name["ghost_3"].box
    assert (ghost.y, ghost.h) == (fader.y, fader.h)
    assert 0 <= ghost.x - (fader.x + fader.w) <= 4
    assert by_name["ghost_3"].kind is Kind.GHOST


@pytest.mark.parametrize("tracks", [2, 9, 32])
def test_an_independent_reader_of_touchosc_files_finds_nothing_wrong(session, tracks):
    py2tosc = pytest.importorskip("py2tosc")
    document = py2tosc.loads(FORMATS["touchosc"].make(session(tracks)).data)
    assert document.validate() == []
    assert len(document.find_all(type="FADER")) == 2 * max(tracks, 8) + 2
