"""From the hand's moves to the final mix: what is sent for them, what is asked, and that it is paid for once."""

import sqlite3

import pytest

from tests.engine.studio import ASK, ObedientDaw, studio
from tonn_bridge.core.tuning import Part
from tonn_bridge.errors import NotPossible

FINAL = "/retrievefinalmix"
NEVER_ANSWERED = "The final mix was asked for before, and the answer never came."


def sent(desk, number):
    """What the last final request said of a track."""
    return desk.requests(FINAL)[-1]["applyAudioEffectsData"]["trackData"][number - 1]


async def test_the_moves_of_a_hand_go_back_and_nothing_else(song, sandbox):
    async with studio(song, sandbox) as desk:
        document = await desk.mixed()
        assert document["state"] == "applied"
        desk.daw.hand(1, +2.0)
        desk.daw.turn(1, 0.5)
        desk.daw.mute(2)
        document = await desk.press("final")
        assert (document["state"], document["error"], document["credits"]["spent"]) == ("done", None, 275)
        assert document["final_file"] == str(song / "mixes" / "Song final.wav")
        assert sent(desk, 1)["gainDb"] == pytest.approx(2.0, abs=1e-3)
        assert sent(desk, 1)["panning_settings"]["panning_angle"] == pytest.approx(30.0)
        assert sent(desk, 2)["gainDb"] == -60.0
        assert "panning_settings" not in sent(desk, 2)
        assert sent(desk, 3)["gainDb"] == 0.0
        assert desk.paid() == ["fx_settings", "final"]


async def test_a_compressor_that_a_hand_turned_goes_along_and_one_that_was_turned_back_does_not(song, sandbox):
    async with studio(song, sandbox) as desk:
        ratio = (await desk.mixed())["tracks"][0]["proposal"]["comp"]["ratio"]
        desk.desk.tune(1, Part.COMP, 1, ticks=12)
        desk.desk.tune(2, Part.COMP, 1, ticks=3)
        desk.desk.tune(2, Part.COMP, 1)
        assert [track["tuned"] for track in desk.desk.document()["tracks"]][:2] == [["comp"], []]
        await desk.press("final")
        assert sent(desk, 1)["compression_settings"]["ratio"] == pytest.approx(ratio * 2)
        assert "eq_settings" not in sent(desk, 1)
        assert "compression_settings" not in sent(desk, 2)


