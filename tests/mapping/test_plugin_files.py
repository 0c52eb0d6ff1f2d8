"""The plug-ins of mapping files: what a file may say, and what is made of it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.dials import Unit
from tonn_bridge.core.plugins import Slot
from tonn_bridge.errors import MappingError, RangeError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping import DawMapping, Mapping, load
from tonn_bridge.mapping.files import folder
from tonn_bridge.mapping.plugins import LearntDial, LearntDials, keep_dials, load_dials
from tonn_bridge.mapping.plugins.compiled import Plan, PluginsMapping
from tonn_bridge.mapping.plugins.events import (
    Focused,
    ListedPlugin,
    ParamNamed,
    ParamText,
    ParamValue,
    PluginEvent,
    PluginsListed,
    PluginSwitched,
    VersionTold,
)
from tonn_bridge.mapping.plugins.phrases import Spot
from tonn_bridge.protocols import osc

README = (folder() / "README.md").read_text("utf-8")
DAW = """
name = "Desk"
source = "its manual"
ports = { listen = "127.0.0.1:9000" }
strips = { most = 40, digits = 2 }
presence = { ask_after_s = 5 }
echo = { form = "same", late_s = 0.5 }
pacing = { messages_per_s = 100, bundle = false }
strip.gain = { address = "/gain/{strip}", args = [{ type = "f", is = "value" }], law = "cube", tolerance = 0 }
"""
CONSOLE = """
[plugins]
set = { address = "/ch/{strip}/{param}", args = [{ type = "f", is = "value" }] }
ask = [{ address = "/ch/{strip}/{param}" }]
told = [{ address = "/ch/{strip}/{param}", args = [{ type = "f", is = "value" }] }]

[[plugins.serves]]
slot = "eq"
title = "the channel's equaliser"
bells = [["eq/1/f", "eq/1/g", "eq/1/q"], ["eq/2/f", "eq/2/g", "eq/2/q"]]
freq = { unit = "hz", law = "log", from = 20, to = 20000, steps = 201 }
gain = { unit = "db", law = "line", from = -15, to = 15, steps = 121 }
q = { unit = "q", law = "log", from = 10, to = 0.3, steps = 72 }
fixed = [{ name = "type-1", param = "eq/1/type", value = 2, whole = true }]
on = { param = "eq/on", whole = true }

[[plugins.serves]]
slot = "comp"
title = "the channel's compressor"
threshold = { param = "dyn/thr", unit = "db", law = "line", from = -60, to = 0, steps = 121 }
ratio = { param = "dyn/ratio", unit = "ratio", law = "choices", choices = [1.1, 1.5, 2, 4, 10], whole = true }
"""
RACK = """
[plugins]
set = { address = "/set", args = [
  { type = "i", is = "strip" }, { type = "i", is = "plugin" },
  { type = "i", is = "param" }, { type = "f", is = "value" },
] }
ask = [{ address = "/names", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }] }]
told = [
  { address = "/names", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }], each = [
    { type = "s", is = "param_name" },
  ] },
  { address = "/values", args = [{ type = "i", is = "strip" }, { type = "i", is = "plugin" }], each = [
    { type = "f", is = "value" },
  ] },
]
first_param = 0
text = { ask = [{ address = "/text/{strip}/{plugin}/{param}" }], told = [
  { address = "/text/{strip}/{plugin}/{param}", args = [{ type = "s", is = "text" }] },
] }
switch = { on = [{ address = "/on/{strip}/{plugin}" }], off = [{ address = "/off/{strip}/{plugin}" }], told = [
  { address = "/bypass/{strip}/{plugin}", args = [{ type = "i", is = "on" }] },
] }
version = { ask = [{ address = "/version" }], told = { address = "/version", args = [
  { type = "i", is = "version" }, { type = "i", is = "version" },
] } }
focus = { send = [{ address = "/select/{strip}" }], told = { address = "/selected/{strip}", args = [
  { type = "i", is = "on" },
] } }

[plugins.list]
first = 0
ask = [{ address = "/list", args = [{ type = "i", is = "strip" }] }]
told = { address = "/list", args = [{ type = "i", is = "strip" }], each = [{ type = "s", is = "plugin_name" }] }

