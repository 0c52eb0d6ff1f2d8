"""A mix as a file: out of the daemon with the hand's moves, and back into this session or another one's."""

import json
from dataclasses import replace
from shutil import copyfile

import pytest

from tests.engine.studio import ASK, NAMES, SESSION, studio, write_stems
from tests.mixes import BASS, mix_of
from tests.sandbox_server import write_stem
from tonn_bridge.core import Gain, GainMode, Pan
from tonn_bridge.core.portable import STILL, Hand, PortableTrack, StemFacts
from tonn_bridge.core.tuning import Part
from tonn_bridge.engine.mixes import SAME, stem_hashes
from tonn_bridge.errors import MixMisfit, NotPossible
from tonn_bridge.mixfile import from_json, to_json


def proposals(document):
    return [track["proposal"] for track in document["tracks"]]


def close(one, other):
    """Whether two proposals are the same to 1e-9."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(close, one, other))
        case ((float() | int()), (float() | int())):
            return one == pytest.approx(other, rel=SAME, abs=SAME)
        case _:
            return one == other


def travelled(mix):
    """`mix` written to a file and read again."""
    return from_json(json.loads(json.dumps(to_json(mix))))


async def known(desk, mix):
    """`mix` with the stems' hashes, as an export has them."""
    hashes = await stem_hashes(desk.workflow.job)
    return mix.with_tracks(
        replace(track, stem=StemFacts(f"{track.name}.wav", hashes[track.number], 0.5, 44_100, 1))
        for track in mix.tracks
    )


