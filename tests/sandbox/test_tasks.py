"""A preview's way through its stages, what is charged, and what a restart keeps."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest

from tests.clock import FakeClock
from tests.sandbox_server import SandboxServer, final_body, preview_body, sandbox_in_loop, write_stem
from tonn_bridge.sandbox import SandboxSettings

WAV = {"Content-Type": "audio/wav"}


async def uploaded(http: httpx.AsyncClient, folder, *names: str) -> list[str]:
    urls = []
    for number, name in enumerate(names):
        answer = (await http.post("/upload", json={"filename": name, "contentType": "audio/wav"})).json()
        stem = write_stem(folder / name, 0.5, 110.0 * 2**number)
        (await http.put(answer["signed_url"], content=stem.read_bytes(), headers=WAV)).raise_for_status()
        urls.append(answer["readable_url"])
    return urls


async def state(http: httpx.AsyncClient, task_id: str, *, settings: bool = False) -> tuple[int, str]:
    body = {"multitrackData": {"multitrackTaskId": task_id, "retrieveFXSettings": settings}}
    answer = await http.post("/retrievepreviewmix", json=body)
    return answer.status_code, answer.json()["status"]


async def until(http: httpx.AsyncClient, task_id: str, wanted: str) -> int:
    """Ask until the state is `wanted`; the status of that answer."""
    async with asyncio.timeout(20):
        while (answer := await state(http, task_id))[1] != wanted:
            pass
    return answer[0]


async def test_each_stage_takes_its_time(tmp_path):
    clock = FakeClock()
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state", stage_seconds=5), clock) as http:
        urls = await uploaded(http, tmp_path, "a.wav", "b.wav")
        task = (await http.post("/mixpreview", json=preview_body(urls))).json()["multitrack_task_id"]
        stages = ["MIX_TASK_PENDING", "MIX_TASK_ANALYSIS", "MIX_TASK_APPLY_FX", "MIX_TASK_PREVIEW_COMPLETED"]
        for stage, following in pairwise(stages):
            assert await state(http, task, settings=True) == (202, stage)
            clock.advance(4.9)
            assert await state(http, task) == (202, stage)
            clock.advance(0.1)
            status = await until(http, task, following)
        assert status == 200
        assert (await http.get("/sandbox/charges")).json()["total"] == 0, "asking too early for settings is free"


def test_the_answer_says_completed_inside_and_at_the_top_and_tells_settings_only_when_asked(sandbox, two_urls):
    task = sandbox.preview(two_urls)
    plain = sandbox.retrieve(task).json()
    assert plain["status"] == plain["previewMixTaskResults"]["status"] == "MIX_TASK_PREVIEW_COMPLETED"
    assert "mix_output_settings" not in plain["previewMixTaskResults"]
    assert set(sandbox.settings_of(task)) == {"low.wav", "high.wav"}


def test_settings_are_charged_once_per_task(sandbox, two_urls):
    first, second = sandbox.preview(two_urls), sandbox.preview(two_urls)
    sandbox.retrieve(first)
    assert sandbox.charges() == {"total": 0, "charges": []}
    for task in (first, first, second, first):
        sandbox.settings_of(task)
    assert sandbox.charges() == {
        "total": 50,
        "charges": [{"task_id": task, "what": "fx_settings", "credits": 25} for task in (first, second)],
    }


def test_a_final_is_charged_when_it_is_new_and_the_same_again_is_the_same_result(sandbox, two_urls):
    task = sandbox.preview(two_urls)
    tracks = [{"trackURL": two_urls[0], "gainDb": 1.0}]
    results = [sandbox.final(task, tracks) for _ in range(2)]
    assert httpx.URL(results[0]["download_url_mixed"]).path == httpx.URL(results[1]["download_url_mixed"]).path
    assert sandbox.charges()["total"] == 250
    sandbox.final(task, tracks, returnStems=True)
    sandbox.final(sandbox.preview(two_urls), tracks)
    assert [charge["what"] for charge in sandbox.charges()["charges"]] == ["final"] * 3


async def test_the_same_final_asked_for_twice_at_once_is_charged_once(tmp_path):
    clock = FakeClock()
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state", stage_seconds=0), clock) as http:
        urls = await uploaded(http, tmp_path, "a.wav", "b.wav")
        task = (await http.post("/mixpreview", json=preview_body(urls))).json()["multitrack_task_id"]
        await until(http, task, "MIX_TASK_PREVIEW_COMPLETED")
        body = final_body(task, [{"trackURL": urls[0]}])
        answers = await asyncio.gather(*(http.post("/retrievefinalmix", json=body) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert (await http.get("/sandbox/charges")).json()["total"] == 250


async def test_a_final_before_the_preview_is_done_is_refused_and_free(tmp_path):
    async with sandbox_in_loop(SandboxSettings(tmp_path / "state", stage_seconds=5), FakeClock()) as http:
        urls = await uploaded(http, tmp_path, "a.wav", "b.wav")
        task = (await http.post("/mixpreview", json=preview_body(urls))).json()["multitrack_task_id"]
        answer = await http.post("/retrievefinalmix", json=final_body(task, [{"trackURL": urls[0]}]))
        assert (answer.status_code, "not completed" in answer.json()["message"]) == (400, True)
        assert (await http.get("/sandbox/charges")).json()["total"] == 0


def test_a_task_tells_the_bodies_it_got_in_order(sandbox, two_urls):
    task = sandbox.preview(two_urls)
    proposal = sandbox.settings_of(task)
    sandbox.final(task, [{"trackURL": two_urls[1], "gainDb": -60.0}])
    one = sandbox.http.get(f"/sandbox/tasks/{task}").json()
    assert sandbox.tasks() == [one]
    assert one["proposal"] == proposal
    assert one["requests"] == [
        {"endpoint": "/mixpreview", "body": preview_body(two_urls)},
        {
            "endpoint": "/retrievepreviewmix",
            "body": {"multitrackData": {"multitrackTaskId": task, "retrieveFXSettings": True}},
        },
        {"endpoint": "/retrievefinalmix", "body": final_body(task, [{"trackURL": two_urls[1], "gainDb": -60.0}])},
    ]
    assert sandbox.http.get("/sandbox/tasks/none").status_code == 404


def test_a_stem_that_breaks_off_ends_the_task_with_an_error(sandbox, two_urls, tmp_path):
    whole = write_stem(tmp_path / "torn.flac", 3.0, pulse_hz=3.0).read_bytes()
    (tmp_path / "torn.flac").write_bytes(whole[: len(whole) // 2])
    task = sandbox.preview([*two_urls, sandbox.upload(tmp_path / "torn.flac")])
    answer = sandbox.retrieve(task)
    assert (answer.status_code, answer.json()["status"]) == (202, "MIX_TASK_ERROR")
    assert answer.json()["message"]


@pytest.mark.parametrize("stage", ["MIX_TASK_PENDING", "MIX_TASK_ANALYSIS", "MIX_TASK_APPLY_FX"])
async def test_a_restart_goes_on_with_what_was_unfinished(tmp_path, stage):
    settings = SandboxSettings(tmp_path / "state", stage_seconds=5)
    clock = FakeClock()
    async with sandbox_in_loop(settings, clock) as http:
        urls = await uploaded(http, tmp_path, "a.wav", "b.wav")
        task = (await http.post("/mixpreview", json=preview_body(urls))).json()["multitrack_task_id"]
        async with asyncio.timeout(20):
            while (await state(http, task))[1] != stage:
                clock.advance(1)
    async with sandbox_in_loop(settings, clock) as http:
        assert await state(http, task) == (202, stage)
        async with asyncio.timeout(20):
            while (await state(http, task))[1] != "MIX_TASK_PREVIEW_COMPLETED":
                clock.advance(1)


def test_a_final_that_cannot_be_rendered_fails_alone_and_is_made_good_without_a_charge(sandbox, two_urls):
    task = sandbox.preview(two_urls)
    stem = next((sandbox.settings.state_dir / "uploads").glob("*/audio"))
    stem.rename(stem.with_name("lost"))
    body = final_body(task, [])
    body["applyAudioEffectsData"]["trackData"] = [{"trackURL": url} for url in two_urls if stem.parent.name not in url]
    answer = sandbox.http.post("/retrievefinalmix", json=body)
    assert (answer.status_code, "rendering failed" in answer.json()["message"]) == (500, True)
    stem.with_name("lost").rename(stem)
    assert sandbox.http.post("/retrievefinalmix", json=body).status_code == 200
    assert sandbox.charges()["total"] == 250
    assert sandbox.preview(two_urls), "and new tasks are taken"


def test_a_final_broken_off_by_a_restart_is_rendered_again_without_a_charge(tmp_path):
    settings = SandboxSettings(tmp_path / "state", stage_seconds=0)
    first = SandboxServer(settings)
    urls = [first.upload(write_stem(tmp_path / f"{freq}.wav", 60.0, freq)) for freq in (110, 220)]
    task = first.preview(urls)
    body = final_body(task, [{"trackURL": urls[0], "gainDb": 1.0}], sampleRate="96000")
    with ThreadPoolExecutor(1) as asker:
        asked = asker.submit(first.http.post, "/retrievefinalmix", json=body)
        watcher = httpx.Client(base_url=first.url, trust_env=False, verify=False)
        while watcher.get("/sandbox/charges").json()["total"] == 0:
            assert not asked.done()
        first.close()
        watcher.close()
        assert asked.exception(timeout=20) or asked.result().status_code in (200, 503)
    again = SandboxServer(settings)
    try:
        assert again.http.post("/retrievefinalmix", json=body).status_code == 200
        assert again.charges()["total"] == 250
    finally:
        again.close()


def test_a_restart_keeps_results_charges_and_urls(tmp_path):
    settings = SandboxSettings(tmp_path / "state", stage_seconds=0)
    first = SandboxServer(settings)
    urls = [first.upload(write_stem(tmp_path / f"{freq}.wav", 0.5, freq)) for freq in (110, 220)]
    task = first.preview(urls)
    proposal = first.settings_of(task)
    tracks = [{"trackURL": urls[0], "gainDb": 1.0}]
    mix = httpx.URL(first.final(task, tracks)["download_url_mixed"])
    charges = first.charges()
    first.close()
    again = SandboxServer(settings)
    try:
        assert again.charges() == charges
        assert again.settings_of(task) == proposal
        assert httpx.URL(again.final(task, tracks)["download_url_mixed"]).path == mix.path
        assert again.charges() == charges
        assert again.store.get(mix.copy_with(port=httpx.URL(again.url).port)).content[:4] == b"RIFF"
        assert len(again.tasks()) == 1
    finally:
        again.close()
