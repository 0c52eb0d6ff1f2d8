"""From stems to the proposal: what is sent, what is asked, what a refusal or an outage leaves behind."""

import pytest

from tests.engine.studio import ASK, FREE, ObedientDaw, studio
from tests.sandbox_server import write_stem
from tonn_bridge.errors import NotPossible
from tonn_bridge.tonn import Units


async def test_a_preview_brings_a_file_and_a_proposal(song, sandbox):
    async with studio(song, sandbox) as desk:
        document = await desk.press("preview")
        assert (document["state"], document["error"], document["progress"]) == ("ready", None, 1.0)
        assert document["preview_file"] == str(song / "mixes" / "Song preview.mp3")
        assert all(track["proposal"]["gain_db"] is not None for track in document["tracks"])
        assert document["credits"]["spent"] == 25
        assert desk.paid() == ["fx_settings"]


async def test_the_stems_of_a_preview_come_beside_it_where_they_are_wanted(song, sandbox):
    async with studio(song, sandbox, return_stems=True) as desk:
        await desk.press("preview")
    made = sorted(path.name for path in (song / "mixes").iterdir())
    assert made == ["Song preview - 01-kick.mp3", "Song preview - 02-bass.mp3", "Song preview - 03-voice.mp3",
                    "Song preview.mp3"]  # fmt: skip


async def test_a_preview_under_way_is_not_begun_twice(song, sandbox):
    async with studio(song, sandbox) as desk:
        desk.desk.act("preview")
        with pytest.raises(NotPossible, match="a preview is under way; cancel it first"):
            desk.desk.act("preview")
        assert (await desk.rests())["state"] == "ready"
        assert len(sandbox.tasks()) == 1


