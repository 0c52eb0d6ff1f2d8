"""The simulated REAPER's plug-ins, on the wire and behind it."""

import math
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import open_ear
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import COMP_DIALS, ReaEq, eq_hz, other_fx, prepared_chain, rea_comp, six_bells
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS, Heard, Patterns

BELL_0_TO_1_KHZ = bytes.fromhex("2F747261636B2F312F667865712F62616E642F302F667265712F687A00000000 2C660000 447A0000")
AS_DEFAULT = (
    PLUG_IN_PATTERNS.replace("PARAM_COUNT 20", "PARAM_COUNT 16").replace("EXISTING", "INSERT")
    + "FX_EQ_LOSHELF_FREQ f/track/@/fxeq/loshelf/freq/hz"
)
"""The counts and the manners of REAPER's own default file."""

COMP, EQ = 2, 1
"""Places in the chain of each track here."""


def message(address, *args):
    builder = OscMessageBuilder(address)
    for kind, value in args:
        builder.add_arg(value, kind)
    return builder.build().dgram


def equipped():
    return [six_bells(), rea_comp()]


class Rig:
    """A running REAPER with two tracks whose first state has been heard."""

    def __init__(self, reaper, ear, clock):
        self.reaper, self.ear, self.clock = reaper, ear, clock

    async def tell(self, *datagrams):
        for datagram in datagrams:
            self.ear.say(datagram, self.reaper.address)
        return await self.feedback()

    async def feedback(self):
        await self.clock.run(3.0, step=0.02)
        return self.ear.values()


@pytest.fixture
async def rig(request):
    patterns, chain = getattr(request, "param", (AS_DEFAULT, equipped))
    clock = FakeClock()
    async with open_ear() as ear:
        reaper = SimulatedReaper(["Kick", "Bass"], clock, feedback=ear.address, patterns=patterns, chain=chain)
        await reaper.start()
        rig = Rig(reaper, ear, clock)
        await rig.tell(message("/device/track/count", ("i", 2)), message("/device/fx/count", ("i", 3)))
        yield rig
        await reaper.stop()


def bare(patterns=AS_DEFAULT):
    return pytest.param((patterns, list), id="bare-tracks")


async def test_plug_ins_are_told_with_their_names_parameters_and_texts(rig):
    heard = await rig.tell(message("/action", ("i", 41743)))
    assert [heard[f"/track/2/fx/{place}/name"] for place in (1, 2, 3)] == ["ReaEQ (Cockos)", "ReaComp (Cockos)", ""]
    assert [heard[f"/track/2/fx/{place}/bypass"] for place in (1, 2, 3)] == [1.0, 1.0, 0.0]
    assert heard["/track/1/fx/1/fxparam/1/name"] == "Freq-Band 1"
    assert heard["/track/1/fx/1/fxparam/1/value/str"] == "60.0"
    assert heard["/track/1/fx/1/fxparam/3/value/str"] == "2.00"
    assert [heard[f"/track/1/fx/2/fxparam/{n}/name"] for n in (1, 2, 3, 4)] == [
        "Threshold",
        "Ratio",
        "Attack",
        "Release",
    ]
    assert [heard[f"/track/1/fx/2/fxparam/{n}/value/str"] for n in (1, 2, 3, 4)] == ["0.0", "4.00", "3.0", "100.0"]
    assert heard["/track/1/fx/3/fxparam/16/value"] == 0.0
    assert heard["/track/1/fx/3/fxparam/16/value/str"] == ""


async def test_the_banks_hold_so_many_plug_ins_and_parameters_as_was_said(rig):
    heard = await rig.tell(message("/action", ("i", 41743)))
    assert "/track/1/fx/2/fxparam/16/value" in heard
    assert "/track/1/fx/2/fxparam/17/value" not in heard
    assert "/track/1/fx/4/name" not in heard
    assert await rig.tell(message("/device/fxparam/count", ("i", 20))) == {}, "it alone tells nothing"
    heard = await rig.tell(message("/device/fx/count", ("i", 4)))
    assert heard["/track/1/fx/2/fxparam/17/name"] == "Auto Release"
    assert heard["/track/1/fx/4/name"] == ""
    assert "/track/1/fx/2/fxparam/16/name" not in heard, "known already"


