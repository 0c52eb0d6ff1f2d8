"""Which file is the stem of which track of a project."""

from pathlib import Path

import pytest

from tonn_bridge.projects import Clip, Kind, Project, ProjectTrack
from tonn_bridge.session import load_session
from tonn_bridge.session.arrange import arrange
from tonn_bridge.session.write import write_session


@pytest.fixture
def song(tmp_path):
    """Arrange these tracks, given as (name, what else is known of it), among these files."""

    def _song(*tracks, files=(), daw="reaper", numbers_hold=True, length_s=10.0, **how):
        for file in files:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_bytes(b"")
        numbered = tuple(ProjectTrack(number=n, name=name, **known) for n, (name, known) in enumerate(tracks, start=1))
        project = Project(tmp_path / "Masks.RPP", "REAPER", daw, numbered, numbers_hold)
        return arrange(project, lambda _: length_s, **how)

    return _song


def whole(file: Path, **otherwise) -> dict[str, object]:
    """What is known of a track on which just `file` lies, as it is and from the start."""
    return {"clips": (Clip(**{"file": file, "start_s": 0.0, "length_s": 10.0, "untouched": True} | otherwise),)}


def stems(arrangement, tmp_path):
    return {g.name: g.file.relative_to(tmp_path).as_posix() for g in arrangement.guesses.stems}


def test_stems_are_found_by_the_tracks_names_in_the_projects_order(song, tmp_path):
    arranged = song(
        ("Lead Vox", {"colour": "#ff0000"}), ("Bass (DI)", {}), ("Kick", {}),
        files=["Kick.wav", "Masks - bass DI.flac", "stems/03 Lead_Vox.wav", "Masks.wav", "Kick.mp3"],
    )  # fmt: skip
    assert stems(arranged, tmp_path) == {
        "Lead Vox": "stems/03 Lead_Vox.wav", "Bass (DI)": "Masks - bass DI.flac", "Kick": "Kick.wav",
    }  # fmt: skip
    lead, bass, _ = arranged.guesses.tracks
    assert (lead.group, lead.presence, lead.colour, lead.daw) == ("VOCAL_GROUP", "LEAD", "#ff0000", "Lead Vox")
    assert (bass.group, bass.daw) == ("BASS_GROUP", "Bass (DI)")
    assert [(s.file.name, s.reason) for s in arranged.guesses.skipped] == [
        ("Kick.mp3", "Tonn mixes WAV and FLAC only; export it as one of them"),
        ("Masks.wav", "no track of Masks.RPP is called so"),
    ]


def test_a_folder_of_renders_comes_before_the_projects_own(song, tmp_path):
    arranged = song(("Kick", {}), files=["Kick.wav", "Bounces/Kick.wav"])
    assert stems(arranged, tmp_path) == {"Kick": "Bounces/Kick.wav"}


def test_what_is_played_in_pieces_is_no_stem_though_it_is_called_like_the_track(song, tmp_path):
    piece = Clip(tmp_path / "Kick.wav", 4.0, 2.0, untouched=False)
    (kick,) = song(("Kick", {"clips": (piece, piece)}), files=["Kick.wav"]).guesses.tracks
    assert kick.missing == ("it is put together from 2 pieces; render it from the project's start to stems/Kick.wav")
    assert kick.file == tmp_path / "stems/Kick.wav"


def test_one_whole_file_from_the_start_is_the_stem_itself(song, tmp_path):
    arranged = song(("Kick", whole(tmp_path / "Audio/take 3.wav")), files=["Audio/take 3.wav"])
    assert stems(arranged, tmp_path) == {"Kick": "Audio/take 3.wav"}


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, "there is no audio on it"),
        ({"plays_notes": True}, "it plays an instrument"),
        (whole("take.wav", start_s=1.0), "does not begin at the project's start"),
        (whole("take.wav", start_s=None), "does not begin at the project's start"),
        (whole("take.wav", untouched=False), "is cut, stretched or turned up or down"),
        (whole("take.wav", length_s=7.0), "not all of take.wav is played, or more than it holds"),
        (whole("take.wav", length_s=None), "not all of take.wav is played"),
        (whole(None), "is not one file on this machine"),
        (whole("gone.wav"), "gone.wav is missing"),
        (whole("take.mp3"), "take.mp3 is no WAV or FLAC"),
        (whole("take"), "take is no WAV or FLAC"),
        (whole("take.wav") | {"plays_notes": True}, "it plays an instrument"),
    ],
)
def test_any_other_track_is_to_be_rendered_and_says_why(song, tmp_path, known, why):
    if known.get("clips") and known["clips"][0].file:
        (clip,) = known["clips"]
        known = known | whole(
            tmp_path / clip.file, **{n: getattr(clip, n) for n in ("start_s", "length_s", "untouched")}
        )
    (kick,) = song(("Kick", known), files=["take.wav", "take.mp3", "take"]).guesses.tracks
    assert why in kick.missing
    assert kick.missing.endswith("render it from the project's start to stems/Kick.wav")


