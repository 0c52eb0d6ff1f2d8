"""Tonn's equaliser and compressor in the plug-ins of a real Ardour, whose own engine says what truly stands there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import pytest

from tests.peers.ardour import Ardour
from tests.peers.require import require
from tonn_bridge.clock import SystemClock
from tonn_bridge.core import Param, Proposal, TrackSpec
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.plugins import IN_DB, Look, Placement, Serving, Slot, place
from tonn_bridge.core.values import Compressor, EqBand
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.ports import UdpPort

NAMES = ("Kick", "Snare", "Hats", "Bass", "Gtr", "Vox", "Choir", "Keys")
"""Seven mono tracks and a stereo one."""
EQ, COMP, STEREO_COMP = "urn:ardour:a-eq", "urn:ardour:a-comp", "urn:ardour:a-comp#stereo"
PATIENCE_S = 10.0
P, R = ParamSpec("P"), TypeVar("R")


@pytest.fixture(scope="module")
def ardour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    require("ardour")
    with Ardour(tmp_path_factory.mktemp("ardour"), NAMES[:-1]) as running:
        running.add_track("Keys", channels=2)
        for name in NAMES:
            for uri in (EQ, EQ, STEREO_COMP if name == "Keys" else COMP):
                running.add_plugin(name, uri)
        yield running


class Bound:
    """Waits until the link knows where the tracks are."""

    def __init__(self) -> None:
        self.places: asyncio.Queue[Mapping[int, int]] = asyncio.Queue()

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        pass

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        pass

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool) -> None:
        self.places.put_nowait(places)

    def daw_lost(self) -> None:
        pass


@dataclass
class Desk:
    """A link to Ardour, bound to its tracks."""

    ardour: Ardour
    link: DawLink
    told: "asyncio.Queue[tuple[int, str, float]]"
    bound: Bound

    async def look(self) -> dict[int, Look]:
        async with asyncio.timeout(PATIENCE_S):
            return await self.link.plugins.look(range(1, len(NAMES) + 1))

    async def one(self, name: str) -> Look:
        return (await self.look())[NAMES.index(name) + 1]

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> dict[int, Look]:
        """Set knobs; what Ardour then tells."""
        async with asyncio.timeout(PATIENCE_S):
            await self.link.plugins.write(settings)
        return await self.look()

    async def do(self, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a person does in Ardour, while the link goes on."""
        return await asyncio.to_thread(act, *args, **kwargs)


@asynccontextmanager
async def at_ardour(ardour: Ardour) -> AsyncIterator[Desk]:
    clock, bound = SystemClock(), Bound()
    tracks = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
    soon = asyncio.get_running_loop().call_soon
    link = DawLink(DawMapping(load("ardour")), "ardour", tracks, clock, soon, Traffic(clock), lambda: None)
    told: asyncio.Queue[tuple[int, str, float]] = asyncio.Queue()
    link.plugins.told = lambda number, key, wire: told.put_nowait((number, key, wire))
    async with UdpPort.open(("127.0.0.1", 0), link.intake.on_datagrams, name="DAW") as port:
        link.start(port, ("127.0.0.1", ardour.port), bound)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await bound.places.get()
            yield Desk(ardour, link, told, bound)
        finally:
            link.stop()


def proposal(number: int) -> Proposal:
    """Six bands and a compressor, other ones for each track."""
    bands = tuple(
        EqBand(band, 43.7 * 2.3**band + number, (-1) ** band * (0.37 + band + number / 7), 0.3 + band * number / 5.3)
        for band in range(1, 7)
    )
    comp = Compressor(-12.34 - number, 1.1 + number * 1.7, 0.0007 * number, 0.0333 * number)
    return Proposal(trim_db=-7.25 + number, eq=bands, comp=comp)


def placed(looks: Mapping[int, Look]) -> dict[int, Placement]:
    return {number: place(look.outfit, proposal(number)) for number, look in looks.items()}


def error(parameter: str, wanted: float, got: float) -> float:
    """How far off, as a share of what the issue allows: 0.1 dB, 1 % of frequency, 2 % of everything else."""
    quantity = parameter.rpartition(".")[2]
    if quantity in IN_DB:
        return abs(got - wanted) / 0.1
    return abs(got / wanted - 1.0) / (0.01 if quantity == "freq_hz" else 0.02)


