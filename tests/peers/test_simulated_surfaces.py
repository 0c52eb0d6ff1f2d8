"""The simulated units against the vectors of their protocols' pages, and against what a real one does to a host."""

import pytest

from tests.clock import FakeClock
from tests.peers.surfaces.hui import SimulatedHui
from tests.peers.surfaces.mackie import (
    ANSWER,
    EXTENDER,
    LOGIC_CONTROL,
    MASTER,
    SERIAL,
    TOUCHLESS,
    SimulatedMackie,
    SimulatedXTouch,
)
from tests.peers.surfaces.motor import Temper
from tests.peers.surfaces.unit import SimulatedUnit


class Host:
    """The other end of a unit's cable: keeps what it says."""

    def __init__(self, unit: SimulatedUnit) -> None:
        self.heard: list[bytes] = []
        self.unit = unit
        unit.plug_in(self.heard.append)
        self.woken = self.take()

    def take(self) -> list[bytes]:
        heard, self.heard[:] = list(self.heard), []
        return heard

    def tell(self, *messages: str) -> None:
        self.unit.hear([bytes.fromhex(message) for message in messages])


def x_touch(temper: Temper | None = None) -> tuple[FakeClock, SimulatedXTouch, Host]:
    clock = FakeClock()
    unit = SimulatedXTouch(clock, temper)
    return clock, unit, Host(unit)


def test_hands_on_a_mackie_unit_speak_as_the_protocol_has_it():
    _, unit, host = x_touch()
    unit.touch(2)
    unit.release(2)
    unit.turn(1, -2)
    unit.press("bank_right")
    unit.press("select", 1)
    unit.move(MASTER, 1.0)
    assert [message.hex() for message in host.take()] == [
        "906a7f", "906a00", "b01142", "902f7f", "902f00", "90197f", "901900", "e8707f",
    ]  # fmt: skip


def test_it_shows_what_the_vectors_say():
    _, unit, host = x_touch()
    host.tell(
        "f0000066 1412 0e 4b69636b202020 f7",
        "f0000066 1412 46 2d362e35644220 f7",
        "b0 4b 10", "b0 4a 0e", "90 19 7f", "90 3d 01", "b0 30 46", "b0 33 18", "b0 31 23", "b0 32 32",
        "f0000066 1472 01020304050600 07 f7", "d0 4c",
    )  # fmt: skip
    assert unit.cell(2) == ("Kick", "-6.5dB")
    assert unit.digits() == "PN"
    assert (unit.lamp("select", 1), unit.lamp("f8"), unit.lamp("f7")) == ("on", "blink", "off")
    assert (unit.ring(0).lit, unit.ring(0).centre) == ({6}, True)
    assert unit.ring(3).lit == {6, 7, 8}
    assert unit.ring(1).lit == {1, 2, 3}
    assert unit.ring(2).lit == {5, 6, 7}
    assert unit.faults == []
    host.tell("f0000066 1472 07070007070707 07 f7")
    assert unit.cell(2) == ("", ""), "black on black"


@pytest.mark.parametrize(
    "message",
    ["e9 00 00", "90 68 7f", "90 19 40", "b0 30 0c", "b0 30 37", "f0000066 1412 6f 4142 f7", "f0000066 1412 00 0a f7",
     "f0000066 14 55 f7", "f0002032 14 00 f7", "c0 01", "90 19", "e0 80 00"],
)  # fmt: skip
def test_what_no_such_unit_would_understand_is_a_fault(message):
    _, unit, host = x_touch()
    host.tell(message)
    assert len(unit.faults) == 1


def test_what_is_meant_for_another_unit_does_nothing():
    clock = FakeClock()
    unit = SimulatedMackie(clock, EXTENDER)
    host = Host(unit)
    assert [message.hex() for message in host.woken] == ["f00000661501" + SERIAL.hex() + "57186105" + "f7"]
    host.tell("f0000066 1412 00 4b f7")
    assert unit.display()[0].strip() == ""
    host.tell("f0000066 1512 00 4b f7", "e8 00 00")
    assert unit.display()[0].strip() == "K"
    assert len(unit.faults) == 1, "an extender has no master"


def test_a_motor_lags_runs_past_its_goal_and_comes_to_stand_on_it():
    clock, unit, host = x_touch(Temper(lag_s=0.02, stride=0.12, overshoot=0.02))
    host.tell("e0 00 40")
    assert unit.fader(0) == 0.0
    seen = []
    while not unit.at_rest:
        clock.advance(0.01)
        seen.append(unit.fader(0))
    assert max(seen) == pytest.approx(0.52, abs=0.001)
    assert seen[-1] == pytest.approx(0.5, abs=0.001)
    assert host.take() == []


