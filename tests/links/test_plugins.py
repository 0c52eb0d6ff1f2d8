"""Plug-ins over the link to a DAW, against a simulated one over real sockets, on a clock that the test moves."""

import asyncio
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.links.plugin_room import room
from tests.peers.rack import SQUEEZE, Rack, twobell
from tonn_bridge.core.dials import Unit
from tonn_bridge.core.plugins import NO_OUTFIT, Look, NoPlugins, Serving, Slot
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.links.plugins import Unserved
from tonn_bridge.mapping import DawMapping, load


def full(*numbers: int) -> dict[int, list[Rack]]:
    return {
        number: [Rack("Gate", {"Depth": 1.0}), twobell(), twobell("Twobell 2"), Rack("Squeeze", dict(SQUEEZE))]
        for number in numbers
    }


async def test_a_look_finds_the_plug_ins_and_reads_every_knob() -> None:
    async with room(full(1) | {2: [twobell(G1=3.5)]}) as here:
        looks = await here.look()
        one, two, three = (looks[number] for number in (1, 2, 3))
        assert one.outfit.bells == 4
        assert one.outfit.bell_switches == ("eq.on", "eq.on", "eq.on.2", "eq.on.2")
        assert one.outfit.fixed == {"eq.output": 0.0, "eq.output.2": 0.0}
        assert one.outfit.serving == (
            Serving(Slot.EQ, "Twobell", True),
            Serving(Slot.COMP, "Squeeze", True),
        )
        assert one.wires == {
            **{f"eq.{bell}.freq_hz": (100.0, 1000.0)[(bell - 1) % 2] for bell in (1, 2, 3, 4)},
            **{f"eq.{bell}.gain_db": 0.0 for bell in (1, 2, 3, 4)},
            **{f"eq.{bell}.q": 1.0 for bell in (1, 2, 3, 4)},
            "eq.output": -3.0,
            "eq.output.2": -3.0,
            "eq.on": 1.0,
            "eq.on.2": 1.0,
            "comp.threshold_db": -10.0,
            "comp.ratio": 0.0,
            "comp.on": 1.0,
        }
        assert two.wires["eq.1.gain_db"] == 3.5
        assert two.outfit.serving == (
            Serving(Slot.EQ, "Twobell", True, "room for 2 bands only: 1 of 2 Twobell*. Put a Twobell in."),
            Serving(Slot.COMP, "Squeeze", False, "no Squeeze on this track. Put a Squeeze in."),
        )
        assert [serving.found for serving in three.outfit.serving] == [False, False]
        assert (three.outfit.bells, three.wires) == (0, {})


async def test_what_is_written_stands_in_the_last_plug_ins_of_that_name() -> None:
    racks = full(1)
    racks[1].insert(1, twobell("Twobell mine", G1=1.0))
    async with room(racks) as here:
        await here.look()
        await here.write({1: {"eq.1.gain_db": -6.0, "eq.4.q": 2.5, "comp.ratio": 5.0, "eq.on.2": 0.0}})
        assert here.daw.param(1, 1, "G1") == 1.0
        assert here.daw.param(1, 2, "G1") == -6.0
        assert here.daw.param(1, 3, "W2") == 2.5
        assert here.daw.param(1, 4, "Ratio") == 5.0
        assert [rack.on for rack in here.daw.racks[1]] == [True, True, True, False, True]
        wires = (await here.look())[1].wires
        assert (wires["eq.1.gain_db"], wires["eq.4.q"], wires["eq.on.2"]) == (-6.0, 2.5, 0.0)


async def test_unknown_keys_and_tracks_are_left_out() -> None:
    async with room(full(1)) as here:
        await here.write({1: {"eq.9.gain_db": -6.0, "trim_db": 1.0}, 3: {"eq.1.gain_db": -6.0}, 9: {"comp.on": 0.0}})
        assert [rack.heard for rack in here.daw.racks[1]] == [0, 0, 0, 0]


async def test_a_plug_in_that_has_moved_is_found_again_before_anything_is_set() -> None:
    async with room(full(1)) as here:
        await here.look()
        here.daw.racks[1].insert(0, twobell("Gate 2"))
        await here.clock.run(3.0)
        await here.write({1: {"eq.1.gain_db": -6.0}})
        assert [rack.params.get("G1") for rack in here.daw.racks[1]] == [0.0, None, -6.0, 0.0, None]
        here.daw.racks[1].pop(2)
        looks = await here.look()
        assert looks[1].outfit.bells == 2
        assert looks[1].outfit.serving[0].problem is not None


