"""What Tonn's settings mean on one DAW, and the blends between two mixes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core import (
    OFF,
    Compressor,
    EqBand,
    Gain,
    GainMode,
    Limit,
    Pan,
    TonnSettings,
    blend_gain,
    blend_pan,
    propose,
)

TOP = Gain(6.0)
BELL = EqBand(1, 46.5, -1.69, 2.66)
gains = st.one_of(st.just(OFF), st.floats(-89.0, 12.0).map(Gain))
pans = st.floats(-1.0, 1.0).map(Pan)
amounts = st.floats(0.0, 1.0)


def proposed(
    settings: TonnSettings, *, mode: GainMode = GainMode.ABSOLUTE, user: Gain | None = None, trim: bool = False
):
    return propose(settings, mode=mode, user_gain=user, top=TOP, user_trim_db=0.0 if trim else None)


def test_without_a_trim_the_trim_goes_into_the_fader_and_the_threshold_moves_the_other_way():
    settings = TonnSettings(gain_db=-8.0, trim_db=-3.0, comp=Compressor(-20.0, 2.0, 0.01, 0.1), eq=(BELL,))
    folded = proposed(settings)
    assert (folded.gain, folded.trim_db) == (Gain(-11.0), 0.0)
    assert folded.comp == Compressor(-17.0, 2.0, 0.01, 0.1)
    assert folded.eq == (BELL,)


def test_with_a_trim_everything_stays_where_tonn_put_it():
    settings = TonnSettings(gain_db=-8.0, trim_db=-3.0, comp=Compressor(-20.0, 2.0, 0.01, 0.1))
    kept = proposed(settings, trim=True)
    assert (kept.gain, kept.trim_db, kept.comp) == (Gain(-8.0), -3.0, settings.comp)


def test_a_threshold_pushed_over_its_end_is_limited_and_said():
    found = proposed(TonnSettings(gain_db=0.0, trim_db=-5.0, comp=Compressor(-3.0, 2.0, 0.01, 0.1)))
    assert found.comp is not None
    assert found.comp.threshold_db == 0.0
    assert [(limit.parameter, limit.wanted, limit.got) for limit in found.limited] == [("threshold_db", 2.0, 0.0)]


def test_a_gain_over_the_top_of_the_fader_is_limited_and_said():
    found = proposed(TonnSettings(gain_db=9.0, limited=(Limit("q", 20.0, 10.0, "translated"),)))
    assert found.gain == TOP
    assert [limit.parameter for limit in found.limited] == ["q", "gain_db"]


def test_what_tonn_did_not_say_stays_unsaid():
    found = proposed(TonnSettings())
    assert (found.gain, found.pan, found.eq, found.comp, found.limited) == (None, None, (), None, ())


@pytest.mark.parametrize(("user", "wanted"), [(Gain(-6.0), Gain(-14.0)), (OFF, OFF), (None, None)])
def test_relative_mode_adds_to_the_users_fader(user, wanted):
    assert proposed(TonnSettings(gain_db=-8.0), mode=GainMode.RELATIVE, user=user).gain == wanted


@given(user=gains, goal=gains)
def test_a_blend_ends_exactly_at_both_mixes(user, goal):
    assert blend_gain(user, goal, 0.0) == user
    assert blend_gain(user, goal, 1.0) == goal


@given(user=gains, goal=gains, amount=amounts)
def test_a_blend_of_gains_lies_between_them(user, goal, amount):
    assert min(user, goal) <= blend_gain(user, goal, amount) <= max(user, goal) or math.isclose(
        blend_gain(user, goal, amount).db, min(user, goal).db
    )


def test_half_way_is_straight_in_db():
    assert blend_gain(Gain(-6.0), Gain(-12.0), 0.5) == Gain(-9.0)
    assert blend_pan(Pan(-0.5), Pan(0.1), 0.5).position == pytest.approx(-0.2)


@given(user=pans, goal=pans, amount=st.floats(-1.0, 2.0))
def test_a_blend_of_pans_never_leaves_the_stage(user, goal, amount):
    assert -1.0 <= blend_pan(user, goal, amount).position <= 1.0
