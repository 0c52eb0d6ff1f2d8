"""The check against the real sandbox: every way of telling the settings is seen for what it is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import soundfile
from scipy.signal import fftconvolve

from tests.fidelity.songs import BAND, RATE, Part, mix_song, play, spelled_anew, write_song
from tonn_bridge.errors import BridgeError
from tonn_bridge.fidelity import Question, check, contradicted, told
from tonn_bridge.tonn import Reverb, Units


def answers(found):
    return {verdict.question.value: verdict.answer for verdict in found.verdicts}


@pytest.mark.parametrize(
    ("times", "pan", "trim"), list(product(("s", "ms"), ("left_negative", "left_positive"), (True, False)))
)
def test_the_units_the_sign_and_the_trim_are_found(shared_sandbox, mixed, times, pan, trim):
    found = check(spelled_anew(shared_sandbox, mixed, times=times, pan=pan, trim=trim))
    assert answers(found) == {"times": times, "pan": pan, "trim": "apply" if trim else None}
    assert found.residual_db < -15.0
    assert abs(found.gain_db) < 0.5
    if not trim:
        assert "trim: not decidable from this song: Tonn sent no trim" in map(told, found.verdicts)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (Units(), []),
        (Units(times="s", pan="left_negative", trim="apply"), []),
        (Units(times="ms"), ["times"]),
        (Units(pan="left_positive"), ["pan"]),
        (Units(trim="ignore"), ["trim"]),
        (Units("ms", "left_positive", "ignore"), ["times", "pan", "trim"]),
    ],
)
def test_a_session_that_says_otherwise_is_told(shared_sandbox, mixed, said, wrong):
    evidence = replace(spelled_anew(shared_sandbox, mixed), units=said)
    found = check(evidence)
    assert [verdict.question.value for verdict in found.wrong()] == wrong
    for verdict in found.wrong():
        text = contradicted(verdict, found.session[verdict.question])
        assert f'{verdict.question} = "{getattr(said, verdict.question)}" is wrong' in text
        assert f'made with {verdict.question} = "{verdict.answer}"' in text


def test_auto_is_told_by_what_it_comes_to(shared_sandbox, mixed):
    assert check(spelled_anew(shared_sandbox, mixed, times="ms")).session[Question.TIMES] == "ms"
    assert check(spelled_anew(shared_sandbox, mixed, times="s")).session[Question.TIMES] == "s"


def test_levels_bands_loudness_and_balances_agree_where_all_is_well(shared_sandbox, mixed):
    found = check(spelled_anew(shared_sandbox, mixed))
    assert found.mp3_residual_db == pytest.approx(found.residual_db, abs=6.0)
    assert found.preview_lufs == pytest.approx(found.ours_lufs, abs=0.3)
    heard = [band for band in found.bands if band.difference_db is not None and band.centre_hz < 10_000]
    assert len(heard) >= 6
    assert all(abs(band.difference_db) < 0.5 for band in heard)
    assert [track.name for track in found.tracks] == ["Kick", "Bass", "Keys", "Hats"]
    for track in found.tracks:
        assert abs(track.level_db) < 1.0
        assert track.balance_heard_db == pytest.approx(track.balance_set_db, abs=0.3)
        assert track.residual_db < -8.0
    assert found.tracks[2].balance_set_db < -5.0
    assert found.tracks[3].balance_set_db > 5.0
    assert found.causes == ()


def test_without_mixed_stems_the_balances_come_from_the_mix(shared_sandbox, mixed):
    evidence = spelled_anew(shared_sandbox, mixed)
    bare = tuple(replace(track, mixed=None) for track in evidence.tracks)
    for track in check(replace(evidence, tracks=bare)).tracks:
        assert track.residual_db is None
        assert abs(track.level_db) < 1.0
        assert track.balance_heard_db == pytest.approx(track.balance_set_db, abs=0.5)


def test_a_preview_in_the_middle_of_the_song_is_found_there(sandbox, tmp_path):
    files = write_song(tmp_path / "stems", seconds=33.0)
    for file in files:
        sound, _ = soundfile.read(file)
        sound[: 3 * RATE] *= 0.1
        soundfile.write(file, sound, RATE, subtype="PCM_24")
    found = check(mix_song(sandbox, tmp_path, files=files))
    assert found.start_s == pytest.approx(round(found.start_s), abs=0.002)
    assert 2.0 <= found.start_s <= 3.1
    assert found.seconds == pytest.approx(30.0, abs=0.1)
    assert answers(found) == {"times": "s", "pan": "left_negative", "trim": "apply"}


def test_stems_and_preview_may_have_different_rates(sandbox, tmp_path):
    files = write_song(tmp_path / "stems", rate=48_000)
    found = check(mix_song(sandbox, tmp_path, files=files))
    assert answers(found) == {"times": "s", "pan": "left_negative", "trim": "apply"}
    assert found.residual_db < -15.0


def test_a_song_in_the_centre_decides_no_pan(sandbox, tmp_path):
    parts = [replace(part, pan="CENTRE") for part in BAND]
    found = check(mix_song(sandbox, tmp_path, parts))
    assert answers(found) == {"times": "s", "pan": None, "trim": "apply"}
    assert "pan: not decidable from this song: every track stands in the centre" in map(told, found.verdicts)
    assert found.wrong() == []


def with_preview(evidence, folder, change):
    """The same evidence with a preview that `change` has made of its samples (frames, 2), kept without loss."""
    sound, rate = soundfile.read(evidence.preview)
    soundfile.write(folder / "changed.wav", change(sound), rate, subtype="FLOAT")
    return replace(evidence, preview=folder / "changed.wav")


@pytest.mark.parametrize("channels", [1, 2])
def test_a_mono_preview_decides_no_pan(shared_sandbox, mixed, tmp_path, channels):
    mono = with_preview(
        spelled_anew(shared_sandbox, mixed),
        tmp_path,
        lambda sound: sound.mean(axis=1)[:, None].repeat(channels, axis=1),
    )
    found = check(mono)
    assert answers(found) == {"times": "s", "pan": None, "trim": "apply"}
    assert found.verdicts[1].why == "the preview is mono"


@pytest.mark.parametrize(("swapped", "answer"), [(0.0, "left_negative"), (0.42, None), (1.0, "left_positive")])
def test_a_preview_between_two_readings_decides_neither(shared_sandbox, mixed, tmp_path, swapped, answer):
    evidence = spelled_anew(shared_sandbox, mixed)
    found = check(with_preview(evidence, tmp_path, lambda s: (1.0 - swapped) * s + swapped * s[:, ::-1]))
    assert answers(found)["pan"] == answer
    if answer is None:
        assert found.verdicts[1].why == "the preview lies between the two readings"


def test_a_preview_drowned_in_something_else_decides_nothing(shared_sandbox, mixed, tmp_path):
    dice = np.random.default_rng(3)
    drowned = with_preview(
        spelled_anew(shared_sandbox, mixed), tmp_path, lambda s: s + 1.5 * s.std() * dice.standard_normal(s.shape)
    )
    found = check(drowned)
    assert set(answers(found).values()) == {None}
    assert {v.why for v in found.verdicts} == {"too little of the preview is in these settings, however they are read"}


@pytest.mark.parametrize(
    ("wet", "told_anyway"), [(0.1, {"times", "pan", "trim"}), (0.3, {"pan"})], ids=["a-little-room", "a-lot-of-room"]
)
def test_a_reverb_takes_verdicts_away_and_never_turns_one_round(shared_sandbox, mixed, tmp_path, wet, told_anyway):
    tail = np.random.default_rng(4).standard_normal((RATE, 2)) * np.exp(-np.arange(RATE) / (0.15 * RATE))[:, None]
    tail *= wet / np.sqrt((tail**2).sum(axis=0))
    evidence = spelled_anew(shared_sandbox, mixed, times="ms", pan="left_positive")
    found = check(with_preview(evidence, tmp_path, lambda s: s + fftconvolve(s, tail, axes=0)[: len(s)]))
    right = {"times": "ms", "pan": "left_positive", "trim": "apply"}
    assert answers(found) == {key: answer if key in told_anyway else None for key, answer in right.items()}


def test_one_trim_for_all_and_no_compressor_decide_no_trim(shared_sandbox, mixed):
    evidence = spelled_anew(shared_sandbox, mixed)
    alike = {
        name: section
        | {"gain_settings": section["gain_settings"] | {"initial_gain": 0.5}}
        | {"drc_settings": section["drc_settings"] | {"ratio": 1.0}}
        for name, section in evidence.settings.items()
    }
    found = check(replace(evidence, settings=alike))
    assert answers(found)["trim"] is None
    assert found.verdicts[2].why == "every track has the same trim"


def test_compressors_that_do_nothing_decide_no_times(shared_sandbox, mixed):
    evidence = spelled_anew(shared_sandbox, mixed)
    idle = {
        name: section | {"drc_settings": section["drc_settings"] | {"ratio": 1.0}}
        for name, section in evidence.settings.items()
    }
    found = check(replace(evidence, settings=idle))
    assert answers(found)["times"] is None
    assert found.verdicts[0].why == "no compressor reaches its threshold in this preview"


def test_settings_without_compressors_decide_no_times(shared_sandbox, mixed):
    evidence = spelled_anew(shared_sandbox, mixed)
    bare = {name: {**section, "drc_settings": {}} for name, section in evidence.settings.items()}
    found = check(replace(evidence, settings=bare))
    assert found.verdicts[0].why == "Tonn sent no attack and no release"


def test_a_gain_over_everything_is_fitted_and_named(shared_sandbox, mixed, tmp_path):
    evidence = spelled_anew(shared_sandbox, mixed)
    found = check(with_preview(evidence, tmp_path, lambda sound: sound * 10 ** (-6.0 / 20)))
    assert found.gain_db == pytest.approx(-6.1, abs=0.2)
    assert found.residual_db < -15.0
    assert found.mp3_residual_db is None
    assert any("6.1 dB softer" in cause for cause in found.causes)
    assert answers(found) == {"times": "s", "pan": "left_negative", "trim": "apply"}


def test_a_limiter_and_a_reverb_are_named(shared_sandbox, mixed, tmp_path):
    evidence = spelled_anew(shared_sandbox, mixed)
    limited = with_preview(evidence, tmp_path, lambda s: np.clip(s, -0.25 * np.abs(s).max(), 0.25 * np.abs(s).max()))
    wet = tuple(replace(track, reverb=Reverb.LOW if track.name == "Keys" else Reverb.NONE) for track in evidence.tracks)
    found = check(replace(limited, tracks=wet))
    assert any("a limiter on the master" in cause for cause in found.causes)
    assert 'reverb was asked for on "Keys" (low), and comes back in no setting' in found.causes


def test_a_stem_that_is_a_url_is_left_out_and_named(shared_sandbox, mixed):
    evidence = spelled_anew(shared_sandbox, mixed)
    tracks = tuple(replace(t, file=None, mixed=None) if t.name == "Keys" else t for t in evidence.tracks)
    found = check(replace(evidence, tracks=tracks))
    assert [track.name for track in found.tracks] == ["Kick", "Bass", "Hats"]
    assert any('"Keys" could not be rendered' in cause for cause in found.causes)
    assert answers(found)["pan"] == "left_negative"


def test_a_preview_of_other_stems_is_refused(shared_sandbox, mixed, tmp_path):
    evidence = spelled_anew(shared_sandbox, mixed)
    other = write_song(tmp_path, [Part(part.name, part.freq * 1.37, -6.0) for part in BAND])
    noise = [play(part, 4.0, 90 + seed) for seed, part in enumerate(BAND)]
    for file, sound in zip(other, noise, strict=True):
        soundfile.write(file, np.random.default_rng(7).permutation(sound), RATE)
    tracks = tuple(replace(t, file=file) for t, file in zip(evidence.tracks, other, strict=True))
    with pytest.raises(BridgeError, match="nowhere in these stems"):
        check(replace(evidence, tracks=tracks))


def test_stems_made_after_the_preview_are_named(shared_sandbox, mixed, tmp_path):
    evidence = spelled_anew(shared_sandbox, mixed)
    again = tmp_path / "kick.wav"
    again.write_bytes(evidence.tracks[0].file.read_bytes())
    tracks = (replace(evidence.tracks[0], file=again), *evidence.tracks[1:])
    assert any(
        'stems of "Kick" are newer than the preview' in c for c in check(replace(evidence, tracks=tracks)).causes
    )


@pytest.mark.parametrize("missing", ["preview", "stem"])
def test_a_file_that_has_gone_is_named(shared_sandbox, mixed, tmp_path, missing):
    evidence = spelled_anew(shared_sandbox, mixed)
    gone = tmp_path / "gone.wav"
    changed = {"preview": gone} if missing == "preview" else {"tracks": (replace(evidence.tracks[0], file=gone),)}
    with pytest.raises(BridgeError, match=r"gone\.wav is not there any more"):
        check(replace(evidence, **changed))


def test_an_mp3_without_a_libsndfile_that_reads_it_is_told(shared_sandbox, mixed, monkeypatch):
    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": "WAV (Microsoft)"})
    with pytest.raises(BridgeError, match=r"libsndfile .* cannot read"):
        check(mixed)
