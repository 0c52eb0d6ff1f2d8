"""The ear of `learn`: whichever way a control speaks, moving it tells what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.gestures import (
    bend_fader,
    cc,
    fader,
    fader14,
    nrpn_fader,
    one_after_another,
    press,
    press_note,
    toggled,
    touched_bend_fader,
    turn,
)
from tonn_bridge.learning import Ear, Press, Travel, Turn
from tonn_bridge.mapping.surface.rows import Kind, Place
from tonn_bridge.protocols.midi import Relative


def listen(said):
    """What is found while these messages come, asking whenever the ear says so."""
    ear, now, found = Ear(), 100.0, []
    for delay, message in said:
        found += _wait(ear, now + delay)
        now += delay
        ear.hear(message, now)
    return found + _wait(ear, now + 10.0)


def _wait(ear, until):
    found = []
    while ear.due is not None and ear.due <= until:
        found += ear.found(ear.due)
    return found


CC, CC14, NRPN, BEND, NOTE = Kind.CC, Kind.CC14, Kind.NRPN, Kind.PITCH_BEND, Kind.NOTE

CONTROLS = [
    pytest.param(fader(7, channel=3), Travel(Place(CC, 3, 7), 128), id="fader"),
    pytest.param(fader(48, up=range(0, 127, 9)), Travel(Place(CC, 0, 48), 128), id="fader-pushed-fast"),
    pytest.param(fader(16, up=range(126, -1, -2)), Travel(Place(CC, 0, 16), 128), id="knob-that-stood-at-its-end"),
    pytest.param(fader14(5), Travel(Place(CC14, 0, 5), 1024), id="14-bit-pair"),
    pytest.param(fader14(5, step=1), Travel(Place(CC14, 0, 5), 16384), id="14-bit-pair-of-all-14"),
    pytest.param(fader14(5, fine_first=True), Travel(Place(CC14, 0, 5), 1024, True), id="finer-half-first"),
    pytest.param(
        fader14(5, fine_first=True, apart=0.002), Travel(Place(CC14, 0, 5), 1024, True), id="finer-half-first-apart"
    ),
    pytest.param(nrpn_fader(1000, channel=2), Travel(Place(NRPN, 2, 1000), 2048), id="nrpn"),
    pytest.param(bend_fader(8), Travel(Place(BEND, 8, 0), 1024), id="pitch-bend-of-10-bits"),
    pytest.param(bend_fader(8, step=128, top=16256), Travel(Place(BEND, 8, 0), 128), id="pitch-bend-of-7-bits"),
    pytest.param(turn(16, [1, 1, 2, 1]), Turn(Place(CC, 0, 16), (1, 1, 2, 1)), id="encoder"),
    pytest.param(turn(16, [63, 63, 61]), Turn(Place(CC, 0, 16), (63, 63, 61)), id="encoder-to-the-left"),
    pytest.param(press(41), Press(Place(CC, 0, 41), toggle=False), id="button"),
    pytest.param(press(41, on=1), Press(Place(CC, 0, 41), toggle=False), id="button-that-says-1"),
    pytest.param(press(41, held=0.8), Press(Place(CC, 0, 41), toggle=False), id="button-held"),
    pytest.param(press_note(25, velocity=3), Press(Place(NOTE, 0, 25), toggle=False), id="note"),
    pytest.param(toggled(41, on=True), Press(Place(CC, 0, 41), toggle=True), id="toggle"),
    pytest.param(toggled(41, on=False), Press(Place(CC, 0, 41), toggle=True, on=False), id="toggle-that-was-on"),
]


@pytest.mark.parametrize(("said", "control"), CONTROLS)
def test_a_moved_control_is_known(said, control):
    assert listen(said) == [control]


def test_a_row_is_heard_in_its_order():
    said = one_after_another(fader(3), fader14(1), fader(2), bend_fader(0), fader(3, channel=1))
    assert [found.place for found in listen(said)] == [
        Place(CC, 0, 3), Place(CC14, 0, 1), Place(CC, 0, 2), Place(BEND, 0, 0), Place(CC, 1, 3),
    ]  # fmt: skip


def test_a_fader_that_rests_on_its_way_is_one_fader():
    said = one_after_another(fader(2, up=range(0, 40, 2))[:-1], fader(2, up=range(40, 128, 2)))
    assert listen(said) == [Travel(Place(CC, 0, 2), 128)]


def test_a_nudged_fader_and_the_jitter_of_its_neighbour_are_nothing():
    assert listen([*turn(0, [60, 61, 62, 64]), *turn(1, [17, 18] * 40)]) == []


def test_a_fader_and_a_button_32_higher_are_no_pair():
    said = one_after_another(fader(0), press(32), fader(0), press(32))
    assert [type(found) for found in listen(said)] == [Travel, Press, Travel, Press]


def test_a_touched_fader_is_a_fader_and_the_touch_a_button():
    found = listen(touched_bend_fader(2))
    assert Travel(Place(BEND, 2, 0), 1024) in found
    assert {each.place for each in found if isinstance(each, Press)} == {Place(NOTE, 0, 106)}


def test_a_finger_that_stays_long_is_heard_to_go():
    pressed, let_go = listen(press(41, held=3.0))
    assert (pressed.toggle, pressed.on) == (True, True)
    assert (let_go.place, let_go.on) == (pressed.place, False)


@pytest.mark.parametrize("encoding", Relative)
def test_an_encoder_turned_both_ways_is_no_knob(encoding):
    values = [encoding.byte(ticks) for ticks in (1, 1, 2, 3, 1, 1, -1, -1, -2, -3, -1)]
    assert listen(turn(16, values)) == [Turn(Place(CC, 0, 16), tuple(values))]
    assert not Turn(Place(CC, 0, 16), tuple(values)).one_way
    assert Turn(Place(CC, 0, 16), tuple(values[:6])).one_way
    assert Turn(Place(CC, 0, 16), tuple(values[6:])).one_way


def test_what_is_no_control_is_passed_over():
    others = [b"\xf8", b"\xfe", b"\xc0\x05", b"\xd0\x40", b"\xf0\x7e\x00\x06\x01\xf7", cc(0, 101, 127), b"", b"\x00"]
    assert listen([(0.1, message) for message in others]) == []


@given(st.lists(st.tuples(st.floats(0.0, 0.3), st.binary(max_size=4)), max_size=60))
def test_any_bytes_are_heard_without_harm(said):
    listen(said)


STATUS = st.sampled_from([0x90, 0xB0, 0xE0])
MESSAGES = st.builds(
    lambda status, channel, number, value: bytes((status | channel, number, value)),
    STATUS, st.integers(0, 1), st.sampled_from([0, 6, 32, 38, 98, 99]), st.integers(0, 127),
)  # fmt: skip


@given(st.lists(st.tuples(st.floats(0.0, 0.3), MESSAGES), max_size=80))
def test_whatever_moves_comes_to_rest(said):
    ear, now = Ear(), 0.0
    for delay, message in said:
        now += delay
        ear.hear(message, now)
        ear.found(now)
    ear.found(now + 2.0)
    assert ear.due is None
