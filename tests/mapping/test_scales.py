import json
import math
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.values import Param
from tonn_bridge.mapping import DawMapping, load, shipped

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "laws.json").read_text("utf-8"))
DAWS = {name: DawMapping(load(name)) for name in shipped()}
GAIN, PAN, MUTE = Param.GAIN, Param.PAN, Param.MUTE
DBS = st.floats(-90.0, 20.0)
PANS = st.floats(-1.0, 1.0)


@pytest.mark.parametrize("row", VECTORS["x32"], ids=lambda row: f"{row['db']} dB")
def test_a_console_gets_the_step_it_would_land_on(row: dict[str, float]) -> None:
    wire = DAWS["x32"].scale(GAIN).wire_of(row["db"])
    assert wire == pytest.approx(row["f_stepped"], abs=1e-6)
    assert math.floor(1023.5 * wire) == round(1023 * wire)  # sent back through its rounding, it stays


@pytest.mark.parametrize("row", VECTORS["live"], ids=lambda row: f"{row['db']} dB")
def test_live_gets_its_raw_volume(row: dict[str, float]) -> None:
    assert DAWS["ableton"].scale(GAIN).wire_of(row["db"]) == pytest.approx(row["v"], abs=1e-6)


@pytest.mark.parametrize("row", VECTORS["bitwig"], ids=lambda row: f"{row['db']} dB")
def test_bitwig_gets_whole_numbers(row: dict[str, float]) -> None:
    wire = DAWS["bitwig"].scale(GAIN).wire_of(row["db"])
    assert wire == pytest.approx(row["v"] * 16383, abs=0.6)
    assert wire == int(wire)


@pytest.mark.parametrize("row", VECTORS["pan"], ids=lambda row: f"{row['angle']} degrees")
@pytest.mark.parametrize(
    ("daw", "column", "full", "within"),
    [
        ("reaper", "n01", 1.0, 1e-6),
        ("ardour", "ardour_osc", 1.0, 1e-6),
        ("ableton", "p", 1.0, 1e-6),
        ("osc", "p", 1.0, 1e-6),
        ("bitwig", "n01", 16383.0, 0.51),
        ("x32", "n01", 1.0, 0.00501),
    ],
)
def test_a_pan_goes_to_its_own_side(row: dict[str, float], daw: str, column: str, full: float, within: float) -> None:
    scale = DAWS[daw].scale(PAN)
    wire = scale.wire_of(row["p"])
    assert wire == pytest.approx(row[column] * full, abs=within)
    assert scale.value_of(wire) == pytest.approx(row["p"], abs=2 * within / full + 1e-6)


@pytest.mark.parametrize("daw", sorted(DAWS))
@given(db=DBS)
def test_what_is_sent_is_what_the_wire_carries(daw: str, db: float) -> None:
    scale = DAWS[daw].scale(GAIN)
    wire = scale.wire_of(db)
    assert struct.unpack(">f", struct.pack(">f", wire))[0] == wire
    assert scale.same(scale.wire_of(scale.value_of(wire)), wire)


@pytest.mark.parametrize("daw", sorted(DAWS))
@given(a=DBS, b=DBS)
def test_a_louder_gain_is_never_a_lower_number(daw: str, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert DAWS[daw].scale(GAIN).wire_of(low) <= DAWS[daw].scale(GAIN).wire_of(high)


@pytest.mark.parametrize("daw", sorted(DAWS))
@given(pan=PANS)
def test_a_pan_survives_the_wire_within_its_steps(daw: str, pan: float) -> None:
    scale = DAWS[daw].scale(PAN)
    assert scale.value_of(scale.wire_of(pan)) == pytest.approx(pan, abs=0.0101)


@pytest.mark.parametrize("daw", sorted(DAWS))
@given(db=st.floats(-40.0, 6.0))
def test_a_gain_survives_the_wire_within_its_steps(daw: str, db: float) -> None:
    scale = DAWS[daw].scale(GAIN)
    assert scale.value_of(scale.wire_of(db)) == pytest.approx(db, abs=0.17)  # X32: 160 dB / 1023 a step down there


@pytest.mark.parametrize("daw", sorted(DAWS))
def test_off_is_spelled_the_daw_s_way_and_read_as_off(daw: str) -> None:
    scale = DAWS[daw].scale(GAIN)
    spelled = {"reaper": -150.0, "ardour": -200.0, "osc": -150.0}.get(daw, 0.0)
    assert scale.wire_of(-math.inf) == spelled
    assert scale.value_of(spelled) == -math.inf


@pytest.mark.parametrize(
    ("daw", "top_db"),
    [("reaper", 12.0), ("ableton", 6.0), ("ardour", 6.0206), ("bitwig", 6.0206), ("x32", 10.0), ("xair", 10.0)],
)
def test_a_gain_beyond_the_fader_stops_at_its_top(daw: str, top_db: float) -> None:
    scale = DAWS[daw].scale(GAIN)
    assert scale.high == pytest.approx(top_db)
    assert scale.wire_of(24.0) == scale.wire_of(scale.high)
    assert scale.value_of(scale.wire_of(24.0)) == pytest.approx(top_db)


def test_mirrored_pan_is_mirrored() -> None:
    scale = DAWS["ardour"].scale(PAN)
    assert scale.wire_of(-1.0) == 1.0
    assert scale.wire_of(1.0) == 0.0


@pytest.mark.parametrize(
    ("daw", "param", "a", "b", "same"),
    [
        ("ardour", GAIN, -4.0, -3.9999998, True),
        ("ardour", GAIN, -4.0, -4.01, False),
        ("x32", GAIN, 600 / 1023, 601 / 1023, False),
        ("x32", GAIN, 0.6, 614 / 1023, True),
        ("bitwig", PAN, 8191, 8192, True),
        ("bitwig", PAN, 8190, 8192, False),
        ("reaper", MUTE, 1.0, 1, True),
        ("reaper", MUTE, 1.0, 0.0, False),
    ],
)
def test_numbers_within_the_resolution_are_the_same(daw: str, param: Param, a: float, b: float, same: bool) -> None:
    assert DAWS[daw].scale(param).same(a, b) is same
