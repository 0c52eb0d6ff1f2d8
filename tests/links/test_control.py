"""The /tonn/ interface over a real UDP socket, as a script of the user's sees it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.peers.ear import Ear, open_ear, unpack
from tonn_bridge.errors import NotPossible
from tonn_bridge.links import ControlLink, Traffic
from tonn_bridge.ports import Address, UdpPort
from tonn_bridge.protocols import osc

DOCUMENT: dict[str, Any] = {
    "state": "applied",
    "progress": 1,
    "text": "",
    "error": None,
    "question": None,
    "preview_file": None,
    "final_file": None,
    "tracks": [
        {
            "number": 1,
            "name": "Bass",
            "current": {"gain_db": -9.8, "pan": 0},
            "adjust_db": 2,
            "proposal": {
                "eq": [{"band": 1, "freq_hz": 46.5, "gain_db": -1.69, "q": 2.66}],
                "comp": {"threshold_db": -3.89, "ratio": 1.8, "attack_s": 0.074, "release_s": None},
            },
        },
        {"number": 2, "name": "Pad", "current": {"gain_db": None, "pan": None}, "adjust_db": None, "proposal": None},
    ],
}


@dataclass
class ScriptedDesk:
    """A desk that notes what it is told; `refusal` is raised by the next action."""

    state: dict[str, Any] = field(default_factory=lambda: deepcopy(DOCUMENT))
    told: list[tuple[Any, ...]] = field(default_factory=list)
    refusal: Exception | None = None

    def document(self) -> dict[str, object]:
        return deepcopy(self.state)

    def act(self, action: str, value: float | None = None) -> None:
        if self.refusal:
            raise self.refusal
        self.told.append((action,) if value is None else (action, value))

    def move(self, number: int, **values: float | None) -> None:
        self.told += [(number, key, value) for key, value in values.items() if value is not None]


@dataclass
class Rig:
    """The control link at work, and a script with a socket of its own."""

    clock: FakeClock
    desk: ScriptedDesk
    link: ControlLink
    port: UdpPort
    script: Ear
    arrived: asyncio.Event

    async def say(self, *datagrams: bytes, by: Ear | None = None) -> None:
        """Send, and wait until the link has read it all."""
        wanted = self.port.counters.received + len(datagrams)
        for datagram in datagrams:
            (by or self.script).say(datagram, self.port.local_address)
        async with asyncio.timeout(5):
            while self.port.counters.received < wanted:
                self.arrived.clear()
                await self.arrived.wait()

    async def press(self, address: str, types: str = "", *args: Any) -> None:
        await self.say(osc.encode(address, types, *args))

    async def error(self) -> tuple[object, ...]:
        """The error that comes back, and nothing else."""
        ((address, args),) = await self.script.next()
        assert address == "/tonn/error"
        return args

    async def silent(self) -> bool:
        """Nothing has come back: an answer asked for now is the first."""
        await self.press("/tonn/pan")  # nobody's address
        await self.press("/tonn/refresh")
        return (await self.script.next())[0].address == "/tonn/state"


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    clock, desk = FakeClock(), ScriptedDesk()
    link = ControlLink(desk, 2, clock, Traffic(clock))
    arrived = asyncio.Event()

    def take(batch: list[tuple[bytes, Address]]) -> None:
        link.intake.on_datagrams(batch)
        arrived.set()

    async with (
        UdpPort.open(("127.0.0.1", 0), take, name="control") as port,
        open_ear() as script,
    ):
        link.start(port)
        yield Rig(clock, desk, link, port, script, arrived)
        link.stop()


BUTTONS = ["preview", "apply", "revert", "compare", "final", "confirm", "cancel"]


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize(
    ("types", "args"),
    [("", ()), (None, ()), ("f", (1.0,)), ("i", (1,)), ("T", ()), ("f", (0.5,))],
    ids=["bare", "no-tags", "1.0", "1", "true", "half"],
)
async def test_a_press_acts_once(rig: Rig, button: str, types: str | None, args: tuple[Any, ...]) -> None:
    await rig.say(osc.encode(f"/tonn/{button}", types, *args))
    assert rig.desk.told == [(button,)]


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize(("types", "args"), [("f", (0.0,)), ("i", (0,)), ("F", ())], ids=["0.0", "0", "false"])
async def test_a_release_does_nothing(rig: Rig, button: str, types: str, args: tuple[Any, ...]) -> None:
    await rig.press(f"/tonn/{button}", types, *args)
    assert rig.desk.told == []
    assert await rig.silent()


@pytest.mark.parametrize(
    ("address", "types", "argument", "told"),
    [
        ("/tonn/morph", "f", 0.25, ("morph", 0.25)),
        ("/tonn/morph", "f", 0.0, ("morph", 0.0)),
        ("/tonn/morph", "i", 1, ("morph", 1.0)),
        ("/tonn/track/1/gain", "f", -6.5, (1, "gain_db", -6.5)),
        ("/tonn/track/2/adjust", "f", 1.5, (2, "adjust_db", 1.5)),
        ("/tonn/track/2/pan", "f", -0.5, (2, "pan", -0.5)),
        ("/tonn/track/1/gain", "i", 0, (1, "gain_db", 0.0)),
        ("/tonn/track/1/gain", "d", -6.5, (1, "gain_db", -6.5)),
    ],
)
async def test_values_arrive(rig: Rig, address: str, types: str, argument: float, told: tuple[Any, ...]) -> None:
    await rig.press(address, types, argument)
    assert rig.desk.told == [told]


@pytest.mark.parametrize(
    ("address", "types", "args", "code", "words"),
    [
        ("/tonn/morph", "", (), "decode", "/tonn/morph wants a number"),
        ("/tonn/track/1/gain", "", (), "decode", "/tonn/track/1/gain wants a number"),
        ("/tonn/track/2/pan", "s", ("left",), "decode", "wants a number, not 'left'"),
        ("/tonn/track/1/adjust", "T", (), "decode", "wants a number, not True"),
        ("/tonn/apply", "s", ("now",), "decode", "/tonn/apply is a button"),
        ("/tonn/track/3/gain", "f", (0.0,), "track", "the session has no track 3; it has 1 to 2"),
        ("/tonn/track/0/pan", "f", (0.0,), "track", "no track 0"),
        ("/tonn/subscribe", "i", (70_000,), "range", "70000"),
        ("/tonn/subscribe", "s", ("me",), "decode", "/tonn/subscribe wants a number"),
    ],
)
async def test_what_cannot_be_understood_is_answered(
    rig: Rig, address: str, types: str, args: tuple[Any, ...], code: str, words: str
) -> None:
    await rig.press(address, types, *args)
    said, text = await rig.error()
    assert said == code
    assert words in str(text)
    assert rig.desk.told == []


async def test_what_is_not_possible_is_told_to_the_sender_and_to_subscribers(rig: Rig) -> None:
    async with open_ear() as watcher:
        await rig.say(osc.encode("/tonn/subscribe", ""), by=watcher)
        await watcher.next()
        rig.desk.refusal = NotPossible("there is no proposal yet")
        await rig.press("/tonn/apply")
        assert await rig.error() == ("not_possible", "there is no proposal yet")
        assert await watcher.next() == [("/tonn/error", ("not_possible", "there is no proposal yet"))]


async def test_addresses_that_are_not_ours_get_no_answer_so_that_two_programs_cannot_echo_for_ever(rig: Rig) -> None:
    await rig.press("/tonn/state", "s", "applied")
    await rig.press("/tonn/error", "ss", "not_possible", "why")
    await rig.press("/tonn/track/1/name", "s", "Bass")
    await rig.press("/other", "f", 1.0)
    assert rig.desk.told == []
    assert await rig.silent()


async def test_the_messages_of_a_bundle_are_taken_in_order(rig: Rig) -> None:
    messages = [osc.encode("/tonn/track/1/gain", "f", -1.0), osc.encode("/tonn/track/1/gain", "f", -2.0)]
    (bundle,) = osc.bundles([*messages, osc.encode("/tonn/apply", "")], 1400)
    await rig.say(bundle)
    assert rig.desk.told == [(1, "gain_db", -1.0), (1, "gain_db", -2.0), ("apply",)]


def timed(message: bytes, wall: float) -> bytes:
    tag = struct.pack(">Q", int((wall + 2_208_988_800) * (1 << 32)))
    return b"#bundle\0" + tag + struct.pack(">i", len(message)) + message


async def test_a_message_for_later_waits_for_its_time(rig: Rig) -> None:
    await rig.say(timed(osc.encode("/tonn/apply", ""), rig.clock.wall() + 2.0))
    rig.clock.advance(1.9)
    assert rig.desk.told == []
    rig.clock.advance(0.2)
    assert rig.desk.told == [("apply",)]


async def test_a_message_for_later_that_fails_is_answered_too(rig: Rig) -> None:
    await rig.say(timed(osc.encode("/tonn/morph", ""), rig.clock.wall() + 2.0))
    rig.clock.advance(2.1)
    assert (await rig.error())[0] == "decode"


async def test_nothing_is_done_after_the_end(rig: Rig) -> None:
    await rig.say(timed(osc.encode("/tonn/apply", ""), rig.clock.wall() + 2.0))
    rig.link.stop()
    rig.clock.advance(3.0)
    assert rig.desk.told == []


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0",
        b"junk",
        osc.encode("/tonn/apply", "")[:-1],
        b"/tonn/*\0,\0\0\0",
        b"/tonn/{apply,revert}\0\0\0\0,\0\0\0",
        b"/tonn/morph\0,f\0\0\x7f\xc0\0\0",
        timed(osc.encode("/tonn/apply", ""), 2e9),
        b"#bundle\0",
    ],
    ids=["empty", "zero", "junk", "cut", "wildcard", "choice", "nan", "years-ahead", "bundle-cut"],
)
async def test_hostile_datagrams_do_nothing(rig: Rig, datagram: bytes) -> None:
    await rig.say(datagram)
    assert rig.link.intake.refused == 1
    assert rig.desk.told == []
    assert await rig.silent()


async def test_a_flood_of_hostile_datagrams_costs_a_few_lines(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(10):
        await rig.say(*[b"/tonn/*\0,\0\0\0"] * 100)
    assert rig.link.intake.refused == 1000
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 10  # at 1, 2, 4 … 512


EVERYTHING = {
    "/tonn/state": (",s", "applied"),
    "/tonn/progress": (",fs", 1.0, ""),
    "/tonn/track/1/name": (",s", "Bass"),
    "/tonn/track/1/gain": (",f", pytest.approx(-9.8)),
    "/tonn/track/1/pan": (",f", 0.0),
    "/tonn/track/1/adjust": (",f", 2.0),
    "/tonn/track/1/eq/1/freq": (",f", 46.5),
    "/tonn/track/1/eq/1/gain": (",f", pytest.approx(-1.69)),
    "/tonn/track/1/eq/1/q": (",f", pytest.approx(2.66)),
    "/tonn/track/1/comp/threshold": (",f", pytest.approx(-3.89)),
    "/tonn/track/1/comp/ratio": (",f", pytest.approx(1.8)),
    "/tonn/track/1/comp/attack": (",f", pytest.approx(0.074)),
    "/tonn/track/2/name": (",s", "Pad"),
}
"""What the document says, with the types of the contract; what is not known is not sent."""


def typed(datagrams: list[bytes]) -> dict[str, tuple[object, ...]]:
    """Each message's type tags, read off the wire, and its arguments."""
    found: dict[str, tuple[object, ...]] = {}
    for element in (element for datagram in datagrams for element in elements(datagram)):
        ((address, args),) = unpack(element)
        tags = element[(len(address) + 4) & ~3 :].split(b"\0", 1)[0].decode()
        found[address] = (tags, *args)
    return found