async def test_every_knob_of_eight_tracks_is_read_back_as_it_was_set(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        placements = placed(await desk.look())
        assert {number: len(placement.wanted) for number, placement in placements.items()} == dict.fromkeys(
            range(1, 9), 1 + 6 * 3 + 4
        )
        assert not [limit for placement in placements.values() for limit in placement.limits]
        after = await desk.write({number: placement.wires for number, placement in placements.items()})
        for number, placement in placements.items():
            outfit, wires = after[number].outfit, after[number].wires
            for wanted in placement.wanted:
                got = outfit.knobs[wanted.key].value_of(wires[wanted.key])
                assert error(wanted.parameter, wanted.value, got) < 0.01, (number, wanted, got)
            assert all(outfit.same(key, wires[key], wire) for key, wire in placement.wires.items())


async def test_ardours_own_engine_holds_what_was_set(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        placements = placed(await desk.look())
        await desk.write({number: placement.wires for number, placement in placements.items()})
        for number, name in ((1, "Kick"), (8, "Keys")):
            wanted = proposal(number)
            for band in wanted.eq:
                rack, bell = divmod(band.band - 1, 4)
                first = 3 + 3 * bell
                held = [await desk.do(ardour.plugin_param, name, rack, first + which) for which in range(3)]
                assert held == pytest.approx([band.freq_hz, band.gain_db, octaves_of(band.q)], rel=1e-5)
            for rack in (0, 1):
                assert [await desk.do(ardour.plugin_param, name, rack, shelf) for shelf in (2, 16, 17)] == [0.0] * 3
            comp = wanted.comp
            assert comp is not None
            held = [await desk.do(ardour.plugin_param, name, 2, which) for which in (5, 4, 1, 2, 3, 6)]
            times = [1000.0 * seconds for seconds in (comp.attack_s or 0.0, comp.release_s or 0.0)]
            assert held == pytest.approx([comp.threshold_db, comp.ratio, *times, 0.0, 0.0], rel=1e-5)
            assert await desk.do(ardour.trim_db, name) == pytest.approx(wanted.trim_db, abs=1e-4)


async def test_the_users_own_values_come_back_unchanged(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        user = {
            "low": (0, 2, 2.5),
            "bell": (1, 4, -3.3),
            "width": (1, 5, 0.7),
            "knee": (2, 3, 4.0),
            "ratio": (2, 4, 7.7),
        }
        for where, number, value in user.values():
            await desk.do(ardour.set_plugin_param, "Gtr", where, number, value)
        await desk.do(ardour.set_trim_db, "Gtr", 1.5)
        await desk.do(ardour.bypass_plugin, "Gtr", 1, False)
        before = await desk.one("Gtr")
        assert before.wires["eq.on.2"] == 0.0
        number = NAMES.index("Gtr") + 1
        after = await desk.write({number: place(before.outfit, proposal(number)).wires})
        assert after[number].wires["eq.on.2"] == 1.0
        assert await desk.do(ardour.plugin_on, "Gtr", 1)
        assert (await desk.write({number: before.wires}))[number].wires == pytest.approx(before.wires, abs=1e-4)
        for where, parameter, value in user.values():
            assert await desk.do(ardour.plugin_param, "Gtr", where, parameter) == pytest.approx(value, rel=1e-6)
        assert not await desk.do(ardour.plugin_on, "Gtr", 1)
        await desk.do(ardour.bypass_plugin, "Gtr", 1, True)


async def test_a_plug_in_put_before_tonns_or_taken_away_is_noticed(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        number = NAMES.index("Vox") + 1
        await desk.look()
        await desk.do(ardour.add_plugin, "Vox", EQ, 0)
        assert await desk.do(ardour.plugins, "Vox") == ["ACE EQ", "ACE EQ", "ACE EQ", "ACE Compressor"]
        look = await desk.one("Vox")
        await desk.write({number: place(look.outfit, proposal(number)).wires})
        bands = proposal(number).eq
        assert [await desk.do(ardour.plugin_param, "Vox", rack, 4) for rack in (0, 1, 2)] == pytest.approx(
            [0.0, bands[0].gain_db, bands[4].gain_db], rel=1e-5
        )
        for _ in range(2):
            await desk.do(ardour.remove_plugin, "Vox", 0)
        look = await desk.one("Vox")
        assert look.outfit.bells == 4
        _, eq, comp = look.outfit.serving
        assert eq.found
        assert (eq.problem or "").startswith("room for 4 bands only: 1 of 2 ACE EQ. In Ardour's mixer, right-click")
        assert comp == Serving(Slot.COMP, "ACE Compressor", True)
        for _ in range(2):
            await desk.do(ardour.remove_plugin, "Vox", 0)
        look = await desk.one("Vox")
        assert [(serving.slot, serving.found) for serving in look.outfit.serving] == [
            (Slot.TRIM, True),
            (Slot.EQ, False),
            (Slot.COMP, False),
        ]
        assert (look.outfit.serving[1].problem or "").startswith("no ACE EQ on this track. In Ardour's mixer")
        for uri in (EQ, EQ, COMP):
            await desk.do(ardour.add_plugin, "Vox", uri)
        assert (await desk.one("Vox")).outfit.bells == 8


async def test_a_hand_on_a_knob_is_seen_at_the_next_look_and_one_on_the_trim_at_once(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        before = await desk.one("Bass")
        await desk.do(ardour.set_plugin_param, "Bass", 2, 5, -33.25)
        after = await desk.one("Bass")
        assert before.wires["comp.threshold_db"] != -33.25
        assert after.wires["comp.threshold_db"] == -33.25
        await desk.do(ardour.set_trim_db, "Bass", -4.5)
        async with asyncio.timeout(PATIENCE_S):
            assert await desk.told.get() == (4, "trim_db", pytest.approx(-4.5, abs=1e-4))


async def test_a_track_that_is_moved_takes_its_plug_ins_along(ardour: Ardour) -> None:
    async with at_ardour(ardour) as desk:
        await desk.look()
        await desk.do(ardour.move_track, "Keys", "Kick")
        async with asyncio.timeout(PATIENCE_S):
            while (await desk.bound.places.get())[8] != 1:
                pass
        await desk.write({8: {"comp.threshold_db": -21.5}, 1: {"comp.threshold_db": -22.5}})
        assert await desk.do(ardour.plugin_param, "Keys", 2, 5) == -21.5
        assert await desk.do(ardour.plugin_param, "Kick", 2, 5) == -22.5
