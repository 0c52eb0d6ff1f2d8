"""The mix as it is kept: it comes back as it was, by the names of the tracks."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.engine.studio import MAPPING, ObedientDaw
from tonn_bridge.core import Compressor, EqBand, Param, TonnSettings, TrackSpec
from tonn_bridge.core.tuning import Part
from tonn_bridge.engine import Mixer, recall, remember
from tonn_bridge.mapping import DawMapping, load


def mixer_of(names, mapping=MAPPING):
    daw = ObedientDaw()
    daw.scale = mapping.scale
    mixer = Mixer([TrackSpec(number, name) for number, name in enumerate(names, 1)], daw, FakeClock(), glide_s=0.0)
    return mixer, daw


async def applied(names, proposals=(-10.0, -12.0)):
    mixer, daw = mixer_of(names)
    mixer.set_proposal({number: TonnSettings(gain_db=db) for number, db in enumerate(proposals, 1)})
    daw.open(mixer)
    mixer.apply()
    mixer.depart()
    await mixer.still()
    return mixer, daw


def through_json(document):
    return json.loads(json.dumps(document))


def user_db(mixer, name):
    return next(track.user.gain.db for track in mixer.view.tracks if track.name == name)


async def test_all_of_it_comes_back():
    before, daw = await applied(["Kick", "Bass"])
    daw.hand(1, 2.0)
    document = through_json(remember(before, "REAPER"))
    after, again = mixer_of(["Kick", "Bass"])
    after.set_proposal({1: TonnSettings(gain_db=-10.0), 2: TonnSettings(gain_db=-12.0)})
    recall(after, document, "REAPER")
    again.holds = dict(daw.holds)
    again.open(after)
    assert [track.user for track in after.view.tracks] == [track.user for track in before.view.tracks]
    assert [track.baseline for track in after.view.tracks] == [track.baseline for track in before.view.tracks]
    assert after.view.tracks[0].adjust_db == pytest.approx(2.0, abs=1e-3)
    assert (after.applied, after.showing) == (True, before.showing)
    assert through_json(remember(after, "REAPER")) == document


TURNABLE = TonnSettings(gain_db=-10.0, eq=(EqBand(1, 100.0, -2.0, 1.0),), comp=Compressor(-20.0, 2.0, 0.01, None))


@pytest.mark.parametrize(
    ("proposed", "tuned"),
    [
        pytest.param(TURNABLE, (EqBand(1, 100.0, -1.0, 1.0),), id="the-same-mix"),
        pytest.param(replace(TURNABLE, gain_db=-11.0), None, id="a-newer-mix"),
    ],
)
async def test_what_a_hand_made_of_tonns_equaliser_comes_back_with_the_mix_it_was_made_of(proposed, tuned):
    before, _ = mixer_of(["Kick", "Bass"])
    before.set_proposal({1: TURNABLE})
    before.tuner.tune(1, Part.EQ, 1, ticks=2)
    after, _ = mixer_of(["Kick", "Bass"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert not after.has_proposal
    after.set_proposal({1: proposed})
    assert after.view.tracks[0].tuned_eq == tuned
    assert after.view.tracks[0].tuned_comp is None


async def test_a_fader_that_is_off_comes_back_off():
    before, daw = mixer_of(["Kick", "Bass"])
    before.set_proposal({1: TonnSettings(gain_db=-10.0), 2: TonnSettings(gain_db=-12.0)})
    daw.holds[1, Param.GAIN] = daw.scale(Param.GAIN).wire_of(float("-inf"))
    daw.open(before)
    before.apply()
    after, _ = mixer_of(["Kick", "Bass"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert user_db(after, "Kick") == float("-inf")


async def test_tracks_that_changed_places_keep_their_own_mix():
    before, _ = await applied(["Kick", "Bass"])
    after, _ = mixer_of(["Bass", "Kick"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert user_db(after, "Kick") == pytest.approx(-3.0, abs=1e-3)
    assert user_db(after, "Bass") == pytest.approx(-4.0, abs=1e-3)


async def test_a_track_that_was_renamed_keeps_its_place():
    before, _ = await applied(["Kick", "Bass"])
    after, _ = mixer_of(["Kick", "Low end"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert user_db(after, "Low end") == pytest.approx(-4.0, abs=1e-3)


async def test_a_new_track_takes_nobodys_values():
    before, _ = await applied(["Kick", "Bass"])
    after, _ = mixer_of(["Flute", "Kick", "Bass"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert after.view.tracks[0].user.gain is None
    assert user_db(after, "Bass") == pytest.approx(-4.0, abs=1e-3)


async def test_two_tracks_of_one_name_are_told_apart_by_their_places():
    before, _ = await applied(["Vox", "Vox"])
    after, _ = mixer_of(["Vox", "Vox"])
    recall(after, through_json(remember(before, "REAPER")), "REAPER")
    assert [track.user.gain.db for track in after.view.tracks] == [
        pytest.approx(-3.0, abs=1e-3),
        pytest.approx(-4.0, abs=1e-3),
    ]


async def test_under_another_daw_the_values_are_converted():
    before, _ = await applied(["Kick", "Bass"])
    live = DawMapping(load("ableton", Path()))
    after, _ = mixer_of(["Kick", "Bass"], live)
    recall(after, through_json(remember(before, "REAPER")), live.name)
    assert user_db(after, "Kick") == pytest.approx(-3.0, abs=0.01)
    assert after.strips[1].user[Param.GAIN] != before.strips[1].user[Param.GAIN]
