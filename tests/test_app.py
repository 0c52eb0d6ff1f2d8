"""The daemon put together: what people meet at its doors, and how it says that it cannot start."""

import asyncio
import socket
import sqlite3

import pytest

from tests.daemon import free_address, make_session, opened, running_daemon
from tests.peers.ear import Ear
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.errors import BridgeError, MappingError, PortError, SessionError, StoreError
from tonn_bridge.ports.midi import Wanted, memory_midi
from tonn_bridge.protocols import osc
from tonn_bridge.sandbox import SandboxSettings
from tonn_bridge.session import load_session

NAMES = ["Kick", "Bass"]
ASK = '[tonn.spend]\nfx_settings = "ask"\nfinal = "ask"'


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.01))
    yield server
    server.close()


@pytest.fixture
async def reaper():
    reaper = SimulatedReaper(NAMES, SystemClock(), free_address())
    await reaper.start()
    yield reaper
    await reaper.stop()


@pytest.fixture
def session(tmp_path, sandbox, reaper):
    def make(extra: str = "", **changes):
        return make_session(
            tmp_path, NAMES, "reaper", send=reaper.address, listen=reaper.feedback, tonn=sandbox.url, extra=extra,
            **changes,
        )  # fmt: skip

    return make


@pytest.fixture
async def ear():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.setblocking(False)
        ear = Ear(own)
        loop = asyncio.get_running_loop()
        loop.add_reader(own, ear.read)
        yield ear
        loop.remove_reader(own)


async def heard(ear, address):
    """The arguments of the next message to `address`."""
    async with asyncio.timeout(10):
        while True:
            for message in await ear.next():
                if message.address == address:
                    return message.args


async def test_a_question_is_asked_on_http_and_osc_and_either_answers_it(session, tmp_path, ear):
    async with running_daemon(session(ASK), tmp_path / "state") as daemon:
        await daemon.connected()
        ear.say(osc.encode("/tonn/subscribe", ""), daemon.control)
        ear.say(osc.encode("/tonn/preview", ""), daemon.control)
        text, credits, left_s = await heard(ear, "/tonn/confirm")
        assert (text, credits) == ("Fetch the settings of the preview?", 25)
        assert 15.0 < left_s <= 20.0
        question = (await daemon.document())["question"]
        assert (question["text"], question["credits"]) == (text, 25)
        ear.say(osc.encode("/tonn/confirm", ""), daemon.control)
        await daemon.until(lambda found: found["state"] == "ready" and found["running"] is None)

        await daemon.does("apply")
        await daemon.act("final")
        question = (await daemon.until(lambda found: found["question"]))["question"]
        assert question["credits"] == 250
        answer = await daemon.http.post("/api/actions/confirm", json={"id": "another"})
        assert answer.status_code == 409
        answer = await daemon.http.post("/api/actions/confirm", json={"id": question["id"]})
        assert answer.status_code == 202
        document = await daemon.until(lambda found: found["state"] == "done")
        assert document["credits"]["spent"] == 275


async def test_a_press_that_does_not_fit_is_answered_409_and_said_on_osc(session, tmp_path, ear):
    async with running_daemon(session(), tmp_path / "state") as daemon:
        await daemon.connected()
        for action in ("apply", "revert", "compare", "final", "confirm", "cancel"):
            answer = await daemon.act(action)
            assert answer.status_code == 409, action
            assert answer.json()["error"]["code"] == "not_possible"
        assert (await daemon.act("morph", value=0.5)).status_code == 409
        assert (await daemon.act("morph", value=1.5)).status_code == 422
        assert (await daemon.act("sing")).status_code == 404
        ear.say(osc.encode("/tonn/final", ""), daemon.control)
        code, text = await heard(ear, "/tonn/error")
        assert code == "not_possible"
        assert "ask for a preview first" in text


@pytest.mark.parametrize("mode", ["normal", "late", "twice", "out_of_order", "never"])
async def test_call_backs_may_come_as_they_like(session, tmp_path, sandbox, mode):
    sandbox.webhooks(mode)
    async with running_daemon(session(), tmp_path / "state") as daemon:
        await daemon.connected()
        assert (await daemon.does("preview"))["state"] == "ready"
    sandbox.webhooks("normal")


async def test_an_error_is_told_on_osc_in_one_line(session, tmp_path, sandbox, ear):
    sandbox.faults({"endpoint": "/mixpreview", "status": 402})
    async with running_daemon(session(), tmp_path / "state") as daemon:
        await daemon.connected()
        ear.say(osc.encode("/tonn/subscribe", ""), daemon.control)
        ear.say(osc.encode("/tonn/preview", ""), daemon.control)
        code, text = await heard(ear, "/tonn/error")
        assert code == "credits"
        assert "buy some and try again" in text
        assert "\n" not in text


SURFACE = '[[surface]]\nmapping = "mackie"\ninput = "X-Touch"\noutput = "X-Touch"\n'


async def test_a_surface_that_is_not_plugged_in_is_shown_with_the_reason(session, tmp_path):
    midi = memory_midi()
    async with running_daemon(session(SURFACE), tmp_path / "state", open_midi=opened(midi)) as daemon:
        document = await daemon.until(lambda document: document["endpoints"][1]["problems"])
        assert [endpoint["name"] for endpoint in document["endpoints"]] == ["daw", "surface", "tonn"]
        assert document["endpoints"][1]["connected"] is False
        assert "X-Touch" in document["endpoints"][1]["problems"][0]
        midi.open(Wanted("X-Touch", "X-Touch", virtual=True), lambda _: None, lambda: None)
        await daemon.until(lambda document: document["endpoints"][1]["connected"])


