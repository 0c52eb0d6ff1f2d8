"""Single moments between hands, motors and the DAW, on simulated units; `test_surface_echoes` mixes them at random."""

from pathlib import Path
from random import Random

import pytest

from tests.links.surface_room import Room
from tests.peers.surfaces.hui import SimulatedHui
from tests.peers.surfaces.mackie import SimulatedMackie
from tests.peers.surfaces.motor import Temper
from tonn_bridge.core import OFF, Gain, Pan, Param, TonnSettings
from tonn_bridge.mapping import Role, find, load_surface, shipped
from tonn_bridge.mapping.surface import Function, Motors

STEP = 1.6 / 1023.0
PROPOSAL = {number: TonnSettings(gain_db=-3.0 * number, pan=Pan(0.2)) for number in range(1, 11)}
SURFACES = shipped(Role.SURFACE)
MOTORISED = [name for name in SURFACES if load_surface(name).caps.motors is not Motors.NONE]
FELT = [name for name in MOTORISED if load_surface(name).caps.touch and not load_surface(name).caps.extends]
BY_HAND = ["nanokontrol2", "midimix", "launch-control-xl", "midi-generic"]


def room(*names: str, tracks: int = 3, temper: Temper | None = None) -> Room:
    """Each of `names` a surface of its own."""
    return Room([(name,) for name in names], Random(0), tracks=tracks, temper=temper, proposal=PROPOSAL)


def variant(folder: Path, name: str, **changes: str) -> str:
    """A copy of a mapping that ships, with other values for some of its keys."""
    lines = find(name).read_text(encoding="utf-8").splitlines()
    for key, value in changes.items():
        (place,) = [place for place, line in enumerate(lines) if line.startswith(f"{key} =")]
        lines[place] = f"{key} = {value}"
    file = folder / "own.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", FELT)
def test_a_fader_at_its_ends_is_the_daws_at_its_ends(name):
    here = room(name)
    (row,) = here.rows
    row.units[0].slide(0, 0.4, 1.0)
    here.clock.advance(2.0)
    assert here.gain(1).db == pytest.approx(here.mapping.fader_law.top.db, abs=0.05)
    assert row.fader(0) == 1.0
    row.units[0].slide(0, 0.4, 0.0)
    here.clock.advance(2.0)
    assert here.gain(1) == OFF
    assert row.fader(0) == 0.0


@pytest.mark.parametrize("name", FELT)
def test_a_hand_that_lies_on_a_fader_keeps_it_while_the_mix_moves_and_then_it_follows(name):
    here = room(name)
    (row,) = here.rows
    unit, own = row.units[0], row.fader(1)
    unit.touch(1)
    here.desk.act("apply")
    here.clock.advance(2.0)
    assert here.gain(2).db == pytest.approx(-6.0, abs=0.01), "it has moved in the DAW"
    assert row.fader(1) == own
    assert row.fader(0) == pytest.approx(here.position(1), abs=row.step(0)), "and so have the others here"
    unit.release(1)
    here.clock.advance(1.0)
    assert row.fader(1) == pytest.approx(here.position(2), abs=row.step(1))
    assert unit.faders[1].driven_while_held == 0


@pytest.mark.parametrize("name", FELT)
def test_a_hand_takes_a_fader_out_of_a_glide_and_the_others_arrive(name):
    here = room(name)
    (row,) = here.rows
    unit = row.units[0]
    here.desk.act("apply")
    here.clock.advance(0.03)
    unit.slide(0, 0.2, 0.3)
    here.clock.advance(2.0)
    assert here.position(1) == pytest.approx(0.3, abs=1.1 * row.step(0))
    assert [here.gain(number).db for number in (2, 3)] == pytest.approx([-6.0, -9.0], abs=0.01)
    assert [row.fader(place) for place in range(3)] == pytest.approx(
        [here.position(number) for number in (1, 2, 3)], abs=row.step(0)
    )


