"""How two mixes are compared: what is measured, and what is said of it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonn_bridge.fidelity.compare import (
    band_differences,
    bend_db,
    decibels,
    fitted_gain,
    loudness_lufs,
    residual_db,
    stem_gains,
)
from tonn_bridge.fidelity.verdict import between

RATE = 44_100


def noise(seed: int, seconds: float = 2.0, channels: int = 2) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal((channels, round(seconds * RATE))).astype(np.float32)


@given(gain_db=st.floats(-40.0, 12.0), rest_db=st.floats(-60.0, -6.0))
@settings(max_examples=20, deadline=None)
def test_a_gain_is_fitted_and_the_rest_is_the_residual(gain_db, rest_db):
    ours, rest = noise(1), noise(2)
    gain, level = 10 ** (gain_db / 20), 10 ** (rest_db / 20)
    preview = gain * (ours + level * rest)
    fitted = fitted_gain(preview, ours)
    assert 20 * math.log10(fitted) == pytest.approx(gain_db, abs=0.05)
    assert residual_db(preview, np.float32(fitted) * ours) == pytest.approx(rest_db - decibels(1 + level**2), abs=0.2)


def test_the_same_mix_leaves_nothing_and_another_leaves_everything():
    ours, other = noise(1), noise(2)
    assert residual_db(ours, ours) == -120.0
    assert residual_db(other, fitted_gain(other, ours) * ours) == pytest.approx(0.0, abs=0.01)
    assert fitted_gain(-ours, ours) == 0.0
    assert (fitted_gain(ours, 0 * ours), residual_db(0 * ours, ours)) == (0.0, 0.0)


def test_bands_tell_where_a_preview_is_louder():
    moment = np.arange(2 * RATE) / RATE
    low, high = (np.sin(2 * np.pi * freq * moment) for freq in (125.0, 4000.0))
    ours, preview = np.stack([low + high] * 2), np.stack([low + 2.0 * high] * 2)
    told = {band.centre_hz: band.difference_db for band in band_differences(preview, ours, RATE)}
    assert told[125.0] == pytest.approx(0.0, abs=0.05)
    assert told[4000.0] == pytest.approx(6.02, abs=0.05)
    assert told[16_000.0] is None


def test_loudness_is_that_of_the_standard_and_silence_has_none():
    """EBU Tech 3341: a stereo sine of 997 Hz at -23 dBFS is at -23 LUFS."""
    tone = 10 ** (-23.0 / 20) * np.sin(2 * np.pi * 997.0 * np.arange(3 * RATE) / RATE)
    assert loudness_lufs(np.stack([tone, tone]), RATE) == pytest.approx(-23.0, abs=0.1)
    assert loudness_lufs(np.zeros((2, RATE)), RATE) is None
    assert loudness_lufs(noise(1, 0.2), RATE) is None


def test_a_limiter_bends_where_it_is_loud_and_an_even_mix_cannot_tell():
    sound = noise(1, 6.0) * (1.0 + 3.0 * (np.sin(2 * np.pi * 0.5 * np.arange(6 * RATE) / RATE) > 0.8))
    assert bend_db(sound, sound, RATE) == pytest.approx(0.0, abs=0.01)
    limited = sound * np.where(np.abs(sound) > 0.15, 0.15 / np.abs(sound), 1.0)
    assert bend_db(limited, sound, RATE) < -2.0
    echo = np.roll(sound, 4000, axis=1)
    assert bend_db(sound + echo, sound, RATE) == pytest.approx(0.0, abs=0.6)
    assert bend_db(noise(1), noise(1), RATE) is None
    assert bend_db(noise(1, 0.5), noise(1, 0.5), RATE) is None


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(0.0, 2.0)), min_size=2, max_size=5))
@settings(max_examples=20, deadline=None)
def test_each_strips_share_of_both_sides_is_found(gains):
    strips = [noise(seed, 0.5, channels=1 + seed % 2) for seed in range(len(gains))]
    preview = sum(
        np.stack([left * strip[0], right * strip[-1]]) for strip, (left, right) in zip(strips, gains, strict=True)
    )
    for found, (left, right) in zip(stem_gains(preview, strips), gains, strict=True):
        assert (found.left, found.right) == (pytest.approx(left, abs=1e-3), pytest.approx(right, abs=1e-3))
        assert found.sigma < 0.01


def test_a_silent_strip_is_not_known():
    strips = [noise(1, 0.5, 1), 0.0 * noise(2, 0.5, 1)]
    assert stem_gains(np.repeat(strips[0], 2, axis=0), strips)[1].sigma == math.inf


@given(place=st.floats(-0.5, 1.5))
@settings(max_examples=20, deadline=None)
def test_where_a_preview_lies_between_two_mixes_is_found_under_noise(place):
    one, other = noise(1), noise(2)
    preview = one + np.float32(place) * (other - one) + 0.5 * noise(3)
    found = between(preview, one, other)
    assert found.place == pytest.approx(place, abs=5 * found.sigma + 1e-3)
    assert found.sigma < 0.02


def test_two_mixes_that_are_the_same_have_nothing_between_them():
    found = between(noise(1), noise(1), noise(1))
    assert found.sigma == math.inf
    assert found.apart_db == -120.0
