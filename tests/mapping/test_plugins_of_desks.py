"""What the files of the X32, the X Air and Bitwig say about equalisers and dynamics, byte by byte."""

import pytest

from tonn_bridge.core.plugins import Slot
from tonn_bridge.errors import MappingError, RangeError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping import DawMapping, Mapping, find, load
from tonn_bridge.mapping.plugins import LearntDial, LearntDials
from tonn_bridge.mapping.plugins.compiled import Plan, PluginsMapping
from tonn_bridge.mapping.plugins.events import Focused, ParamText, ParamValue
from tonn_bridge.mapping.plugins.phrases import Spot
from tonn_bridge.protocols import osc

LEARNT = LearntDials(
    mapping="bitwig",
    plugin="EQ+",
    learnt="today",
    dials={
        "freq": LearntDial(unit="hz", log=True, points=((0.0, 20.0), (16383.0, 20_000.0))),
        "gain": LearntDial(unit="db", points=((0.0, -24.0), (16383.0, 24.0))),
        "q": LearntDial(unit="q", log=True, points=((0.0, 0.1), (16383.0, 40.0))),
    },
)


def plugins(name: str, *learnt: LearntDials) -> PluginsMapping:
    made = DawMapping(load(name), learnt).plugins
    assert made is not None
    return made


def plan(mapping: PluginsMapping, slot: Slot) -> Plan:
    return next(plan for plan in mapping.plans if plan.slot is slot)


VECTORS = [  # the value, its number before it is put on a step, the step
    ("eq", "freq", 1000.0, 0.566323, 0.565),
    ("eq", "gain", -6.0, 0.3, 0.3),
    ("eq", "q", 1.0, 0.656651, 47 / 71),
    ("eq", "q", 10.0, 0.0, 0.0),
    ("eq", "q", 0.3, 1.0, 1.0),
    ("comp", "threshold", -18.0, 0.7, 0.7),
    ("comp", "ratio", 4.0, 6, 6),
    ("comp", "ratio", 1.8, 3, 3),
    ("comp", "attack", 74.0, 0.616667, 74 / 120),
    ("comp", "release", 22.0, 0.221644, 0.22),
    ("comp", "release", 100.0, 0.448154, 0.45),
]
KEYS = {"freq": "eq.1.freq_hz", "gain": "eq.1.gain_db", "q": "eq.1.q", "threshold": "comp.threshold_db"}
KEYS |= {"ratio": "comp.ratio", "attack": "comp.attack_s", "release": "comp.release_s"}


@pytest.mark.parametrize("console", ["x32", "xair"])
@pytest.mark.parametrize(("slot", "dial", "shown", "wire", "step"), VECTORS, ids=str)
def test_a_consoles_dials_follow_its_protocol(
    console: str, slot: str, dial: str, shown: float, wire: float, step: float
) -> None:
    serves = plan(plugins(console), Slot(slot))
    law = serves.dials[dial].law
    assert law is not None
    assert law.wire(shown) == pytest.approx(wire, abs=1e-6)
    knob = next(knob for knob in serves.instances[0].knobs if knob.key == KEYS[dial])
    value = shown / 1000.0 if dial in ("attack", "release") else shown
    assert knob.scale.wire_of(value) == pytest.approx(step, abs=1e-6)


@pytest.mark.parametrize(
    ("param", "wire", "whole", "bytes_"),
    [
        ("eq/1/type", 2, True, "2f63682f30312f65712f312f74797065000000002c69000000000002"),
        ("eq/1/f", 0.5663233347786729, False, "2f63682f30312f65712f312f660000002c6600003f10fa91"),
        ("dyn/ratio", 6, True, "2f63682f30312f64796e2f726174696f000000002c69000000000006"),
    ],
)
def test_a_consoles_messages_are_those_of_its_protocol(param: str, wire: float, whole: bool, bytes_: str) -> None:
    for mapping in (plugins("x32"), plugins("xair")):
        assert mapping.tongues[0].set.about(Spot(1, 0, param), wire, whole=whole) == bytes.fromhex(bytes_)


def test_only_the_x32_has_a_trim_on_every_channel() -> None:
    assert (plugins("x32").slots, plugins("xair").slots) == (set(Slot), {Slot.EQ, Slot.COMP})


def test_eq_plus_is_set_with_whole_numbers_and_words() -> None:
    mapping = plugins("bitwig", LEARNT)
    (serves,) = mapping.plans
    tongue, knobs = mapping.tongues[0], {knob.key: knob for knob in serves.instances[0].knobs}
    freq = knobs["eq.3.freq_hz"]
    said = tongue.set.about(Spot(2, 1, str(freq.param)), freq.scale.wire_of(1000.0), whole=freq.whole)
    assert osc.decode(said, wall=0.0)[0] == osc.Message("/eq/freq/3", (9278,))
    bell = serves.instances[0].fixed["eq.type-3"]
    said = tongue.set.about(Spot(2, 1, "type/3"), bell, whole=knobs["eq.type-3"].whole)
    assert osc.decode(said, wall=0.0)[0] == osc.Message("/eq/type/3", ("bell",))


@pytest.mark.parametrize("wire", [-1.0, 7.0, 0.5])
def test_a_number_that_stands_for_no_word_cannot_be_sent(wire: float) -> None:
    with pytest.raises(RangeError, match=r"0\.\.6"):
        plugins("bitwig").tongues[0].set.about(Spot(1, 1, "type/1"), wire)


@pytest.mark.parametrize(
    ("address", "arg", "event"),
    [
        ("/eq/gain/8/value", 8192, ParamValue(0, None, 0, "gain/8", 8192.0)),
        ("/eq/type/3/value", "bell", ParamValue(0, None, 0, "type/3", 3.0)),
        ("/eq/bypass", 1, ParamValue(0, None, 0, "bypass", 1.0)),
        ("/eq/freq/2/valueStr", "1.20 kHz", ParamText(0, None, 0, "freq/2", "1.20 kHz")),
        ("/track/12/selected", 1, Focused(12, True)),
    ],
)
def test_eq_plus_is_heard(address: str, arg: int | str, event: object) -> None:
    assert list(plugins("bitwig").read(osc.Message(address, (arg,)))) == [event]


def test_a_word_that_nobody_knows_is_passed_over() -> None:
    assert list(plugins("bitwig").read(osc.Message("/eq/type/3/value", ("tilt",)))) == []


def test_what_a_daw_lacks_cannot_serve() -> None:
    text = find("bitwig").read_text("utf-8").replace("[plugins.lacks]", '[plugins.lacks]\neq = "None."')
    with pytest.raises(MappingError, match=r'EQ\+ serves as eq, so that is nothing the DAW "lacks"'):
        parse_toml(text, "bitwig.toml", Mapping, MappingError)


def test_a_word_that_is_misspelt_in_a_file_is_told() -> None:
    text = find("bitwig").read_text("utf-8").replace('"type/8", value = "bell"', '"type/8", value = "bel"')
    with pytest.raises(MappingError, match=r'EQ\+: type-8: "bel" is none of "words"; did you mean "bell"\?'):
        parse_toml(text, "bitwig.toml", Mapping, MappingError)
