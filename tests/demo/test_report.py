"""How the demo judges what it finds, and how it tells it."""

import io
import json
import math

import pytest
from rich.console import Console

from tonn_bridge.demo.mixes import Mix, half_way, mix_of, same, same_mix
from tonn_bridge.demo.report import Check, Finding, Report, SettingResult, TrackResult
from tonn_bridge.demo.screen import Screen, place

NAMES = ["Kick", "Bass"]


def test_values_within_the_tolerance_hold():
    found = same(NAMES, [1.0, -6.0], [1.0004, -6.0], within=0.001, unit="dB")
    assert found == Finding(True, "within 0.0004 dB")


@pytest.mark.parametrize(
    ("got", "said"),
    [
        pytest.param(-5.5, "Bass: wanted -6.000, got -5.500 dB", id="wrong"),
        pytest.param(math.nan, "Bass: wanted -6.000, got nothing dB", id="not-known"),
        pytest.param(-math.inf, "Bass: wanted -6.000, got -inf dB", id="off"),
    ],
)
def test_a_value_that_is_not_as_wanted_is_told_with_both(got, said):
    assert same(NAMES, [1.0, -6.0], [1.0, got], within=0.001, unit="dB") == Finding(False, said)


def test_a_pan_alone_makes_another_mix():
    wanted, got = Mix([0.0, 0.0], [0.0, 0.5]), Mix([0.0, 0.0], [0.0, -0.5])
    assert same_mix(NAMES, wanted, got) == Finding(False, "Bass: wanted +0.500, got -0.500 of pan")
    assert same_mix(NAMES, wanted, wanted).ok


def test_a_mix_read_from_a_document_knows_what_it_does_not_know():
    document = {"tracks": [{"user": {"gain_db": -6.0, "pan": None}, "proposal": None}]}
    assert mix_of(document, "user").faders_db == [-6.0]
    assert not mix_of(document, "user").known
    assert not mix_of(document, "proposal").known


def test_half_way_is_the_middle_in_db_and_in_pan():
    assert half_way(Mix([-4.0], [0.5]), Mix([-12.0], [-0.5])) == Mix([-8.0], [0.0])


def test_a_report_is_good_only_when_there_are_checks_and_all_hold():
    report = Report(step="Apply")
    assert not report.ok
    report.check("faders", Finding(True, "fine"))
    assert report.ok
    report.check("pans", Finding(False, "wanted 0, got 1"))
    assert not report.ok
    told = json.loads(json.dumps(report.as_json()))
    assert told["checks"][1] == {"name": "Apply: pans", "ok": False, "detail": "wanted 0, got 1"}


def test_plain_lines_tell_a_failed_check_and_the_table():
    file = io.StringIO()
    report = Report()
    with Screen(Console(file=file, width=100)) as screen:
        report.told = screen.check
        report.check("every fader stands", Finding(True, "within 0.0000 dB"))
        report.check("every pan stands", Finding(False, "Bass: wanted +0.500, got -0.500 of pan"))
        report.tracks = [
            TrackResult(1, "Kick", -4.5, -12.82, 2.0, False, 2.001, 0.001),
            TrackResult(2, "Pad", -14.0, -23.5, 0.0, True, -60.1, None),
        ]
        screen.closes(report)
    lines = [" ".join(line.split()) for line in file.getvalue().splitlines()]
    assert "ok every fader stands within 0.0000 dB" in lines
    assert "FAILED every pan stands" in lines
    assert "Bass: wanted +0.500, got -0.500 of pan" in lines
    assert "Kick -4.50 -12.82 +2.00 +2.00 0.001" in lines
    assert "Pad -14.00 -23.50 mute -60.10" in lines
    assert any(line.startswith("1 of 2 checks failed") for line in lines)
    assert "\x1b" not in file.getvalue()


def test_there_is_no_negative_zero_in_the_closing_table():
    file = io.StringIO()
    report = Report(tracks=[TrackResult(1, "Kick", -0.0, -0.001, -0.001, False, -0.0, 0.0)])
    with Screen(Console(file=file, width=100)) as screen:
        screen.closes(report)
    assert "Kick +0.00 +0.00 +0.00 +0.00 0.000" in " ".join(file.getvalue().split())


def setting(parameter, wanted, got, *, track="Kick", verdict="confirmed", stands=None):
    error = None if got is None else got - wanted
    stands = wanted if stands is None else stands
    return SettingResult(track, parameter, wanted, got, error, "dB", verdict, stands)


COMP = [setting("comp.threshold_db", -18.2, -18.2), setting("comp.ratio", 4.0, 4.0)]
COMP += [setting("comp.attack_s", 0.0237, 0.0237), setting("comp.release_s", 0.101, 0.101, stands=0.1)]


def lines_told(settings):
    file = io.StringIO()
    report = Report(settings=settings)
    with Screen(Console(file=file, width=80)) as screen:
        screen.closes(report)
    assert all(len(line) <= 80 for line in file.getvalue().splitlines())
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_a_row_per_track_tells_its_equaliser_and_its_compressor():
    bands = [setting("eq.1.freq_hz", 100.0, 100.0, stands=100.5), setting("eq.1.gain_db", -3.0, -3.0, stands=-3.04)]
    bands += [setting("eq.1.q", 2.0, 2.0), setting("eq.2.gain_db", 1.0, 1.02)]
    told = lines_told([setting("gain_db", -6.0, -6.0), *bands, *COMP])
    assert "Kick 2 of 2 0.04 0.50 0.00 confirmed" in told
    assert "Kick -18.2 → -18.2 4.00 → 4.00 23.7 → 23.7 101 → 101 0.00 1.0 confirmed" in told


def test_what_was_not_read_back_or_is_off_is_never_called_confirmed():
    bands = [setting("eq.1.gain_db", -3.0, -3.0), setting("eq.2.gain_db", 1.0, 4.0, verdict="off")]
    unread = setting("comp.threshold_db", -18.2, None, track="Bass", verdict="not confirmed")
    told = lines_told([*bands, unread])
    assert "Kick 1 of 2 3.00 0.00 0.00 1 of 2" in told
    assert "Bass -18.2 → ? – – – 0.00 0.0 0 of 1" in told
    assert not any("confirmed" in line for line in told)


def test_each_check_is_told_at_once():
    told: list[Check] = []
    report = Report(told=told.append, step="Final")
    report.check("charged once", Finding(True, "final"))
    assert told == [Check("Final", "charged once", True, "final")]


def test_a_fader_beyond_the_drawing_stands_at_its_end():
    assert (place(-150.0, 50), place(12.0, 50)) == (0, 49)
    assert place(-20.0, 50) < place(-10.0, 50)
