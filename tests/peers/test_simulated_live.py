"""The simulated Live keeps AbletonOSC's habits."""

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import open_ear
from tests.peers.live import SimulatedLive

NAMES = ["Drums", "Bass", "Vox"]

LIVE_TEST = bytes.fromhex("2F 6C 69 76 65 2F 74 65 73 74 00 00 2C 00 00 00")
NUM_TRACKS = bytes.fromhex("2F6C6976652F736F6E672F6765742F6E756D5F747261636B73 000000 2C000000")
TRACK_NAMES = bytes.fromhex("2F6C6976652F736F6E672F6765742F747261636B5F6E616D6573 0000 2C696900 00000000 FFFFFFFF")
SET_VOLUME = bytes.fromhex("2F6C6976652F747261636B2F7365742F766F6C756D65 0000 2C696600 00000000 3F59999A")
SET_PANNING = bytes.fromhex("2F6C6976652F747261636B2F7365742F70616E6E696E67 00 2C696600 00000000 BF000000")
LISTEN_VOLUME = bytes.fromhex("2F6C6976652F747261636B2F73746172745F6C697374656E2F766F6C756D65 00 2C690000 00000000")


def message(address, *args):
    builder = OscMessageBuilder(address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build()


def listen(prop, number):
    return message(f"/live/track/start_listen/{prop}", number).dgram


class Rig:
    def __init__(self, live, speaking, hearing, clock):
        self.live, self.speaking, self.hearing, self.clock = live, speaking, hearing, clock

    async def tell(self, *datagrams):
        """Say something from one port and hear what comes to the other with the next tick."""
        for datagram in datagrams:
            self.speaking.say(datagram, self.live.address)
        await self.clock.run(0.1)
        return [(heard.address, *heard.args) for heard in self.hearing.messages()]

    def heard(self):
        return [(heard.address, *heard.args) for heard in self.hearing.messages()]


@pytest.fixture
async def rig():
    clock = FakeClock()
    async with open_ear() as speaking, open_ear() as hearing:
        live = SimulatedLive(NAMES, clock, reply_port=hearing.address[1])
        await live.start()
        rig = Rig(live, speaking, hearing, clock)
        await clock.run(0.05)  # from here on a tick comes half-way through each 100 ms
        assert rig.heard() == [("/live/startup",)]
        yield rig
        assert speaking.take() == []  # nothing ever goes to the port that asked
        await live.stop()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param(LIVE_TEST, ("/live/test", "ok"), id="test"),
        pytest.param(NUM_TRACKS, ("/live/song/get/num_tracks", 3), id="how-many"),
        pytest.param(TRACK_NAMES, ("/live/song/get/track_names", *NAMES), id="names"),
        pytest.param(
            message("/live/song/get/track_data", 0, 2, "track.name", "track.volume").dgram,
            ("/live/song/get/track_data", "Drums", pytest.approx(0.85), "Bass", pytest.approx(0.85)),
            id="data-flat-track-after-track",
        ),
        pytest.param(message("/live/track/get/panning", 2).dgram, ("/live/track/get/panning", 2, 0.0), id="one-value"),
        pytest.param(
            message("/live/track/get/mute", 1).dgram, ("/live/track/get/mute", 1, False), id="a-bool-is-a-tag"
        ),
    ],
)
async def test_questions_are_answered_at_the_fixed_port(rig, asked, answered):
    assert await rig.tell(asked) == [answered]


async def test_a_set_is_obeyed_without_an_answer(rig):
    rig.live.track(0).volume = 0.5
    assert await rig.tell(SET_VOLUME, SET_PANNING) == []
    assert rig.live.track("Drums").volume == pytest.approx(0.85)
    assert rig.live.track("Drums").panning == -0.5


async def test_what_arrives_waits_for_the_tick(rig):
    rig.speaking.say(LIVE_TEST, rig.live.address)
    await rig.clock.run(0.04)
    assert rig.heard() == []
    await rig.clock.run(0.02)
    assert rig.heard() == [("/live/test", "ok")]


async def test_a_listener_hears_at_once_then_each_change_and_our_own_writes(rig):
    assert await rig.tell(LISTEN_VOLUME) == [("/live/track/get/volume", 0, pytest.approx(0.85))]
    rig.live.hand_move("Drums", 0.5)
    rig.live.hand_move("Bass", 0.5)  # nobody listens there
    assert await rig.tell() == [("/live/track/get/volume", 0, 0.5)]
    assert await rig.tell(SET_VOLUME) == [("/live/track/get/volume", 0, pytest.approx(0.85))]
    assert await rig.tell(SET_VOLUME) == []  # no change, no news


async def test_a_listener_that_is_stopped_hears_nothing(rig):
    await rig.tell(listen("mute", 1), message("/live/track/stop_listen/mute", 1).dgram)
    rig.live.mute("Bass", True)
    assert await rig.tell() == []


async def test_a_listener_stays_with_its_track_and_keeps_the_old_number(rig):
    await rig.tell(listen("volume", 1))
    rig.live.insert_track(0, "Intro")
    rig.live.hand_move("Bass", 0.25)
    assert await rig.tell() == [("/live/track/get/volume", 1, 0.25)]  # Bass is number 2 by now


async def test_a_mixer_listener_cannot_be_replaced_after_its_track_has_moved(rig):
    await rig.tell(listen("volume", 1), listen("name", 1))
    rig.live.insert_track(0, "Intro")
    assert await rig.tell(listen("volume", 1)) == [("/live/error", "Error handling message: Observer not connected")]
    assert await rig.tell(listen("name", 1)) == [("/live/track/get/name", 1, "Drums")]


async def test_an_error_is_told_and_the_rest_waits_for_the_next_tick(rig):
    bad = message("/live/track/set/volume", 0, 1.5).dgram
    assert await rig.tell(bad, LIVE_TEST) == [("/live/error", "Error handling message: Invalid value for volume: 1.5")]
    assert await rig.tell() == [("/live/test", "ok")]


async def test_a_track_that_is_not_there_is_an_error(rig):
    heard = await rig.tell(message("/live/track/get/volume", 7).dgram)
    assert [address for address, *_ in heard] == ["/live/error"]


async def test_an_unknown_address_and_noise_are_met_with_silence(rig):
    assert await rig.tell(message("/live/nothing/here").dgram, b"noise") == []
    assert (rig.live.received["/live/nothing/here"], rig.live.dropped) == (1, 1)


async def test_a_bundle_is_unpacked_whatever_it_holds(rig):
    inner, outer = OscBundleBuilder(IMMEDIATELY), OscBundleBuilder(IMMEDIATELY)
    inner.add_content(message("/live/track/set/volume", 1, 0.5))
    outer.add_content(message("/live/track/set/panning", 1, 1.0))
    outer.add_content(inner.build())
    assert await rig.tell(outer.build().dgram) == []
    assert (rig.live.track(1).volume, rig.live.track(1).panning) == (0.5, 1.0)


async def test_tracks_move_and_go(rig):
    rig.live.move_track("Vox", 0)
    rig.live.remove_track("Drums")
    rig.live.rename_track("Bass", "Sub")
    assert await rig.tell(TRACK_NAMES) == [("/live/song/get/track_names", "Vox", "Sub")]


async def test_after_a_restart_nobody_is_listened_to_any_more(rig):
    await rig.tell(listen("volume", 0))
    address = rig.live.address
    await rig.live.stop()
    await rig.live.start(address)
    rig.live.hand_move(0, 0.1)
    assert await rig.tell() == [("/live/startup",)]
