"""The link to a DAW, against each simulated one over real sockets, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.daemon import free_address
from tests.peers.generic import SimulatedOsc
from tests.peers.live import SimulatedLive
from tests.peers.x32 import SimulatedX32
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.simulated import SimulatedPeer
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.ports import UdpPort
from tonn_bridge.protocols import osc

NAMES = ("Kick", "Bass", "Pad")
TRACKS = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
GAIN, PAN, MUTE = Param.GAIN, Param.PAN, Param.MUTE


@dataclass
class Listener:
    """Notes what the link tells the mixer, in order."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        self.told.append(("read", number, param, wire))

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        self.told.append(("confirmed", number, param, wire))

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        self.told.append(("sent", number, param, wire))

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool) -> None:
        self.told.append(("bound", dict(places), {n: dict(values) for n, values in readings.items()}, fresh))

    def daw_lost(self) -> None:
        self.told.append(("lost",))

    def take(self) -> list[tuple[Any, ...]]:
        told, self.told = self.told, []
        return told


@dataclass
class Rig:
    """A link that has been started, its peer, and who is told."""

    clock: FakeClock
    peer: Any
    link: DawLink
    port: UdpPort
    mixer: Listener

    async def run(self, seconds: float) -> list[tuple[Any, ...]]:
        """Let time pass; what the mixer has been told meanwhile."""
        await self.clock.run(seconds)
        return self.mixer.take()

    def hear(self, *messages: bytes) -> list[tuple[Any, ...]]:
        """One datagram from the DAW; what the mixer is told at once."""
        self.link.intake.on_datagrams([(datagram, ("127.0.0.1", 1)) for datagram in osc.bundles(messages, 8000)])
        return self.mixer.take()

    @property
    def connected(self) -> bool:
        return bool(self.link.describe()["connected"])


@asynccontextmanager
async def linked(mapping: str, names: Sequence[str] = NAMES, *, silent: bool = False) -> AsyncIterator[Rig]:
    """A link to the simulated DAW of a mapping; `silent`: the DAW is not running yet."""
    clock, mixer, feedback = FakeClock(), Listener(), free_address()
    peers: dict[str, Callable[[], SimulatedPeer]] = {
        "reaper": lambda: SimulatedReaper(names, clock, feedback),
        "ableton": lambda: SimulatedLive(names, clock, feedback[1]),
        "x32": lambda: SimulatedX32(names, clock),
        "osc": lambda: SimulatedOsc(names, clock, feedback),
    }
    peer = peers[mapping]()
    await peer.start()
    remote = peer.address
    if silent:
        await peer.stop()
    loop = asyncio.get_running_loop()
    link = DawLink(DawMapping(load(mapping)), mapping, TRACKS, clock, loop.call_soon, Traffic(clock), lambda: None)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(
            UdpPort.open(feedback, link.intake.on_datagrams, name="DAW", on_unreachable=link.unreachable)
        )
        link.start(port, remote, mixer)
        stack.callback(link.stop)
        yield Rig(clock, peer, link, port, mixer)
    await peer.stop()


DAWS = ["reaper", "ableton", "x32", "osc"]
AT_REST = {
    "reaper": {GAIN: 0.0, PAN: 0.5, MUTE: 0.0},
    "ableton": {GAIN: pytest.approx(0.85), PAN: 0.0, MUTE: 0.0},
    "x32": {GAIN: pytest.approx(767 / 1023), PAN: 0.5, MUTE: 1.0},
    "osc": {GAIN: 0.0, PAN: 0.0, MUTE: 0.0},
}
"""What a track of a simulated DAW tells at first, in wire numbers: the X32 says 1 for a channel that is on."""


@pytest.mark.parametrize("daw", DAWS)
async def test_it_greets_reads_everything_and_then_says_who_stands_where(daw: str) -> None:
    async with linked(daw) as rig:
        told = await rig.run(1.5)
        assert told == [("bound", {1: 1, 2: 2, 3: 3}, dict.fromkeys((1, 2, 3), AT_REST[daw]), True)]
        assert rig.connected
        assert rig.link.describe()["problems"] == []


@pytest.mark.parametrize("daw", DAWS)
async def test_a_daw_that_starts_later_is_found(daw: str) -> None:
    async with linked(daw, silent=True) as rig:
        assert await rig.run(5.0) == []
        assert not rig.connected
        await rig.peer.start(rig.link._remote)
        assert [what for what, *_ in await rig.run(4.0)] == ["bound"]


@pytest.mark.parametrize("daw", DAWS)
@pytest.mark.parametrize("told_by_system", [True, False], ids=["the-port-is-closed", "the-cable-is-out"])
async def test_silence_is_noticed_and_the_daw_greeted_until_it_comes_back(daw: str, told_by_system: bool) -> None:
    async with linked(daw) as rig:
        await rig.run(2.0)
        remote = rig.peer.address
        if told_by_system:
            await rig.peer.stop()
        else:
            rig.peer.wire = lambda _: ()
        assert await rig.run(45.0) == [("lost",)]
        assert not rig.connected
        if told_by_system:
            await rig.peer.start(remote)
        else:
            rig.peer.wire = lambda datagram: (datagram,)
        assert [(what, *rest[-1:]) for what, *rest in await rig.run(4.0)] == [("bound", True)]
        assert rig.connected


