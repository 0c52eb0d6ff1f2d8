"""Where a preview lies in its song: any place, in noise and in music, to the frame."""

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fidelity.songs import BAND, play
from tonn_bridge.fidelity.align import LEAD_S, find_lag, find_place
from tonn_bridge.fidelity.audio import OUTLINE_HZ, outline, read_excerpt, thinned

SONG_S = 12
NOISE = np.random.default_rng(5).standard_normal(SONG_S * OUTLINE_HZ)
MUSIC = sum(play(part, SONG_S, seed, OUTLINE_HZ) for seed, part in enumerate(BAND[:2]))


@pytest.mark.parametrize("song", [NOISE, MUSIC], ids=["noise", "music"])
@settings(max_examples=40, deadline=None)
@given(start=st.integers(0, (SONG_S - 4) * OUTLINE_HZ), seconds=st.sampled_from([2, 4]), level=st.floats(0.01, 4.0))
def test_any_part_is_found_where_it_was_cut(song, start, seconds, level):
    place = find_place(level * song[start : start + seconds * OUTLINE_HZ], song)
    assert round(place.start_s * OUTLINE_HZ) == start
    assert place.likeness == pytest.approx(1.0, abs=1e-6)


@given(st.integers(0, int(LEAD_S * OUTLINE_HZ) - 1))
@settings(max_examples=10, deadline=None)
def test_a_preview_may_begin_before_the_song(silence):
    early = np.concatenate([np.zeros(silence), NOISE[: 3 * OUTLINE_HZ]])
    assert round(find_place(early, NOISE).start_s * OUTLINE_HZ) == -silence


def test_a_preview_may_be_longer_than_the_song():
    place = find_place(np.concatenate([NOISE, np.zeros(OUTLINE_HZ)]), NOISE)
    assert place.start_s == 0.0


def test_a_soft_part_is_not_taken_for_a_loud_one():
    song = np.concatenate([0.02 * NOISE[: 4 * OUTLINE_HZ], 5.0 * NOISE[4 * OUTLINE_HZ :]])
    assert find_place(NOISE[: 4 * OUTLINE_HZ], song).start_s == 0.0


def test_a_stranger_is_like_nothing():
    stranger = np.random.default_rng(6).standard_normal(4 * OUTLINE_HZ)
    assert find_place(stranger, NOISE).likeness < 0.1
    assert find_place(np.zeros(OUTLINE_HZ), NOISE).likeness == 0.0


@given(lag=st.integers(0, 400), flipped=st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_lag_is_found_to_the_frame_with_sides_changed_over_or_not(lag, flipped):
    mix = np.random.default_rng(8).standard_normal((2, 8400))
    preview = mix[:: -1 if flipped else 1, lag : lag + 8000]
    assert find_lag(0.3 * preview, mix) == (lag, pytest.approx(1.0))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_an_outline_is_the_same_at_any_rate_and_in_any_number_of_pieces(tmp_path, rate):
    moment = np.arange(23 * rate) / rate  # longer than one piece
    sound = 0.5 * np.sin(2 * np.pi * 3.0 * moment)
    soundfile.write(tmp_path / "a.wav", np.stack([sound, sound]).T, rate, subtype="FLOAT")
    line = outline(tmp_path / "a.wav")
    middles = (np.arange(23 * OUTLINE_HZ) + 0.5) / OUTLINE_HZ
    assert line == pytest.approx(0.5 * np.sin(2 * np.pi * 3.0 * middles), abs=0.003)
    assert thinned(sound[None, :3], rate).size == 0


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("start", [-700, 0, 12_345, 60_000])
def test_an_excerpt_is_the_part_that_was_asked_for_at_any_rate(tmp_path, rate, start):
    moment = np.arange(44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", np.sin(2 * np.pi * 440.0 * moment), 44_100, subtype="FLOAT")
    excerpt = read_excerpt(tmp_path / "a.wav", rate, start, 5000)
    at = (start + np.arange(5000)) / rate
    wanted = np.where((at >= 0.0) & (at < 1.0), np.sin(2 * np.pi * 440.0 * at), 0.0)
    inner = (np.abs(at) > 0.01) & (np.abs(at - 1.0) > 0.01)
    assert excerpt.shape == (1, 5000)
    assert excerpt[0][inner] == pytest.approx(wanted[inner], abs=0.002)
