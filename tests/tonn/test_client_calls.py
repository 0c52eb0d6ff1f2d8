"""Free and paid calls against a real HTTP server that fails in every way there is."""

import asyncio
import logging

import pytest
from pydantic import SecretStr

from tests.tonn.service import Reply
from tonn_bridge.errors import (
    KeyRefused,
    NoCredits,
    PaidOutcomeUnknown,
    TonnError,
    TonnRejected,
    TonnUnavailable,
)
from tonn_bridge.tonn.client import TonnClient
from tonn_bridge.tonn.wire import FinalData, FinalRequest, FinalTrack, PreviewData, PreviewRequest, PreviewTrack

KEY = "very-secret-key"
TRACK = {"instrumentGroup": "BASS_GROUP", "presenceSetting": "NORMAL", "panPreference": "CENTRE"}
PREVIEW = PreviewRequest(
    data=PreviewData(
        tracks=[PreviewTrack(trackURL=f"https://files/{n}.wav", reverbPreference="NONE", **TRACK) for n in "ab"],
        style="POP",
        webhook_url="https://example.invalid/hook",
    )
)
FINAL = FinalRequest(data=FinalData(task_id="t1", tracks=[FinalTrack(track_url="https://files/a.wav", gain_db=-2.0)]))
SETTINGS = {"a.wav": {"gain_settings": {"gain_db": -3.0}}}
COMPLETED = {
    "previewMixTaskResults": {
        "status": "MIX_TASK_PREVIEW_COMPLETED",
        "download_url_preview_mixed": "https://files/preview.mp3?sig=1",
        "stems": {"a.wav": "https://files/a?sig=1"},
    }
}
FAULTS = [
    pytest.param(Reply(500), id="server error"),
    pytest.param(Reply(503, {"message": "busy"}), id="busy"),
    pytest.param(Reply(429, headers={"Retry-After": "7"}), id="too many requests"),
    pytest.param(Reply(200, b'{"multitrack_task_id": "t'), id="broken JSON"),
    pytest.param(Reply(200, b"[1, 2]"), id="JSON, but no object"),
    pytest.param(Reply(200, b"[" * 200_000), id="JSON deeper than any stack"),
    pytest.param(Reply(200, b"\xff\xfe{}"), id="not UTF-8"),
    pytest.param(Reply(200, COMPLETED, cut_after=10), id="cut in the body"),
    pytest.param(Reply(cut_after=-1), id="cut before the head"),
    pytest.param(Reply(200, b"xx", {"Content-Encoding": "gzip"}), id="gzip that is none"),
]


async def test_health_is_the_services_own_word(client, service):
    service.on("/health", Reply(200, {"status": "ok"}))
    assert await client.health() == {"status": "ok"}


async def test_a_preview_request_goes_out_in_the_services_words_with_the_key(client, service):
    service.on("/mixpreview", Reply(200, {"multitrack_task_id": "t1", "error": None}))
    assert await client.request_preview(PREVIEW) == "t1"
    request = service.requests[0]
    assert request.headers["x-api-key"] == KEY
    data = request.json["multitrackData"]
    assert data["sampleRate"] == "44100"
    assert data["trackData"][0] == {"trackURL": "https://files/a.wav", "reverbPreference": "NONE", **TRACK}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_free_call_is_asked_again_after(fault, client, service, eager):
    service.on("/mixpreview", fault, fault, Reply(200, {"multitrack_task_id": "t1"}))
    assert await client.request_preview(PREVIEW) == "t1"
    assert len(service.requests) == 3
    assert len(eager.pauses) == 2


async def test_a_free_call_ends_after_five_tries_and_says_where_it_stands(client, service, eager):
    service.on("/mixpreview", Reply(500, {"message": "out of order"}))
    with pytest.raises(TonnUnavailable, match=r"preview.*500.*out of order.*try again"):
        await client.request_preview(PREVIEW)
    assert len(service.requests) == 5
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(eager.pauses))


async def test_a_service_that_names_its_own_pause_gets_it(client, service, eager):
    service.on("/mixpreview", Reply(503, headers={"Retry-After": "20"}), Reply(200, {"multitrack_task_id": "t1"}))
    await client.request_preview(PREVIEW)
    assert eager.pauses == [20.0]


