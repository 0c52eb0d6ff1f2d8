"""What the JSON interface accepts, and how it says no."""

import math

import httpx
import pytest

from tests.clock import FakeClock
from tonn_bridge.errors import BridgeError, NotPossible, RangeError, StoreError
from tonn_bridge.http import create_app, serve
from tonn_bridge.http.app import ACTIONS, MAX_BODY_BYTES
from tonn_bridge.http.wire import to_json

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"content-type": "application/json"}


def error(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "text"}
    assert body["error"]["text"]
    return response.status_code, body["error"]["code"]


async def test_state_is_the_document(client, bridge) -> None:
    bridge.state["tracks"] = [{"number": 1, "name": "Bass — “sub”", "adjust_db": 2.0}]
    response = await client.get("/api/state")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == bridge.state


async def test_a_fader_that_is_off_is_null(client, bridge) -> None:
    bridge.state["tracks"] = [{"current": {"gain_db": -math.inf, "pan": 0.0}}]
    assert (await client.get("/api/state")).json()["tracks"] == [{"current": {"gain_db": None, "pan": 0.0}}]


@pytest.mark.parametrize("number", [math.nan, math.inf])
async def test_a_number_json_cannot_say_never_goes_out(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"tracks": [{"gain_db": number}]})


@pytest.mark.parametrize("action", sorted(ACTIONS.keys() - {"morph"}))
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_action_is_accepted_with_no_arguments(client, bridge, action: str, body: bytes) -> None:
    response = await client.post(f"/api/actions/{action}", content=body, headers=JSON if body else {})
    assert (response.status_code, response.json()) == (202, {"accepted": action})
    assert bridge.acts == [(action, None)]


async def test_actions_are_those_of_the_contract() -> None:
    assert set(ACTIONS) == {"preview", "apply", "revert", "compare", "morph", "final", "confirm", "cancel"}


@pytest.mark.parametrize("value", [0, 0.25, 1])
async def test_morph_takes_its_value(client, bridge, value: float) -> None:
    response = await client.post("/api/actions/morph", json={"value": value})
    assert (response.status_code, response.json()) == (202, {"accepted": "morph"})
    assert bridge.acts == [("morph", value)]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("morph", b""),
        ("morph", b"{}"),
        ("morph", b'{"value": 1.01}'),
        ("morph", b'{"value": -0.01}'),
        ("morph", b'{"value": NaN}'),
        ("morph", b'{"value": 1e999}'),
        ("morph", b'{"value": "0.5"}'),
        ("morph", b'{"value": true}'),
        ("morph", b'{"value": null}'),
        ("morph", b'{"value": 0.5, "x": 1}'),
        ("morph", b"[0.5]"),
        ("morph", b'{"value": 0.5'),
        ("morph", b'\xff{"value": 0.5}'),
        ("morph", b"[" * 60_000),
        ("preview", b'{"value": 0.5}'),
        ("preview", b"null"),
        ("confirm", b'{"id": 1.5}'),
        ("confirm", b'{"ID": 1}'),
    ],
)
async def test_wrong_arguments_are_422_and_do_nothing(client, bridge, action: str, body: bytes) -> None:
    response = await client.post(f"/api/actions/{action}", content=body, headers=JSON)
    assert error(response) == (422, "arguments")
    assert bridge.acts == []


async def test_unknown_action_is_404_and_lists_the_known_ones(client, bridge) -> None:
    response = await client.post("/api/actions/explode")
    assert error(response) == (404, "not_found")
    assert "preview, apply, revert" in response.json()["error"]["text"]
    assert bridge.acts == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NotPossible("nothing has been proposed yet; preview first"), 409, "not_possible"),
        (RangeError("morph", 2, "0..1"), 422, "range"),
        (StoreError("bridge.db: the disk is full"), 500, "store"),
        (type("LateError", (NotPossible,), {"code": "late"})("too late"), 409, "late"),
    ],
)
async def test_refused_action_says_why(client, bridge, refusal: BridgeError, status: int, code: str) -> None:
    bridge.refusal = refusal
    response = await client.post("/api/actions/apply")
    assert error(response) == (status, code)
    assert response.json()["error"]["text"] == str(refusal)


async def test_confirm_with_the_id_of_the_present_question_goes_on(client, bridge) -> None:
    bridge.state["question"] = {"id": "q-7", "text": "Fetch the settings?", "credits": None, "expires_s": 12.0}
    response = await client.post("/api/actions/confirm", json={"id": "q-7"})
    assert response.status_code == 202
    assert bridge.acts == [("confirm", None)]