def test_a_motor_of_the_other_kind_tells_its_way():
    clock, _, host = x_touch(Temper(reports=True))
    host.tell("e0 00 40")
    clock.advance(1.0)
    assert len(host.take()) > 4


def test_a_held_fader_obeys_the_hand_and_goes_back_to_what_it_was_told_last():
    clock, unit, host = x_touch()
    unit.slide(0, 0.2, 0.6)
    clock.advance(1.0)
    assert unit.fader(0) == 0.0, "nobody has told it to stay"
    unit.touch(0)
    unit.move(0, 0.4)
    host.tell("e0 00 60")
    clock.advance(1.0)
    assert unit.fader(0) == pytest.approx(0.4, abs=0.001)
    assert unit.faders[0].driven_while_held == 1
    unit.release(0)
    clock.advance(1.0)
    assert unit.fader(0) == pytest.approx(0.75, abs=0.001)


def test_its_top_is_below_the_protocols_and_its_low_bits_say_nothing():
    _, unit, host = x_touch()
    unit.slide(0, 0.25, 0.5, 1.0)
    values = [message[1] | message[2] << 7 for message in host.take() if message[0] == 0xE0]
    assert values[-1] == 16368
    assert [value >> 4 for value in values] == [256, 512, 1023]
    assert values[0] & 0x0F


def test_a_fader_that_needs_its_position_at_once_goes_loose_without_it():
    clock = FakeClock()
    unit = SimulatedMackie(clock, TOUCHLESS)
    host = Host(unit)
    unit.touch(0)
    unit.move(0, 0.5)
    assert [message[0] for message in host.heard] == [0xE0], "it has no touch to tell"
    unit.hear(host.take())
    clock.advance(0.3)
    assert unit.fell_loose == 0
    unit.move(0, 0.7)
    clock.advance(0.3)
    assert unit.fell_loose == 1


def test_a_logic_control_listens_to_nobody_who_has_not_answered_it():
    clock = FakeClock()
    unit = SimulatedMackie(clock, LOGIC_CONTROL)
    host = Host(unit)
    host.tell("90 19 7f")
    assert unit.lamp("select", 1) == "off"
    host.tell("f0000066 10 02" + SERIAL.hex() + "00000000" + "f7")
    assert host.take()[-1][5] == 0x04
    host.tell("f0000066 10 02" + SERIAL.hex() + ANSWER.hex() + "f7", "90 19 7f")
    assert host.take()[-1][5] == 0x03
    assert unit.lamp("select", 1) == "on"


def test_a_unit_that_comes_back_shows_nothing_and_stands_where_it_stood():
    clock, unit, host = x_touch()
    host.tell("e0 00 40", "90 19 7f", "f0000066 1412 00 4b f7")
    clock.advance(1.0)
    unit.unplug()
    host.tell("90 18 7f")
    host = Host(unit)
    assert (unit.lamp("select", 1), unit.lamp("select", 0), unit.display()[0].strip()) == ("off", "off", "")
    assert unit.fader(0) == pytest.approx(0.5, abs=0.001)
    assert host.woken[0][5] == 0x01


def test_a_hui_speaks_in_zones_and_reads_them():
    clock = FakeClock()
    unit = SimulatedHui(clock)
    host = Host(unit)
    unit.touch(0)
    unit.release(0)
    unit.press("select", 2)
    unit.press("bank_right")
    unit.turn(0, 2)
    unit.turn(0, -2)
    assert " ".join(message.hex() for message in host.take()) == (
        "b00f00 b02f40 b00f00 b02f00 b00f02 b02f41 b00f02 b02f01 b00f0a b02f43 b00f0a b02f03 b04042 b04002"
    )
    host.tell("90 00 00", "b0 00 5b", "b0 20 52", "b0 0c 01", "b0 2c 42", "b0 10 06", "f000006605 0010 00 42617373 f7")
    clock.advance(1.0)
    assert host.take() == [b"\x90\x00\x7f"]
    assert unit.fader(0) == pytest.approx(11730 / 16383, abs=0.001)
    assert (unit.lamp("mute", 1), unit.lamp("mute", 0)) == ("on", "off")
    assert unit.ring(0).lit == {6}
    assert unit.cell(0) == "Bass"
    assert unit.online
    clock.advance(6.0)
    assert not unit.online
    assert unit.faults == []


@pytest.mark.parametrize("message", ["b0 2c 42", "b0 20 10", "e0 00 00", "f000006605 0010 00 4261 f7"])
def test_what_no_hui_would_understand_is_a_fault(message):
    unit = SimulatedHui(FakeClock())
    Host(unit).tell(message)
    assert len(unit.faults) == 1
