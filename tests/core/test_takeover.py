"""Soft take-over: no value jumps to a fader that happens to stand elsewhere, and every value can be reached."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tonn_bridge.core.takeover import PASSING_S, Detent, SoftControl, Takeover
from tonn_bridge.errors import RangeError

STEPS = 128
STEP = 1 / (STEPS - 1)
TWO_STEPS = 2 * STEP + 1e-9
WAITING = [Takeover.PICKUP, Takeover.SCALE, Takeover.RELATIVE]

positions = st.floats(0.0, 1.0)
travels = st.lists(positions, min_size=1, max_size=20)
gaps = st.floats(0.0, 1.0)
modes = st.sampled_from(Takeover)


def control(mode, *, at=None, target=None):
    """A control of 128 positions, resting at `at` since a minute before second 0."""
    soft = SoftControl(mode, STEPS)
    if at is not None:
        soft.moved(at, -60.0)
    if target is not None:
        soft.target(target)
    return soft


# --- pickup -----------------------------------------------------------------------------------------------------------


def test_pickup_waits_until_the_control_is_two_steps_away():
    soft = control(Takeover.PICKUP, at=0.0, target=64 * STEP)
    assert [soft.moved(n * STEP, n * 1.0) for n in (60, 61)] == [None, None]
    assert not soft.holds
    assert soft.moved(62 * STEP, 62.0) == 62 * STEP
    assert soft.holds
    assert soft.moved(10 * STEP, 70.0) == 10 * STEP


@pytest.mark.parametrize(("elapsed_s", "taken"), [(PASSING_S, True), (PASSING_S + 0.01, False)])
def test_a_value_passed_between_two_quick_positions_is_picked_up(elapsed_s, taken):
    soft = control(Takeover.PICKUP, target=0.5)
    soft.moved(0.3, 1.0)
    assert (soft.moved(0.7, 1.0 + elapsed_s) == 0.7) is taken
    assert soft.holds is taken


def test_a_value_nobody_has_told_of_is_not_moved():
    for mode in WAITING:
        soft = control(mode)
        assert [soft.moved(p, p) for p in (0.0, 0.5, 1.0)] == [None, None, None]
        assert soft.distance is None
    assert control(Takeover.JUMP).moved(0.4, 0.0) == 0.4


@given(travels, st.lists(gaps, min_size=20, max_size=20), positions)
def test_pickup_never_moves_the_value_further_than_the_control_went_or_two_steps(travel, waits, target):
    soft = control(Takeover.PICKUP, target=target)
    now, before, value = 0.0, None, target
    for position, wait in zip(travel, waits, strict=False):
        now += wait
        moved = soft.moved(position, now)
        if moved is not None:
            assert moved == position
            went = 0.0 if before is None else abs(position - before)
            assert abs(moved - value) <= went + TWO_STEPS
            value = moved
        before = position


@given(positions, positions, modes)
def test_armed_anew_only_a_control_that_jumps_or_counts_differences_moves_it(at, target, mode):
    assume(abs(at - target) > TWO_STEPS)
    soft = control(mode, at=at, target=at)
    soft.moved(at, 0.0)
    soft.arm()
    soft.target(target)
    assert not soft.holds
    moved = soft.moved(at, 10.0)  # the same position again
    assert moved == {Takeover.PICKUP: None, Takeover.JUMP: at}.get(mode, target)


@given(positions, positions)
def test_others_moving_the_value_by_more_than_two_steps_take_it_away(at, target):
    soft = control(Takeover.PICKUP, at=at, target=at)
    soft.moved(at, 0.0)
    soft.target(target)
    assert soft.holds is (abs(at - target) <= TWO_STEPS)
    assert soft.distance == at - target


def test_a_value_that_creeps_away_is_lost_all_the_same():
    soft = control(Takeover.PICKUP, at=0.5, target=0.5)
    soft.moved(0.5, 0.0)
    for n in range(1, 4):
        soft.target(0.5 + n * STEP)
    assert not soft.holds
    assert soft.moved(0.5, 1.0) is None


def test_a_daw_that_rounds_does_not_take_the_value_away():
    soft = control(Takeover.PICKUP, at=0.5, target=0.5)
    for n in range(65, 100):
        assert soft.moved(n * STEP, n * 0.01) == n * STEP
        soft.target(n * STEP + 0.9 * STEP)
    assert soft.holds


# --- scale ------------------------------------------------------------------------------------------------------------


@given(positions, positions, travels)
def test_scale_goes_the_controls_way_and_stays_on_the_fader(at, target, travel):
    soft = control(Takeover.SCALE, at=at, target=target)
    value = target
    for before, position in pairwise([at, *travel]):
        moved = soft.moved(position, 0.0)
        assert 0.0 <= moved <= 1.0
        rounding = 1e-12
        assert (moved - value) * (position - before) >= -rounding
        value = moved


@given(positions, positions, st.sampled_from([0.0, 1.0]), travels)
def test_scale_meets_at_the_ends_and_goes_together_from_there(at, target, end, travel):
    assume(at != end)
    soft = control(Takeover.SCALE, at=at, target=target)
    assert soft.moved(end, 0.0) == end
    assert soft.holds
    for position in travel:
        assert soft.moved(position, 0.0) == pytest.approx(position, abs=1e-9)


def test_scale_shares_what_is_left_of_both_travels():
    soft = control(Takeover.SCALE, at=0.5, target=0.2)
    assert soft.moved(0.75, 0.0) == pytest.approx(0.6)
    assert (soft.holds, soft.distance) == (False, pytest.approx(0.15))
    assert soft.moved(0.375, 0.0) == pytest.approx(0.3)


def test_a_control_that_scales_says_nothing_by_its_first_position():
    soft = control(Takeover.SCALE, target=0.2)
    assert soft.moved(1.0, 0.0) is None


# --- jump and relative ------------------------------------------------------------------------------------------------


@given(travels, positions)
def test_jump_is_where_the_control_is(travel, target):
    soft = control(Takeover.JUMP, target=target)
    assert [soft.moved(position, 0.0) for position in travel] == travel
    assert soft.holds


@given(positions, positions, positions)
def test_relative_moves_by_what_the_control_moves(at, target, position):
    assume(0.0 <= target + position - at <= 1.0)
    soft = control(Takeover.RELATIVE, at=at, target=target)
    assert soft.moved(position, 0.0) == pytest.approx(target + position - at)
    assert soft.holds


def test_relative_gets_its_travel_back_at_the_values_end():
    soft = control(Takeover.RELATIVE, at=0.5, target=0.9)
    assert [soft.moved(p, 0.0) for p in (0.75, 1.0)] == [1.0, 1.0]
    assert [soft.moved(p, 0.0) for p in (0.5, 0.0)] == [0.5, 0.0]


def test_relative_goes_on_from_where_others_put_the_value():
    soft = control(Takeover.RELATIVE, at=0.5, target=0.5)
    soft.moved(0.6, 0.0)
    soft.target(0.1)
    assert not soft.holds
    assert soft.moved(0.7, 0.0) == pytest.approx(0.2)


def test_a_control_of_one_position_is_none():
    with pytest.raises(RangeError, match="2 or more"):
        SoftControl(Takeover.PICKUP, 1)


# --- the centre of a fader that adjusts -------------------------------------------------------------------------------

detents = st.builds(Detent, st.floats(0.5, 24.0), st.floats(0.0, 0.5))


@given(detents, st.floats(-1.0, 1.0))
def test_an_adjustment_reads_the_same_both_ways(detent, part):
    db = part * detent.range_db
    assert detent.adjustment_db(detent.position(db)) == pytest.approx(db, abs=1e-9)


@given(detents, positions)
def test_up_and_down_are_alike(detent, position):
    assert detent.adjustment_db(1.0 - position) == pytest.approx(-detent.adjustment_db(position), abs=1e-9)


@given(detents, positions, positions)
def test_no_adjustment_jumps(detent, one, other):
    steepest = 2.0 * detent.range_db / (1.0 - detent.width)
    difference = abs(detent.adjustment_db(one) - detent.adjustment_db(other))
    assert difference <= steepest * abs(one - other) + 1e-9


@pytest.mark.parametrize("step", [62, 63, 64, 65])
def test_the_four_middle_positions_of_a_7_bit_fader_are_exactly_0_db(step):
    assert Detent(12.0).adjustment_db(step / 127) == 0.0


@pytest.mark.parametrize(("position", "db"), [(0.0, -12.0), (0.485, 0.0), (0.515, 0.0), (0.7575, 6.0), (1.0, 12.0)])
def test_the_detents_scale(position, db):
    assert Detent(12.0).adjustment_db(position) == pytest.approx(db)


def test_a_fader_that_rests_in_the_centre_stands_where_it_stands():
    detent = Detent(12.0)
    assert (detent.position(0.0), detent.position(0.0, near=65 / 127)) == (0.5, 65 / 127)
    assert detent.position(0.0, near=0.7) == 0.5
    assert (detent.position(-40.0), detent.position(40.0)) == (0.0, 1.0)


@pytest.mark.parametrize("made", [(0.0,), (float("inf"),), (float("nan"),), (12.0, 1.0), (12.0, -0.1)])
def test_a_detent_without_travel_is_refused(made):
    with pytest.raises(RangeError):
        Detent(*made)