@pytest.mark.parametrize(
    ("form", "written", "parameter", "becomes", "told"),
    [
        pytest.param("band/0/freq/hz", ("f", 1000.0), 1, 1000.0, "1000.0", id="hertz"),
        pytest.param("band/5/freq/hz", ("f", 46.5), 16, 46.5, "46.5", id="the-sixth-bell"),
        pytest.param("band/0/gain/db", ("f", -3.04), 2, -3.04, "-3.0", id="decibels-are-rounded-in-the-text-alone"),
        pytest.param("band/0/gain/db", ("f", 40.0), 2, 24.0, "24.0", id="the-top"),
        pytest.param("band/0/q/oct", ("f", 0.5392), 3, 0.5392, "0.54", id="octaves"),
        pytest.param("band/0/q/oct", ("f", 9.0), 3, 4.0, "4.00", id="never-wider-than-four-octaves"),
        pytest.param("band/0/freq", ("f", 0.476049), 1, 1000.0, "1000.0", id="position"),
        pytest.param("band/0/freq/str", ("s", "0.476049"), 1, 1000.0, "1000.0", id="text"),
        pytest.param("band/0/freq/hz", ("i", 500), 1, 500.0, "500.0", id="an-int-counts"),
    ],
)
async def test_reaeq_hears_its_own_addresses_and_its_parameters_tell(rig, form, written, parameter, becomes, told):
    heard = await rig.tell(message(f"/track/1/fxeq/{form}", written))
    eq = rig.reaper.fx("Kick", "ReaEQ")
    assert eq.value(parameter - 1) == pytest.approx(becomes, rel=1e-5)
    at = f"/track/1/fx/1/fxparam/{parameter}/value"
    if parameter <= 16:
        assert heard == {at: pytest.approx(eq.positions[parameter - 1]), f"{at}/str": told}


async def test_the_vector_of_a_frequency_is_obeyed(rig):
    assert message("/track/1/fxeq/band/0/freq/hz", ("f", 1000.0)) == BELL_0_TO_1_KHZ
    await rig.tell(BELL_0_TO_1_KHZ)
    assert rig.reaper.fx(1, "ReaEQ").value("Freq-Band 1") == pytest.approx(1000.0)


@pytest.mark.parametrize("band", [6, 60])
async def test_a_band_that_is_not_there_is_written_to_without_effect(rig, band):
    before = list(rig.reaper.fx(1, "ReaEQ").positions)
    assert await rig.tell(message(f"/track/1/fxeq/band/{band}/gain/db", ("f", 6.0))) == {}
    assert rig.reaper.fx(1, "ReaEQ").positions == before


@pytest.mark.parametrize("rig", [bare()], indirect=True)
async def test_the_first_word_to_a_missing_reaeq_inserts_a_fresh_one_with_two_bells(rig):
    heard = await rig.tell(message("/track/2/fxeq/band/1/gain/db", ("f", -6.0)))
    assert heard["/track/2/fx/1/name"] == "ReaEQ (Cockos)"
    assert heard["/track/2/fx/1/fxparam/8/name"] == "Gain-Band 3"
    assert heard["/track/2/fx/1/fxparam/8/value/str"] == "-6.0"
    assert rig.reaper.track(1).chain == []
    assert await rig.tell(message("/track/2/fxeq/band/2/gain/db", ("f", -6.0))) == {}, "it has no third"
    heard = await rig.tell(message("/track/2/fxeq/loshelf/freq/hz", ("f", 80.0)))
    assert heard["/track/2/fx/1/fxparam/1/value/str"] == "80.0"


@pytest.mark.parametrize("rig", [bare(PLUG_IN_PATTERNS)], indirect=True)
async def test_a_device_told_to_keep_to_what_exists_inserts_nothing(rig):
    assert await rig.tell(message("/track/1/fxeq/band/0/gain/db", ("f", -6.0))) == {}
    assert rig.reaper.track(1).chain == []


async def test_a_parameter_written_by_position_comes_back_as_text_alone(rig):
    heard = await rig.tell(message("/track/1/fx/2/fxparam/1/value", ("f", 0.5)))
    assert heard == {"/track/1/fx/2/fxparam/1/value/str": "-2.1"}
    assert rig.reaper.fx("Kick", "ReaComp").value("Threshold") == pytest.approx(-2.1072, abs=1e-3)
    assert await rig.tell(message("/track/1/fx/2/fxparam/1/value", ("f", 0.5))) == {}


