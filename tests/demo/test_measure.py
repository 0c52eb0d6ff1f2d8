"""What the demo measures in a final mix: right gains are found right, wrong ones wrong."""

import numpy as np
import pytest
import soundfile

from tonn_bridge.demo.measure import FLOOR_DB, stem_gains
from tonn_bridge.errors import BridgeError

RATE = 44_100
FRAMES = 200_000  # more than one block
NAMES = ("kick", "bass", "voice")
GAINS_DB = (0.0, 1.5, -3.0)


def amplitude(db):
    return 10.0 ** (db / 20.0)


@pytest.fixture
def sounds():
    """Three stereo stems that overlap all along, and share a part of their sound."""
    noise = np.random.default_rng(7)
    shared = noise.normal(0.0, 0.01, (FRAMES, 2))
    return [shared + noise.normal(0.0, 0.05, (FRAMES, 2)) for _ in NAMES]


def write(folder, name, sound):
    path = folder / f"{name}.wav"
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return path


@pytest.fixture
def stems(tmp_path, sounds):
    return [write(tmp_path, name, sound) for name, sound in zip(NAMES, sounds, strict=True)]


def mixed(folder, sounds, gains_db, extra=0.0):
    return write(folder, "mix", sum(amplitude(db) * s for db, s in zip(gains_db, sounds, strict=True)) + extra)


def test_each_stems_gain_is_found_through_the_rounding_to_16_bits(tmp_path, sounds, stems):
    found = stem_gains(mixed(tmp_path, sounds, GAINS_DB), stems)
    assert found.gains_db == pytest.approx(GAINS_DB, abs=0.005)
    assert found.rest_db < -60.0


@pytest.mark.parametrize("error_db", [-1.0, -0.15, 0.15, 1.0])
def test_a_wrong_gain_is_found_wrong_and_the_others_right(tmp_path, sounds, stems, error_db):
    found = stem_gains(mixed(tmp_path, sounds, (GAINS_DB[0], GAINS_DB[1] + error_db, GAINS_DB[2])), stems)
    errors = [got - wanted for got, wanted in zip(found.gains_db, GAINS_DB, strict=True)]
    assert errors == pytest.approx([0.0, error_db, 0.0], abs=0.005)


def test_a_stem_at_minus_60_db_is_found_there(tmp_path, sounds, stems):
    found = stem_gains(mixed(tmp_path, sounds, (0.0, -60.0, 0.0)), stems)
    assert found.gains_db[1] == pytest.approx(-60.0, abs=1.0)


@pytest.mark.parametrize("factor", [0.0, -1.0], ids=["absent", "upside-down"])
def test_a_stem_that_is_not_there_is_said_to_be_gone(tmp_path, sounds, factor):
    stems = [write(tmp_path, name, sound) for name, sound in zip(NAMES, sounds, strict=True)]
    found = stem_gains(write(tmp_path, "mix", sounds[0] + factor * sounds[1] + sounds[2]), stems)
    assert found.gains_db[1] <= -70.0
    assert found.gains_db[0] == pytest.approx(0.0, abs=0.01)


def test_a_sound_that_belongs_to_no_stem_is_noticed(tmp_path, sounds, stems):
    stranger = np.random.default_rng(8).normal(0.0, 0.01, (FRAMES, 2))
    assert stem_gains(mixed(tmp_path, sounds, GAINS_DB, extra=stranger), stems).rest_db > -30.0


def test_a_stem_panned_elsewhere_is_noticed(tmp_path, sounds, stems):
    turned = [sounds[0] * np.array([1.0, 0.5]), *sounds[1:]]
    assert stem_gains(mixed(tmp_path, turned, GAINS_DB), stems).rest_db > -30.0


def test_a_silent_mix_holds_nothing(tmp_path, sounds, stems):
    found = stem_gains(write(tmp_path, "mix", np.zeros((FRAMES, 2))), stems)
    assert found.gains_db == (FLOOR_DB,) * 3
    assert found.rest_db == FLOOR_DB


def test_files_that_do_not_belong_together_are_named(tmp_path, sounds, stems):
    short = write(tmp_path, "short", sounds[0][:-1])
    with pytest.raises(BridgeError, match=r"kick\.wav and short\.wav differ"):
        stem_gains(short, stems)


def test_a_file_that_is_no_audio_is_named(tmp_path, stems):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no audio")
    with pytest.raises(BridgeError, match=r"broken\.wav cannot be read as audio"):
        stem_gains(broken, stems)