async def test_only_changed_stems_are_uploaded_again(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.press("preview")
        assert desk.uploads() == 3
        write_stem(song / "Bass.wav", 0.5, 333.0)
        await desk.press("preview")
        assert desk.uploads() == 4
        assert len(sandbox.tasks()) == 2


async def test_links_of_an_earlier_upload_that_are_refused_are_made_again(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.press("preview")
        sandbox.faults({"endpoint": "/mixpreview", "expired": True})
        assert (await desk.press("preview"))["state"] == "ready"
        assert desk.uploads() == 6
        assert len(sandbox.tasks()) == 2


async def test_a_refusal_of_fresh_uploads_is_the_end_of_it(song, sandbox):
    sandbox.faults({"endpoint": "/mixpreview", "expired": True})
    async with studio(song, sandbox) as desk:
        document = await desk.press("preview")
        assert document["error"]["code"] == "tonn_rejected"
        assert (desk.uploads(), sandbox.tasks()) == (3, [])


class TestTheQuestion:
    async def test_is_asked_before_the_settings_and_yes_fetches_them(self, song, sandbox):
        async with studio(song, sandbox, ASK) as desk:
            document = await desk.press("preview")
            question = document["question"]
            assert (question["text"], question["credits"]) == ("Fetch the settings of the preview?", 25)
            assert question["expires_s"] == 20.0
            assert document["preview_file"] is not None, "the preview can be heard meanwhile"
            assert desk.paid() == []
            assert (await desk.press("confirm"))["state"] == "ready"
            assert desk.paid() == ["fx_settings"]

    @pytest.mark.parametrize("how", ["cancelled", "expired"])
    async def test_without_a_yes_leaves_what_was_there(self, song, sandbox, how):
        async with studio(song, sandbox, ASK) as desk:
            await desk.press("preview")
            before = await desk.press("confirm")
            write_stem(song / "Bass.wav", 0.5, 333.0)
            await desk.press("preview")
            if how == "cancelled":
                document = await desk.press("cancel")
            else:
                desk.clock.advance(19.9)
                assert desk.desk.document()["question"]["expires_s"] == pytest.approx(0.1)
                desk.clock.advance(0.2)
                await desk.until(lambda found: found["question"] is None)
                document = await desk.rests()
            assert (document["state"], document["error"]) == ("ready", None)
            assert [t["proposal"] for t in document["tracks"]] == [t["proposal"] for t in before["tracks"]]
            assert document["preview_file"].endswith("Song preview 2.mp3"), "and the new preview can be heard"
            assert document["text"].startswith("the preview can be heard; its settings were not fetched")
            assert desk.charged() == ["fx_settings"]

    async def test_is_gone_on_from_at_the_next_press_without_mixing_again(self, song, sandbox):
        async with studio(song, sandbox, ASK) as desk:
            await desk.press("preview")
            await desk.press("cancel")
        async with studio(song, sandbox, ASK) as desk:
            document = await desk.press("preview")
            assert document["question"]["text"] == "Fetch the settings of the preview?"
            assert (desk.uploads(), len(sandbox.tasks())) == (3, 1)
            await desk.press("confirm")
            assert desk.charged() == ["fx_settings"]

    async def test_a_yes_taken_back_at_once_costs_nothing(self, song, sandbox):
        async with studio(song, sandbox, ASK) as desk:
            await desk.press("preview")
            desk.desk.act("confirm")
            assert (await desk.press("cancel"))["state"] == "idle"
            assert desk.paid() == []

    async def test_nothing_asked_nothing_confirmed(self, song, sandbox):
        async with studio(song, sandbox) as desk:
            with pytest.raises(NotPossible, match="nothing is being asked"):
                desk.desk.act("confirm")
            with pytest.raises(NotPossible, match="nothing is under way"):
                desk.desk.act("cancel")


BROKEN = {"body": "<html>not JSON"}
MANY = {"times": 30}


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        ({"endpoint": "/upload", "status": 401}, "key", "Tonn refused the API key"),
        ({"endpoint": "/upload", "status": 402}, "credits", "too few credits"),
        ({"endpoint": "/upload", "status": 503} | MANY, "tonn_unavailable", "busy or down (503)"),
        ({"endpoint": "/upload"} | BROKEN | MANY, "tonn_unavailable", "not Tonn's JSON"),
        ({"endpoint": "/upload", "cut_after": 0} | MANY, "tonn_unavailable", "upload URL"),
        ({"endpoint": "/uploads", "cut_after": 100} | MANY, "tonn_unavailable", "upload of"),
        ({"endpoint": "/uploads", "status": 500} | MANY, "tonn_unavailable", "storage is busy or down"),
        ({"endpoint": "/mixpreview", "status": 401}, "key", "TONN_API_KEY"),
        ({"endpoint": "/mixpreview", "status": 402}, "credits", "too few credits"),
        ({"endpoint": "/mixpreview", "status": 422}, "tonn_rejected", "refused it (422)"),
        ({"endpoint": "/mixpreview", "body": "{}"}, "tonn_rejected", "lacks what was asked for"),
        ({"endpoint": "/retrievepreviewmix", "status": 401}, "key", "TONN_API_KEY"),
        ({"endpoint": "/retrievepreviewmix", "status": 404}, "tonn_rejected", "refused it (404)"),
        ({"endpoint": "/downloads", "status": 500} | MANY, "tonn_unavailable", "download of"),
        ({"endpoint": "/downloads", "status": 410}, "url_expired", "no longer valid"),
    ],
)
async def test_an_error_on_the_way_is_one_line_and_the_next_press_goes_on(song, sandbox, fault, code, says):
    sandbox.faults(fault)
    async with studio(song, sandbox) as desk:
        document = await desk.press("preview")
        assert (document["state"], document["error"]["code"]) == ("error", code)
        assert says in document["error"]["text"]
        assert "\n" not in document["error"]["text"]
        assert desk.paid() == [], "nothing is paid for on the way"
        sandbox.faults()
        assert (await desk.press("preview"))["state"] == "ready"
        assert desk.charged() == ["fx_settings"]


