"""A mix as a session file: every value reads back, stems are there, and the format's own schema has no complaint."""

import base64
import hashlib
import math
import os
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.session_files import Found, parse_rpp, read_dawproject, read_reaeq, read_rpp
from tests.mixes import BASS, BELL, COMP, EQS, HANDS, KICK, NAMES, SETTINGS, mix_of
from tests.sandbox_server import write_stem
from tonn_bridge.core import OFF, Pan, TonnSettings
from tonn_bridge.core.portable import Hand, PortableTrack
from tonn_bridge.export import MIX_FORMATS, reaeq, song_of
from tonn_bridge.export.dawproject import percent_of
from tonn_bridge.export.folding import folded
from tonn_bridge.export.rpp import quoted
from tonn_bridge.projects import read_project

READ = {"dawproject": read_dawproject, "rpp": read_rpp}
both = pytest.mark.parametrize("format", sorted(READ))
MIX = mix_of(PortableTrack(1, "Bass", BASS, Hand(gain_db=2.0)), PortableTrack(2, "Kick", KICK, Hand(muted=True)))


@pytest.fixture
def song(session, tmp_path):
    """A mix with the stems of a session, which are written; tracks by name."""

    def _song(mix=MIX, names=("Bass", "Kick"), stems=True):
        for place in range(len(names)):
            if stems and not (tmp_path / f"{place}.wav").exists():
                write_stem(tmp_path / f"{place}.wav", 0.25 * (place + 1), 100.0)
        return song_of(session(list(names)), mix)

    return _song


def exported(format, song, *, near=None, embed=True) -> tuple[bytes, tuple[str, ...]]:
    into = BytesIO()
    notes = MIX_FORMATS[format].write(song, into, near, embed)
    return into.getvalue(), notes


def read(format, song, **how) -> list[Found]:
    return READ[format](exported(format, song, **how)[0])


# --- values -----------------------------------------------------------------------------------------------------------


def test_the_published_example_stands_in_a_dawproject(song):
    bass, kick = read("dawproject", song(mix_of(PortableTrack(1, "Bass", BASS), PortableTrack(2, "Kick", KICK))))
    assert bass.gain == pytest.approx(0.257040, abs=1e-6)
    assert (bass.pan, bass.trim_db, bass.eq) == (-0.5, -3.1, [(46.5, -1.69, 2.66)])
    assert bass.comp == pytest.approx({"threshold_db": -3.89, "ratio": 1.8, "attack_s": 0.074, "release_s": 0.022})
    assert (kick.pan, kick.trim_db, kick.eq, kick.comp) == (0.0, None, [], None)


@both
def test_names_colours_and_mutes_are_there_and_the_hands_moves_too(song, format):
    bass, kick = read(format, song())
    assert [bass.name, kick.name] == ["Bass", "Kick"]
    assert (bass.colour, kick.colour) == ("#d9534f", "#8e63d9")
    assert (bass.muted, kick.muted) == (False, True)
    trim_db = BASS.trim_db if format == "rpp" else 0.0
    assert 20.0 * math.log10(bass.gain) == pytest.approx(-11.8 + 2.0 + trim_db)


@pytest.mark.parametrize(
    ("ratio", "percent"), [(1, 0), (1.5, 33.333), (1.8, 44.444), (2, 50), (3, 66.667), (4, 75), (10, 90), (20, 95)]
)
def test_ratios_are_percentages(ratio, percent):
    assert percent_of(ratio) == pytest.approx(percent, abs=0.001)


def test_without_an_equaliser_the_trim_is_in_the_volume_and_the_threshold_moves_along(song):
    bare = replace(BASS, eq=())
    found = read("dawproject", song(mix_of(PortableTrack(1, "Bass", bare))))[0]
    assert found.trim_db is None
    assert 20.0 * math.log10(found.gain) == pytest.approx(-11.8 - 3.1)
    assert found.comp["threshold_db"] == pytest.approx(-3.89 + 3.1)


def test_what_tonn_never_told_of_a_compressor_is_left_out(song):
    half = replace(BASS, comp=replace(COMP, attack_s=None, ratio=None))
    found = read("dawproject", song(mix_of(PortableTrack(1, "Bass", half))))[0]
    assert found.comp == {"attack_s": None, "ratio": None, "release_s": 0.022, "threshold_db": -3.89}


@both
def test_a_fader_that_is_off_is_off(song, format):
    assert read(format, song(mix_of(PortableTrack(1, "Bass", TonnSettings(gain_db=OFF.db)))))[0].gain == 0.0


@both
def test_a_track_the_mix_has_nothing_for_stands_at_0_db_and_is_named(song, format):
    part = song(mix_of(PortableTrack(1, "Bass", BASS)))
    kick = read(format, part)[1]
    assert (kick.name, kick.gain, kick.pan) == ("Kick", 1.0, 0.0)
    assert part.notes == ('"Kick": the mix has nothing for it, so it stands at 0 dB in the middle',)