@pytest.mark.parametrize("name", MOTORISED)
def test_unplugged_in_the_middle_of_a_glide_it_comes_back_to_where_everything_is(name):
    here = room(name)
    (row,) = here.rows
    here.desk.act("apply")
    here.clock.advance(0.04)
    row.cables[0].pull()
    here.clock.advance(2.0)
    row.cables[0].plug()
    here.clock.advance(2.0)
    assert [row.fader(place) for place in range(3)] == pytest.approx(
        [here.position(number) for number in (1, 2, 3)], abs=max(row.step(0), STEP)
    )
    assert [track.adjust_db for track in here.mixer.view.tracks] == [0.0] * 3


@pytest.mark.parametrize("name", FELT)
def test_what_a_motor_tells_of_its_way_after_it_was_plugged_in_is_no_hand(name):
    here = room(name, temper=Temper(lag_s=0.05, stride=0.03, reports=True))
    (row,) = here.rows
    own = dict(here.daw.holds)
    row.cables[0].pull()
    row.units[0].faders[1].push(0.05)  # somebody has moved it meanwhile
    here.clock.advance(1.0)
    row.cables[0].plug()
    here.clock.advance(3.0)
    assert here.daw.holds == own
    assert row.fader(1) == pytest.approx(here.position(2), abs=row.step(1))


@pytest.mark.parametrize("noise", [6, 39, 181, 288])
def test_a_compare_that_begins_while_the_daw_is_asked_about_the_one_before_is_no_hand(noise):
    here = Room([("midi-generic",)], Random(noise), tracks=10, proposal=PROPOSAL)
    here.desk.act("apply")
    here.clock.advance(2.5)
    here.desk.act("compare")
    here.clock.advance(2.1203)  # what was asked because an echo was lost would be asked again between write and send
    here.desk.act("compare")
    here.clock.advance(8.0)
    assert [track.adjust_db for track in here.mixer.view.tracks] == [0.0] * 10


@pytest.mark.parametrize("delay_s", [0.001, 0.012])
def test_what_a_motor_does_before_its_position_has_come_back_is_no_hand(delay_s):
    temper = Temper(lag_s=0.005, stride=0.12, reports=True)
    here = Room([("x-touch",)], Random(0), proposal=PROPOSAL, temper=temper, delay_s=delay_s)
    (row,) = here.rows
    moved: list[float] = []
    here.desk.moved = lambda _, before, after: moved.append(after) if after != before else None
    row.units[0].slide(0, 0.6, 0.2)
    here.clock.advance(2.0)
    assert [here.mapping.fader_law.position(Gain(db)) for db in moved] == pytest.approx([0.6, 0.2], abs=2 * STEP)
    assert here.position(1) == pytest.approx(0.2, abs=2 * STEP)
    assert row.fader(0) == pytest.approx(0.2, abs=2 * STEP)


def test_a_touch_that_is_never_let_go_holds_its_fader_for_half_a_minute():
    here = room("x-touch")
    (row,) = here.rows
    unit = row.units[0]
    unit.touch(0)
    row.cables[0].deaf = True
    unit.release(0)
    row.cables[0].deaf = False
    stood = row.fader(0)
    here.daw.hand((1, Param.GAIN), here.daw.scale(Param.GAIN).wire_of(-30.0))
    here.clock.advance(25.0)
    assert row.fader(0) == stood
    here.clock.advance(10.0)
    assert row.fader(0) == pytest.approx(here.position(1), abs=STEP)


def test_two_surfaces_on_the_same_tracks_one_is_moved_and_the_other_follows():
    here = room("x-touch", "hui")
    one, other = here.rows
    one.units[0].touch(2)
    for position in (0.3, 0.35, 0.4, 0.45):
        one.units[0].move(2, position)
        here.clock.advance(0.05)
    here.clock.advance(0.5)
    assert other.fader(2) == pytest.approx(0.45, abs=2 * STEP)
    assert one.units[0].faders[2].driven_while_held == 0
    one.units[0].release(2)
    other.units[0].slide(2, 0.5, 0.6)
    here.clock.advance(2.0)
    assert (one.fader(2), other.fader(2)) == pytest.approx((0.6, 0.6), abs=2 * STEP)