@pytest.mark.parametrize(
    "written",
    [
        message("/track/1/fx/2/fxparam/1/value/str", ("s", "-18.0")),
        message("/track/1/fx/2/fxparam/1/value", ("i", -1)),
        message("/track/1/fx/2/fxparam/99/value", ("f", 0.5)),
        message("/track/1/fx/3/fxparam/1/value", ("f", 0.5)),
        message("/track/9/fx/1/fxparam/1/value", ("f", 0.5)),
        message("/track/1/fx/1/name", ("s", "Mine")),
    ],
    ids=["a-text", "end-of-an-edit", "no-such-parameter", "no-such-plug-in", "no-such-track", "a-name"],
)
async def test_what_a_plug_in_does_not_obey(rig, written):
    assert await rig.tell(written) == {}
    assert rig.reaper.fx(1, "ReaComp").positions == rea_comp().positions


async def test_bypass_is_answered_at_every_address_that_has_it(rig):
    assert await rig.tell(message("/track/1/fx/1/bypass", ("f", 0.0))) == {
        "/track/1/fx/1/bypass": 0.0,
        "/track/1/fxeq/bypass": 0.0,
    }
    assert not rig.reaper.fx(1, "ReaEQ").enabled
    assert await rig.tell(message("/track/1/fxeq/bypass", ("f", 1.0))) == {
        "/track/1/fx/1/bypass": 1.0,
        "/track/1/fxeq/bypass": 1.0,
    }
    rig.reaper.bypass("Bass", "ReaComp", True)
    assert await rig.feedback() == {"/track/2/fx/2/bypass": 0.0}


async def test_a_hand_on_a_knob_is_told_as_position_and_text(rig):
    rig.reaper.hand_turn("Bass", "ReaComp", "Attack", 15.0)
    heard = await rig.feedback()
    assert heard == {
        "/track/2/fx/2/fxparam/3/value": pytest.approx(rig.reaper.fx("Bass", COMP).positions[2]),
        "/track/2/fx/2/fxparam/3/value/str": "15.0",
    }
    rig.reaper.hand_turn("Bass", EQ, "Freq-Band 6", 5000.0)  # in the eighteenth parameter; the bank holds sixteen
    rig.reaper.hand_turn("Bass", "ReaEQ", "BW-Band 6", 1.0)
    assert list(await rig.feedback()) == ["/track/2/fx/1/fxparam/16/value", "/track/2/fx/1/fxparam/16/value/str"]


async def test_places_shift_and_everything_that_differs_is_told(rig):
    rig.reaper.hand_turn(1, "ReaComp", "Ratio", 2.0)
    await rig.feedback()
    rig.reaper.insert_fx("Kick", 1, other_fx("JS: Gate"))
    heard = await rig.feedback()
    assert [heard[f"/track/1/fx/{place}/name"] for place in (1, 2, 3)] == [
        "JS: Gate",
        "ReaEQ (Cockos)",
        "ReaComp (Cockos)",
    ]
    assert heard["/track/1/fx/3/fxparam/2/value/str"] == "2.00"
    assert heard["/track/1/fx/1/fxparam/5/name"] == ""
    rig.reaper.move_fx("Kick", "ReaComp", 1)
    assert (await rig.feedback())["/track/1/fx/1/fxparam/2/value/str"] == "2.00"
    rig.reaper.remove_fx("Kick", "ReaComp")
    assert [fx.name for fx in rig.reaper.track(1).chain] == ["JS: Gate", "ReaEQ (Cockos)"]
    assert (await rig.feedback())["/track/1/fx/3/name"] == ""


async def test_writes_can_be_lost_on_their_way_in(rig):
    rig.reaper.loses = lambda address: "/fxparam/2/" in address
    await rig.tell(message("/track/1/fx/2/fxparam/2/value", ("f", 0.9)))
    await rig.tell(message("/track/1/fx/2/fxparam/3/value", ("f", 0.9)))
    comp = rig.reaper.fx(1, "ReaComp")
    assert comp.value("Ratio") == pytest.approx(4.0)
    assert comp.value("Attack") > 300.0


