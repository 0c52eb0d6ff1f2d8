"""Bitwig's EQ+, learnt from its texts, set and read back through the real link over real sockets.

The judge is the simulated EQ+ itself: what its knobs truly stand for, which the bridge is never told but in words.
"""

import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from tests.clock import FakeClock
from tests.daemon import free_address
from tests.integration.plugin_rig import NAMES, PROPOSALS, Rig, linked
from tests.peers import bitwig
from tests.peers.bitwig import SimulatedBitwig
from tests.peers.bitwig_devices import BANDS, QUANTITIES, EqPlus
from tonn_bridge.core import EqBand
from tonn_bridge.core.plugins import Slot, place
from tonn_bridge.core.proposal import Proposal
from tonn_bridge.learning.plugin import PlugInLesson
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.mapping.plugins import LearntDial, LearntDials

SAMPLE = PROPOSALS[1]
AIMS = {"freq": 0.01, "gain": 0.1, "q": 0.02}
TOP = 16383
Standing = dict[str, list[object]]

_learnt: list[LearntDials] = []


@asynccontextmanager
async def studio(*equalised: str, selected: str = "Pad", learnt: Iterable[LearntDials] = ()) -> AsyncIterator[Rig]:
    """Bitwig with an EQ+ on the tracks `equalised`, and the link to it."""
    clock, feedback = FakeClock(), free_address()
    peer = SimulatedBitwig(NAMES, clock, feedback, page=4)
    for name in equalised:
        peer.insert(name, EqPlus())
    peer.hand_select(selected)
    await peer.start()
    async with linked(peer, DawMapping(load("bitwig"), list(learnt)), clock, feedback) as rig:
        yield rig
    await peer.stop()


@pytest.fixture
async def learnt() -> list[LearntDials]:
    """The laws of EQ+, learnt once for all tests."""
    if not _learnt:
        _learnt.append(await learn())
    return _learnt


async def learn() -> LearntDials:
    async with studio("Bass") as rig:
        before = standing(rig)

        async def lesson() -> dict[str, LearntDial]:
            async with rig.plugins.probe(2, Slot.EQ) as probe:
                assert probe is not None
                bells = {quantity: f"{quantity}/2" for quantity in QUANTITIES}
                found = await PlugInLesson(probe, bells, rig.clock, lambda text: None).learn(list(probe.dials))
                units = {key: dial.unit for key, dial in probe.dials.items()}
            return {
                key: LearntDial(unit=units[key], log=dial.law.log, points=dial.law.points)
                for key, dial in found.items()
            }

        dials = await rig.done(lesson())
        await rig.clock.run(0.5)
        assert standing(rig) == before, "it stands as it stood, and the user's track is selected"
    return LearntDials(mapping="bitwig", plugin="EQ+", learnt="today", dials=dials)


def standing(rig: Rig) -> Standing:
    """What truly stands in every EQ+, in Bitwig's numbers, and which track is selected."""
    found: Standing = {"selected": [rig.peer.selected.name]}
    for track in rig.peer.tracks:
        if track.eq is not None:
            knobs = [round(knob.at * TOP) for knob in track.eq.knobs]
            found[track.name] = [track.eq.bypassed, *track.eq.types, *knobs]
    return found


def as_set(rig: Rig, name: str, count: int) -> list[tuple[float, float, float]]:
    """Frequency, gain and Q of the first bands of a track, as they truly are."""
    eq = rig.peer.eq(name)
    return [tuple(eq.band(quantity, band).shown for quantity in ("freq", "gain", "q")) for band in range(1, count + 1)]


def assert_near(found: list[tuple[float, float, float]], bands: Iterable[EqBand]) -> None:
    for (freq_hz, gain_db, q), band in zip(found, bands, strict=True):
        assert abs(math.log(freq_hz / band.freq_hz)) <= AIMS["freq"], band
        assert abs(gain_db - band.gain_db) <= AIMS["gain"], band
        assert abs(math.log(q / band.q)) <= AIMS["q"], band


