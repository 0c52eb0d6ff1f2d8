"""The link to a DAW that sees a Mackie Control in us, against a simulated one, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.peers.mcu_host import Habits, McuHost, db_law
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.laws import TableLaw
from tonn_bridge.links import Traffic
from tonn_bridge.links.device import DeviceLink, wanted_ports
from tonn_bridge.mapping.device import DeviceFile
from tonn_bridge.ports.midi.memory import MemoryMidi, memory_midi

GAIN, PAN, MUTE = Param.GAIN, Param.PAN, Param.MUTE

FILE: dict[str, Any] = {
    "role": "device",
    "name": "Simulated",
    "source": "tests/peers/mcu_host.py",
    "protocol": "mackie",
    "units": {"most": 4},
    "fader": {"touch": False, "text_row": 1, "text_step_db": 0.1},
    "pan": {
        "step": 2 / 63,
        "exact": True,
        "ring": "nearest",
        "text": "balance",
        "fine": {"button": "shift", "step": 2 / 255},
    },
    "names": {"characters": 6},
    "echo": {"form": "same", "late_s": 0.3},
}
LAW = TableLaw(((0.0, -78.0), *((step / 256, db_law(step / 256)) for step in range(1, 257))))


def some(count: int) -> list[str]:
    return [f"Track-{number:02}x"[-7:] for number in range(1, count + 1)]


@dataclass
class Listener:
    """Notes what the link tells the mixer, in order."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    def daw_read(self, number: int, param: Param, wire: float) -> None:
        self.told.append(("read", number, param, wire))

    def daw_confirmed(self, number: int, param: Param, wire: float, tolerance: float) -> None:
        self.told.append(("confirmed", number, param, wire, tolerance))

    def daw_sent(self, number: int, param: Param, wire: float) -> None:
        self.told.append(("sent", number, param, wire))

    def daw_bound(self, places: Mapping[int, int], readings: Mapping[int, dict[Param, float]], *, fresh: bool) -> None:
        self.told.append(("bound", dict(places), {n: dict(values) for n, values in readings.items()}, fresh))

    def daw_lost(self) -> None:
        self.told.append(("lost",))

    def take(self) -> list[tuple[Any, ...]]:
        told, self.told = self.told, []
        return told


@dataclass
class Rig:
    """A link that has been started, its peer, and who is told."""

    clock: FakeClock
    midi: MemoryMidi
    host: McuHost
    link: DeviceLink
    mixer: Listener

    async def run(self, seconds: float) -> list[tuple[Any, ...]]:
        """Let time pass; what the mixer has been told meanwhile."""
        await self.clock.run(seconds)
        return self.mixer.take()

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.link.describe())


@asynccontextmanager
async def linked(
    names: Sequence[str],
    *,
    units: int | None = None,
    habits: Habits | None = None,
    wanted: Sequence[str] | None = None,
    started: bool = True,
    **changes: Any,
) -> AsyncIterator[Rig]:
    """A link to a DAW with tracks of these names; the session has those that are `wanted`, all unless said."""
    clock, mixer, midi = FakeClock(), Listener(), memory_midi()
    mapping = DeviceFile.model_validate(FILE | changes)
    tracks = [TrackSpec(number, name) for number, name in enumerate(wanted or names, 1)]
    soon = asyncio.get_running_loop().call_soon
    link = DeviceLink(mapping, "simulated", tracks, clock, soon, Traffic(clock), lambda: None, law=LAW, units=units)
    host = McuHost(names, clock, units=link.units, habits=habits)
    link.start(midi, wanted_ports(link.units), mixer)
    if started:
        host.start(midi)
    yield Rig(clock, midi, host, link, mixer)
    link.stop()


NAMES = ("Kick", "Bass", "Pad")


