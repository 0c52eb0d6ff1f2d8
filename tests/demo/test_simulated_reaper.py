"""The simulated REAPER keeps the habits that the bridge has to live with."""

import asyncio
import math
import struct
from itertools import pairwise

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import Ear, open_ear
from tonn_bridge.demo.reaper import SimulatedReaper, pan_text, volume_text
from tonn_bridge.errors import PortError

NAMES = ["Kick", "Snare", "Bass"]
ODD_TIME_TAG = bytes.fromhex("00 00 00 00 01 00 00 00")
FAR_AHEAD = struct.pack(">II", 4_294_000_000, 0)  # January 2036


def message(address, *args):
    """A datagram with stated types: `message("/a", ("f", 1.0))`."""
    builder = OscMessageBuilder(address)
    for kind, value in args:
        builder.add_arg(value, kind)
    return builder.build().dgram


def bundle(time_tag, *elements):
    return b"#bundle\0" + time_tag + b"".join(struct.pack(">i", len(element)) + element for element in elements)


class Rig:
    """A running REAPER whose first state has been heard, an ear, and the clock between them."""

    def __init__(self, reaper: SimulatedReaper, ear: Ear, clock: FakeClock) -> None:
        self.reaper, self.ear, self.clock = reaper, ear, clock

    async def tell(self, *datagrams: bytes) -> dict[str, object]:
        """Say something and hear what comes of it: the last value of each address."""
        for datagram in datagrams:
            self.ear.say(datagram, self.reaper.address)
        return await self.feedback()

    async def feedback(self) -> dict[str, object]:
        await self.clock.run(1.0)
        return self.ear.values()


@pytest.fixture
async def rig():
    clock = FakeClock()
    async with open_ear() as ear:
        reaper = SimulatedReaper(NAMES, clock, feedback=ear.address)
        await reaper.start()
        rig = Rig(reaper, ear, clock)
        await rig.feedback()
        yield rig
        await reaper.stop()


async def test_the_full_state_is_sent_when_it_starts():
    clock = FakeClock()
    async with open_ear() as ear:
        reaper = SimulatedReaper(NAMES, clock, feedback=ear.address)
        await reaper.start()
        heard = await Rig(reaper, ear, clock).feedback()
        await reaper.stop()
    assert [heard[f"/track/{n}/name"] for n in (1, 2, 3)] == NAMES
    assert heard["/track/2/volume/db"] == 0.0
    assert heard["/track/2/volume"] == pytest.approx(0.716)
    assert heard["/track/2/pan"] == 0.5
    assert heard["/track/2/mute"] == 0.0
    assert heard["/master/volume/str"] == "+0.00dB"


async def test_bank_slots_past_the_last_track_are_reported_as_silent_tracks(rig):
    rig.reaper.refresh()
    heard = await rig.feedback()
    assert heard["/track/4/name"] == "Track 4"
    assert heard["/track/8/volume/db"] == -150.0
    assert "/track/9/name" not in heard


@pytest.mark.parametrize(
    ("written", "echoed"),
    [
        pytest.param(
            message("/track/1/volume/db", ("f", -6.0)),
            {"/track/1/volume": pytest.approx(0.592848, abs=1e-6), "/track/1/volume/str": "-6.00dB"},
            id="dB-brings-travel-and-text",
        ),
        pytest.param(
            message("/track/1/volume", ("f", 0.5)),
            {"/track/1/volume/db": pytest.approx(-11.059, abs=1e-3), "/track/1/volume/str": "-11.06dB"},
            id="travel-brings-dB-and-text",
        ),
        pytest.param(
            message("/track/1/volume/str", ("s", "-6.5 please")),
            {"/track/1/volume/db": -6.5, "/track/1/volume": pytest.approx(0.583196, abs=1e-6)},
            id="text-brings-dB-and-travel",
        ),
        pytest.param(message("/track/2/pan", ("f", 0.375)), {"/track/2/pan/str": "25%L"}, id="pan-brings-text"),
        pytest.param(
            message("/track/2/mute", ("i", 1)),
            {"/track/2/mute": 1.0, "/track/2/mute/toggle": 1.0},
            id="a-switch-answers-even-at-its-own-address",
        ),
        pytest.param(message("/track/2/name", ("s", "Clap")), {}, id="a-name-has-no-other-form"),
    ],
)
async def test_the_other_forms_are_echoed_and_the_own_is_not(rig, written, echoed):
    assert await rig.tell(written) == echoed


async def test_writing_what_is_already_so_brings_nothing(rig):
    write = message("/track/1/volume/db", ("f", -6.0))
    await rig.tell(write)
    assert await rig.tell(write) == {}


