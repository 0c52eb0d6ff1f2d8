"""Presses that meet one another, a disk that fails, and what is shown of it."""

import asyncio
import json
import sqlite3
from contextlib import contextmanager

import pytest

from tests.engine.studio import MAPPING, SESSION, ObedientDaw, studio
from tonn_bridge.core import Param
from tonn_bridge.engine.keeper import SAVE_AFTER_S, TRY_AGAIN_S
from tonn_bridge.errors import NotPossible, RangeError, UnknownTrack

OWN_DB = [-3.0, -4.0, -5.0]


def faders(desk):
    return [
        pytest.approx(MAPPING.scale(Param.GAIN).value_of(desk.daw.holds[n, Param.GAIN]), abs=1e-3) for n in (1, 2, 3)
    ]


def proposed(document):
    return [track["proposal"]["gain_db"] for track in document["tracks"]]


def saved_mix(song):
    """The mix as another program finds it on the disk."""
    with sqlite3.connect(song / "state.sqlite") as other:
        row = other.execute("SELECT document FROM mix").fetchone()
    return None if row is None else json.loads(row[0])


@contextmanager
def full_disk(song, *tables):
    with sqlite3.connect(song / "state.sqlite", isolation_level=None) as other:
        for table in tables:
            other.execute(f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'full'); END")
        yield
        for table in tables:
            other.execute(f"DROP TRIGGER full_{table}")


class TestPressesThatMeet:
    async def test_the_last_of_two_movements_is_where_the_mix_goes(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.press("preview")
            desk.desk.act("apply")
            document = await desk.press("revert")
            assert (document["state"], document["showing"]) == ("ready", "user")
            assert faders(desk) == OWN_DB

    async def test_an_apply_taken_over_at_once_counts_all_the_same(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.press("preview")
            desk.desk.act("apply")
            await desk.press("compare")
            assert faders(desk) == OWN_DB
            document = await desk.press("compare")
            assert document["showing"] == "proposal"
            assert (await desk.press("final"))["state"] == "done"

    async def test_a_blend_pressed_into_an_apply_moves_nothing_before_the_own_mix_is_on_disk(self, song, sandbox):
        on_disk = []

        class Watching(ObedientDaw):
            def put(self, *write):
                on_disk.append(saved_mix(song))
                super().put(*write)

        async with studio(song, sandbox, daw=Watching()) as desk:
            await desk.press("preview")
            desk.desk.act("apply")
            desk.desk.act("morph", 0.5)
            document = await desk.rests()
            assert document["showing"] == "blend"
            middle = [(own + tonn) / 2 for own, tonn in zip(OWN_DB, proposed(document), strict=True)]
            assert faders(desk) == middle
        assert on_disk[0]["tracks"]["1"]["user"]["gain"]["value"] == pytest.approx(-3.0, abs=1e-3)

    async def test_a_mix_moves_while_tonn_is_at_work(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.mixed()
            sandbox.faults({"endpoint": "/retrievepreviewmix", "delay_s": 0.5})
            desk.desk.act("preview")
            await desk.until(lambda found: found["state"] == "mixing")
            desk.desk.act("revert")
            document = await desk.until(lambda found: found["running"] is None)
            assert document["state"] == "ready"
            assert faders(desk) == OWN_DB


class TestTheDisk:
    async def test_a_hands_move_is_on_it_soon(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.mixed()
            desk.daw.hand(1, 2.0)
            await asyncio.sleep(0)
            desk.clock.advance(SAVE_AFTER_S)
            await until_saved(desk, 1)

    async def test_that_fails_is_said_and_tried_again_and_the_word_goes_when_it_has_worked(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.mixed()
            with full_disk(song, "mix"):
                desk.daw.hand(1, 2.0)
                await asyncio.sleep(0)
                desk.clock.advance(SAVE_AFTER_S)
                document = await desk.until(lambda found: found["error"])
                assert (document["state"], document["error"]["code"]) == ("error", "store")
                assert "state.sqlite" in document["error"]["text"]
            desk.clock.advance(TRY_AGAIN_S)
            document = await desk.until(lambda found: found["error"] is None)
            assert document["state"] == "applied"
            await until_saved(desk, 1)

    async def test_that_is_full_for_a_movement_ends_no_preview(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.mixed()
            sandbox.faults({"endpoint": "/retrievepreviewmix", "delay_s": 0.5})
            desk.desk.act("preview")
            await desk.until(lambda found: found["text"] == "Tonn is mixing")
            with full_disk(song, "mix"):
                desk.desk.act("revert")
                await desk.until(lambda found: found["error"])
                assert desk.desk.workflow.past.waiting == "preview", "a restart would go on with it"
            await desk.until(lambda found: found["running"] is None)

    async def test_keeps_the_mix_at_an_orderly_end(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            await desk.mixed()
            desk.daw.hand(2, -1.5)
            held = desk.daw.holds[2, Param.GAIN]
        assert saved_mix(song)["tracks"]["2"]["last"]["gain"]["wire"] == held


async def until_saved(desk, number):
    """Wait until what the DAW holds for a track is what a restart would read."""
    held = desk.daw.holds[number, Param.GAIN]
    async with asyncio.timeout(10):
        while (await desk.store.load_mix(SESSION))["tracks"][str(number)]["last"]["gain"]["wire"] != held:
            pass


class TestWhatIsRefused:
    @pytest.mark.parametrize("amount", [None, -0.1, 1.1, float("nan")])
    async def test_a_blend_outside_its_range(self, song, sandbox, amount):
        async with studio(song, sandbox) as desk:
            with pytest.raises(RangeError):
                desk.desk.act("morph", amount)

    async def test_a_blend_of_nothing(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            with pytest.raises(NotPossible, match="nothing has been applied"):
                desk.desk.act("morph", 0.5)

    async def test_what_nobody_knows(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            with pytest.raises(RangeError):
                desk.desk.act("sing")
            with pytest.raises(UnknownTrack, match="it has 1 to 3"):
                desk.desk.move(4, gain_db=0.0, adjust_db=None, pan=None)
            with pytest.raises(RangeError):
                desk.desk.move(1, gain_db=float("nan"), adjust_db=None, pan=None)
            with pytest.raises(RangeError):
                desk.desk.move(1, gain_db=None, adjust_db=None, pan=2.0)

    async def test_a_refusal_leaves_an_error_that_is_shown(self, song, sandbox):
        async with studio(song, sandbox, key="broke") as desk:
            await desk.press("preview")
            with pytest.raises(NotPossible):
                desk.desk.act("apply")
            assert desk.desk.document()["error"]["code"] == "credits"


async def test_what_nobody_expected_is_told_and_logged(song, sandbox, caplog):
    async with studio(song, sandbox, output=None) as desk:
        document = await desk.press("preview")
        assert document["error"] == {
            "code": "internal",
            "text": "the preview failed in a way nobody expected; the log has the details",
        }
        assert "TypeError" in caplog.text
        assert desk.paid() == []


async def test_a_press_of_apply_after_the_final_mix_begins_a_new_round(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        assert (await desk.press("final"))["state"] == "done"
        assert (await desk.press("revert"))["state"] == "ready"
        document = await desk.press("apply")
        assert document["state"] == "applied"
        assert document["final_file"] is not None
    async with studio(song, sandbox) as desk:
        assert [entry.kind for entry in await desk.store.entries(SESSION)][-1] == "applied"
