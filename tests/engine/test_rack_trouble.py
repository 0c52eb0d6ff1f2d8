"""What can go wrong with plug-ins: hands at the same moment, decisions on decisions, a DAW that does not answer."""

import asyncio
import json
from random import Random

import pytest

from tests.engine.bench import COMP, Bench
from tests.engine.outboard import Outboard, outfit_of
from tonn_bridge.core.mix import Verdict
from tonn_bridge.core.plugins import Look, Outfit, Serving, Slot
from tonn_bridge.core.tuning import Part
from tonn_bridge.engine import remember
from tonn_bridge.errors import NotPossible, StoreError

NO_EQ = Serving(Slot.EQ, "Bench EQ", found=False, problem="insert one")


def without_eq() -> Outfit:
    bare = outfit_of(0)
    return Outfit(bare.knobs, bare.fixed, (), (NO_EQ, *bare.serving))


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


# --- decisions on decisions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 5, 40, 150, 400])
async def test_an_apply_that_compare_cut_short_is_made_good_by_comparing_back(after):
    bench = Bench()
    before = bench.holds
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await turns(after)
    await bench.go("compare")
    assert bench.holds == before
    await bench.go("compare")
    assert bench.plugins.value(1, "eq.2.gain_db") == pytest.approx(2.5)
    assert {row.verdict for row in bench.proof().values() if "." in row.parameter} == {Verdict.CONFIRMED}
    bench.plugins.hand(1, "comp.ratio", 5.0)
    assert bench.track().tuned_comp.ratio == pytest.approx(5.0)
    assert bench.track(2).tuned_eq is None
    await bench.go("revert")
    assert bench.holds == before


@pytest.mark.parametrize("after", [0, 5, 40, 150])
async def test_after_a_blend_that_cut_apply_short_a_hands_move_is_seen(after):
    bench = Bench()
    before = bench.holds
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await turns(after)
    bench.mixer.morph(1.0)
    await bench.rest()
    assert bench.plugins.value(1, "eq.2.gain_db") == pytest.approx(2.5)
    assert (bench.track().tuned_eq, bench.track().tuned_comp) == (None, None)
    bench.plugins.hand(1, "comp.ratio", 5.0)
    assert bench.track().tuned_comp.ratio == pytest.approx(5.0)
    await bench.go("revert")
    assert bench.holds == before


async def test_nothing_more_of_an_older_decision_is_sent_once_there_is_a_newer():
    bench = Bench()
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await turns(60)
    sent = bench.plugins.writes.total()
    assert sent
    bench.mixer.revert()  # written down first; then it departs
    await turns(400)
    assert bench.plugins.writes.total() <= sent + 1
    bench.mixer.depart()
    await bench.still()


async def test_a_stream_of_blends_asks_nothing_in_between_and_the_last_one_arrives():
    bench = Bench()
    await bench.go("apply")
    looks, saves = bench.plugins.looks, len(bench.saved)
    for step in range(50):
        bench.mixer.morph(1.0 - step / 50)
        await turns(200)
        bench.clock.advance(0.05)
    bench.mixer.morph(0.5)
    await bench.rest()
    assert bench.plugins.looks <= looks + 2
    assert len(bench.saved) == saves
    assert bench.plugins.value(2, "eq.1.gain_db") == pytest.approx(-1.5)


@pytest.mark.parametrize("after", [0, 5, 40, 150, 400])
async def test_what_a_surface_turns_while_apply_is_writing_is_followed(after):
    bench = Bench()
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await turns(after)
    bench.mixer.tuner.tune(1, Part.EQ, 1, ticks=4)
    await bench.still()
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-1.0)
    assert bench.track().tuned_eq[0].gain_db == pytest.approx(-1.0)


async def test_what_a_surface_turns_while_compare_shows_the_users_mix_stands_when_tonns_is_back():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    await bench.go("compare")
    bench.mixer.tuner.tune(1, Part.EQ, 1, ticks=4)
    await bench.still()
    assert bench.holds == before
    await bench.go("compare")
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-1.0)
    assert bench.track().tuned_eq[0].gain_db == pytest.approx(-1.0)


async def test_a_track_that_was_given_back_stays_the_users_when_the_rest_sets_out_again():
    bench = Bench()
    before = bench.holds
    bench.plugins.stuck.add((2, "eq.1.gain_db"))
    bench.rack.tracks[2].fault = None
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await bench.until(lambda: bench.track(2).rack.fault is not None)
    bench.plugins.stuck.clear()
    bench.rack.bound(fresh=False)  # a track was renamed
    await bench.still()
    assert bench.holds[2] == before[2]
    assert bench.track(2).rack.fault is not None


# --- hands ------------------------------------------------------------------------------------------------------------


