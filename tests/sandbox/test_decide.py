"""The engine's taste: modest, repeatable, and always within what faders and plug-ins can do."""

import math
from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox_server import write_stem
from tonn_bridge.sandbox.mixing.decide import Stem, decide
from tonn_bridge.sandbox.mixing.excerpt import loudest_start_s
from tonn_bridge.sandbox.mixing.measure import Measured, measure
from tonn_bridge.tonn.wire import InstrumentGroup as Group
from tonn_bridge.tonn.wire import MusicalStyle, PanPreference, Presence

PLAIN = Measured(
    -20.0, -6.0, 10.0, (1e-6, 1e-4, 1e-3, 1e-3, 1e-4, 1e-6), (40, 150, 350, 1000, 4000, 12_000), (1e-3,), 1.0
)


def stem(group=Group.SYNTH, presence=Presence.NORMAL, pan=PanPreference.NO_PREFERENCE, measured=PLAIN) -> Stem:
    return Stem(group, presence, pan, measured)


def mixed(*stems: Stem):
    return decide(stems, MusicalStyle.POP)


def test_a_sine_measures_as_loud_and_as_spiky_as_it_is(tmp_path):
    got = measure(write_stem(tmp_path / "a.wav", 3.0, 997.0, level_db=-20.0, channels=2), lambda: False)
    assert got.loudness_lufs == pytest.approx(-20.0, abs=0.1)  # EBU Tech 3341, a stereo sine of -20 dBFS at 1 kHz
    assert got.peak_db == pytest.approx(-20.0, abs=0.01)
    assert got.crest_db == pytest.approx(20 * math.log10(math.sqrt(2)), abs=0.05)
    assert got.band_power.index(max(got.band_power)) == 3
    assert got.band_centre_hz[3] == pytest.approx(997, rel=0.02)


def test_loudness_is_measured_in_pieces_as_if_at_once(tmp_path):
    rng = np.random.default_rng(3)
    sound = rng.standard_normal((50 * 44_100, 2)) * 0.1 * (np.arange(50 * 44_100) % 441_000 < 200_000)[:, None]
    soundfile.write(tmp_path / "a.wav", sound, 44_100, subtype="FLOAT")
    whole = pyloudnorm.Meter(44_100).integrated_loudness(sound)
    assert measure(tmp_path / "a.wav", lambda: False).loudness_lufs == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.3])
def test_a_very_short_stem_is_measured_all_the_same(tmp_path, seconds):
    got = measure(write_stem(tmp_path / "a.wav", seconds, 1000.0, level_db=-6.0), lambda: False)
    assert -60.0 < got.loudness_lufs < 0.0


def test_a_silent_stem_is_left_alone(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(44_100), 44_100)
    silent = measure(tmp_path / "a.wav", lambda: False)
    strip = mixed(stem(measured=silent), stem())[0]
    assert (strip.trim_db, strip.eq) == (0.0, ())


def test_hot_and_quiet_stems_are_trimmed_to_the_same_level():
    hot, quiet = (stem(measured=replace(PLAIN, loudness_lufs=lufs)) for lufs in (-12.0, -30.0))
    strips = mixed(hot, quiet)
    assert [strip.trim_db for strip in strips] == [-8.0, 10.0]
    assert strips[0].gain_db == strips[1].gain_db


def test_a_lead_stands_above_the_rest_and_a_background_below():
    lead, normal, back = (
        strip.gain_db
        for strip in mixed(*(stem(presence=p) for p in (Presence.LEAD, Presence.NORMAL, Presence.BACKGROUND)))
    )
    assert lead > normal > back


def test_a_vocal_is_louder_than_a_cymbal():
    vocal, cymbal = mixed(stem(Group.VOCAL), stem(Group.CYMBALS))
    assert vocal.gain_db > cymbal.gain_db


def test_preferences_and_what_carries_the_song_decide_the_pan():
    pans = [
        strip.pan_deg
        for strip in mixed(
            stem(Group.KICK),
            stem(Group.VOCAL),
            stem(),
            stem(Group.KEYS),
            stem(pan=PanPreference.LEFT),
            stem(pan=PanPreference.RIGHT),
            stem(Group.E_GUITAR, pan=PanPreference.CENTRE),
        )
    ]
    assert pans == [0.0, 0.0, -20.0, 20.0, -40.0, 40.0, 0.0]


def test_where_a_stem_masks_the_one_at_home_there_it_steps_back():
    bass = replace(PLAIN, band_power=(1e-3, 1e-2, 1e-6, 1e-6, 1e-7, 1e-8))
    synth = replace(PLAIN, band_power=(1e-6, 5e-3, 1e-3, 2e-2, 1e-3, 1e-4))
    strips = mixed(stem(Group.BASS, measured=bass), stem(measured=synth))
    assert strips[0].eq == ()
    [cut] = strips[1].eq
    assert -4.0 <= cut.gain_db < 0.0
    assert cut.freq_hz == 150.0


def test_spikier_stems_get_a_firmer_compressor():
    flat, spiky = mixed(*(stem(measured=replace(PLAIN, crest_db=crest)) for crest in (4.0, 18.0)))
    assert spiky.comp.ratio > flat.comp.ratio
    assert spiky.comp.attack_s > flat.comp.attack_s


level = st.floats(-120.0, 10.0)
measurements = st.builds(
    Measured,
    loudness_lufs=level,
    peak_db=level,
    crest_db=st.floats(0.0, 60.0),
    band_power=st.tuples(*[st.floats(0.0, 1.0)] * 6),
    band_centre_hz=st.just((40.0, 150.0, 350.0, 1000.0, 4000.0, 12_000.0)),
    power_per_s=st.just((0.1,)),
    seconds=st.just(1.0),
)
any_stem = st.builds(
    Stem,
    st.sampled_from(list(Group)),
    st.sampled_from(list(Presence)),
    st.sampled_from(list(PanPreference)),
    measurements,
)


@given(st.lists(any_stem, min_size=2, max_size=32), st.sampled_from(list(MusicalStyle)))
def test_settings_stay_within_tonns_ranges_whatever_was_measured(stems, style):
    strips = decide(stems, style)
    assert strips == decide(stems, style)
    for strip in strips:
        assert -30.0 <= strip.gain_db <= 6.0
        assert -12.0 <= strip.trim_db <= 12.0
        assert -60.0 <= strip.pan_deg <= 60.0
        assert len(strip.eq) <= 6
        assert all(20 <= b.freq_hz <= 20_000 and abs(b.gain_db) <= 12 and 0.1 <= b.q <= 10 for b in strip.eq)
        assert -60.0 <= strip.comp.threshold_db <= 0.0
        assert 1.0 <= strip.comp.ratio <= 20.0
        assert 0.0001 <= strip.comp.attack_s <= 0.1
        assert 0.001 <= strip.comp.release_s <= 1.0


def test_a_preview_plays_the_loudest_half_minute():
    quiet, loud = (0.01,) * 40, (0.5,) * 30
    assert loudest_start_s([replace(PLAIN, power_per_s=quiet + loud + quiet), PLAIN]) == 40
    assert loudest_start_s([PLAIN, PLAIN]) == 0
