"""Which Tonn is talked to, what it may cost, and the sandbox that is started for it."""

import asyncio
import socket

import httpx
import pytest
from pydantic import SecretStr

from tests.clock import FakeClock
from tests.sandbox_server import SandboxServer
from tonn_bridge.errors import BridgeError, StoreError
from tonn_bridge.sandbox import SandboxSettings
from tonn_bridge.service import SANDBOX_KEY, Service, ServiceWatch, open_service, spending
from tonn_bridge.session.model import SpendTable, TonnTable
from tonn_bridge.tonn import TonnClient


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    """No key of this machine gets into a test."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("TONN_API_KEY", raising=False)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox")))
    yield server
    server.close()


def table(url="sandbox", **spend):
    return TonnTable(url=url, spend=SpendTable(**spend))


async def spends(sandbox_url, tonn, *, local=True):
    async with TonnClient(sandbox_url, SecretStr("key"), clock=FakeClock()) as client:
        return await spending(tonn, client, Service(sandbox_url, sandbox_url, None, local))


async def test_the_sandbox_costs_nothing_and_so_nothing_is_asked(sandbox):
    spend = await spends(sandbox.url, table())
    assert (spend.ask_settings, spend.ask_final) == (False, False)
    assert (spend.settings_credits, spend.final_credits) == (25, 250), "its prices are play money"


async def test_who_wishes_to_be_asked_is_asked_even_there(sandbox):
    spend = await spends(sandbox.url, table(fx_settings="ask", final="allow", final_credits=7))
    assert (spend.ask_settings, spend.ask_final, spend.final_credits) == (True, False, 7)


async def test_a_service_elsewhere_costs_until_the_session_says_otherwise(sandbox):
    spend = await spends(sandbox.url, table("https://tonn.roexaudio.com"), local=False)
    assert (spend.ask_settings, spend.ask_final) == (True, True)
    assert (spend.settings_credits, spend.final_credits) == (None, None), "a price nobody told is not invented"


async def test_a_service_that_does_not_answer_counts_as_one_that_costs(free_port):
    spend = await spends(f"http://127.0.0.1:{free_port}", table(f"http://127.0.0.1:{free_port}"))
    assert (spend.ask_settings, spend.ask_final) == (True, True)


async def test_a_key_is_made_up_for_this_machine_only(tmp_path):
    async with open_service(table("http://127.0.0.1:9"), tmp_path) as service:
        assert (service.local, service.key) == (True, SANDBOX_KEY)
    async with open_service(table("https://tonn.roexaudio.com"), tmp_path) as service:
        assert (service.local, service.key) == (False, None)


async def test_the_users_key_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("TONN_API_KEY", "mine")
    async with open_service(table("https://tonn.roexaudio.com"), tmp_path) as service:
        assert service.key.get_secret_value() == "mine"


class RestingClock(FakeClock):
    """Tells when somebody sleeps by it."""

    def __init__(self):
        super().__init__()
        self.resting = asyncio.Event()

    async def sleep(self, seconds):
        self.resting.set()
        await super().sleep(seconds)


async def test_the_watch_tells_whether_the_service_answers(sandbox, free_port):
    for url, there in ((sandbox.url, True), (f"http://127.0.0.1:{free_port}", False)):
        clock = RestingClock()
        async with TonnClient(url, None, clock=clock) as client:
            watch = ServiceWatch(client, "tonn", clock)
            assert watch.describe() == {"name": "tonn", "mapping": "tonn", "connected": False, "last_heard_s": None}
            running = asyncio.create_task(watch.run())
            async with asyncio.timeout(10):
                await clock.resting.wait()
            clock.advance(1.5)
            assert watch.describe()["connected"] is there
            assert watch.describe()["last_heard_s"] == (1.5 if there else None)
            running.cancel()


class TestTheBuiltInSandbox:
    async def test_is_there_while_it_is_wanted_and_comes_back_where_it_was(self, tmp_path):
        async with open_service(table(), tmp_path) as service:
            assert (service.scope, service.local) == ("sandbox", True)
            async with httpx.AsyncClient(trust_env=False, verify=False) as http:
                assert (await http.get(f"{service.url}/health")).json()["sandbox"] is True
                first = service.url
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            with pytest.raises(httpx.ConnectError):
                await http.get(f"{first}/health")
        port = int(first.rsplit(":", 1)[1])
        held = socket.create_server(("127.0.0.1", port))  # the sandbox of a daemon that was killed is still ending
        asyncio.get_running_loop().call_later(0.2, held.close)
        async with open_service(table(), tmp_path) as service:
            assert service.url == first

    @pytest.mark.parametrize("left", ["", "nonsense", "99999999"])
    async def test_does_not_mind_what_it_finds_in_place_of_its_port(self, tmp_path, left):
        (tmp_path / "sandbox").mkdir()
        (tmp_path / "sandbox" / "port").write_text(left)
        async with open_service(table(), tmp_path) as service:
            assert service.url.startswith("http://127.0.0.1:")

    async def test_says_why_it_did_not_start(self, tmp_path):
        (tmp_path / "sandbox" / "secret").mkdir(parents=True)
        with pytest.raises(BridgeError, match=r"the built-in sandbox did not start: .*state folder"):
            async with open_service(table(), tmp_path):
                pass

    async def test_needs_a_folder(self, tmp_path):
        (tmp_path / "sandbox").write_text("a file")
        with pytest.raises(StoreError, match="TONN_BRIDGE_STATE"):
            async with open_service(table(), tmp_path):
                pass


@pytest.fixture
def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]
