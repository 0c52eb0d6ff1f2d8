"""Plug-ins under the mixer: the user's own come back to the last bit, and what was set is proved by reading back."""

import asyncio
import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clock import FakeClock
from tests.engine.bench import BANDS, COMP, Bench
from tests.engine.outboard import Outboard, outfit_of
from tests.engine.studio import MAPPING, ObedientDaw
from tonn_bridge.core import Gain, Param, TrackSpec
from tonn_bridge.core.mix import Showing, Verdict
from tonn_bridge.core.plugins import NO_OUTFIT, Outfit, Serving, Slot
from tonn_bridge.core.tuning import Part
from tonn_bridge.engine import Mixer, recall
from tonn_bridge.errors import StoreError


async def test_what_tonn_set_stands_in_the_plugins_and_is_proved():
    bench = Bench()
    await bench.go("apply")
    for number in (1, 2, 3):
        for bell, band in enumerate(BANDS, 1):
            assert bench.plugins.value(number, f"eq.{bell}.freq_hz") == pytest.approx(band.freq_hz, rel=1e-6)
            assert bench.plugins.value(number, f"eq.{bell}.gain_db") == pytest.approx(band.gain_db, abs=1e-6)
            assert bench.plugins.value(number, f"eq.{bell}.q") == pytest.approx(band.q, rel=1e-6)
        assert bench.plugins.value(number, "eq.4.gain_db") == pytest.approx(0.0, abs=1e-6)
        assert bench.plugins.value(number, "comp.threshold_db") == pytest.approx(
            -16.0, abs=1e-6
        )  # the trim is folded in
        assert bench.plugins.value(number, "comp.attack_s") == pytest.approx(0.02)
        assert (bench.plugins.value(number, "eq.on"), bench.plugins.value(number, "comp.on")) == (1.0, 1.0)
        assert bench.plugins.value(number, "comp.make-up") == pytest.approx(0.0, abs=1e-6)
    proof = bench.proof()
    assert len(proof) == 2 + 9 + 4
    assert {row.verdict for row in proof.values()} == {Verdict.CONFIRMED}
    assert proof["eq.2.freq_hz"].got == pytest.approx(1_200.0)
    assert abs(proof["comp.threshold_db"].error) < 1e-6


@pytest.mark.parametrize("actions", [["revert"], ["compare"], ["compare", "compare", "revert"], ["apply", "revert"]])
async def test_the_users_own_values_come_back_to_the_last_bit(actions):
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    assert bench.holds != before
    for action in actions:
        await bench.go(action)
    assert bench.holds == before


async def test_nothing_is_set_before_the_users_own_is_on_disk():
    bench = Bench()
    before = bench.holds

    async def full():
        raise StoreError("the disk is full")

    bench.rack.save = full
    with pytest.raises(StoreError):
        await bench.go("apply")
    assert bench.holds == before
    bench.rack.save = bench.save
    await bench.go("apply")
    kept = json.loads(bench.saved[-1])["plugins"]["tracks"]["1"]["user"]
    assert kept == before[1]


async def test_compare_brings_back_what_the_hands_had_left():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "eq.2.gain_db", 5.0)
    ridden = bench.holds
    await bench.go("compare")
    assert bench.track().tuned_eq is not None  # the move stands still meanwhile
    await bench.go("compare")
    assert bench.holds == ridden


async def test_a_hand_on_a_knob_goes_with_the_final_mix_and_nothing_else_does():
    bench = Bench()
    await bench.go("apply")
    assert (bench.track().tuned_eq, bench.track().tuned_comp) == (None, None)
    bench.plugins.hand(1, "eq.2.gain_db", 5.0)
    bench.plugins.hand(1, "comp.threshold_db", -30.0)
    track = bench.track()
    assert [band.gain_db for band in track.tuned_eq] == pytest.approx([-3.0, 5.0, -1.5])
    assert (track.tuned_eq[0], track.tuned_eq[2]) == (BANDS[0], BANDS[2])
    assert track.tuned_comp.threshold_db == pytest.approx(-32.0)  # in Tonn's terms, before the fader had the trim
    assert track.tuned_comp.ratio == COMP.ratio
    assert bench.track(2).tuned_eq is None


