"""Faults on command: each does what it says, as often as it says, and leaves the charges true."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from tests.clock import FakeClock
from tests.sandbox_server import SandboxServer, preview_body, sandbox_in_loop, write_stem
from tonn_bridge.sandbox import SandboxSettings

ENDPOINTS = ["/health", "/upload", "/mixpreview", "/retrievepreviewmix", "/retrievefinalmix", "/uploads", "/downloads"]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[SandboxServer]:
    server = SandboxServer(SandboxSettings(tmp_path_factory.mktemp("sandbox"), stage_seconds=0.0))
    yield server
    server.close()


@pytest.fixture
def sandbox(server) -> Iterator[SandboxServer]:
    """One sandbox for all faults, handed on without any left."""
    yield server
    server.faults()


@pytest.fixture
def task(sandbox, two_urls) -> str:
    """A preview that is done and has cost nothing yet."""
    return sandbox.preview(two_urls)


def charged(sandbox: SandboxServer, task: str) -> int:
    """Credits taken for one task."""
    return sum(charge["credits"] for charge in sandbox.charges()["charges"] if charge["task_id"] == task)


def ask(sandbox, endpoint: str, two_urls: list[str], task: str) -> httpx.Response:
    """One good request to an endpoint."""
    match endpoint:
        case "/health":
            return sandbox.http.get("/health")
        case "/upload":
            return sandbox.http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"})
        case "/mixpreview":
            return sandbox.http.post("/mixpreview", json=preview_body(two_urls))
        case "/retrievepreviewmix":
            return sandbox.retrieve(task, settings=True)
        case "/retrievefinalmix":
            body = {"multitrackTaskId": task, "trackData": [{"trackURL": two_urls[0]}]}
            return sandbox.http.post("/retrievefinalmix", json={"applyAudioEffectsData": body})
        case "/uploads":
            urls = sandbox.http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"}).json()
            return sandbox.store.put(urls["signed_url"], content=bytes(300_000), headers={"Content-Type": "audio/wav"})
    mix = sandbox.retrieve(task).json()["previewMixTaskResults"]["download_url_preview_mixed"]
    return sandbox.store.get(mix)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_status_comes_as_often_as_told_and_nothing_is_done_or_charged(sandbox, two_urls, task, endpoint):
    before = len(sandbox.tasks())
    sandbox.faults({"endpoint": endpoint, "times": 2, "status": 503, "retry_after_s": 7})
    for _ in range(2):
        answer = ask(sandbox, endpoint, two_urls, task)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert charged(sandbox, task) == 0
    assert len(sandbox.tasks()) == before
    assert ask(sandbox, endpoint, two_urls, task).status_code == 200


@pytest.mark.parametrize("endpoint", ENDPOINTS[:5])
def test_a_broken_body_comes_after_the_work_was_done(sandbox, two_urls, task, endpoint):
    before = len(sandbox.tasks())
    sandbox.faults({"endpoint": endpoint, "body": '{"half": '})
    answer = ask(sandbox, endpoint, two_urls, task)
    assert (answer.status_code, answer.text) == (200, '{"half": ')
    assert charged(sandbox, task) == {"/retrievepreviewmix": 25, "/retrievefinalmix": 250}.get(endpoint, 0)
    assert len(sandbox.tasks()) == before + (endpoint == "/mixpreview")


@pytest.mark.parametrize("cut_after", [0, 5, 10_000_000])
@pytest.mark.parametrize("endpoint", ENDPOINTS[1:])
def test_a_cut_ends_the_connection_inside_the_body_and_a_paid_answer_lost_is_paid(
    sandbox, two_urls, task, endpoint, cut_after
):
    sandbox.faults({"endpoint": endpoint, "cut_after": cut_after})
    with pytest.raises(httpx.TransportError):
        ask(sandbox, endpoint, two_urls, task)
    assert charged(sandbox, task) == {"/retrievepreviewmix": 25, "/retrievefinalmix": 250}.get(endpoint, 0)
    assert ask(sandbox, endpoint, two_urls, task).status_code == 200


def test_a_download_is_cut_where_it_was_told_to_be(sandbox, two_urls):
    mix = sandbox.retrieve(sandbox.preview(two_urls)).json()["previewMixTaskResults"]["download_url_preview_mixed"]
    whole = sandbox.store.get(mix).content
    sandbox.faults({"endpoint": "/downloads", "cut_after": 1000})
    got: list[bytes] = []
    with sandbox.store.stream("GET", mix) as answer, pytest.raises(httpx.RemoteProtocolError):
        got += answer.iter_raw()
    assert b"".join(got) == whole[:1000]


def test_nothing_is_kept_of_an_upload_that_was_cut(sandbox, tmp_path):
    urls = sandbox.http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"}).json()
    sandbox.faults({"endpoint": "/uploads", "cut_after": 100_000})
    wav = {"Content-Type": "audio/wav"}
    stem = write_stem(tmp_path / "a.wav", 20.0).read_bytes()
    with pytest.raises(httpx.TransportError):
        sandbox.store.put(urls["signed_url"], content=stem, headers=wav)
    assert sandbox.store.get(urls["readable_url"]).status_code == 404
    assert sandbox.store.put(urls["signed_url"], content=stem, headers=wav).status_code == 200
    assert sandbox.store.get(urls["readable_url"]).content == stem


@pytest.mark.parametrize("endpoint", ["/uploads", "/downloads", "/mixpreview"])
def test_a_url_can_be_made_to_expire(sandbox, two_urls, task, endpoint):
    sandbox.faults({"endpoint": endpoint, "expired": True})
    answer = ask(sandbox, endpoint, two_urls, task)
    assert (answer.status_code, "expired" in answer.text) == (400, True)
    assert ask(sandbox, endpoint, two_urls, task).status_code == 200


async def test_a_delay_holds_the_answer_back_but_not_the_work(tmp_path):
    clock = FakeClock()
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state"), clock) as http:
        await http.put("/sandbox/faults", json=[{"endpoint": "/upload", "delay_s": 3}])
        body = {"filename": "a.wav", "contentType": "audio/wav"}
        asked = asyncio.create_task(http.post("/upload", json=body))
        async with asyncio.timeout(10):
            while not list((tmp_path / "state").glob("uploads/*/upload.json")):
                await http.get("/health")
            assert not asked.done()
            while not asked.done():
                clock.advance(1)
                await http.get("/health")
        assert asked.result().status_code == 200


def test_faults_come_in_order_and_can_be_taken_back(sandbox):
    sandbox.faults(*({"endpoint": "/health", "status": status} for status in (500, 502, 503)))
    assert [sandbox.http.get("/health").status_code for _ in range(2)] == [500, 502]
    assert sandbox.http.delete("/sandbox/faults").status_code == 204
    assert sandbox.http.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"endpoint": "/nowhere", "status": 500}, "endpoint"),
        ({"endpoint": "/health"}, "say status"),
        ({"endpoint": "/health", "status": 200}, "status"),
        ({"endpoint": "/health", "status": 500, "body": "x"}, "one of"),
        ({"endpoint": "/health", "delay_s": 1, "retry_after_s": 1}, "retry_after_s"),
        ({"endpoint": "/health", "expired": True}, "/uploads"),
        ({"endpoint": "/health", "stauts": 500}, "stauts"),
        ({"endpoint": "/health", "status": 500, "times": 0}, "times"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, fault, named):
    answer = sandbox.http.put("/sandbox/faults", json=[fault])
    assert (answer.status_code, named in answer.json()["message"]) == (400, True)
