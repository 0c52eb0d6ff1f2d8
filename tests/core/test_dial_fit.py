"""Laws of dials from what is written beside them."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonn_bridge.core.dial_fit import (
    FINEST,
    coarseness,
    contradictions,
    fit_dial,
    misfit_dial,
    next_place,
)
from tonn_bridge.core.dial_marks import AIM, EVERYWHERE, DialMark, apart
from tonn_bridge.core.dials import LineDial, TableDial, Unit
from tonn_bridge.core.readouts import readout
from tonn_bridge.errors import RangeError

Law = Callable[[float], float]

SPANS = {
    Unit.DB: (-60.0, 0.0),
    Unit.HZ: (20.0, 20_000.0),
    Unit.Q: (0.1, 10.0),
    Unit.OCTAVES: (0.144, 6.67),
    Unit.MS: (0.1, 1000.0),
    Unit.S: (0.0001, 1.0),
    Unit.RATIO: (1.0, 20.0),
}
MOST = 54


def printed(shown: float, digits: int) -> str:
    """A number as plug-ins write it: so many significant digits."""
    if math.isinf(shown):
        return "-inf" if shown < 0.0 else "inf"
    whole = math.floor(math.log10(abs(shown))) + 1 if shown else 1
    return f"{shown:.{max(digits - max(whole, 1), 0)}f}"


def mark(wire: float, shown: float, unit: Unit, digits: int = 3) -> DialMark:
    read = readout(printed(shown, digits), unit)
    assert read is not None
    return DialMark(wire, read.shown, read.resolution)


def surveyed(law: Law, unit: Unit, digits: int, wires: tuple[float, float] = (0.0, 1.0)) -> list[DialMark]:
    marks: list[DialMark] = []
    while len(marks) < MOST and (place := next_place(marks, unit, wires, SPANS[unit])) is not None:
        marks.append(mark(place, law((place - wires[0]) / (wires[1] - wires[0])), unit, digits))
    return marks


def step_of(shown: float, unit: Unit, digits: int) -> float:
    """The last digit of what is written there, as an error."""
    resolution = mark(0.0, shown, unit, digits).resolution
    return resolution if unit is Unit.DB else resolution / shown


def shape(kind: str, bend: float) -> Law:
    """A rising way from 0 to 1."""
    if kind == "power":
        return lambda n: n ** (2.0**bend)
    if kind == "grows":
        return lambda n: math.expm1(3.0 * bend * n) / math.expm1(3.0 * bend) if abs(bend) > 0.01 else n
    knee = 0.5 + bend / 4.0
    return lambda n: 0.3 * n / knee if n < knee else 0.3 + 0.7 * (n - knee) / (1.0 - knee)


@st.composite
def laws(draw: st.DrawFn) -> tuple[Law, Unit, int]:
    unit = draw(st.sampled_from(Unit))
    low, high = SPANS[unit]
    first, last = (low - 10.0, high + 6.0) if unit is Unit.DB else (low * draw(st.floats(0.5, 1.0)), high * 1.2)
    if draw(st.booleans()):
        first, last = last, first
    way = shape(draw(st.sampled_from(["power", "grows", "knee"])), draw(st.floats(-1.0, 1.0)))
    if unit is Unit.DB or draw(st.booleans()):
        return lambda n: first + (last - first) * way(n), unit, draw(st.integers(2, 4))
    return lambda n: first * (last / first) ** way(n), unit, draw(st.integers(2, 4))


@settings(max_examples=200, deadline=None)
@given(laws())
def test_a_law_is_found_within_its_aim_or_the_last_digit_of_its_texts(drawn: tuple[Law, Unit, int]) -> None:
    law, unit, digits = drawn
    low, high = SPANS[unit]
    table = fit_dial(surveyed(law, unit, digits), unit, SPANS[unit])
    for place in range(101):
        shown = law(place / 100)
        near = max(step_of(shown * share, unit, digits) for share in (0.5, 1.0, 2.0))
        if low <= shown <= high and (unit is Unit.DB or near < 0.5):  # a text such as "0.00" says nothing
            assert apart(unit, table.shown(place / 100), shown) <= (
                AIM[unit] if near <= 0.9 * AIM[unit] else 2.0 * near
            )


KNOWN: dict[str, tuple[Unit, Law, int]] = {
    "frequency-in-the-logarithm": (Unit.HZ, lambda n: 10.0 * 2200.0**n, 4),
    "frequency-nearly-so": (Unit.HZ, lambda n: 20.0 + 23_980.0 * (401.0**n - 1.0) / 400.0, 5),
    "times-in-a-line": (Unit.MS, lambda n: 500.0 * n, 5),
    "threshold-from-amplitude": (Unit.DB, lambda n: 20.0 * math.log10(2.0 * n) if n else -math.inf, 3),
    "ratio-to-infinity": (Unit.RATIO, lambda n: 1.0 / (1.0 - n) if n < 1.0 else math.inf, 4),
    "q-that-falls": (Unit.Q, lambda n: 10.0 * 0.01**n, 4),
    "a-knee": (Unit.DB, lambda n: -60.0 + 100.0 * n if n < 0.5 else -10.0 + 40.0 * (n - 0.5), 3),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("wires", [(0.0, 1.0), (-15.0, 15.0), (0.0, 16383.0)])
def test_laws_as_plug_ins_have_them_are_found_exactly_enough(name: str, wires: tuple[float, float]) -> None:
    unit, law, digits = KNOWN[name]
    low, high = SPANS[unit]
    marks = surveyed(law, unit, digits, wires)
    table = fit_dial(marks, unit, SPANS[unit])
    for place in range(1, 250):
        shown = law(place / 250)
        if low <= shown <= high:
            wire = wires[0] + (wires[1] - wires[0]) * place / 250
            assert apart(unit, table.shown(wire), shown) <= AIM[unit]
            back = (table.wire(shown) - wires[0]) / (wires[1] - wires[0])
            assert apart(unit, law(back), shown) <= AIM[unit]


def test_what_is_straight_in_its_own_way_needs_no_more_than_the_first_places() -> None:
    for name in ("frequency-in-the-logarithm", "times-in-a-line", "q-that-falls"):
        unit, law, digits = KNOWN[name]
        assert len(surveyed(law, unit, digits)) == 17
    assert fit_dial(surveyed(KNOWN["times-in-a-line"][1], Unit.MS, 5), Unit.MS, SPANS[Unit.MS]).log is False
    assert fit_dial(surveyed(KNOWN["q-that-falls"][1], Unit.Q, 4), Unit.Q, SPANS[Unit.Q]).log is True


def test_steps_end_at_the_number_of_places_and_keep_the_middle_of_each() -> None:
    steps = (1.0, 1.5, 2.0, 4.0, 8.0, 20.0)
    marks = surveyed(lambda n: steps[min(int(n * 6), 5)], Unit.RATIO, 3)
    table = fit_dial(marks, Unit.RATIO, SPANS[Unit.RATIO])
    assert len(marks) <= MOST
    assert [shown for _, shown in table.points] == list(steps)
    for place, shown in enumerate(steps[1:-1], 1):
        assert table.wire(shown) == pytest.approx((place + 0.5) / 6.0, abs=0.01)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(-900, 900)), max_size=40), st.sampled_from(Unit))
def test_whatever_is_written_becomes_a_table_that_goes_one_way_or_an_error(
    pairs: list[tuple[float, int]], unit: Unit
) -> None:
    marks = [DialMark(wire, tenths / 10.0, 0.1) for wire, tenths in pairs]
    place = next_place(marks, unit, (0.0, 1.0))
    assert place is None or 0.0 <= place <= 1.0
    try:
        table = fit_dial(marks, unit)
    except RangeError as exc:
        assert "at least two different values" in str(exc)  # noqa: PT017
        return
    assert all(a[0] < b[0] for a, b in pairwise(table.points))


def test_equal_texts_become_one_and_at_the_ends_the_last_before_it_changes() -> None:
    shown = [(0.0, 20.0), (0.1, 20.0), (0.2, 40.0), (0.4, 40.0), (0.8, 80.0), (0.9, 160.0), (1.0, 160.0)]
    table = fit_dial([DialMark(wire, there, 1.0) for wire, there in shown], Unit.HZ)
    assert table.points == ((0.1, 20.0), (pytest.approx(0.3), 40.0), (0.8, 80.0), (0.9, 160.0))


def test_infinities_and_what_a_logarithm_cannot_hold_are_cut_off() -> None:
    ratio = [DialMark(0.0, 1.0, 0.1), DialMark(0.5, 4.0, 0.1), DialMark(0.75, 16.0, 0.1), DialMark(1.0, math.inf, 0.0)]
    assert fit_dial(ratio, Unit.RATIO).high == 16.0
    times = [DialMark(0.0, 0.0, 0.1), DialMark(0.3, 1.0, 0.1), DialMark(0.6, 10.0, 0.1), DialMark(0.9, 100.0, 0.1)]
    assert fit_dial(times, Unit.MS, (1.0, 100.0)).points[0] == (0.3, 1.0)


@pytest.mark.parametrize("shown", [[], [3.0], [3.0, 3.0], [-math.inf, -math.inf, 2.0]])
def test_one_value_is_no_law(shown: list[float]) -> None:
    with pytest.raises(RangeError, match="at least two different values"):
        fit_dial([DialMark(float(place), there, 0.1) for place, there in enumerate(shown)], Unit.DB)


def test_the_way_to_an_infinity_is_halved_until_what_is_used_is_reached() -> None:
    marks = surveyed(KNOWN["threshold-from-amplitude"][1], Unit.DB, 3)
    assert min(each.shown for each in marks if math.isfinite(each.shown)) <= -59.0
    assert min(b.wire - a.wire for a, b in pairwise(sorted(marks))) >= FINEST


def test_between_whole_numbers_there_is_nothing_to_measure() -> None:
    marks = [DialMark(float(wire), 10.0 * wire * wire, 0.1) for wire in range(17)]
    assert next_place(marks, Unit.HZ, (0.0, 16.0)) is not None
    assert next_place(marks, Unit.HZ, (0.0, 16.0), whole=True) is None


def test_errors_are_db_or_fractions() -> None:
    assert apart(Unit.DB, -3.0, -3.5) == 0.5
    assert apart(Unit.HZ, 1010.0, 1000.0) == pytest.approx(0.01, rel=0.01)
    assert apart(Unit.MS, 0.0, 1.0) == math.inf
    assert apart(Unit.MS, 0.0, 0.0) == 0.0


def test_a_known_law_is_measured_against_what_is_written() -> None:
    law = LineDial(-15.0, 15.0)
    marks = [DialMark(0.5, 0.0, 0.1), DialMark(0.75, 7.2, 0.1), DialMark(1.0, 20.0, 0.1)]
    assert misfit_dial(law, marks, Unit.DB) == pytest.approx(5.0)
    assert misfit_dial(law, marks, Unit.DB, (-15.0, 15.0)) == pytest.approx(0.3)
    assert misfit_dial(law, [], Unit.DB) == 0.0


def test_coarse_texts_are_known_as_such() -> None:
    marks = [DialMark(0.0, 1.0, 0.1), DialMark(0.5, 10.0, 0.1), DialMark(0.7, 0.0, 0.1)]
    assert coarseness(marks, Unit.MS, (0.5, 20.0)) == pytest.approx(0.05)
    assert coarseness(marks, Unit.MS, EVERYWHERE) == math.inf
    assert coarseness(marks, Unit.DB) == pytest.approx(0.05)


def test_a_dial_that_turns_back_contradicts_itself_and_a_last_digit_does_not() -> None:
    def marks(*shown: float) -> list[DialMark]:
        return [DialMark(float(place), there, 0.1) for place, there in enumerate(shown)]

    assert contradictions(marks(0.0, 1.0, 0.9, 2.0, 3.0)) == ()
    assert contradictions(marks(9.0, 7.0, 8.0, 2.0, 1.0)) == (1.0, 2.0)
    assert contradictions(marks(-math.inf, 1.0, 5.0, 2.0, 3.0, 6.0)) == (2.0, 3.0, 4.0)
    assert contradictions([*marks(9.0, 7.0, 8.0, 2.0, 1.0), DialMark(2.0, 5.0, 0.1)]) == ()
    assert contradictions([]) == ()


def test_a_mark_that_was_told_again_counts_as_told_last() -> None:
    marks = [DialMark(0.0, 1.0, 0.1), DialMark(1.0, 1.0, 0.1), DialMark(1.0, 9.0, 0.1)]
    assert fit_dial(marks, Unit.DB) == TableDial(((0.0, 1.0), (1.0, 9.0)))