def elements(datagram: bytes) -> list[bytes]:
    if not datagram.startswith(b"#bundle\0"):
        return [datagram]
    found, at = [], 16
    while at < len(datagram):
        (size,) = struct.unpack_from(">i", datagram, at)
        found.append(datagram[at + 4 : at + 4 + size])
        at += 4 + size
    return found


async def heard(ear: Ear) -> dict[str, tuple[object, ...]]:
    async with asyncio.timeout(5):
        await ear.heard.wait()
    return typed(ear.take())


async def test_a_refresh_tells_everything_with_its_types(rig: Rig) -> None:
    await rig.press("/tonn/refresh")
    assert await heard(rig.script) == EVERYTHING


async def test_files_questions_and_errors_are_told(rig: Rig) -> None:
    rig.desk.state |= {
        "question": {"id": "1", "text": "Fetch the settings?", "credits": None, "expires_s": 20},
        "error": {"code": "stem", "text": "too long"},
        "preview_file": "/mixes/a.mp3",
        "final_file": "/mixes/b.wav",
    }
    await rig.press("/tonn/refresh")
    told = await heard(rig.script)
    assert told["/tonn/confirm"] == (",sif", "Fetch the settings?", -1, 20.0)
    assert told["/tonn/error"] == (",ss", "stem", "too long")
    assert told["/tonn/preview/file"] == (",s", "/mixes/a.mp3")
    assert told["/tonn/final/file"] == (",s", "/mixes/b.wav")


