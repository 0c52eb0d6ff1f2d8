"""What `init` makes of file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.session import load_session
from tonn_bridge.session.guess import clean_names, guess_tracks, words_of
from tonn_bridge.session.write import write_session
from tonn_bridge.tonn.wire import InstrumentGroup, Presence, Reverb


def guess(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")
    return guess_tracks(folder)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("kick", "KICK"), ("BD 909", "KICK"), ("Bass Drum", "KICK"), ("Sub Kick", "KICK"), ("KickIn", "KICK"),
        ("snr_top", "SNARE"), ("SN", "SNARE"), ("Rimshot", "SNARE"),
        ("HH", "CYMBALS"), ("hi-hat", "CYMBALS"), ("OH_L", "CYMBALS"), ("Overheads", "CYMBALS"), ("OHR", "CYMBALS"),
        ("Floor Tom", "DRUMS"), ("Drum Room", "DRUMS"), ("Drum Loop 2", "DRUMS"),
        ("Shaker", "PERCS"), ("percussion", "PERCS"), ("claps", "PERCS"), ("Steel Drum", "PERCS"),
        ("bass", "BASS"), ("Sub", "BASS"), ("808s", "BASS"), ("Synth Bass", "BASS"), ("Bass Gtr", "BASS"),
        ("gtr", "E_GUITAR"), ("Lead Guitar", "E_GUITAR"), ("GtrL", "E_GUITAR"),
        ("acgtr", "ACOUSTIC_GUITAR"), ("Acoustic Guitar", "ACOUSTIC_GUITAR"), ("Ukulele", "ACOUSTIC_GUITAR"),
        ("Piano", "KEYS"), ("Rhodes", "KEYS"), ("organ", "KEYS"), ("B3", "KEYS"), ("Electric Piano", "KEYS"),
        ("Synth", "SYNTH"), ("String Pad", "STRINGS"), ("Pad", "SYNTH"), ("Lead", "SYNTH"), ("Arp 1", "SYNTH"),
        ("Violin 2", "STRINGS"), ("strings", "STRINGS"),
        ("Trumpet", "BRASS"), ("Alto Sax", "BRASS"), ("bassoon", "BRASS"),
        ("Lead Vox", "VOCAL"), ("Vocal FX", "VOCAL"), ("LeadVocal", "VOCAL"),
        ("BV", "BACKING_VOX"), ("Backing Vocals", "BACKING_VOX"), ("Choir", "BACKING_VOX"),
        ("Vox Harm 2", "BACKING_VOX"),
        ("Riser", "FX"), ("sfx", "FX"),
        ("Backing Track", "BACKING_TRACK"),
        ("Zurna", "OTHER1"), ("Subtle", "OTHER1"), ("Drummond", "OTHER1"), ("Bassline99x", "OTHER1"),
    ],
)  # fmt: skip
def test_whole_words_name_the_group(tmp_path, name, group):
    assert guess(tmp_path, f"{name}.wav").tracks[0].group is InstrumentGroup[group]


def test_a_lead_vocal_leads_and_says_why(tmp_path):
    tracks = guess(tmp_path, "Lead Vox.wav", "Vox Double.wav", "Vox Verse.wav").tracks
    assert [t.presence for t in tracks] == [Presence.LEAD, Presence.NORMAL, Presence.NORMAL]
    assert tracks[0].why == '"vox", "lead"'


def test_the_only_vocal_leads(tmp_path):
    tracks = guess(tmp_path, "bass.wav", "vox.wav").tracks
    assert [t.presence for t in tracks] == [Presence.NORMAL, Presence.LEAD]
    assert tracks[1].why == '"vox", the only vocal'


def test_sides_become_pan_and_nothing_else_does(tmp_path):
    tracks = guess(
        tmp_path, "Gtr L.wav", "Gtr R.wav", "OHL.wav", "Keys Right.flac", "Piano LR.wav", "Tom L R.wav"
    ).tracks
    assert {t.name: t.pan.value for t in tracks} == {
        "Gtr L": "LEFT", "Gtr R": "RIGHT", "OHL": "LEFT", "Keys Right": "RIGHT", "Piano LR": "NO_PREFERENCE",
        "Tom L R": "NO_PREFERENCE",
    }  # fmt: skip
    assert {t.reverb for t in tracks} == {Reverb.NONE}


def test_what_is_unknown_is_kept_apart_and_said(tmp_path):
    tracks = guess(tmp_path, *(f"zz{letter}.wav" for letter in "abcdefg")).tracks
    assert [t.group.value[-1] for t in tracks] == list("1234555")
    assert "choose a group" in tracks[0].why


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["masks-bass", "masks-kick", "masks-lead vox"], ["Bass", "Kick", "Lead Vox"]),
        (["01 kick", "02 snare", "10 OH_L"], ["Kick", "Snare", "OH L"]),
        (["Masks_01_Kick_44k", "Masks_02_Bass_44k"], ["Kick", "Bass"]),
        (["Vox 1", "Vox 2"], ["Vox 1", "Vox 2"]),
        (["Gtr L", "Gtr R"], ["Gtr L", "Gtr R"]),
        (["Gtr Clean", "Gtr Dirty"], ["Gtr Clean", "Gtr Dirty"]),
        (["Lead Vox", "Backing Vox"], ["Lead Vox", "Backing Vox"]),
        (["Lead Balloon - Bass", "Lead Balloon - Zurna"], ["Bass", "Zurna"]),
        (["808", "909 hat"], ["808", "909 Hat"]),
        (["kick"], ["Kick"]),
        (["---"], ["---"]),
    ],
)
def test_names_lose_what_says_nothing(files, names):
    assert clean_names(files) == names


@given(st.lists(st.text(min_size=1, max_size=20), max_size=6))
def test_every_file_keeps_a_name(stems):
    names = clean_names(stems)
    assert len(names) == len(stems)
    assert all(names)


@given(st.text(max_size=40))
def test_words_are_lower_case_and_not_empty(stem):
    assert all(word and word == word.casefold() for word in words_of(stem))


def test_files_come_in_natural_order_and_same_names_are_told_apart(tmp_path):
    tracks = guess(tmp_path, "tom10.wav", "tom2.wav", "Kick.wav", "kick.flac").tracks
    assert [t.name for t in tracks] == ["Kick", "Kick 2", "Tom2", "Tom10"]


def test_what_tonn_does_not_take_is_skipped_with_the_reason(tmp_path):
    (tmp_path / "sub.wav").mkdir()
    found = guess(
        tmp_path, "Kick.wav", "Bass.aiff", "Vox.mp3", "Masks mix.wav", "Drum Mix.wav", "notes.txt", "._Kick.wav"
    )
    assert [t.name for t in found.tracks] == ["Drum Mix", "Kick"]
    assert {s.file.name: s.reason.split(";")[0] for s in found.skipped} == {
        "Bass.aiff": "Tonn mixes WAV and FLAC only",
        "Vox.mp3": "Tonn mixes WAV and FLAC only",
        "Masks mix.wav": "looks like a whole mix",
    }


def test_a_written_session_loads_as_it_was_guessed(tmp_path):
    found = guess(tmp_path, 'Ki"ck \\ 1.wav', "Bäss\x7f.wav", "Lead Vox.flac", "BV L.wav", "tab\tname.wav")
    path = write_session(tmp_path, found.tracks, name='The "Song"', sample_rate=48000, daw="ardour")
    session = load_session(path)

    assert path == tmp_path / "session.toml"
    assert (session.mix.name, session.mix.sample_rate, session.daw.mapping) == ('The "Song"', 48000, "ardour")
    assert [(t.name, t.file, t.group, t.presence, t.pan, t.reverb) for t in session.tracks] == [
        (g.name, g.file, g.group, g.presence, g.pan, g.reverb) for g in found.tracks
    ]


def test_a_session_is_overwritten_only_by_force(tmp_path):
    found = guess(tmp_path, "Kick.wav", "Bass.wav")
    (tmp_path / "session.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_session(tmp_path, found.tracks, name="Song")
    assert (tmp_path / "session.toml").read_text(encoding="utf-8") == "mine"
    write_session(tmp_path, found.tracks, name="Song", force=True)
    assert load_session(tmp_path / "session.toml").mix.name == "Song"
