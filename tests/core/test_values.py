"""A number with a unit refuses what its unit does not know."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core import OFF, Compressor, EqBand, Gain, Pan
from tonn_bridge.errors import RangeError

any_gain = st.one_of(st.just(OFF), st.floats(-200.0, 24.0).map(Gain))


@pytest.mark.parametrize("db", [24.1, math.inf, math.nan])
def test_gain_ends_at_24_db(db):
    with pytest.raises(RangeError):
        Gain(db)


@pytest.mark.parametrize("position", [-1.01, 1.01, math.nan])
def test_pan_ends_at_the_sides(position):
    with pytest.raises(RangeError):
        Pan(position)


@pytest.mark.parametrize(
    ("freq_hz", "gain_db", "q"),
    [(19.9, 0.0, 1.0), (20_001.0, 0.0, 1.0), (1e3, 20.1, 1.0), (1e3, -20.1, 1.0), (1e3, 0.0, 0.09), (1e3, 0.0, 10.1)],
)
def test_a_band_outside_tonns_ranges_is_refused(freq_hz, gain_db, q):
    with pytest.raises(RangeError):
        EqBand(1, freq_hz, gain_db, q)


@pytest.mark.parametrize(
    "values", [(0.1, 2.0, 0.01, 0.1), (-6.0, 0.9, 0.01, 0.1), (-6.0, 2.0, 0.2, 0.1), (-6.0, 2.0, 0.01, 1.1)]
)
def test_a_compressor_outside_tonns_ranges_is_refused(values):
    with pytest.raises(RangeError):
        Compressor(*values)


def test_a_compressor_may_know_only_some_of_its_values():
    assert Compressor(None, 2.0, None, None).ratio == 2.0


@given(a=any_gain, b=any_gain)
def test_a_difference_of_gains_is_finite_and_turns_round(a, b):
    assert math.isfinite(a.minus(b))
    assert a.minus(b) == -b.minus(a)


def test_off_counts_as_minus_90_db():
    assert Gain(-10.0).minus(OFF) == 80.0
    assert Gain(-120.0).minus(OFF) == 0.0
