"""Waiting for a preview: when to look again, what counts as done, and what a nudge does."""

import asyncio
import itertools

import pytest

from tests.clock import FakeClock
from tests.tonn.service import Reply
from tonn_bridge.errors import KeyRefused, TonnRejected, TonnUnavailable
from tonn_bridge.tonn.client import TonnClient
from tonn_bridge.tonn.polling import backoff, delays, patience

PATH = "/retrievepreviewmix"
URL = "https://files/preview.mp3?sig=1"
RESULTS = {"download_url_preview_mixed": URL, "stems": {"a.wav": "https://files/a.wav?sig=1", "b.wav": None}}
DONE = Reply(200, {"previewMixTaskResults": {"status": "MIX_TASK_PREVIEW_COMPLETED", **RESULTS}})
WORKING = Reply(202, {"status": "MIX_TASK_ANALYSIS"})


def quiet(_):
    """Nobody looks at the progress."""


def test_looks_come_quickly_at_first_and_slowly_where_a_call_back_will_come():
    assert list(itertools.islice(delays(public_webhook=False), 7)) == [1, 1, 2, 3, 5, 5, 5]
    assert list(itertools.islice(delays(public_webhook=True), 3)) == [15, 15, 15]


def test_pauses_double_to_half_a_minute_and_are_never_quite_alike():
    pauses = list(itertools.islice(backoff(), 40))
    assert all(min(30, 0.5 * 2**n) / 2 <= pause <= min(30, 0.5 * 2**n) for n, pause in enumerate(pauses))
    assert len(set(pauses)) > 30


@pytest.mark.parametrize(("wish", "pause"), [(None, 2.0), (1.0, 2.0), (60.0, 60.0), (86_400.0, 300.0)])
def test_a_services_wish_lengthens_a_pause_within_reason(wish, pause):
    assert patience(2.0, wish) == pause


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"previewMixTaskResults": {"status": "MIX_TASK_PREVIEW_COMPLETED", **RESULTS}}, id="in results"),
        pytest.param({"status": "MIX_TASK_PREVIEW_COMPLETED", "previewMixTaskResults": RESULTS}, id="at the top"),
        pytest.param({"state": "MIX_TASK_PREVIEW_COMPLETED", "previewMixTaskResults": RESULTS}, id="state"),
        pytest.param({"status": "MIX_TASK_PREVIEW_COMPLETED", **RESULTS}, id="without results"),
        pytest.param({"previewMixTaskResults": {"status": "MIX_TASK_FINAL_COMPLETED", **RESULTS}}, id="final was made"),
        pytest.param({"previewMixTaskResults": RESULTS}, id="no status at all"),
    ],
)
async def test_a_finished_preview_is_recognised(body, client, service):
    service.on(PATH, Reply(200, body))
    status = await client.preview_status("t1")
    assert (status.done, status.failed, status.preview_url) == (True, False, URL)
    assert status.stems == {"a.wav": "https://files/a.wav?sig=1"}
    assert service.requests[0].json == {"multitrackData": {"multitrackTaskId": "t1", "retrieveFXSettings": False}}


@pytest.mark.parametrize("status", ["MIX_TASK_PENDING", "MIX_TASK_APPLY_FX", "MIX_TASK_SOMETHING_NEW", "", None, 7])
async def test_any_other_status_is_still_working(status, client, service):
    service.on(PATH, Reply(202, {"status": status}))
    seen = await client.preview_status("t1")
    assert (seen.done, seen.failed, seen.preview_url) == (False, False, None)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "MIX_TASK_ERROR", "message": "no audio in track 3"},
        {"previewMixTaskResults": {"state": "MIX_TASK_PREVIEW_FAILED", "error_message": "no audio in track 3"}},
        {"error": True, "message": "no audio in track 3"},
    ],
)
async def test_a_failed_preview_ends_the_wait_with_the_services_words(body, client, service):
    service.on(PATH, WORKING, Reply(200, body))
    with pytest.raises(TonnRejected, match="could not make the preview: no audio in track 3"):
        await client.wait_for_preview("t1", asyncio.Event(), quiet)


async def test_the_wait_tells_each_status_and_never_asks_for_the_settings(client, service, eager):
    service.on(PATH, Reply(202, {"status": "MIX_TASK_PENDING"}), WORKING, WORKING, WORKING, WORKING, DONE)
    seen = []
    status = await client.wait_for_preview("t1", asyncio.Event(), seen.append)
    assert status.preview_url == URL
    assert [look.status for look in seen[:2]] == ["MIX_TASK_PENDING", "MIX_TASK_ANALYSIS"]
    assert eager.pauses == [1, 1, 2, 3, 5]
    assert not any(request.json["multitrackData"]["retrieveFXSettings"] for request in service.requests)


async def test_a_service_that_is_away_for_a_while_does_not_end_the_wait(client, service, eager):
    down = [Reply(503), Reply(200, b"{"), Reply(cut_after=-1)] * 4
    service.on(PATH, WORKING, *down, DONE)
    assert (await client.wait_for_preview("t1", asyncio.Event(), quiet)).done


async def test_a_refused_key_ends_the_wait(client, service):
    service.on(PATH, WORKING, Reply(401))
    with pytest.raises(KeyRefused):
        await client.wait_for_preview("t1", asyncio.Event(), quiet)


@pytest.mark.parametrize(("reply", "says"), [(WORKING, "30 minutes: ask"), (Reply(503), r"30 minutes \(.*503")])
async def test_the_wait_ends_after_half_an_hour(reply, says, client, service, eager):
    service.on(PATH, reply)
    began = eager.now()
    with pytest.raises(TonnUnavailable, match=says):
        await client.wait_for_preview("t1", asyncio.Event(), quiet, public_webhook=True)
    assert 1800 <= eager.now() - began <= 1800 + 30


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (a fake clock knows no event to wait for)
            await asyncio.sleep(0)


async def test_a_nudge_makes_it_look_at_once_but_a_flood_of_them_only_once_a_second(service):
    service.on(PATH, WORKING)
    clock, nudge = FakeClock(), asyncio.Event()
    looks = []
    async with TonnClient(service.url(), None, clock=clock) as client, asyncio.TaskGroup() as tasks:
        wait = tasks.create_task(client.wait_for_preview("t1", nudge, looks.append, public_webhook=True))
        await until(lambda: len(looks) == 1)
        clock.advance(4.0)
        nudge.set()
        await until(lambda: len(looks) == 2)
        for _ in range(20):  # a flood within one second
            nudge.set()
            clock.advance(0.04)
            for _ in range(50):
                await asyncio.sleep(0)
        assert len(looks) == 2
        assert len(service.requests) == 2
        service.on(PATH, DONE)
        clock.advance(0.3)
        await until(wait.done)
        assert len(service.requests) == 3
    assert wait.result().done