async def test_it_reads_what_the_units_show_and_says_who_stands_where() -> None:
    async with linked(NAMES) as rig:
        rig.host.track("Bass").fader = 9000
        rig.host.track("Pad").muted = True
        told = await rig.run(3.0)
        assert told == [
            (
                "bound",
                {1: 1, 2: 2, 3: 3},
                {
                    1: {GAIN: 12_000.0, MUTE: 0.0, PAN: pytest.approx(0.0)},
                    2: {GAIN: 9_000.0, MUTE: 0.0, PAN: pytest.approx(0.0)},
                    3: {GAIN: 12_000.0, MUTE: 1.0, PAN: pytest.approx(0.0)},
                },
                True,
            )
        ]
        assert rig.state["connected"]
        assert rig.state["problems"] == []


async def test_a_written_fader_moves_in_the_daw_and_its_echo_is_read_at_once() -> None:
    async with linked(NAMES) as rig:
        await rig.run(3.0)
        wire = rig.link.scale(GAIN).wire_of(-6.0)
        rig.link.put(2, GAIN, wire)
        told = await rig.run(0.03)
        assert told[:2] == [("sent", 2, GAIN, wire), ("read", 2, GAIN, wire)]
        assert rig.host.db("Bass") == pytest.approx(-6.0, abs=0.01)
        assert told[2][:3] == ("confirmed", 2, GAIN)
        assert abs(told[2][3] - wire) <= told[2][4]


async def test_a_hand_in_the_daw_is_read_and_a_mute_too() -> None:
    async with linked(NAMES) as rig:
        await rig.run(3.0)
        rig.host.hand_move("Kick", 10_000)
        assert ("read", 1, GAIN, 10_000.0) in await rig.run(0.1)
        rig.host.mute("Pad", True)
        assert ("read", 3, MUTE, 1.0) in await rig.run(0.1)
        rig.host.hand_move("Kick", 0)
        assert ("read", 1, GAIN, 0.0) in await rig.run(0.1)


@pytest.mark.parametrize("goal", [-1.0, -0.437, 0.0, 0.05, 0.333, 0.98])
@pytest.mark.parametrize("start", [0.0, 0.7])
async def test_a_pan_is_turned_until_the_daw_shows_it_where_it_shall_be(start: float, goal: float) -> None:
    async with linked(NAMES) as rig:
        rig.host.track("Bass").pan = start
        await rig.run(3.0)
        scale = rig.link.scale(PAN)
        rig.link.put(2, PAN, scale.wire_of(goal))
        told = await rig.run(2.0)
        assert rig.host.track("Bass").pan == pytest.approx(goal, abs=0.015)
        assert told[0] == ("sent", 2, PAN, scale.wire_of(goal))
        assert [what for what, *_ in told[1:]] == ["confirmed"]
        assert abs(told[1][3] - goal) <= told[1][4] <= 0.05


async def test_a_pan_of_another_hand_is_read_from_the_display() -> None:
    async with linked(NAMES) as rig:
        await rig.run(3.0)
        rig.host.hand_pan("Pad", -0.4)
        assert await rig.run(0.5) == [("read", 3, PAN, pytest.approx(-0.4, abs=0.011))]
        rig.host.hand_pan("Pad", -0.36)
        assert await rig.run(0.5) == [("read", 3, PAN, pytest.approx(-0.36, abs=0.011))]


async def test_without_words_a_pan_is_known_as_well_as_its_ring_and_our_own_turns_tell() -> None:
    ring_only = {"step": 2 / 63, "exact": True, "ring": "nearest"}
    async with linked(NAMES, habits=Habits(prints=False), pan=ring_only) as rig:
        rig.host.track("Bass").pan = 0.31
        await rig.run(3.0)
        for goal in (-0.5, 0.62, -1.0, 0.25):
            rig.link.put(2, PAN, rig.link.scale(PAN).wire_of(goal))
            await rig.run(2.0)
            assert rig.host.track("Bass").pan == pytest.approx(goal, abs=0.1)
        # An end of the travel says exactly where it is: from there on our own ticks are all that is needed.
        assert rig.host.track("Bass").pan == pytest.approx(0.25, abs=2 / 63 / 2 + 0.001)