def test_a_unit_without_touch_gets_each_position_back_at_once_and_is_never_pulled(tmp_path):
    name = variant(tmp_path, "mackie", touch="false", motors='"at_once"')
    here = Room([(name,)], Random(0), proposal=PROPOSAL)
    (row,) = here.rows
    unit = row.units[0]
    assert isinstance(unit, SimulatedMackie)
    here.clock.advance(1.0)
    unit.touch(0)
    for place in range(1, 30):
        unit.move(0, 0.3 + place / 100.0)
        here.clock.advance(0.02)
        if place == 10:
            here.desk.act("apply")
    here.clock.advance(0.3)
    assert here.position(1) == pytest.approx(0.59, abs=2 * STEP)
    unit.release(0)
    here.clock.advance(2.0)
    assert row.fader(0) == pytest.approx(0.59, abs=2 * STEP)
    assert (unit.fell_loose, unit.faders[0].pulled_while_held) == (0, 0)


def test_a_logic_control_is_answered_and_then_shows_everything(tmp_path):
    name = variant(tmp_path, "mackie", device_id="0x10")
    here = Room([(name,)], Random(0), proposal=PROPOSAL)
    unit = here.rows[0].units[0]
    assert isinstance(unit, SimulatedMackie)
    assert unit.make.handshake
    assert unit.confirmed
    assert unit.cell(0) != ("", "")
    assert here.rows[0].fader(0) == pytest.approx(here.position(1), abs=STEP)


def test_a_hui_hears_from_its_host_all_the_time():
    here = room("hui")
    unit = here.rows[0].units[0]
    assert isinstance(unit, SimulatedHui)
    for _ in range(20):
        here.clock.advance(1.0)
        assert unit.online


@pytest.mark.parametrize("name", SURFACES)
def test_while_nothing_happens_nothing_is_said(name):
    here = room(name)
    unit = here.rows[0].units[0]
    here.clock.advance(5.0)
    unit.received.clear()
    here.clock.advance(60.0)
    assert unit.faults == []
    assert [endpoint for endpoint in unit.received if endpoint[0] != "ping"] == []


@pytest.mark.parametrize("name", MOTORISED)
def test_a_move_in_the_daw_is_one_message_to_one_fader(name):
    here = room(name)
    (row,) = here.rows
    unit = row.units[0]
    here.clock.advance(5.0)
    unit.received.clear()
    here.daw.hand((2, Param.GAIN), here.daw.scale(Param.GAIN).wire_of(-25.0))
    here.clock.advance(2.0)
    told = {endpoint: count for endpoint, count in unit.received.items() if endpoint[0] == "fader"}
    assert told == {("fader", 1): 1}
    assert max(unit.received[endpoint] for endpoint in unit.received if endpoint[0] != "ping") <= 2


@pytest.mark.parametrize("name", MOTORISED)
def test_a_surface_that_floods_gets_no_flood_back(name):
    here = room(name)
    (row,) = here.rows
    unit = row.units[0]
    here.clock.advance(1.0)
    unit.received.clear()
    unit.touch(0)
    for place in range(3000):
        unit.move(0, place % 100 / 100.0)
    unit.move(0, 0.5)
    unit.release(0)
    here.clock.advance(2.0)
    assert here.position(1) == pytest.approx(0.5, abs=1.1 * max(row.step(0), STEP))
    assert row.fader(0) == pytest.approx(here.position(1), abs=1.1 * max(row.step(0), STEP))
    assert sum(unit.received.values()) < 60


