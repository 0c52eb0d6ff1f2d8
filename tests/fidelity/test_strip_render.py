"""Our own strip: each part against the formula it is written from."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.signal import freqz_sos

from tonn_bridge.core import Compressor, EqBand, Pan
from tonn_bridge.fidelity.render import (
    DETECTOR_S,
    amplitude,
    bells,
    equalised,
    levels_db,
    pan_gains,
    reduction_db,
    ride,
)

RATE = 48_000
rates = st.sampled_from([44_100, 48_000, 96_000])
bands = st.builds(
    EqBand,
    st.just(1),
    st.floats(20.0, 20_000.0),
    st.floats(-20.0, 20.0),
    st.floats(0.1, 10.0),
)


def analogue_bell(band: EqBand, freqs: np.ndarray, rate: int) -> np.ndarray:
    """The bell's gain as the formula of the analogue filter has it, at the frequencies the bilinear transform puts
    its own to."""
    warped = np.tan(np.pi * freqs / rate) / math.tan(math.pi * band.freq_hz / rate)
    s, a = 1j * warped, 10.0 ** (band.gain_db / 40.0)
    return (s**2 + s * a / band.q + 1.0) / (s**2 + s / (a * band.q) + 1.0)


def cookbook_bell(band: EqBand, rate: int) -> np.ndarray:
    """The same bell as the Audio EQ Cookbook writes it (peakingEQ)."""
    omega, a = 2.0 * math.pi * band.freq_hz / rate, 10.0 ** (band.gain_db / 40.0)
    alpha = math.sin(omega) / (2.0 * band.q)
    b = np.array([1 + alpha * a, -2 * math.cos(omega), 1 - alpha * a])
    c = np.array([1 + alpha / a, -2 * math.cos(omega), 1 - alpha / a])
    return np.concatenate([b, c]) / c[0]


@given(band=bands, rate=rates)
def test_a_bell_is_the_analogue_one_at_every_frequency(band, rate):
    freqs = np.geomspace(20.0, 0.45 * rate, 60)
    _, response = freqz_sos(bells([band], rate), worN=freqs, fs=rate)
    assert 20 * np.log10(np.abs(response)) == pytest.approx(
        20 * np.log10(np.abs(analogue_bell(band, freqs, rate))), abs=1e-4
    )


@given(band=bands, rate=rates)
def test_a_bell_is_the_cookbooks(band, rate):
    assert bells([band], rate)[0] == pytest.approx(cookbook_bell(band, rate), abs=1e-9)


@given(band=bands)
def test_a_bell_has_its_gain_at_its_centre_and_none_far_away(band):
    _, response = freqz_sos(bells([band], RATE), worN=np.array([0.0, band.freq_hz]), fs=RATE)
    assert 20 * np.log10(np.abs(response)) == pytest.approx([0.0, band.gain_db], abs=1e-3)


def test_bells_in_a_row_add_up_in_db_and_one_beyond_half_the_rate_is_left_out():
    pair = [EqBand(1, 100.0, 6.0, 1.0), EqBand(2, 3000.0, -4.0, 2.0)]
    freqs = np.geomspace(30.0, 15_000.0, 40)
    both, one, other = (np.abs(freqz_sos(bells(eq, RATE), worN=freqs, fs=RATE)[1]) for eq in (pair, pair[:1], pair[1:]))
    assert both == pytest.approx(one * other)
    assert bells([EqBand(1, 20_000.0, 6.0, 1.0)], 32_000).shape == (0, 6)


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_sound_goes_through_the_bells(gain_db):
    moment = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 1000.0 * moment)[None, :]
    through = equalised(tone, bells([EqBand(1, 1000.0, gain_db, 1.0)], RATE))
    rms = np.sqrt(np.mean(through[0, RATE // 2 :] ** 2) / np.mean(tone[0, RATE // 2 :] ** 2))
    assert 20 * math.log10(rms) == pytest.approx(gain_db, abs=0.01)
    assert equalised(tone, bells([], RATE)) is tone


# the compressor


comps = st.builds(
    Compressor, st.floats(-60.0, 0.0), st.floats(1.0, 20.0), st.floats(0.0001, 0.1), st.floats(0.001, 1.0)
)


@given(comp=comps, level_db=st.floats(-80.0, 6.0))
def test_a_compressor_at_rest_follows_its_static_curve(comp, level_db):
    """n:1 above the threshold: of what lies above it, one n-th comes out."""
    steady = np.full(round(10 * comp.attack_s / DETECTOR_S) + 20, level_db)
    settled = level_db - ride(steady, comp, RATE).reductions_db[-1]
    above = max(level_db - comp.threshold_db, 0.0)
    assert settled == pytest.approx(min(level_db, comp.threshold_db) + above / comp.ratio, abs=0.01 + 0.001 * above)
    assert reduction_db(level_db - comp.threshold_db, comp.ratio) == pytest.approx(above * (1 - 1 / comp.ratio))


@given(comp=comps)
def test_attack_and_release_are_the_time_of_63_percent(comp):
    assume(comp.ratio > 1.5 and comp.threshold_db < -3.0)
    up, down = (round(8 * time / DETECTOR_S) + 8 for time in (comp.attack_s, comp.release_s))
    levels = np.concatenate([np.zeros(up), np.full(down, -90.0)])
    reductions = ride(levels, comp, RATE).reductions_db
    full = reduction_db(-comp.threshold_db, comp.ratio)
    for time_s, begins, left in ((comp.attack_s, 0, 1 - math.exp(-1)), (comp.release_s, up, math.exp(-1))):
        steps = round(time_s / DETECTOR_S)
        if steps >= 20:  # shorter ones fall between two steps of the detector
            assert reductions[begins + steps - 1] / full == pytest.approx(left, abs=0.03)


@given(comp=comps, shift_db=st.floats(-24.0, 24.0))
def test_what_a_trim_does_to_the_level_the_threshold_can_undo(comp, shift_db):
    moved_db = comp.threshold_db + shift_db
    assume(-60.0 <= moved_db <= 0.0)
    levels = np.random.default_rng(1).uniform(-60.0, 0.0, 300)
    moved = Compressor(moved_db, comp.ratio, comp.attack_s, comp.release_s)
    assert ride(levels + shift_db, moved, RATE).reductions_db == pytest.approx(ride(levels, comp, RATE).reductions_db)


@pytest.mark.parametrize(
    "comp",
    [None, Compressor(None, 2.0, 0.01, 0.1), Compressor(-20.0, None, 0.01, 0.1), Compressor(0.0, 4.0, 0.01, 0.1)],
)
def test_what_is_not_told_or_never_reached_does_nothing(comp):
    sound = 0.5 * np.ones((1, 4800), np.float32)
    riding = ride(levels_db(sound, RATE), comp, RATE)
    assert riding.deepest_db == 0.0
    assert riding.on(sound) is sound


def test_a_riding_gain_is_that_of_its_moment_on_both_sides_alike():
    loud = np.concatenate([np.full(RATE // 2, 0.01), np.full(RATE // 2, 1.0)])
    sound = np.stack([loud, 0.5 * loud])
    riding = ride(levels_db(sound, RATE), Compressor(-20.0, 4.0, 0.001, 0.1), RATE)
    out = riding.on(sound)
    assert out[:, 1000] == pytest.approx(sound[:, 1000])
    assert 20 * math.log10(out[0, -1]) == pytest.approx(-15.0, abs=0.05)
    assert out[1] == pytest.approx(0.5 * out[0])


# fader and pan


@given(st.floats(-1.0, 1.0))
def test_a_pan_keeps_the_power_and_mirrors(position):
    left, right = pan_gains(Pan(position))
    assert left**2 + right**2 == pytest.approx(1.0)
    assert pan_gains(Pan(-position)) == pytest.approx((right, left))


def test_a_pan_has_its_ends_and_its_centre():
    assert pan_gains(Pan(-1.0)) == pytest.approx((1.0, 0.0))
    assert pan_gains(Pan(1.0)) == pytest.approx((0.0, 1.0))
    assert pan_gains(None) == pan_gains(Pan(0.0)) == pytest.approx((math.sqrt(0.5),) * 2)
    assert amplitude(-math.inf) == 0.0
    assert amplitude(-6.0206) == pytest.approx(0.5, abs=1e-5)
