"""A proposal in the knobs of a track, blends of knobs, and what hands have made of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.outboard import GAIN, Dial, Outboard, outfit_of
from tonn_bridge.core import Compressor, EqBand
from tonn_bridge.core.dials import ChoiceDial, Unit
from tonn_bridge.core.plugins import NO_OUTFIT, blend, place, strongest, turned_comp, turned_eq
from tonn_bridge.core.proposal import Proposal

BANDS = tuple(EqBand(number, 25.0 * 3**number, (-1) ** number * number, 1.0) for number in range(1, 7))
COMP = Compressor(-20.0, 3.0, 0.02, 0.2)


def user_of(outfit):
    return Outboard({1: outfit}).holds[1]


def test_six_bands_stand_in_six_bells_in_their_order():
    placed = place(outfit_of(6), Proposal(eq=BANDS))
    assert placed.bands == {number: number for number in range(1, 7)}
    assert [wanted.value for wanted in placed.wanted if wanted.parameter.endswith("gain_db")] == [-1, 2, -3, 4, -5, 6]
    assert placed.limits == ()


def test_of_six_bands_the_four_of_most_effect_are_kept_and_the_others_named():
    placed = place(outfit_of(4), Proposal(eq=BANDS))
    assert placed.bands == {1: 3, 2: 4, 3: 5, 4: 6}
    assert {limit.parameter for limit in placed.limits} == {"eq.1.gain_db", "eq.2.gain_db"}
    assert all("4 bells" in limit.reason for limit in placed.limits)


def test_effect_is_gain_times_width():
    narrow, wide = EqBand(1, 100.0, 6.0, 10.0), EqBand(2, 200.0, -2.0, 0.5)
    assert strongest((narrow, wide), 1) == (wide,)


def test_bells_without_a_band_are_flat_and_plugins_are_switched_on_and_neutral():
    outfit = outfit_of(4)
    placed = place(outfit, Proposal(eq=BANDS[:1], comp=COMP))
    assert [outfit.knobs[f"eq.{bell}.gain_db"].value_of(placed.wires[f"eq.{bell}.gain_db"]) for bell in (2, 3, 4)] == [
        0.0
    ] * 3
    assert placed.wires["eq.on"] == placed.wires["comp.on"] == 1.0
    assert placed.wires["comp.make-up"] == outfit.fixed["comp.make-up"]


def test_what_tonn_said_nothing_about_stays_as_it_is():
    assert place(outfit_of(4), Proposal()).wires == {}
    placed = place(outfit_of(4), Proposal(comp=Compressor(-20.0, None, None, None)))
    assert set(placed.wires) == {"comp.on", "comp.make-up", "comp.threshold_db"}


def test_what_a_plugin_cannot_reach_is_limited_and_said():
    placed = place(outfit_of(1), Proposal(eq=(EqBand(1, 100.0, 18.0, 0.1),)))
    assert [(limit.parameter, limit.wanted) for limit in placed.limits] == [("eq.1.gain_db", 18.0), ("eq.1.q", 0.1)]
    assert [wanted.value for wanted in placed.wanted][1:] == pytest.approx([15.0, 0.26666], rel=1e-3)


def test_a_step_far_from_tonns_value_is_said():
    ratios = Dial(ChoiceDial((1.5, 3.0, 4.0, 20.0)), Unit.RATIO)
    outfit = replace(outfit_of(0), knobs={"comp.threshold_db": GAIN, "comp.ratio": ratios})
    (limit,) = place(outfit, Proposal(comp=Compressor(None, 3.5, None, None))).limits
    assert (limit.parameter, limit.wanted, limit.got) == ("comp.ratio", 3.5, 4.0)
    assert place(outfit, Proposal(comp=Compressor(None, 3.1, None, None))).limits == ()


def test_without_plugins_nothing_is_placed():
    placed = place(NO_OUTFIT, Proposal(trim_db=-3.0, eq=BANDS, comp=COMP))
    assert (placed.wires, placed.wanted, placed.limits) == ({}, (), ())


@given(amount=st.floats(0.0, 1.0))
def test_every_knob_of_a_blend_lies_between_the_users_and_tonns(amount):
    outfit = outfit_of(4)
    user, goal = user_of(outfit), place(outfit, Proposal(eq=BANDS, comp=COMP)).wires
    blended = blend(outfit, user, goal, amount)
    assert set(blended) == set(goal)
    for key, wire in blended.items():
        low, high = sorted((user[key], goal[key]))
        assert low - 1e-6 <= wire <= high + 1e-6


@pytest.mark.parametrize(("amount", "end"), [(0.0, "user"), (1.0, "goal")])
def test_the_ends_of_a_blend_are_exact(amount, end):
    outfit = outfit_of(4)
    user, goal = user_of(outfit), dict(place(outfit, Proposal(eq=BANDS, comp=COMP)).wires)
    expected = {"user": {key: user[key] for key in goal}, "goal": goal}[end]
    assert blend(outfit, user, goal, amount) == expected


@given(bell=st.integers(1, 6), what=st.sampled_from(["freq_hz", "gain_db", "q"]), share=st.floats(0.0, 1.0))
def test_only_what_a_hand_has_turned_is_no_longer_tonns(bell, what, share):
    outfit = outfit_of(6)
    placed = place(outfit, Proposal(eq=BANDS))
    key = f"eq.{bell}.{what}"
    scale = outfit.knobs[key]
    ends = scale.wire_of(scale.low), scale.wire_of(scale.high)
    now = {**placed.wires, key: min(ends) + abs(ends[1] - ends[0]) * share}
    turned = turned_eq(outfit, placed, placed.wires, now, BANDS, [])
    if scale.same(now[key], placed.wires[key]):
        assert turned is None
    else:
        within = min(scale.value_of(now[key]), 10.0 if what == "q" else 20_000.0)  # Tonn takes no more
        assert getattr(turned[bell - 1], what) == pytest.approx(within, rel=1e-6)
        assert [band for band in turned if band.band != bell] == [band for band in BANDS if band.band != bell]


def test_a_seventh_band_is_not_sent_and_said():
    outfit = outfit_of(7)
    placed, limits = place(outfit, Proposal(eq=BANDS)), []
    settled = {**user_of(outfit), **placed.wires}
    now = {**settled, "eq.7.gain_db": outfit.knobs["eq.7.gain_db"].wire_of(3.0)}
    assert turned_eq(outfit, placed, settled, now, BANDS, limits) is None
    assert limits[0].wanted == pytest.approx(3.0)


def test_a_threshold_goes_back_to_tonn_without_the_folded_trim():
    outfit = outfit_of(0)
    settled = place(outfit, Proposal(comp=COMP)).wires
    now = {**settled, "comp.threshold_db": outfit.knobs["comp.threshold_db"].wire_of(-24.0)}
    assert turned_comp(outfit, settled, now, COMP, -3.0, []).threshold_db == pytest.approx(-27.0)
