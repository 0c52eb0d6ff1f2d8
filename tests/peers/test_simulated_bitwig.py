"""The simulated Bitwig keeps the habits of Bitwig Studio and DrivenByMoss."""

from itertools import pairwise

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.bitwig import BUNDLE_MESSAGES, SimulatedBitwig
from tests.peers.bitwig_devices import ATTACK, EQ_DB, HZ, RATIO, RELEASE, THRESHOLD, EqPlus, Q, compressor, hz_text
from tests.peers.ear import open_ear, unpack

NAMES = ["Kick", "Bass", "Pad"]

VOLUME = bytes.fromhex("2F 74 72 61 63 6B 2F 31 2F 76 6F 6C 75 6D 65 00 2C 69 00 00 00 00 32 CB")
PAN = bytes.fromhex("2F 74 72 61 63 6B 2F 31 2F 70 61 6E 00 00 00 00 2C 69 00 00 00 00 20 00")
REFRESH = bytes.fromhex("2F 72 65 66 72 65 73 68 00 00 00 00 2C 69 00 00 00 00 00 01")

ONE_CYCLE_S = 0.03
SETTLED_S = 0.3


def message(address, *args):
    builder = OscMessageBuilder(address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build().dgram


class Rig:
    def __init__(self, bitwig, ear, clock):
        self.bitwig, self.ear, self.clock = bitwig, ear, clock

    async def tell(self, *datagrams, seconds=SETTLED_S):
        """Say something; what was told in answer, without the marks of the cycles."""
        for datagram in datagrams:
            self.ear.say(datagram, self.bitwig.address)
        return await self.told(seconds)

    async def told(self, seconds=SETTLED_S):
        await self.clock.run(seconds)
        return {heard.address: heard.args[0] for heard in self.ear.messages() if heard.address != "/update"}


@pytest.fixture
async def rig():
    clock = FakeClock()
    async with open_ear() as ear:
        bitwig = SimulatedBitwig(NAMES, clock, ear.address, page=4)
        await bitwig.start()
        rig = Rig(bitwig, ear, clock)
        await rig.told()
        yield rig
        await bitwig.stop()


async def test_a_refresh_tells_everything_in_bundles_of_a_hundred_between_two_marks(rig):
    rig.ear.say(REFRESH, rig.bitwig.address)
    await rig.clock.run(SETTLED_S)
    bundles = [unpack(datagram) for datagram in rig.ear.take()]
    told = [message for bundle in bundles for message in bundle]
    assert len(bundles) > 2
    assert {len(bundle) for bundle in bundles[:-1]} == {BUNDLE_MESSAGES}
    assert (told[0], told[-1]) == (("/update", (1,)), ("/update", (0,)))
    assert [message.address for message in told].count("/update") == 2
    values = {message.address: message.args[0] for message in told}
    assert [values[f"/track/{place}/name"] for place in range(1, 5)] == ["Kick", "Bass", "Pad", ""]
    assert (values["/track/4/exists"], values["/track/4/volume"]) == (0, 0)
    assert (values["/track/1/volume"], values["/track/1/volumeStr"]) == (13003, "0.0 dB")
    assert (values["/track/selected/name"], values["/eq/exists"], values["/eq/name"]) == ("Kick", 0, "")


async def test_bundles_leave_ten_milliseconds_apart(rig):
    rig.ear.say(REFRESH, rig.bitwig.address)
    arrived = []
    for _ in range(60):
        await rig.clock.run(0.001, step=0.001)
        arrived += [round(rig.clock.now(), 3)] * len(rig.ear.take())
    assert len(arrived) > 2
    assert [later - sooner for sooner, later in pairwise(arrived)] == pytest.approx([0.010] * (len(arrived) - 1))


async def test_without_news_nothing_is_said(rig):
    assert await rig.told(5.0) == {}
    assert await rig.tell(message("/track/1/volume", 13003)) == {}


FADERS = [(16383, 6.0206), (13003, 0.0), (10329, -6.0), (8204, -12.0), (6036, -20.0), (2801, -40.0), (1300, -60.0)]


@pytest.mark.parametrize(("number", "db"), FADERS)
async def test_faders_follow_the_cube(rig, number, db):
    await rig.tell(message("/track/2/volume", number))
    assert rig.bitwig.track("Bass").db == pytest.approx(db, abs=0.03)


async def test_what_is_written_is_told_with_its_text_in_the_next_cycle(rig):
    assert await rig.tell(message("/track/2/volume", 10329), message("/track/2/pan", 0), seconds=ONE_CYCLE_S) == {
        "/track/2/volumeStr": "-6.0 dB",
        "/track/2/volume": 10329,
        "/track/2/panStr": "-100 %",
        "/track/2/pan": 0,
    }


async def test_the_vectors_are_understood(rig):
    rig.bitwig.hand_move("Kick", -20.0)
    rig.bitwig.hand_pan("Kick", 1.0)
    await rig.told()
    told = await rig.tell(VOLUME, PAN)
    assert (told["/track/1/volume"], told["/track/1/pan"]) == (13003, 8192)


async def test_hands_are_told_on_the_selected_track_too(rig):
    rig.bitwig.mute("Kick", True)
    assert await rig.told() == {"/track/1/mute": 1, "/track/selected/mute": 1}


async def test_the_low_resolution_has_128_steps():
    async with open_ear() as ear:
        clock = FakeClock()
        bitwig = SimulatedBitwig(NAMES, clock, ear.address, page=4, resolution=128)
        await bitwig.start()
        rig = Rig(bitwig, ear, clock)
        assert (await rig.told())["/track/1/volume"] == 101
        await bitwig.stop()


async def test_a_selection_takes_effect_in_a_later_cycle(rig):
    assert await rig.tell(message("/track/2/select", 1), seconds=ONE_CYCLE_S) == {}
    assert rig.bitwig.selected.name == "Kick"
    assert (await rig.told())["/track/selected/name"] == "Bass"


async def test_what_is_written_before_the_selection_has_taken_effect_lands_on_the_other_track(rig):
    for name in ("Kick", "Bass"):
        rig.bitwig.insert(name, EqPlus())
    await rig.tell(message("/track/2/select", 1), message("/eq/gain/1", 12000))
    gains = [round(rig.bitwig.eq(name).band("gain", 1).at * 16383) for name in ("Kick", "Bass")]
    assert gains == [12000, 8192]
    await rig.tell(message("/eq/gain/1", 4000))
    gains = [round(rig.bitwig.eq(name).band("gain", 1).at * 16383) for name in ("Kick", "Bass")]
    assert gains == [12000, 4000]


async def test_only_what_differs_from_what_an_address_last_carried_is_told_of_another_track(rig):
    for name in ("Kick", "Bass"):
        rig.bitwig.insert(name, EqPlus())
        rig.bitwig.turn(name, "freq", 2, 500.0)
    rig.bitwig.turn("Bass", "gain", 1, -6.0)
    await rig.told()
    told = await rig.tell(message("/track/2/select", 1))
    assert {address for address in told if address.startswith("/eq/")} == {
        "/eq/gain/1/value",
        "/eq/gain/1/valueStr",
        "/eq/gain/1/modulatedValue",
    }
    assert told["/eq/gain/1/valueStr"] == "-6.0 dB"


async def test_selecting_the_selected_track_is_no_news(rig):
    assert await rig.tell(message("/track/1/select", 1)) == {}


async def test_of_two_selections_the_second_counts(rig):
    told = await rig.tell(message("/track/2/select"), message("/track/3/select"))
    assert told["/track/selected/name"] == "Pad"
    assert "/track/2/selected" not in told


async def test_without_an_eq_what_is_written_goes_nowhere(rig):
    assert await rig.tell(message("/eq/gain/1", 100), message("/eq/type/1", "bell")) == {}


async def test_an_eq_is_added_to_the_selected_track(rig):
    told = await rig.tell(message("/eq/add", 1))
    assert (told["/eq/exists"], told["/eq/name"], told["/eq/bypass"]) == (1, "EQ+", 0)
    assert (told["/eq/gain/8/name"], told["/eq/gain/8/valueStr"]) == ("Gain 8", "0.0 dB")
    assert rig.bitwig.track("Bass").eq is None


async def test_a_band_is_set_and_told_with_its_texts(rig):
    await rig.tell(message("/eq/add"))
    told = await rig.tell(
        message("/eq/type/3", "bell"),
        message("/eq/gain/3", 5000),
        message("/eq/freq/3/value", 9000),
        message("/eq/q/3", 7000.0),
    )
    assert {address: told[address] for address in told if address.startswith("/eq/")} == {
        "/eq/type/3/value": "bell",
        **{f"/eq/{quantity}/3/{form}": at for quantity, at in BAND for form in ("value", "modulatedValue")},
        "/eq/gain/3/valueStr": "-6.2 dB",
        "/eq/freq/3/valueStr": "800.4 Hz",
        "/eq/q/3/valueStr": "1.05",
    }


BAND = [("gain", 5000), ("freq", 9000), ("q", 7000)]


@pytest.mark.parametrize(
    "datagram",
    [message("/eq/type/1", "peak"), message("/eq/gain/9", 1), message("/eq/gain/1", "loud"), message("/eq/gain/1")],
    ids=["no-such-type", "no-such-band", "text", "nothing"],
)
async def test_what_cannot_be_is_dropped(rig, datagram):
    await rig.tell(message("/eq/add"))
    assert await rig.tell(datagram) == {}
    assert rig.bitwig.dropped == 1


async def test_any_message_to_bypass_flips_it(rig):
    await rig.tell(message("/eq/add"))
    assert await rig.tell(message("/eq/bypass", 0)) == {
        "/eq/bypass": 1,
        "/device/bypass": 1,
        "/device/sibling/1/bypass": 1,
    }
    assert (await rig.tell(message("/eq/bypass", 1)))["/eq/bypass"] == 0


async def test_the_cursor_device_has_its_remote_controls_page_by_page(rig):
    rig.bitwig.insert("Kick", EqPlus())
    rig.bitwig.insert("Kick", compressor())
    told = await rig.told()
    assert [told[f"/device/sibling/{place}/name"] for place in (1, 2)] == ["EQ+", "Compressor"]
    assert (told["/device/name"], told["/device/param/2/name"]) == ("Compressor", "Ratio")
    assert (told["/device/param/2/valueStr"], told["/device/param/3/valueStr"]) == ("3.00 : 1", "5.0 ms")
    told = await rig.tell(message("/device/param/1/value", 16383))
    assert told["/device/param/1/valueStr"] == "0.0 dB"
    told = await rig.tell(message("/device/sibling/1/select", 1), message("/device/page/select", 2))
    assert (told["/device/name"], told["/device/param/1/name"]) == ("EQ+", "Freq 1")


async def test_the_bank_moves_by_pages_and_by_tracks(rig):
    rig.bitwig.tracks += [type(rig.bitwig.master)(name) for name in ("Lead", "Choir")]
    await rig.told()
    told = await rig.tell(message("/track/bank/page/+", 1))
    assert [told[f"/track/{place}/name"] for place in (1, 2)] == ["Choir", ""]
    await rig.tell(message("/track/bank/page/-", 1), message("/track/bank/+", 1))
    await rig.tell(message("/track/1/volume", 0))
    assert rig.bitwig.track("Bass").volume == 0.0


async def test_datagrams_can_be_lost_on_the_way_in(rig):
    rig.bitwig.loses = lambda datagram: b"/track/2" in datagram
    assert await rig.tell(message("/track/2/mute", 1)) == {}


LAWS = {"Hz": HZ, "EQ dB": EQ_DB, "Q": Q, "threshold": THRESHOLD, "ratio": RATIO, "attack": ATTACK, "release": RELEASE}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_rises_all_the_way_and_is_not_straight(name):
    law = LAWS[name]
    shown = [law.shown(at / 200.0) for at in range(201)]
    assert all(low < high for low, high in pairwise(shown))
    assert abs(law.shown(0.25) - (3.0 * shown[0] + shown[-1]) / 4.0) > 0.01 * (shown[-1] - shown[0])
    assert law.at(law.shown(0.37)) == pytest.approx(0.37)


def test_the_eq_reaches_all_that_tonn_may_ask_for():
    assert (HZ.shown(0.0), HZ.shown(1.0)) == pytest.approx((20.0, 20_000.0))
    assert (EQ_DB.shown(0.0), EQ_DB.shown(1.0)) == pytest.approx((-24.0, 24.0))
    assert (Q.shown(0.0), Q.shown(1.0)) == pytest.approx((0.1, 40.0))


@pytest.mark.parametrize(("hz", "text"), [(46.5, "46.5 Hz"), (1200.0, "1.20 kHz"), (20_000.0, "20.00 kHz")])
def test_frequencies_are_printed_as_people_write_them(hz, text):
    assert hz_text(hz) == text