@pytest.mark.parametrize("question", [None, {"id": "q-8", "text": "Make the final mix?"}, {"id": 7, "text": "?"}])
async def test_confirm_with_another_questions_id_is_409_and_spends_nothing(client, bridge, question) -> None:
    bridge.state["question"] = question
    response = await client.post("/api/actions/confirm", json={"id": "q-7"})
    assert error(response) == (409, "not_possible")
    assert bridge.acts == []


@pytest.mark.parametrize(
    ("body", "move"),
    [
        ({"gain_db": -6.5}, (1, -6.5, None, None)),
        ({"adjust_db": 2}, (1, None, 2.0, None)),
        ({"pan": -1.0}, (1, None, None, -1.0)),
        ({"gain_db": 0.0, "pan": 0.5}, (1, 0.0, None, 0.5)),
        ({"adjust_db": -3.0, "pan": 0.0}, (1, None, -3.0, 0.0)),
    ],
)
async def test_track_moves_as_asked(client, bridge, body, move) -> None:
    response = await client.patch("/api/tracks/1", json=body)
    assert (response.status_code, response.json()) == (202, {"accepted": "move"})
    assert bridge.moves == [move]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"gain_db": -6, "adjust_db": 2}',
        b'{"gain_db": -6, "mute": true}',
        b'{"gain_db": -Infinity}',
        b'{"pan": NaN}',
        b'{"pan": "left"}',
        b'{"gain_db": null}',
    ],
)
async def test_move_that_means_nothing_is_422(client, bridge, body: bytes) -> None:
    response = await client.patch("/api/tracks/1", content=body, headers=JSON)
    assert error(response) == (422, "arguments")
    assert bridge.moves == []


async def test_gain_out_of_range_is_422(client, bridge) -> None:
    assert error(await client.patch("/api/tracks/1", json={"gain_db": 30})) == (422, "range")


async def test_move_at_the_wrong_time_is_409(client, bridge) -> None:
    bridge.state["state"] = "finalizing"
    assert error(await client.patch("/api/tracks/1", json={"gain_db": 0})) == (409, "not_possible")


@pytest.mark.parametrize("number", ["3", "0", "-1", "1.5", "bass", "9" * 5000])
async def test_unknown_track_is_404(client, bridge, number: str) -> None:
    assert error(await client.patch(f"/api/tracks/{number}", json={"gain_db": 0})) == (404, "track")
    assert bridge.moves == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/actions/preview", 405, "method"),
        ("GET", "/api/tracks/1", 405, "method"),
        ("POST", "/api/state", 405, "method"),
        ("GET", "/webhook/call-me-back", 405, "method"),
    ],
)
async def test_wrong_way_in_is_refused_and_does_nothing(client, bridge, method, path, status, code) -> None:
    assert error(await client.request(method, path)) == (status, code)
    assert (bridge.acts, bridge.moves, bridge.nudges) == ([], [], 0)


async def test_body_over_the_limit_is_413(client, bridge) -> None:
    large = b'{"value": 0.5' + b" " * MAX_BODY_BYTES + b"}"

    async def in_chunks():
        yield large[:1000]
        yield large[1000:]

    assert error(await client.post("/api/actions/morph", content=large, headers=JSON)) == (413, "too_large")
    assert error(await client.post("/api/actions/morph", content=in_chunks(), headers=JSON)) == (413, "too_large")
    assert bridge.acts == []


async def test_page_shows_what_the_events_bring_and_loads_nothing_from_elsewhere(client) -> None:
    page = await client.get("/")
    script = await client.get("/page.js")
    assert page.headers["content-type"].startswith("text/html")
    assert script.headers["content-type"].startswith("text/javascript")
    assert '<script src="/page.js">' in page.text
    assert 'new EventSource("/api/events")' in script.text
    assert "://" not in page.text + script.text
    used = {part.split('"')[0] for part in script.text.split('at("')[1:]}
    assert used
    assert all(f'id="{name}"' in page.text for name in used)


async def test_without_traffic_there_is_no_traffic_to_watch(bridge) -> None:
    app = create_app(bridge, webhook_secret="s", clock=FakeClock())
    async with serve(app, "127.0.0.1", 0) as (host, port), httpx.AsyncClient(trust_env=False) as http:
        assert error(await http.get(f"http://{host}:{port}/api/traffic")) == (404, "not_found")