async def test_a_hand_that_is_on_a_knob_while_apply_writes_is_no_fault_and_its_move_counts():
    bench = Bench()
    ratio = iter(3.5 + 0.05 * step for step in range(400))

    def keep_turning(*_):
        bench.plugins.hand(1, "comp.ratio", next(ratio), tells=False)

    await bench.rack.known()
    bench.plugins.on_look = keep_turning
    await bench.go("apply")
    bench.plugins.on_look = lambda: None
    await bench.rack.refresh()
    assert bench.track().rack.fault is None
    assert bench.track().tuned_comp.ratio == pytest.approx(bench.plugins.value(1, "comp.ratio"))
    assert bench.track().tuned_comp.ratio > COMP.ratio
    assert bench.proof()["comp.ratio"].verdict is Verdict.NOT_CONFIRMED
    assert bench.proof()["comp.ratio"].got is None


async def test_a_write_that_was_lost_while_nobody_could_hear_of_it_is_no_hand():
    bench = Bench()

    async def save_and_go_deaf():
        await bench.save()
        bench.plugins.mute.add(1)
        bench.plugins.lose = 5

    bench.rack.save = save_and_go_deaf
    bench.plugins.on_write = lambda number, key: setattr(bench.plugins, "lose", int(number == 1))
    await bench.go("apply")
    bench.plugins.mute.clear()
    await bench.rack.refresh()
    assert (bench.track().tuned_eq, bench.track().tuned_comp) == (None, None)
    assert bench.proof()["eq.1.gain_db"].verdict is Verdict.NOT_CONFIRMED
    bench.plugins.hand(1, "eq.1.gain_db", 5.0)
    assert bench.track().tuned_eq[0].gain_db == pytest.approx(5.0)


async def test_a_knob_that_is_heard_of_only_at_the_second_try_is_in_nobodys_hand():
    bench = Bench()
    await bench.rack.known()
    tries = iter([{1}, set()])

    def first_nothing_is_heard():
        if bench.plugins.writes[1]:
            bench.plugins.mute = next(tries, set())

    bench.plugins.on_look = first_nothing_is_heard
    bench.plugins.on_write = lambda number, key: setattr(bench.plugins, "lose", int(bench.plugins.writes[1] < 40))
    await bench.go("apply")
    assert (bench.track().tuned_eq, bench.track().tuned_comp) == (None, None)
    assert {row.verdict for row in bench.proof().values()} == {Verdict.CONFIRMED}


# --- plug-ins that come and go ----------------------------------------------------------------------------------------


async def test_an_equaliser_that_was_removed_after_apply_leaves_everything_readable():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.outfits[1] = without_eq()
    await bench.rack.refresh()
    assert {name.partition(".")[0] for name in bench.proof()} == {"gain_db", "pan", "comp"}
    assert bench.track().tuned_eq is None
    await bench.go("compare")
    await bench.go("compare")
    await bench.go("revert")
    assert "eq" in bench.track().rack.fault


async def test_what_could_not_be_put_back_is_the_users_still_when_its_plugin_comes_back():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.outfits[1] = without_eq()
    await bench.go("revert")
    bench.plugins.outfits[1] = outfit_of()  # it was a mistake: undone, with Tonn's values
    await bench.go("apply")
    await bench.go("revert")
    assert bench.holds == before


async def test_a_plugin_that_comes_back_can_be_reverted_once_more():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.outfits[1] = without_eq()
    await bench.go("revert")
    bench.plugins.outfits[1] = outfit_of()
    bench.plugins.hand(1, "comp.ratio", 7.0)  # the user works on
    await bench.go("revert")
    assert {key: wire for key, wire in bench.holds[1].items() if key != "comp.ratio"} == {
        key: wire for key, wire in before[1].items() if key != "comp.ratio"
    }
    assert bench.plugins.value(1, "comp.ratio") == pytest.approx(7.0)
    with pytest.raises(NotPossible):
        bench.mixer.revert()


async def test_another_equaliser_in_its_place_was_not_turned_by_a_hand_and_is_not_proved():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.outfits[1] = outfit_of(name="Another EQ")
    for key in bench.plugins.holds[1]:
        if key.startswith("eq."):
            bench.plugins.holds[1][key] = 0.5
    await bench.rack.refresh()
    assert bench.track().tuned_eq is None
    verdicts = {row.verdict for name, row in bench.proof().items() if name.startswith("eq.")}
    assert verdicts == {Verdict.NOT_CONFIRMED}


# --- a DAW that does not answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["deaf", "mute"])
async def test_a_revert_nobody_has_confirmed_does_not_lose_the_users_own_values(how):
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    unheard = getattr(bench.plugins, how)
    unheard.update({1, 2, 3})
    if how == "mute":
        bench.plugins.lose = 1000
    await bench.go("revert")
    assert "revert once more" in bench.track().rack.fault
    unheard.clear()
    bench.plugins.lose = 0
    await bench.go("apply")
    await bench.go("revert")
    assert bench.holds == before
    assert bench.track().rack.fault is None


async def test_a_revert_nobody_has_confirmed_can_be_made_once_more():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.deaf.update({1, 2, 3})
    await bench.go("revert")
    bench.plugins.deaf.clear()
    await bench.go("revert")
    assert bench.holds == before
    assert not bench.rack.owes
    assert bench.track().rack.fault is None