def assert_bells(found, wanted, *, strict):
    """The bells are these; others, where there may be any, change nothing."""
    for band, own in zip(found, wanted, strict=strict):
        assert band == pytest.approx((own.freq_hz, own.gain_db, own.q), rel=1e-9, abs=1e-9)
    assert all(gain_db == 0.0 for _, gain_db, _ in found[len(wanted) :])


TRACKS = st.builds(PortableTrack, st.just(1), st.just("Bass"), SETTINGS, HANDS)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@both
@same_folder
@given(track=TRACKS)
def test_every_value_reads_back(song, format, track):
    found = read(format, song(mix_of(track), ["Bass", "Kick"], stems=False))[0]
    heard = track.heard
    wanted = heard if format == "dawproject" and heard.eq else folded(heard)
    gain = 1.0 if wanted.gain_db is None else 10.0 ** (wanted.gain_db / 20.0)
    assert found.gain == pytest.approx(gain, rel=1e-9, abs=1e-12)
    assert found.pan == pytest.approx((wanted.pan or Pan(0.0)).position, abs=1e-9)
    assert found.muted is track.hand.muted
    assert_bells(found.eq, wanted.eq, strict=format == "dawproject")
    if format == "dawproject":
        assert found.trim_db == (wanted.trim_db if wanted.eq else None)
        comp = wanted.comp
        assert (found.comp is None) is (comp is None)
        for key, value in (found.comp or {}).items():
            own = getattr(comp, key)
            assert value == (own if own is None else pytest.approx(own, rel=1e-9))


def visible(name: str) -> list[str]:
    return [c for c in name if c.isprintable() and c != " "]


@both
@same_folder
@given(names=st.lists(st.sampled_from(NAMES) | st.text(min_size=1, max_size=20), min_size=2, max_size=4))
def test_every_name_survives_but_for_what_nobody_can_see(song, format, names):
    names = [" ".join(name.split()) or "x" for name in names]
    for found, name in zip(read(format, song(mix_of(), names, stems=False)), names, strict=True):
        seen = name if format == "dawproject" else name.replace("`", "'") if all(q in name for q in "\"'`") else name
        assert visible(found.name) == visible(seen)


# --- stems ------------------------------------------------------------------------------------------------------------


@both
def test_the_stems_are_clips_at_0_of_their_own_length(song, format):
    found = read(format, song())
    assert [(track.at, track.length) for track in found] == [(0.0, 0.25), (0.0, 0.5)]


@both
def test_our_own_readers_of_projects_find_the_same(song, tmp_path, format):
    part = song()
    path = tmp_path / f"song.{format}"
    path.write_bytes(exported(format, part, near=tmp_path)[0])
    kick = read_project(path).tracks[1]
    assert (kick.name, kick.colour, kick.pan, kick.muted) == ("Kick", "#8e63d9", 0.0, True)
    assert kick.gain_db == pytest.approx(-6.0)
    (clip,) = kick.clips
    assert (clip.start_s, clip.length_s, clip.untouched, clip.archived) == (0.0, 0.5, True, format == "dawproject")
    if format == "rpp":
        assert clip.file == tmp_path / "1.wav"


def test_embedded_stems_are_in_the_file_byte_for_byte(song, tmp_path):
    data, _ = exported("dawproject", song())
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for place, track in enumerate(read_dawproject(data)):
            assert archive.read(track.file) == (tmp_path / f"{place}.wav").read_bytes()


@both
def test_linked_stems_are_named_from_where_the_file_lies(song, tmp_path, format):
    data, _ = exported(format, song(), near=tmp_path, embed=False)
    assert [track.file for track in READ[format](data)] == ["0.wav", "1.wav"]
    elsewhere = READ[format](exported(format, song(), near=tmp_path / "other", embed=False)[0])
    assert [track.file for track in elsewhere] == [(tmp_path / f"{n}.wav").as_posix() for n in (0, 1)]
    if format == "dawproject":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            assert sorted(archive.namelist()) == ["metadata.xml", "project.xml"]


@both
def test_a_stem_that_is_not_here_leaves_its_track_empty_and_is_named(song, tmp_path, format):
    (tmp_path / "1.wav").write_bytes(b"no audio")
    part = song()
    assert read(format, part)[1].file is None
    assert part.notes == (f'"Kick": its stem {tmp_path / "1.wav"} cannot be read, so its track is empty',)


def test_the_mix_knows_its_stems_again(song, tmp_path):
    facts = song().mix.tracks[0].stem
    assert (facts.file, facts.seconds, facts.sample_rate, facts.channels) == ("0.wav", 0.25, 44_100, 1)
    assert facts.sha256 == hashlib.sha256((tmp_path / "0.wav").read_bytes()).hexdigest()


@both
def test_the_same_mix_makes_the_same_file(song, format):
    assert exported(format, song()) == exported(format, song())


