"""Uploads and downloads by URL: signed for one thing, for a time."""

import asyncio
import hashlib

import httpx
import pytest

from tests.clock import FakeClock
from tests.sandbox_server import SandboxServer, final_body, preview_body, sandbox_in_loop, write_stem
from tonn_bridge.sandbox import SandboxSettings


def test_the_last_path_part_of_a_readable_url_is_the_file_name(sandbox, tmp_path):
    url = sandbox.upload(write_stem(tmp_path / "a.wav"), name="Käse & Brot? #1.wav")
    assert httpx.URL(url).path.split("/")[-1] == "Käse & Brot? #1.wav"
    assert sandbox.store.get(url).content == (tmp_path / "a.wav").read_bytes()


def test_bytes_come_back_as_they_went_up(sandbox, tmp_path):
    stem = write_stem(tmp_path / "long.wav", 30.0, channels=2)
    assert (
        hashlib.sha256(sandbox.store.get(sandbox.upload(stem)).content).digest()
        == hashlib.sha256(stem.read_bytes()).digest()
    )


def test_a_put_must_carry_the_type_it_was_signed_for(sandbox):
    urls = sandbox.http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"}).json()
    answer = sandbox.store.put(urls["signed_url"], content=b"x", headers={"Content-Type": "audio/flac"})
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)
    assert sandbox.store.get(urls["readable_url"]).status_code == 404


@pytest.mark.parametrize("change", ["X-Signature=0", "X-Expires=9999999999", "X-Signature=%C3%A9", ""])
def test_a_url_that_was_tampered_with_opens_nothing(sandbox, two_urls, change):
    url = httpx.URL(two_urls[0])
    changed = url.copy_with(query=None) if not change else url.copy_merge_params(dict([change.split("=")]))
    assert sandbox.store.get(changed).status_code == 403
    answer = sandbox.http.post("/mixpreview", json=preview_body([str(changed), two_urls[1]]))
    assert (answer.status_code, answer.json()["error"]) == (400, True)


def test_a_url_to_read_is_not_one_to_write(sandbox, two_urls):
    assert sandbox.store.put(two_urls[0], content=b"x", headers={"Content-Type": "audio/wav"}).status_code == 403


async def test_urls_open_until_their_time_is_over(tmp_path):
    clock = FakeClock()
    stem = write_stem(tmp_path / "a.wav").read_bytes()
    wav = {"Content-Type": "audio/wav"}
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state"), clock) as http:
        urls = (await http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"})).json()
        clock.advance(59)
        assert (await http.put(urls["signed_url"], content=stem, headers=wav)).status_code == 200
        clock.advance(2)
        late = await http.put(urls["signed_url"], content=stem, headers=wav)
        assert (late.status_code, "ExpiredToken" in late.text) == (400, True)
        clock.advance(3600 - 62)
        assert (await http.get(urls["readable_url"])).content == stem
        clock.advance(2)
        assert (await http.get(urls["readable_url"])).status_code == 400
        answer = await http.post("/mixpreview", json=preview_body([urls["readable_url"]] * 2))
        assert (answer.status_code, "expired" in answer.json()["message"]) == (400, True)


def test_download_urls_are_fresh_in_every_answer_and_expire(tmp_path):
    clock = FakeClock()
    sandbox = SandboxServer(SandboxSettings(tmp_path / "state", stage_seconds=0), clock)
    try:
        urls = [sandbox.upload(write_stem(tmp_path / f"{freq}.wav", 0.5, freq)) for freq in (110, 220)]
        task = sandbox.preview(urls)
        first = sandbox.retrieve(task).json()["previewMixTaskResults"]["download_url_preview_mixed"]
        assert sandbox.store.get(first).headers["content-type"] == "audio/mpeg"
        clock.advance(3601)
        assert sandbox.store.get(first).status_code == 400
        again = sandbox.retrieve(task).json()["previewMixTaskResults"]["download_url_preview_mixed"]
        assert sandbox.store.get(again).status_code == 200
        body = final_body(task, [{"trackURL": urls[0], "gainDb": 1.0}])  # hours later the stems are known all the same
        assert sandbox.http.post("/retrievefinalmix", json=body).status_code == 200
    finally:
        sandbox.close()


async def test_an_upload_is_no_faster_than_the_limit(tmp_path):
    clock = FakeClock()
    settings = SandboxSettings(tmp_path / "state", upload_limit_bytes_per_s=100_000)
    async with sandbox_in_loop(settings, clock) as http:
        urls = (await http.post("/upload", json={"filename": "a.wav", "contentType": "audio/wav"})).json()
        began = clock.now()
        upload = asyncio.create_task(
            http.put(urls["signed_url"], content=bytes(1_000_000), headers={"Content-Type": "audio/wav"})
        )
        async with asyncio.timeout(20):
            while not upload.done():
                clock.advance(0.1)
                await asyncio.sleep(0)
        assert upload.result().status_code == 200
        assert clock.now() - began >= 10.0
