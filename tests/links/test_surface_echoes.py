"""Whose hand was it? Random days at every surface that ships, beside a DAW that moves as well: no fight, no jump."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.wire_daw import Control
from tests.links.surface_room import Room, Row
from tests.peers.surfaces.motor import Temper
from tests.peers.surfaces.plain import SimulatedKontrol
from tonn_bridge.core import Gain, Pan, Param, TonnSettings
from tonn_bridge.core.mix import Showing
from tonn_bridge.core.takeover import Takeover
from tonn_bridge.engine.strip import LANDING
from tonn_bridge.errors import NotPossible
from tonn_bridge.mapping import Role, load_surface, shipped
from tonn_bridge.mapping.surface import Function, MasterUse, Motors

TRACKS = 10
SURFACES = {name: load_surface(name) for name in shipped(Role.SURFACE)}
MAIN = "mackie"
"""What an extender stands beside."""
MOTORISED = [name for name, mapping in SURFACES.items() if mapping.caps.motors is not Motors.NONE]
BY_HAND = [name for name in SURFACES if name not in MOTORISED and SURFACES[name].caps.faders]
PROPOSAL = {
    number: TonnSettings(gain_db=-4.3 - 1.7 * number, pan=Pan(-0.4 + 0.09 * number)) for number in range(1, TRACKS + 1)
}
STUCK_S = 31.0
"""After this long a touch that was never let go counts as gone."""
TEN_BITS = 1.0 / 1023.0

share = st.floats(0.0, 1.0)
strip = st.integers(0, 2)
moves = st.lists(share, min_size=1, max_size=3)
wait = st.tuples(st.just("wait"), st.sampled_from([0.004, 0.03, 0.11, 0.4, 1.7]))
panel = st.tuples(
    st.sampled_from(
        [Function.BANK_LEFT, Function.BANK_RIGHT, Function.CHANNEL_LEFT, Function.CHANNEL_RIGHT, Function.FLIP]
    )
)
cable = st.tuples(st.sampled_from(["pull", "plug"]))
hand = st.one_of(
    st.tuples(st.just("hold"), strip, moves),
    st.tuples(st.just("slide"), strip, moves),
    st.tuples(st.just("let_go")),
    st.tuples(st.just("stick"), strip),
    st.tuples(st.just("flood"), strip, share),
)
mouse = st.tuples(st.just("mouse"), st.integers(1, 3), share)
action = st.one_of(
    st.tuples(st.sampled_from([Function.APPLY, Function.COMPARE, Function.REVERT])), st.tuples(st.just("morph"), share)
)
step = st.one_of(wait, hand, mouse, action, panel, cable)
temper = st.builds(
    Temper,
    lag_s=st.sampled_from([0.005, 0.02, 0.08]),
    stride=st.sampled_from([0.03, 0.12, 0.5]),
    overshoot=st.sampled_from([0.0, 0.01, 0.025]),
    reports=st.booleans(),
)
daws = st.sampled_from(["reaper", "ardour", "x32"])


def row_of(name: str) -> Sequence[str]:
    """The units that make a whole surface of one."""
    return (MAIN, name) if SURFACES[name].caps.extends else (name,)


class Day:
    """One room, and what the people in it would swear to have done last to each control.

    `last` holds where a hand put a control: between these two of the DAW's own numbers.
    """

    def __init__(self, rows: Sequence[Sequence[str]], noise: Random, motor: Temper, daw: str) -> None:
        felt = all(SURFACES[name].caps.touch for names in rows for name in names)
        motor = motor if felt else replace(motor, reports=False)  # nobody could tell those from a hand
        delay_s = noise.choice((0.0005, 0.002, 0.006))
        self.room = Room(rows, noise, daw=daw, tracks=TRACKS, delay_s=delay_s, temper=motor, proposal=PROPOSAL)
        self.clock, self.daw = self.room.clock, self.room.daw
        self.last: dict[Control, tuple[float, float]] = {}
        self.stroke = 0.0
        """How far the last hand on a control without a motor has moved it, and what it can tell apart."""
        self.scenes = 1
        """How often everything that is shown may have changed at once."""
        self.hands = 0
        self.room.desk.acted = lambda action: self.last.clear()
        self.room.desk.moved = self.moved

    @property
    def row(self) -> Row:
        return self.room.rows[0]

    def do(self, name: str, *arguments: object) -> None:
        if name == "wait":
            self.clock.advance(*arguments)
        elif name in list(Function) and name != "morph":
            self.press(Function(name))
        else:
            getattr(self, name)(*arguments)

    # --- what people do

    def hold(self, place: int, positions: Sequence[float], row: Row | None = None) -> None:
        """Lay a hand on a fader, move it, and leave it there."""
        row = row or self.row
        if place not in row.faders or not row.cable(place).connected:
            return
        self.settle_news()
        unit, fader = row.unit(place)
        self.wait_until_unfelt_hands_are_told_apart(row)
        if not unit.faders[fader].held:
            self.hands += 1
            unit.touch(fader)
        row.touched.add(place)
        for position in positions:
            self.clock.advance(0.03)
            before = row.fader(place)
            unit.move(fader, position)
            self.stroke = abs(row.fader(place) - before) + 2.1 * row.step(place)
            if row.fader(place) != before:
                self.note(row, place)
        self.clock.advance(0.01)

    def slide(self, place: int, positions: Sequence[float], row: Row | None = None) -> None:
        self.hold(place, positions, row)
        self.let_go(row)

    def let_go(self, row: Row | None = None) -> None:
        row = row or self.row
        for place in sorted(row.touched):
            unit, fader = row.unit(place)
            unit.release(fader)
            self.hands += 1
        row.touched.clear()
        self.clock.advance(0.01)

    def beside(self, place: int, positions: Sequence[float]) -> None:
        """Hands on the second surface."""
        self.slide(place, positions, self.room.rows[1])

    def knob(self, place: int, positions: Sequence[float]) -> None:
        """Turn a knob that has two ends."""
        unit = self.row.units[0]
        if isinstance(unit, SimulatedKontrol) and place < len(unit.knobs) and self.row.cables[0].connected:
            self.settle_news()
            for position in positions:
                self.clock.advance(0.03)
                before = unit.knob(place)
                unit.turn_knob(place, position)
                self.stroke = abs(unit.knob(place) - before) + 2.1 / unit.knobs[place].last_place
            self.clock.advance(0.01)

    def stick(self, place: int) -> None:
        """A finger comes and goes, and that it went is never told."""
        if place not in self.row.faders or place in self.row.touched or not self.row.cable(place).connected:
            return
        self.clock.advance(1.0)  # a motor on its way would go on under the hand that is still believed in
        unit, fader = self.row.unit(place)
        unit.touch(fader)
        self.row.cable(place).deaf = True
        unit.release(fader)
        self.clock.advance(0.01)
        self.row.cable(place).deaf = False
        self.hands += 2

    def flood(self, place: int, position: float) -> None:
        """A fader that chatters, and rubbish between."""
        if place not in self.row.faders or not self.row.cable(place).connected:
            return
        self.hold(place, [position])
        unit, fader = self.row.unit(place)
        for count in range(200):
            unit.move(fader, position + (0.01 if count % 2 else 0.0))
            self.row.cable(place).noise(
                [b"\xf0\x00", b"\xe0", b"", b"\xff", b"\x90\x7f\x7f", bytes([0xF0, count % 128])]
            )
        unit.move(fader, position)
        self.note(self.row, place)
        self.let_go()

    def mouse(self, number: int, share: float) -> None:
        """Somebody moves a fader in the DAW; not to where one of our own writes has just been, or is to be."""
        control = (number, Param.GAIN)
        scale = self.daw.scale(Param.GAIN)
        wire = scale.wire_of(-40.0 + 44.0 * share)
        value = scale.value_of(wire)
        near = 1.3 * LANDING[Param.GAIN](value) + 0.005
        mixer = self.room.mixer
        if mixer.goal is not None or mixer.strips[number].judges[Param.GAIN].target is not None:
            return
        ours = [*self.daw.on_its_way(control), self.daw.holds[control], mixer.strips[number].judges[Param.GAIN].reading]
        if any(abs(value - scale.value_of(other)) < near for other in ours):
            return
        self.last[control] = (wire, wire)
        self.daw.hand(control, wire)

    def press(self, function: Function) -> None:
        self.settle_news()
        if not self.row.can(function) or not self.row.cables[0].connected:
            if function in (Function.APPLY, Function.COMPARE, Function.REVERT):
                self.act(function.value)
            return
        self.scenes += 1
        self.row.press(function)
        self.clock.advance(0.01)
        self.room.turn(self.row, function)

    def morph(self, amount: float) -> None:
        """On the master fader where that blends, else from elsewhere."""
        self.settle_news()
        unit = self.row.units[0]
        if self.row.caps.master is MasterUse.MORPH and self.row.cables[0].connected and self.room.mixer.applied:
            self.last.clear()
            unit.slide(-1, 0.5, amount)
            self.clock.advance(0.1)
            self.last.clear()
            return
        self.act("morph", amount)

    def act(self, action: str, value: float | None = None) -> None:
        try:
            self.room.desk.act(action, value)
        except NotPossible:
            return

    def pull(self) -> None:
        """The cable comes out under the hands, and nobody hears that they go."""
        for cable in self.row.cables:
            if cable.connected:
                cable.pull()
        self.let_go()

    def plug(self) -> None:
        for cable in self.row.cables:
            if not cable.connected:
                self.scenes += 1
                cable.plug()

    def end(self) -> None:
        for row in self.room.rows:
            self.let_go(row)
        self.plug()
        self.clock.advance(20 * self.daw.habits.late_s + STUCK_S + 5.0)

    # --- inside

    def settle_news(self) -> None:
        """What a hand has done in the DAW before is known by now."""
        self.clock.advance(self.daw.habits.late_s / 4)

    def wait_until_unfelt_hands_are_told_apart(self, row: Row) -> None:
        """Without touch, a hand on a fader that its motor moves at this moment is not to be told from the motor."""
        if not row.caps.touch and row.caps.motors is not Motors.NONE:
            self.clock.advance(1.0)

    def note(self, row: Row, place: int) -> None:
        control = self.held_by(row, place)
        if control is not None and row.caps.motors is not Motors.NONE:
            where, near = row.fader(place), max(row.step(place), 2.1 * TEN_BITS)
            low, high = sorted(self.wire_at(control, where + off) for off in (-near, near))
            self.last[control] = (low, high)

    def held_by(self, row: Row, place: int) -> Control | None:
        number = row.first + place + 1
        param = Param.PAN if row.flipped else Param.GAIN
        return (number, param) if number <= TRACKS and (number, param) in self.daw.holds else None

    def wire_at(self, control: Control, position: float) -> float:
        """The DAW's own number for a position of a fader that holds it."""
        place = min(max(position, 0.0), 1.0)
        gain = self.room.mapping.fader_law.gain(place)
        return self.daw.scale(control[1]).wire_of(gain.db if control[1] is Param.GAIN else 2.0 * place - 1.0)

    def moved(self, control: Control, before: float, after: float) -> None:
        """A control without a motor has hold of a value: it takes it no further than the hand has moved."""
        if self.row.caps.motors is not Motors.NONE:
            return
        self.last.pop(control, None)
        law = self.room.mapping.fader_law
        if control[1] is Param.GAIN:
            before, after = law.position(Gain(before)), law.position(Gain(after))
        else:
            before, after = before / 2.0, after / 2.0
        assert abs(after - before) <= self.stroke, control

    def shown(self, control: Control) -> float:
        """Where a fader that holds it has to stand."""
        return self.room.position(control[0]) if control[1] is Param.GAIN else self.room.pan_position(control[0])