@pytest.mark.parametrize(("count", "units"), [(9, 1), (20, 1), (20, 2), (20, 3), (32, 4), (31, 4)])
@pytest.mark.parametrize("full", [False, True], ids=["last-bank-as-it-comes", "last-bank-kept-full"])
async def test_every_track_is_found_and_set_wherever_its_bank_is(count: int, units: int, full: bool) -> None:
    names = some(count)
    async with linked(names, units=units, habits=Habits(keeps_last_bank_full=full)) as rig:
        for number, track in enumerate(rig.host.tracks):
            track.fader = 8000 + 100 * number
        told = await rig.run(6.0)
        assert told[0][0] == "bound"
        assert told[0][1] == {number: number for number in range(1, count + 1)}
        assert {number: values[GAIN] for number, values in told[0][2].items()} == {
            number: 7900.0 + 100 * number for number in range(1, count + 1)
        }
        assert rig.state["problems"] == []
        for number in range(1, count + 1):
            rig.link.put(number, GAIN, 5000.0 + number)
            rig.link.put(number, PAN, rig.link.scale(PAN).wire_of(number / 40))
        told = await rig.run(8.0)
        assert [track.fader for track in rig.host.tracks] == [5000 + number for number in range(1, count + 1)]
        assert [track.pan for track in rig.host.tracks] == [
            pytest.approx(number / 40, abs=0.015) for number in range(1, count + 1)
        ]
        assert {number for what, number, param, *_ in told if what == "read" and param is GAIN} == set(
            range(1, count + 1)
        )
        assert not any(what == "read" and param is PAN for what, _, param, *_ in told)


async def test_what_a_hand_does_out_of_sight_is_read_when_its_bank_comes_by() -> None:
    async with linked(some(20), units=1) as rig:
        await rig.run(8.0)
        rig.host.hand_move(rig.host.tracks[0].name, 4000)
        rig.host.hand_move(rig.host.tracks[18].name, 4001)
        rig.host.hand_pan(rig.host.tracks[10].name, -0.5)
        told = await rig.run(12.0)
        assert {tuple(each[1:3]) for each in told} == {(1, GAIN), (19, GAIN), (11, PAN)}


async def test_a_session_in_one_window_of_a_bigger_daw_is_stood_at() -> None:
    names = some(20)
    async with linked(names, units=1, wanted=names[10:15]) as rig:
        told = await rig.run(6.0)
        assert told[0][1] == {number: number + 10 for number in range(1, 6)}
        offset = rig.host.offset
        await rig.run(8.0)
        assert rig.host.offset == offset
        rig.link.put(1, GAIN, 6000.0)
        assert ("read", 1, GAIN, 6000.0) in await rig.run(0.1)


async def test_the_window_steps_between_banks_where_that_shows_all_tracks_at_once() -> None:
    names = some(20)
    async with linked(names, units=1, wanted=names[5:12]) as rig:
        await rig.run(6.0)
        assert rig.host.offset == 5
        rig.link.put(7, GAIN, 6000.0)
        assert ("read", 7, GAIN, 6000.0) in await rig.run(0.1)
        assert rig.host.tracks[11].fader == 6000


async def test_a_track_that_comes_above_takes_nobodys_place() -> None:
    async with linked(NAMES) as rig:
        rig.host.track("Bass").fader = 9000
        await rig.run(3.0)
        rig.host.insert(1, "Claps")
        rig.host.tracks[1].fader = 0
        told = await rig.run(2.0)
        assert [each[0] for each in told] == ["bound"]
        assert told[0][1] == {1: 1, 2: 3, 3: 4}
        assert told[0][2][2][GAIN] == 9000.0
        assert not told[0][3]
        rig.host.remove("Claps")
        told = await rig.run(2.0)
        assert [each[0] for each in told] == ["bound"]
        assert told[0][1] == {1: 1, 2: 2, 3: 3}


async def test_a_track_that_goes_is_no_fader_that_was_pulled_down() -> None:
    async with linked(NAMES) as rig:
        await rig.run(3.0)
        rig.host.remove("Pad")
        told = await rig.run(2.0)
        assert [each[0] for each in told] == ["bound"]
        assert told[0][1] == {1: 1, 2: 2}
        assert "Pad" in rig.state["problems"][0]


