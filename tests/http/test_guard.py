"""Pages from elsewhere stay outside; Tonn's call-back comes in."""

import httpx
import pytest

from tests.http.conftest import PUBLIC_HOST, SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")


def port(client: httpx.AsyncClient) -> int:
    assert client.base_url.port is not None
    return client.base_url.port


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_loopback_names_with_our_port_are_let_in(client, bridge, name: str) -> None:
    host = f"{name}:{port(client)}"
    response = await client.post("/api/actions/preview", headers={"host": host, "origin": f"http://{host}"})
    assert response.status_code == 202


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "",
        PUBLIC_HOST,
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/state"), ("POST", "/api/actions/final"), ("GET", "/")])
async def test_other_hosts_are_refused(client, bridge, host: str, method: str, path: str) -> None:
    response = await client.request(method, path, headers={"host": host.format(port=port(client))})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "host"
    assert f"http://127.0.0.1:{port(client)}/" in response.json()["error"]["text"]
    assert (bridge.reads, bridge.acts) == (0, [])


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/actions/final"), ("PATCH", "/api/tracks/1"), ("GET", "/api/state"), ("POST", f"/webhook/{SECRET}")],
)
async def test_other_origins_are_refused(client, bridge, origin: str, method: str, path: str) -> None:
    response = await client.request(method, path, headers={"origin": origin.format(port=port(client))})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "origin"
    assert (bridge.reads, bridge.acts, bridge.moves, bridge.nudges) == (0, [], [], 0)


async def test_two_origins_are_not_one_of_ours(client, bridge) -> None:
    ours = f"http://127.0.0.1:{port(client)}"
    response = await client.post("/api/actions/final", headers=[("origin", ours), ("origin", "http://evil.example")])
    assert response.status_code == 403
    assert bridge.acts == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/api/actions/morph", b'{"value": 1}'), ("PATCH", "/api/tracks/1", b'{"gain_db": 0}')],
)
async def test_bodies_a_foreign_form_could_send_are_415(client, bridge, content_type, method, path, body) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await client.request(method, path, content=body, headers=headers)
    assert response.status_code == 415
    assert response.json()["error"]["code"] == "content_type"
    assert (bridge.acts, bridge.moves) == ([], [])


async def test_empty_form_is_415(client, bridge) -> None:
    response = await client.post("/api/actions/final", headers={"content-type": "application/x-www-form-urlencoded"})
    assert response.status_code == 415
    assert bridge.acts == []


async def test_json_with_a_charset_is_json(client) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await client.post("/api/actions/preview", content=b"{}", headers=headers)).status_code == 202


@pytest.mark.parametrize("path", ["/", "/api/state", "/nowhere", "/api/tracks/1"])
async def test_every_answer_carries_the_safety_headers_and_no_cors(client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control")]


async def test_preflight_gets_no_permission(client) -> None:
    ours = f"http://127.0.0.1:{port(client)}"
    headers = {"origin": ours, "access-control-request-method": "PATCH"}
    response = await client.options("/api/tracks/1", headers=headers)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", [None, PUBLIC_HOST, PUBLIC_HOST.upper()])
@pytest.mark.parametrize("body", [b"", b'{"state": "MIX_TASK_PREVIEW_COMPLETED"}', b"\xff" * 70_000])
async def test_call_back_with_the_secret_nudges_whatever_it_says(client, bridge, host, body: bytes) -> None:
    headers = {"host": host} if host else {}
    response = await client.post(f"/webhook/{SECRET}", content=body, headers=headers)
    assert (response.status_code, response.content) == (204, b"")
    assert bridge.nudges == 1
    assert bridge.acts == []


@pytest.mark.parametrize("secret", ["call-me-bac", "call-me-backs", "x", "%C3%A9%FF", "", f"{SECRET}/more"])
async def test_call_back_without_the_secret_looks_like_any_unknown_page(client, bridge, secret: str) -> None:
    response = await client.post(f"/webhook/{secret}")
    unknown = await client.post("/nowhere")
    assert (response.status_code, response.json()) == (404, unknown.json())
    assert bridge.nudges == 0


async def test_call_back_from_another_host_is_refused(client, bridge) -> None:
    response = await client.post(f"/webhook/{SECRET}", headers={"host": "evil.example"})
    assert response.status_code == 403
    assert bridge.nudges == 0
