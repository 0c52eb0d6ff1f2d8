"""Killed while 32 tracks with some thirty knobs each are being set: the user's own values come back exactly."""

import os
import signal
from collections.abc import Callable
from random import Random

import pytest

from tests.crash.house import House
from tests.peers.x32 import SimulatedX32
from tests.sandbox_server import write_stem
from tonn_bridge.clock import SystemClock

pytestmark = pytest.mark.asyncio(loop_scope="package")

NAMES = tuple(f"Track {number}" for number in range(1, 33))
TURNED = {
    "preamp/trim": (-6.0, 6.0),
    **{f"eq/{bell}/f": (50.0, 12_000.0) for bell in range(1, 5)},
    **{f"eq/{bell}/g": (-9.0, 9.0) for bell in range(1, 5)},
    **{f"eq/{bell}/q": (0.5, 5.0) for bell in range(1, 5)},
    "dyn/thr": (-40.0, -5.0),
    "dyn/mgain": (0.5, 6.0),
    "dyn/knee": (1.0, 5.0),
    "dyn/attack": (1.0, 100.0),
    "dyn/hold": (1.0, 500.0),
    "dyn/release": (20.0, 500.0),
    "dyn/mix": (10.0, 90.0),
}
"""What the user has turned on each channel, somewhere between these."""


class Console(SimulatedX32):
    """Counts what is set, and calls `on_written` after each."""

    written = 0
    on_written: Callable[[], None] = staticmethod(lambda: None)

    def _set(self, number, key, value, by):
        super()._set(number, key, value, by)
        if by is not None:
            self.written += 1
            self.on_written()


class ControlRoom(House):
    """A house whose DAW is a console of 32 channels."""

    async def build(self, extra: str = "", glide_s: float = 0.0) -> None:
        self.console = Console(NAMES, SystemClock())
        await self.console.start()
        chance = Random(32)
        for name in NAMES:
            self.console.hand_move(name, chance.uniform(0.3, 0.8))
            for key, (low, high) in TURNED.items():
                self.console.turn(name, key, chance.uniform(low, high))
        send = "{}:{}".format(*self.console.address)
        tables = [
            '[mix]\nname = "Song"\nstyle = "POP"',
            f'[daw]\nmapping = "x32"\nsend = "{send}"\nlisten = "127.0.0.1:0"\nglide_s = {glide_s}',
            '[control]\nosc = "127.0.0.1:0"\nhttp = "127.0.0.1:0"',
            f'[tonn]\nurl = "{self.sandbox.url}"\n{extra}',
        ]
        for place, name in enumerate(NAMES):
            stem = write_stem(self.folder / f"{name}.wav", 0.5, 80.0 * 1.15**place, pulse_hz=6.0)
            tables.append(f'[[track]]\nname = "{name}"\nfile = "{stem}"\ngroup = "SYNTH_GROUP"')
        (self.folder / "session.toml").write_text("\n".join(tables))

    async def tear_down(self) -> None:
        if self.pid is not None:
            await self.kill()
        await self.console.stop()

    def held(self) -> list[dict[str, object]]:
        """Everything that every channel holds, as the console keeps it."""
        return [dict(self.console.channel(name).stored) for name in NAMES]

    def kill_at(self, writes: int) -> None:
        """SIGKILL as soon as the console has been set so often from now on."""
        enough = self.console.written + writes

        def on_written() -> None:
            if self.console.written >= enough:
                del self.console.on_written
                os.kill(self.pid, signal.SIGKILL)

        self.console.on_written = on_written


@pytest.mark.parametrize("writes", [40, 350, 600])
async def test_the_users_own_values_come_back_exactly(tmp_path, service, nursery, writes):
    house = ControlRoom(tmp_path, service, nursery)
    await house.build()
    try:
        await house.start()
        await house.press("preview")
        before = house.held()
        house.kill_at(writes)
        assert await house.press("apply") is None
        await house.killed()
        assert house.held() != before

        await house.start()
        await house.rests()
        await house.press("revert")
        assert house.held() == before
    finally:
        await house.tear_down()
