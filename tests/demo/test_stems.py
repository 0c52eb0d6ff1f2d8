"""The demo's stems: the same every time, and something for a mix to work on."""

import itertools
import shutil

import numpy as np
import pyloudnorm
import pytest
import soundfile

from tonn_bridge.demo.stems import MANIFEST, write_stems
from tonn_bridge.demo.synth import FRAMES, RATE


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    return write_stems(tmp_path_factory.mktemp("stems"))


def spectrum(stem):
    """The shares of the stem's energy in third-octave bands from 30 Hz to 16 kHz."""
    audio, rate = soundfile.read(stem.path, always_2d=True)
    power = np.abs(np.fft.rfft(audio.mean(axis=1))) ** 2
    edges = 30.0 * 2.0 ** (np.arange(28) / 3.0)
    shares, _ = np.histogram(np.fft.rfftfreq(len(audio), 1.0 / rate), bins=edges, weights=power)
    return shares / shares.sum()


def test_eight_stems_with_names_groups_and_files_of_their_own(stems):
    assert len(stems) == 8
    assert len({stem.name for stem in stems}) == len({stem.path for stem in stems}) == 8
    assert [stem.name for stem in stems if stem.presence == "LEAD"] == ["Voice"]


def test_every_stem_is_a_24_bit_wav_of_the_same_twenty_seconds(stems):
    for stem in stems:
        info = soundfile.info(stem.path)
        assert (info.format, info.subtype, info.samplerate, info.frames) == ("WAV", "PCM_24", RATE, FRAMES)
    assert pytest.approx(20.0) == FRAMES / RATE


def test_nothing_clips_and_nothing_is_silent(stems):
    for stem in stems:
        audio, _ = soundfile.read(stem.path, always_2d=True)
        assert 0.1 < np.max(np.abs(audio)) < 0.8, stem.name
        bars = np.split(audio[: len(audio) // 8 * 8], 8)
        assert all(np.sqrt(np.mean(bar**2)) > 0.003 for bar in bars), stem.name
        assert abs(audio.mean()) < 0.002, stem.name


def test_the_stems_differ_in_loudness_so_that_the_mix_has_work_to_do(stems):
    loudness = []
    for stem in stems:
        audio, rate = soundfile.read(stem.path)
        loudness.append(pyloudnorm.Meter(rate).integrated_loudness(audio))
    assert max(loudness) - min(loudness) > 9.0
    assert min(loudness) > -40.0


def test_every_stem_has_a_spectrum_of_its_own(stems):
    spectra = {stem.name: spectrum(stem) for stem in stems}
    for one, other in itertools.combinations(spectra, 2):
        overlap = np.minimum(spectra[one], spectra[other]).sum()
        assert overlap < 0.85, (one, other)  # kick and bass share the bottom, as they do in life


def test_the_same_bytes_come_out_every_time(stems, tmp_path):
    again = write_stems(tmp_path)
    assert [stem.path.read_bytes() for stem in again] == [stem.path.read_bytes() for stem in stems]


def test_files_that_are_whole_are_used_as_they_are(stems):
    folder = stems[0].path.parent
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert write_stems(folder) == stems
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert len(before) == 9  # the stems and the manifest: nothing half-written stays behind


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda folder: (folder / "bass.wav").write_bytes(b"RIFF"), id="a-file-is-cut"),
        pytest.param(lambda folder: (folder / "kick.wav").unlink(), id="a-file-is-gone"),
        pytest.param(lambda folder: (folder / MANIFEST).write_text("{"), id="the-manifest-is-damaged"),
        pytest.param(lambda folder: (folder / MANIFEST).unlink(), id="the-manifest-is-gone"),
    ],
)
def test_a_damaged_folder_is_written_anew(stems, tmp_path, harm):
    folder = tmp_path / "stems"
    shutil.copytree(stems[0].path.parent, folder)
    harm(folder)
    again = write_stems(folder)
    assert [stem.path.read_bytes() for stem in again] == [stem.path.read_bytes() for stem in stems]
    assert (folder / MANIFEST).read_text().startswith("{\n")
