"""A simulated DAW's plug-ins behind the real link, over real sockets, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.clock import FakeClock
from tonn_bridge.core import Compressor, EqBand, Param, TrackSpec
from tonn_bridge.core.plugins import Look, Placement, place
from tonn_bridge.core.proposal import Proposal
from tonn_bridge.core.values import Gain
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.links.plugins import DawPlugins
from tonn_bridge.mapping import DawMapping
from tonn_bridge.ports import UdpPort

NAMES = ("Kick", "Bass", "Pad")
Result = TypeVar("Result")

BANDS = (  # Tonn's six; the third and the fifth do least
    EqBand(1, 46.5, -1.69, 2.66),
    EqBand(2, 118.0, 3.2, 0.8),
    EqBand(3, 400.0, 0.4, 4.0),
    EqBand(4, 1234.5, -6.1, 1.0),
    EqBand(5, 3150.0, -0.2, 1.5),
    EqBand(6, 9800.0, 2.05, 0.55),
)
SAMPLE = Proposal(gain=Gain(-11.8), trim_db=-2.4, eq=BANDS, comp=Compressor(-3.89, 1.8, 0.074, 0.022))
GENTLE = Proposal(trim_db=3.1, eq=BANDS[:2], comp=Compressor(-24.2, 4.4, 0.0004, 0.101))
HARSH = Proposal(trim_db=-20.0, eq=(EqBand(1, 20.0, -18.0, 0.2), EqBand(2, 20_000.0, 16.0, 10.0)))
PROPOSALS = {1: SAMPLE, 2: GENTLE, 3: HARSH}


@dataclass
class Mixer:
    """What the link tells of faders is not looked at here."""

    bound: asyncio.Event = field(default_factory=asyncio.Event)

    def daw_read(self, number: int, param: Param, wire: float) -> None: ...
    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None: ...
    def daw_sent(self, number: int, param: Param, wire: float) -> None: ...
    def daw_lost(self) -> None: ...
    def daw_bound(self, places: object, readings: object, *, fresh: bool) -> None:
        self.bound.set()


@dataclass
class Rig:
    """A simulated peer and the plug-ins on its tracks, which stand as in NAMES."""

    clock: FakeClock
    peer: Any
    link: DawLink
    plugins: DawPlugins
    told: list[tuple[int, str, float]] = field(default_factory=list)

    async def done(self, work: Awaitable[Result]) -> Result:
        """Let time pass until `work` is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.clock.run(0.01)
        return task.result()

    async def look(self, *numbers: int) -> dict[int, Look]:
        return await self.done(self.plugins.look(numbers or (1, 2, 3)))

    async def apply(self, proposals: dict[int, Proposal]) -> dict[int, Placement]:
        """Place and set proposals; how they went into the knobs."""
        looks = await self.look(*proposals)
        placements = {number: place(looks[number].outfit, proposal) for number, proposal in proposals.items()}
        await self.write({number: placed.wires for number, placed in placements.items()})
        return placements

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        """Set knobs, and let them arrive."""
        await self.done(self.plugins.write(settings))
        await self.clock.run(0.15)  # Live obeys every tenth of a second


@asynccontextmanager
async def linked(peer: Any, mapping: DawMapping, clock: FakeClock, listen: tuple[str, int]) -> AsyncIterator[Rig]:
    """The real link between a running peer and nobody but the test."""
    tracks = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
    link = DawLink(mapping, "test", tracks, clock, asyncio.get_running_loop().call_soon, Traffic(clock), lambda: None)
    mixer = Mixer()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(UdpPort.open(listen, link.intake.on_datagrams, name="DAW"))
        link.start(port, peer.address, mixer)
        stack.callback(link.stop)
        plugins = link.plugins
        assert isinstance(plugins, DawPlugins)
        rig = Rig(clock, peer, link, plugins)
        plugins.told = lambda *what: rig.told.append(what)
        async with asyncio.timeout(10):
            while not mixer.bound.is_set():
                await clock.run(0.1)
        yield rig
