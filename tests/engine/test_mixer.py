"""What a mix goes through, seen from the DAW's side and from the user's."""

import math
from random import Random
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.engine.wire_daw import WireDaw
from tonn_bridge.core import Gain, GainMode, Pan, Param, TonnSettings, TrackSpec
from tonn_bridge.core.mix import Showing
from tonn_bridge.engine.memory import recall, remember
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.errors import NotPossible
from tonn_bridge.mapping import DawMapping, load, shipped

REAPER, BITWIG = DawMapping(load("reaper")), DawMapping(load("bitwig"))
PROPOSAL = {
    1: TonnSettings(gain_db=-4.0, pan=Pan(-0.5)),
    2: TonnSettings(gain_db=-18.0, pan=Pan(0.25)),
    3: TonnSettings(),
}


class GoodLine(Random):
    """Nothing is lost, doubled or late."""

    def choice(self, options: Any) -> Any:
        return options[0]

    def random(self) -> float:
        return 1.0


class Room:
    """A mixer with three tracks and a DAW that answers at once."""

    def __init__(
        self,
        mapping: DawMapping = REAPER,
        proposal: dict[int, TonnSettings] | None = None,
        steps: dict[Param, float] | None = None,
        **options: Any,
    ):
        self.clock = FakeClock()
        self.daw = WireDaw(mapping, 3, self.clock, GoodLine(1), steps)
        tracks = [TrackSpec(number, name) for number, name in enumerate(("Bass", "Lead", "Pad"), 1)]
        self.mixer = Mixer(tracks, self.daw, self.clock, glide_s=0.2, **options)
        self.daw.start(self.mixer)
        self.mixer.set_proposal(PROPOSAL if proposal is None else proposal)

    def do(self, action: str, *arguments: Any, wait: float = 3.0) -> None:
        getattr(self.mixer, action)(*arguments)
        self.mixer.depart()
        self.clock.advance(wait)

    def hand(self, number: int, value: float, param: Param = Param.GAIN, wait: float = 3.0) -> None:
        self.daw.hand((number, param), self.daw.scale(param).wire_of(value))
        self.clock.advance(wait)

    def faders(self) -> list[float]:
        """The DAW's own faders in dB."""
        scale = self.daw.scale(Param.GAIN)
        return [scale.value_of(self.daw.holds[number, Param.GAIN]) for number in (1, 2, 3)]

    def adjusted(self) -> list[float | None]:
        return [track.adjust_db for track in self.mixer.view.tracks]


@pytest.fixture
def room() -> Room:
    return Room()


def test_apply_needs_a_proposal_and_a_daw_that_answers():
    with pytest.raises(NotPossible, match="preview first"):
        Room(proposal={}).mixer.apply()
    room = Room()
    room.mixer.daw_lost()
    with pytest.raises(NotPossible, match="does not answer"):
        room.mixer.apply()


def test_apply_refuses_while_a_fader_is_unknown_because_the_users_mix_could_not_be_kept():
    room = Room()
    fresh = Mixer([TrackSpec(1, "Bass")], room.daw, room.clock)
    fresh.daw_bound({1: 1}, {1: {}}, fresh=True)
    fresh.set_proposal({1: PROPOSAL[1]})
    with pytest.raises(NotPossible, match="Bass"):
        fresh.apply()


def test_apply_keeps_the_users_mix_and_sets_the_proposal(room):
    room.do("apply")
    assert room.faders() == pytest.approx([-4.0, -18.0, -10.0])
    assert room.daw.holds[1, Param.PAN] == pytest.approx(0.25)
    view = room.mixer.view
    assert view.showing is Showing.PROPOSAL
    assert view.applied
    assert not view.moving
    assert [track.user.gain for track in view.tracks] == [Gain(-10.0)] * 3
    assert room.adjusted() == [0.0, 0.0, 0.0]


def test_nothing_moves_before_it_departs(room):
    room.mixer.apply()
    room.clock.advance(3.0)
    assert room.faders() == [-10.0] * 3
    assert room.mixer.view.moving


def test_a_track_tonn_said_nothing_about_stays_and_can_still_be_adjusted(room):
    room.do("apply")
    room.hand(3, -7.0)
    assert room.adjusted() == [0.0, 0.0, pytest.approx(3.0)]


def test_a_hand_is_an_adjustment_in_db_against_what_tonn_set(room):
    room.do("apply")
    room.hand(1, -2.0)
    room.hand(2, 0.4, Param.PAN)
    assert room.adjusted() == [pytest.approx(2.0), 0.0, 0.0]
    assert [track.pan_changed for track in room.mixer.view.tracks] == [False, True, False]


def test_a_fader_pulled_down_counts_from_minus_90_db(room):
    room.do("apply")
    room.hand(1, -math.inf)
    assert room.adjusted()[0] == pytest.approx(-86.0)


