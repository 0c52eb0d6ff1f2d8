"""Tonn's settings to core values and back."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.values import Compressor, EqBand, Limit, Pan, TonnSettings
from tonn_bridge.errors import BridgeError, RangeError, TonnRejected
from tonn_bridge.tonn.translate import NO_WEBHOOK, FinalMove, Units, final_request, preview_request, translate
from tonn_bridge.tonn.wire import (
    FinalRequest,
    InstrumentGroup,
    MusicalStyle,
    PanPreference,
    Presence,
    PreviewTrack,
    Reverb,
)

URL = "https://files.example/a/01-bass.wav?sig=1"
AUTO = Units()
VENDORS_SAMPLE = {
    "gain_settings": {"gain_db": -11.8, "initial_gain": 0.7, "gain_amplitude": 0.26},
    "panning_settings": {"panning_angle": -15},
    "eq_settings": {
        "band_2": {"centre_freq": 200.0, "gain": 2.0, "q": 1.0},
        "band_1": {"centre_freq": 46.5, "gain": -1.69, "q": 2.66},
    },
    "drc_settings": {"attack_ms": 0.074, "release_ms": 0.022, "ratio": 1.8, "threshold": -3.89},
}


def one(section, units=AUTO):
    """The settings of a single track."""
    return translate({"01-bass.wav": section}, [(1, URL)], units)[1]


def test_the_vendors_sample_becomes_core_values():
    assert one(VENDORS_SAMPLE) == TonnSettings(
        gain_db=-11.8,
        trim_db=pytest.approx(-3.098, abs=0.001),
        pan=Pan(-0.25),
        eq=(EqBand(1, 46.5, -1.69, 2.66), EqBand(2, 200.0, 2.0, 1.0)),
        comp=Compressor(-3.89, 1.8, 0.074, 0.022),
    )


# times


@pytest.mark.parametrize(
    ("attack", "release", "seconds"),
    [
        pytest.param(0.074, 0.022, (0.074, 0.022), id="the vendor's sample: seconds"),
        pytest.param(10.0, 120.0, (0.01, 0.12), id="milliseconds"),
        pytest.param(0.1, 1.0, (0.0001, 0.001), id="fits both: only a release under 1 says seconds"),
        pytest.param(0.5, 80.0, (0.0005, 0.08), id="a short attack, and a release in ms"),
        pytest.param(0.074, 1.0, (0.074, 1.0), id="the longest release in seconds"),
        pytest.param(0.05, 0.9, (0.05, 0.9), id="a long release in seconds"),
        pytest.param(0.05, 50.0, (0.0001, 0.05), id="an attack too short for ms, a release too long for seconds"),
        pytest.param(0.5, 0.3, (0.1, 0.3), id="an attack that could be either follows the release"),
        pytest.param(0.0, 0.022, (None, 0.022), id="0 is unknown, the release tells"),
        pytest.param(0.074, 0, (0.074, None), id="0 is unknown, the attack tells"),
        pytest.param(0.5, None, (0.0005, None), id="alone, and only ms fits"),
        pytest.param(-1.0, 100.0, (None, 0.1), id="less than 0 is unknown"),
        pytest.param(0, 0, (None, None), id="nothing is known"),
    ],
)
def test_times_are_read_in_the_unit_that_both_fit(attack, release, seconds):
    comp = one({"drc_settings": {"attack_ms": attack, "release_ms": release, "ratio": 2.0}}).comp
    assert (comp.attack_s, comp.release_s) == pytest.approx(seconds)


@pytest.mark.parametrize(("times", "seconds"), [("s", (0.05, 0.5)), ("ms", (0.0001, 0.001))])
def test_a_setting_forces_the_unit(times, seconds):
    comp = one({"drc_settings": {"attack_ms": 0.05, "release_ms": 0.5}}, Units(times=times)).comp
    assert (comp.attack_s, comp.release_s) == seconds


@given(st.floats(0.0001, 0.1), st.floats(0.001, 0.999))
def test_every_pair_in_seconds_reads_true(attack, release):
    comp = one({"drc_settings": {"attack_ms": attack, "release_ms": release}}).comp
    assert (comp.attack_s, comp.release_s) == (attack, release)


@given(st.floats(0.1, 100.0), st.floats(1.001, 1000.0))
def test_every_pair_in_milliseconds_reads_true(attack, release):
    comp = one({"drc_settings": {"attack_ms": attack, "release_ms": release}}).comp
    assert (comp.attack_s, comp.release_s) == (attack / 1000, release / 1000)


# gains, pan, EQ


@pytest.mark.parametrize(
    ("gains", "gain_db", "trim_db"),
    [
        ({}, None, 0.0),
        ({"gain_db": -3.0, "gain_amplitude": 1.0}, -3.0, 0.0),
        ({"gain_amplitude": 0.5}, -6.0206, 0.0),
        ({"gain_amplitude": 0.0}, -math.inf, 0.0),
        ({"gain_amplitude": -0.5}, None, 0.0),
        ({"gain_db": "-4.5", "initial_gain": 2}, -4.5, 6.0206),
        ({"gain_db": None, "initial_gain": 0}, None, 0.0),
        ({"gain_db": float("nan"), "gain_amplitude": 0.5}, -6.0206, 0.0),
        ({"gain_db": True, "initial_gain": []}, None, 0.0),
        ({"gain_db": 10**400}, None, 0.0),
    ],
)
def test_gain_and_trim(gains, gain_db, trim_db):
    settings = one({"gain_settings": gains})
    assert settings.gain_db == (gain_db if gain_db is None else pytest.approx(gain_db, abs=1e-4))
    assert settings.trim_db == pytest.approx(trim_db, abs=1e-4)
    assert settings.limited == ()


@pytest.mark.parametrize(("angle", "position"), [(-60, -1.0), (-15, -0.25), (0, 0.0), (30.0, 0.5), (60, 1.0)])
def test_negative_angles_are_left_unless_a_setting_says_otherwise(angle, position):
    section = {"panning_settings": {"panning_angle": angle}}
    assert one(section).pan == Pan(position)
    flipped = one(section, Units(pan="left_positive")).pan
    assert flipped == Pan(-position)
    assert math.copysign(1.0, one({"panning_settings": {"panning_angle": -0.0}}).pan.position) == 1.0


def test_what_is_out_of_range_is_limited_and_recorded():
    settings = one(
        {
            "gain_settings": {"gain_db": 40, "initial_gain": 1e-9},
            "panning_settings": {"panning_angle": 90},
            "eq_settings": {"band_1": {"centre_freq": 5, "gain": -30, "q": 0.01}},
            "drc_settings": {"attack_ms": 200, "release_ms": 2000, "ratio": 0.5, "threshold": 3},
        }
    )
    assert settings.gain_db == 24.0
    assert settings.trim_db == -60.0
    assert settings.pan == Pan(1.0)
    assert settings.eq == (EqBand(1, 20.0, -20.0, 0.1),)
    assert settings.comp == Compressor(0.0, 1.0, 0.1, 1.0)
    assert [(limit.parameter, limit.wanted, limit.got) for limit in settings.limited] == [
        ("gain_db", 40.0, 24.0),
        ("trim_db", pytest.approx(-180.0), -60.0),
        ("pan", 1.5, 1.0),
        ("eq.1.freq_hz", 5.0, 20.0),
        ("eq.1.gain_db", -30.0, -20.0),
        ("eq.1.q", 0.01, 0.1),
        ("threshold_db", 3.0, 0.0),
        ("ratio", 0.5, 1.0),
        ("attack_s", 0.2, 0.1),
        ("release_s", 2.0, 1.0),
    ]


BELL = {"centre_freq": 100.0, "gain": 1.0, "q": 1.0}


@pytest.mark.parametrize(
    ("section", "bands"),
    [
        ({"band_6": BELL, "band_10": BELL, "band_2": BELL}, [2, 6, 10]),
        ({"Band1": BELL, "2": BELL, "band-3": BELL}, [1, 2, 3]),
        ([BELL, None, BELL], [1, 3]),
        ({"band_1": None, "band_2": "x", "band_3": {}, "on": True, "band_4": BELL}, [4]),
        ({"band_1": {"centre_freq": 100.0, "q": 1.0}}, []),
        (None, []),
        ("x", []),
    ],
)
def test_bands_are_found_by_number_and_missing_ones_are_missing(section, bands):
    settings = one({"eq_settings": section})
    assert [band.band for band in settings.eq] == bands
    assert settings.limited == ()


def test_half_a_band_is_left_out_and_recorded():
    settings = one({"eq_settings": {"band_1": {"centre_freq": 100.0, "gain": -2.0}, "band_2": BELL}})
    assert [band.band for band in settings.eq] == [2]
    assert [(limit.parameter, limit.wanted, limit.got) for limit in settings.limited] == [("eq.1.gain_db", -2.0, 0.0)]


@pytest.mark.parametrize("section", [{}, None, [], 3, {"gain_settings": None, "eq_settings": 3, "drc_settings": []}])
def test_missing_sections_say_nothing(section):
    assert one(section) == TonnSettings()


# whose


TRACKS = [(1, "https://files/a/01-kick.wav?sig=x"), (2, "https://files/b/02-kick%20in.wav#f")]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["01-kick.wav", "02-kick in.wav"], id="file names"),
        pytest.param(["01-kick.wav", "02-kick%20in.wav"], id="file names, not decoded"),
        pytest.param(["01-kick", "02-kick in"], id="without extension"),
        pytest.param([url for _, url in TRACKS], id="whole URLs"),
        pytest.param(["https://files/a/01-kick.wav?sig=other", "gs://elsewhere/02-kick%20in.wav"], id="other URLs"),
        pytest.param(["uploads/01-kick.wav", "uploads/02-kick in.wav"], id="paths"),
    ],
)
def test_settings_find_their_tracks(keys):
    settings = {key: {"gain_settings": {"gain_db": -float(n)}} for n, key in enumerate(keys, start=1)}
    found = translate(dict(reversed(settings.items())), TRACKS, AUTO)
    assert {number: track.gain_db for number, track in found.items()} == {1: -1.0, 2: -2.0}


def test_whole_urls_tell_two_stems_of_one_file_name_apart():
    tracks = [(1, "https://files/a/kick.wav?s=1"), (2, "https://files/b/kick.wav?s=2")]
    settings = {url: {"gain_settings": {"gain_db": -float(number)}} for number, url in tracks}
    assert translate(settings, tracks, AUTO)[2].gain_db == -2.0


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        pytest.param(["01-kick.wav"], ["track 2 (02-kick in.wav) has nothing"], id="a track without settings"),
        pytest.param(
            ["01-kick.wav", "02-kick in.wav", "03-new.wav"], ['"03-new.wav" is none of the tracks'], id="unknown"
        ),
        pytest.param(
            ["01-kick.wav", "02-snare.wav"],
            ['"02-snare.wav" is none', "track 2 (02-kick in.wav) has nothing"],
            id="another name",
        ),
        pytest.param(
            ["01-kick.wav", "01-kick", "02-kick in.wav"],
            ['track 1 (01-kick.wav) has "01-kick.wav" and "01-kick"'],
            id="twice the same track",
        ),
        pytest.param([], ["track 1", "track 2"], id="nothing at all"),
        pytest.param(["01-KICK.mp3", "02-kick in.wav"], ['"01-KICK.mp3" is none'], id="nearly is not the same"),
    ],
)
def test_a_doubt_is_an_error_that_names_tracks_and_keys(keys, says):
    with pytest.raises(TonnRejected) as caught:
        translate(dict.fromkeys(keys, VENDORS_SAMPLE), TRACKS, AUTO)
    assert all(part in str(caught.value) for part in says)


def test_one_file_name_for_two_tracks_is_a_doubt_and_its_signature_stays_secret():
    tracks = [(1, "https://files/a/kick.wav?sig=1"), (2, "https://files/b/kick.wav?sig=2")]
    with pytest.raises(TonnRejected, match=r'"kick\.wav" could be track 1 or 2') as caught:
        translate({"kick.wav": {}, "https://x/kick.wav?sig=3": {}}, tracks, AUTO)
    assert "sig" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NUMBER = JSON | st.floats(-1e4, 1e4)


def section_of(**keys):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, NUMBER)) | JSON


TRACK = (
    st.fixed_dictionaries(
        {},
        optional={
            "gain_settings": section_of(gain_db=0, initial_gain=0, gain_amplitude=0),
            "panning_settings": section_of(panning_angle=0),
            "eq_settings": st.dictionaries(
                st.from_regex(r"band_\d{1,2}", fullmatch=True), section_of(gain=0, q=0, centre_freq=0)
            ),
            "drc_settings": section_of(attack_ms=0, release_ms=0, ratio=0, threshold=0),
        },
    )
    | JSON
)


@given(st.dictionaries(st.sampled_from(["01-kick.wav", "02-kick in", "x", ""]) | st.text(max_size=5), TRACK))
def test_any_json_gives_settings_or_a_bridge_error(settings):
    try:
        found = translate(settings, TRACKS, AUTO)
    except BridgeError:
        return
    assert found.keys() == {1, 2}


@given(TRACK, st.sampled_from(["auto", "s", "ms"]), st.sampled_from(["left_negative", "left_positive"]))
def test_any_section_gives_values_in_range_whose_limits_are_plain_numbers(section, times, pan):
    settings = one(section, Units(times, pan))
    json.dumps([(limit.wanted, limit.got) for limit in settings.limited], allow_nan=False)


# and back


def test_a_final_request_says_only_what_the_user_did():
    moves = [
        FinalMove(1, URL, -2.5),
        FinalMove(
            2,
            "https://files/b.wav",
            0.0,
            pan=Pan(-0.5),
            eq=(EqBand(1, 46.5, -1.5, 2.5), EqBand(3, 100.0, 1.0, 1.0)),
            comp=Compressor(-20.0, 2.0, 0.074, 0.022),
        ),
    ]
    request, limits = final_request("t1", moves, sample_rate=48_000, return_stems=True, webhook_url=None)
    assert request.model_dump(by_alias=True, exclude_none=True)["applyAudioEffectsData"] == {
        "multitrackTaskId": "t1",
        "trackData": [
            {"trackURL": URL, "gainDb": -2.5},
            {
                "trackURL": "https://files/b.wav",
                "gainDb": 0.0,
                "panning_settings": {"panning_angle": -30.0},
                "eq_settings": {
                    "band_1": {"gain": -1.5, "q": 2.5, "centre_freq": 46.5},
                    "band_3": {"gain": 1.0, "q": 1.0, "centre_freq": 100.0},
                },
                "compression_settings": {"threshold": -20.0, "ratio": 2.0, "attack_ms": 74.0, "release_ms": 22.0},
            },
        ],
        "returnStems": True,
        "sampleRate": "48000",
    }
    assert limits == {}
    assert "sig" not in repr(moves)


def final(*moves):
    return final_request("t1", moves, sample_rate=44_100, return_stems=False, webhook_url="https://x/y")


@pytest.mark.parametrize(
    ("db", "sent", "limit"),
    [
        (12.0, 12.0, None),
        (15.0, 12.0, (15.0, 12.0)),
        (-70.0, -60.0, (-70.0, -60.0)),
        (-math.inf, -60.0, None),
    ],
)
def test_a_move_is_limited_to_what_tonn_takes(db, sent, limit):
    request, limits = final(FinalMove(1, URL, 0.0), FinalMove(2, URL, db))
    assert request.data.tracks[1].gain_db == sent
    assert [(found.wanted, found.got) for found in limits.get(2, ())] == ([limit] if limit else [])
    assert 1 not in limits


def test_a_move_that_is_no_number_is_never_sent():
    with pytest.raises(RangeError):
        final(FinalMove(1, URL, math.nan))


@pytest.mark.parametrize("count", [0, 33])
def test_a_final_request_has_1_to_32_tracks(count):
    with pytest.raises(TonnRejected, match=f"not {count}"):
        final(*(FinalMove(n, URL, 0.0) for n in range(count)))


def test_a_compressor_of_which_tonn_told_half_stays_as_the_preview_had_it():
    request, limits = final(FinalMove(1, URL, 0.0, comp=Compressor(-20.0, 3.0, None, 0.1), eq=()))
    assert request.data.tracks[0].compression is None
    assert request.data.tracks[0].eq is None
    assert limits == {1: (Limit("ratio", 3.0, 3.0, "not sent: Tonn never told all of this compressor"),)}


BANDS = st.lists(
    st.builds(EqBand, st.integers(1, 6), st.floats(20, 20_000), st.floats(-20, 20), st.floats(0.1, 10)),
    unique_by=lambda band: band.band,
    min_size=1,
).map(lambda bands: tuple(sorted(bands, key=lambda band: band.band)))
COMPS = st.builds(Compressor, st.floats(-60, 0), st.floats(1, 20), st.floats(0.0001, 0.1), st.floats(0.0011, 1.0))


@given(st.floats(-1, 1), BANDS, COMPS)
def test_what_goes_to_tonn_comes_back_as_it_was(position, eq, comp):
    units = Units(times="ms")
    request, limits = final(FinalMove(1, URL, 0.0, pan=Pan(position), eq=eq, comp=comp))
    track = FinalRequest.model_validate_json(request.model_dump_json(by_alias=True)).data.tracks[0]
    settings = one(track.model_dump(by_alias=True), units)
    assert settings.pan.position == pytest.approx(position)
    assert settings.eq == eq
    assert settings.comp.threshold_db == comp.threshold_db
    assert (settings.comp.attack_s, settings.comp.release_s) == pytest.approx((comp.attack_s, comp.release_s))
    assert (limits, settings.limited) == ({}, ())


def preview(count, webhook_url):
    words = {
        "group": InstrumentGroup.BASS,
        "presence": Presence.NORMAL,
        "pan": PanPreference.CENTRE,
        "reverb": Reverb.NONE,
    }
    tracks = [PreviewTrack(track_url=f"https://files/{n}.wav", **words) for n in range(count)]
    return preview_request(tracks, MusicalStyle.POP, 44_100, False, webhook_url)


def test_a_preview_request_always_has_a_call_back_url():
    assert preview(2, "https://me/hook").data.webhook_url == "https://me/hook"
    assert preview(2, None).data.webhook_url == preview(2, "").data.webhook_url == NO_WEBHOOK
    assert preview(2, None).data.sample_rate == "44100"


@pytest.mark.parametrize("count", [1, 33])
def test_a_preview_has_2_to_32_tracks(count):
    with pytest.raises(TonnRejected, match=f"not {count}"):
        preview(count, None)
