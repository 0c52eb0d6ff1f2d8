"""Server-sent events: newest first seen, none piled up, all ended in time."""

import asyncio
import json
from contextlib import aclosing

import httpx
import pytest

from tests.http.conftest import Wire
from tonn_bridge.http.events import DOCUMENT_GAP_S, HEARTBEAT_S, TRAFFIC_WAITING, document_events, traffic_events

pytestmark = pytest.mark.asyncio(loop_scope="module")


def content(event: str) -> dict[str, object]:
    assert event.startswith("data: ")
    assert event.endswith("\n\n")
    assert event.count("\n") == 2
    return json.loads(event.removeprefix("data: "))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_document_comes_at_once_and_after_each_change(client, bridge, clock) -> None:
    seen = []
    async with asyncio.timeout(5), client.stream("GET", "/api/events") as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            if not line:
                continue
            seen.append(content(line + "\n\n")["progress"])
            if len(seen) == 4:
                break
            await settle()
            clock.advance(0.1)
            bridge.change(len(seen))
    assert seen == [0, 1, 2, 3]


async def test_client_that_goes_away_is_forgotten(client, bridge) -> None:
    async with asyncio.timeout(5):
        if bridge.callbacks:  # of the test before
            await bridge.unwatched.wait()
        async with client.stream("GET", "/api/events") as response:
            await anext(response.aiter_lines())
            assert len(bridge.callbacks) == 1
        await bridge.unwatched.wait()
    assert bridge.callbacks == []


async def test_document_that_changes_a_thousand_times_a_second_is_sent_twenty_times(bridge, clock) -> None:
    seen: list[object] = []

    async def watch() -> None:
        async for event in document_events(bridge, clock):
            seen.append(content(event)["progress"])  # noqa: PERF401 - it never ends

    watcher = asyncio.create_task(watch())
    await settle()
    for moment in range(1, 1001):
        bridge.change(moment)
        clock.advance(0.001)
        await settle()
    clock.advance(0.05)
    await settle()
    watcher.cancel()
    assert seen[0] == 0
    assert seen[-1] == 1000
    assert 20 <= len(seen) <= 22


async def test_silent_stream_sends_a_comment_every_fifteen_seconds(bridge, clock) -> None:
    async with asyncio.timeout(5), aclosing(document_events(bridge, clock)) as events:
        await anext(events)
        waiting = asyncio.create_task(anext(events))
        await settle()
        clock.advance(DOCUMENT_GAP_S)
        for _ in range(3):
            await settle()
            clock.advance(HEARTBEAT_S - 0.1)
            await settle()
            assert not waiting.done()
            clock.advance(0.2)
            assert (await waiting).startswith(":")
            waiting = asyncio.create_task(anext(events))
        waiting.cancel()
        await asyncio.wait([waiting])
    assert HEARTBEAT_S == 15.0


async def test_slow_client_gets_the_newest_document_and_no_queue_of_old_ones(client, bridge, clock) -> None:
    bridge.state["text"] = "x" * 200_000
    async with asyncio.timeout(20), client.stream("GET", "/api/events") as response:
        for progress in range(1, 501):  # 100 MB, if they were all kept
            bridge.change(progress)
            clock.advance(0.05)
            await settle()
        sent = bridge.reads
        assert sent < 250
        async for line in response.aiter_lines():
            if line and content(line + "\n\n")["progress"] == 500:
                break
            await settle()
            clock.advance(0.05)
    assert bridge.reads <= sent + 2


async def test_message_that_passes_is_seen_by_each_monitor(client, wire) -> None:
    async with (
        asyncio.timeout(5),
        client.stream("GET", "/api/traffic") as one,
        client.stream("GET", "/api/traffic") as two,
    ):
        for response in (one, two):
            lines = response.aiter_lines()
            assert (await anext(lines)).startswith(":")
            wire.pass_on("/track/1/volume/db -6.0")
            events = [line async for line in _until_event(lines)]
            assert content(events[-1] + "\n\n") == {
                "time": 1.0,
                "direction": "in",
                "endpoint": "daw",
                "text": "/track/1/volume/db -6.0",
            }


async def _until_event(lines):
    async for line in lines:
        yield line
        if line.startswith("data: "):
            return


async def test_traffic_comes_in_order_and_drops_are_counted(clock) -> None:
    wire = Wire()
    async with asyncio.timeout(5), aclosing(traffic_events(wire, clock)) as events:
        await anext(events)
        for number in range(TRAFFIC_WAITING + 5):
            wire.pass_on(str(number))
        first, *rest = [content(event + "\n\n") for event in (await anext(events)).split("\n\n")[:-1]]
        assert first == {"dropped": 5}
        assert [message["text"] for message in rest] == [str(number) for number in range(5, TRAFFIC_WAITING + 5)]

        wire.pass_on("later")
        assert content(await anext(events))["text"] == "later"
    assert wire.callbacks == []


@pytest.mark.parametrize("path", ["/api/events", "/api/traffic"])
@pytest.mark.parametrize("text", ["one\ntwo\r\nthree\x85four\u2028", b"caf\xe9.mp3".decode(errors="surrogateescape")])
async def test_text_of_any_kind_stays_one_line(client, bridge, wire, path: str, text: str) -> None:
    bridge.state["text"] = text
    async with asyncio.timeout(5), client.stream("GET", path) as response:
        lines = response.aiter_lines()
        first = await anext(lines)
        wire.pass_on(text)
        events = [first] if first.startswith("data: ") else [line async for line in _until_event(lines)]
    assert content(events[-1] + "\n\n")["text"] == text


async def test_stream_over_http_one_is_told_apart_from_a_page(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(5), client.stream("GET", "/api/events") as response:
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