def test_a_hand_wins_over_the_glide_on_its_track_and_only_there(room):
    room.do("apply", wait=0.1)
    room.hand(1, 3.0)
    assert room.faders() == pytest.approx([3.0, -18.0, -10.0])
    assert room.adjusted() == [pytest.approx(7.0), 0.0, 0.0]


def test_compare_shows_the_users_mix_and_comes_back_to_the_ridden_one(room):
    room.do("apply")
    room.hand(1, -2.0)
    room.do("compare")
    assert room.faders() == [-10.0] * 3
    assert room.adjusted() == [pytest.approx(2.0), 0.0, 0.0]
    assert room.mixer.view.showing is Showing.USER
    room.do("compare")
    assert room.faders() == pytest.approx([-2.0, -18.0, -10.0])
    assert room.adjusted() == [pytest.approx(2.0), 0.0, 0.0]


def test_a_hand_while_comparing_edits_the_users_mix(room):
    room.do("apply")
    room.do("compare")
    room.hand(2, -6.0)
    assert room.adjusted() == [0.0, 0.0, 0.0]
    assert room.mixer.view.track(2).user.gain == Gain(-6.0)
    room.do("compare")
    room.do("revert")
    assert room.faders() == pytest.approx([-10.0, -6.0, -10.0])


@pytest.mark.parametrize(("amount", "faders"), [(0.0, [-10.0, -10.0]), (0.5, [-7.0, -14.0]), (1.0, [-4.0, -18.0])])
def test_morph_blends_straight_in_db_and_moves_the_adjustment(room, amount, faders):
    room.do("apply")
    room.do("morph", amount)
    assert room.faders()[:2] == pytest.approx(faders)
    assert room.adjusted()[:2] == pytest.approx([faders[0] + 4.0, faders[1] + 18.0])


def test_morph_keeps_off_only_at_its_own_end():
    room = Room()
    room.hand(1, -math.inf)
    room.do("apply")
    room.do("morph", 0.5)
    assert room.faders()[0] == pytest.approx(-47.0)
    room.do("morph", 0.0)
    assert room.faders()[0] == -math.inf


@pytest.mark.parametrize("action", ["revert", "compare"])
def test_nothing_to_take_back_before_apply(room, action):
    with pytest.raises(NotPossible, match="nothing has been applied"):
        getattr(room.mixer, action)()


def test_revert_is_exact_and_the_next_apply_keeps_the_users_new_mix(room):
    room.hand(1, -8.7654)
    own = dict(room.daw.holds)
    room.do("apply")
    room.hand(2, -3.0)
    room.do("revert")
    assert room.daw.holds == own
    assert not room.mixer.view.applied
    room.hand(3, -1.0)
    room.do("apply")
    room.do("revert")
    assert room.faders() == pytest.approx([-8.7654, -10.0, -1.0])


def test_apply_again_takes_back_the_rides_and_never_forgets_the_users_mix(room):
    room.do("apply")
    room.hand(1, 0.0)
    room.do("apply")
    assert room.faders()[0] == pytest.approx(-4.0)
    assert room.adjusted()[0] == 0.0
    room.do("revert")
    assert room.faders() == [-10.0] * 3


def test_apply_pressed_in_the_middle_of_a_revert_keeps_the_users_mix(room):
    room.do("apply")
    room.do("revert", wait=0.07)
    room.do("apply")
    room.do("revert")
    assert room.faders() == [-10.0] * 3


def test_relative_mode_adds_tonns_gain_to_the_users_fader():
    room = Room(mode=GainMode.RELATIVE)
    room.do("apply")
    assert room.faders()[:2] == pytest.approx([-14.0, -28.0])
    room.do("apply")
    assert room.faders()[:2] == pytest.approx([-14.0, -28.0])


def test_what_the_fader_cannot_reach_is_limited_and_said():
    room = Room(proposal={1: TonnSettings(gain_db=20.0), 2: TonnSettings(), 3: TonnSettings()})
    room.do("apply")
    assert room.faders()[0] == pytest.approx(12.0)
    (limit,) = room.mixer.view.track(1).limited
    assert (limit.parameter, limit.wanted, limit.got) == ("gain_db", 20.0, 12.0)


def test_a_move_from_outside_is_a_hand_too_and_stops_at_the_ends(room):
    room.do("apply")
    room.do("move", 1, Param.GAIN, 40.0)
    assert room.faders()[0] == pytest.approx(12.0)
    room.do("adjust", 1, -1.5)
    assert room.faders()[0] == pytest.approx(-5.5)
    assert room.adjusted()[0] == pytest.approx(-1.5)


