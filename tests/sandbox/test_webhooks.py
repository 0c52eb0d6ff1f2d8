"""Call-backs, received by a real server."""

import asyncio
import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.clock import FakeClock
from tests.sandbox_server import final_body, preview_body, sandbox_in_loop, write_stem
from tonn_bridge.sandbox import SandboxSettings
from tonn_bridge.sandbox.webhooks import is_loopback

DONE = "MIX_TASK_PREVIEW_COMPLETED"


class Receiver:
    """Takes POSTs and keeps their bodies in `calls`."""

    def __init__(self) -> None:
        self.calls: queue.Queue[dict] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.calls.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook/secret"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def next(self) -> dict:
        return self.calls.get(timeout=10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_a_finished_preview_calls_once_with_fresh_urls(sandbox, two_urls, receiver):
    task = sandbox.preview(two_urls, webhookURL=receiver.url, returnStems=True)
    call = receiver.next()
    assert (call["multitrack_task_id"], call["state"]) == (task, DONE)
    assert sandbox.store.get(call["download_url_preview_mixed"]).status_code == 200
    assert set(call["stems"]) == {"low.wav", "high.wav"}
    assert receiver.calls.empty()


def test_a_final_calls_too_when_it_gives_a_url(sandbox, two_urls, receiver):
    task = sandbox.preview(two_urls)
    sandbox.final(task, [{"trackURL": two_urls[0]}], webhookURL=receiver.url)
    call = receiver.next()
    assert (call["multitrack_task_id"], call["state"]) == (task, "MIX_TASK_FINAL_COMPLETED")
    assert sandbox.store.get(call["download_url_mixed"]).content[:4] == b"RIFF"


def test_a_failed_preview_calls_with_the_reason(sandbox, two_urls, tmp_path, receiver):
    whole = write_stem(tmp_path / "torn.flac", 3.0, pulse_hz=3.0).read_bytes()
    (tmp_path / "torn.flac").write_bytes(whole[: len(whole) // 2])
    sandbox.preview([*two_urls, sandbox.upload(tmp_path / "torn.flac")], webhookURL=receiver.url)
    call = receiver.next()
    assert call["state"] == "MIX_TASK_ERROR"
    assert call["error_message"]


def test_twice_is_the_same_call_twice(sandbox, two_urls, receiver):
    sandbox.webhooks("twice")
    sandbox.preview(two_urls, webhookURL=receiver.url)
    assert receiver.next() == receiver.next()


def test_out_of_order_tells_of_an_earlier_state_after_the_last(sandbox, two_urls, receiver):
    sandbox.webhooks("out_of_order")
    sandbox.preview(two_urls, webhookURL=receiver.url)
    assert [receiver.next()["state"] for _ in range(2)] == [DONE, "MIX_TASK_APPLY_FX"]


def test_never_is_never_until_it_is_normal_again(sandbox, two_urls, receiver):
    sandbox.webhooks("never")
    first = sandbox.preview(two_urls, webhookURL=receiver.url)
    sandbox.final(first, [{"trackURL": two_urls[0]}], webhookURL=receiver.url)
    sandbox.final(first, [{"trackURL": two_urls[1]}])  # rendered when the calls before it were decided on
    sandbox.webhooks("normal")
    second = sandbox.preview(two_urls, webhookURL=receiver.url)
    assert receiver.next()["multitrack_task_id"] == second
    assert receiver.calls.empty()


async def test_late_is_ten_stages_after_the_mix_is_done(tmp_path, receiver):
    clock = FakeClock()
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state", stage_seconds=2), clock) as http:
        await http.put("/sandbox/webhooks", json={"mode": "late"})
        urls = []
        for name in ("a.wav", "b.wav"):
            answer = (await http.post("/upload", json={"filename": name, "contentType": "audio/wav"})).json()
            stem = write_stem(tmp_path / name, 0.5).read_bytes()
            await http.put(answer["signed_url"], content=stem, headers={"Content-Type": "audio/wav"})
            urls.append(answer["readable_url"])
        await http.post("/mixpreview", json=preview_body(urls, webhookURL=receiver.url))
        async with asyncio.timeout(20):
            while (await http.get("/sandbox/tasks")).json()[0]["state"] != DONE:
                clock.advance(1)
            done = clock.now()
            while receiver.calls.empty():
                clock.advance(1)
                await http.get("/health")
        assert clock.now() - done >= 20
        assert receiver.next()["state"] == DONE


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8765/webhook/x", True),
        ("http://127.8.9.1/x", True),
        ("https://localhost:1/x", True),
        ("http://[::1]:9/x", True),
        ("http://192.168.0.1/x", False),
        ("https://example.com/webhook", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://localhost@example.com/", False),
        ("ftp://127.0.0.1/", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_call_backs_go_to_loopback_addresses_only(url, allowed):
    assert is_loopback(url) is allowed


def test_a_receiver_that_is_not_there_hurts_nobody(sandbox, two_urls):
    task = sandbox.preview(two_urls, webhookURL="http://127.0.0.1:9/none")
    body = final_body(task, [{"trackURL": two_urls[0]}], webhookURL="http://127.0.0.1:9/none")
    assert sandbox.http.post("/retrievefinalmix", json=body).status_code == 200


def test_an_unknown_mode_is_refused(sandbox):
    assert sandbox.http.put("/sandbox/webhooks", json={"mode": "sometimes"}).status_code == 400
