"""Dials: what a plug-in shows, and the wire's number for it, there and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.dials import (
    ChoiceDial,
    LineDial,
    LogDial,
    PlainDial,
    TableDial,
    Unit,
    octaves_of,
    q_of,
    shown_of,
    value_of,
)
from tonn_bridge.errors import RangeError

X32_RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0)

DIALS = {
    "plain": PlainDial(-20.0, 20.0),
    "line": LineDial(-15.0, 15.0),
    "falling-line": LineDial(15.0, -15.0, full=16383.0),
    "log": LogDial(20.0, 20_000.0),
    "falling-log": LogDial(10.0, 0.3),
    "table": TableDial(((0.0, -60.0), (0.2, -31.0), (0.7, -6.5), (1.0, 0.0))),
    "log-table": TableDial(((0.0, 10.0), (0.5, 700.0), (1.0, 22_000.0)), log=True),
    "falling-table": TableDial(((0.0, 18.0), (0.4, 2.0), (1.0, 0.1)), log=True),
}


@pytest.mark.parametrize(("q", "octaves"), [
    (0.1, 6.6723), (0.2, 4.7529), (0.3, 3.7043), (0.5, 2.5431), (0.7, 1.9169), (1.0, 1.3885), (1.41, 1.0029),
    (2.0, 0.7140), (2.42, 0.5920), (2.66, 0.5392), (5.0, 0.2881), (10.0, 0.1442),
])  # fmt: skip
def test_q_in_octaves(q, octaves):
    assert octaves_of(q) == pytest.approx(octaves, abs=6e-5)
    assert q_of(octaves_of(q)) == pytest.approx(q, rel=1e-12)


@pytest.mark.parametrize(("unit", "value", "shown"), [
    (Unit.HZ, 46.5, 46.5), (Unit.DB, -1.69, -1.69), (Unit.Q, 2.66, 2.66), (Unit.OCTAVES, 1.0, 1.388484),
    (Unit.MS, 0.074, 74.0), (Unit.S, 0.022, 0.022), (Unit.RATIO, 1.8, 1.8),
])  # fmt: skip
def test_units_there_and_back(unit, value, shown):
    assert shown_of(unit, value) == pytest.approx(shown, rel=1e-6)
    assert value_of(unit, shown_of(unit, value)) == pytest.approx(value)


@pytest.mark.parametrize("dial", DIALS.values(), ids=DIALS.keys())
@given(share=st.floats(0.0, 1.0))
def test_what_is_shown_is_found_on_the_wire_again(dial, share):
    shown = dial.low * (dial.high / dial.low) ** share if dial.low > 0.0 else dial.low + (dial.high - dial.low) * share
    assert dial.shown(dial.wire(shown)) == pytest.approx(shown, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dial", DIALS.values(), ids=DIALS.keys())
def test_beyond_its_ends_a_dial_stays_at_them(dial):
    assert dial.shown(dial.wire(dial.high + 1e6)) == pytest.approx(dial.high)
    lowest = dial.low / 1e6 if dial.low > 0.0 else dial.low - 1e6
    assert dial.shown(dial.wire(lowest)) == pytest.approx(dial.low)


@pytest.mark.parametrize(("q", "wire"), [(1.0, 0.656651), (10.0, 0.0), (0.3, 1.0)])
def test_the_q_of_an_x32_falls(q, wire):
    assert LogDial(10.0, 0.3).wire(q) == pytest.approx(wire, abs=1e-6)


@pytest.mark.parametrize(
    ("ratio", "place"), [(4.0, 6), (1.0, 0), (1.8, 3), (3.4, 5), (3.5, 6), (20.0, 10), (500.0, 11)]
)
def test_the_nearest_choice_by_ratio(ratio, place):
    assert ChoiceDial(X32_RATIOS).wire(ratio) == place
    assert ChoiceDial(X32_RATIOS).shown(place) == X32_RATIOS[place]


@pytest.mark.parametrize("points", [
    ((0.0, 1.0),), ((0.0, 1.0), (0.0, 2.0)), ((0.0, 1.0), (0.5, 3.0), (1.0, 2.0)), ((1.0, 1.0), (0.0, 2.0)),
])  # fmt: skip
def test_a_table_has_to_go_one_way(points):
    with pytest.raises(RangeError):
        TableDial(points)


def test_a_logarithmic_table_has_no_zero():
    with pytest.raises(RangeError):
        TableDial(((0.0, 0.0), (1.0, 5.0)), log=True)


def test_between_two_points_a_logarithmic_table_is_a_ratio():
    dial = TableDial(((0.0, 10.0), (1.0, 1000.0)), log=True)
    assert dial.shown(0.5) == pytest.approx(100.0)
    assert dial.wire(math.sqrt(10.0) * 10.0) == pytest.approx(0.25)
