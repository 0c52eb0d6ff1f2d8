"""The knobs of plug-ins as scales, whatever their law, unit and steps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.dials import TableDial
from tonn_bridge.mapping.plugins.dials import DialScale, dial_scale
from tonn_bridge.mapping.plugins.model import Dial


def scale(*, whole: bool = False, **keys: object) -> DialScale:
    dial = Dial.model_validate(keys)
    law = dial.known_law() or TableDial(((0.0, 20.0), (4000.0, 300.0), (16383.0, 20_000.0)), log=True)
    return dial_scale(dial, law, whole=whole)


SCALES = {
    "hz": scale(unit="hz", low=20, high=20_000, tolerance=0.001),
    "octaves": scale(unit="octaves", low=0.1, high=4),
    "steps": scale(**{"unit": "db", "law": "line", "from": -15, "to": 15, "steps": 121}),
    "falling": scale(**{"unit": "q", "law": "log", "from": 10, "to": 0.3, "steps": 72}),
    "percent": scale(**{"unit": "ms", "law": "log", "from": 5, "to": 4000, "full": 100}, whole=True),
    "choices": scale(unit="ratio", law="choices", choices=[1.1, 1.5, 2, 4, 10, 100], whole=True),
    "learnt": scale(unit="hz", law="learn", raw=[0, 16383], steps=16384, whole=True),
}


@pytest.mark.parametrize("name", SCALES)
@given(share=st.floats(0.0, 1.0))
def test_what_a_knob_is_set_to_stays_where_it_is_set_again(name: str, share: float) -> None:
    knob = SCALES[name]
    wire = knob.wire_of(knob.low + share * (knob.high - knob.low))
    assert knob.low - 1e-9 <= knob.value_of(wire) <= knob.high * (1 + 1e-9)
    assert knob.same(knob.wire_of(knob.value_of(wire)), wire)


@pytest.mark.parametrize("name", SCALES)
@given(value=st.floats(allow_nan=False))
def test_any_value_becomes_a_number_that_can_be_sent(name: str, value: float) -> None:
    wire = SCALES[name].wire_of(value)
    assert math.isfinite(wire)
    assert not SCALES[name].whole or wire == int(wire)


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        pytest.param("hz", 1000.0, 1000.0, id="the-number-is-what-is-shown"),
        pytest.param("octaves", 1.0, 1.388484, id="width-in-octaves"),
        pytest.param("steps", -6.1, 0.3, id="the-nearest-quarter-of-a-decibel"),
        pytest.param("falling", 10.0, 0.0, id="a-knob-that-falls"),
        pytest.param("falling", 1.0, 47 / 71, id="the-nearest-step-of-a-knob-that-falls"),
        pytest.param("percent", 4.0, 100.0, id="milliseconds-in-whole-numbers"),
        pytest.param("choices", 2.9, 3.0, id="the-nearest-choice-by-ratio"),
        pytest.param("learnt", 300.0, 4000.0, id="what-was-learnt"),
    ],
)
def test_a_value_on_the_wire(name: str, value: float, wire: float) -> None:
    assert SCALES[name].wire_of(value) == pytest.approx(wire, abs=1e-6)


def test_resolution_follows_the_steps() -> None:
    assert SCALES["steps"].tolerance == pytest.approx(1 / 240)
    assert SCALES["learnt"].tolerance == 0.5
    assert SCALES["percent"].tolerance == 0.5
    assert SCALES["octaves"].tolerance == pytest.approx(3.9e-5)
