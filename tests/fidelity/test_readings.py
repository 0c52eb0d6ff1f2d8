"""The ways to read the settings: all of them, and which of them say the same."""

import pytest

from tonn_bridge.errors import TonnRejected
from tonn_bridge.fidelity.readings import ANSWERS, Question, read, readings
from tonn_bridge.tonn import Units

URLS = {1: "https://tonn.example/01-kick.wav", 2: "https://tonn.example/02-bass.wav"}


def settings(attack=0.02, trim=0.5, angle=-30.0):
    gain = {"gain_db": -6.0} | ({} if trim is None else {"initial_gain": trim})
    section = {
        "gain_settings": gain,
        "panning_settings": {"panning_angle": angle},
        "drc_settings": {"threshold": -20.0, "ratio": 2.0, "attack_ms": attack, "release_ms": 10 * attack},
    }
    return {"01-kick.wav": section, "02-bass.wav": section}


def test_every_answer_is_one_that_a_session_may_give_and_auto_is_none():
    assert ANSWERS == {
        Question.TIMES: ("s", "ms"),
        Question.PAN: ("left_negative", "left_positive"),
        Question.TRIM: ("apply", "ignore"),
    }


def test_there_are_eight_readings_each_of_its_own():
    found = readings(settings(), URLS)
    assert len({tuple(reading.answer(question) for question in Question) for reading in found}) == 8
    assert not any(one.same_mix(other) for one in found for other in found if one is not other)


def test_what_a_reading_says_is_what_the_session_would_set():
    for reading in readings(settings(), URLS):
        track = reading.settings[1]
        assert track.comp.attack_s == (0.02 if reading.units.times == "s" else 0.0001)
        assert track.pan.position == (-0.5 if reading.units.pan == "left_negative" else 0.5)
        assert track.trim_db == pytest.approx(-6.02 if reading.units.trim == "apply" else 0.0, abs=0.01)
        assert track.gain_db == -6.0


@pytest.mark.parametrize(
    ("told", "question"),
    [
        (settings(attack=0.0), Question.TIMES),
        (settings(angle=0.0), Question.PAN),
        (settings(trim=None), Question.TRIM),
        (settings(trim=1.0), Question.TRIM),
    ],
)
def test_readings_that_come_to_the_same_are_known(told, question):
    found = readings(told, URLS)
    for one in found:
        same = [other for other in found if one.same_mix(other)]
        assert [other.answer(question) for other in same] == list(ANSWERS[question])


def test_auto_comes_to_one_of_them():
    ms, s = (read(settings(attack), URLS, Units()) for attack in (20.0, 0.02))
    assert ms.settings == s.settings


def test_settings_of_other_tracks_are_refused():
    with pytest.raises(TonnRejected, match="do not fit the session"):
        readings(settings(), {1: "https://tonn.example/01-snare.wav"})
