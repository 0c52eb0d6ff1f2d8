"""After an apply a person hears what did not come to stand as it was to, and nothing where all did."""

from tests.engine.outboard import Outboard, outfit_of
from tests.engine.test_rack import Bench
from tonn_bridge.core.plugins import Outfit, Serving, Slot
from tonn_bridge.engine.outcome import outcome


async def test_nothing_is_said_where_all_stands():
    bench = Bench()
    await bench.go("apply")
    assert outcome(bench.mixer.view) == ""


async def test_what_was_given_back_and_what_is_missing_is_named():
    compressor = outfit_of(0)
    missing = Serving(Slot.EQ, "Bench EQ", found=False, problem="insert one")
    bare = Outfit(compressor.knobs, compressor.fixed, (), (missing, *compressor.serving))
    bench = Bench(Outboard({1: bare, 2: outfit_of(), 3: outfit_of()}))
    bench.plugins.stuck.add((2, "eq.1.gain_db"))
    await bench.go("apply")
    said = outcome(bench.mixer.view)
    assert "given back to you: Bass" in said
    assert "no equaliser to set on Kick" in said


async def test_values_that_were_not_read_back_are_counted():
    bench = Bench()

    async def save_and_go_deaf():
        await bench.save()
        bench.plugins.mute.update((1, 2, 3))

    bench.rack.save = save_and_go_deaf
    await bench.go("apply")
    assert "39 values not confirmed" in outcome(bench.mixer.view)