async def test_a_hand_that_goes_back_to_what_was_last_reported_is_still_heard(rig):
    """The write made the address forget what it had carried; without that, the way back to 0 dB would be silent."""
    await rig.tell(message("/track/1/volume/db", ("f", -6.0)))
    rig.reaper.hand_move(1, 0.0)
    assert (await rig.feedback())["/track/1/volume/db"] == 0.0


async def test_a_hand_is_reported_in_every_form(rig):
    rig.reaper.hand_move("Bass", -12.0)
    assert await rig.feedback() == {
        "/track/3/volume": pytest.approx(0.48395, abs=1e-6),
        "/track/3/volume/str": "-12.00dB",
        "/track/3/volume/db": -12.0,
    }


async def test_a_glide_ends_where_it_should_and_is_heard_on_the_way(rig):
    glide = asyncio.create_task(rig.reaper.hand_glide("Kick", -12.0, seconds=0.5, steps=10))
    await rig.clock.run(0.25)
    on_the_way = rig.ear.values()["/track/1/volume/db"]
    await rig.clock.run(0.5)
    await glide
    assert -12.0 < on_the_way < 0.0
    assert rig.reaper.track("Kick").db == pytest.approx(-12.0)
    assert (await rig.feedback())["/track/1/volume/db"] == pytest.approx(-12.0)


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        pytest.param(("/track/1/volume/db", ("f", 30.0)), 12.0, id="the-top-is-plus-12"),
        pytest.param(("/track/1/volume", ("f", 1.5)), 12.0, id="travel-past-the-top"),
        pytest.param(("/track/1/volume/db", ("f", -150.0)), -math.inf, id="minus-150-is-off"),
        pytest.param(("/track/1/volume", ("f", 0.0)), -math.inf, id="the-bottom-is-off"),
        pytest.param(("/track/1/volume", ("f", 0.716)), 0.0, id="0.716-snaps-to-unity"),
        pytest.param(("/track/1/volume/db", ("i", -6)), -6.0, id="an-int-counts-as-dB"),
    ],
)
async def test_what_a_write_becomes(rig, written, becomes):
    rig.reaper.hand_move(1, -3.0)
    await rig.tell(message(*written))
    assert rig.reaper.track(1).db == pytest.approx(becomes)


async def test_a_fader_that_is_off_is_told_as_minus_150(rig):
    rig.reaper.hand_move(1, -math.inf)
    heard = await rig.feedback()
    assert (heard["/track/1/volume/db"], heard["/track/1/volume"]) == (-150.0, 0.0)


@pytest.mark.parametrize("kind", ["T", "d", "h", "N"])
async def test_a_message_with_any_other_argument_type_is_dropped_whole(rig, kind):
    value = {"T": True, "d": -6.0, "h": -6, "N": None}[kind]
    assert await rig.tell(message("/track/1/volume/db", ("f", -6.0), (kind, value))) == {}
    assert rig.reaper.track(1).db == 0.0
    assert rig.reaper.dropped == 1


async def test_noise_is_dropped(rig):
    await rig.tell(b"", b"noise", b"#bundle\0", b"/track/1/volume/db\0\0,f\0\0\x01")
    assert rig.reaper.dropped >= 2
    assert rig.reaper.received.total() == 0


async def test_a_bundle_is_obeyed_in_order_whatever_its_time_tag_and_inner_bundles_are_passed_over(rig):
    nested = bundle(FAR_AHEAD, message("/track/2/volume/db", ("f", -9.0)))
    writes = [message("/track/1/volume/db", ("f", db)) for db in (-3.0, -6.0)]
    await rig.tell(bundle(FAR_AHEAD, *writes, nested))
    assert [rig.reaper.track(n).db for n in (1, 2)] == pytest.approx([-6.0, 0.0])


async def test_feedback_is_bundled_up_to_the_packet_limit_and_paced(rig):
    rig.reaper.refresh()
    arrivals = []
    for _ in range(200):
        rig.clock.advance(0.001)
        for _ in range(3):
            await asyncio.sleep(0)
        arrivals += [(rig.clock.now(), datagram) for datagram in rig.ear.take()]
    assert len(arrivals) > 2
    assert all(datagram.startswith(b"#bundle\0" + ODD_TIME_TAG) for _, datagram in arrivals)
    assert all(900 < len(datagram) <= 1024 for _, datagram in arrivals[:-1])
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(arrivals)]
    assert min(gaps) > 0.0099