def day(rows: Sequence[Sequence[str]], noise: Random, motor: Temper, daw: str, steps: list[tuple[object, ...]]) -> Day:
    found = Day(rows, noise, motor, daw)
    for each in steps:
        found.do(*each)
    found.end()
    return found


def check_settled(today: Day) -> None:
    """Every fader with a motor stands where the DAW does, and the DAW where the last hand put it."""
    for row in today.room.rows:
        for unit in row.units:
            assert unit.faults == []
        if row.caps.motors is Motors.NONE:
            continue
        for place in row.faders:
            control = today.held_by(row, place)
            if control is not None:
                near = max(1.1 * row.step(place), 1.6 * TEN_BITS)
                assert row.fader(place) == pytest.approx(today.shown(control), abs=near), (place, control)
    for control, (low, high) in today.last.items():
        holds = today.daw.holds[control]
        assert low <= holds <= high or today.daw.scale(control[1]).same(holds, low), control


def check_no_fight(today: Day) -> None:
    """No fader under a hand was driven elsewhere, and nothing was told more than twice for each change of it."""
    changes = sum(today.room.track_changes.values())
    for row in today.room.rows:
        for unit in row.units:
            for fader in unit.faders.values():
                assert not row.caps.touch or not fader.driven_while_held
                assert not fader.pulled_while_held
            assert getattr(unit, "fell_loose", 0) == 0
            told = sum(count for endpoint, count in unit.received.items() if endpoint[0] == "fader")
            assert told <= 2 * (changes + today.hands + today.scenes * len(unit.faders))
            for endpoint, count in unit.received.items():
                if endpoint[0] != "fader":
                    assert count <= 2 * (unit.changes[endpoint] + today.scenes), endpoint


