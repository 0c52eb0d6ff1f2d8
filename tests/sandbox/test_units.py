"""How answers are spelled, and that every spelling describes the same sound."""

import math

import pytest

from tonn_bridge.sandbox.mixing.strip import Bell, Dynamics, Strip
from tonn_bridge.sandbox.units import Units, mix_output_settings

STRIP = Strip(-3.0, -6.0, -20.0, (Bell(400.0, -2.0, 1.4),), Dynamics(-18.0, 2.0, 0.02, 0.15))


def spelled(**units) -> dict:
    return mix_output_settings([("a.wav", STRIP)], Units(**units))["a.wav"]


def test_by_default_times_are_seconds_under_the_ms_keys_and_negative_is_left():
    assert spelled() == {
        "gain_settings": {"gain_db": -6.0, "gain_amplitude": 0.501187, "initial_gain": 0.707946},
        "panning_settings": {"panning_angle": -20.0},
        "eq_settings": {"band_1": {"centre_freq": 400.0, "gain": -2.0, "q": 1.4}},
        "drc_settings": {"threshold": -18.0, "ratio": 2.0, "attack_ms": 0.02, "release_ms": 0.15},
    }


def test_times_in_ms():
    assert spelled(times="ms")["drc_settings"] == {
        "threshold": -18.0,
        "ratio": 2.0,
        "attack_ms": 20.0,
        "release_ms": 150.0,
    }


def test_positive_is_left():
    assert spelled(pan="left_positive")["panning_settings"] == {"panning_angle": 20.0}


def test_without_trim_the_fader_and_the_threshold_carry_it():
    folded = spelled(trim=False)
    assert folded["gain_settings"] == {
        "gain_db": -9.0,
        "gain_amplitude": pytest.approx(10 ** (-9 / 20), abs=1e-6),
    }
    assert folded["drc_settings"]["threshold"] == -15.0


def test_of_two_stems_with_one_name_the_later_is_told():
    louder = Strip(0.0, 0.0, 0.0, (), STRIP.comp)
    settings = mix_output_settings([("a.wav", STRIP), ("a.wav", louder)], Units())
    assert settings["a.wav"]["gain_settings"]["gain_db"] == 0.0


def test_units_are_switched_over_http_and_back(sandbox, two_urls):
    task = sandbox.preview(two_urls)
    before = sandbox.settings_of(task)["low.wav"]
    sandbox.units(times="ms", pan="left_positive", trim=False)
    after = sandbox.settings_of(task)["low.wav"]
    assert after["drc_settings"]["attack_ms"] == pytest.approx(1000 * before["drc_settings"]["attack_ms"])
    assert after["panning_settings"]["panning_angle"] == -before["panning_settings"]["panning_angle"] != 0.0
    trim_db = 20 * math.log10(before["gain_settings"]["initial_gain"])
    assert after["gain_settings"]["gain_db"] == pytest.approx(before["gain_settings"]["gain_db"] + trim_db, abs=1e-3)
    sandbox.units()
    assert sandbox.settings_of(task)["low.wav"] == before
    assert sandbox.http.put("/sandbox/units", json={"times": "hours"}).status_code == 400
