"""A mixer between a DAW that obeys and plug-ins that may not, and a proposal for its three tracks."""

import asyncio
import json

from tests.clock import FakeClock
from tests.engine.outboard import Outboard, outfit_of
from tests.engine.studio import ObedientDaw
from tonn_bridge.core import Compressor, EqBand, Pan, TonnSettings, TrackSpec
from tonn_bridge.engine import Mixer, recall, remember

NAMES = ("Kick", "Bass", "Voice")
BANDS = (EqBand(1, 60.0, -3.0, 1.2), EqBand(2, 1_200.0, 2.5, 0.8), EqBand(3, 8_000.0, -1.5, 2.0))
COMP = Compressor(-18.0, 3.0, 0.02, 0.2)
TONN = {number: TonnSettings(gain_db=-10.0, trim_db=-2.0, pan=Pan(0.25), eq=BANDS, comp=COMP) for number in (1, 2, 3)}


class Bench:
    """A mixer between a DAW that obeys and plug-ins that may not."""

    def __init__(self, plugins=None, proposal=TONN):
        self.plugins = plugins or Outboard({number: outfit_of() for number in (1, 2, 3)})
        self.clock = FakeClock()
        self.daw = ObedientDaw()
        self.saved = []
        self.start(proposal)

    def start(self, proposal=TONN, document=None, mapping="REAPER"):
        """Begin, or begin anew after a crash with what was `saved` last."""
        specs = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
        self.mixer = Mixer(specs, self.daw, self.clock, glide_s=0.0, plugins=self.plugins)
        self.mixer.set_proposal(proposal)
        self.rack.save = self.save
        if document is not None:
            recall(self.mixer, json.loads(document), mapping)
        self.daw.open(self.mixer)

    @property
    def rack(self):
        return self.mixer.rack

    @property
    def holds(self):
        return {number: dict(knobs) for number, knobs in self.plugins.holds.items()}

    async def save(self):
        self.saved.append(json.dumps(remember(self.mixer, "REAPER")))

    async def go(self, action):
        getattr(self.mixer, action)()
        await self.save()
        await self.rack.known()
        self.mixer.depart()
        await self.still()

    async def rest(self):
        """Let the clock run until nothing is under way: a blend is read back once it rests."""
        still = asyncio.ensure_future(self.mixer.still())
        for _ in range(100):
            for _ in range(200):
                await asyncio.sleep(0)
            if still.done():
                break
            self.clock.advance(0.01)
        await still

    async def still(self):
        """Wait, while time passes, until nothing is under way."""
        coming = asyncio.ensure_future(self.mixer.still())
        while not coming.done():
            await self.clock.run(0.01)
        await coming

    async def until(self, holds):
        """Let the rack work until something is true."""
        for _ in range(10_000):
            if holds():
                return
            await asyncio.sleep(0)
        raise AssertionError("it does not come true")

    def track(self, number=1):
        return self.mixer.view.track(number)

    def proof(self, number=1):
        return {proof.parameter: proof for proof in self.track(number).proof}
