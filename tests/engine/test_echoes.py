"""Whose hand was it? Random days at the mixer, for every DAW that ships: no phantom adjustment, no lost hand move."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import FakeClock
from tests.engine.wire_daw import Control, WireDaw
from tonn_bridge.core import Pan, Param, TonnSettings, TrackSpec
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.strip import LANDING
from tonn_bridge.errors import NotPossible
from tonn_bridge.mapping import DawMapping, load, shipped

TRACKS = 2
MAPPINGS = {name: DawMapping(load(name)) for name in shipped()}
PROPOSAL = {1: TonnSettings(gain_db=-4.3, pan=Pan(-0.4)), 2: TonnSettings(gain_db=-17.7, pan=Pan(0.25))}

share = st.floats(0.0, 1.0)
control = st.tuples(st.integers(1, TRACKS), st.sampled_from([Param.GAIN, Param.PAN]))
step = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.004, 0.03, 0.11, 0.4, 1.7])),
    st.tuples(st.just("hand"), control, share),
    st.tuples(st.just("move"), control, share),
    st.tuples(st.sampled_from(["apply", "compare", "revert"])),
    st.tuples(st.just("morph"), share),
)


class Day:
    """One mixer, one DAW, and what the people at it would swear to have done last to each control."""

    def __init__(self, name: str, noise: Random) -> None:
        self.clock = FakeClock()
        self.daw = WireDaw(MAPPINGS[name], TRACKS, self.clock, noise)
        tracks = [TrackSpec(number, f"Track {number}") for number in range(1, TRACKS + 1)]
        self.mixer = Mixer(tracks, self.daw, self.clock, glide_s=0.1)
        self.daw.start(self.mixer)
        self.mixer.set_proposal(PROPOSAL)
        self.hands: dict[Control, float] = {}

    def do(self, name: str, *arguments: object) -> None:
        if name == "wait":
            self.clock.advance(*arguments)
        elif name == "hand":
            self.hand(*arguments)
        else:
            self.act(name, *arguments)

    def hand(self, control: Control, share: float) -> None:
        if control not in self.daw.holds:
            return
        wire = self.somewhere(control, share)
        scale = self.daw.scale(control[1])
        value, near = scale.value_of(wire), 1.3 * LANDING[control[1]](scale.value_of(wire)) + 0.005
        strip = self.mixer.strips[control[0]]
        going_to = strip.wires(self.mixer.proposal(strip))[control[1]]
        judge = strip.judges[control[1]]
        ours = [*self.daw.on_its_way(control), self.daw.holds[control], judge.reading, judge.shown, going_to]
        if any(abs(value - scale.value_of(other)) < near for other in ours):
            return  # on the very spot of a write of ours nobody could tell the two apart
        if self.mixer.goal is not None and self.on_the_way(control, value, near):
            return  # nor where a glide passes in the moment the news takes
        self.hands[control] = wire
        self.daw.hand(control, wire)

    def on_the_way(self, control: Control, value: float, near: float) -> bool:
        scale, strip = self.daw.scale(control[1]), self.mixer.strips[control[0]]
        goals = (strip.user, strip.ridden, strip.wires(self.mixer.proposal(strip)))
        ends = [scale.value_of(goal[control[1]]) for goal in goals if control[1] in goal]
        ends.append(scale.value_of(self.daw.holds[control]))
        return min(ends) - near < value < max(ends) + near

    def act(self, name: str, *arguments: object) -> None:
        self.clock.advance(self.daw.habits.late_s / 4)  # what a hand has done before is known by now
        self.daw.changes.update(self.daw.controls)
        try:
            if name == "move":
                moved, share = arguments
                if moved not in self.daw.holds:
                    return
                value = self.daw.scale(moved[1]).value_of(self.somewhere(moved, share))
                self.mixer.move(*moved, value)
                self.hands[moved] = self.daw.scale(moved[1]).wire_of(value)
                return
            getattr(self.mixer, name)(*arguments)
        except NotPossible:
            return
        self.hands.clear()
        self.mixer.depart()

    def somewhere(self, control: Control, share: float) -> float:
        scale = self.daw.scale(control[1])
        value = -40.0 + 44.0 * share if control[1] is Param.GAIN else -1.0 + 2.0 * share
        return scale.wire_of(value)

    def end(self) -> None:
        self.clock.advance(20 * self.daw.habits.late_s + 5.0)


def day(name: str, noise: Random, steps: list[tuple[object, ...]]) -> Day:
    found = Day(name, noise)
    for each in steps:
        found.do(*each)
    found.end()
    return found


@pytest.mark.parametrize("name", MAPPINGS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.randoms(use_true_random=False), steps=st.lists(step, max_size=14))
def test_the_mixer_knows_what_the_daw_shows_and_no_hand_is_lost(name, noise, steps):
    today = day(name, noise, steps)
    mixer, daw = today.mixer, today.daw
    for number, param in daw.controls:
        scale, judge = daw.scale(param), mixer.strips[number].judges[param]
        assert judge.target is None
        assert scale.same(judge.reading, daw.holds[number, param]), (number, param)
        if (number, param) in today.hands:
            assert scale.same(daw.holds[number, param], today.hands[number, param]), (number, param)
        assert daw.messages[number, param] <= 2 * daw.changes[number, param], (number, param)


@pytest.mark.parametrize("name", MAPPINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    noise=st.randoms(use_true_random=False),
    waits=st.lists(st.sampled_from([0.004, 0.03, 0.11, 0.4, 1.7]), min_size=1, max_size=5),
)
def test_echoes_alone_never_make_an_adjustment(name, noise, waits):
    today = Day(name, noise)
    for wait in waits:
        today.act("apply")
        today.clock.advance(wait)
        today.act("compare")
        today.clock.advance(wait)
        today.act("compare")
    today.end()
    assert [track.adjust_db for track in today.mixer.view.tracks] == [0.0] * TRACKS


@pytest.mark.parametrize("name", MAPPINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.randoms(use_true_random=False), moved=share, wait=st.sampled_from([0.0, 0.02, 0.05, 0.09, 0.5, 3.0]))
def test_a_hand_after_apply_is_an_adjustment_against_what_was_settled(name, noise, moved, wait):
    today = Day(name, noise)
    today.act("apply")
    today.clock.advance(wait)
    today.hand((1, Param.GAIN), moved)
    today.end()
    track = today.mixer.view.track(1)
    scale = today.daw.scale(Param.GAIN)
    settled = scale.value_of(scale.wire_of(-4.3))
    expected = scale.value_of(today.daw.holds[1, Param.GAIN]) - settled
    assert track.adjust_db == pytest.approx(expected, abs=0.02)
    assert today.mixer.view.track(2).adjust_db == 0.0


@pytest.mark.parametrize("name", MAPPINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.randoms(use_true_random=False), steps=st.lists(step, max_size=10))
def test_revert_brings_the_users_own_mix_back(name, noise, steps):
    today = Day(name, noise)
    own = dict(today.daw.holds)
    today.act("apply")
    for each in steps:
        if each[0] not in ("revert", "compare"):  # while the user's mix is shown, a hand edits that mix
            today.do(*each)
    today.act("revert")
    today.end()
    for (number, param), wire in today.daw.holds.items():
        assert today.daw.scale(param).same(wire, own[number, param]), (number, param)