@pytest.mark.parametrize(
    ("fault", "code", "again"),
    [
        ({"status": 402}, "credits", "Fetch the settings of the preview?"),
        ({"status": 401}, "key", "Fetch the settings of the preview?"),
        ({"status": 429}, "tonn_unavailable", "Fetch the settings of the preview?"),
        ({"status": 500}, "paid_unknown", "may have been charged"),
        ({"cut_after": 10}, "paid_unknown", "may have been charged"),
        ({"body": "nonsense"}, "paid_unknown", "may have been charged"),
        ({"body": "{}"}, "paid_unknown", "may have been charged"),
    ],
)
async def test_a_paid_request_that_fails_is_never_repeated_unasked(song, sandbox, fault, code, again):
    async with studio(song, sandbox, ASK) as desk:
        await desk.press("preview")
        sandbox.faults({"endpoint": "/retrievepreviewmix", **fault})
        document = await desk.press("confirm")
        assert (document["state"], document["error"]["code"]) == ("error", code)
        assert document["preview_file"] is not None
        asked_so_far = len(desk.paid())
        document = await desk.press("preview")
        assert again in document["question"]["text"]
        assert len(desk.paid()) == asked_so_far
        assert (await desk.press("confirm"))["state"] == "ready"
        assert len(sandbox.tasks()) == 1
        assert desk.charged() == ["fx_settings"]


async def test_settings_that_are_refused_for_good_begin_a_new_preview(song, sandbox):
    async with studio(song, sandbox, ASK) as desk:
        await desk.press("preview")
        sandbox.faults({"endpoint": "/retrievepreviewmix", "status": 404})
        assert (await desk.press("confirm"))["error"]["code"] == "tonn_rejected"
        await desk.press("preview")
        assert (await desk.press("confirm"))["state"] == "ready"
        assert len(sandbox.tasks()) == 2
        assert desk.charged() == ["fx_settings"]


async def test_an_unknown_track_in_the_reply_keeps_the_proposal_that_was_there(song, sandbox):
    async with studio(song, sandbox, ASK) as desk:
        await desk.press("preview")
        before = await desk.press("confirm")
        await desk.press("preview")
        strange = '{"previewMixTaskResults": {"mix_output_settings": {"stranger.wav": {}}}}'
        sandbox.faults({"endpoint": "/retrievepreviewmix", "body": strange})
        document = await desk.press("confirm")
        assert document["error"]["code"] == "tonn_rejected"
        assert '"stranger.wav" is none of the tracks' in document["error"]["text"]
        assert [t["proposal"] for t in document["tracks"]] == [t["proposal"] for t in before["tracks"]]
    async with studio(song, sandbox, ASK) as desk:
        document = desk.desk.document()
        assert (document["state"], document["error"]) == ("ready", None)
        await desk.press("preview")
        assert (await desk.press("confirm"))["state"] == "ready"
        assert len(sandbox.tasks()) == 3


async def test_a_proposal_is_read_again_in_the_units_of_the_present_session(song, sandbox):
    async with studio(song, sandbox) as desk:
        before = await desk.press("preview")
    async with studio(song, sandbox, units=Units(times="ms", pan="left_positive")) as desk:
        after = desk.desk.document()
    for one, two in zip(before["tracks"], after["tracks"], strict=True):
        assert two["proposal"]["gain_db"] == pytest.approx(one["proposal"]["gain_db"])
        assert two["proposal"]["pan"] == pytest.approx(-one["proposal"]["pan"])
    assert any(track["proposal"]["pan"] != 0.0 for track in before["tracks"])
    assert desk.charged() == ["fx_settings"]


async def test_a_proposal_follows_its_stems_when_the_session_changes_their_order(song, sandbox):
    async with studio(song, sandbox) as desk:
        before = await desk.press("preview")
    gains = {track["name"]: track["proposal"]["gain_db"] for track in before["tracks"]}
    async with studio(song, sandbox, names=("Voice", "Kick", "Bass")) as desk:
        after = {track["name"]: track["proposal"]["gain_db"] for track in desk.desk.document()["tracks"]}
    assert after == pytest.approx(gains)


async def test_a_stem_the_preview_knows_nothing_of_is_said_and_nothing_is_guessed(song, sandbox):
    async with studio(song, sandbox) as desk:
        await desk.press("preview")
    write_stem(song / "Flute.wav", 0.5, 900.0)
    async with studio(song, sandbox, names=("Flute", "Kick", "Bass", "Voice")) as desk:
        document = desk.desk.document()
        assert document["error"]["code"] == "session"
        assert '"Flute"' in document["error"]["text"]
        assert "ask for a new preview" in document["error"]["text"]
        assert all(track["proposal"] is None for track in document["tracks"])
        assert (await desk.press("preview"))["state"] == "ready"