async def test_a_move_that_is_not_told_is_found_by_looking():
    bench = Bench(Outboard({number: outfit_of() for number in (1, 2, 3)}, poll_s=3.0))
    await bench.go("apply")
    bench.plugins.hand(3, "eq.1.q", 3.0, tells=False)
    assert bench.track(3).tuned_eq is None
    await bench.clock.run(3.1, step=0.5)
    await asyncio.sleep(0)
    assert bench.track(3).tuned_eq[0].q == pytest.approx(3.0)


async def test_before_the_final_mix_everything_is_looked_at():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(2, "eq.1.gain_db", 1.0, tells=False)
    await bench.rack.refresh()
    assert bench.track(2).tuned_eq[0].gain_db == pytest.approx(1.0)


async def test_a_bypass_by_hand_is_flat_in_the_final_mix():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "eq.on", 0.0)
    bench.plugins.hand(1, "comp.on", 0.0)
    assert [band.gain_db for band in bench.track().tuned_eq] == [0.0, 0.0, 0.0]
    assert bench.track().tuned_comp.ratio == 1.0


async def test_a_bell_that_a_hand_takes_becomes_a_band_of_its_own():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "eq.4.freq_hz", 300.0)
    bench.plugins.hand(1, "eq.4.gain_db", -4.0)
    fresh = bench.track().tuned_eq[3]
    assert (fresh.band, fresh.freq_hz, fresh.gain_db) == (4, pytest.approx(300.0), pytest.approx(-4.0))


async def test_a_hands_move_beyond_what_tonn_takes_is_limited_and_said():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "comp.release_s", 1.8)
    assert bench.track().tuned_comp.release_s == 1.0
    limit = next(limit for limit in bench.track().limited if limit.parameter == "comp.release_s")
    assert (limit.wanted, limit.got) == (pytest.approx(1.8), 1.0)


async def test_apply_sets_tonns_own_again():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "eq.2.gain_db", 5.0)
    await bench.go("apply")
    assert bench.plugins.value(1, "eq.2.gain_db") == pytest.approx(2.5)
    assert bench.track().tuned_eq is None


async def test_writes_that_are_lost_are_sent_once_more():
    bench = Bench()
    await bench.rack.known()
    bench.plugins.lose = 5
    await bench.go("apply")
    assert {row.verdict for row in bench.proof().values()} == {Verdict.CONFIRMED}


async def test_a_track_that_cannot_be_set_is_given_back_whole():
    bench = Bench()
    before, fader = bench.holds, bench.daw.holds[2, Param.GAIN]
    bench.plugins.stuck.add((2, "eq.1.gain_db"))
    await bench.go("apply")
    assert bench.holds[2] == before[2]
    assert bench.daw.holds[2, Param.GAIN] == fader
    assert "eq.1.gain_db" in bench.track(2).rack.fault
    assert "given back" in bench.track(2).rack.fault
    assert bench.proof(2)["eq.1.gain_db"].verdict is Verdict.OFF
    assert {row.verdict for row in bench.proof(2).values()} == {Verdict.OFF}  # nothing of Tonn's stands there
    assert bench.proof(2)["comp.ratio"].got == pytest.approx(bench.plugins.value(2, "comp.ratio"))
    assert (bench.track(2).adjust_db, bench.track(2).tuned_eq) == (None, None)
    assert bench.track(1).rack.fault is None
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-3.0)
    bench.plugins.stuck.clear()
    await bench.go("apply")
    assert bench.track(2).rack.fault is None
    assert bench.plugins.value(2, "eq.1.gain_db") == pytest.approx(-3.0)


async def test_what_cannot_be_read_is_not_confirmed():
    bench = Bench()

    async def save_and_go_deaf():
        await bench.save()
        bench.plugins.mute.add(1)

    bench.rack.save = save_and_go_deaf
    await bench.go("apply")
    proof = bench.proof()
    assert proof["eq.1.gain_db"].verdict is Verdict.NOT_CONFIRMED
    assert proof["eq.1.gain_db"].got is proof["eq.1.gain_db"].error is None
    assert {row.verdict for row in bench.proof(2).values()} == {Verdict.CONFIRMED}


async def test_a_knob_whose_own_value_was_never_told_is_left_alone():
    bench = Bench()
    bench.plugins.mute.add(1)
    before = bench.holds
    await bench.go("apply")
    assert bench.holds[1] == before[1]
    assert bench.holds[2] != before[2]


async def test_more_bands_than_bells_leaves_out_the_weakest_and_names_it():
    bench = Bench(Outboard({number: outfit_of(2) for number in (1, 2, 3)}))
    await bench.go("apply")
    (limit,) = [limit for limit in bench.track().limited if limit.parameter.startswith("eq.")]
    assert limit.parameter == "eq.3.gain_db"
    assert "eq.3.gain_db" not in bench.proof()


