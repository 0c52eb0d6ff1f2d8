"""How the demo judges what stands in the plug-ins, what the hands have turned, and the proof."""

import math

import pytest

from tests.clock import FakeClock
from tonn_bridge.demo.hands import LIFTED, PRESSED, ride, sent, turned
from tonn_bridge.demo.plug_ins import COMP, EQ, asked, audible, held, middle, near, plug_in, positions, same_positions
from tonn_bridge.demo.proof import all_confirmed, found_everywhere
from tonn_bridge.demo.reaper import ReaperTrack, SimulatedReaper
from tonn_bridge.demo.reaper_fx import prepared_chain

PROPOSAL = {
    "eq": [{"band": 2, "freq_hz": 240.0, "gain_db": -4.0, "q": 1.41}],
    "comp": {"threshold_db": -18.0, "ratio": 4.0, "attack_s": 0.02, "release_s": 0.2},
}
NAMES = ["Kick", "Snare", "Hats", "Bass", "Chords", "Pad", "Lead", "Voice"]


@pytest.fixture
def track():
    """A prepared track that holds the proposal in its first bell and its compressor."""
    track = ReaperTrack("Kick", chain=prepared_chain())
    eq, comp = plug_in(track, EQ), plug_in(track, COMP)
    eq.set_value("Freq-Band 1", 240.0)
    eq.set_value("Gain-Band 1", -4.0)
    eq.set_value("BW-Band 1", 1.00282)
    for dial, value in (("Threshold", -18.0), ("Ratio", 4.0), ("Attack", 20.0), ("Release", 200.0)):
        comp.set_value(dial, value)
    return track


def test_what_a_track_holds_is_read_in_tonns_units_under_tonns_bands(track):
    assert held(track, PROPOSAL) == pytest.approx(asked(PROPOSAL), rel=1e-3)


@pytest.mark.parametrize(
    ("name", "off"),
    [
        ("eq.2.freq_hz", 240.0 * 1.011),
        ("eq.2.gain_db", -4.11),
        ("eq.2.q", 1.41 * 1.03),
        ("comp.threshold_db", -17.89),
        ("comp.ratio", 4.0 * 0.97),
        ("comp.attack_s", 0.0205),
        ("comp.release_s", math.inf),
        ("comp.release_s", math.nan),
    ],
)
def test_a_value_too_far_off_is_named_with_both(name, off):
    wanted = asked(PROPOSAL)
    assert near({"Kick": wanted}, {"Kick": wanted}).ok
    found = near({"Kick": wanted}, {"Kick": {**wanted, name: off}})
    assert not found.ok
    assert found.detail.startswith(f"Kick {name}: wanted {wanted[name]:.4g}, got ")


def test_the_middle_is_straight_in_db_and_by_ratio_elsewhere(track):
    plug_in(track, EQ).set_value("Freq-Band 1", 960.0)
    plug_in(track, COMP).set_value("Threshold", -6.0)
    half = middle(audible(track, PROPOSAL), asked(PROPOSAL))
    assert half["eq.2.freq_hz"] == pytest.approx(480.0, rel=1e-3)
    assert half["comp.threshold_db"] == pytest.approx(-12.0, abs=1e-3)
    plug_in(track, EQ).enabled = plug_in(track, COMP).enabled = False
    half = middle(audible(track, PROPOSAL), asked(PROPOSAL))
    assert (half["eq.2.freq_hz"], half["eq.2.gain_db"]) == (pytest.approx(240.0), -2.0)
    assert (half["comp.threshold_db"], half["comp.ratio"]) == (-18.0, 2.0)


async def test_a_dial_or_a_bypass_that_differs_is_told_with_its_track():
    daw = SimulatedReaper(["Kick", "Bass"], FakeClock(), chain=prepared_chain)
    before = positions(daw)
    assert same_positions(before, positions(daw)).ok
    daw.fx("Bass", COMP).enabled = False
    assert same_positions(before, positions(daw)).detail == "not on Bass"
    daw.fx("Bass", COMP).enabled = True
    del daw.track("Kick").chain[1]
    assert same_positions(before, positions(daw)).detail == "not on Kick"