async def test_a_surface_on_a_screen_is_there_when_it_speaks_and_is_told_everything(session, tmp_path, ear):
    listen = free_address()
    surface = '[[surface]]\nmapping = "touchosc"\nsend = "{}:{}"\nlisten = "{}:{}"'.format(*ear.address, *listen)
    async with running_daemon(session(surface), tmp_path / "state") as daemon:
        document = await daemon.connected()
        assert document["endpoints"][1]["connected"] is False
        assert "nothing has been heard from it yet" in document["endpoints"][1]["problems"][0]
        ear.say(osc.encode("/surface/hello", ""), listen)
        document = await daemon.until(lambda document: document["endpoints"][1]["connected"])
        assert document["endpoints"][1]["problems"] == []
        assert await heard(ear, "/surface/strip/1/text/1") == ("Kick",)


async def test_a_saved_session_is_put_in_force_while_it_runs(session, tmp_path):
    given = session()
    text = given.path.read_text("utf-8")
    async with running_daemon(given, tmp_path / "state", open_midi=opened(memory_midi())) as daemon:
        await daemon.connected()
        given.path.write_text(text.replace("glide_s", "glidee_s"), "utf-8")
        document = await daemon.until(lambda document: document["problems"])
        assert 'did you mean "glide_s"' in document["problems"][0]
        given.path.write_text(text + SURFACE, "utf-8")
        document = await daemon.until(lambda document: len(document["endpoints"]) == 3)
        assert document["problems"] == []
        assert document["endpoints"][0]["connected"], "only the surfaces began anew"
        given.path.write_text(text.replace(f'name = "{NAMES[0]}"', 'name = "Renamed"'), "utf-8")
        await daemon.until(lambda document: document["tracks"][0]["name"] == "Renamed")
        document = await daemon.until(lambda document: document["endpoints"][0]["problems"])
        assert document["endpoints"][0]["connected"]
        assert "Renamed" in document["endpoints"][0]["problems"][0]


async def test_it_takes_no_credits_for_the_built_in_sandbox_unasked(tmp_path, reaper):
    session = make_session(tmp_path, NAMES, "reaper", send=reaper.address, listen=reaper.feedback)
    async with running_daemon(session, tmp_path / "state") as daemon:
        await daemon.connected()
        assert (await daemon.does("preview"))["state"] == "ready"
        assert (await daemon.document())["endpoints"][-1]["mapping"] == "sandbox"


async def cannot_start(session, state, error: type[BridgeError], match: str) -> None:
    with pytest.raises(error, match=match):
        async with running_daemon(session, state):
            pass


class TestItSaysWhyItCannotStart:
    async def test_the_daws_port_is_taken(self, session, tmp_path):
        made = session()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(made.daw.listen)
            await cannot_start(made, tmp_path / "state", PortError, rf"{made.daw.listen[1]} .DAW feedback. is taken")

    async def test_the_control_port_is_taken(self, session, tmp_path):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
            made = with_control(session(), osc=port)
            await cannot_start(made, tmp_path / "state", PortError, rf"{port} .OSC control. is taken")

    async def test_the_http_port_is_taken(self, session, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            made = with_control(session(), http=port)
            await cannot_start(
                made, tmp_path / "state", PortError, f"HTTP cannot listen.*{port}.*if another tonn-bridge"
            )

    async def test_the_state_folder_cannot_be_made(self, session, tmp_path):
        (tmp_path / "state").write_text("a file")
        await cannot_start(session(), tmp_path / "state", StoreError, "TONN_BRIDGE_STATE")

    async def test_the_journal_is_damaged(self, session, tmp_path):
        (tmp_path / "state" / "state").mkdir(parents=True)
        (tmp_path / "state" / "state" / "tonn-bridge.sqlite").write_bytes(b"not a database " * 100)
        await cannot_start(session(), tmp_path / "state", StoreError, "is damaged: move it away")

    async def test_the_journal_is_a_later_versions(self, session, tmp_path):
        (tmp_path / "state" / "state").mkdir(parents=True)
        with sqlite3.connect(tmp_path / "state" / "state" / "tonn-bridge.sqlite") as database:
            database.execute("PRAGMA user_version = 99")
        await cannot_start(session(), tmp_path / "state", StoreError, "newer tonn-bridge")

    async def test_there_is_no_such_mapping(self, tmp_path, reaper):
        made = make_session(tmp_path, NAMES, "repear", send=reaper.address)
        await cannot_start(made, tmp_path / "state", MappingError, 'did you mean "reaper"')

    async def test_nobody_knows_where_the_daw_is(self, tmp_path, sandbox):
        made = make_session(tmp_path, NAMES, "x32", send=("127.0.0.1", 9), tonn=sandbox.url)
        text = made.path.read_text().replace('send = "127.0.0.1:9"\n', "")
        made.path.write_text(text)
        await cannot_start(load_session(made.path), tmp_path / "state", SessionError, "daw.send is missing")


def with_control(session, *, osc: int = 0, http: int = 0):
    """The session, with other ports under [control]."""
    text = session.path.read_text()
    text = text.replace('osc = "127.0.0.1:0"', f'osc = "127.0.0.1:{osc}"')
    session.path.write_text(text.replace('http = "127.0.0.1:0"', f'http = "127.0.0.1:{http}"'))
    return load_session(session.path)
