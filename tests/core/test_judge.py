"""One control, one reading at a time: echo or hand."""

import pytest

from tonn_bridge.core.judge import EchoHabits, Judge, Need, Verdict


class Db:
    """A wire that carries dB in steps of `step`."""

    low, high = -90.0, 12.0

    def __init__(self, step: float = 0.001) -> None:
        self.step = step

    def wire_of(self, value: float) -> float:
        return round(value / self.step) * self.step

    def value_of(self, wire: float) -> float:
        return wire

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.step / 2


def judge(reading: float = -10.0, **habits: object) -> Judge:
    made = Judge(Db(), EchoHabits(late_s=0.5, **habits), landing=lambda _: 0.4)
    assert made.heard(reading, 0.0) is Verdict.FIRST
    return made


def written(wire: float, at: float = 1.0, **habits: object) -> Judge:
    made = judge(**habits)
    made.write(wire)
    made.sent(wire, at)
    return made


def test_the_echo_of_the_write_under_way_settles_it():
    made = written(-4.0)
    assert made.shown == -4.0
    assert made.heard(-4.0, 1.01) is Verdict.SETTLED
    assert (made.reading, made.target) == (-4.0, None)


def test_what_the_daw_rounded_it_to_is_what_it_holds():
    made = written(-4.0)
    assert made.heard(-4.07, 1.01) is Verdict.SETTLED
    assert made.reading == -4.07


def test_a_reading_far_from_every_write_is_a_hand_and_ends_the_write():
    made = written(-4.0)
    assert made.heard(-30.0, 1.01) is Verdict.HAND
    assert (made.reading, made.target) == (-30.0, None)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_echoes_of_older_writes_are_no_news_however_often_they_come(times):
    made = written(-8.0)
    made.write(-6.0)
    made.sent(-6.0, 1.02)
    assert made.heard(-6.0, 1.03) is Verdict.SETTLED
    for _ in range(times):
        assert made.heard(-8.0, 1.04) is Verdict.ECHO
    assert made.reading == -6.0


def test_an_echo_that_contradicts_is_asked_about_when_no_other_can_come():
    made = written(-8.0)
    made.write(-6.0)
    made.sent(-6.0, 1.02)
    made.heard(-6.0, 1.03)
    made.heard(-8.0, 1.04)
    assert made.wake(1.3) is None
    assert made.wake(1.53) is Need.ASK
    assert made.heard(-8.0, 1.54) is Verdict.HAND
    assert made.reading == -8.0


def test_a_hand_that_a_late_write_ran_over_gets_its_value_back():
    made = written(-4.0)
    made.heard(-30.0, 1.01)
    assert made.wake(1.51) is Need.ASK
    assert made.heard(-4.0, 1.52) is Verdict.OVERRUN
    assert made.reading == -30.0


def test_a_write_nobody_confirms_is_asked_about_sent_once_more_and_then_believed():
    made = written(-4.0)
    assert made.wake(1.5) is Need.ASK
    assert made.heard(-10.0, 1.51) is Verdict.ECHO, "the write was lost"
    assert made.wake(2.0) is Need.WRITE
    made.sent(-4.0, 2.0)
    assert made.wake(2.5) is Need.ASK
    assert made.wake(3.0) is Need.SETTLED
    assert made.reading == -4.0


def test_where_nobody_can_be_asked_it_is_sent_once_more():
    made = written(-4.0, can_ask=False)
    assert made.wake(1.5) is Need.WRITE
    made.sent(-4.0, 1.5)
    assert made.wake(2.0) is Need.SETTLED


def test_the_answer_of_a_daw_that_rounds_is_where_the_control_stands():
    made = written(-4.0, same_form=False)
    assert made.wake(1.5) is Need.ASK
    assert made.heard(-4.07, 1.51) is Verdict.SETTLED
    assert made.reading == -4.07


def test_a_daw_that_never_echoes_is_asked_instead():
    made = written(-4.0, echoes=False)
    assert made.wake(1.1) is Need.ASK
    assert made.heard(-4.0, 1.12) is Verdict.SETTLED