async def test_a_trim_is_set_where_there_is_one_on_top_of_the_users():
    bench = Bench(Outboard({number: outfit_of(trim=True) for number in (1, 2, 3)}))
    await bench.rack.known()
    await bench.go("apply")
    assert bench.plugins.value(1, "trim_db") == pytest.approx(0.3 - 2.0)
    assert bench.track().proposal.gain == Gain(-10.0)
    assert bench.plugins.value(1, "comp.threshold_db") == pytest.approx(-18.0)
    await bench.go("revert")
    assert bench.plugins.value(1, "trim_db") == pytest.approx(0.3)


async def test_half_way_gains_are_straight_and_everything_else_by_its_ratio():
    bench = Bench()
    own_hz, own_db = bench.plugins.value(1, "eq.1.freq_hz"), bench.plugins.value(1, "eq.1.gain_db")
    await bench.go("apply")
    bench.mixer.morph(0.5)
    await bench.rest()
    assert bench.plugins.value(1, "eq.1.freq_hz") == pytest.approx((own_hz * 60.0) ** 0.5)
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx((own_db - 3.0) / 2.0)
    assert bench.plugins.value(2, "eq.1.gain_db") == pytest.approx(-1.5)  # what was bypassed counts as flat
    assert bench.plugins.value(2, "eq.1.freq_hz") == pytest.approx(60.0)


async def test_the_ends_of_a_blend_are_exactly_the_users_and_tonns():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    applied = bench.holds
    for amount, expected in ((0.0, before), (1.0, applied)):
        for way in (0.3, 0.7, amount):
            bench.mixer.morph(way)
        await bench.rest()
        assert bench.holds == expected
    assert bench.mixer.showing is Showing.PROPOSAL


async def test_the_plugins_follow_what_a_surface_turns():
    bench = Bench()
    await bench.go("apply")
    bench.mixer.tuner.tune(1, Part.EQ, 1, ticks=4)
    await bench.still()
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-1.0)
    assert bench.track().tuned_eq[0].gain_db == pytest.approx(-1.0)
    bench.mixer.tuner.tune(1, Part.EQ, 1)
    await bench.still()
    assert bench.track().tuned_eq is None


async def test_a_surface_turns_on_from_where_a_hand_in_the_daw_has_left_it():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.hand(1, "eq.2.gain_db", 5.0)
    bench.plugins.hand(1, "comp.threshold_db", -30.0)
    assert bench.track().eq[1].gain_db == pytest.approx(5.0)
    assert bench.track().comp.threshold_db == pytest.approx(-30.0)
    bench.mixer.tuner.tune(1, Part.EQ, 4, ticks=2)
    await bench.still()
    assert bench.plugins.value(1, "eq.2.gain_db") == pytest.approx(6.0)
    assert bench.plugins.value(1, "comp.threshold_db") == pytest.approx(-30.0)


async def test_a_missing_plugin_leaves_the_rest_of_the_track_to_tonn():
    missing = Serving(Slot.EQ, "Bench EQ", found=False, problem="insert one")
    with_comp = outfit_of(0)
    bare = Outfit(with_comp.knobs, with_comp.fixed, (), (missing, *with_comp.serving))
    bench = Bench(Outboard({1: bare, 2: outfit_of(), 3: NO_OUTFIT}))
    await bench.go("apply")
    assert bench.track(1).rack.serving[0].problem == "insert one"
    assert {name.partition(".")[0] for name in bench.proof(1)} == {"gain_db", "pan", "comp"}
    assert set(bench.proof(3)) == {"gain_db", "pan"}


async def test_a_plugin_that_came_after_the_first_apply_is_kept_and_set_by_the_next():
    board = Outboard({1: outfit_of(0), 2: outfit_of(), 3: outfit_of()})
    bench = Bench(board)
    await bench.go("apply")
    board.outfits[1] = outfit_of()
    own = Outboard({1: outfit_of()}).holds[1]
    board.holds[1] = {**own, **board.holds[1]}
    await bench.go("apply")
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-3.0)
    await bench.go("revert")
    assert board.holds[1] == own


