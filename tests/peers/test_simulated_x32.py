"""The simulated X32 keeps the console's habits."""

import math
import struct

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import open_ear
from tests.peers.x32 import SimulatedX32
from tests.peers.x32_dials import X32_DIALS, Fader

NAMES = ["Kick", "Snare", "Bass"]

XREMOTE_WITHOUT_TAGS = bytes.fromhex("2F 78 72 65 6D 6F 74 65 00 00 00 00")
XREMOTE = bytes.fromhex("2F 78 72 65 6D 6F 74 65 00 00 00 00 2C 00 00 00")
ASK_FADER = bytes.fromhex("2F 63 68 2F 30 31 2F 6D 69 78 2F 66 61 64 65 72 00 00 00 00")

STEPS = [  # dB, position, what the console keeps
    (10, 1.0, 1.0),
    (6, 0.9, 0.900293),
    (3, 0.825, 0.825024),
    (0, 0.75, 0.749756),
    (-6, 0.6, 0.600196),
    (-10, 0.5, 0.499511),
    (-11.8, 0.4775, 0.477028),
    (-30, 0.25, 0.249267),
    (-60, 0.0625, 0.061584),
    (-75, 0.03125, 0.030303),
    (-90, 0.0, 0.0),
]


def message(address, *args):
    builder = OscMessageBuilder(address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build().dgram


class Rig:
    def __init__(self, console, mine, other, clock):
        self.console, self.mine, self.other, self.clock = console, mine, other, clock

    async def tell(self, *datagrams, by=None):
        """Say something and hear what both remotes were told: (mine, the other's)."""
        for datagram in datagrams:
            (by or self.mine).say(datagram, self.console.address)
        return await self.told()

    async def told(self):
        await self.clock.run(0.05)
        return tuple([(heard.address, *heard.args) for heard in ear.messages()] for ear in (self.mine, self.other))


@pytest.fixture
async def rig():
    clock = FakeClock()
    async with open_ear() as mine, open_ear() as other:
        console = SimulatedX32(NAMES, clock)
        await console.start()
        yield Rig(console, mine, other, clock)
        await console.stop()


@pytest.mark.parametrize("asked", [ASK_FADER, message("/ch/01/mix/fader")], ids=["without-type-tags", "with-none"])
async def test_a_path_without_a_value_is_a_question_answered_to_who_asked(rig, asked):
    rig.console.hand_move("Kick", 0.5)
    assert await rig.tell(asked) == ([("/ch/01/mix/fader", pytest.approx(0.499511, abs=1e-6))], [])


async def test_names_and_switches_are_answered_too(rig):
    mine, _ = await rig.tell(message("/ch/03/config/name"), message("/ch/03/mix/on"), message("/ch/03/mix/pan"))
    assert mine == [("/ch/03/config/name", "Bass"), ("/ch/03/mix/on", 1), ("/ch/03/mix/pan", 0.5)]


@pytest.mark.parametrize(("db", "position", "kept"), STEPS)
async def test_faders_keep_1024_steps(rig, db, position, kept):
    rig.console.channel(1).stored["mix/fader"] = -1.0
    await rig.tell(message("/ch/01/mix/fader", position))
    assert rig.console.channel(1).fader == pytest.approx(kept, abs=1e-6)
    if db > -90:
        assert Fader().shown(position) == pytest.approx(db)
    await rig.tell(message("/ch/02/mix/fader", f"{db}.0" if isinstance(db, int) else str(db)))
    assert rig.console.channel(2).fader == pytest.approx(kept, abs=1e-6)


def test_the_bottom_is_off():
    assert Fader().shown(0.0) == -math.inf


async def test_pans_keep_steps_of_a_hundredth(rig):
    await rig.tell(message("/ch/01/mix/pan", 0.2512))
    assert rig.console.channel(1).pan == 0.25


WRITES = [  # path, what is sent, what the console keeps, what its screen shows
    ("preamp/trim", 0.6, 0.597222, 3.5),  # 3.6 dB: steps of 0.25
    ("eq/on", 1, 1, "on"),
    ("eq/1/type", 2, 2, "PEQ"),
    ("eq/4/type", 5, 5, "high cut"),
    ("eq/1/f", 0.5663233347786729, 0.565, 990.8),
    ("eq/2/g", 0.3, 0.3, -6.0),
    ("eq/2/g", 0.3037, 0.3, -6.0),  # -5.89 dB: steps of 0.25
    ("eq/3/q", 0.0, 0.0, 10.0),
    ("eq/3/q", 0.656651, 0.661972, 0.981),  # Q 1
    ("eq/3/q", 1.0, 1.0, 0.3),
    ("dyn/on", 1, 1, "on"),
    ("dyn/mode", 1, 1, "exp"),
    ("dyn/det", 1, 1, "rms"),
    ("dyn/env", 0, 0, "lin"),
    ("dyn/auto", 1, 1, "on"),
    ("dyn/thr", 0.7, 0.7, -18.0),
    ("dyn/thr", 0.93517, 0.933333, -4.0),  # -3.89 dB: steps of 0.5
    ("dyn/ratio", 6, 6, 4.0),
    ("dyn/ratio", 0, 0, 1.1),
    ("dyn/ratio", 11, 11, 100.0),
    ("dyn/knee", 0.35, 0.4, 2.0),
    ("dyn/mgain", 0.515, 0.520833, 12.5),
    ("dyn/attack", 0.616667, 0.616667, 74.0),
    ("dyn/attack", 0.6204, 0.616667, 74.0),  # 74.4 ms: whole ones
    ("dyn/hold", 0.5, 0.5, 6.325),
    ("dyn/release", 0.221644, 0.22, 21.76),  # 22 ms
    ("dyn/release", 0.448154, 0.45, 101.2),  # 100 ms
    ("dyn/mix", 0.52, 0.5, 50.0),
    ("mix/pan", 0.25, 0.25, -50.0),
]


@pytest.mark.parametrize(("path", "sent", "kept", "shown"), WRITES, ids=lambda value: str(value))
async def test_every_dial_has_its_own_steps(rig, path, sent, kept, shown):
    mine, _ = await rig.tell(message(f"/ch/02/{path}", sent), message(f"/ch/02/{path}"))
    assert mine == [(f"/ch/02/{path}", kept if isinstance(kept, int) else pytest.approx(kept, abs=1e-6))]
    assert rig.console.channel(2).shown(path) == (shown if isinstance(shown, str) else pytest.approx(shown, rel=1e-3))
    assert rig.console.channel(1).stored[path] == X32_DIALS[path].first


REFUSED = [("eq/1/type", 6), ("eq/1/type", 0.5), ("dyn/ratio", 12), ("dyn/ratio", 4.0), ("eq/1/g", "-3"), ("eq/1/g", 1)]
REFUSED += [("eq/1/f", math.nan), ("mix/fader", math.nan), ("config/name", 3)]


@pytest.mark.parametrize(("path", "sent"), REFUSED, ids=str)
async def test_what_does_not_fit_a_dial_is_refused(rig, path, sent):
    before = dict(rig.console.channel(1).stored)
    await rig.tell(message(f"/ch/01/{path}", sent))
    assert (rig.console.channel(1).stored, rig.console.dropped) == (before, 1)


async def test_the_q_of_a_new_bell_tells_that_q_falls_on_the_wire(rig):
    mine, _ = await rig.tell(message("/ch/01/eq/2/q"))
    assert mine == [("/ch/01/eq/2/q", pytest.approx(0.46, abs=0.007))]  # 0.54 where it rises
    assert rig.console.channel(1).shown("eq/2/q") == pytest.approx(2.0, rel=0.03)


async def test_a_new_channel_is_no_equaliser_of_bells_and_both_are_off(rig):
    paths = ["eq/on", *(f"eq/{band}/type" for band in range(1, 5)), "dyn/on", "dyn/ratio"]
    mine, _ = await rig.tell(*(message(f"/ch/03/{path}") for path in paths))
    assert [value for _, value in mine] == [0, 1, 2, 2, 4, 0, 5]


async def test_a_channel_has_four_bells(rig):
    assert await rig.tell(message("/ch/01/eq/5/g"), message("/ch/01/eq/5/g", 0.1)) == ([], [])


async def test_a_hand_on_a_dial_is_told_in_the_dial_s_steps(rig):
    await rig.tell(XREMOTE)
    rig.console.turn("Bass", "eq/1/g", -3.1)
    rig.console.turn("Bass", "dyn/ratio", 4)
    rig.console.turn("Bass", "eq/1/type", "PEQ")
    rig.console.turn("Bass", "eq/1/type", "PEQ")
    mine, _ = await rig.told()
    assert mine == [
        ("/ch/03/eq/1/g", pytest.approx(0.4, abs=1e-6)),
        ("/ch/03/dyn/ratio", 6),
        ("/ch/03/eq/1/type", 2),
    ]


async def test_datagrams_can_be_lost_on_the_way_in(rig):
    rig.console.loses = lambda datagram: b"/eq/1/g" in datagram
    await rig.tell(message("/ch/01/eq/1/g", 0.3), message("/ch/01/eq/2/g", 0.3))
    assert [rig.console.channel(1).shown(f"eq/{band}/g") for band in (1, 2)] == pytest.approx([0.0, -6.0])
    assert rig.console.received["/ch/01/eq/1/g"] == 0


async def test_an_x_air_channel_has_no_trim():
    async with open_ear() as ear:
        mixer = SimulatedX32(NAMES, FakeClock(), xair=True)
        await mixer.start()
        for path in ("preamp/trim", "dyn/thr"):
            ear.say(message(f"/ch/01/{path}"), mixer.address)
        assert [heard.address for heard in await ear.next()] == ["/ch/01/dyn/thr"]
        await mixer.stop()


@pytest.mark.parametrize("greeting", [XREMOTE, XREMOTE_WITHOUT_TAGS], ids=["with-tags", "without"])
async def test_changes_are_told_to_every_remote_but_the_one_that_made_them(rig, greeting):
    await rig.tell(greeting)
    await rig.tell(greeting, by=rig.other)
    news = ("/ch/02/mix/fader", pytest.approx(0.600196, abs=1e-6))
    assert await rig.tell(message("/ch/02/mix/fader", 0.6)) == ([], [news])
    rig.console.hand_move("Snare", 0.5)
    rig.console.mute("Snare", True)
    both = [("/ch/02/mix/fader", pytest.approx(0.499511, abs=1e-6)), ("/ch/02/mix/on", 0)]
    assert await rig.told() == (both, both)
    rig.console.hand_move("Snare", 0.5)
    assert await rig.told() == ([], [])


async def test_a_remote_that_is_not_renewed_lapses_after_ten_seconds(rig):
    await rig.tell(XREMOTE)
    rig.clock.advance(9.8)
    rig.console.hand_move(1, 0.1)
    assert len((await rig.told())[0]) == 1
    rig.clock.advance(0.3)
    rig.console.hand_move(1, 0.2)
    assert await rig.told() == ([], [])
    await rig.tell(XREMOTE)
    rig.console.hand_move(1, 0.3)
    assert len((await rig.told())[0]) == 1


async def test_it_says_who_it_is(rig):
    mine, _ = await rig.tell(message("/info"), message("/xinfo"))
    assert mine == [("/info", "127.0.0.1", "simulated", "X32", "4.06")]


async def test_an_x_air_answers_xinfo():
    async with open_ear() as ear:
        mixer = SimulatedX32(NAMES, FakeClock(), xair=True)
        await mixer.start()
        ear.say(message("/xinfo"), mixer.address)
        assert (await ear.next())[0].args[2] == "XR18"
        await mixer.stop()


async def test_bundles_and_noise_are_not_understood(rig):
    write = message("/ch/01/mix/fader", 0.1)
    bundle = b"#bundle\0" + bytes(7) + b"\x01" + struct.pack(">i", len(write)) + write
    await rig.tell(bundle, b"noise", message("/ch/01/mix/on", 2), message("/ch/99/mix/fader", 0.1))
    assert rig.console.dropped == 3
    assert [channel.db for channel in rig.console.channels] == pytest.approx([0.0] * 3, abs=0.04)


async def test_a_name_has_twelve_characters(rig):
    await rig.tell(message("/ch/01/config/name", "Kick drum inside"))
    assert rig.console.channel(1).name == "Kick drum in"