async def test_the_hands_turn_one_bell_and_one_threshold():
    clock = FakeClock()
    daw = SimulatedReaper(NAMES, clock, chain=prepared_chain)
    bell, threshold = daw.fx(LIFTED, EQ).value("Gain-Band 1"), daw.fx(PRESSED, COMP).value("Threshold")
    before = positions(daw)

    async def glide(*_):
        daw.glided = True

    daw.hand_glide = glide
    await ride(daw)
    assert daw.fx(LIFTED, EQ).value("Gain-Band 1") == pytest.approx(bell + 2.0)
    assert daw.fx(PRESSED, COMP).value("Threshold") == pytest.approx(threshold - 3.0)
    after = positions(daw)
    assert [name for name in NAMES if after[name] != before[name]] == [PRESSED, LIFTED]


def request(**changes):
    """A final request for the tracks NAMES with the turned settings, and Tonn's own ones."""
    sections = [{"eq_settings": {"band_1": {"gain": -2.0}}, "drc_settings": {"threshold": -20.0}} for _ in NAMES]
    tracks = [{"trackURL": name, "gainDb": 0.0} for name in NAMES]
    tracks[NAMES.index(LIFTED)]["eq_settings"] = {"band_1": {"gain": 0.03}}
    tracks[NAMES.index(PRESSED)]["compression_settings"] = {"threshold": -22.98}
    for name, settings in changes.items():
        tracks[NAMES.index(name)] |= settings
    return tracks, sections


def test_a_final_request_carries_what_was_turned_and_nothing_else():
    assert sent(NAMES, *request()).ok
    wrong = {"threshold": -20.0}
    assert not sent(NAMES, *request(**{PRESSED: {"compression_settings": wrong}})).ok
    found = sent(NAMES, *request(Kick={"panning_settings": {"panning_angle": 3.0}}))
    assert not found.ok
    assert "Kick: panning_settings" in found.detail


def test_other_turned_parts_than_the_hands_are_told():
    tracks = [{"name": "Kick", "tuned": []}, {"name": LIFTED, "tuned": ["eq"]}, {"name": PRESSED, "tuned": ["comp"]}]
    assert turned({"tracks": tracks}).ok
    tracks[0]["tuned"] = ["comp"]
    assert not turned({"tracks": tracks}).ok


def document(*rows, fault=None, problem=None):
    plugins = [
        {"slot": "eq", "name": "Tonn EQ", "found": True, "problem": None},
        {"slot": "comp", "name": "Tonn Comp", "found": problem is None, "problem": problem},
    ]
    proof = [{"parameter": name, "verdict": verdict} for name, verdict in rows]
    counts = {"confirmed": 0, "off": 0, "not_confirmed": 0}
    for _, verdict in rows:
        counts[verdict.replace(" ", "_")] += 1
    return {"tracks": [{"name": "Kick", "plugins": plugins, "proof": proof, "fault": fault}], "proof": counts}


def test_one_value_that_is_not_confirmed_is_enough():
    assert all_confirmed(document(("pan", "confirmed"), ("comp.ratio", "confirmed"))).ok
    found = all_confirmed(document(("pan", "confirmed"), ("comp.ratio", "not confirmed")))
    assert (found.ok, found.detail) == (False, "1 of 2; Kick comp.ratio not confirmed")
    assert not all_confirmed(document()).ok
    found = all_confirmed(document(("pan", "confirmed"), fault="given back"))
    assert (found.ok, found.detail) == (False, "1 of 1; Kick: given back")


def test_a_missing_plug_in_is_told_with_its_track():
    assert found_everywhere(document()).ok
    found = found_everywhere(document(problem="there is no ReaComp"))
    assert (found.ok, found.detail) == (False, "Kick: there is no ReaComp")