async def test_a_lone_message_goes_bare(rig):
    rig.reaper.rename_track("Kick", "Boom")
    await rig.clock.run(0.1)
    assert rig.ear.take() == [b"/track/1/name\0\0\0,s\0\0Boom\0\0\0\0"]


async def test_the_track_count_limits_what_is_reported_and_not_what_is_obeyed(rig):
    await rig.tell(message("/device/track/count", ("i", 2)))
    assert await rig.tell(message("/track/3/volume/db", ("f", -6.0))) == {}
    assert rig.reaper.track(3).db == pytest.approx(-6.0)
    heard = await rig.tell(message("/device/track/count", ("i", 8)))
    assert heard["/track/3/volume/str"] == "-6.00dB"


async def test_a_new_track_count_sends_only_what_the_listener_does_not_know(rig):
    await rig.tell(message("/track/1/volume/db", ("f", -6.0)))
    heard = await rig.tell(message("/device/track/count", ("i", 9)))
    assert heard.pop("/track/1/volume/db") == pytest.approx(-6.0)  # forgotten when it was written to
    assert {address.split("/")[2] for address in heard} == {"9"}


async def test_action_41743_sends_everything_again(rig):
    heard = await rig.tell(message("/action", ("i", 41743)))
    assert heard["/track/1/volume/db"] == 0.0
    assert heard["/track/3/name"] == "Bass"


async def test_another_action_does_nothing(rig):
    assert await rig.tell(message("/action", ("i", 40297))) == {}
    assert rig.reaper.received["/action"] == 1


async def test_an_inserted_track_moves_the_others_up_and_feedback_follows(rig):
    rig.reaper.hand_move("Bass", -9.0)
    await rig.feedback()
    rig.reaper.insert_track(1, "Claps")
    heard = await rig.feedback()
    assert [heard[f"/track/{n}/name"] for n in (1, 2, 3, 4)] == ["Claps", "Kick", "Snare", "Bass"]
    assert heard["/track/4/volume/db"] == -9.0
    assert "/track/2/volume/db" not in heard  # 0 dB before and after: not said again
    assert rig.reaper.number("Bass") == 4


async def test_a_removed_track_leaves_an_empty_slot_at_the_end(rig):
    rig.reaper.remove_track("Kick")
    heard = await rig.feedback()
    assert (heard["/track/1/name"], heard["/track/2/name"]) == ("Snare", "Bass")
    assert (heard["/track/3/name"], heard["/track/3/volume/db"]) == ("Track 3", -150.0)
    await rig.tell(message("/track/3/volume/db", ("f", -6.0)))
    assert [track.db for track in rig.reaper.tracks] == [0.0, 0.0]


async def test_a_moved_track_takes_its_settings_along(rig):
    rig.reaper.hand_pan("Bass", -0.5)
    rig.reaper.mute("Bass", True)
    rig.reaper.move_track("Bass", 1)
    heard = await rig.feedback()
    assert (heard["/track/1/name"], heard["/track/1/pan"], heard["/track/1/mute"]) == ("Bass", 0.25, 1.0)


async def test_the_wire_can_lose_and_double_datagrams(rig):
    rig.reaper.wire = lambda datagram: ()
    rig.reaper.hand_move(1, -6.0)
    assert await rig.feedback() == {}
    rig.reaper.wire = lambda datagram: (datagram, datagram)
    rig.reaper.hand_move(1, -7.0)
    await rig.clock.run(0.1)
    assert len(rig.ear.take()) == 2


async def test_it_can_be_stopped_and_started_again_on_the_same_port(rig):
    address = rig.reaper.address
    await rig.reaper.stop()
    with pytest.raises(PortError, match="not running"):
        _ = rig.reaper.address
    await rig.reaper.start(address)
    assert rig.reaper.address == address
    assert (await rig.feedback())["/track/1/name"] == "Kick"


async def test_a_taken_port_is_named(rig):
    port = rig.reaper.address[1]
    with pytest.raises(PortError, match=f"127.0.0.1:{port}"):
        await SimulatedReaper(NAMES, rig.clock).start(("127.0.0.1", port))


@pytest.mark.parametrize(("db", "text"), [(-6.5, "-6.50dB"), (0.0, "+0.00dB"), (12.0, "+12.00dB"), (-150.0, "-inf dB")])
def test_volume_text(db, text):
    assert volume_text(db) == text


@pytest.mark.parametrize(("pan", "text"), [(0.0, "center"), (-0.25, "25%L"), (1.0, "100%R"), (0.004, "center")])
def test_pan_text(pan, text):
    assert pan_text(pan) == text
