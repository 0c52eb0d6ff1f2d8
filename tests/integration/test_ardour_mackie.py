"""A real Ardour with nine tracks that takes us for one Mackie Control: its engine says what is true."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.integration.mackie_studio import (
    GAIN,
    MAIN,
    PAN,
    PATIENCE_S,
    apply,
    mapping,
    proposal,
    stands_as_proposed,
    studio,
)
from tests.peers.ardour import Ardour, ardour_with_mackie
from tests.peers.require import require
from tonn_bridge.clock import SystemClock
from tonn_bridge.core.calibration import same_law
from tonn_bridge.core.laws import ArdourLaw
from tonn_bridge.learning.law import LawLesson
from tonn_bridge.links.device import Row
from tonn_bridge.ports.midi import open_midi

NINE = ("Kick", "Snare", "Hats", "Bass", "Gtr", "Keys", "Vox", "BackingVox", "DrumTops")

pytestmark = pytest.mark.timeout(300)  # Ardour may need several starts to keep JACK


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    """Nine tracks behind one unit of eight."""
    require("ardour")
    require("jack")
    with ardour_with_mackie(tmp_path_factory.mktemp("nine"), NINE, "Mackie Control") as running:
        yield running


async def test_the_law_read_from_what_ardour_prints_is_its_closed_form(nine: Ardour) -> None:
    await asyncio.to_thread(nine.set_gain_db, "Bass", -7.25)
    row = Row(mapping(), 1, lambda _, __: None)
    async with open_midi(SystemClock()) as midi, asyncio.timeout(PATIENCE_S):
        teacher = LawLesson(mapping(), row, SystemClock())
        row.open(midi, [MAIN], teacher)
        try:
            strips = await teacher.meet()
            assert strips[3] == "Bass"
            found = await teacher.learn(3)
        finally:
            row.close()
    assert same_law(found.law, ArdourLaw(), down_to_db=-60.0) < 0.1
    assert found.error_db < 0.15
    assert await asyncio.to_thread(nine.gain_db, "Bass") == pytest.approx(-7.25, abs=0.005)


async def test_a_proposal_for_nine_tracks_reaches_all_of_them_through_eight_strips(nine: Ardour) -> None:
    async with studio(nine, MAIN) as at:
        assert {number: strip.place for number, strip in at.mixer.strips.items()} == {n: n for n in range(1, 10)}
        before = await at.engine(nine.gain_db)
        at.mixer.set_proposal(proposal(NINE))
        await apply(at)
        await stands_as_proposed(at)
        assert {track.adjust_db for track in at.mixer.view.tracks} == {0.0}
        at.mixer.revert()
        at.mixer.depart()
        async with asyncio.timeout(PATIENCE_S):
            await at.mixer.still()
        assert await at.engine(nine.gain_db) == pytest.approx(before, abs=0.01)
        assert at.link.describe()["problems"] == []


async def test_moves_inside_ardour_are_read_in_every_bank(nine: Ardour) -> None:
    async with studio(nine, MAIN) as at:
        await at.do(nine.set_gain_db, "Kick", -13.5)
        await at.do(nine.set_gain_db, "DrumTops", -17.25)
        await at.do(nine.set_pan, "Snare", 0.8)
        await at.do(nine.set_mute, "BackingVox", True)
        await at.until(lambda: at.reading("Kick", GAIN) == pytest.approx(-13.5, abs=0.01))
        await at.until(lambda: at.reading("DrumTops", GAIN) == pytest.approx(-17.25, abs=0.01))
        await at.until(lambda: at.reading("Snare", PAN) == pytest.approx(0.6, abs=0.02))
        await at.until(lambda: at.mixer.strips[8].muted)
        await at.do(nine.set_mute, "BackingVox", False)
        await at.until(lambda: not at.mixer.strips[8].muted)
        await at.do(nine.set_pan, "Snare", 0.5)


async def test_a_hand_in_ardour_is_an_adjustment_of_its_track_and_no_other(nine: Ardour) -> None:
    async with studio(nine, MAIN) as at:
        at.mixer.set_proposal(proposal(NINE))
        await apply(at)
        stood = await asyncio.to_thread(nine.gain_db, "Gtr")
        await at.do(nine.set_gain_db, "Gtr", stood + 2.5)
        await at.until(lambda: at.mixer.view.tracks[4].adjust_db)
        adjusted = [track.adjust_db for track in at.mixer.view.tracks]
        assert adjusted == [0.0, 0.0, 0.0, 0.0, pytest.approx(2.5, abs=0.01), 0.0, 0.0, 0.0, 0.0]


async def test_a_renamed_track_keeps_its_place(nine: Ardour) -> None:
    async with studio(nine, MAIN) as at:
        await at.do(nine.rename_track, "Hats", "Claps")
        await at.do(nine.set_gain_db, "Claps", -4.75)
        await at.until(lambda: at.reading("Hats", GAIN) == pytest.approx(-4.75, abs=0.01))
        await at.do(nine.rename_track, "Claps", "Hats")
