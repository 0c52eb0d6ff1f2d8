"""The simulated Live's devices, through AbletonOSC and behind it."""

import math

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import open_ear
from tests.peers.live import SimulatedLive
from tests.peers.live_devices import compressor, eq_eight, equipped, other_device, utility

VALUE_STRING = bytes.fromhex(
    "2F6C6976652F6465766963652F6765742F706172616D657465722F76616C75655F737472696E67 00"
    "2C69696900000000 00000000 00000000 00000006"
)
SET_VALUE = bytes.fromhex(
    "2F6C6976652F6465766963652F7365742F706172616D657465722F76616C7565 00000000"
    "2C69696966000000 00000000 00000000 00000006 40400000"
)


def message(address, *args):
    builder = OscMessageBuilder("/live/" + address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build().dgram


class Rig:
    def __init__(self, live, speaking, hearing, clock):
        self.live, self.speaking, self.hearing, self.clock = live, speaking, hearing, clock

    async def tell(self, *datagrams):
        """Say something and hear what comes with the next tick."""
        for datagram in datagrams:
            self.speaking.say(datagram, self.live.address)
        await self.clock.run(0.1)
        return [(heard.address.removeprefix("/live/"), *heard.args) for heard in self.hearing.messages()]


@pytest.fixture
async def rig():
    clock = FakeClock()
    async with open_ear() as speaking, open_ear() as hearing:
        live = SimulatedLive(["Drums", "Bass", "Vox", "Dry"], clock, reply_port=hearing.address[1], chain=equipped)
        live.track("Dry").devices.clear()
        live.track("Drums").devices[:2] = [eq_eight(), compressor()]
        await live.start()
        rig = Rig(live, speaking, hearing, clock)
        await clock.run(0.05)
        assert await rig.tell() == [("startup",)]
        yield rig
        await live.stop()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (("track/get/num_devices", 1), (1, 4)),
        (("track/get/num_devices", 3), (3, 0)),
        (("track/get/devices/class_name", 0), (0, "Eq8", "Compressor2", "StereoGain")),
        (("track/get/devices/class_name", 1), (1, "Saturator", "Eq8", "StereoGain", "Compressor2")),
        (("track/get/devices/name", 0), (0, "EQ Eight", "Compressor", "Utility")),
        (("track/get/devices/type", 0), (0, 2, 2, 2)),
        (("track/get/devices/class_name", 3), (3,)),
        (("device/get/class_name", 0, 1), (0, 1, "Compressor2")),
        (("device/get/name", 0, 1), (0, 1, "Compressor")),
        (("device/get/num_parameters", 0, 0), (0, 0, 84)),
        (
            ("device/get/parameters/name", 0, 2),
            (0, 2, "Device On", "Stereo Width", "Balance", "Gain", "Mute"),
        ),
        (("device/get/parameters/value", 0, 2), (0, 2, 1.0, 1.0, 0.0, 0.0, 0.0)),
        (("device/get/parameters/min", 0, 2), (0, 2, 0.0, 0.0, -1.0, -1.0, 0.0)),
        (("device/get/parameters/max", 0, 2), (0, 2, 1.0, 1.0, 1.0, 1.0, 1.0)),
        (("device/get/parameters/is_quantized", 0, 2), (0, 2, True, False, False, False, True)),
        (("device/get/parameter/name", 0, 1, 2), (0, 1, 2, "Ratio")),
        (("device/get/parameter/value", 0, 1, 2), (0, 1, 2, 0.75)),
        (("device/get/parameter/value_string", 0, 1, 2), (0, 1, 2, "3.43 : 1")),
        (("application/get/version",), (12, 1)),
    ],
    ids=lambda part: "-".join(str(each) for each in part).replace("/", "."),
)
async def test_questions_are_answered(rig, asked, answered):
    assert await rig.tell(message(*asked)) == [(asked[0], *answered)]


async def test_the_vectors_are_understood(rig):
    assert await rig.tell(VALUE_STRING) == [("device/get/parameter/value_string", 0, 0, 6, "20.8 Hz")]
    parameter = rig.live.device(0, 0).parameters[6]
    parameter.high = 22.0
    assert await rig.tell(SET_VALUE) == []
    assert parameter.value == 3.0


async def test_a_set_is_obeyed_without_an_answer(rig):
    assert await rig.tell(message("device/set/parameter/value", 0, 1, 2.0, 0.5)) == []
    assert rig.live.device("Drums", "Compressor2").parameter("Ratio").value == 0.5
    assert await rig.tell(message("device/set/parameters/value", 0, 2, 0.0, 0.5, -1.0)) == []
    assert [parameter.value for parameter in rig.live.device(0, "StereoGain").parameters] == [0.0, 0.5, -1.0, 0.0, 0.0]


async def test_orders_and_places_differ_from_track_to_track(rig):
    names = [await rig.tell(message("device/get/parameters/name", t, d)) for t, d in ((0, 0), (1, 1), (2, 3))]
    (first,), (second,), (third,) = names
    assert sorted(first[3:]) == sorted(second[3:]) == sorted(third[3:])
    assert len({first[3:], second[3:], third[3:]}) == 3
    assert first[3] == second[3] == third[3] == "Device On"