async def test_a_pause_can_be_a_date_and_a_mad_one_is_cut_short(client, service, eager):
    date = "Fri, 15 Jan 2027 08:00:30 GMT"  # the fake clock starts at 1,800,000,000 s, which is 08:00:00 that day
    good = Reply(200, {"multitrack_task_id": "t1"})
    service.on("/mixpreview", Reply(503, headers={"Retry-After": date}), good)
    await client.request_preview(PREVIEW)
    service.on("/mixpreview", Reply(503, headers={"Retry-After": "999999999"}), good)
    await client.request_preview(PREVIEW)
    assert eager.pauses == [pytest.approx(30.0), 300.0]


REFUSALS = [
    pytest.param(Reply(401), KeyRefused, r"401.*TONN_API_KEY", id="wrong key"),
    pytest.param(Reply(403), KeyRefused, r"403.*TONN_API_KEY", id="forbidden"),
    pytest.param(Reply(402), NoCredits, "credits", id="no credits"),
    pytest.param(Reply(400, {"message": "webhookURL is missing"}), TonnRejected, "webhookURL is missing", id="bad"),
    pytest.param(Reply(404, b"<html>"), TonnRejected, "404", id="not found"),
]


@pytest.mark.parametrize(("reply", "kind", "says"), REFUSALS)
async def test_a_refused_free_call_is_not_asked_again(reply, kind, says, client, service):
    service.on("/mixpreview", reply)
    with pytest.raises(kind, match=says):
        await client.request_preview(PREVIEW)
    assert len(service.requests) == 1


async def test_a_success_that_calls_itself_an_error_is_refused(client, service):
    service.on("/mixpreview", Reply(200, {"error": True, "message": "Too few tracks"}))
    with pytest.raises(TonnRejected, match="Too few tracks"):
        await client.request_preview(PREVIEW)


async def test_a_redirect_of_the_api_is_not_followed_with_the_key(client, service):
    service.on("/mixpreview", Reply(307, headers={"Location": service.url("/elsewhere")}))
    with pytest.raises(TonnRejected, match="307"):
        await client.request_preview(PREVIEW)
    assert service.seen("/elsewhere") == []


# what costs credits


async def test_settings_are_asked_for_once_with_the_paid_flag(client, service):
    service.on("/retrievepreviewmix", Reply(200, {"previewMixTaskResults": {"mix_output_settings": SETTINGS}}))
    assert await client.fetch_settings("t1") == SETTINGS
    assert [request.json for request in service.requests] == [
        {"multitrackData": {"multitrackTaskId": "t1", "retrieveFXSettings": True}}
    ]


async def test_a_final_mix_is_asked_for_in_the_services_words(client, service):
    result = {"download_url_mixed": "https://files/mix.wav?sig=1", "stems": {"a": "https://files/a?sig=1"}}
    service.on(
        "/retrievefinalmix", Reply(200, {"applyAudioEffectsResults": {**result, "mix_output_settings": SETTINGS}})
    )
    final = await client.request_final(FINAL)
    assert (final.download_url, final.stems, final.settings) == (*result.values(), SETTINGS)
    assert service.requests[0].json["applyAudioEffectsData"] == {
        "multitrackTaskId": "t1",
        "trackData": [{"trackURL": "https://files/a.wav", "gainDb": -2.0}],
        "returnStems": False,
        "sampleRate": "44100",
    }


@pytest.mark.parametrize("reply", [Reply(200, {"status": "MIX_TASK_PENDING"}), Reply(202, {})])
async def test_a_final_mix_that_is_not_there_yet_has_no_url(reply, client, service):
    service.on("/retrievefinalmix", reply)
    assert (await client.request_final(FINAL)).download_url is None


UNKNOWN = [
    *(fault for fault in FAULTS if fault.id != "too many requests"),
    pytest.param(Reply(408), id="timed out between two servers"),
    pytest.param(Reply(303, headers={"Location": "/result"}), id="redirect"),
    pytest.param(Reply(307, headers={"Location": "x:["}), id="redirect to nonsense"),
    pytest.param(Reply(200, {"error": True, "message": "oops"}), id="calls itself an error"),
]


