"""Names and values in a few characters: still known, and never half a number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core import OFF, Gain, Pan
from tonn_bridge.links.surface import values, words

gains = st.one_of(st.just(OFF), st.floats(-200.0, 24.0).map(Gain))


def is_ascii(text):
    return all(" " <= char <= "~" for char in text)


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "six", "four"),
    [
        ("Bass", "Bass", "Bass"),
        ("BackingVox", "BckngV", "BckV"),
        ("Gtr Left 2", "GtrLf2", "GtL2"),
        ("Gtr Left 3", "GtrLf3", "GtL3"),
        ("Backing Vox Left", "BcknVL", "BcVL"),
        ("Backing Vox Right", "BcknVR", "BcVR"),
        ("Electric Guitar 12", "ElcG12", "EG12"),
        ("lead_vocal", "LedVcl", "LdVc"),
        ("Overheads", "Ovrhds", "Ovrh"),
        ("01_Kick In", "KickIn", "KckI"),
        ("808 Sub Bass", "808SbB", "808B"),
        ("DIBass", "DIBass", "DBss"),
        ("Bässe tief", "BassTf", "BssT"),
        ("Straße", "Strass", "Strs"),
        ("主唱", "??", "??"),
        ("20240101", "240101", "0101"),
        ("-- (!) --", "-- (!)", "-- ("),
        ("", "", ""),
    ],
)
def test_a_long_name_keeps_what_it_is_known_by(name, six, four):
    assert (words.short_name(name, 6), words.short_name(name, 4)) == (six, four)


def test_names_that_would_come_out_alike_end_in_their_track_number():
    names = ("Vox", "Vox", "Guitar Left", "Guitar Lead", "", "Pad")
    assert words.short_names(names, 4) == ("Vo#1", "Vo#2", "Gt#3", "Gt#4", "#5", "Pad")


@given(name=st.text(max_size=40), width=st.integers(0, 20))
def test_a_short_name_fits_and_is_ascii(name, width):
    short = words.short_name(name, width)
    assert len(short) <= width
    assert is_ascii(short)


@given(names=st.lists(st.text(max_size=12), max_size=8), width=st.integers(0, 12))
def test_all_short_names_fit(names, width):
    shorts = words.short_names(tuple(names), width)
    assert len(shorts) == len(names)
    assert all(len(short) <= width and is_ascii(short) for short in shorts)


@given(first=st.integers(1, 99), second=st.integers(1, 99), width=st.integers(4, 12))
def test_numbered_tracks_stay_apart(first, second, width):
    shorts = [words.short_name(f"Guitar Double {number}", width) for number in (first, second)]
    assert (shorts[0] == shorts[1]) == (first == second)


# --- sentences ------------------------------------------------------------------------------------------------------


def test_a_sentence_is_broken_between_words_and_dotted_where_it_ends_too_soon():
    assert words.two_lines("the faders are still on their way", 16) == ("the faders are", "still on their..")
    assert words.two_lines("nothing is asked", 16) == ("nothing is asked", "")
    assert words.two_lines("the key “x” – refused…", 40) == ('the key "x" - refused...', "")


@given(text=st.text(max_size=200), width=st.integers(1, 60))
def test_lines_are_never_longer_than_the_display(text, width):
    lines = words.two_lines(text, width)
    assert all(len(line) <= width and is_ascii(line) for line in lines)


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("db", "six", "four"),
    [
        (-11.8, "-11.8", "-12"),
        (-1.84, "-1.8", "-1.8"),
        (0.0, "0.0", "0.0"),
        (-0.04, "0.0", "0.0"),
        (5.96, "6.0", "6.0"),
        (12.0, "12.0", "12.0"),
        (-89.9, "-89.9", "-90"),
        (-90.0, "-oo", "-oo"),
        (-math.inf, "-oo", "-oo"),
    ],
)
def test_gain(db, six, four):
    assert (values.gain_text(Gain(db), 6), values.gain_text(Gain(db), 4)) == (six, four)


@pytest.mark.parametrize(("db", "text"), [(2.0, "+2.0"), (-3.04, "-3.0"), (0.0, "+0.0"), (-0.01, "+0.0"), (None, "--")])
def test_adjustment_always_has_its_sign(db, text):
    assert values.change_text(db, 6) == text


@pytest.mark.parametrize(
    ("position", "text"), [(-0.23, "L23"), (0.0, "C"), (0.004, "C"), (-0.004, "C"), (0.01, "R1"), (1.0, "R100")]
)
def test_pan(position, text):
    assert values.pan_text(Pan(position), 4) == text


@pytest.mark.parametrize(
    ("now", "ahead", "wide", "six", "four"),
    [
        (-6.0, -12.0, "-6.0>-12.0", "-6>-12", ">-12"),
        (-16.2, -12.0, "-16.2>-12.0", ">-12.0", ">-12"),
        (0.0, -5.9, "0.0>-5.9", "0>-6", "0>-6"),
        (-6.3, -5.9, "-6.3>-5.9", ">-5.9", ">-6"),
        (-6.0, -6.04, "-6.0", "-6.0", "-6.0"),
        (-math.inf, -6.0, "-oo>-6.0", "-oo>-6", ">-6"),
        (None, -6.0, ">-6.0", ">-6.0", ">-6"),
        (-6.0, None, "-6.0", "-6.0", "-6.0"),
        (None, None, "--", "--", "--"),
    ],
)
def test_a_ghost_stands_beside_the_present_value(now, ahead, wide, six, four):
    present, proposed = (None if db is None else Gain(db) for db in (now, ahead))
    assert [values.ghost_text(present, proposed, width) for width in (12, 6, 4)] == [wide, six, four]


@pytest.mark.parametrize(
    ("text", "value", "six", "four"),
    [
        (values.hz_text, 46.5, "46Hz", "46Hz"),
        (values.hz_text, 460.0, "460Hz", "460"),
        (values.hz_text, 2_430.0, "2.4kHz", "2.4k"),
        (values.hz_text, 12_500.0, "12.5k", "12k"),
        (values.db_text, -3.89, "-3.9dB", "-3.9"),
        (values.db_text, -12.5, "-12.5", "-12"),
        (values.q_text, 2.664, "2.66", "2.66"),
        (values.q_text, 10.0, "10.00", "10.0"),
        (values.ratio_text, 1.8, "1.8:1", "1.8"),
        (values.ratio_text, 20.0, "20.0:1", "20:1"),
        (values.time_text, 0.0001, "0.1ms", ".1ms"),
        (values.time_text, 0.074, "74ms", "74ms"),
        (values.time_text, 0.25, "250ms", ".25s"),
        (values.time_text, 1.0, "1000ms", "1.0s"),
    ],
)
def test_values_of_equaliser_and_compressor(text, value, six, four):
    assert (text(value, 6), text(value, 4)) == (six, four)


@given(now=gains, ahead=gains, width=st.integers(0, 14))
def test_a_value_fits_or_is_no_number_at_all(now, ahead, width):
    for text in (
        values.gain_text(now, width),
        values.proposed_text(ahead, width),
        values.ghost_text(now, ahead, width),
    ):
        assert len(text) <= width


def test_where_no_spelling_fits_no_wrong_number_is_shown():
    assert values.gain_text(Gain(-11.8), 2) == "##"
    assert values.pan_text(Pan(-1.0), 3) == "###"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("stem /home/you/Masks/stems/kick.wav is silent", "stem kick.wav is silent"),
        ("stem C:\\Users\\you\\kick.wav is silent", "stem kick.wav is silent"),
        (
            "https://tonn.roexaudio.com/mixpreview does not answer",
            "https://tonn.roexaudio.com/mixpreview does not answer",
        ),
        ("write input and/or output", "write input and/or output"),
    ],
)
def test_files_are_shown_by_their_names_alone(text, shown):
    assert words.without_folders(text) == shown