@pytest.mark.parametrize("name", BY_HAND)
def test_what_has_no_motor_takes_hold_by_passing_the_value_and_anew_after_an_apply(name):
    here = room(name)
    (row,) = here.rows
    unit = row.units[0]
    stood = here.gain(1)

    def slide(*positions: float) -> None:
        for position in positions:
            unit.move(0, position)
            here.clock.advance(0.05)

    slide(0.1, 0.2, 0.3)
    assert here.gain(1) == stood
    slide(0.4, 0.45, 0.5, 0.55, 0.6)
    here.clock.advance(1.0)
    assert here.position(1) == pytest.approx(0.6, abs=row.step(0))
    here.desk.act("apply")
    here.clock.advance(2.0)
    applied = here.gain(1)
    assert applied.db == pytest.approx(-3.0, abs=0.01)
    slide(0.59, 0.58, 0.57)
    here.clock.advance(1.0)
    assert here.gain(1) == applied, "the value has gone from under it"
    slide(0.6, 0.65, 0.7, 0.75)
    here.clock.advance(1.0)
    assert here.position(1) == pytest.approx(0.75, abs=row.step(0))


def test_banks_bring_other_tracks_under_the_hands():
    here = room("x-touch", tracks=10)
    (row,) = here.rows
    row.press(Function.BANK_RIGHT)
    here.clock.advance(1.0)
    row.units[0].slide(7, 0.3, 0.4)
    here.clock.advance(1.0)
    assert here.position(10) == pytest.approx(0.4, abs=2 * STEP)
    assert [row.fader(place) for place in range(8)] == pytest.approx(
        [here.position(number) for number in range(3, 11)], abs=STEP
    )
    row.press(Function.FLIP)
    here.clock.advance(1.0)
    row.units[0].slide(0, 0.2, 0.25)
    here.clock.advance(1.0)
    assert here.pan_position(3) == pytest.approx(0.25, abs=2 * STEP)
    assert row.fader(7) == pytest.approx(here.pan_position(10), abs=STEP)


def test_an_error_that_was_read_covers_nothing_until_the_next_one():
    here = room("mackie")
    (row,) = here.rows
    unit = row.units[0]
    here.desk.error = {"code": "tonn", "text": "Tonn is busy"}
    here.notices.changed()
    here.clock.advance(1.0)
    assert unit.display()[0].startswith("ERROR Tonn is busy")
    row.press(Function.SELECT, 0)
    here.clock.advance(1.0)
    assert "ERROR" not in unit.display()[0]
    assert unit.digits() == "ER"
    here.desk.error = {"code": "tonn", "text": "Tonn is still busy"}
    here.notices.changed()
    here.clock.advance(1.0)
    assert unit.display()[0].startswith("ERROR Tonn is still busy")


def test_the_fader_of_the_blend_stands_where_the_mix_does_whoever_moved_it(tmp_path):
    here = room(variant(tmp_path, "mackie", master='"morph"'))
    (row,) = here.rows
    assert row.units[0].fader(-1) == 0.0
    for action, place in (("apply", 1.0), ("compare", 0.0), ("compare", 1.0), ("revert", 0.0)):
        here.desk.act(action)
        here.clock.advance(2.0)
        assert row.units[0].fader(-1) == pytest.approx(place, abs=STEP)


def test_a_master_fader_without_a_use_is_left_alone_and_an_extender_has_no_lamps_of_the_job():
    here = Room([("mackie", "mackie-extender")], Random(0), tracks=12, proposal=PROPOSAL)
    (row,) = here.rows
    main, extender = row.units
    here.desk.act("apply")
    here.clock.advance(2.0)
    assert main.lamp("f2") == "on"
    assert any("f2" in str(endpoint) for endpoint in main.received)
    assert not any("f2" in str(endpoint) for endpoint in extender.received)
    assert not any(endpoint[0] == "fader" and endpoint[1] == -1 for endpoint in main.received)


def test_how_something_has_ended_is_shown_for_a_moment():
    here = room("mackie")
    unit = here.rows[0].units[0]
    here.desk.text = "the preview can be heard"
    here.notices.changed()
    here.clock.advance(1.0)
    assert unit.display()[0].startswith("the preview can be heard")
    here.clock.advance(5.0)
    assert "preview" not in unit.display()[0]