async def test_a_fader_pulled_all_the_way_down_goes_as_muted(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        desk.daw.hand(1, -200.0)
        await desk.press("final")
        assert sent(desk, 1)["gainDb"] == -60.0


async def test_a_move_past_tonns_range_is_limited_and_said(song, sandbox):
    async with studio(song, sandbox) as desk:
        document = await desk.mixed()
        room = 12.0 - document["tracks"][0]["baseline_db"]
        assert room > 12.0
        desk.daw.hand(1, room)
        document = await desk.press("final")
        assert sent(desk, 1)["gainDb"] == 12.0
        (limit,) = [limit for limit in document["tracks"][0]["limited"] if limit["parameter"] == "gain_db"]
        assert (limit["wanted"], limit["got"]) == (pytest.approx(room, abs=0.01), 12.0)


@pytest.mark.parametrize(
    ("presses", "why"),
    [
        ([], "there is no mix to finish yet"),
        (["preview"], "the DAW shows your own mix"),
        (["preview", "apply", "compare"], "the DAW shows your own mix"),
        (["preview", "apply", "revert"], "the DAW shows your own mix"),
    ],
    ids=["idle", "ready", "comparing", "reverted"],
)
async def test_it_is_refused_while_the_daw_does_not_show_tonns_mix(song, sandbox, presses, why):
    async with studio(song, sandbox) as desk:
        for action in presses:
            await desk.press(action)
        with pytest.raises(NotPossible, match=why):
            desk.desk.act("final")
        assert "final" not in desk.paid()


async def test_a_newer_mix_is_applied_before_it_is_blended_or_made_final(song, sandbox):
    async with studio(song, sandbox) as desk:
        for action in ("preview", "apply", "preview"):
            await desk.press(action)
        for action, amount in (("final", None), ("morph", 1.0)):
            with pytest.raises(NotPossible, match="an older mix"):
                desk.desk.act(action, amount)
        await desk.press("apply")
        desk.desk.act("morph", 1.0)
        assert (await desk.press("final"))["state"] == "done"


async def test_it_is_refused_while_the_faders_move(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.press("preview")
        desk.desk.act("apply")
        with pytest.raises(NotPossible, match="still on their way"):
            desk.desk.act("final")


async def test_what_is_sent_is_the_mix_at_the_press_whatever_happens_during_the_question(song, sandbox):
    async with studio(song, sandbox, ASK) as desk:
        await desk.press("preview")
        await desk.press("confirm")
        await desk.press("apply")
        desk.daw.hand(1, 2.0)
        document = await desk.press("final")
        assert document["state"] == "applied", "the state stays what it was"
        assert document["question"]["text"] == "Make the final mix of 3 tracks, 1 of them changed by hand?"
        assert document["question"]["credits"] == 250
        desk.daw.hand(1, -5.0)
        await desk.press("confirm")
        assert sent(desk, 1)["gainDb"] == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize("how", ["cancelled", "expired"])
async def test_without_a_yes_nothing_is_sent(song, sandbox, how):
    async with studio(song, sandbox, ASK) as desk:
        await desk.press("preview")
        await desk.press("confirm")
        await desk.press("apply")
        await desk.press("final")
        if how == "cancelled":
            document = await desk.press("cancel")
        else:
            desk.clock.advance(20.0)
            document = await desk.until(lambda found: found["running"] is None)
        assert (document["state"], document["error"], document["final_file"]) == ("applied", None, None)
        assert desk.paid() == ["fx_settings"]


@pytest.mark.parametrize(
    ("fault", "code", "asked_again"),
    [
        ({"status": 401}, "key", None),
        ({"status": 402}, "credits", None),
        ({"status": 400}, "tonn_rejected", None),
        ({"status": 429, "retry_after_s": 3}, "tonn_unavailable", None),
        ({"status": 500}, "paid_unknown", NEVER_ANSWERED),
        ({"cut_after": 0}, "paid_unknown", NEVER_ANSWERED),
        ({"cut_after": 50}, "paid_unknown", NEVER_ANSWERED),
        ({"body": "[1, 2"}, "paid_unknown", NEVER_ANSWERED),
        ({"body": '{"error": false}'}, "paid_unknown", NEVER_ANSWERED),
    ],
)
async def test_a_request_that_fails_is_sent_again_only_by_a_person(song, sandbox, fault, code, asked_again):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        desk.daw.hand(1, 2.0)
        sandbox.faults({"endpoint": FINAL, **fault})
        document = await desk.press("final")
        assert document["error"]["code"] == code
        assert "\n" not in document["error"]["text"]
        reached = desk.paid().count("final")
        assert reached == (0 if "status" in fault else 1)
        document = await desk.press("final")
        if asked_again is not None:
            assert document["question"]["text"].startswith(asked_again)
            assert desk.paid().count("final") == reached
            document = await desk.press("confirm")
        assert document["state"] == "done"
        assert desk.charged() == ["fx_settings", "final"]


async def test_an_unanswered_request_is_repeated_word_for_word_and_a_changed_one_says_what_it_risks(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        sandbox.faults({"endpoint": FINAL, "cut_after": 0})
        await desk.press("final")
        desk.daw.hand(1, 1.0)
        document = await desk.press("final")
        assert document["question"]["text"].startswith("Make the final mix of 3 tracks, 1 of them changed by hand?")
        assert "One before it, which may have been charged, never came." in document["question"]["text"]
        await desk.press("cancel")
        desk.daw.hand(1, -1.0)
        document = await desk.press("final")
        assert document["question"]["text"].startswith(NEVER_ANSWERED)
        await desk.press("confirm")
        first, second = desk.requests(FINAL)
        assert first == second
        assert desk.charged() == ["fx_settings", "final"]


async def test_a_paid_mix_that_could_not_be_fetched_is_fetched_at_the_next_press(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        sandbox.faults({"endpoint": "/downloads", "status": 503, "times": 3})
        document = await desk.press("final")
        assert document["error"]["code"] == "tonn_unavailable"
        assert document["credits"]["spent"] == 275, "what is paid for is counted"
        document = await desk.press("final")
        assert document["state"] == "done"
        assert desk.paid() == ["fx_settings", "final"]


async def test_a_paid_mix_whose_link_is_gone_is_asked_about(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        sandbox.faults({"endpoint": "/downloads", "status": 410, "times": 2})
        assert (await desk.press("final"))["error"]["code"] == "url_expired"
        document = await desk.press("final")
        assert document["question"]["text"].startswith("The final mix is made and paid for, but could not be fetched.")
        assert (await desk.press("confirm"))["state"] == "done"
        assert desk.charged() == ["fx_settings", "final"]


async def test_a_paid_mix_is_fetched_before_another_is_made(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        sandbox.faults({"endpoint": "/downloads", "status": 410})
        await desk.press("final")
        desk.daw.hand(1, 3.0)
        document = await desk.press("final")
        assert document["final_file"].endswith("Song final 2.wav")
        assert sorted(path.name for path in (song / "mixes").glob("*final*")) == ["Song final 2.wav", "Song final.wav"]
        assert desk.charged() == ["fx_settings", "final", "final"]


async def test_a_cancel_during_the_request_is_followed_by_a_question(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        sandbox.faults({"endpoint": FINAL, "delay_s": 1.0})
        desk.desk.act("final")
        await desk.until(lambda found: found["state"] == "finalizing")
        document = await desk.press("cancel")
        assert (document["state"], document["running"]) == ("applied", None)
        assert "may still be charged" in document["text"]
        sandbox.faults()
        document = await desk.press("final")
        assert document["question"]["text"].startswith(NEVER_ANSWERED)
        assert (await desk.press("confirm"))["state"] == "done"
        assert desk.charged() == ["fx_settings", "final"]


async def test_stems_come_along_when_they_are_wished_for(song, sandbox):
    async with studio(song, sandbox, return_stems=True) as desk:
        await desk.mixed()
        await desk.press("final")
        names = sorted(path.name for path in (song / "mixes").glob("* final*.wav"))
        assert names == ["Song final - 01-kick.wav", "Song final - 02-bass.wav", "Song final - 03-voice.wav",
                         "Song final.wav"]  # fmt: skip


async def test_the_answer_of_a_past_session_goes_on_in_the_next(song, sandbox):
    daw = ObedientDaw()
    async with studio(song, sandbox, daw=daw) as desk:
        await desk.mixed()
        desk.daw.hand(1, 2.0)
    async with studio(song, sandbox, daw=daw) as desk:
        document = await desk.until(lambda found: found["tracks"][0]["adjust_db"] is not None)
        assert document["tracks"][0]["adjust_db"] == pytest.approx(2.0, abs=1e-3)
        assert (await desk.press("final"))["state"] == "done"
        assert sent(desk, 1)["gainDb"] == pytest.approx(2.0, abs=1e-3)


def break_disk(song):
    """From now on the journal refuses every row; what is there can be read."""
    with sqlite3.connect(song / "state.sqlite") as other:
        for table in ("journal", "mix"):
            other.execute(f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'full'); END")


def mend_disk(song):
    with sqlite3.connect(song / "state.sqlite") as other:
        for table in ("journal", "mix"):
            other.execute(f"DROP TRIGGER full_{table}")


async def test_nothing_is_paid_for_that_cannot_be_written_down_first(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.mixed()
        break_disk(song)
        document = await desk.press("final")
        assert document["error"]["code"] == "store"
        assert "state.sqlite" in document["error"]["text"]
        assert "final" not in desk.paid()
        mend_disk(song)


async def test_an_apply_that_cannot_be_written_down_moves_nothing(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.press("preview")
        own = dict(desk.daw.holds)
        break_disk(song)
        document = await desk.press("apply")
        assert document["error"]["code"] == "store"
        assert document["showing"] == "user"
        assert desk.daw.holds == own
        mend_disk(song)
        assert (await desk.press("apply"))["state"] == "applied"


async def test_a_revert_goes_home_even_where_the_disk_is_full(song, sandbox):
    async with studio(song, sandbox) as desk:
        own = dict(desk.daw.holds)
        await desk.mixed()
        assert desk.daw.holds != own
        break_disk(song)
        document = await desk.press("revert")
        assert document["error"]["code"] == "store", "it is said all the same"
        assert desk.daw.holds == pytest.approx(own)
        mend_disk(song)
