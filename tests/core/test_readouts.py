"""The texts that DAWs write beside their dials."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.dials import Unit, octaves_of, q_of
from tonn_bridge.core.readouts import readout

HZ, DB, Q, OCTAVES, MS, S, RATIO = Unit.HZ, Unit.DB, Unit.Q, Unit.OCTAVES, Unit.MS, Unit.S, Unit.RATIO


@pytest.mark.parametrize(
    ("text", "own", "shown", "resolution"),
    [
        ("1.20 kHz", HZ, 1200.0, 10.0),
        ("1,20 kHz", HZ, 1200.0, 10.0),
        ("120 Hz", HZ, 120.0, 1.0),
        ("120.5", HZ, 120.5, 0.1),
        ("12.5k", HZ, 12_500.0, 100.0),
        ("1k25", HZ, 1250.0, 10.0),
        ("1k25 Hz", HZ, 1250.0, 10.0),
        ("20㎑", HZ, 20_000.0, 1000.0),
        ("440 Hz (A4)", HZ, 440.0, 1.0),
        ("1,200 Hz", HZ, 1200.0, 1.0),
        ("1,250 kHz", HZ, 1250.0, 1.0),
        ("12 500 Hz", HZ, 12_500.0, 1.0),
        ("12\u202f500,5 Hz", HZ, 12_500.5, 0.1),
        ("1'234.5 Hz", HZ, 1234.5, 0.1),
        ("-36.6 dB", DB, -36.6, 0.1),
        ("−3.0", DB, -3.0, 0.1),
        ("– 3.0 dB", DB, -3.0, 0.1),
        ("+0.50dB", DB, 0.5, 0.01),
        ("-12 dBFS", DB, -12.0, 1.0),
        ("-inf dB", DB, -math.inf, 0.0),
        ("−∞ dB", DB, -math.inf, 0.0),
        ("-oo dB", DB, -math.inf, 0.0),
        ("-.5 dB", DB, -0.5, 0.1),
        ("74.0 ms", MS, 74.0, 0.1),
        ("74.0 ms", S, 0.074, 0.0001),
        ("1.20 s", MS, 1200.0, 10.0),
        ("1.20 sec", S, 1.2, 0.01),
        ("350 us", MS, 0.35, 0.001),
        ("350 µs", S, 0.00035, 1e-6),
        ("1,200 ms", MS, 1200.0, 1.0),
        ("1,200 s", S, 1.2, 0.001),
        ("0,125", MS, 0.125, 0.001),
        ("1.2e+03", MS, 1200.0, 100.0),
        ("2.00 : 1", RATIO, 2.0, 0.01),
        ("4:1", RATIO, 4.0, 1.0),
        ("1:4.0", RATIO, 4.0, 0.1),
        ("1 : 1.00", RATIO, 1.0, 0.01),
        ("1.00 : 1", RATIO, 1.0, 0.01),
        ("inf : 1", RATIO, math.inf, 0.0),
        ("∞:1", RATIO, math.inf, 0.0),
        ("inf", RATIO, math.inf, 0.0),
        ("3.5", RATIO, 3.5, 0.1),
        ("0.71", Q, 0.71, 0.01),
        ("Q: 0.71", Q, 0.71, 0.01),
        ("0.71 Q", Q, 0.71, 0.01),
        ("1.00 oct", OCTAVES, 1.0, 0.01),
        ("1.00 oct", Q, q_of(1.0), abs(q_of(1.01) - q_of(1.0))),
        ("2.0", OCTAVES, 2.0, 0.1),
        ("0.71 Q", OCTAVES, octaves_of(0.71), octaves_of(0.71) - octaves_of(0.72)),
    ],
)
def test_what_is_written_is_read_in_the_unit_of_the_dial(text: str, own: Unit, shown: float, resolution: float) -> None:
    found = readout(text, own)
    assert found is not None
    assert found.shown == pytest.approx(shown)
    assert found.resolution == pytest.approx(resolution)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("", HZ),
        ("Off", DB),
        ("--", DB),
        ("Bell", HZ),
        ("50 %", RATIO),
        ("nan", DB),
        ("1.2.3 dB", DB),
        ("1,234,5 Hz", HZ),
        ("3 dB", HZ),
        ("120 Hz", MS),
        ("120 Hz", DB),
        ("4:1", DB),
        ("2:3", RATIO),
        ("0 oct", Q),
        ("1 2 3", HZ),
        ("9" * 65, HZ),
        ("1e999 Hz", HZ),
        ("1e-999", Q),
    ],
)
def test_what_is_no_number_in_that_unit_is_none(text: str, own: Unit) -> None:
    assert readout(text, own) is None


@given(st.text(max_size=70) | st.from_regex(r"[0-9e+\-.,: kqHzdBinfms]{0,20}"), st.sampled_from(Unit))
def test_whatever_is_written_is_a_number_with_its_step_or_none(text: str, own: Unit) -> None:
    found = readout(text, own)
    assert found is None or (not math.isnan(found.shown) and 0.0 <= found.resolution < math.inf)


@given(st.floats(-999.0, 999.0), st.integers(0, 4))
def test_the_last_digit_reaches_as_far_as_it_was_rounded(value: float, decimals: int) -> None:
    found = readout(f"{value:.{decimals}f} dB", DB)
    assert found is not None
    assert abs(found.shown - value) <= 0.5 * found.resolution + 1e-9
