"""The rows of surface ↔ DAW over JACK: a move finds its way through every server of the table, and is counted."""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = str(ROOT / "benchmarks")
RATE = 200
MOVES_S = 0.32
PATIENCE_S = 3.0
"""For moves that are late on a machine with much to do; those that have all arrived are not waited for."""


@pytest.fixture(scope="module")
def benchmarks():
    """Benchmarks as they see each other when one of them is run."""
    sys.path.insert(0, FOLDER)
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(FOLDER)


@pytest.fixture
def servers(benchmarks, monkeypatch):
    monkeypatch.setattr(benchmarks("midi_load"), "QUIET_S", PATIENCE_S)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return benchmarks("midi_servers").SERVERS


def test_a_cable_brings_every_move(jack, servers, tmp_path):
    with servers["cable"](jack, tmp_path) as load:
        result = load.across(RATE, MOVES_S)
    assert (result.sent, result.arrived, result.faders_behind) == (64, 64, 0)
    assert 0.0 < result.p50_us <= result.p99_us


def test_a_move_that_the_surface_never_hears_leaves_its_fader_behind(jack, benchmarks, monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks("midi_load"), "QUIET_S", 0.2)
    with benchmarks("midi_servers").SERVERS["cable"](jack, tmp_path) as load:
        jack.disconnect("Unit 4 out:Unit 4", "Unit 4 in:Unit 4")
        result = load.across(RATE, MOVES_S)
    assert (result.arrived, result.faders_behind) == (48, 8)


@pytest.mark.parametrize("kind", ["plain", "midi"])
def test_moves_of_either_end_reach_the_other(jack, servers, tmp_path, kind):
    with servers[kind](jack, tmp_path) as load:
        for result in (load.to_daw(RATE, MOVES_S), load.to_surface(RATE, MOVES_S)):
            assert (result.sent, result.faders_behind) == (64, 0)
            assert 0.0 < result.p50_us <= result.p99_us
            assert result.cpu_us is None or result.cpu_us > 0.0


def test_without_jack_the_report_is_one_line_that_says_so(benchmarks, monkeypatch):
    monkeypatch.setenv("PATH", "")
    line = benchmarks("midi_latency").report(["cable", "midi"], rounds=1)
    assert str(line) == "surface ↔ DAW over JACK: not measured, no jackd (Debian: apt-get install jackd2)"
