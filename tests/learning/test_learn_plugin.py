"""Learning all dials of a plug-in, and checking the laws that are known."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pytest

from tests.clock import FakeClock
from tests.peers import live_devices as live
from tonn_bridge.core.dial_marks import AIM, EVERYWHERE, apart
from tonn_bridge.core.dials import DialLaw, LineDial, Unit
from tonn_bridge.errors import PortError
from tonn_bridge.learning.dial import FoundDial, Sweep
from tonn_bridge.learning.plugin import PlugInLesson, amount_text, shown_text, sweep_of
from tonn_bridge.mapping.plugins.compiled import RawDial
from tonn_bridge.mapping.plugins.events import ParamId

Given = TypeVar("Given")


def raw(param: str, unit: Unit, law: DialLaw | None = None, ends: tuple[float, float] = (0.0, 1.0)) -> RawDial:
    return RawDial(param, unit, law, ends, whole=False)


EQ_DIALS = {
    "freq": raw("1 Frequency A", Unit.HZ),
    "gain": raw("1 Gain A", Unit.DB, LineDial(-15.0, 15.0, 1.0), (-15.0, 15.0)),
    "q": raw("1 Resonance A", Unit.Q),
}
COMP_DIALS = {
    "threshold": raw("Threshold", Unit.DB),
    "ratio": raw("Ratio", Unit.RATIO),
    "attack": raw("Attack", Unit.MS),
    "release": raw("Release", Unit.MS),
}


@dataclass
class Device:
    """A simulated device of Live behind a probe."""

    device: live.LiveDevice
    dials: Mapping[str, RawDial]
    tells_text: bool = True

    @property
    def title(self) -> str:
        return self.device.name

    async def put(self, param: ParamId, wire: float) -> None:
        self.device.parameter(str(param)).set(wire)

    async def read(self, param: ParamId) -> float | None:
        known = {parameter.name: parameter.value for parameter in self.device.parameters}
        return known.get(str(param))

    async def text(self, param: ParamId) -> str | None:
        return self.device.parameter(str(param)).value_string if self.tells_text else None


@dataclass
class Room:
    """Lessons on a device, on a clock that is moved, and what was said."""

    clock: FakeClock = field(default_factory=FakeClock)
    said: list[str] = field(default_factory=list)

    def lesson(
        self,
        device: live.LiveDevice,
        dials: Mapping[str, RawDial],
        bells: Mapping[str, str] | None = None,
        *,
        tells_text: bool = True,
    ) -> PlugInLesson:
        return PlugInLesson(Device(device, dials, tells_text), bells or {}, self.clock, self.said.append)

    async def given(self, lesson: Awaitable[Given]) -> Given:
        task = asyncio.ensure_future(lesson)
        async with asyncio.timeout(20):
            while not task.done():
                await self.clock.run(0.4, step=0.04)
        return task.result()


@pytest.fixture
def room() -> Room:
    return Room()


def worst(found: FoundDial, law: Callable[[float], float], sweep: Sweep) -> float:
    wires = [place / 300 for place in range(301)]
    used = [wire for wire in wires if sweep.span[0] <= law(wire) <= sweep.span[1]]
    return max(apart(sweep.unit, found.law.shown(wire), law(wire)) for wire in used)


async def test_the_dials_of_an_equaliser_are_learnt_or_checked_and_put_back(room: Room) -> None:
    device = live.eq_eight()
    before = [parameter.value for parameter in device.parameters]
    lesson = room.lesson(device, EQ_DIALS, {"freq": "4 Frequency A", "q": "4 Resonance A"})
    found = await room.given(lesson.learn({"freq", "q"}))
    assert set(found) == {"freq", "q"}
    assert worst(found["freq"], live.eq_hz, sweep_of("freq", EQ_DIALS["freq"])) <= AIM[Unit.HZ]
    assert worst(found["q"], live.eq_q, Sweep(Unit.Q, (0.0, 1.0), (0.5, 10.0))) <= AIM[Unit.Q]
    assert [parameter.value for parameter in device.parameters] == before
    assert [line.partition(":")[0] for line in room.said] == ["freq", "gain", "q"]


async def test_the_dials_of_a_compressor_are_learnt(room: Room) -> None:
    device = live.compressor()
    found = await room.given(room.lesson(device, COMP_DIALS).learn(COMP_DIALS))
    laws = {
        "threshold": live.comp_db,
        "ratio": live.comp_ratio,
        "attack": live.comp_attack_ms,
        "release": live.comp_release_ms,
    }
    for key, law in laws.items():
        sweep = sweep_of(key, COMP_DIALS[key])
        fine = replace(sweep, span=(max(sweep.span[0], 0.5), sweep.span[1])) if key == "attack" else sweep
        assert worst(found[key], law, fine) <= AIM[sweep.unit], key
        assert found[key].texts <= 60
    assert "its last digit hides 5 %" in room.said[2]  # 0.10 ms


async def test_a_bell_with_another_law_is_an_error_and_nothing_is_found(room: Room) -> None:
    device = live.eq_eight()
    device.parameter("4 Frequency A").shows = lambda wire: 20.0 * 1000.0**wire
    with pytest.raises(PortError, match=r"EQ Eight, freq: another bell is \d+ % off"):
        await room.given(room.lesson(device, EQ_DIALS, {"freq": "4 Frequency A"}).learn({"freq"}))


async def test_a_bell_that_this_equaliser_does_not_have_is_not_checked(room: Room) -> None:
    dials = {"q": EQ_DIALS["q"]}
    assert await room.given(room.lesson(live.eq_eight(), dials, {"q": "9 Resonance A"}).learn(dials))


async def test_a_known_law_that_does_not_hold_is_said_aloud(room: Room) -> None:
    device = live.eq_eight()
    dials = {"gain": raw("1 Gain A", Unit.DB, LineDial(-12.0, 12.0, 15.0), (0.0, 15.0))}
    await room.given(room.lesson(device, dials).check())
    assert "THAT IS TOO MUCH" in room.said[0]
    assert device.parameter("1 Gain A").value == 0.0


async def test_a_check_learns_nothing(room: Room) -> None:
    device = live.compressor()
    await room.given(room.lesson(device, COMP_DIALS).check())
    assert all("not known yet" in line for line in room.said)
    assert len(room.said) == 4


async def test_where_the_daw_writes_nothing_a_known_law_is_checked_by_nothing_and_no_other_learnt(room: Room) -> None:
    device = live.eq_eight()
    lesson = room.lesson(device, {"gain": EQ_DIALS["gain"], "freq": EQ_DIALS["freq"]}, tells_text=False)
    with pytest.raises(PortError, match="EQ Eight, freq: the DAW writes nothing"):
        await room.given(lesson.learn({"freq", "q"}))
    assert room.said == ["gain: known; nothing that the DAW writes could check it"]


async def test_what_goes_wrong_names_the_plug_in_and_the_dial(room: Room) -> None:
    device = live.eq_eight()
    dials = {"freq": raw("1 Filter On A", Unit.HZ)}
    with pytest.raises(PortError, match=r'EQ Eight, freq: the DAW shows "O(n|ff)", which is no number in hz'):
        await room.given(room.lesson(device, dials).learn(dials))


@pytest.mark.parametrize(
    ("key", "unit", "span"),
    [
        ("freq", Unit.HZ, (20.0, 20_000.0)),
        ("q", Unit.OCTAVES, (pytest.approx(0.1442, abs=1e-4), pytest.approx(6.6723, abs=1e-4))),
        ("attack", Unit.MS, (pytest.approx(0.1), pytest.approx(100.0))),
        ("trim", Unit.DB, EVERYWHERE),
    ],
)
def test_what_tonn_takes_is_what_a_law_has_to_hold_for(key: str, unit: Unit, span: tuple[float, float]) -> None:
    assert sweep_of(key, raw("any", unit)).span == span


def test_numbers_and_errors_in_words() -> None:
    assert shown_text(22_000.4, Unit.HZ) == "22000 Hz"
    assert shown_text(2.25, Unit.RATIO) == "2.25:1"
    assert amount_text(0.0512, Unit.DB) == "0.05 dB"
    assert amount_text(0.0034, Unit.HZ) == "0.34 %"
    assert amount_text(float("inf"), Unit.MS) == "everything"
