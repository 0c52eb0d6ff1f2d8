"""One motor fader between a hand and the mix."""

import pytest

from tonn_bridge.links.surface.motor import HAND_S, MOTOR_S, STUCK_S, MotorFader
from tonn_bridge.mapping.surface import Motors

STEPS = 1024


def motor(returns=Motors.ON_RELEASE):
    return MotorFader(STEPS, returns)


def test_it_is_driven_once_to_where_the_mix_stands():
    fader = motor()
    assert fader.drive(0.5, 0.0) == 0.5
    assert fader.drive(0.5, 1.0) is None
    assert fader.drive(0.5 + 0.4 / STEPS, 1.0) is None, "less than one of its steps"
    assert fader.drive(0.6, 1.0) == 0.6


def test_a_touched_one_is_not_driven_and_comes_to_the_mix_when_the_hand_lets_go():
    fader = motor()
    fader.drive(0.5, 0.0)
    fader.touch(True, 1.0)
    assert fader.drive(0.8, 2.0) is None
    fader.touch(False, 3.0)
    assert fader.drive(0.8, 3.0) == 0.8


def test_after_a_hand_it_gets_its_position_back_also_where_that_is_the_one_it_stands_at():
    fader = motor()
    fader.drive(0.5, 0.0)
    fader.touch(True, 1.0)
    assert fader.moved(0.7, 1.1)
    fader.touch(False, 1.2)
    assert fader.drive(0.7, 1.2) == 0.7
    assert fader.drive(0.7, 1.3) is None


def test_one_without_touch_gets_each_position_at_once_and_the_daws_rounding_when_the_hand_has_gone():
    fader = motor(Motors.AT_ONCE)
    fader.drive(0.5, 0.0)
    assert fader.moved(0.7, 2.0)
    assert fader.drive(0.71, 2.0) == 0.7, "word for word: a rounded one would pull at the hand"
    assert fader.drive(0.71, 2.1) is None
    assert fader.drive(0.71, 2.0 + HAND_S) == 0.71


@pytest.mark.parametrize("returns", [Motors.AT_ONCE, Motors.ON_RELEASE])
def test_its_own_way_is_no_hand(returns):
    fader = motor(returns)
    fader.drive(0.2, 0.0)
    fader.drive(0.6, 10.0)
    assert not fader.moved(0.3, 10.05)
    assert not fader.moved(0.62, 10.2), "it overshoots a little"
    assert fader.moved(0.1, 10.3), "nowhere on its way"


def test_after_its_way_any_movement_is_a_hand():
    fader = motor()
    fader.drive(0.2, 0.0)
    fader.drive(0.6, 10.0)
    assert fader.moved(0.5, 10.0 + MOTOR_S + 0.01)


def test_a_hand_that_is_felt_is_one_wherever_the_motor_is():
    fader = motor()
    fader.drive(0.2, 0.0)
    fader.drive(0.6, 10.0)
    fader.touch(True, 10.05)
    assert fader.moved(0.4, 10.06)


def test_a_touch_whose_end_was_lost_does_not_hold_for_ever():
    fader = motor()
    fader.drive(0.5, 0.0)
    fader.touch(True, 1.0)
    assert fader.drive(0.8, 1.0 + STUCK_S - 0.1) is None
    assert fader.drive(0.8, 1.0 + STUCK_S) == 0.8
    assert fader.hand_gone_at is None


def test_a_unit_that_begins_again_is_told_everything():
    fader = motor()
    fader.drive(0.5, 0.0)
    fader.touch(True, 1.0)
    fader.forget()
    assert fader.drive(0.5, 1.1) == 0.5