[[plugins.serves]]
slot = "eq"
name = ["Bell*", "EQ"]
instances = 2
bells = [["Freq", "Gain", "Width"]]
freq = { unit = "hz", law = "learn" }
gain = { unit = "db", low = -15, high = 15 }
q = { unit = "octaves", low = 0.1, high = 4 }
"""


def compiled(text: str, learnt: Sequence[LearntDials] = ()) -> PluginsMapping:
    plugins = DawMapping(parse_toml(DAW + text, "desk.toml", Mapping, MappingError), learnt).plugins
    assert plugins is not None
    return plugins


_RACK, _CONSOLE = compiled(RACK), compiled(CONSOLE)


def hears(plugins: PluginsMapping, address: str, types: str = "", *args: Any) -> list[PluginEvent]:
    [message] = osc.decode(osc.encode(address, types, *args), 0.0)
    return list(plugins.read(message))


def knobs(plan: Plan, instance: int = 0) -> dict[str, Any]:
    return {knob.key: knob for knob in plan.instances[instance].knobs}


def test_a_file_without_plug_ins_has_none() -> None:
    daw = DawMapping(parse_toml(DAW, "desk.toml", Mapping, MappingError))
    assert daw.plugins is None
    [message] = osc.decode(osc.encode("/anything", ""), 0.0)
    assert list(daw.read_plugins(message)) == []


def test_a_consoles_own_equaliser_is_spoken_to_by_pieces_of_addresses() -> None:
    plugins = compiled(CONSOLE)
    eq, comp = plugins.plans
    assert (eq.slot, comp.slot, plugins.slots) == (Slot.EQ, Slot.COMP, {Slot.EQ, Slot.COMP})
    tongue, fitted = plugins.tongues[eq.speech], knobs(eq)
    gain, on, ratio = fitted["eq.2.gain_db"], fitted["eq.on"], knobs(comp)["comp.ratio"]
    assert tongue.set.about(Spot(3, 0, gain.param), gain.scale.wire_of(-6.0)) == osc.encode("/ch/03/eq/2/g", "f", 0.3)
    assert tongue.set.about(Spot(3, 0, on.param), 1.0, whole=on.whole) == osc.encode("/ch/03/eq/on", "i", 1)
    assert ratio.scale.wire_of(3.0) == 3.0
    assert tongue.ask[0].about(Spot(12, 0, "eq/1/f")) == osc.encode("/ch/12/eq/1/f", "")
    assert hears(plugins, "/ch/12/eq/2/q", "f", 0.5) == [ParamValue(12, None, 0, "eq/2/q", 0.5)]
    assert hears(plugins, "/ch/07/dyn/ratio", "i", 4) == [ParamValue(7, None, 0, "dyn/ratio", 4.0)]


@pytest.mark.parametrize(
    ("address", "types", "args"),
    [
        pytest.param("/ch/12/mix/on", "i", [1], id="no-parameter-of-ours"),
        pytest.param("/ch/41/eq/1/f", "f", [0.5], id="no-such-strip"),
        pytest.param("/ch/00/eq/1/f", "f", [0.5], id="strips-count-from-one"),
        pytest.param("/ch/12/eq/1/f", "s", ["x"], id="text-for-a-number"),
        pytest.param("/ch/12/eq/1/f", "", [], id="our-own-question"),
        pytest.param("/xch/12/eq/1/f", "f", [0.5], id="another-address"),
    ],
)
def test_what_is_no_news_of_a_parameter_is_passed_over(address: str, types: str, args: list[Any]) -> None:
    assert hears(compiled(CONSOLE), address, types, *args) == []


def test_parameters_may_have_names_and_come_uncounted() -> None:
    plugins = compiled(RACK)
    assert plugins.plans[0].named == ("Freq", "Gain", "Width")
    assert hears(plugins, "/names", "iiss", 2, 0, "Device On", "Freq") == [
        ParamNamed(2, 0, 0, 0, "Device On"),
        ParamNamed(2, 0, 0, 1, "Freq"),
    ]
    assert hears(plugins, "/values", "iiff", 2, 0, 1.0, 0.5) == [
        ParamValue(2, 0, 0, 0, 1.0),
        ParamValue(2, 0, 0, 1, 0.5),
    ]


def test_a_list_tells_what_stands_on_a_strip() -> None:
    plugins = compiled(RACK)
    assert plugins.lists_whole
    assert hears(plugins, "/list", "iss", 2, "Gate", "Bell 4") == [
        PluginsListed(2, (ListedPlugin(0, "Gate", None), ListedPlugin(1, "Bell 4", None)), True)
    ]
    assert hears(plugins, "/list", "i", 2) == [PluginsListed(2, (), True)]
    [plan] = plugins.plans
    assert [plan.is_called(name) for name in ("Bell 4", "bell", "EQ", "EQ 2", "Rebell")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_texts_switches_versions_and_the_selection_are_heard() -> None:
    plugins = compiled(RACK)
    assert hears(plugins, "/text/4/1/7", "s", "1.20 kHz") == [ParamText(4, 1, 0, 7, "1.20 kHz")]
    assert hears(plugins, "/bypass/4/1", "i", 1) == [PluginSwitched(4, 1, 0, True)]
    assert hears(plugins, "/version", "ii", 11, 3) == [VersionTold("11.3")]
    assert hears(plugins, "/selected/4", "i", 0) == [Focused(4, False)]
    assert plugins.switches[0].off[0].about(Spot(4, 1)) == osc.encode("/off/04/1", "")
    with pytest.raises(RangeError, match="strip 41"):
        plugins.switches[0].off[0].about(Spot(41, 1))


def test_ardour_tells_a_plug_in_parameter_by_parameter() -> None:
    plugins = DawMapping(load("ardour")).plugins
    assert plugins is not None
    attack = (3, 3, 1, "Attack", 128, "NOTHING", 0.1, 100.0, "", 0, 10.0)
    mode = (3, 3, 2, "Mode", 129, "NOTHING", 0.0, 1.0, "", 2, 0.0, "soft", 1.0, "hard", 1.0)
    assert hears(plugins, "/strip/plugin/descriptor", "iiisisffsid", *attack) == [ParamValue(3, 3, 1, 1, 10.0)]
    assert hears(plugins, "/strip/plugin/descriptor", "iiisisffsifsfsd", *mode) == [ParamValue(3, 3, 1, 2, 1.0)]
    assert hears(plugins, "/strip/trimdB", "if", 3, -3.5) == [ParamValue(3, None, 0, 1, -3.5)]


def test_what_has_to_be_learnt_has_no_knobs_until_it_is(tmp_path: Path) -> None:
    [plan] = compiled(RACK).plans
    assert (plan.unlearnt, plan.instances) == (("freq",), ())
    assert (plan.dials["freq"].param, plan.dials["freq"].unit, plan.dials["freq"].raw) == ("Freq", Unit.HZ, (0.0, 1.0))
    assert plan.dials["gain"].raw == (-15.0, 15.0)
    points = ((0.0, 20.0), (0.5, 632.4555), (1.0, 20000.0))
    dial = LearntDial(unit=Unit.HZ, log=True, error=0.25, points=points)
    found = LearntDials(mapping="desk", version="11.3", plugin="Bell*", learnt="2026-11-23", dials={"freq": dial})
    path = keep_dials(tmp_path / "laws", found)
    assert load_dials(path.parent, "desk") == (found,)
    assert load_dials(path.parent, "des") == ()
    [plan] = compiled(RACK, load_dials(path.parent, "desk")).plans
    assert plan.unlearnt == ()
    assert list(knobs(plan, 1)) == ["eq.2.freq_hz", "eq.2.gain_db", "eq.2.q", "eq.on.2"]
    assert knobs(plan)["eq.1.freq_hz"].scale.wire_of(2000.0) == pytest.approx(2 / 3, abs=1e-4)


def test_a_learnt_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    (tmp_path / "desk 1 Bell.toml").write_text(
        'mapping = "desk"\nplugin = "Bell"\nlearnt = "today"\n'
        '[dials.freq]\nunit = "hz"\npoints = [[0, 20], [0.5, 30], [1, 10]]\n'
    )
    with pytest.raises(MappingError, match=r"desk 1 Bell.toml: dials\.freq: dial"):
        load_dials(tmp_path, "desk")


def test_the_newest_that_was_learnt_of_a_plug_in_counts(tmp_path: Path) -> None:
    for version, top in (("11.1", 15000.0), ("11.3", 20000.0)):
        dial = LearntDial(unit=Unit.HZ, points=((0.0, 20.0), (1.0, top)))
        keep_dials(
            tmp_path, LearntDials(mapping="desk", version=version, plugin="EQ", learnt="x", dials={"freq": dial})
        )
    [newest] = load_dials(tmp_path, "desk")
    assert newest.version == "11.3"


@given(st.floats(min_value=20.0, max_value=20_000.0), st.floats(min_value=0.27, max_value=14.0))
def test_ardours_knobs_give_back_what_they_were_set_to(freq_hz: float, q: float) -> None:
    plugins = DawMapping(load("ardour")).plugins
    assert plugins is not None
    fitted = knobs(plugins.plans[1])
    freq, width = fitted["eq.1.freq_hz"].scale, fitted["eq.1.q"].scale
    assert freq.value_of(freq.wire_of(freq_hz)) == pytest.approx(freq_hz, rel=1e-6)
    assert width.value_of(width.wire_of(q)) == pytest.approx(q, rel=1e-5)
    assert 0.1 <= width.wire_of(q) <= 4.0


@pytest.mark.parametrize("value", [0.0, 0.1, 100.0, 1e9, -1.0])
def test_a_value_past_the_ends_of_a_dial_stops_there(value: float) -> None:
    [plan] = compiled(RACK.replace('law = "learn"', "low = 30, high = 16000")).plans
    for knob in plan.instances[0].knobs[:3]:
        assert knob.scale.low <= knob.scale.value_of(knob.scale.wire_of(value)) <= knob.scale.high


WORDS = st.sampled_from(
    ["/names", "/values", "/list", "/text/4/1/7", "/bypass/4/1", "/selected/4", "/version", "/ch/01/eq/1/f", "/x/1"]
)
ARGUMENTS = st.lists(
    st.one_of(
        st.integers(-(2**31), 2**31 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["", "1", "²", "٣", "Freq", "EQ"]),
        st.text(max_size=5),
        st.binary(max_size=4),
        st.none(),
        st.booleans(),
    ),
    max_size=9,
)


@given(WORDS, ARGUMENTS)
def test_whatever_a_daw_says_is_read_or_passed_over(address: str, args: list[Any]) -> None:
    for plugins in (_RACK, _CONSOLE):
        for event in plugins.read(osc.Message(address, tuple(args))):
            assert 0 <= getattr(event, "strip", 0) <= 40


MISTAKES = [
    (CONSOLE, 'slot = "eq"', 'slot = "eqq"', 'plugins.serves[1].slot "eqq" is not one of "trim", "eq" or "comp"'),
    (CONSOLE, "bells =", "bels =", 'plugins.serves[1].bels is not a known key; did you mean "bells"?'),
    (CONSOLE, "from = 10, to = 0.3", "from = 10", 'plugins.serves[1].q: the law "log" needs "to"'),
    (CONSOLE, "from = 10, to = 0.3", "from = 0, to = 0.3", 'plugins.serves[1].q: "from" and "to" must differ, and'),
    (CONSOLE, "[1.1, 1.5, 2, 4, 10]", "[2, 1]", 'plugins.serves[2].ratio: "choices" must rise'),
    (CONSOLE, "threshold =", "trim =", 'plugins.serves[2]: a plug-in that serves as comp needs "threshold"'),
    (CONSOLE, 'title = "the channel\'s equaliser"', "", 'plugins.serves[1]: needs "name" (how it is found), or'),
    (CONSOLE, 'name = "type-1"', 'name = "on"', 'plugins.serves[1].fixed[1]: "on" is a knob of its own'),
    (CONSOLE, '"/ch/{strip}/{param}" }]', '"/ch/{stip}" }]', 'plugins.ask[1].address: "/ch/{stip}" must begin with /'),
    (CONSOLE, 'told = [{ address = "/ch/{strip}/', 'told = [{ address = "/ch/', "plugins: /ch/{param} does not say wh"),
    (CONSOLE, 'title = "the channel\'s equaliser"', 'name = ["EQ"]', 'plugins: EQ is found by its name, so "list" is'),
    (RACK, "low = -15, high = 15", "low = 15, high = -15", 'plugins.serves[1].gain: "low" must lie below "high"'),
    (RACK, '{ type = "s", is = "plugin_name" }', '{ type = "s" }', 'plugins.list.told: /list needs an argument that'),
    (RACK, '{ address = "/version" }', '{ address = "/version/{strip}" }', 'plugins.version.ask[1]: "strip" has no'),
    (RACK, '[{ address = "/version" }]', "[]", "plugins.version.ask: must not be empty"),
    (RACK, 'instances = 2', 'instances = 0', "plugins.serves[1].instances 0: input should be greater than or equal"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "good", "bad", "message"), MISTAKES, ids=[row[2] or row[1] for row in MISTAKES])
def test_a_mistake_is_told_in_one_line_with_its_place(text: str, good: str, bad: str, message: str) -> None:
    assert good in text
    with pytest.raises(MappingError) as told:
        parse_toml(DAW + text.replace(good, bad, 1), "desk.toml", Mapping, MappingError)
    [line] = str(told.value).splitlines()
    assert line.startswith(f"desk.toml: {message}")


def test_the_example_in_the_readme_says_what_is_said_of_it() -> None:
    [example] = re.findall(r"```toml\n(\[plugins\]\n.*?)```", README, re.DOTALL)
    daw = re.findall(r"```toml\n(name = \"Tonemill\".*?)```", README, re.DOTALL)[0]
    plugins = DawMapping(parse_toml(daw + example, "README.md", Mapping, MappingError)).plugins
    assert plugins is not None
    [plan], [tongue] = plugins.plans, plugins.tongues
    fitted, wanted = knobs(plan), {"freq_hz": (1000.0, 0.566), "gain_db": (-6.0, 0.333), "q": (1.0, 0.657)}
    for quantity, (value, wire) in wanted.items():
        knob = fitted[f"eq.1.{quantity}"]
        assert knob.scale.wire_of(value) == pytest.approx(wire, abs=0.0005)
        [message] = osc.decode(tongue.set.about(Spot(3, 0, knob.param), 0.0), 0.0)
        assert (message.address, message.args[:3]) == ("/mill/knob", (2, 0, knob.param))
