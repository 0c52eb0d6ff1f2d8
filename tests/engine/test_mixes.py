"""What becomes of a mix between a file, the journal and a session's tracks: nothing is lost, nothing is guessed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.studio import ASK, make_job
from tests.mixes import BASS, SETTINGS, mix_of
from tonn_bridge.core import GainMode, Pan
from tonn_bridge.core.portable import STILL, PortableTrack, StemFacts
from tonn_bridge.engine.journal import Imported
from tonn_bridge.engine.mixes import imported, journaled, place, same_settings
from tonn_bridge.errors import MixMisfit

NAMES = ("Kick", "Bass", "Voice")
JOB = make_job(Path("/songs"), ASK)


def stem(digit: str) -> StemFacts:
    return StemFacts(f"{digit}.wav", digit * 64, 1.0, 44_100, 1)


def placed(mix, hashes=None, job=JOB):
    return place(mix, job, hashes or {}, GainMode.ABSOLUTE)


@given(st.lists(SETTINGS, min_size=3, max_size=3), st.permutations(NAMES), st.permutations(NAMES))
def test_every_setting_is_the_same_after_the_journal_whatever_the_order_of_the_tracks(settings, theirs, ours):
    by_name = dict(zip(theirs, settings, strict=True))
    mix = mix_of(*(PortableTrack(n, name, by_name[name]) for n, name in enumerate(theirs, 1)))
    written = json.loads(json.dumps(journaled(mix, placed(mix), JOB)))
    found = imported(Imported(written["mix"], written["sources"]), make_job(Path("/songs"), ASK, names=ours))
    assert found.settings == {number: by_name[name] for number, name in enumerate(ours, 1)}
    assert same_settings(found.settings, {number: by_name[name] for number, name in enumerate(ours, 1)})


@pytest.mark.parametrize(
    ("tracks", "hashes", "found"),
    [
        pytest.param([("Bass", None)], {}, {2: 1}, id="by-name"),
        pytest.param([("  bASS ", None)], {}, {2: 1}, id="names-as-people-write-them"),
        pytest.param([("Bass", stem("a"))], {1: "a" * 64}, {1: 1}, id="content-before-name"),
        pytest.param([("Flute", stem("a")), ("Kick", None)], {1: "a" * 64}, {1: 1}, id="content-takes-the-place"),
        pytest.param([("Bass", None), ("Bass", None), ("Kick", None)], {}, {1: 3}, id="a-name-twice-tells-nothing"),
        pytest.param(
            [("X", stem("a")), ("Y", stem("a")), ("Kick", None)], {2: "a" * 64}, {1: 3}, id="content-twice-too"
        ),
        pytest.param([("Voice", stem("b"))], {3: "a" * 64}, {3: 1}, id="another-stem-of-the-same-name"),
    ],
)
def test_which_track_is_which(tracks, hashes, found):
    mix = mix_of(*(PortableTrack(n, name, BASS, STILL, facts) for n, (name, facts) in enumerate(tracks, 1)))
    assert {own: track.number for own, track in placed(mix, hashes).tracks.items()} == found


def test_two_tracks_of_one_name_in_the_session_are_not_told_apart_by_it():
    with pytest.raises(MixMisfit, match='has nothing for "Bass"'):
        placed(mix_of(PortableTrack(1, "Bass", BASS)), job=make_job(Path("/songs"), ASK, names=("Bass", "Bass")))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"gain_db": BASS.gain_db + 1e-12}, True),
        ({"gain_db": BASS.gain_db + 1e-6}, False),
        ({"gain_db": None}, False),
        ({"pan": Pan(0.5)}, False),
        ({"eq": ()}, False),
        ({"eq": (replace(BASS.eq[0], q=2.67),)}, False),
        ({"comp": None}, False),
        ({"comp": replace(BASS.comp, attack_s=None)}, False),
        ({"trim_db": 0.0}, False),
    ],
)
def test_settings_are_the_same_but_for_what_writing_them_down_may_cost(change, same):
    assert same_settings({1: BASS}, {1: replace(BASS, **change)}) is same
    assert not same_settings({1: BASS}, {1: replace(BASS, **change), 2: BASS})
