"""Fader laws from printed dB."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core import Gain
from tonn_bridge.core.calibration import Mark, bends, fit, misfit, same_law
from tonn_bridge.core.laws import LAWS, ArdourLaw, ReaperLaw, TableLaw
from tonn_bridge.errors import RangeError


def printed(law: ArdourLaw, position: float, digits: int = 1) -> Mark:
    return Mark(position, round(law.gain(position).db, digits))


def test_the_lines_through_what_was_printed_are_the_law_within_its_last_digit() -> None:
    law = ArdourLaw()
    table = fit(printed(law, step / 128) for step in range(129))
    assert same_law(table, law) < 0.1
    assert misfit(table, [printed(law, 0.7)]) < 0.1
    assert table.points[0][0] == 0.0
    assert table.points[-1][0] == 1.0


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(-900, 120)), min_size=1, max_size=40))
def test_whatever_is_printed_becomes_a_law_that_rises_or_an_error_that_says_why(pairs: list[tuple[float, int]]) -> None:
    marks = [Mark(position, tenths / 10) for position, tenths in pairs]
    try:
        table = fit([*marks, Mark(1.0, 12.0)])
    except RangeError as exc:
        assert "at least two different values" in str(exc)  # noqa: PT017
        return
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(table.points))


def test_positions_that_print_the_same_become_one_and_off_becomes_none() -> None:
    marks = [Mark(0.0, -math.inf), Mark(0.2, -40.0), Mark(0.5, -6.0), Mark(0.52, -6.0), Mark(0.9, 5.0), Mark(1.0, 5.0)]
    table = fit(marks)
    assert table.points[1:] == ((0.2, -40.0), (0.51, -6.0), (1.0, 5.0))
    assert table.gain(0.0) == Gain(-math.inf)


@pytest.mark.parametrize(
    "marks",
    [[], [Mark(1.0, 6.0)], [Mark(0.2, -20.0), Mark(0.9, 6.0)], [Mark(0.0, -math.inf), Mark(1.0, -math.inf)]],
    ids=["nothing", "one-value", "not-to-the-top", "always-off"],
)
def test_too_little_is_no_law(marks: list[Mark]) -> None:
    with pytest.raises(RangeError):
        fit(marks)


def test_straight_lines_need_no_more_marks_and_bends_do() -> None:
    assert not bends(Mark(0.5, -14.0), Mark(0.6, -10.0), Mark(0.7, -6.0), 0.1)
    assert not bends(Mark(0.5, -14.0), Mark(0.6, -9.9), Mark(0.7, -6.0), 0.1)
    assert bends(Mark(0.5, -14.0), Mark(0.6, -9.5), Mark(0.7, -6.0), 0.1)
    assert bends(Mark(0.0, -math.inf), Mark(0.1, -50.0), Mark(0.2, -40.0), 0.1)
    assert not bends(Mark(0.0, -math.inf), Mark(0.001, -100.0), Mark(0.002, -90.0), 0.1)


def test_two_laws_differ_by_the_most_they_differ_anywhere() -> None:
    assert same_law(ReaperLaw(), ReaperLaw()) == 0.0
    assert same_law(LAWS["ardour"], LAWS["reaper"]) > 5.0
    assert same_law(TableLaw(((0.0, -100.0), (1.0, -90.0))), ReaperLaw()) == math.inf