@pytest.mark.parametrize("name", MOTORISED)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.randoms(use_true_random=False), motor=temper, daw=daws, steps=st.lists(step, max_size=12))
def test_hands_and_motors_do_not_fight_and_everything_comes_to_rest(name, noise, motor, daw, steps):
    today = day([row_of(name)], noise, motor, daw, steps)
    check_settled(today)
    check_no_fight(today)


@pytest.mark.parametrize("name", MOTORISED)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    noise=st.randoms(use_true_random=False),
    motor=temper,
    daw=daws,
    steps=st.lists(st.one_of(wait, hand, mouse, action, st.tuples(st.just("beside"), strip, moves)), max_size=10),
)
def test_two_surfaces_on_the_same_tracks_agree_in_the_end(name, noise, motor, daw, steps):
    today = day([row_of(name), ("x-touch",)], noise, motor, daw, steps)
    check_settled(today)
    check_no_fight(today)


@pytest.mark.parametrize("name", SURFACES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    noise=st.randoms(use_true_random=False),
    motor=temper,
    daw=daws,
    steps=st.lists(st.one_of(wait, panel, cable, st.just((Function.COMPARE,))), max_size=10),
)
def test_what_no_hand_has_touched_is_no_adjustment(name, noise, motor, daw, steps):
    today = Day([row_of(name)], noise, motor, daw)
    own = dict(today.daw.holds)
    today.do("wait", 1.0)
    assert today.daw.holds == own, "a unit has been plugged in, nothing else"
    today.act("apply")
    for each in [*steps, ("plug",)]:
        today.do(*each)
    if today.room.mixer.showing is Showing.USER:
        today.act("compare")
    today.end()
    assert [track.adjust_db for track in today.room.mixer.view.tracks] == [0.0] * TRACKS
    check_settled(today)
    check_no_fight(today)


@pytest.mark.parametrize("name", BY_HAND)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    noise=st.randoms(use_true_random=False),
    daw=daws,
    steps=st.lists(
        st.one_of(wait, hand, mouse, action, panel, cable, st.tuples(st.just("knob"), strip, moves)),
        max_size=14,
    ),
)
def test_what_has_no_motor_never_makes_a_value_jump(name, noise, daw, steps):
    assert SURFACES[name].caps.takeover is Takeover.PICKUP
    today = Day([row_of(name)], noise, Temper(), daw)
    for each in steps:
        today.do(*each)
    today.end()
    check_settled(today)
    check_no_fight(today)