async def test_a_large_state_comes_in_datagrams_that_fit_a_network(rig: Rig) -> None:
    rig.desk.state["tracks"] = [DOCUMENT["tracks"][0] | {"number": number} for number in range(1, 33)]
    await rig.press("/tonn/refresh")
    async with asyncio.timeout(5):
        while "/tonn/track/32/comp/attack" not in typed(rig.script.datagrams):
            rig.script.heard.clear()
            await rig.script.heard.wait()
    assert max(map(len, rig.script.datagrams)) <= 1400
    assert len(typed(rig.script.datagrams)) == 2 + 32 * 10


async def test_a_subscriber_is_told_everything_and_then_each_change_once(rig: Rig) -> None:
    await rig.press("/tonn/subscribe")
    assert await heard(rig.script) == EVERYTHING
    rig.desk.state["tracks"][0]["adjust_db"] = -1.0
    for _ in range(3):
        rig.link.changed()
    rig.clock.advance(0.1)
    assert await heard(rig.script) == {"/tonn/track/1/adjust": (",f", -1.0)}
    rig.link.changed()
    rig.clock.advance(0.1)
    assert await rig.silent()


async def test_a_subscriber_may_name_its_port(rig: Rig) -> None:
    async with open_ear() as other:
        await rig.press("/tonn/subscribe", "i", other.address[1])
        assert await heard(other) == EVERYTHING
        await rig.press("/tonn/refresh")
        assert await heard(other) == EVERYTHING
        assert await heard(rig.script) == EVERYTHING, "who asks is answered too"