async def test_a_plug_in_can_be_broken(rig):
    rig.reaper.fx(1, "ReaComp").snaps = lambda number, position: 0.25 if number == 0 else position
    heard = await rig.tell(message("/track/1/fx/2/fxparam/1/value", ("f", 0.5)))
    assert heard == {"/track/1/fx/2/fxparam/1/value/str": "-10.2"}


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("/track/1/name", "Kick"),
        ("/track/1/volume/db", 0.0),
        ("/track/2/fx/2/fxparam/2/value", pytest.approx(rea_comp().positions[1])),
        ("/track/2/fx/2/fxparam/2/value/str", "4.00"),
    ],
)
async def test_what_an_address_last_carried_is_forgotten_when_it_is_addressed_and_told_with_the_next_count(
    rig, address, value
):
    assert await rig.tell(message(address), message("/device/track/count", ("i", 2))) == {address: value}


async def test_packets_and_pauses_are_as_the_dialog_has_them():
    clock = FakeClock()
    async with open_ear() as ear:
        reaper = SimulatedReaper(
            ["Kick"], clock, ear.address, patterns=PLUG_IN_PATTERNS, chain=equipped, packet_bytes=8192, pacing_s=0.001
        )
        await reaper.start()
        await clock.run(0.1, step=0.001)
        datagrams = ear.take()
        await reaper.stop()
    assert 8000 < len(datagrams[0]) <= 8192
    assert len(datagrams) > 10


@pytest.mark.parametrize("dial", COMP_DIALS[:5], ids=lambda dial: dial.name)
def test_laws_rise_and_are_found_back(dial):
    shown = [dial.shows(step / 200.0) for step in range(201)]
    assert shown == sorted(shown)
    for step in range(1, 194, 12):
        assert dial.position(dial.shows(step / 200.0)) == pytest.approx(step / 200.0)


def test_the_ends_of_reacomp():
    comp = rea_comp()
    comp.set_position(0, 0.0)
    comp.set_position(1, 1.0)
    assert (comp.value(0), comp.value(1)) == (-math.inf, math.inf)
    assert (comp.text(0), comp.text(1)) == ("-inf", "inf")
    comp.shows_units = True
    comp.set_value("Threshold", -18.2)
    assert comp.text(0) == "-18.2 dB"


@pytest.mark.parametrize(("hz", "position"), [(20.0, 0.0), (46.5, 0.061071), (1000.0, 0.476049), (24_000.0, 1.0)])
def test_the_reported_frequency_law(hz, position):
    assert eq_hz(position) == pytest.approx(hz, rel=1e-4)


def test_a_fresh_reaeq_names_its_bands():
    names = [dial.name for dial in ReaEq().dials]
    assert names[:4] == ["Freq-Low Shelf", "Gain-Low Shelf", "BW-Low Shelf", "Freq-Band 2"]
    assert names[12] == "Freq-High Pass 5"
    assert names[15:] == ["Global Gain", "Bypass", "Wet", "Delta"]


@pytest.mark.parametrize(
    ("address", "heard"),
    [
        ("/track/3/fx/2/fxparam/11/value", Heard("FX_PARAM_VALUE", "n", (3, 2, 11))),
        ("/track/3/fx/2/fxparam/11/value/str", Heard("FX_PARAM_VALUE", "s", (3, 2, 11))),
        ("/track/3/fxeq/band/0/q/oct", Heard("FX_EQ_BAND_Q", "f", (3, 0))),
        ("/track/x/fxeq/band/0/q/oct", None),
        ("/fxeq/band/0/q/oct", None),
    ],
)
def test_patterns_read_addresses(address, heard):
    assert Patterns(PLUG_IN_PATTERNS).heard(address) == heard


def test_the_pattern_file_for_users_has_the_lines_that_the_demo_plays_with():
    shipped = (Path(__file__).parents[2] / "examples/reaper/tonn-bridge.ReaperOSC").read_text("utf-8").splitlines()
    assert set(PLUG_IN_PATTERNS.split("\n")) <= set(shipped)


def test_a_prepared_track_has_the_names_that_the_companion_gives():
    assert [fx.name for fx in prepared_chain()] == ["Tonn EQ", "Tonn Comp"]
