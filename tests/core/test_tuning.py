"""Turning Tonn's equaliser and compressor a tick at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.tuning import Part, placed, position_of, reset, turned
from tonn_bridge.core.values import Compressor, EqBand, TonnSettings

OWN = TonnSettings(
    gain_db=-3.0,
    eq=(EqBand(1, 100.0, -2.0, 1.0), EqBand(2, 1000.0, 3.0, 2.0)),
    comp=Compressor(-20.0, 2.0, 0.01, None),
)


@pytest.mark.parametrize(
    ("part", "place", "ticks", "read", "value"),
    [
        pytest.param(Part.EQ, 0, 24, lambda s: s.eq[0].freq_hz, 200.0, id="an-octave-up"),
        pytest.param(Part.EQ, 1, -2, lambda s: s.eq[0].gain_db, -3.0, id="half-a-decibel-a-tick"),
        pytest.param(Part.EQ, 5, 12, lambda s: s.eq[1].q, 4.0, id="the-second-band's-q"),
        pytest.param(Part.COMP, 0, 4, lambda s: s.comp.threshold_db, -18.0, id="threshold"),
        pytest.param(Part.COMP, 1, 12, lambda s: s.comp.ratio, 4.0, id="ratio"),
        pytest.param(Part.COMP, 2, -6, lambda s: s.comp.attack_s, 0.005, id="attack"),
        pytest.param(Part.EQ, 0, 10_000, lambda s: s.eq[0].freq_hz, 20_000.0, id="stops-at-the-end"),
    ],
)
def test_a_tick_is_a_step_that_a_hand_expects(part, place, ticks, read, value):
    assert read(turned(OWN, part, place, ticks)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("part", "place"),
    [
        pytest.param(Part.COMP, 3, id="tonn-said-no-release"),
        pytest.param(Part.COMP, 4, id="there-is-no-fifth-value"),
        pytest.param(Part.EQ, 6, id="there-is-no-third-band"),
        pytest.param(Part.EQ, -1, id="nothing-before-the-first"),
    ],
)
def test_what_is_not_there_cannot_be_turned(part, place):
    assert turned(OWN, part, place, 5) == OWN


@pytest.mark.parametrize(
    ("part", "place", "position", "read", "value"),
    [
        pytest.param(Part.EQ, 0, 0.0, lambda s: s.eq[0].freq_hz, 20.0, id="the-left-end"),
        pytest.param(Part.EQ, 1, 1.0, lambda s: s.eq[0].gain_db, 12.0, id="a-gain-knob-goes-to-12-dB"),
        pytest.param(Part.EQ, 1, 0.5, lambda s: s.eq[0].gain_db, 0.0, id="and-its-middle-is-0-dB"),
        pytest.param(Part.COMP, 1, 1.0, lambda s: s.comp.ratio, 20.0, id="the-right-end"),
    ],
)
def test_a_knob_with_two_ends_covers_the_range(part, place, position, read, value):
    settings = placed(OWN, part, place, position)
    assert read(settings) == pytest.approx(value)
    assert position_of(settings, part, place) == pytest.approx(position)


def test_a_knob_for_what_is_not_there_stands_nowhere():
    assert position_of(OWN, Part.COMP, 3) is None
    assert position_of(OWN, Part.EQ, 6) is None


@given(st.sampled_from(Part), st.integers(0, 5), st.lists(st.integers(-500, 500), max_size=8))
def test_whatever_was_turned_is_in_range_and_comes_back(part, place, ticks):
    settings = OWN
    for each in ticks:
        settings = turned(settings, part, place, each)  # the values' own types refuse what is out of range
    assert reset(settings, OWN, part, place) == OWN
