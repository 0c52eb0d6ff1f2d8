"""Killed around the steps that end a job another way: a refusal, a cancel, an error, a question nobody allowed."""

import pytest

from tests.crash.house import OWN_MIX, UPLOADS

pytestmark = pytest.mark.asyncio(loop_scope="package")

ASK_FOR_SETTINGS = "[tonn.spend]\nfx_settings = 'ask'"
ASK_FOR_FINAL = "[tonn.spend]\nfinal = 'ask'"
BOTH = pytest.mark.parametrize("when", ["before", "after"])


@BOTH
async def test_an_upload_goes_on_with_what_is_missing(build, when):
    house = await build()
    await house.start(("upload", when))
    assert await house.press("preview") is None
    await house.killed()

    await house.start()
    assert (await house.rests())["state"] == "ready"
    assert house.uploads()["01-kick.wav"] == {"before": 2, "after": 1}[when]
    assert house.charges() == ["fx_settings"]


@BOTH
async def test_settings_that_were_declined(build, when):
    house = await build(ASK_FOR_SETTINGS)
    await house.start(("settings_declined", when))
    assert (await house.press("preview"))["question"]["text"] == "Fetch the settings of the preview?"
    assert await house.press("cancel") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert (document["question"] is not None) == (when == "before")
    if when == "before":
        document = await house.press("cancel")
    assert (document["state"], document["error"]) == ("idle", None)
    assert document["preview_file"].endswith("Song preview.mp3")
    assert house.paid_requests() == []

    assert (await house.press("preview"))["question"]["credits"] == 25
    assert (await house.press("confirm"))["state"] == "ready"
    assert len(house.tasks) == 1
    assert house.charges() == ["fx_settings"]


@BOTH
async def test_settings_that_were_refused(build, when):
    house = await build(ASK_FOR_SETTINGS)
    await house.start(("settings_refused", when))
    await house.press("preview")
    house.sandbox.faults({"endpoint": "/retrievepreviewmix", "status": 402})
    assert await house.press("confirm") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert ("may have been charged" in str(document["question"])) == (when == "before")
    if when == "after":
        assert document["state"] == "idle"
        document = await house.press("preview")
        assert document["question"]["text"] == "Fetch the settings of the preview?"
    assert (await house.press("confirm"))["state"] == "ready"
    assert len(house.tasks) == 1
    assert house.charges() == ["fx_settings"]


@BOTH
async def test_a_preview_that_was_lost(build, when):
    house = await build()
    house.sandbox.faults({"endpoint": "/retrievepreviewmix", "body": '{"status": "MIX_TASK_FAILED"}'})
    await house.start(("preview_lost", when))
    assert await house.press("preview") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert document["state"] == {"before": "ready", "after": "idle"}[when]
    if when == "after":
        assert (await house.press("preview"))["state"] == "ready"
    assert len(house.tasks) == {"before": 1, "after": 2}[when]
    assert house.uploads() == UPLOADS


@BOTH
async def test_an_error_that_ended_the_job(build, when):
    house = await build()
    house.sandbox.faults({"endpoint": "/mixpreview", "status": 402})
    await house.start(("failed", when))
    assert await house.press("preview") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert document["state"] == {"before": "ready", "after": "idle"}[when]
    if when == "after":
        assert (await house.press("preview"))["state"] == "ready"
    assert house.uploads() == UPLOADS
    assert len(house.tasks) == 1


@BOTH
async def test_a_job_that_was_cancelled(build, when):
    house = await build()
    house.sandbox.faults({"endpoint": "/retrievepreviewmix", "delay_s": 1.0})
    await house.start(("cancelled", when))
    await house.http.post("/api/actions/preview")
    await house.until(lambda found: found["text"] == "Tonn is mixing")
    assert await house.press("cancel") is None
    await house.killed()

    house.sandbox.faults()
    await house.start()
    document = await house.rests()
    assert document["state"] == {"before": "ready", "after": "idle"}[when]
    if when == "after":
        assert (await house.press("preview"))["state"] == "ready"
    assert len(house.tasks) == 1, "the mix under way is waited for again"


@pytest.fixture
def applied(build):
    """A house whose DAW shows Tonn's mix; to be killed at `point`."""

    async def _applied(point, extra=""):
        house = await build(extra)
        await house.start(point)
        await house.press("preview")
        assert (await house.press("apply"))["state"] == "applied"
        return house

    return _applied


@BOTH
async def test_a_final_mix_that_was_declined(applied, when):
    house = await applied(("final_declined", when), ASK_FOR_FINAL)
    assert (await house.press("final"))["question"]["credits"] == 250
    assert await house.press("cancel") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert (document["state"], document["question"]) == ("applied", None)
    assert house.paid_requests() == ["fx_settings"]


@BOTH
async def test_a_final_mix_that_was_refused(applied, when):
    house = await applied(("final_refused", when))
    house.sandbox.faults({"endpoint": "/retrievefinalmix", "status": 402})
    assert await house.press("final") is None
    await house.killed()

    await house.start()
    document = await house.rests()
    assert ("may have been charged" in str(document["question"])) == (when == "before")
    if when == "before":
        document = await house.press("cancel")
    assert (document["state"], document["error"]) == ("applied", None)
    assert house.charges() == ["fx_settings"], "nothing was charged, and nothing is without a yes"

    document = await house.press("final")
    if when == "before":
        document = await house.press("confirm")
    assert document["state"] == "done"
    assert house.charges() == ["fx_settings", "final"]


async def test_an_answer_that_got_lost_twice_is_asked_about_twice_and_charged_once(applied):
    house = await applied(("final_requested", "after"))
    assert await house.press("final") is None
    await house.killed()
    await house.start(("final_received", "before"))
    assert (await house.rests())["question"] is not None
    assert await house.press("confirm") is None
    await house.killed()
    await house.start()
    assert (await house.rests())["question"] is not None
    assert (await house.press("confirm"))["state"] == "done"
    assert house.paid_requests() == ["fx_settings", "final", "final"]
    assert house.charges() == ["fx_settings", "final"]


async def test_a_paid_final_mix_that_cannot_be_fetched_is_kept_in_mind(applied):
    house = await applied(("final_received", "after"))
    assert await house.press("final") is None
    await house.killed()
    house.sandbox.faults({"endpoint": "/downloads", "status": 410})
    await house.start()
    document = await house.rests()
    assert document["error"]["code"] == "url_expired"
    assert house.paid_requests() == ["fx_settings", "final"]

    assert (await house.press("final"))["state"] == "done", "fetched at the next press, and not paid for again"
    assert house.paid_requests() == ["fx_settings", "final"]
    await house.press("revert")
    assert house.shown() == OWN_MIX