class TestCancel:
    @pytest.mark.parametrize(
        ("fault", "stage"),
        [
            ({"endpoint": "/upload", "delay_s": 1.0, "times": 3}, "uploading"),
            ({"endpoint": "/mixpreview", "delay_s": 1.0}, "mixing"),
            ({"endpoint": "/retrievepreviewmix", "delay_s": 1.0}, "mixing"),
        ],
    )
    async def test_ends_it_and_the_next_press_goes_on(self, song, sandbox, fault, stage):
        sandbox.faults(fault)
        async with studio(song, sandbox) as desk:
            desk.desk.act("preview")
            await desk.until(lambda found: found["state"] == stage)
            document = await desk.press("cancel")
            assert (document["state"], document["running"], document["error"]) == ("idle", None, None)
            sandbox.faults()
            assert (await desk.press("preview"))["state"] == "ready"
            assert desk.charged() == ["fx_settings"]

    async def test_pressed_twice_is_pressed_once(self, song, sandbox):
        sandbox.faults({"endpoint": "/retrievepreviewmix", "delay_s": 1.0})
        async with studio(song, sandbox) as desk:
            desk.desk.act("preview")
            await desk.until(lambda found: found["state"] == "mixing")
            desk.desk.act("cancel")
            with pytest.raises(NotPossible, match="just ending"):
                desk.desk.act("preview")
            desk.desk.act("cancel")
            await desk.rests()
            kinds = [entry.kind for entry in await desk.store.entries("/songs/session.toml")]
            assert kinds.count("cancelled") == 1

    async def test_during_a_paid_request_says_that_it_may_be_charged(self, song, sandbox):
        async with studio(song, sandbox, ASK) as desk:
            await desk.press("preview")
            sandbox.faults({"endpoint": "/retrievepreviewmix", "delay_s": 1.0})
            desk.desk.act("confirm")
            await desk.until(lambda found: found["text"] == "fetching the settings")
            document = await desk.press("cancel")
            assert "may still be charged" in document["text"]
            sandbox.faults()
            document = await desk.press("preview")
            assert "may have been charged" in document["question"]["text"]
            assert (await desk.press("confirm"))["state"] == "ready"
            assert len(desk.charged()) == 1


async def test_a_full_disk_stops_before_anything_is_paid_for(song, sandbox):
    async with studio(song, sandbox, output=song / "Kick.wav" / "mixes") as desk:
        document = await desk.press("preview")
        assert document["error"]["code"] == "store"
        assert "choose another `output` folder" in document["error"]["text"]
        assert desk.paid() == []


async def test_a_wrong_stem_is_said_before_anything_is_sent(song, sandbox):
    (song / "Bass.wav").unlink()
    async with studio(song, sandbox) as desk:
        document = await desk.press("preview")
        assert document["error"]["code"] == "stem"
        assert "Bass.wav" in document["error"]["text"]
        assert desk.uploads() == 0


async def test_a_service_out_of_reach_is_said(song, sandbox, free_url):
    async with studio(song, sandbox, url=free_url) as desk:
        document = await desk.press("preview")
        assert document["error"]["code"] == "tonn_unavailable"
        assert "check the network connection" in document["error"]["text"]


@pytest.mark.parametrize(("key", "code"), [(None, "key"), ("wrong", "key"), ("broke", "credits")])
async def test_a_refused_key_and_an_empty_account_are_told_apart(song, sandbox, key, code):
    async with studio(song, sandbox, key=key) as desk:
        assert (await desk.press("preview"))["error"]["code"] == code


async def test_a_call_back_makes_it_look_at_once(song, sandbox):
    async with studio(song, sandbox) as desk:
        desk.desk.nudge()
        assert desk.desk.workflow.nudge.is_set()
        assert (await desk.press("preview"))["state"] == "ready"


async def test_a_second_preview_must_be_applied_before_the_final_mix(song, sandbox):
    async with studio(song, sandbox, FREE, daw=ObedientDaw()) as desk:
        await desk.mixed()
        write_stem(song / "Bass.wav", 0.5, 333.0)
        await desk.press("preview")
        with pytest.raises(NotPossible, match="older mix"):
            desk.desk.act("final")
        await desk.press("apply")
        assert (await desk.press("final"))["state"] == "done"
