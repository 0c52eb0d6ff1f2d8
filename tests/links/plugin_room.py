"""A link to a simulated DAW with plug-ins, on a clock that is moved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tests.clock import FakeClock
from tests.daemon import free_address
from tests.peers.rack import PLUGINS, Rack, SimulatedRacks
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.dials import Unit
from tonn_bridge.core.plugins import Look
from tonn_bridge.errors import MappingError
from tonn_bridge.files import parse_toml
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.links.plugins import DawPlugins
from tonn_bridge.mapping import DawMapping, find
from tonn_bridge.mapping import Mapping as MappingFile
from tonn_bridge.mapping.plugins import LearntDial, LearntDials
from tonn_bridge.ports import UdpPort

NAMES = ("Kick", "Bass", "Pad")
LEARNT = LearntDials(
    mapping="racks",
    plugin="Squeeze",
    learnt="today",
    dials={"ratio": LearntDial(unit=Unit.RATIO, points=((0.0, 1.0), (10.0, 21.0)))},
)
Result = TypeVar("Result")
Peer = TypeVar("Peer", bound=SimulatedRacks)


class Mixer:
    """Hears of faders, which is not the point here."""

    def __init__(self) -> None:
        self.bound: list[dict[int, int]] = []

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        pass

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool) -> None:
        self.bound.append(dict(places))

    def daw_lost(self) -> None:
        self.bound.append({})


@dataclass
class Room(Generic[Peer]):
    """A link that stands, its DAW, and what the DAW told by itself."""

    clock: FakeClock
    daw: Peer
    link: DawLink
    mixer: Mixer
    told: list[tuple[int, str, float]] = field(default_factory=list)

    @property
    def plugins(self) -> DawPlugins:
        assert isinstance(self.link.plugins, DawPlugins)
        return self.link.plugins

    async def done(self, work: Awaitable[Result], seconds: float = 10.0) -> Result:
        """The end of `work`, which comes within so much time of the test's clock."""
        task = asyncio.ensure_future(work)
        for _ in range(int(seconds / 0.01)):
            if task.done():
                break
            await self.clock.run(0.01)
        assert task.done(), "it does not come to an end"
        return await task

    async def look(self) -> dict[int, Look]:
        return await self.done(self.plugins.look((1, 2, 3)))

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        """Returns when the DAW has got them."""
        await self.done(self.plugins.write(settings))
        await self.clock.run(0.02)


@asynccontextmanager
async def room(
    racks: Mapping[int, Sequence[Rack]],
    table: str = PLUGINS,
    learnt: Sequence[LearntDials] = (LEARNT,),
    peer: Callable[..., Peer] = SimulatedRacks,  # type: ignore[assignment]
) -> AsyncIterator[Room[Peer]]:
    """A link that is bound to the three tracks of a DAW with these racks, in the words of `table`."""
    clock, mixer, feedback = FakeClock(), Mixer(), free_address()
    daw = peer(NAMES, clock, feedback, racks)
    await daw.start()
    text = find("osc").read_text("utf-8") + table
    mapping = DawMapping(parse_toml(text, "racks.toml", MappingFile, MappingError), learnt)
    tracks = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
    link = DawLink(mapping, "racks", tracks, clock, asyncio.get_running_loop().call_soon, Traffic(clock), lambda: None)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(
            UdpPort.open(feedback, link.intake.on_datagrams, name="DAW", on_unreachable=link.unreachable)
        )
        link.start(port, daw.address, mixer)
        stack.callback(link.stop)
        here = Room(clock, daw, link, mixer)
        here.plugins.told = lambda number, key, wire: here.told.append((number, key, wire))
        await clock.run(1.5)
        assert mixer.bound == [{1: 1, 2: 2, 3: 3}]
        yield here
    await daw.stop()
