"""Killed while the mix moves: the movement goes on, and the user's own mix is never lost."""

import pytest

from tests.crash.house import OWN_MIX

pytestmark = pytest.mark.asyncio(loop_scope="package")

VOLUME = "/track/1/volume/db"


@pytest.fixture
def applied(build):
    """A house whose DAW shows Tonn's mix, with the kick ridden by +2 dB; to be killed at `point`."""

    async def _applied(point=None):
        house = await build(glide_s=0.5)
        await house.start(point)
        assert (await house.press("preview"))["state"] == "ready"
        assert (await house.press("apply"))["state"] == "applied"
        house.reaper.hand_move("Kick", house.reaper.track("Kick").db + 2.0)
        await house.until(lambda found: found["tracks"][0]["adjust_db"] > 1.9)
        return house

    return _applied


def rides(document):
    return [round(track["adjust_db"], 3) for track in document["tracks"]]


def targets(document):
    return [pytest.approx(track["proposal"]["gain_db"], abs=0.01) for track in document["tracks"]]


def faders(house):
    return [db for db, _ in house.shown()]


async def test_an_apply_that_was_not_written_down_has_moved_nothing(build):
    house = await build(glide_s=0.5)
    await house.start(("mix", "before"))
    await house.press("preview")
    house.arm()
    assert await house.press("apply") is None
    await house.killed()
    assert house.shown() == OWN_MIX

    await house.start()
    document = await house.rests()
    assert document["state"] == "ready"
    assert house.shown() == OWN_MIX


@pytest.mark.parametrize("where", ["before the first fader", "on the way"])
async def test_an_apply_goes_on_and_the_own_mix_comes_back(build, where):
    house = await build(glide_s=0.5)
    await house.start(("mix", "after") if where == "before the first fader" else None)
    await house.press("preview")
    if where == "before the first fader":
        house.arm()
    else:
        house.kill_in_flight(VOLUME, 2)
    assert await house.press("apply") is None
    await house.killed()
    assert (house.shown() == OWN_MIX) == (where == "before the first fader")

    await house.start()
    document = await house.until(lambda found: found["state"] == "applied" and found["running"] is None)
    assert faders(house) == targets(document)
    assert rides(document) == [0.0, 0.0]
    await house.press("revert")
    assert house.shown() == OWN_MIX


async def test_a_hands_move_that_was_saved_is_still_an_adjustment(applied):
    house = await applied(("mix", "after"))
    house.arm()
    house.reaper.hand_move("Bass", house.reaper.track("Bass").db - 1.5)
    await house.killed()

    await house.start()
    document = await house.rests()
    assert document["state"] == "applied"
    assert rides(document) == [2.0, -1.5]


async def test_a_comparison_goes_on_and_the_adjustments_come_back(applied):
    house = await applied()
    house.kill_in_flight(VOLUME, 2)
    assert await house.press("compare") is None
    await house.killed()

    await house.start()
    document = await house.until(lambda found: found["showing"] == "user" and house.shown() == OWN_MIX)
    assert rides(document) == [2.0, 0.0]
    document = await house.press("compare")
    assert rides(document) == [2.0, 0.0]
    assert faders(house) == [
        pytest.approx(track["baseline_db"] + ride, abs=0.01)
        for track, ride in zip(document["tracks"], (2.0, 0.0), strict=True)
    ]


async def test_a_comparison_on_its_way_back_goes_on(applied):
    house = await applied()
    await house.press("compare")
    house.kill_in_flight(VOLUME, 2)
    assert await house.press("compare") is None
    await house.killed()

    await house.start()
    document = await house.until(lambda found: found["showing"] == "proposal" and found["running"] is None)
    assert rides(document) == [2.0, 0.0]


@pytest.mark.parametrize("where", ["before the first fader", "on the way"])
async def test_a_revert_goes_on(applied, where):
    house = await applied(("mix", "after") if where == "before the first fader" else None)
    if where == "before the first fader":
        await house.press("compare") and await house.press("compare")
        house.arm()
    else:
        house.kill_in_flight(VOLUME, 2)
    assert await house.press("revert") is None
    await house.killed()

    await house.start()
    document = await house.until(lambda found: found["state"] == "ready" and house.shown() == OWN_MIX)
    assert document["showing"] == "user"