@pytest.fixture
def elsewhere(tmp_path):
    """Another song's folder, with the same stems."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write_stems(folder)
    return folder


# --- out --------------------------------------------------------------------------------------------------------------


async def test_without_a_proposal_there_is_no_mix(song, sandbox):
    async with studio(song, sandbox) as it:
        with pytest.raises(NotPossible, match="preview first"):
            it.desk.mix()


async def test_a_mix_says_what_tonn_set_and_where_it_comes_from(song, sandbox):
    async with studio(song, sandbox, scope="https://user@tonn.example:443/x?key=sesame") as it:
        it.clock.advance(1_000_000.0)
        document = await it.press("preview")
        mix = it.desk.mix()
        assert [track.name for track in mix.tracks] == list(NAMES)
        assert [track.hand for track in mix.tracks] == [STILL] * 3
        assert mix.provenance.task_id == document["task_id"]
        assert mix.provenance.service == "tonn.example"
        assert mix.provenance.made_at == pytest.approx(it.clock.wall(), abs=60.0)
        for track, proposal in zip(mix.tracks, proposals(document), strict=True):
            assert track.settings.gain_db + track.settings.trim_db == pytest.approx(proposal["gain_db"])
        assert "sesame" not in json.dumps(to_json(mix))


async def test_the_hands_moves_stand_apart_from_tonns_settings(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.mixed()
        it.daw.hand(1, 3.0)
        it.daw.turn(2, 0.6)
        it.daw.mute(3)
        it.desk.tune(1, Part.COMP, 0, ticks=2)
        kick, bass, voice = it.desk.mix().tracks
        assert kick.hand.gain_db == pytest.approx(3.0, abs=0.01)
        assert kick.hand.comp == replace(kick.settings.comp, threshold_db=kick.settings.comp.threshold_db + 1.0)
        assert (bass.hand.gain_db, bass.hand.pan.position) == (0.0, pytest.approx(0.6, abs=0.01))
        assert voice.hand == Hand(muted=True)
        assert kick.heard.gain_db == pytest.approx(kick.settings.gain_db + 3.0, abs=0.01)


@pytest.mark.parametrize("way", ["compare", "revert"])
async def test_while_the_daw_shows_the_users_own_mix_the_proposal_travels(song, sandbox, way):
    async with studio(song, sandbox) as it:
        await it.mixed()
        it.daw.hand(1, 3.0)
        it.clock.advance(2.0)
        await it.press(way)
        assert [track.hand for track in it.desk.mix().tracks] == [STILL] * 3


# --- in ---------------------------------------------------------------------------------------------------------------


async def test_a_mix_proposes_the_same_in_another_session_and_costs_nothing(song, sandbox, elsewhere):
    async with studio(song, sandbox) as it:
        document = await it.press("preview")
        mix = travelled(await known(it.desk, it.desk.mix()))
    paid = it.paid()
    async with studio(elsewhere, sandbox, names=NAMES) as other:
        placed = await other.desk.take(mix)
        assert placed.notes == ()
        assert close(proposals(other.desk.document()), proposals(document))
        assert other.desk.document()["state"] == "ready"
        applied = await other.press("apply")
        assert applied["state"] == "applied"
        assert applied["tracks"][0]["current"]["gain_db"] == pytest.approx(proposals(document)[0]["gain_db"], abs=0.01)
        assert other.paid() == paid


async def test_it_is_there_after_a_restart_and_after_tracks_changed_places(song, sandbox, elsewhere):
    async with studio(song, sandbox) as it:
        document = await it.press("preview")
        mix = await known(it.desk, it.desk.mix())
    async with studio(elsewhere, sandbox) as other:
        await other.desk.take(mix)
    async with studio(elsewhere, sandbox) as other:
        assert close(proposals(other.desk.document()), proposals(document))
        assert close(to_json(other.desk.mix())["provenance"], to_json(mix)["provenance"])
    async with studio(elsewhere, sandbox, names=NAMES[::-1]) as other:
        assert close(proposals(other.desk.document()), proposals(document)[::-1])


async def test_no_final_mix_is_made_of_a_mix_that_came_from_a_file(song, sandbox, elsewhere):
    async with studio(song, sandbox) as it:
        await it.press("preview")
        mix = await known(it.desk, it.desk.mix())
    paid = it.paid()
    async with studio(elsewhere, sandbox) as other:
        await other.desk.take(mix)
        await other.press("apply")
        other.clock.advance(2.0)
        with pytest.raises(NotPossible, match="came from a file"):
            other.desk.act("final")
        assert other.paid() == paid
        await other.press("preview")
        await other.press("apply")
        other.clock.advance(2.0)
        assert (await other.press("final"))["state"] == "done"


async def test_this_sessions_own_mix_out_of_a_file_can_be_made_final(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.press("preview")
        own = travelled(await known(it.desk, it.desk.mix()))
        await it.desk.take(mix_of(PortableTrack(1, "Bass", BASS)))
        assert proposals(it.desk.document())[0] is None
        await it.desk.take(own)
    async with studio(song, sandbox) as it:
        await it.press("apply")
        it.clock.advance(2.0)
        assert (await it.press("final"))["state"] == "done"
        assert it.charged() == ["fx_settings", "final"]


async def test_its_own_mix_with_a_value_changed_is_a_mix_of_a_file(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.mixed()
        own = it.desk.mix()
        first = own.tracks[0]
        louder = replace(first, settings=replace(first.settings, gain_db=first.settings.gain_db + 0.1))
        await it.desk.take(own.with_tracks([louder, *own.tracks[1:]]))
        with pytest.raises(NotPossible, match="came from a file"):
            it.desk.act("final")


async def test_what_a_newer_preview_says_is_proposed_in_its_place(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.desk.take(mix_of(*(PortableTrack(n, name, BASS) for n, name in enumerate(NAMES, 1))))
        assert proposals(it.desk.document())[0]["pan"] == -0.5
        document = await it.press("preview")
        assert it.desk.mix().provenance.task_id == document["task_id"]
    async with studio(song, sandbox) as it:
        assert close(proposals(it.desk.document()), proposals(document))


async def test_the_daw_shows_an_older_mix_until_the_imported_one_is_applied(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.mixed()
        it.daw.hand(1, 3.0)
        await it.desk.take(mix_of(PortableTrack(2, "Bass", BASS)))
        assert [track.hand for track in it.desk.mix().tracks] == [STILL]
        with pytest.raises(NotPossible, match="older mix"):
            it.desk.act("morph", 0.5)


# --- which track is which ---------------------------------------------------------------------------------------------


async def test_tracks_are_known_by_their_stems_whatever_they_are_called(song, sandbox, elsewhere):
    async with studio(song, sandbox) as it:
        document = await it.press("preview")
        mix = await known(it.desk, it.desk.mix())
    for name, other in zip(NAMES, ("One", "Two", "Three"), strict=True):
        copyfile(song / f"{name}.wav", elsewhere / f"{other}.wav")
    async with studio(elsewhere, sandbox, names=("Two", "Three", "One")) as other:
        await other.desk.take(mix)
        kick, bass, voice = proposals(document)
        assert close(proposals(other.desk.document()), [bass, voice, kick])


async def test_a_stem_rendered_anew_is_known_by_its_tracks_name_and_that_is_said(song, sandbox):
    write_stem(song / "Kick.wav", 0.7, 50.0)
    facts = StemFacts("Kick.wav", "0" * 64, 0.5, 44_100, 1)
    async with studio(song, sandbox) as it:
        placed = await it.desk.take(mix_of(PortableTrack(1, " kick", BASS, STILL, facts)))
        assert list(placed.tracks) == [1]
        assert placed.notes[0] == '" kick" is known by its name alone: its stem is not the one the mix was made of'


async def test_tracks_that_do_not_fit_are_named_and_stay_as_they_are(song, sandbox):
    async with studio(song, sandbox) as it:
        placed = await it.desk.take(mix_of(PortableTrack(1, "Bass", BASS), PortableTrack(2, "Flute", BASS)))
        assert placed.notes == (
            'the session has nothing for "Flute"',
            'the mix has nothing for "Kick", which stays as it is',
            'the mix has nothing for "Voice", which stays as it is',
        )
        before = it.desk.view.track(1).current
        await it.press("apply")
        assert it.desk.view.track(1).current == before
        assert it.desk.view.track(2).current.pan == Pan(-0.5)
        assert it.desk.view.track(2).current.gain.db == pytest.approx(Gain(-14.9).db, abs=0.01)


@pytest.mark.parametrize("names", [("Flute", "Harp"), ("Bass", "Bass")])
async def test_a_mix_with_nothing_for_this_session_is_refused_and_nothing_changes(song, sandbox, names):
    async with studio(song, sandbox) as it:
        document = await it.press("preview")
        with pytest.raises(MixMisfit, match="has nothing for this session"):
            await it.desk.take(mix_of(*(PortableTrack(n, name, BASS) for n, name in enumerate(names, 1))))
        assert close(proposals(it.desk.document()), proposals(document))
        assert it.desk.document()["error"] is None


async def test_while_tonn_is_being_asked_no_mix_is_taken(song, sandbox):
    async with studio(song, sandbox, ASK) as it:
        await it.press("preview")
        with pytest.raises(NotPossible, match="a preview is under way"):
            await it.desk.take(mix_of(PortableTrack(1, "Bass", BASS)))


async def test_stems_that_cannot_have_been_rendered_so_are_told(song, sandbox):
    async with studio(song, sandbox) as it:
        placed = await it.desk.take(mix_of(PortableTrack(1, "Bass", BASS), mode=GainMode.RELATIVE))
        assert placed.notes[0].startswith(
            'the mix was made with gain_mode = "relative" and this session has "absolute"'
        )


async def test_an_imported_mix_that_cannot_be_read_any_more_is_told_and_nothing_else_breaks(song, sandbox):
    async with studio(song, sandbox) as it:
        await it.desk.take(mix_of(PortableTrack(2, "Bass", BASS)))
        written = (await it.store.history(SESSION, 1))[0]
        later = {**written.data, "mix": {**written.data["mix"], "version": 2}}
        await it.store.journal(SESSION, written.kind, later, written.at)
    async with studio(song, sandbox) as it:
        assert "import its file again" in it.desk.document()["error"]["text"]
        assert (await it.press("preview"))["state"] == "ready"