# --- the format's own words -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def valid():
    """Check a DAWproject against the public schemas, which are no part of this project."""
    place = os.environ.get("TONN_BRIDGE_DAWPROJECT_XSD", "")
    if not place:
        pytest.skip("TONN_BRIDGE_DAWPROJECT_XSD does not name the folder with the format's Project.xsd")
    from lxml import etree

    schemas = {
        f"{name.lower()}.xml": etree.XMLSchema(etree.parse(str(Path(place) / f"{name}.xsd")))
        for name in ("Project", "MetaData")
    }

    def _valid(data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name, schema in schemas.items():
                schema.assertValid(etree.fromstring(archive.read(name)))

    return _valid


@pytest.mark.parametrize("embed", [True, False])
def test_a_dawproject_is_as_the_public_schema_wants_it(song, valid, embed):
    valid(exported("dawproject", song(), embed=embed)[0])


@same_folder
@given(track=TRACKS, name=st.sampled_from(NAMES) | st.text(min_size=1, max_size=20))
def test_any_dawproject_is_as_the_public_schema_wants_it(song, valid, track, name):
    names = [" ".join(name.split()) or "x", "Kick"]
    valid(exported("dawproject", song(mix_of(track), names, stems=False))[0])


def test_a_fader_above_the_top_of_most_programs_is_told(song):
    _, notes = exported("dawproject", song(mix_of(PortableTrack(1, "Bass", TonnSettings(gain_db=7.0)))))
    assert any(note.startswith('"Bass" is louder than +6.02 dB') for note in notes)


# --- REAPER -----------------------------------------------------------------------------------------------------------

REAPERS_OWN_HEADER = "cWVlcu5e7f4CAAAAAQAAAAAAAAACAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAAzQAAAAEAAAAAABAA"
REAPERS_OWN_STATE = (
    "IQAAAAUAAAAEAAAAAQAAAG9ScPi3GllAAAAAAAAA8D8AAAAAAAAAQAEAAAAAAAAAAAQEaDDZCWlAAAAAAAAA8D8AAAAAAAAAQAEIAAAAAAAAAAEaHb6ED4lAAAAAAAAA",
    "8D8AAAAAAADwPwEIAAAAAAAAAHfH++l3aKdAAAAAAAAA8D8AAAAAAADwPwEBAAAAAAAAAKWt3qUPUL9AAAAAAAAA8D8AAAAAAAAAQAEBAAAAAQAAAAAAAAAAAPA/AAAA",
    "AP0BAABcAQAAAgAAAA==",
)
REAPERS_OWN_PROGRAM = "AFByb2dyYW0gMQAQAAAA"
"""What REAPER 7.65 wrote for a ReaEQ of five bands, only the first of them on (from a public test)."""


def test_what_surrounds_the_bands_is_as_reaper_writes_it():
    header, *state, program = reaeq.state([BELL])
    assert program == REAPERS_OWN_PROGRAM
    ours, its = (b"".join(map(base64.b64decode, lines)) for lines in ([header], [REAPERS_OWN_HEADER]))
    assert (len(ours), ours[:48], ours[52:]) == (len(its), its[:48], its[52:]), "but for the length of what follows"
    ours, its = (b"".join(map(base64.b64decode, lines)) for lines in (state, REAPERS_OWN_STATE))
    assert len(ours) == len(its) + 33, "one band more"
    assert (ours[:4], ours[-32:]) == (its[:4], its[-32:])
    assert len(state[0]) == len(REAPERS_OWN_STATE[0])


@given(EQS)
def test_bells_read_back_from_reaeq_and_there_are_always_six(bands):
    found = read_reaeq(list(reaeq.state(bands)))
    assert len(found) == 6
    assert_bells(found, bands, strict=False)


def test_nothing_is_made_up_for_reacomp_and_that_is_said(song):
    data, notes = exported("rpp", song())
    assert b"ReaComp" not in data
    assert any('not in the project: the compressors of "Bass"' in note for note in notes)
    effects = parse_rpp(data.decode()).all("TRACK")[0].all("FXCHAIN")[0].all("VST")
    assert [(chunk.head[1], chunk.head[4]) for chunk in effects] == [("VST: ReaEQ (Cockos)", "Tonn EQ")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Bass", '"Bass"'),
        ('12" mix', "'12\" mix'"),
        ("a \"b\" 'c'", "`a \"b\" 'c'`"),
        ("\"'`", "`\"''`"),
        ("two\nlines >", '"two lines >"'),
    ],
)
def test_a_name_is_one_word_of_the_project(text, word):
    assert quoted(text) == word


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", sorted(MIX_FORMATS))
def test_no_signed_url_of_a_stem_gets_into_a_file(session, tmp_path, format):
    secret = "https://store.example/kick.wav?X-Signature=sesame"
    track = [
        {"name": "Bass", "file": "1.wav", "group": "BASS_GROUP"},
        {"name": "Kick", "url": secret, "group": "KICK_GROUP"},
    ]
    write_stem(tmp_path / "1.wav", 0.25, 100.0)
    data, _ = exported(format, song_of(session(2, track=track), MIX))
    assert b"sesame" not in data
    if format == "dawproject":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            assert all(b"sesame" not in archive.read(name) for name in archive.namelist())
