import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.laws import LAWS, ArdourLaw, CubeLaw, DecibelLaw, TableLaw, named_law
from tonn_bridge.core.values import OFF, Gain
from tonn_bridge.errors import RangeError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "laws.json").read_text("utf-8"))
COLUMNS = {"reaper": "x", "ardour": "p", "live": "v", "x32": "f", "cube": "v"}
TABLES = {"reaper": "reaper", "ardour": "ardour", "live": "live", "x32": "x32", "cube": "bitwig"}
ROWS = [
    pytest.param(law, row["db"], row[COLUMNS[law]], id=f"{law} {row['db']} dB")
    for law, table in TABLES.items()
    for row in VECTORS[table]
]
ROUNDING = 1e-9
"""Two gains a rounding error apart may change places by one."""
FADERS = sorted(set(LAWS) - {"decibel"})
positions = st.floats(0.0, 1.0)
gains = st.floats(-200.0, 24.0).map(Gain)


@pytest.mark.parametrize(("name", "db", "position"), ROWS)
def test_a_published_point_reads_the_same_both_ways(name: str, db: float, position: float) -> None:
    assert LAWS[name].position(Gain(db)) == pytest.approx(position, abs=6e-6)
    shown = LAWS[name].gain(position)
    if position == 0.0 or (name, db) == ("reaper", -150):  # the bottom of the scale is off
        assert shown == OFF or shown.db == pytest.approx(db, abs=0.01)
    else:
        assert shown.db == pytest.approx(db, abs=max(0.001, slack_db(name, position)))


def slack_db(name: str, position: float) -> float:
    """How far one unit of the tables' sixth decimal moves the gain, in dB."""
    law = LAWS[name]
    return law.gain(position + 6e-6).db - law.gain(max(1e-9, position - 6e-6)).db


@pytest.mark.parametrize("row", VECTORS["reaper"], ids=lambda row: f"{row['db']} dB")
def test_reaper_positions_are_the_14_bit_numbers_of_its_motor_faders(row: dict[str, float]) -> None:
    assert round(LAWS["reaper"].position(Gain(row["db"])) * 16383) == row["int14"]


@pytest.mark.parametrize("row", VECTORS["ardour"], ids=lambda row: f"{row['db']} dB")
def test_ardour_positions_are_the_14_bit_numbers_of_its_motor_faders(row: dict[str, float]) -> None:
    assert round(LAWS["ardour"].position(Gain(row["db"])) * 16383) == row["int14"]


def test_the_snapped_unity_of_reaper_is_unity_within_its_snap() -> None:
    assert LAWS["reaper"].gain(VECTORS["reaper_snap"]["x"]).db == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("name", FADERS)