def test_a_file_that_cannot_be_read_or_serves_another_track_is_no_stem(song, tmp_path):
    take = whole(tmp_path / "take.wav")
    assert (
        "take.wav cannot be read" in song(("Kick", take), files=["take.wav"], length_s=None).guesses.tracks[0].missing
    )
    kick, snare = song(("Kick", take), ("Snare", take), files=["take.wav"]).guesses.tracks
    assert (kick.missing, snare.missing.split(";")[0]) == ("", "take.wav is the stem of another track")


def test_doubts_are_not_settled_by_a_guess(song):
    arranged = song(("Kick", {}), ("Gtr", {}), ("Gtr", {}), files=["Kick.wav", "kick.flac", "Gtr.wav"])
    kick, gtr, other = arranged.guesses.tracks
    assert kick.missing == "2 files are called so (kick.flac, Kick.wav); keep the right one, run init again"
    assert [(g.name, g.daw, g.missing[:5]) for g in (gtr, other)] == [("Gtr 1", 2, "there"), ("Gtr 2", 3, "there")]


def test_the_plainest_reading_of_a_name_goes_first(song, tmp_path):
    arranged = song(("Step", {}), ("2 Step", {}), files=["2 Step.wav", "3 Step.wav"])
    assert stems(arranged, tmp_path) == {"Step": "3 Step.wav", "2 Step": "2 Step.wav"}


def test_a_rendered_group_stands_for_what_is_in_it(song, tmp_path):
    kit = (("Drums", {"kind": Kind.GROUP}), ("Kick", {"parent": 1}), ("Verb", {"kind": Kind.BUS}))
    arranged = song(*kit, files=["Drums.wav", "Verb.wav"])
    assert stems(arranged, tmp_path) == {"Drums": "Drums.wav", "Verb": "Verb.wav"}
    assert len(arranged.guesses.tracks) == 2
    arranged = song(*kit, files=["Kick.wav"])
    assert stems(arranged, tmp_path) == {"Kick": "Kick.wav", "Verb": "Verb.wav"}
    assert [s.file.name for s in arranged.guesses.skipped] == ["Drums.wav"]


def test_groups_and_buses_without_a_render_are_not_asked_for(song):
    assert song(("Drums", {"kind": Kind.GROUP}), ("Verb", {"kind": Kind.BUS})).guesses.tracks == ()


@pytest.mark.parametrize(
    ("name", "how", "daw"),
    [
        ("Kick", {}, "Kick"),
        ("Kick", {"by_number": True}, 1),
        ("Kick", {"by_number": True, "numbers_hold": False}, None),
        ("Track 1", {}, 1),
        ("", {}, 1),
    ],
)
def test_a_track_is_found_in_the_daw_by_its_own_name_or_else_its_number(song, name, how, daw):
    assert song((name, {}), **how).guesses.tracks[0].daw == daw


def test_every_file_of_a_folder_can_be_a_stem_behind_those_of_the_project(song, tmp_path):
    arranged = song(("Vox", {}), ("Kick", {}), files=["Kick.wav", "Vox.wav", "Bass.wav", "Mix.wav"], every_file=True)
    assert list(stems(arranged, tmp_path).items()) == [("Vox", "Vox.wav"), ("Kick", "Kick.wav"), ("Bass", "Bass.wav")]
    assert [s.file.name for s in arranged.guesses.skipped] == ["Mix.wav"]
    assert arranged.matched == 2


def test_stems_inside_the_project_file_are_to_be_unpacked(song, tmp_path):
    arranged = song(("Kick", whole(Path("audio/k:1.wav"), archived=True)))
    assert arranged.archived == {tmp_path / "stems/k_1.wav": Path("audio/k:1.wav")}
    assert stems(arranged, tmp_path) == {"Kick": "stems/k_1.wav"}


def test_a_written_session_has_what_is_missing_as_comments_that_become_tracks(song, tmp_path):
    arranged = song(
        ("Kick", {}), ('Odd "name"\n[x]', {}), ("Gtr", {}), ("Gtr", whole(tmp_path.parent / "far.wav")),
        files=["Kick.wav", "Gtr 1.wav", "../far.wav"],
    )  # fmt: skip
    path = write_session(tmp_path, arranged.guesses.tracks, name="Masks")
    assert [(t.name, t.file, t.daw) for t in load_session(path).tracks] == [
        ("Kick", tmp_path / "Kick.wav", "Kick"), ("Gtr 1", tmp_path / "Gtr 1.wav", 3),
        ("Gtr 2", tmp_path.parent / "far.wav", 4),
    ]  # fmt: skip
    text = path.read_text(encoding="utf-8")
    comment = text[text.index("# there is no audio on it") :].splitlines()
    freed = "\n".join(line.removeprefix("# ") for line in comment[1:])
    path.write_text(text[: text.index("# there is no audio on it")] + freed, encoding="utf-8")
    assert [(t.name, t.file.name) for t in load_session(path).tracks][1] == ('Odd "name" [x]', "Odd _name_ [x].wav")