async def test_values_are_not_put_into_another_plugin_than_they_came_from():
    bench = Bench()
    await bench.go("apply")
    bench.plugins.outfits[1] = outfit_of(name="Another EQ")
    strange = dict(bench.plugins.holds[1])
    await bench.go("revert")
    assert "eq" in bench.track(1).rack.fault
    assert {key: wire for key, wire in bench.plugins.holds[1].items() if key.startswith("eq.")} == {
        key: wire for key, wire in strange.items() if key.startswith("eq.")
    }


@pytest.mark.parametrize("writes", [0, 1, 7, 20, 45])
async def test_revert_is_exact_after_the_program_was_killed_at_any_write(writes):
    bench = Bench()
    before = bench.holds
    await bench.rack.known()
    bench.plugins.dies_at = writes
    bench.mixer.apply()
    await bench.save()
    bench.mixer.depart()
    await bench.plugins.died.wait()
    await bench.rack.close()
    bench.plugins.dies_at = None
    bench.start(document=bench.saved[-1])
    await bench.go("revert")
    assert bench.holds == before


async def test_an_apply_that_a_kill_cut_short_is_gone_on_with():
    bench = Bench()
    bench.mixer.apply()
    await bench.save()
    bench.start(document=bench.saved[-1])
    await bench.still()
    assert bench.plugins.value(1, "eq.1.gain_db") == pytest.approx(-3.0)
    assert bench.mixer.applied
    assert bench.proof()["eq.1.gain_db"].verdict is Verdict.CONFIRMED


async def test_a_daw_that_came_back_with_an_older_state_gets_the_newest():
    bench = Bench()
    before = bench.holds
    await bench.go("apply")
    bench.plugins.hand(1, "eq.2.gain_db", 5.0)
    ridden = bench.holds
    bench.mixer.daw_lost()
    bench.plugins.holds = before
    bench.daw.open(bench.mixer)
    await bench.rack.known()
    await bench.still()
    await bench.rack.refresh()
    assert bench.holds == ridden
    assert bench.track().tuned_eq[1].gain_db == pytest.approx(5.0)


async def test_an_apply_waits_for_a_daw_that_went_and_goes_on_when_it_is_back():
    bench = Bench()
    await bench.rack.known()
    bench.mixer.apply()
    bench.mixer.depart()
    for _ in range(20):
        await asyncio.sleep(0)
    bench.mixer.daw_lost()
    assert bench.mixer.moving
    bench.daw.open(bench.mixer)
    await bench.still()
    assert bench.plugins.value(3, "eq.3.gain_db") == pytest.approx(-1.5)


ACTIONS = st.lists(
    st.sampled_from(["apply", "revert", "compare", "morph", "hand", "lose", "away", "wait", "kill"]), max_size=14
)


@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS, seed=st.integers(0, 2**16))
def test_whatever_happens_the_users_own_values_come_back(actions, seed):
    asyncio.run(_chaos(actions, Random(seed)))


async def _chaos(actions, chance):
    bench = Bench()
    before = bench.holds
    for action in actions:
        if action in ("apply", "revert", "compare"):
            if action == "apply" or bench.mixer.applied:
                getattr(bench.mixer, action)()
                await bench.save()
                bench.mixer.depart()
        elif action == "morph" and bench.mixer.applied:
            bench.mixer.morph(chance.random())
        elif action == "hand" and not bench.rack.shows_user and bench.mixer.showing is not Showing.USER:
            bench.plugins.hand(chance.choice((1, 2, 3)), "eq.1.gain_db", chance.uniform(-9.0, 9.0))
        elif action == "lose":
            bench.plugins.lose = 1
        elif action == "away":
            bench.mixer.daw_lost()
            bench.daw.open(bench.mixer)
        elif action == "kill" and bench.saved:
            await bench.save()
            await bench.rack.close()
            bench.start(document=bench.saved[-1])
        for _ in range(chance.choice((0, 1, 10, 200, 2000))):
            await asyncio.sleep(0)
    await bench.rest()
    if bench.mixer.applied:
        await bench.go("revert")
    assert bench.holds == before
    await bench.rack.close()


def test_another_daws_plugins_are_others():
    bench_document = {"mapping": "Ardour", "showing": "user", "applied": False, "goal": None, "tracks": {},
                      "plugins": {"goal": None, "shows_user": False, "tracks": {}}}  # fmt: skip
    mixer = Mixer([TrackSpec(1, "Kick")], ObedientDaw(), FakeClock(), plugins=Outboard({1: outfit_of()}))
    recall(mixer, bench_document, MAPPING.name)
    assert mixer.rack.shows_user