@given(a=positions, b=positions)
def test_a_higher_fader_is_never_quieter(name: str, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert LAWS[name].gain(low).db <= LAWS[name].gain(high).db + ROUNDING


@pytest.mark.parametrize("name", sorted(LAWS))
@given(a=gains, b=gains)
def test_a_higher_gain_never_stands_lower(name: str, a: Gain, b: Gain) -> None:
    low, high = sorted((a, b))
    assert LAWS[name].position(low) <= LAWS[name].position(high) + ROUNDING


@pytest.mark.parametrize("name", FADERS)
@given(gain=st.floats(-89.9, 6.0).map(Gain))
def test_a_gain_survives_the_fader(name: str, gain: Gain) -> None:
    shown = LAWS[name].gain(LAWS[name].position(gain))
    if name == "live" and gain.db <= -69.9:
        assert shown == OFF or shown.db <= -69.8
    else:
        joints = 0.027 if name == "live" else 1e-6  # Live's pieces leave a gap of 0.026 dB at -41 dB
        assert shown.db == pytest.approx(gain.db, abs=joints)


@pytest.mark.parametrize("name", FADERS)
@given(position=st.floats(0.006, 1.0))
def test_a_position_survives_being_told_as_a_gain(name: str, position: float) -> None:
    # Live's line begins 0.0013 dB above the end of its parabola: 0.0001 of the travel.
    assert LAWS[name].position(LAWS[name].gain(position)) == pytest.approx(position, abs=1e-4)


@pytest.mark.parametrize("name", FADERS)
def test_the_ends_of_the_travel_are_off_and_the_top(name: str) -> None:
    law = LAWS[name]
    assert law.gain(0.0) == law.gain(-1.0) == OFF
    assert law.position(OFF) == 0.0
    assert law.gain(1.0).db == pytest.approx(law.top.db) == law.gain(1.5).db
    assert law.position(law.top) == pytest.approx(1.0) == law.position(Gain(24.0))


@pytest.mark.parametrize("name", FADERS)
@given(position=st.floats(0.0, 1e-6))
def test_the_last_hair_above_the_bottom_is_a_gain_or_off_and_no_error(name: str, position: float) -> None:
    assert LAWS[name].gain(position).db <= -60.0


def test_decibels_carry_themselves_and_stop_at_the_top_when_written() -> None:
    law = DecibelLaw(Gain(12.0))
    assert law.position(Gain(-6.5)) == -6.5
    assert law.position(Gain(14.0)) == 12.0
    assert law.position(OFF) == -math.inf
    assert law.gain(-6.5) == Gain(-6.5)
    assert law.gain(15.0) == Gain(15.0)  # a strip set beyond its fader is told as it is
    assert law.gain(99.0) == Gain(24.0)


def test_a_fader_with_a_higher_end_keeps_its_law() -> None:
    wide = ArdourLaw(Gain(20.0))
    assert wide.gain(1.0) == Gain(20.0)
    assert wide.gain(0.5).db - 20.0 == pytest.approx(ArdourLaw().gain(0.5).db - ArdourLaw().top.db)
    assert named_law("ardour", Gain(20.0)) == wide
    assert named_law("cube", Gain(12.0)) == CubeLaw(Gain(12.0))


def test_a_law_is_found_by_its_name() -> None:
    assert named_law("x32") is LAWS["x32"]
    assert named_law("x32", Gain(10.0)) is LAWS["x32"]


def test_an_unknown_law_lists_the_known_ones() -> None:
    with pytest.raises(RangeError, match=r"'raeper'.*ardour, cube, decibel, live, reaper, x32"):
        named_law("raeper")


def test_a_law_whose_top_is_part_of_its_shape_takes_no_other() -> None:
    with pytest.raises(RangeError, match=r"top of the x32 law 12.0 is outside what it can be: 10 dB"):
        named_law("x32", Gain(12.0))


def test_a_table_is_straight_between_its_points() -> None:
    law = TableLaw(((0.0, -60.0), (0.5, -20.0), (1.0, 6.0)))
    assert law.gain(0.25) == Gain(-40.0)
    assert law.position(Gain(-7.0)) == 0.75
    assert law.position(Gain(-90.0)) == 0.0
    assert law.top == Gain(6.0)


@pytest.mark.parametrize(
    "points",
    [
        pytest.param((), id="none"),
        pytest.param(((0.0, -60.0),), id="one"),
        pytest.param(((0.0, -60.0), (0.5, -60.0), (1.0, 0.0)), id="flat"),
        pytest.param(((0.0, 0.0), (1.0, -60.0)), id="falling"),
        pytest.param(((0.5, -60.0), (0.5, -30.0), (1.0, 0.0)), id="upright"),
        pytest.param(((0.1, -60.0), (1.0, 0.0)), id="begins-late"),
        pytest.param(((0.0, -60.0), (0.9, 0.0)), id="ends-early"),
        pytest.param(((0.0, -60.0), (1.0, 25.0)), id="louder-than-a-gain-can-be"),
        pytest.param(((0.0, -60.0), (0.5, math.nan), (1.0, 0.0)), id="not-a-number"),
    ],
)
def test_a_table_that_is_no_fader_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(RangeError):
        TableLaw(points)
