"""Learning dials from texts: one that is slow, coarse, stepped, silent, wandering, or that goes away in the middle."""

import asyncio
import itertools
import math
from collections.abc import Callable

import pytest

from tests.clock import FakeClock
from tonn_bridge.core.dial_marks import AIM, apart
from tonn_bridge.core.dials import LineDial, LogDial, Unit
from tonn_bridge.errors import PortError
from tonn_bridge.learning.dial import CHECKS, MOST_TEXTS, CheckedDial, DialLesson, FoundDial, Sweep
from tonn_bridge.mapping.plugins.events import ParamId

FREQ_HZ = Sweep(Unit.HZ, (0.0, 1.0), (20.0, 20_000.0))


def live_freq_hz(wire: float) -> float:
    return float(10.0 * 2200.0**wire)


def hertz(shown: float) -> str:
    return f"{shown:.1f} Hz" if shown < 1000.0 else f"{shown / 1000.0:.2f} kHz"


class Knob:
    """A parameter of a plug-in: it obeys after `late_s` and shows what `text` makes of its law."""

    def __init__(
        self,
        clock: FakeClock,
        law: Callable[[float], float] = live_freq_hz,
        text: Callable[[float], str | None] = hertz,
        late_s: float = 0.0,
    ) -> None:
        self.clock = clock
        self.law = law
        self.writes = text
        self.late_s = late_s
        self.wire = 0.25
        self.puts: list[float] = []
        self.steps: int | None = None
        self.gone_after: int | None = None
        self.obeys = True
        self.tells_wire = True

    async def put(self, param: ParamId, wire: float) -> None:
        self.puts.append(wire)
        place = wire if self.steps is None else round(wire * self.steps) / self.steps
        if self.obeys and not self._gone:
            self.clock.call_later(self.late_s, lambda: setattr(self, "wire", place))

    async def read(self, param: ParamId) -> float | None:
        self._check()
        return self.wire if self.tells_wire else None

    async def text(self, param: ParamId) -> str | None:
        self._check()
        return self.writes(self.law(self.wire))

    @property
    def _gone(self) -> bool:
        return self.gone_after is not None and len(self.puts) > self.gone_after

    def _check(self) -> None:
        if self._gone:
            raise PortError("the DAW has gone")