def test_a_value_that_stands_already_is_settled_by_being_sent():
    made = judge(-10.0)
    made.write(-10.0)
    assert made.sent(-10.0, 1.0)
    assert made.target is None


def test_another_form_confirms_within_its_own_tolerance_and_nothing_else():
    made = written(-4.0, same_form=False)
    assert made.confirmed(-4.2, 0.05, 1.01) is Verdict.ECHO
    assert made.confirmed(-4.03, 0.05, 1.02) is Verdict.SETTLED
    assert made.reading == -4.0


def test_a_write_that_the_other_form_cannot_show_needs_no_new_one():
    made = written(-4.0, same_form=False)
    made.confirmed(-4.0, 0.05, 1.01)
    made.write(-4.02)
    assert made.sent(-4.02, 1.1)
    assert made.reading == -4.02


def test_where_the_confirming_reading_was_lost_and_the_control_has_gone_on_a_write_waits_for_a_new_one():
    made = written(-4.0, same_form=False)
    made.confirmed(-4.0, 0.05, 1.01)
    made.write(-8.0)
    made.sent(-8.0, 1.1)
    assert made.wake(1.6) is Need.ASK
    assert made.heard(-8.0, 1.61) is Verdict.SETTLED
    made.write(-4.0)
    assert not made.sent(-4.0, 2.0)
    assert made.heard(-8.0, 2.01) is Verdict.ECHO, "asked before the write left"
    assert made.target == -4.0


def test_nobody_is_asked_about_a_write_that_has_not_left():
    made = written(-4.0)
    assert made.heard(-4.0, 1.01) is Verdict.SETTLED
    made.write(-8.0)
    assert made.wake(1.51) is None
    made.sent(-8.0, 1.52)
    assert made.wake(2.02) is Need.ASK


def test_where_echoes_have_another_form_a_near_reading_counts_as_rounding_only_at_once():
    made = written(-4.0, same_form=False)
    assert made.heard(-4.07, 1.01) is Verdict.SETTLED
    made.write(-6.0)
    made.sent(-6.0, 1.1)
    made.confirmed(-6.0, 0.05, 1.12)
    assert made.heard(-6.2, 1.3) is Verdict.HAND


def test_the_old_value_told_long_after_the_write_was_put_back_by_a_hand():
    made = written(-4.0)
    assert made.heard(-10.0, 1.05) is Verdict.ECHO
    assert made.heard(-10.0, 1.2) is Verdict.HAND


def test_a_track_that_moved_to_another_strip_was_moved_by_no_hand():
    made = written(-4.0)
    made.rebind(-22.0)
    assert (made.reading, made.target) == (-22.0, -4.0)


def test_a_flood_of_writes_is_remembered_only_so_far():
    made = judge()
    for index in range(10_000):
        made.write(float(index % 7))
        made.sent(float(index % 7), 1.0)
    assert made.heard(6.0, 1.1) is not Verdict.HAND


def test_a_hand_on_its_way_may_pass_where_a_write_of_ours_stood():
    made = judge(same_form=False)
    for step, wire in enumerate((-8.0, -6.0, -4.0)):
        made.write(wire)
        made.sent(wire, 1.0 + step / 50)
    made.confirmed(-4.0, 0.05, 1.06)
    assert [made.heard(wire, 1.1) for wire in (-5.0, -5.5, -6.0)] == [Verdict.HAND] * 3
    assert made.reading == -6.0
    assert made.wake(1.6) is Need.ASK
    assert made.heard(-6.0, 1.61) is Verdict.ECHO


def test_only_the_answer_to_a_question_says_that_a_hand_was_run_over():
    made = written(-4.0)
    made.heard(-30.0, 1.01)
    assert made.heard(-4.0, 1.6) is Verdict.HAND
    assert made.reading == -4.0


def test_a_write_that_was_replaced_before_it_was_confirmed_may_still_be_told_much_later():
    made = written(-4.0)
    made.write(-6.0)
    assert made.heard(-4.0, 1.9) is Verdict.ECHO
    assert made.target == -6.0
    assert made.heard(-20.0, 2.0) is Verdict.HAND
    assert made.heard(-4.0, 3.0) is Verdict.HAND, "a hand has come since"