async def test_a_daw_that_is_back_gets_what_the_user_is_owed():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.deaf.update({1, 2, 3})
    await bench.go("revert")
    bench.mixer.daw_lost()
    bench.plugins.deaf.clear()
    bench.daw.open(bench.mixer)
    await bench.until(lambda: bench.holds == before)


async def test_what_is_owed_is_known_after_a_crash():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.deaf.update({1, 2, 3})
    await bench.go("revert")
    await bench.save()
    await bench.rack.close()
    bench.plugins.deaf.clear()
    bench.start(document=bench.saved[-1])
    await bench.until(lambda: bench.holds == before)


async def test_a_track_that_has_never_told_its_plugins_says_so():
    bench = Bench()
    bench.plugins.deaf.add(1)
    await bench.go("apply")
    problems = [serving.problem for serving in bench.track().rack.serving]
    assert problems == ["the DAW has not told what stands on this track"] * 2
    assert [serving.problem for serving in bench.track(2).rack.serving] == [None, None]


async def test_what_was_sent_and_not_read_back_is_put_back_all_the_same():
    bench = Bench()
    before = bench.holds
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    await bench.until(lambda: bench.plugins.writes.total() >= 20)
    bench.plugins.mute.update({1, 2, 3})  # from now on nobody hears where anything stands
    await bench.go("revert")
    assert bench.holds == before


@pytest.mark.parametrize("seed", range(5))
async def test_a_daw_that_swallows_writes_gets_them_until_they_stand(seed):
    bench, chance = Bench(), Random(seed)
    before = bench.holds
    await bench.rack.known()

    def swallow(number, key):
        bench.plugins.lose = int(chance.random() < 0.3)

    bench.plugins.on_write = swallow
    await bench.go("apply")
    assert [bench.track(number).rack.fault for number in (1, 2, 3)] == [None, None, None]
    assert {row.verdict for row in bench.proof().values()} == {Verdict.CONFIRMED}
    await bench.go("revert")
    assert bench.holds == before


async def test_an_error_in_a_look_does_not_keep_the_final_mix_waiting():
    bench = Bench()
    await bench.go("apply")

    def fails():
        raise RuntimeError("a fault of ours")

    bench.plugins.on_look = fails
    async with asyncio.timeout(2):
        await bench.rack.refresh()


async def test_looks_that_tell_nothing_leave_what_is_known():
    track = Bench().rack.tracks[1]
    track.take(Look(outfit_of(), {"comp.ratio": 0.5}))
    assert not track.take(Look(Outfit({}, {}, (), ()), {}))
    assert track.now == {"comp.ratio": 0.5}
    track.aim({"comp.ratio": 0.5})
    assert track.writes == {"comp.ratio": 0.5}, "nobody knows whether it stands there still"


async def test_a_full_disk_does_not_keep_the_users_own_values_away():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")

    async def full():
        raise StoreError("the disk is full")

    bench.rack.save = full
    await bench.go("revert")
    assert bench.holds == before


# --- what was written down, and what costs nothing --------------------------------------------------------------------


async def test_another_daw_in_between_does_not_cost_the_users_own_values():
    bench = Bench()
    before, first = bench.holds, bench.plugins
    await bench.go("apply")
    document = remember(bench.mixer, "REAPER")
    await bench.rack.close()

    bench.plugins = Outboard({number: outfit_of(2) for number in (1, 2, 3)})
    bench.start(document=json.dumps(document), mapping="Ableton Live")
    others = bench.holds
    await bench.rack.known()
    await bench.go("revert")
    assert bench.holds == others
    document = remember(bench.mixer, "Ableton Live")
    await bench.rack.close()

    bench.plugins = first
    bench.start(document=json.dumps(document), mapping="REAPER")
    await bench.rack.known()
    await bench.go("revert")
    assert bench.holds == before


async def test_what_was_written_down_before_plugins_were_known_is_read():
    bench = Bench()
    await bench.go("apply")
    document = remember(bench.mixer, "REAPER")
    old = {key: value for key, value in document.items() if not key.startswith("plugins")}
    for track in old["tracks"].values():
        del track["given_back"], track["confirmed"]
    await bench.rack.close()
    bench.start(document=json.dumps(old))
    standing = bench.holds
    await bench.rack.known()
    await bench.go("compare")
    await bench.go("compare")
    await bench.go("revert")
    assert bench.holds == standing
    await bench.go("apply")
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-3.0)


async def test_looking_for_hands_tells_nobody_of_anything_while_there_are_none():
    bench = Bench(Outboard({number: outfit_of() for number in (1, 2, 3)}, poll_s=3.0))
    await bench.go("apply")
    await bench.clock.run(1.0)
    sequence, looks, saves = bench.mixer.view.sequence, bench.plugins.looks, len(bench.saved)
    await bench.clock.run(30.0, step=0.1)
    assert bench.mixer.view.sequence == sequence
    assert len(bench.saved) == saves
    assert 25 <= bench.plugins.looks - looks <= 31, "each track once in three seconds"
