"""Learning the law of a simulated host by moving one of its faders, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.peers.mcu_host import Habits, McuHost, db_law
from tonn_bridge.core import Gain
from tonn_bridge.core.laws import ArdourLaw, ReaperLaw
from tonn_bridge.errors import PortError
from tonn_bridge.learning.law import LawLesson, LearntFader
from tonn_bridge.links.device import Row, wanted_ports
from tonn_bridge.mapping.device import DeviceFile
from tonn_bridge.ports.midi.memory import memory_midi

FILE: dict[str, Any] = {
    "role": "device",
    "name": "Simulated",
    "source": "tests/peers/mcu_host.py",
    "protocol": "mackie",
    "units": {"most": 1},
    "fader": {"touch": True, "text_row": 1},
    "names": {"characters": 6},
    "echo": {"form": "same"},
}


@asynccontextmanager
async def lesson(host: McuHost, clock: FakeClock) -> AsyncIterator[LawLesson]:
    midi, mapping = memory_midi(), DeviceFile.model_validate(FILE)
    row = Row(mapping, 1, lambda _, __: None)
    lesson = LawLesson(mapping, row, clock)
    row.open(midi, wanted_ports(1), lesson)
    host.start(midi)
    yield lesson
    row.close()


async def learnt(host: McuHost, clock: FakeClock, strip: int = 0) -> LearntFader:
    async with lesson(host, clock) as teacher:
        meeting = asyncio.create_task(teacher.meet())
        await clock.run(4.0)
        assert meeting.done()
        learning = asyncio.create_task(teacher.learn(strip))
        while not learning.done():
            await clock.run(1.0, step=0.02)
        return learning.result()


LAWS = {
    "one-of-its-own": db_law,
    "ardour": lambda position: ArdourLaw().gain(position).db,
    "reaper": lambda position: ReaperLaw().gain(position).db,
    "a-line-with-a-knee": lambda p: -60.0 + 100.0 * p if p < 0.5 else -10.0 + 40.0 * (p - 0.5),
}


@pytest.mark.parametrize("law", LAWS)
async def test_the_law_is_found_within_what_is_printed_and_the_fader_put_back(law: str) -> None:
    clock = FakeClock()
    host = McuHost(["Kick", "Bass"], clock, law=LAWS[law], habits=Habits(ignores_touchless=True))
    host.track("Bass").fader = 11_111
    found = await learnt(host, clock, strip=1)
    off = [
        abs(found.law.gain(place / 1000).db - LAWS[law](place / 1000))
        for place in range(1, 1001)
        if LAWS[law](place / 1000) >= -60.0
    ]
    assert max(off) < 0.1
    assert found.error_db < 0.15
    assert len(found.marks) < 140
    assert host.track("Bass").fader == 11_111
    assert host.track("Kick").fader == 12_000
    touches = [message for message in host.heard if message[0] == 0x90]
    assert touches == [b"\x90\x69\x7f", b"\x90\x69\x00"]


async def test_a_host_that_prints_nothing_is_told_of_and_its_fader_put_back() -> None:
    clock = FakeClock()
    host = McuHost(["Kick"], clock, habits=Habits(prints=False))
    with pytest.raises(PortError, match="prints no dB"):
        await learnt(host, clock)
    assert host.track("Kick").fader == 12_000


async def test_a_lesson_that_is_broken_off_puts_the_fader_back() -> None:
    clock = FakeClock()
    host = McuHost(["Kick"], clock)
    async with lesson(host, clock) as teacher:
        meeting = asyncio.create_task(teacher.meet())
        await clock.run(2.0)
        assert meeting.result() == {0: "Kick"}
        learning = asyncio.create_task(teacher.learn(0))
        await clock.run(1.0)
        assert host.track("Kick").fader != 12_000
        learning.cancel()
        await clock.run(0.1)
        assert host.track("Kick").fader == 12_000


async def test_it_waits_for_a_host_that_waits_for_the_unit() -> None:
    clock = FakeClock()
    host = McuHost(["Kick", "", "Bass"], clock, habits=Habits(waits_for_power_up=True))
    async with lesson(host, clock) as teacher:
        meeting = asyncio.create_task(teacher.meet())
        await clock.run(3.0)
        assert meeting.result() == {0: "Kick", 2: "Bass"}


def test_gain_of_the_simulated_host_is_no_law_we_ship() -> None:
    assert abs(db_law(0.5) - ReaperLaw().gain(0.5).db) > 1.0
    assert abs(db_law(0.5) - ArdourLaw().gain(0.5).db) > 1.0
    assert Gain(db_law(1.0)).db == 12.0
