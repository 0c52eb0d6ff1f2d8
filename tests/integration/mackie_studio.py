"""The bridge's own parts in front of a real Ardour that takes us for a Mackie Control, over JACK."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.peers.ardour import Ardour
from tonn_bridge.clock import SystemClock
from tonn_bridge.core import GainMode, Pan, Param, TonnSettings, TrackSpec
from tonn_bridge.engine import Mixer
from tonn_bridge.links import Traffic
from tonn_bridge.links.device import DeviceLink
from tonn_bridge.mapping.device import DeviceFile, law_of
from tonn_bridge.mapping.files import load_device
from tonn_bridge.ports.midi import Wanted, open_midi

GAIN, PAN, MUTE = Param.GAIN, Param.PAN, Param.MUTE
PATIENCE_S = 60.0

MAIN = Wanted("ardour:mackie control out", "ardour:mackie control in")
EXTENDERS = tuple(
    Wanted(f"ardour:mackie control out ext {unit}", f"ardour:mackie control in ext {unit}") for unit in (2, 3)
)


def mapping() -> DeviceFile:
    return load_device("ardour-mackie")


@dataclass
class Studio:
    """The mixer, its link to Ardour, and Ardour's engine behind it."""

    ardour: Ardour
    link: DeviceLink
    mixer: Mixer
    news: asyncio.Event

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until something is true of the bridge; looks whenever it has news."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def engine(self, read: Callable[[str], Any]) -> dict[str, Any]:
        """One value of every track, past MIDI."""
        return await asyncio.to_thread(lambda: {name: read(name) for name in self.ardour.tracks})

    async def do(self, action: Callable[..., Any], *arguments: Any) -> None:
        """Something done inside Ardour while the bridge goes on."""
        await asyncio.to_thread(action, *arguments)

    def reading(self, name: str, param: Param) -> float | None:
        """What the bridge believes, in dB or pan."""
        number = self.ardour.tracks.index(name) + 1
        wire = self.mixer.strips[number].readings.get(param)
        return None if wire is None else self.link.scale(param).value_of(wire)


@asynccontextmanager
async def studio(ardour: Ardour, *wanted: Wanted) -> AsyncIterator[Studio]:
    """The bridge's own parts, connected to Ardour, with every fader and pan read."""
    clock, loop = SystemClock(), asyncio.get_running_loop()
    news = asyncio.Event()
    tracks = [TrackSpec(number, name) for number, name in enumerate(ardour.tracks, 1)]
    async with open_midi(clock) as midi:
        law = law_of(mapping(), "ardour-mackie", Path("nowhere"))
        link = DeviceLink(
            mapping(),
            "ardour-mackie",
            tracks,
            clock,
            loop.call_soon,
            Traffic(clock),
            news.set,
            law=law,
            units=len(wanted),
        )
        mixer = Mixer(tracks, link, clock, mode=GainMode.ABSOLUTE, glide_s=0.3, changed=news.set)
        link.start(midi, wanted, mixer)
        found = Studio(ardour, link, mixer, news)
        try:
            await found.until(lambda: all(strip.place for strip in mixer.strips.values()))
            yield found
        finally:
            link.stop()


def proposal(names: tuple[str, ...]) -> Mapping[int, TonnSettings]:
    """Something else for every track, within the fader's audible travel."""
    return {
        number: TonnSettings(gain_db=-30.0 + 1.7 * number, pan=Pan(math.sin(number) * 0.9))
        for number, _ in enumerate(names, 1)
    }


async def apply(studio: Studio) -> None:
    studio.mixer.apply()
    studio.mixer.depart()
    async with asyncio.timeout(PATIENCE_S):
        await studio.mixer.still()


async def stands_as_proposed(studio: Studio) -> None:
    """Ardour's own engine holds the proposal, the faders to 0.01 dB, the pans to what a V-Pot can be turned to."""
    wanted = proposal(studio.ardour.tracks)
    gains, pans = await studio.engine(studio.ardour.gain_db), await studio.engine(studio.ardour.pan)
    for number, name in enumerate(studio.ardour.tracks, 1):
        assert wanted[number].pan is not None
        assert gains[name] == pytest.approx(wanted[number].gain_db, abs=0.01)
        assert 2.0 * pans[name] - 1.0 == pytest.approx(wanted[number].pan.position, abs=0.03), (name, pans[name])