async def test_before_it_is_learnt_nothing_can_be_set_and_a_track_without_eq_says_how_to_get_one() -> None:
    async with studio("Kick", selected="Kick") as rig:
        looks = await rig.look()
    kick, bass = looks[1].outfit.serving[0], looks[2].outfit.serving[0]
    assert (kick.found, kick.problem) == (
        True,
        "EQ+: freq, gain, q must be learnt first: run `tonn-bridge learn plugin`",
    )
    assert (bass.found, bass.problem) == (
        False,
        "no EQ+ on this track. In Bitwig, select the track and add the device EQ+ behind its others.",
    )
    assert all(not look.outfit.knobs for look in looks.values())


async def test_that_there_is_no_way_to_a_compressor_is_said_on_each_track(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        looks = await rig.look()
    for look in looks.values():
        eq, comp = look.outfit.serving
        assert (eq.slot, eq.found, eq.problem) == (Slot.EQ, True, None)
        assert (comp.slot, comp.found) == (Slot.COMP, False)
        assert comp.problem is not None
        assert "no addresses for a compressor" in comp.problem


async def test_six_bands_stand_in_every_eq_and_are_read_back(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        placements = await rig.apply(dict.fromkeys((1, 2, 3), SAMPLE))
        looks = await rig.look()
        for number, name in enumerate(NAMES, 1):
            assert_near(as_set(rig, name, 6), SAMPLE.eq)
            assert (rig.peer.eq(name).types, rig.peer.eq(name).bypassed) == (["bell"] * BANDS, False)
            assert [rig.peer.eq(name).band("gain", band).shown for band in (7, 8)] == pytest.approx([0, 0], abs=0.05)
            look, placed = looks[number], placements[number]
            assert look.outfit.bells == BANDS
            assert placed.limits == ()
            for wanted in placed.wanted:
                assert look.wires[wanted.key] == placed.wires[wanted.key], wanted
        assert rig.peer.selected.name == "Pad", "the user's selection is back"


async def test_only_the_track_that_is_meant_is_set(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        before = standing(rig)
        await rig.apply({2: SAMPLE})
        assert_near(as_set(rig, "Bass", 6), SAMPLE.eq)
        assert {name: told for name, told in standing(rig).items() if name != "Bass"} == {
            name: told for name, told in before.items() if name != "Bass"
        }


@pytest.mark.parametrize("select_s", [0.0, 0.3], ids=["at-once", "after-a-while"])
async def test_however_late_a_selection_takes_effect(
    learnt: list[LearntDials], monkeypatch: pytest.MonkeyPatch, select_s: float
) -> None:
    monkeypatch.setattr(bitwig, "SELECT_S", select_s)
    async with studio(*NAMES, learnt=learnt) as rig:
        await rig.apply({1: SAMPLE, 3: SAMPLE})
        for name in ("Kick", "Pad"):
            assert_near(as_set(rig, name, 6), SAMPLE.eq)
        assert all(word == "off" for word in rig.peer.eq("Bass").types)


async def test_one_write_on_the_heels_of_another_does_not_land_on_the_users_track(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        placed = (await rig.apply({1: SAMPLE}))[1]
        users = standing(rig)["Pad"]
        louder = {key: wire + 1000 for key, wire in placed.wires.items() if key.endswith("gain_db")}
        for _ in range(3):
            await rig.done(rig.plugins.write({1: placed.wires}))
            await rig.done(rig.plugins.write({1: louder}))
        await rig.clock.run(0.3)
        assert standing(rig)["Pad"] == users
        told = [round(rig.peer.eq("Kick").band("gain", band).at * TOP) for band in range(1, BANDS + 1)]
        assert told == [louder[f"eq.{band}.gain_db"] for band in range(1, BANDS + 1)]


async def test_a_selection_that_was_lost_is_made_again(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        lost: list[bytes] = []

        def lose(datagram: bytes) -> bool:
            first = b"/track/1/select\0" in datagram and not lost
            lost.extend([datagram] if first else [])
            return first

        rig.peer.loses = lose
        await rig.apply({1: SAMPLE})
        assert lost
        assert_near(as_set(rig, "Kick", 6), SAMPLE.eq)


async def test_the_users_own_come_back_to_the_last_bit(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        for band, word in enumerate(("lowcut", "bell", "notch", "highshelf"), 1):
            rig.peer.turn_type("Kick", band, word)
            rig.peer.turn("Kick", "gain", band, 2.0 * band - 5.0)
        rig.peer.bypass("Kick", True)
        before = standing(rig)
        users = await rig.look()
        await rig.apply(dict.fromkeys((1, 2, 3), SAMPLE))
        assert standing(rig) != before
        await rig.write({number: look.wires for number, look in users.items()})
        assert standing(rig) == before


async def test_a_bypassed_eq_is_switched_on(learnt: list[LearntDials]) -> None:
    async with studio("Kick", learnt=learnt) as rig:
        rig.peer.bypass("Kick", True)
        await rig.apply({1: SAMPLE})
        assert not rig.peer.eq("Kick").bypassed


async def test_a_hand_on_the_selected_track_is_heard_at_once_and_elsewhere_with_the_next_look(
    learnt: list[LearntDials],
) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        placed = (await rig.apply({1: SAMPLE, 3: SAMPLE}))[1]
        looks = await rig.look(1, 3)
        await rig.clock.run(0.3)
        rig.told.clear()
        rig.peer.turn("Pad", "gain", 2, -7.5)
        rig.peer.turn("Kick", "gain", 2, -4.5)
        await rig.clock.run(0.2)
        outfit = looks[3].outfit
        heard = [(number, key, outfit.knobs[key].value_of(wire)) for number, key, wire in rig.told]
        assert heard == [(3, "eq.2.gain_db", pytest.approx(-7.5, abs=0.1))]
        look = (await rig.look(1))[1]
        assert outfit.knobs["eq.2.gain_db"].value_of(look.wires["eq.2.gain_db"]) == pytest.approx(-4.5, abs=0.1)
        assert placed.bands[2] == 2


async def test_a_hand_that_selects_another_track_meanwhile_keeps_it(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, selected="Kick", learnt=learnt) as rig:
        seen: list[bytes] = []

        def click(datagram: bytes) -> bool:
            if b"/track/3/select\0" in datagram and not seen:
                seen.append(datagram)
                rig.clock.call_later(0.12, lambda: rig.peer.hand_select("Bass"))
            return False

        rig.peer.loses = click
        await rig.look(3)
        await rig.clock.run(0.5)
        assert seen
        assert rig.peer.selected.name == "Bass"


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.06, 0.11, 0.2, 0.3, 0.4])
async def test_after_a_click_in_the_midst_of_it_all_is_read_and_set_all_the_same(
    learnt: list[LearntDials], after_s: float
) -> None:
    async with studio(*NAMES, selected="Pad", learnt=learnt) as rig:
        rig.clock.call_later(after_s, lambda: rig.peer.hand_select("Pad"))
        looks = await rig.look(1, 2)
        assert all(look.wires.keys() == look.outfit.knobs.keys() for look in looks.values())
        placed = place(looks[1].outfit, SAMPLE)
        rig.clock.call_later(after_s, lambda: rig.peer.hand_select("Pad"))
        await rig.write({1: placed.wires, 2: placed.wires})
        for name in ("Kick", "Bass"):
            assert_near(as_set(rig, name, 6), SAMPLE.eq)


async def test_a_proposal_without_bands_touches_nothing(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        before = standing(rig)
        await rig.apply(dict.fromkeys((1, 2, 3), Proposal(comp=SAMPLE.comp)))
        assert standing(rig) == before


async def test_a_daw_that_does_not_select_is_not_waited_for_on_every_track(learnt: list[LearntDials]) -> None:
    async with studio(*NAMES, learnt=learnt) as rig:
        selections: list[bytes] = []

        def lose(datagram: bytes) -> bool:
            selections.extend([datagram] if b"/select" in datagram else [])
            return b"/select" in datagram

        rig.peer.loses = lose
        looks = await rig.look(1, 2, 3)
        assert {number for number, look in looks.items() if look.wires} <= {3}, "the selected one"
        assert len(selections) == 4, "two tracks, each asked for twice"