@pytest.mark.parametrize("reset", [True, False], ids=["it-says-goodbye", "its-port-goes"])
async def test_a_daw_that_goes_and_comes_back_is_found_again(reset: bool) -> None:
    async with linked(NAMES, habits=Habits(timecode_every_s=1.0), presence={"silent_s": 2.5}) as rig:
        assert [what for what, *_ in await rig.run(6.0)] == ["bound"]
        rig.host.close(reset=reset)
        told = await rig.run(5.0)
        assert told == [("lost",)]
        assert not rig.state["connected"]
        rig.host.start(rig.midi)
        assert [what for what, *_ in await rig.run(1.5)] == ["bound"]


async def test_a_daw_that_waits_for_the_unit_to_be_switched_on_is_told_so() -> None:
    async with linked(NAMES, habits=Habits(waits_for_power_up=True)) as rig:
        assert [what for what, *_ in await rig.run(4.0)] == ["bound"]


async def test_a_daw_that_takes_us_for_a_unit_that_knows_everything_is_made_to_tell_it_again() -> None:
    async with linked(NAMES) as rig:
        for place, track in enumerate(rig.host.tracks):
            track.fader = 9000 + place
        await rig.run(3.0)
        rig.link._row.panel.clear()  # as a bridge that was started anew knows nothing
        rig.link._lose("the bridge was started anew")
        rig.mixer.take()
        told = await rig.run(12.0)
        assert [what for what, *_ in told] == ["bound"]
        assert {number: values[GAIN] for number, values in told[0][2].items()} == {1: 9000.0, 2: 9001.0, 3: 9002.0}


async def test_where_touch_is_wanted_a_fader_is_held_while_it_moves_and_let_go_after() -> None:
    fader = {"touch": True, "text_row": 1}
    async with linked(NAMES, habits=Habits(ignores_touchless=True), fader=fader) as rig:
        await rig.run(3.0)
        rig.host.heard.clear()
        for step in range(10):
            rig.link.put(2, GAIN, 9000.0 + step)
            await rig.run(0.03)
        await rig.run(0.5)
        assert rig.host.track("Bass").fader == 9009
        touches = [message for message in rig.host.heard if message[:2] == bytes([0x90, 0x69])]
        assert touches == [bytes([0x90, 0x69, 0x7F]), bytes([0x90, 0x69, 0x00])]


async def test_a_daw_that_never_echoes_confirms_by_what_it_prints() -> None:
    async with linked(NAMES, habits=Habits(echoes=False), echo={"form": "none", "late_s": 0.3}) as rig:
        await rig.run(3.0)
        wire = rig.link.scale(GAIN).wire_of(-7.3)
        rig.link.put(1, GAIN, wire)
        told = await rig.run(0.5)
        assert [each[:3] for each in told] == [("sent", 1, GAIN), ("confirmed", 1, GAIN)]
        assert abs(told[1][3] - wire) <= told[1][4]
        assert rig.host.db("Kick") == pytest.approx(-7.3, abs=0.01)


async def test_a_law_that_is_not_the_daws_is_noticed_by_what_it_prints() -> None:
    async with linked(NAMES) as rig:
        rig.host.law = lambda position: 40.0 * position - 34.0
        await rig.run(3.0)
        for wire in (9000.0, 10_000.0, 11_000.0):
            assert rig.state["problems"] == []
            rig.link.put(1, GAIN, wire)
            await rig.run(0.5)
        assert "tonn-bridge learn law" in rig.state["problems"][0]


async def test_shortened_names_are_known_for_the_ones_they_stand_for() -> None:
    short = {"BackingVox": "BckngV", "Lead Vox": "Lead V", "DrumBus": "DrumBs", "": "  01  "}
    names = ["BackingVox", "Lead Vox", "DrumBus"]
    async with linked(["", *names], wanted=names, habits=Habits(shorten=lambda name: short[name])) as rig:
        told = await rig.run(3.0)
        assert told[0][1] == {1: 2, 2: 3, 3: 4}
        assert rig.state["problems"] == []