@pytest.mark.parametrize(("types", "args", "subscribed"), [("f", (1.0,), True), ("f", (0.0,), False), ("T", (), True)])
async def test_a_button_may_subscribe(rig: Rig, types: str, args: tuple[Any, ...], subscribed: bool) -> None:
    await rig.press("/tonn/subscribe", types, *args)
    rig.desk.state["state"] = "done"
    rig.link.changed()
    rig.clock.advance(0.1)
    await rig.press("/tonn/refresh", "f", 0.0)
    if subscribed:
        assert (await heard(rig.script))["/tonn/state"] is not None
    else:
        assert await rig.silent()


async def test_a_subscription_ends_after_a_minute(rig: Rig) -> None:
    await rig.press("/tonn/subscribe")
    await heard(rig.script)
    rig.clock.advance(59.0)
    rig.desk.state["state"] = "done"
    rig.link.changed()
    rig.clock.advance(0.1)
    assert await heard(rig.script) == {"/tonn/state": (",s", "done")}
    rig.clock.advance(1.0)
    rig.desk.state["state"] = "error"
    rig.link.changed()
    rig.clock.advance(0.1)
    assert await rig.silent()


async def test_the_answer_to_a_question_is_told_without_waiting_for_its_countdown(rig: Rig) -> None:
    await rig.press("/tonn/subscribe")
    await heard(rig.script)
    rig.desk.state["question"] = {"id": "1", "text": "Final?", "credits": 25, "expires_s": 20.0}
    rig.link.changed()
    rig.clock.advance(0.1)
    await heard(rig.script)
    rig.desk.state |= {"question": None, "state": "finalizing"}
    rig.link.changed()
    rig.clock.advance(0.1)
    assert await heard(rig.script) == {"/tonn/state": (",s", "finalizing")}


async def test_a_question_counts_down(rig: Rig) -> None:
    await rig.press("/tonn/subscribe")
    await heard(rig.script)
    for left in (20.0, 19.0, 18.0):
        rig.desk.state["question"] = {"id": "1", "text": "Final?", "credits": 25, "expires_s": left}
        if left == 20.0:
            rig.link.changed()
        rig.clock.advance(1.0)
        assert await heard(rig.script) == {"/tonn/confirm": (",sif", "Final?", 25, left)}
    rig.desk.state["question"] = None
    rig.clock.advance(5.0)
    assert await rig.silent()