async def test_values_leave_at_the_daws_pace() -> None:
    async with room(full(1, 2, 3)) as here:
        looks = await here.look()
        settings = {n: {key: 1.0 for key in look.wires if key.startswith("eq")} for n, look in looks.items()}
        begun = here.clock.now()
        await here.done(here.plugins.write(settings))
        burst, rate = 50, 1000.0
        count = sum(map(len, settings.values()))
        assert here.clock.now() - begun >= (count - burst) / rate - 0.02


async def test_a_silent_daw_costs_a_look_two_seconds_and_no_error() -> None:
    async with room(full(1)) as here:
        here.daw.deaf_to = {"/racks"}
        begun = here.clock.now()
        assert await here.look() == dict.fromkeys((1, 2, 3), Look(NO_OUTFIT, {}))
        assert here.clock.now() - begun < 3.0


async def test_a_knob_that_does_not_tell_is_not_in_the_look_and_one_lost_answer_does_no_harm() -> None:
    async with room(full(1)) as here:
        lost = iter((True,))
        here.daw.wire = lambda datagram: () if b"/values" in datagram and next(lost, False) else (datagram,)
        assert len((await here.look())[1].wires) == 19
        here.daw.wire = lambda datagram: () if datagram.startswith(b"/values") else (datagram,)
        look = (await here.look())[1]
        assert look.outfit.bells == 4
        assert set(look.wires) == {"eq.on", "eq.on.2", "comp.on"}


async def test_what_the_daw_tells_by_itself_is_passed_on() -> None:
    async with room(full(1)) as here:
        here.daw.hand_turn(1, 1, "G1", 4.0)
        await here.clock.run(0.1)
        assert here.told == []  # nobody knows yet what that is
        await here.look()
        assert here.told == []
        here.daw.hand_turn(1, 1, "G1", 5.0)
        here.daw.hand_turn(1, 0, "Depth", 0.5)
        await here.clock.run(0.1)
        assert here.told == [(1, "eq.1.gain_db", 5.0)]


async def test_a_dial_that_has_not_been_learnt_gives_its_slot_no_knobs() -> None:
    async with room(full(1), learnt=()) as here:
        look = (await here.look())[1]
        assert not [key for key in look.outfit.knobs if key.startswith("comp")]
        assert look.outfit.serving[1] == Serving(
            Slot.COMP, "Squeeze", True, "Squeeze: ratio must be learnt first: run `tonn-bridge learn plugin`"
        )


async def test_a_plug_in_without_a_parameter_we_need_is_said_to_be_strange() -> None:
    strange = {"Threshold": -1.0, "Rate": 4.0}
    async with room({1: [Rack("Squeeze", strange)]}) as here:
        serving = (await here.look())[1].outfit.serving[1]
        assert serving.problem == "Squeeze tells of no Ratio here: perhaps it is another version"


async def test_when_the_daw_is_lost_a_look_ends_at_once_and_everything_is_forgotten() -> None:
    async with room(full(1)) as here:
        await here.look()
        here.daw.deaf_to = {"/racks"}
        look = asyncio.ensure_future(here.plugins.look((1,)))
        write = asyncio.ensure_future(here.plugins.write({1: dict.fromkeys((f"eq.{b}.q" for b in range(1, 5)), 2.0)}))
        await here.clock.run(0.05)
        here.link.unreachable(here.daw.address, "refused")
        await here.clock.run(0.05)
        assert (look.done(), write.done()) == (True, True)
        assert await look == {1: Look(NO_OUTFIT, {})}
        assert await here.look() == dict.fromkeys((1, 2, 3), Look(NO_OUTFIT, {}))


async def test_a_write_that_is_cancelled_sends_nothing_more() -> None:
    async with room(full(1, 2, 3)) as here:
        looks = await here.look()
        settings = {n: {key: 1.0 for key in look.wires if key.startswith("eq")} for n, look in looks.items()}
        write = asyncio.ensure_future(here.plugins.write(settings))
        await here.clock.run(0.01, step=0.001)
        write.cancel()
        await here.clock.run(0.01)
        heard = sum(rack.heard for racks in here.daw.racks.values() for rack in racks)
        assert 0 < heard < sum(map(len, settings.values()))
        await here.clock.run(1.0)
        assert sum(rack.heard for racks in here.daw.racks.values() for rack in racks) == heard
        await here.write({1: {"eq.1.gain_db": 2.0}})
        assert here.daw.param(1, 1, "G1") == 2.0