async def test_a_listener_hears_value_and_text_at_once_then_with_each_change_and_our_own_writes(rig):
    both = "device/get/parameter/value", "device/get/parameter/value_string"
    heard = await rig.tell(message("device/start_listen/parameter/value", 0, 1, 2))
    assert heard == [(both[0], 0, 1, 2, 0.75), (both[1], 0, 1, 2, "3.43 : 1")]
    rig.live.hand_turn("Drums", "Compressor2", "Ratio", 2.0)
    assert await rig.tell() == [(both[0], 0, 1, 2, pytest.approx(0.561231, abs=1e-6)), (both[1], 0, 1, 2, "2.00 : 1")]
    heard = await rig.tell(message("device/set/parameter/value", 0, 1, 2, 1.0))
    assert heard == [(both[0], 0, 1, 2, 1.0), (both[1], 0, 1, 2, "inf : 1")]
    assert await rig.tell(message("device/set/parameter/value", 0, 1, 2, 1.0)) == []
    await rig.tell(message("device/stop_listen/parameter/value", 0, 1, 2))
    rig.live.hand_turn("Drums", "Compressor2", "Ratio", 4.0)
    assert await rig.tell() == []


async def test_a_listener_stays_with_its_device_and_keeps_its_old_place(rig):
    await rig.tell(message("device/start_listen/parameter/value", 0, 1, 2, 7))
    rig.live.insert_device("Drums", 0, other_device())
    rig.live.hand_turn("Drums", "Compressor2", "Ratio", 2.0)
    value, text = await rig.tell()
    assert value[1:5] == (0, 1, 2, 7)
    assert text[1:] == (0, 1, 2, 7, "2.00 : 1")
    again = await rig.tell(message("device/start_listen/parameter/value", 0, 1, 2, 7))
    assert again == [("error", "Error handling message: Observer not connected")], "another device stands there now"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (("device/set/parameter/value", 0, 1, 2, 1.5), "Invalid value. Check the parameters range with min/max"),
        (("device/get/parameters/name", 0, 7), "list index out of range"),
        (("device/get/parameter/value", 0, 1, 99), "list index out of range"),
        (("device/get/parameters/name", 9, 0), "list index out of range"),
        (("device/stop_listen/parameter/value", 0, 1, 2), "name 'prop' is not defined"),
        (
            ("device/start_listen/parameter/value", 0, 1, 2.0),
            "list indices must be integers or slices, not float",
        ),
    ],
    ids=lambda part: part[0].replace("/", ".") if isinstance(part, tuple) else "",
)
async def test_an_error_ends_the_tick(rig, bad, why):
    assert await rig.tell(message(*bad), message("test")) == [("error", f"Error handling message: {why}")]
    assert await rig.tell() == [("test", "ok")]


async def test_devices_move_and_go(rig):
    rig.live.move_device("Bass", "Compressor2", 0)
    rig.live.remove_device("Bass", "Saturator")
    rig.live.insert_device("Dry", 0, eq_eight())
    assert await rig.tell(message("track/get/devices/class_name", 1), message("track/get/devices/class_name", 3)) == [
        ("track/get/devices/class_name", 1, "Compressor2", "Eq8", "StereoGain"),
        ("track/get/devices/class_name", 3, "Eq8"),
    ]


async def test_writes_can_be_lost_and_a_device_can_be_broken(rig):
    comp = rig.live.device(0, 1)
    rig.live.loses = lambda address, args: address.endswith("set/parameter/value") and args[2] == 2
    comp.parameters[4].snaps = lambda raw: 0.25
    await rig.tell(*(message("device/set/parameter/value", 0, 1, number, 0.5) for number in (1, 2, 4)))
    assert [comp.parameters[number].value for number in (1, 2, 4)] == [0.5, 0.75, 0.25]


async def test_after_a_restart_nobody_listens_to_devices_any_more(rig):
    await rig.tell(message("device/start_listen/parameter/value", 0, 1, 2))
    address = rig.live.address
    await rig.live.stop()
    await rig.live.start(address)
    rig.live.hand_turn(0, "Compressor2", "Ratio", 2.0)
    assert await rig.tell() == [("startup",)]


@pytest.mark.parametrize(
    ("device", "name", "raw", "text"),
    [
        (eq_eight, "1 Frequency A", 0.0, "10.0 Hz"),
        (eq_eight, "1 Frequency A", 0.4, "179 Hz"),
        (eq_eight, "1 Frequency A", 0.65, "1.28 kHz"),
        (eq_eight, "1 Frequency A", 1.0, "22.0 kHz"),
        (eq_eight, "1 Gain A", -3.04, "-3.0 dB"),
        (eq_eight, "1 Resonance A", 1.0, "18.00"),
        (eq_eight, "1 Filter Type A", 3.0, "Bell"),
        (compressor, "Threshold", 0.0, "-inf dB"),
        (compressor, "Threshold", 1.0, "6.0 dB"),
        (compressor, "Attack", 0.0, "0.01 ms"),
        (compressor, "Attack", 1.0, "1.00 s"),
        (compressor, "Release", 0.0, "1.00 ms"),
        (compressor, "Release", 1.0, "3.00 s"),
        (compressor, "Release", 0.5, "73.0 ms"),
        (compressor, "Ratio", 0.0, "1.00 : 1"),
        (compressor, "Makeup", 0.0, "Off"),
        (utility, "Gain", -1.0, "-inf dB"),
    ],
)
def test_what_live_shows(device, name, raw, text):
    parameter = device().parameter(name)
    parameter.set(raw)
    assert parameter.value_string == text


def test_switches_have_two_places():
    parameter = compressor().parameter("Makeup")
    parameter.set(0.3)
    assert parameter.value == 0.0


@pytest.mark.parametrize("name", ["Threshold", "Ratio", "Attack", "Release"])
def test_laws_rise_and_are_found_back(name):
    parameter = compressor().parameter(name)
    shown = [parameter.shows(step / 100.0) for step in range(101)]
    assert shown == sorted(shown)
    assert math.isclose(parameter.raw_of(parameter.shows(0.37)), 0.37, rel_tol=1e-9)
