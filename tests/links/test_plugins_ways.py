"""Plug-ins of DAWs that speak of them in other ways: of the selected track only, or by themselves."""

import asyncio

from tests.links.plugin_room import room
from tests.peers.rack import SELECTED, TOLD, TWOBELL, Rack, SelectedRacks, TellingRacks, twobell
from tonn_bridge.core.plugins import NO_OUTFIT, Look, Serving, Slot


def two() -> dict[int, list[Rack]]:
    return {
        1: [Rack("Gate", {"Depth": 1.0}), twobell(On=1.0)],
        2: [twobell(G1=2.0, On=0.0)],
    }


async def test_of_the_selected_track_only_each_is_selected_in_turn_and_the_users_comes_back() -> None:
    async with room(two(), SELECTED, peer=SelectedRacks) as here:
        here.daw.select(3)
        looks = await here.look()
        assert looks[1].wires["eq.1.gain_db"] == 0.0
        assert (looks[2].wires["eq.1.gain_db"], looks[2].wires["eq.on"]) == (2.0, 0.0)
        assert looks[3].outfit.serving == (Serving(Slot.EQ, "Twobell", False, "no Twobell on this track."),)
        assert here.daw.selected == 3
        await here.write({1: {"eq.1.gain_db": -6.0}, 2: {"eq.2.gain_db": 5.0, "eq.on": 1.0}})
        assert (here.daw.param(1, 1, "G1"), here.daw.param(2, 0, "G2"), here.daw.param(2, 0, "On")) == (-6.0, 5.0, 1.0)
        assert (here.daw.param(1, 1, "G2"), here.daw.param(2, 0, "G1")) == (0.0, 2.0)
        assert here.daw.selected == 3


async def test_a_track_that_cannot_be_selected_is_left_alone() -> None:
    async with room(two(), SELECTED, peer=SelectedRacks) as here:
        here.daw.select(3)
        here.daw.stuck = True
        assert await here.look() == {1: Look(NO_OUTFIT, {}), 2: Look(NO_OUTFIT, {}), 3: (await here.look())[3]}
        await here.write({1: {"eq.1.gain_db": -6.0}, 2: {"eq.1.gain_db": -6.0}})
        assert (here.daw.param(1, 1, "G1"), here.daw.param(2, 0, "G1")) == (0.0, 2.0)


async def test_what_was_on_its_way_when_a_hand_selected_another_track_is_set_again_and_the_hands_choice_stays() -> None:
    async with room(two(), SELECTED, peer=SelectedRacks) as here:
        here.daw.select(3)
        await here.look()
        settings = {1: {f"eq.{bell}.{what}": 1.5 for bell in (1, 2) for what in ("gain_db", "q")}}
        here.link.plugins.spend(100)  # so that they leave one by one
        write = asyncio.ensure_future(here.plugins.write(settings))
        while here.daw.param(1, 1, "G1") != 1.5:
            await here.clock.run(0.001, step=0.001)
        here.daw.select(2)
        await here.done(write)
        await here.clock.run(0.05)
        assert [here.daw.param(1, 1, name) for name in ("G1", "W1", "G2", "W2")] == [1.5] * 4
        assert here.daw.selected == 2


async def test_what_is_told_without_being_asked_is_kept_until_somebody_wants_it() -> None:
    async with room({1: [twobell(G1=2.5)], 2: [twobell("Other")]}, TOLD, peer=TellingRacks) as here:
        here.daw.tell_all()
        await here.clock.run(0.05)
        begun = here.clock.now()
        looks = await here.look()
        assert here.clock.now() - begun < 0.1  # there is nothing to wait for
        assert looks[1].wires == {
            **{f"eq.{bell}.freq_hz": TWOBELL[f"F{bell}"] for bell in (1, 2)},
            **{"eq.1.gain_db": 2.5, "eq.2.gain_db": 0.0, "eq.1.q": 1.0, "eq.2.q": 1.0, "eq.on": 1.0},
        }
        assert [look.outfit.serving[0].found for look in looks.values()] == [True, False, False]
        await here.write({1: {"eq.2.gain_db": -4.0, "eq.on": 0.0}})
        assert here.told == [(1, "eq.2.gain_db", -4.0), (1, "eq.on", 0.0)]
        wires = (await here.look())[1].wires
        assert (wires["eq.2.gain_db"], wires["eq.on"]) == (-4.0, 0.0)


async def test_a_bell_that_is_never_told_of_is_not_there() -> None:
    params = {name: value for name, value in TWOBELL.items() if name not in ("F2", "G2", "W2")}
    async with room({1: [Rack("Twobell", params)]}, TOLD, peer=TellingRacks) as here:
        here.daw.tell_all()
        await here.clock.run(0.05)
        outfit = (await here.look())[1].outfit
        assert outfit.bell_switches == ("eq.on",)
        assert set(outfit.knobs) == {"eq.1.freq_hz", "eq.1.gain_db", "eq.1.q", "eq.on"}


async def test_a_list_that_changes_by_itself_moves_what_is_set() -> None:
    async with room({1: [twobell()]}, TOLD, peer=TellingRacks) as here:
        here.daw.tell_all()
        await here.clock.run(0.05)
        await here.look()
        here.daw.racks[1].insert(0, Rack("Gate", {"Depth": 1.0}))
        here.daw.tell_all()
        await here.clock.run(0.05)
        await here.write({1: {"eq.1.gain_db": 3.0}})
        assert here.daw.param(1, 1, "G1") == 3.0
        here.daw.racks[1].pop()
        here.daw._answer("/at/1/2", "")
        await here.clock.run(0.05)
        assert not (await here.look())[1].outfit.serving[0].found


async def test_words_that_come_by_themselves_are_those_after_the_last_setting() -> None:
    async with room({1: [twobell()]}, TOLD, peer=TellingRacks) as here:
        here.daw.tell_all()
        await here.clock.run(0.05)

        async def turn() -> list[str | None]:
            async with here.plugins.probe(1, Slot.EQ) as probe:
                assert probe is not None
                words = [await probe.text("G1")]
                await probe.put("G1", 7.5)
                return [*words, await probe.text("G1")]

        assert await here.done(turn()) == ["0", "7.5"]


async def test_a_list_that_comes_one_by_one_is_whole_again_each_time_it_is_asked_for() -> None:
    async with room(two(), SELECTED, peer=SelectedRacks) as here:
        here.daw.select(3)
        assert (await here.look())[1].outfit.bells == 2
        del here.daw.racks[1][1]
        assert (await here.look())[1].outfit.bells == 0
        here.daw.racks[1] = []
        here.daw.racks[2].insert(0, Rack("Gate", {"Depth": 1.0}))
        looks = await here.look()
        assert not looks[1].outfit.serving[0].found
        assert looks[2].wires["eq.1.gain_db"] == 2.0
