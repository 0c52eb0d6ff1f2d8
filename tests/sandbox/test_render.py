"""The engine renders exactly what the settings say."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox_server import write_stem
from tonn_bridge.sandbox.mixing.effects import CompressorState, StripState, pan_gains
from tonn_bridge.sandbox.mixing.measure import Stopped
from tonn_bridge.sandbox.mixing.render import Excerpt, mp3, render, wav
from tonn_bridge.sandbox.mixing.stems import StemReader
from tonn_bridge.sandbox.mixing.strip import Bell, Dynamics, Strip

RATE = 44_100
OPEN = Dynamics(threshold_db=0.0, ratio=1.0, attack_s=0.01, release_s=0.1)
FLAT = Strip(trim_db=0.0, gain_db=0.0, pan_deg=0.0, eq=(), comp=OPEN)
CENTRE_DB = 20 * math.log10(math.cos(math.pi / 4))


def sine(freq: float, level_db: float, seconds: float = 2.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * freq * time)[None, :]


def peak_db(sound: np.ndarray) -> float:
    """Peak of the settled second half."""
    return 20 * math.log10(np.abs(sound[..., sound.shape[-1] // 2 :]).max())


def through(strip: Strip, sound: np.ndarray) -> np.ndarray:
    return StripState(strip, RATE, len(sound)).process(sound)


@pytest.mark.parametrize(("trim", "gain"), [(0.0, 0.0), (-6.0, 3.0), (4.5, -11.8), (0.0, -60.0)])
def test_trim_and_fader_scale_the_sound(trim, gain):
    out = through(replace(FLAT, trim_db=trim, gain_db=gain), sine(1000, -20))
    assert peak_db(out) == pytest.approx(-20 + trim + gain + CENTRE_DB, abs=0.01)


@pytest.mark.parametrize(
    ("angle", "left", "right"),
    [(-60.0, 1.0, 0.0), (0.0, math.sqrt(0.5), math.sqrt(0.5)), (60.0, 0.0, 1.0), (-30.0, 0.92388, 0.38268)],
)
def test_negative_angles_pan_left_at_constant_power(angle, left, right):
    assert pan_gains(angle) == pytest.approx((left, right), abs=1e-5)


@given(st.floats(-60, 60))
def test_pan_keeps_the_power(angle):
    left, right = pan_gains(angle)
    assert left**2 + right**2 == pytest.approx(1.0)


@pytest.mark.parametrize("bell", [Bell(1000, 6, 1), Bell(80, -4, 2.6), Bell(8000, 12, 0.5), Bell(46.5, -20, 10)])
def test_a_bell_gives_its_gain_at_its_centre_and_leaves_the_far_alone(bell):
    strip = replace(FLAT, eq=(bell,))
    at_centre = through(strip, sine(bell.freq_hz, -30, 4.0))
    assert peak_db(at_centre) == pytest.approx(-30 + bell.gain_db + CENTRE_DB, abs=0.1)
    far = 20_000.0 if bell.freq_hz < 2000 else 20.0
    assert peak_db(through(strip, sine(far, -30))) == pytest.approx(-30 + CENTRE_DB, abs=0.6)


def test_bells_add_up():
    strip = replace(FLAT, eq=(Bell(1000, 3, 1), Bell(1000, -5, 1)))
    assert peak_db(through(strip, sine(1000, -30))) == pytest.approx(-32 + CENTRE_DB, abs=0.05)


@pytest.mark.parametrize(
    ("level", "threshold", "ratio", "expected"),
    [(-6, -20, 4, -16.5), (-6, -20, 20, -19.3), (-6, -6, 4, -6), (-30, -20, 4, -30), (-10, -30, 1, -10)],
)
def test_a_compressor_settles_where_its_curve_says(level, threshold, ratio, expected):
    out = CompressorState(Dynamics(threshold, ratio, 0.005, 0.08), RATE).process(sine(1000, level))
    assert peak_db(out) == pytest.approx(expected, abs=0.1)


def test_a_compressor_takes_its_attack_and_release_time():
    comp = CompressorState(Dynamics(-20, 20, 0.05, 0.2), RATE)
    sound = np.concatenate([np.full(RATE, 0.01), np.full(RATE, 1.0), np.full(RATE, 0.01)])[None, :]
    gain_db = 20 * np.log10(comp.process(sound)[0] / sound[0])
    settled = -19.0
    after_attack, after_release = gain_db[RATE + int(0.05 * RATE)], gain_db[2 * RATE + int(0.2 * RATE)]
    assert after_attack == pytest.approx(settled * (1 - math.exp(-1)), abs=0.5)
    assert after_release == pytest.approx(settled * math.exp(-1), abs=0.5)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=6))
def test_blocks_of_any_whole_milliseconds_sound_like_one(lengths):
    """Filters and compressor carry their state over; a block ends with a detector step."""
    step = 44
    strip = replace(FLAT, eq=(Bell(500, 6, 1),), comp=Dynamics(-30, 3, 0.01, 0.1))
    sound = np.random.default_rng(1).standard_normal((2, sum(lengths) * step)) * 0.2
    state, parts, at = StripState(strip, RATE, 2), [], 0
    for length in lengths:
        parts.append(state.process(sound[:, at : at + length * step]))
        at += length * step
    assert np.allclose(np.concatenate(parts, axis=1), through(strip, sound), atol=1e-9)


@pytest.mark.parametrize("rate", [22_050, 32_000, 48_000, 88_200, 96_000])
def test_resampled_blocks_join_as_if_the_file_were_read_at_once(tmp_path, rate):
    stem = write_stem(tmp_path / "a.wav", 3.0, 1000.0, rate=rate, level_db=-6)
    with StemReader(stem, RATE) as reader:
        whole = reader.read(0, 3 * RATE)
        pieces = np.concatenate([reader.read(second * RATE, RATE) for second in range(3)], axis=1)
    assert np.allclose(whole, pieces, atol=1e-12)
    inside = slice(RATE // 10, 3 * RATE - RATE // 10)
    assert np.abs(whole[0, inside] - sine(1000, -6, 3.0)[0, inside]).max() < 2e-3


def rendered(
    tmp_path: Path, stems: list[Path], strips: list[Strip], rate: int = RATE
) -> tuple[float, list[np.ndarray]]:
    """The clip guard, and (mix, *stems) as float frames."""
    paths = [tmp_path / "out" / f"stem-{n}.wav" for n in range(len(stems))]
    output = wav(tmp_path / "out" / "mix.wav", paths, rate)
    guard = render(stems, strips, Excerpt(), output, lambda: False)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mix.wav", *(path.name for path in paths)]
    return guard, [soundfile.read(path)[0] for path in (output.mix, *paths)]


def test_the_mix_is_the_sum_of_its_stems_and_as_long_as_the_longest(tmp_path):
    stems = [
        write_stem(tmp_path / "a.wav", 1.0, 100),
        write_stem(tmp_path / "b.flac", 7.3, 999, channels=2, rate=48_000),
    ]
    guard, (mix, a, b) = rendered(tmp_path, stems, [FLAT, replace(FLAT, pan_deg=-40.0, gain_db=-3.0)])
    assert guard == 0.0
    assert mix.shape == (round(7.3 * RATE), 2)
    assert np.abs(mix - a - b).max() < 3 / 32_768


@settings(deadline=None, max_examples=15)
@given(st.floats(-40, 6))
def test_a_faders_move_arrives_as_it_is(tmp_path_factory, move_db):
    tmp_path = tmp_path_factory.mktemp("render")
    stems = [write_stem(tmp_path / f"{freq}.wav", 0.5, freq, level_db=-20) for freq in (200, 900)]
    strips = [replace(FLAT, comp=Dynamics(-30, 3, 0.01, 0.1)), FLAT]
    moved = [replace(strips[0], gain_db=move_db), FLAT]
    _, (_, before, still) = rendered(tmp_path, stems, strips, 48_000)
    _, (_, after, other) = rendered(tmp_path, stems, moved, 48_000)
    rms = [20 * math.log10(np.sqrt((sound**2).mean())) for sound in (before, after)]
    assert rms[1] - rms[0] == pytest.approx(move_db, abs=0.05)
    assert np.array_equal(still, other)


def test_what_would_clip_is_turned_down_as_a_whole_and_said(tmp_path):
    stems = [write_stem(tmp_path / f"{n}.wav", 0.5, 300, level_db=0) for n in range(3)]
    guard, (mix, *parts) = rendered(tmp_path, stems, [FLAT] * 3)
    assert guard == pytest.approx(-0.1 - 20 * math.log10(3 * math.sqrt(0.5)), abs=0.02)
    assert 20 * math.log10(np.abs(mix).max()) == pytest.approx(-0.1, abs=0.01)
    assert np.abs(mix - sum(parts)).max() < 4 / 32_768


@pytest.mark.parametrize(
    ("rate", "subtype"), [(44_100, "PCM_16"), (48_000, "PCM_24"), (88_200, "PCM_24"), (96_000, "PCM_24")]
)
def test_a_final_has_the_rate_and_bits_that_were_asked_for(tmp_path, rate, subtype):
    render([write_stem(tmp_path / "a.wav")], [FLAT], Excerpt(), wav(tmp_path / "m.wav", [], rate), lambda: False)
    info = soundfile.info(tmp_path / "m.wav")
    assert (info.format, info.samplerate, info.subtype, info.frames, info.channels) == ("WAV", rate, subtype, rate, 2)


def test_a_preview_is_an_mp3_of_its_excerpt(tmp_path):
    stem = write_stem(tmp_path / "a.wav", 40.0, level_db=-20)
    render([stem], [FLAT], Excerpt(5, 30), mp3(tmp_path / "p.mp3", [], RATE), lambda: False)
    info = soundfile.info(tmp_path / "p.mp3")
    assert (info.format, info.duration) == ("MP3", pytest.approx(30.0, abs=0.1))


def test_a_render_gives_up_when_told_and_leaves_no_half_result(tmp_path):
    output = wav(tmp_path / "out" / "m.wav", [], RATE)
    with pytest.raises(Stopped):
        render([write_stem(tmp_path / "a.wav")], [FLAT], Excerpt(), output, lambda: True)
    assert not output.mix.exists()