class Room:
    """A lesson on one knob, on a clock that is moved."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.said: list[str] = []

    def lesson(self, knob: Knob, sweep: Sweep = FREQ_HZ) -> DialLesson:
        return DialLesson(sweep, knob, 1, self.clock, self.said.append)

    async def learnt(self, knob: Knob, sweep: Sweep = FREQ_HZ) -> FoundDial:
        return await self.ended(asyncio.create_task(self.lesson(knob, sweep).learn()))

    async def ended(self, task: "asyncio.Task[FoundDial]") -> FoundDial:
        async with asyncio.timeout(20):
            while not task.done():
                await self.clock.run(0.2, step=0.02)
        return task.result()


@pytest.fixture
def room() -> Room:
    return Room()


def worst(found: FoundDial, law: Callable[[float], float], sweep: Sweep) -> float:
    low, high = sweep.wires
    wires = [low + (high - low) * place / 400 for place in range(401)]
    used = [wire for wire in wires if sweep.span[0] <= law(wire) <= sweep.span[1]]
    return max(apart(sweep.unit, found.law.shown(wire), law(wire)) for wire in used)


@pytest.mark.parametrize("late_s", [0.0, 0.1, 0.35, 0.9])
async def test_a_law_is_found_however_late_the_daw_answers_and_the_dial_stands_where_it_stood(
    room: Room, late_s: float
) -> None:
    knob = Knob(room.clock, late_s=late_s)
    found = await room.learnt(knob)
    assert worst(found, live_freq_hz, FREQ_HZ) <= AIM[Unit.HZ]
    assert found.error <= AIM[Unit.HZ]
    assert found.texts <= 30
    assert knob.wire == 0.25
    assert room.said == []


async def test_a_compressor_s_dials_that_end_in_infinities(room: Room) -> None:
    threshold = Sweep(Unit.DB, (0.0, 1.0), (-60.0, 0.0))
    ratio = Sweep(Unit.RATIO, (0.0, 1.0), (1.0, 20.0))
    laws = (
        (threshold, lambda n: 20.0 * math.log10(2.0 * n) if n else -math.inf, lambda v: f"{v:.1f} dB"),
        (ratio, lambda n: 1.0 / (1.0 - n) if n < 1.0 else math.inf, lambda v: f"{v:.2f} : 1"),
    )
    for sweep, law, text in laws:
        found = await room.learnt(Knob(room.clock, law, text), sweep)
        assert worst(found, law, sweep) <= AIM[sweep.unit]
        assert found.texts <= MOST_TEXTS
        assert found.error <= AIM[sweep.unit]


async def test_a_dial_that_falls_on_another_wire(room: Room) -> None:
    sweep = Sweep(Unit.Q, (-10.0, 10.0), (0.1, 10.0))
    knob = Knob(room.clock, lambda wire: 10.0 * 0.01 ** ((wire + 10.0) / 20.0), lambda v: f"{v:.3f}")
    found = await room.learnt(knob, sweep)
    assert worst(found, knob.law, sweep) <= AIM[Unit.Q]


async def test_a_coarse_text_is_learnt_as_well_as_it_can_be_and_its_coarseness_told(room: Room) -> None:
    sweep = Sweep(Unit.MS, (0.0, 1.0), (1.0, 100.0))
    found = await room.learnt(Knob(room.clock, lambda n: 100.0**n, lambda v: f"{v:.0f} ms"), sweep)
    assert found.coarse == pytest.approx(0.5)
    assert worst(found, lambda n: 100.0**n, sweep) <= found.coarse
    assert AIM[Unit.MS] < found.error <= 2.0 * found.coarse


async def test_the_wire_that_a_stepped_dial_really_took_counts(room: Room) -> None:
    knob = Knob(room.clock)
    knob.steps, knob.wire = 127, 100 / 127
    found = await room.learnt(knob)
    assert all(any(abs(wire * 127 - step) < 1e-6 for step in range(128)) for wire, _ in found.law.points[1:-1])
    assert worst(found, live_freq_hz, FREQ_HZ) <= AIM[Unit.HZ]
    assert knob.wire == 100 / 127


async def test_steps_are_found_and_how_far_off_what_lies_between_them_is(room: Room) -> None:
    steps = (1.0, 2.0, 4.0, 8.0, 20.0)
    knob = Knob(room.clock, lambda n: steps[min(int(n * 5), 4)], lambda v: f"{v:.1f} : 1")
    found = await room.learnt(knob, Sweep(Unit.RATIO, (0.0, 1.0), (1.0, 20.0)))
    assert found.error > 0.2
    assert found.texts <= MOST_TEXTS
    for shown in steps:
        assert knob.law(found.law.wire(shown)) == shown


async def test_a_bend_that_no_even_place_sees_is_found_by_the_checks(room: Room) -> None:
    sweep = Sweep(Unit.DB, (0.0, 1.0), (-15.0, 15.0))

    def law(n: float) -> float:
        hidden = 0.28 * math.sin(32.0 * math.pi * n) if 9 / 16 < n < 10 / 16 else 0.0
        return -15.0 + 30.0 * n + hidden

    found = await room.learnt(Knob(room.clock, law, lambda v: f"{v:.2f} dB"), sweep)
    assert found.texts > 17 + CHECKS
    assert worst(found, law, sweep) <= AIM[Unit.DB]
    assert found.error <= AIM[Unit.DB]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(lambda _: "Bell", 'shows "Bell", which is no number in hz', id="words"),
        pytest.param(lambda _: "120 Hz", 'shows "120 Hz" wherever it is turned', id="the-same-for-ever"),
        pytest.param(lambda _: None, "writes nothing beside this dial", id="nothing"),
    ],
)
async def test_what_makes_no_law_is_said_and_the_dial_put_back(
    room: Room, text: Callable[[float], str | None], words: str
) -> None:
    knob = Knob(room.clock, text=text)
    with pytest.raises(PortError, match=words):
        await room.learnt(knob)
    assert knob.wire == 0.25


async def test_a_text_that_never_stands_still(room: Room) -> None:
    count = itertools.count()
    knob = Knob(room.clock, text=lambda shown: hertz(shown + next(count)))
    with pytest.raises(PortError, match="does not stand still"):
        await room.learnt(knob)
    assert knob.wire == 0.25


async def test_a_place_without_a_number_among_others_makes_no_law(room: Room) -> None:
    knob = Knob(room.clock)
    knob.writes = lambda shown: "Auto" if 600.0 < shown < 3000.0 else hertz(shown)
    with pytest.raises(PortError, match='shows "Auto", which is no number in hz'):
        await room.learnt(knob)


async def test_one_wrong_answer_is_looked_at_again(room: Room) -> None:
    knob = Knob(room.clock)
    honest, lies = knob.writes, iter(["20.0 Hz"] * 2)
    knob.writes = lambda shown: next(lies, honest(shown)) if len(knob.puts) == 9 else honest(shown)
    found = await room.learnt(knob)
    assert worst(found, live_freq_hz, FREQ_HZ) <= AIM[Unit.HZ]


async def test_values_that_wander_are_no_law(room: Room) -> None:
    knob = Knob(room.clock)
    knob.writes = lambda shown: hertz(shown * (3.0 if len(knob.puts) % 2 else 1.0))
    with pytest.raises(PortError, match="something else turns it as well"):
        await room.learnt(knob)
    assert knob.wire == 0.25


async def test_where_the_dial_stands_has_to_be_known_before_it_is_touched(room: Room) -> None:
    knob = Knob(room.clock)
    knob.tells_wire = False
    with pytest.raises(PortError, match="has not told where this dial stands"):
        await room.learnt(knob)
    assert knob.puts == []


async def test_a_lesson_that_is_broken_off_puts_the_dial_back(room: Room) -> None:
    knob = Knob(room.clock, late_s=0.1)
    task = asyncio.create_task(room.lesson(knob).learn())
    await room.clock.run(1.5, step=0.02)
    assert knob.wire != 0.25
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await room.ended(task)
    assert knob.wire == 0.25
    assert room.said == []


async def test_a_daw_that_goes_in_the_middle_is_told_of_and_what_it_left_unrestored(room: Room) -> None:
    knob = Knob(room.clock)
    knob.gone_after = 5
    with pytest.raises(PortError, match="the DAW has gone"):
        await room.learnt(knob)
    assert any('it stood at 0.25 and showed "68.5 Hz"' in line for line in room.said)


async def test_a_dial_that_will_not_go_back_is_tried_again_and_then_told_of(room: Room) -> None:
    knob = Knob(room.clock)
    task = asyncio.create_task(room.lesson(knob).learn())
    await room.clock.run(1.5, step=0.02)
    knob.obeys = False
    with pytest.raises(PortError, match="goes up and down"):
        await room.ended(task)
    assert knob.puts[-3:] == [0.25] * 3
    assert any("could not be put back" in line for line in room.said)


async def test_a_known_law_is_checked_at_a_few_places(room: Room) -> None:
    async def checked(law: LogDial | LineDial) -> CheckedDial:
        task = asyncio.create_task(room.lesson(knob).check(law, 9))
        async with asyncio.timeout(20):
            while not task.done():
                await room.clock.run(0.2, step=0.02)
        return task.result()

    knob = Knob(room.clock)
    right = await checked(LogDial(10.0, 22_000.0))
    assert right.error < 0.006
    assert right.texts == 9
    wrong = await checked(LogDial(20.0, 20_000.0))
    assert 0.2 < wrong.error < 1.0
    knob.law = lambda wire: 30_000.0 + wire  # nothing of what is shown is in use
    assert (await checked(LogDial(10.0, 22_000.0))).error > 0.3
    knob.writes = lambda shown: "Off" if len(knob.puts) % 2 else hertz(shown)
    assert (await checked(LogDial(10.0, 22_000.0))).error == math.inf
    assert knob.wire == 0.25