@pytest.mark.parametrize("fault", UNKNOWN)
async def test_a_paid_call_without_a_usable_answer_is_unknown_and_never_repeated(fault, client, service, eager):
    service.on("/retrievepreviewmix", fault)
    service.on("/retrievefinalmix", fault)
    with pytest.raises(PaidOutcomeUnknown, match="may have been charged"):
        await client.fetch_settings("t1")
    with pytest.raises(PaidOutcomeUnknown, match="may have been charged"):
        await client.request_final(FINAL)
    assert len(service.requests) == 2
    assert eager.pauses == []


async def test_settings_that_are_not_there_yet_are_unknown_too(client, service):
    service.on("/retrievepreviewmix", Reply(202, {"status": "MIX_TASK_ANALYSIS"}))
    with pytest.raises(PaidOutcomeUnknown):
        await client.fetch_settings("t1")


async def test_a_paid_answer_that_never_comes_is_unknown(service, eager):
    async def never(_):
        await asyncio.Event().wait()

    service.on("/retrievefinalmix", never)
    async with TonnClient(service.url(), None, clock=eager, final_s=0.05) as client:
        with pytest.raises(PaidOutcomeUnknown):
            await client.request_final(FINAL)
    assert len(service.requests) == 1


@pytest.mark.parametrize(("reply", "kind", "says"), REFUSALS)
async def test_a_refused_paid_call_cost_nothing(reply, kind, says, client, service):
    service.on("/retrievefinalmix", reply)
    with pytest.raises(kind, match=says):
        await client.request_final(FINAL)
    assert len(service.requests) == 1


async def test_a_paid_call_told_to_wait_cost_nothing(client, service):
    service.on("/retrievefinalmix", Reply(429, headers={"Retry-After": "7"}))
    with pytest.raises(TonnUnavailable) as caught:
        await client.request_final(FINAL)
    assert caught.value.retry_after_s == 7.0
    assert len(service.requests) == 1


async def test_a_paid_call_to_a_service_out_of_reach_cost_nothing(service, eager, unused_tcp_port):
    async with TonnClient(f"http://127.0.0.1:{unused_tcp_port}", None, clock=eager) as client:
        with pytest.raises(TonnUnavailable, match="nothing was sent or charged"):
            await client.fetch_settings("t1")


async def test_each_paid_call_has_a_connection_of_its_own(client, service):
    # the server here closes each connection after one answer: on a kept one the second call would end unknown
    service.on("/retrievepreviewmix", Reply(200, {"previewMixTaskResults": {"mix_output_settings": SETTINGS}}))
    await client.fetch_settings("t1")
    await client.fetch_settings("t2")
    assert len(service.requests) == 2


# the key, and secrets


@pytest.mark.parametrize(
    "url", ["http://tonn.example", "http://192.168.1.4:8000", "ftp://127.0.0.1", "tonn", "http://"]
)
async def test_a_service_that_is_neither_https_nor_here_is_refused(url, eager):
    with pytest.raises(TonnRejected):
        TonnClient(url, None, clock=eager)


@pytest.mark.parametrize("key", ["sch\u00f6n", "two\nlines"])
async def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key, eager):
    with pytest.raises(KeyRefused) as caught:
        TonnClient("https://tonn.example", SecretStr(key), clock=eager)
    assert key not in str(caught.value)


async def test_no_log_and_no_error_holds_the_key_or_a_signed_url(client, service, caplog):
    caplog.set_level(logging.DEBUG)
    signed = "https://files.example/a/b/mix.wav?X-Signature=abcdef"
    service.on("/retrievepreviewmix", Reply(200, COMPLETED))
    service.on("/mixpreview", Reply(500, {"message": f"Error checking file type for URL {signed}"}))
    service.on("/retrievefinalmix", Reply(200, {"download_url_mixed": signed}, {"Location": signed}))
    texts = [
        repr(await client.preview_status("t1")),
        repr(await client.request_final(FINAL)),
        repr(PREVIEW),
        repr(FINAL),
    ]
    with pytest.raises(TonnError, match=r"files\.example/…/mix\.wav") as caught:
        await client.request_preview(PREVIEW)
    texts += [repr(caught.value), *(record.getMessage() for record in caplog.records)]
    assert any("trying again" in text for text in texts)  # our own log line is among them
    for text in texts:
        assert KEY not in text
        assert "sig" not in text.lower()
        assert "a/b" not in text
