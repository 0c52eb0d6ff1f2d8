"""Plug-ins and tracks that people move about at random: everything is found, and set where it stands."""

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from tests.links.plugin_room import NAMES, Room, room
from tests.peers.rack import SQUEEZE, Rack, SimulatedRacks, twobell
from tonn_bridge.core.plugins import Look

MOVES = 40


class Walk:
    """A person at the DAW, who does one thing after the other."""

    def __init__(self, here: Room[SimulatedRacks], random: Random) -> None:
        self.here = here
        self.random = random

    def step(self) -> None:
        daw, random = self.here.daw, self.random
        number = random.randint(1, len(NAMES))
        acts: list[Callable[[], object]] = [
            lambda: daw.racks[number].insert(self._place(number), twobell()),
            lambda: daw.racks[number].insert(self._place(number), Rack("Gate", {"Depth": 1.0})),
            lambda: daw.racks[number].insert(self._place(number), Rack("Squeeze", dict(SQUEEZE))),
            lambda: daw.racks[number].pop() if daw.racks[number] else None,
            lambda: random.shuffle(daw.racks[number]),
            lambda: self.swap(*random.sample(range(1, len(NAMES) + 1), 2)),
            self._turn,
        ]
        random.choice(acts)()

    def swap(self, one: int, other: int) -> None:
        """Two tracks change places."""
        daw = self.here.daw
        daw.tracks[one - 1], daw.tracks[other - 1] = daw.tracks[other - 1], daw.tracks[one - 1]
        daw.racks[one], daw.racks[other] = daw.racks[other], daw.racks[one]
        for number in (one, other):
            daw._tell(number, "name")

    def racks(self, name: str) -> list[Rack]:
        """The plug-ins on a track, wherever it stands."""
        return self.here.daw.racks[self.here.daw.number(name)]

    def _place(self, number: int) -> int:
        return self.random.randint(0, len(self.here.daw.racks[number]))

    def _turn(self) -> None:
        bells = [(n, p) for n, racks in self.here.daw.racks.items() for p, r in enumerate(racks) if "G1" in r.params]
        if bells:
            self.here.daw.hand_turn(*self.random.choice(bells), "G1", float(self.random.randint(-18, 18)))


def agrees(look: Look, racks: list[Rack]) -> bool:
    """Whether a look has found and read what stands on a track."""
    bells = [rack for rack in racks if rack.name == "Twobell"][-2:]
    comps = [rack for rack in racks if rack.name == "Squeeze"][-1:]
    wanted = {f"eq.{2 * place + 1}.gain_db": rack.params["G1"] for place, rack in enumerate(bells)}
    if comps:
        wanted["comp.threshold_db"] = comps[0].params["Threshold"]
    got = {
        key: wire for key, wire in look.wires.items() if key in ("comp.threshold_db", "eq.1.gain_db", "eq.3.gain_db")
    }
    return got == wanted and look.outfit.bells == 2 * len(bells)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_moved_everything_is_found_and_set_where_it_stands(seed: int) -> None:
    random = Random(seed)
    async with room({number: [twobell(), Rack("Squeeze", dict(SQUEEZE))] for number in (1, 2, 3)}) as here:
        walk = Walk(here, random)
        for _ in range(MOVES):
            for _ in range(random.randint(1, 3)):
                walk.step()
                await here.clock.run(random.choice((0.0, 0.01, 0.2)))
            await here.clock.run(0.3)
            looks = await here.look()
            assert all(agrees(looks[number], walk.racks(name)) for number, name in enumerate(NAMES, 1))
            gain = float(random.randint(-18, 18))
            settings = {number: {"eq.1.gain_db": gain + number / 10, "comp.threshold_db": -1.0} for number in (1, 2, 3)}
            write = asyncio.ensure_future(here.plugins.write(settings))
            if random.random() < 0.3:
                await here.clock.run(0.001, step=0.001)
                walk.swap(1, 2)
                await here.done(write)
                await here.clock.run(0.3)
                await here.write(settings)  # what was on its way already has gone astray
            await here.done(write)
            await here.clock.run(0.02)
            for number, name in enumerate(NAMES, 1):
                bells = [rack for rack in walk.racks(name) if rack.name == "Twobell"][-2:]
                assert not bells or bells[0].params["G1"] == pytest.approx(gain + number / 10, abs=1e-6)