async def test_a_look_that_is_cancelled_leaves_the_next_one_free() -> None:
    async with room(full(1)) as here:
        here.daw.deaf_to = {"/racks"}
        look = asyncio.ensure_future(here.plugins.look((1,)))
        await here.clock.run(0.1)
        look.cancel()
        here.daw.deaf_to = set()
        assert (await here.look())[1].outfit.bells == 4


async def test_what_another_plug_in_told_in_its_place_is_not_taken_for_its_own() -> None:
    async with room(full(1)) as here:
        racks, inserted = here.daw.racks[1], iter((True,))

        def wire(datagram: bytes) -> tuple[bytes, ...]:
            if datagram.startswith(b"/racks") and next(inserted, False):  # as soon as it has told its list
                racks.insert(0, twobell("Other", G1=9.0))
            return (datagram,)

        here.daw.wire = wire
        wires = (await here.done(here.plugins.look((1,))))[1].wires
        assert (wires["eq.1.gain_db"], wires["eq.3.gain_db"], wires["comp.threshold_db"]) == (0.0, 0.0, -10.0)


async def test_tracks_that_change_places_take_their_plug_ins_along() -> None:
    async with room(full(1)) as here:
        await here.look()
        daw = here.daw
        daw.tracks[0], daw.tracks[1] = daw.tracks[1], daw.tracks[0]
        daw.racks[1], daw.racks[2] = daw.racks[2], daw.racks[1]
        for number in (1, 2):
            daw._tell(number, "name")
        await here.clock.run(0.05)
        await here.write({1: {"eq.1.gain_db": -6.0}})
        assert here.mixer.bound[-1] == {1: 2, 2: 1, 3: 3}
        assert daw.param(2, 1, "G1") == -6.0


async def test_tracks_that_change_places_during_a_look_are_seen_where_they_stand_then() -> None:
    async with room(full(1)) as here:
        daw = here.daw
        daw.deaf_to = {"/racks"}
        look = asyncio.ensure_future(here.plugins.look((1,)))
        await here.clock.run(0.05)
        daw.tracks[0], daw.tracks[1] = daw.tracks[1], daw.tracks[0]
        daw.racks[1], daw.racks[2] = daw.racks[2], daw.racks[1]
        for number in (1, 2):
            daw._tell(number, "name")
        await here.clock.run(0.5)
        daw.deaf_to = set()
        assert (await here.done(look))[1].outfit.bells == 4


async def test_a_plug_in_can_be_probed_in_the_raw() -> None:
    async with room(full(1), learnt=()) as here:

        async def learn() -> list[Any]:
            async with here.plugins.probe(1, Slot.COMP) as probe:
                assert probe is not None
                ratio = probe.dials["ratio"]
                assert (probe.title, probe.name, ratio.unit, ratio.law, ratio.raw) == (
                    "Squeeze",
                    "Squeeze",
                    Unit.RATIO,
                    None,
                    (0.0, 10.0),
                )
                found: list[Any] = []
                for wire in (2.5, 7.0):
                    await probe.put(ratio.param, wire)
                    found += [await probe.read(ratio.param), await probe.text(ratio.param)]
                return [*found, await probe.text("No such"), await probe.read("No such")]

        assert await here.done(learn()) == [2.5, "Ratio 2.5", 7.0, "Ratio 7", None, None]
        assert await here.done(here.plugins.version()) == "11.3"


@pytest.mark.parametrize("number", [2, 9])
async def test_where_nothing_serves_there_is_nothing_to_probe(number: int) -> None:
    async with room(full(1)) as here:

        async def found() -> object:
            async with here.plugins.probe(number, Slot.EQ) as probe:
                return probe

        assert await here.done(found()) is None


async def test_a_daw_without_plug_ins_in_its_mapping_serves_nothing() -> None:
    clock = FakeClock()
    link = DawLink(
        DawMapping(load("osc")), "osc", [], clock, asyncio.get_running_loop().call_soon, Traffic(clock), lambda: None
    )
    assert isinstance(link.plugins, Unserved)
    assert isinstance(link.plugins, NoPlugins)
    assert link.plugins.slots == frozenset()
    assert await link.plugins.look((1,)) == {1: Look(NO_OUTFIT, {})}
    assert await link.plugins.version() == ""
    async with link.plugins.probe(1, Slot.EQ) as probe:
        assert probe is None