def test_adjust_needs_something_to_adjust_against(room):
    with pytest.raises(NotPossible, match="apply"):
        room.mixer.adjust(1, 1.0)
    room.do("apply")
    room.do("compare")
    with pytest.raises(NotPossible, match="apply"):
        room.mixer.adjust(1, 1.0)


def test_a_coarse_fader_that_lands_beside_the_value_is_no_adjustment():
    coarse = Room(BITWIG)
    coarse.do("apply")
    settled = coarse.mixer.view.track(1)
    assert settled.adjust_db == 0.0
    assert settled.baseline.gain is not None
    assert settled.baseline.gain.db == pytest.approx(-4.0, abs=0.01)


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("user_db", [-10.0, -3.3, -27.77])
def test_a_daw_coarser_than_its_mapping_says_makes_no_adjustment_of_its_own(name, user_db):
    room = Room(DawMapping(load(name)), steps={Param.GAIN: 0.3, Param.PAN: 0.015})
    for number in (1, 2, 3):
        room.hand(number, user_db)
    room.do("apply")
    assert room.adjusted() == [0.0, 0.0, 0.0]
    assert room.faders()[:2] == pytest.approx([-4.0, -18.0], abs=0.16)
    room.hand(1, -1.5)
    assert room.adjusted()[0] == pytest.approx(-1.5 - room.mixer.view.track(1).baseline.gain.db, abs=0.02)
    room.do("compare")
    room.do("compare")
    assert room.adjusted()[1:] == [0.0, 0.0]


def test_a_daw_that_comes_back_with_the_old_mix_gets_the_ridden_one_again(room):
    room.do("apply")
    room.hand(1, -2.0)
    room.mixer.daw_lost()
    for control, wire in {(1, Param.GAIN): -10.0, (2, Param.GAIN): -10.0, (1, Param.PAN): 0.5}.items():
        room.daw.holds[control] = wire
    room.daw.start(room.mixer)
    room.clock.advance(3.0)
    assert room.faders() == pytest.approx([-2.0, -18.0, -10.0])
    assert room.adjusted() == [pytest.approx(2.0), 0.0, 0.0]


def test_a_daw_that_comes_back_with_something_else_has_been_moved_by_a_hand(room):
    room.do("apply")
    room.mixer.daw_lost()
    room.daw.holds[2, Param.GAIN] = -15.0
    room.daw.start(room.mixer)
    room.clock.advance(3.0)
    assert room.faders()[1] == -15.0
    assert room.adjusted()[1] == pytest.approx(3.0)


def test_a_glide_cut_off_by_a_silent_daw_ends_when_it_is_back(room):
    room.do("apply", wait=0.05)
    room.mixer.daw_lost()
    room.clock.advance(5.0)
    room.daw.start(room.mixer)
    room.clock.advance(3.0)
    assert room.faders() == pytest.approx([-4.0, -18.0, -10.0])
    assert room.adjusted() == [0.0, 0.0, 0.0]


def test_tracks_that_change_places_take_their_settings_along(room):
    room.do("apply")
    readings = {n: {p: room.daw.holds[n, p] for p in (Param.GAIN, Param.PAN)} for n in (1, 2, 3)}
    room.mixer.daw_bound({1: 3, 2: 1, 3: 2}, readings, fresh=False)
    room.clock.advance(3.0)
    assert room.adjusted() == [0.0, 0.0, 0.0]
    assert [track.strip for track in room.mixer.view.tracks] == [3, 1, 2]


def test_memory_survives_and_a_restart_in_mid_glide_goes_on(room):
    room.do("apply", wait=0.1)
    document = remember(room.mixer, "reaper")
    again = Mixer([strip.spec for strip in room.mixer.strips.values()], room.daw, room.clock)
    recall(again, document, "reaper")
    again.set_proposal(PROPOSAL)
    room.daw.start(again)
    room.clock.advance(3.0)
    assert room.faders() == pytest.approx([-4.0, -18.0, -10.0])
    again.revert()
    again.depart()
    room.clock.advance(3.0)
    assert room.faders() == [-10.0] * 3


def test_memory_of_another_mapping_is_converted_by_value(room):
    room.do("apply")
    room.hand(1, -2.0)
    other = Room(BITWIG)
    recall(other.mixer, remember(room.mixer, "reaper"), "bitwig")
    track = other.mixer.view.track(1)
    assert track.user.gain is not None
    assert track.user.gain.db == pytest.approx(-10.0, abs=0.01)
    assert track.baseline.gain is not None
    assert track.baseline.gain.db == pytest.approx(-4.0, abs=0.01)


def test_views_are_the_same_object_until_something_changes(room):
    before = room.mixer.view
    assert room.mixer.view is before
    room.hand(1, -3.0)
    assert room.mixer.view is not before
    assert room.mixer.view.sequence > before.sequence