@pytest.mark.parametrize("daw", DAWS)
async def test_a_daw_at_rest_stays_connected(daw: str) -> None:
    async with linked(daw) as rig:
        await rig.run(2.0)
        assert "lost" not in {what for what, *_ in await rig.run(60.0)}
        assert rig.connected


@pytest.mark.parametrize("daw", DAWS)
async def test_a_written_value_arrives(daw: str) -> None:
    async with linked(daw) as rig:
        await rig.run(2.0)
        wire = rig.link.scale(GAIN).wire_of(-10.0)
        rig.link.put(2, GAIN, wire)
        told = await rig.run(0.3)
        assert told[0] == ("sent", 2, GAIN, wire)
        assert {what for what, number, param, _ in told if (number, param) == (2, GAIN)} <= {
            "sent",
            "read",
            "confirmed",
        }
        if daw == "x32":  # it never tells its writer
            rig.link.ask(2, GAIN)
            told = await rig.run(0.3)
        kinds = {"reaper": "confirmed"}
        assert any(
            what == kinds.get(daw, "read") and (number, param) == (2, GAIN) and value == pytest.approx(wire, abs=0.05)
            for what, number, param, value in told
        )


async def test_x32_goes_on_telling_because_it_is_reminded() -> None:
    async with linked("x32") as rig:
        await rig.run(1.0)
        for _ in range(12):
            await rig.run(3.0)
            assert rig.peer.remotes == [rig.port.local_address]
        rig.peer.hand_move("Bass", 0.5)
        ((what, number, param, wire),) = await rig.run(0.1)
        assert (what, number, param, wire) == ("read", 2, GAIN, pytest.approx(0.4995, abs=1e-4))


async def test_a_console_is_not_asked_faster_than_it_can_answer() -> None:
    async with linked("x32") as rig:
        await rig.clock.run(0.05)
        asked = sum(rig.peer.received.values())
        assert 0 < asked <= 500 * 0.1 + 1
        await rig.clock.run(0.1)
        assert sum(rig.peer.received.values()) - asked <= 500 * 0.1 + 2
        await rig.clock.run(1.0)
        assert rig.peer.received["/ch/32/config/name"] >= 1


async def test_live_answers_at_its_next_tick() -> None:
    async with linked("ableton") as rig:
        await rig.run(2.0)
        rig.link.put(1, PAN, -0.5)
        told = await rig.run(0.25)
        assert told == [("sent", 1, PAN, -0.5), ("read", 1, PAN, -0.5)]
        assert rig.peer.track("Kick").panning == -0.5


async def test_reapers_travel_confirms_what_was_written_in_db() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.3)
        rig.link.put(1, GAIN, -10.0)
        told = await rig.run(0.2)
        assert told[0] == ("sent", 1, GAIN, -10.0)
        assert ("confirmed", 1, GAIN, pytest.approx(-10.0, abs=0.05)) in told
        assert not [word for word in told if word[0] == "read"]


async def test_a_travel_that_disagrees_with_its_db_three_times_confirms_nothing_any_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        for db in (-3.0, -4.0, -5.0):
            rig.hear(osc.encode("/track/1/volume", "f", 0.5), osc.encode("/track/1/volume/db", "f", db))
        assert rig.hear(osc.encode("/track/1/volume", "f", 0.5)) == []
        assert "follows another law" in caplog.text
        assert rig.hear(osc.encode("/track/1/volume/db", "f", -6.0)) == [("read", 1, GAIN, -6.0)], "its dB still counts"


async def test_a_travel_that_agrees_goes_on_confirming() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        for _ in range(5):
            rig.hear(osc.encode("/track/1/volume", "f", 0.518539), osc.encode("/track/1/volume/db", "f", -10.0))
        ((what, *_),) = rig.hear(osc.encode("/track/1/volume", "f", 0.518539))
        assert what == "confirmed"


async def test_a_reaper_started_again_tells_of_all_tracks_not_of_the_first_eight() -> None:
    names = [*(f"Other {number}" for number in range(1, 10)), *NAMES]
    async with linked("reaper", names) as rig:
        assert (await rig.run(2.0))[0][1] == {1: 10, 2: 11, 3: 12}
        remote = rig.peer.address
        await rig.peer.stop()
        await rig.run(1.0)  # quicker than silence could tell
        await rig.peer.start(remote)
        await rig.run(4.0)
        rig.peer.hand_move("Pad", -7.0)
        assert ("read", 3, GAIN, -7.0) in await rig.run(0.2)


async def test_values_are_believed_again_when_the_list_of_tracks_has_come_to_rest() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        rig.peer.hand_move("Bass", -5.0)
        await rig.run(0.1)
        rig.peer.insert_track(2, "Claps")
        await rig.run(0.03)
        rig.link.put(2, GAIN, -12.0)  # while nobody knows whose strip is whose
        assert await rig.run(0.07) == []
        told = await rig.run(0.4)
        assert told[0][:2] == ("bound", {1: 1, 2: 3, 3: 4})
        assert told[0][2][2] == {GAIN: -5.0, PAN: 0.5, MUTE: 0.0}
        assert told[0][3] is False
        assert ("sent", 2, GAIN, -12.0) in told
        assert (rig.peer.track("Bass").db, rig.peer.track("Claps").db) == (pytest.approx(-12.0), 0.0)


async def test_a_hand_that_moves_while_a_track_gets_another_name_is_not_lost() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        rig.peer.rename_track("Bass", "Sub")
        rig.peer.hand_move("Kick", -3.0)
        assert ("read", 1, GAIN, -3.0) in await rig.run(0.5)


async def test_what_was_written_is_not_contradicted_when_a_name_changes() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        rig.link.put(2, GAIN, -8.0)
        await rig.run(0.2)
        rig.peer.rename_track("Bass", "Sub")
        assert [word for word in await rig.run(0.5) if word[0] == "read"] == []


async def test_a_track_that_goes_is_a_problem_until_it_is_back() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        rig.peer.remove_track("Bass")
        assert (await rig.run(0.5))[0][:2] == ("bound", {1: 1, 3: 2})
        (problem,) = rig.link.describe()["problems"]
        assert 'track 2 "Bass" is no longer in the DAW' in problem
        rig.peer.insert_track(1, "Bass")
        assert (await rig.run(0.5))[0][:2] == ("bound", {1: 2, 2: 1, 3: 3})
        assert rig.link.describe()["problems"] == []


@pytest.mark.parametrize(
    "datagram",
    [b"", b"junk", b"/track/*/volume\0,f\0\0\0\0\0\0", b"/track/1/volume/db\0\0,f\0\0\x7f\xc0\0\0", b"#bundle\0\0"],
)
async def test_hostile_datagrams_are_counted_and_nothing_else(datagram: bytes) -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        rig.link.intake.on_datagrams([(datagram, ("127.0.0.1", 1))])
        assert rig.mixer.take() == []
        assert rig.link.intake.refused == 1


async def test_a_flood_of_hostile_datagrams_costs_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    async with linked("reaper", silent=True) as rig:
        rig.link.intake.on_datagrams([(b"junk", ("127.0.0.1", 1))] * 1000)
        assert rig.link.intake.refused == 1000
        assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 10
        assert not rig.connected, "nor do they pass for a DAW"


async def test_strips_and_values_that_cannot_be_are_passed_over() -> None:
    async with linked("reaper") as rig:
        await rig.run(2.0)
        assert rig.hear(osc.encode("/track/999/volume/db", "f", -6.0)) == []
        assert rig.hear(osc.encode("/track/1/volume/db", "s", "loud")) == []
        assert rig.hear(osc.encode("/track/1/volume/db", "f", 900.0)) == []


async def test_on_leaving_ardour_is_asked_for_no_more_feedback() -> None:
    sent: list[bytes] = []

    class Wire:
        local_address = ("127.0.0.1", 1)

        def send(self, data: bytes, to: tuple[str, int]) -> None:
            sent.append(data)

    clock = FakeClock()
    soon = asyncio.get_running_loop().call_soon
    link = DawLink(DawMapping(load("ardour")), "ardour", TRACKS, clock, soon, Traffic(clock), lambda: None)
    link.start(Wire(), ("127.0.0.1", 3819), Listener())  # type: ignore[arg-type]
    await clock.run(0.1)
    link.stop()
    (last,) = osc.decode(sent[-1], 0.0)
    assert (last.address, last.args[:3]) == ("/set_surface", (0, 159, 0))
    count = len(sent)
    await clock.run(10.0)
    assert len(sent) == count


async def test_listeners_that_call_moved_tracks_by_their_old_numbers_are_not_believed() -> None:
    async with linked("ableton") as rig:
        await rig.run(2.0)
        rig.peer.hand_move("Bass", 0.5)
        assert await rig.run(0.3) == [("read", 2, GAIN, 0.5)]
        rig.peer.insert_track(1, "Claps")
        ((what, places, readings, fresh),) = await rig.run(5.0)
        assert (what, places, fresh) == ("bound", {1: 1, 2: 3, 3: 4}, False)
        assert [readings[number][GAIN] for number in (1, 2, 3)] == [pytest.approx(0.85), 0.5, pytest.approx(0.85)]
        rig.peer.hand_move("Pad", 0.7)
        assert await rig.run(0.3) == [("read", 3, GAIN, pytest.approx(0.7))]
        rig.peer.hand_move("Bass", 0.6)
        assert await rig.run(0.3) == [("read", 2, GAIN, pytest.approx(0.6))]
        rig.peer.remove_track("Claps")
        rig.peer.move_track("Pad", 0)
        assert [word[:2] for word in await rig.run(5.0)] == [("bound", {1: 2, 2: 3, 3: 1})]
        rig.peer.hand_move("Kick", 0.4)
        assert await rig.run(0.3) == [("read", 1, GAIN, pytest.approx(0.4))]
        rig.link.put(3, GAIN, 0.3)
        await rig.run(0.3)
        assert rig.peer.track("Pad").volume == pytest.approx(0.3)
