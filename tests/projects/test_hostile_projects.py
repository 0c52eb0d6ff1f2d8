"""Project files made to do harm, or broken: told in a FileError, in bounded time and memory."""

import gzip
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projects.project_files import (
    RPP_HEAD,
    als,
    als_track,
    ardour,
    dawproject,
    dawproject_clip,
    dawproject_lanes,
    dawproject_track,
    rpp,
    rpp_item,
    rpp_track,
)
from tonn_bridge.errors import FileError
from tonn_bridge.projects import Project, markup, read, read_project
from tonn_bridge.projects import rpp as rpp_reader

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def zipped(name: str = "project.xml", text: str | bytes = "<Project/>", **how) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **how) as archive:
        archive.writestr(name, text)
    return packed.getvalue()


DEEP = "<Ableton>" + "<LiveSet>" * 300
HOSTILE = {
    "billion laughs": ("a.ardour", (LAUGHS + "<Session name='&i;'/>").encode(), "document type"),
    "a file outside": ("a.ardour", (OUTSIDE + "<Session name='&x;'/>").encode(), "document type"),
    "entities in a set": ("a.als", gzip.compress((LAUGHS + "<Ableton/>").encode()), "document type"),
    "entities in a dawproject": ("a.dawproject", zipped(text=LAUGHS + "<Project/>"), "document type"),
    "too deep": ("a.als", gzip.compress(DEEP.encode()), "nested more than 200 deep"),
    "too deep in what is skipped": ("a.als", gzip.compress(b"<Ableton>" + b"<x>" * 300), "nested more than 200 deep"),
    "chunks in chunks": ("a.rpp", RPP_HEAD.encode() + b"<X\n" * 300, "chunks in chunks"),
    "cut off in its head": ("a.rpp", RPP_HEAD.encode(), "missing; no track is in it"),
    "a chunk too many closed": ("a.rpp", RPP_HEAD.encode() + b">\n>\n", "never opened"),
    "a set cut off": ("a.als", als(als_track("Kick"))[:-40], "damaged or cut off"),
    "a set of nothing": ("a.als", b"\x1f\x8b", "damaged or cut off"),
    "XML cut off": ("a.ardour", ardour("")[:200], "damaged or not a project"),
    "no XML": ("a.ardour", b"<Session <", "damaged or not a project"),
    "an encoding nobody has": ("a.ardour", b'<?xml version="1.0" encoding="klingon"?><Session/>', "damaged or not"),
    "an encoding expat has not": ("a.ardour", b'<?xml version="1.0" encoding="utf-7"?><Session/>', "damaged or not"),
    "another XML": ("a.ardour", b"<html><Session/></html>", "not a project of a DAW that is known here"),
    "another zip": ("a.dawproject", zipped("word/document.xml"), "project.xml"),
    "packed otherwise": ("a.dawproject", zipped(compression=zipfile.ZIP_LZMA), "packed in a way"),
    "a zip cut off": ("a.dawproject", zipped()[:-30], "damaged or locked"),
    "nothing": ("a.rpp", b"", "name a project file"),
    "audio": ("a.rpp", b"RIFF\0\0\0\0WAVE", "name a project file"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_or_broken_file_is_refused_by_name(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError) as refused:
        read_project(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("kind", ["als", "dawproject"])
def test_a_bomb_is_stopped_while_it_unpacks(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(markup, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(markup, "CHUNK", 1 << 16)
    path, spaces = tmp_path / f"bomb.{kind}", " " * (4 << 20)
    if kind == "als":
        path.write_bytes(gzip.compress(f"<Ableton>{spaces}</Ableton>".encode()))
    else:
        path.write_bytes(zipped(text=f"<Project>{spaces}</Project>", compression=zipfile.ZIP_DEFLATED))
    assert path.stat().st_size < 10_000
    with pytest.raises(FileError, match="unpacks to more than 1 MB"):
        read_project(path)


def test_a_tag_without_end_is_stopped_early(tmp_path):
    path = tmp_path / "tag.als"
    path.write_bytes(gzip.compress(b"<Ableton " + b"a" * (16 << 20)))
    with pytest.raises(FileError, match="a tag of more than 4 MB"):
        read_project(path)


def test_long_texts_are_passed_over(tmp_path):
    path = tmp_path / "text.als"
    path.write_bytes(gzip.compress(b"<Ableton><Data>" + b"A" * (16 << 20) + b"</Data></Ableton>"))
    assert read_project(path).tracks == ()


@pytest.mark.parametrize("limit", ["MOST_ELEMENTS", "MOST_KEPT"])
def test_more_elements_than_any_project_are_refused(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(markup, limit, 100)
    path = tmp_path / "many.als"
    path.write_bytes(als(*[als_track("x")] * 20))
    with pytest.raises(FileError, match="more elements than any project"):
        read_project(path)


def test_a_project_of_reaper_is_read_line_by_line_up_to_a_limit(tmp_path, monkeypatch):
    path = tmp_path / "large.rpp"
    path.write_bytes(rpp(rpp_track("Kick")) + b"x" * (3 << 20))
    assert [track.name for track in read_project(path).tracks] == ["Kick"]
    monkeypatch.setattr(rpp_reader, "MOST_BYTES", 1 << 20)
    with pytest.raises(FileError, match="more than 1 MB"):
        read_project(path)


def test_more_tracks_than_any_project_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST_TRACKS", 3)
    path = tmp_path / "many.als"
    path.write_bytes(als(*[als_track("x")] * 4))
    with pytest.raises(FileError, match="has 4 tracks, and no DAW more than 3"):
        read_project(path)


def test_more_items_than_any_project_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rpp_reader, "MOST_ITEMS", 10)
    path = tmp_path / "many.rpp"
    path.write_bytes(rpp(rpp_track("Kick", items=rpp_item("kick.wav") * 11)))
    with pytest.raises(FileError, match="more tracks, items, or chunks in chunks"):
        read_project(path)


@pytest.mark.parametrize("written", ["../kick.wav", "/etc/passwd", "a/../../b.wav", "..\\b.wav", "C:\\b.wav", "a\0b"])
def test_a_place_in_an_archive_never_leads_out_of_it(tmp_path, written):
    clip = dawproject_clip("X.wav").replace("X.wav", written.replace("\0", "&#9;"))
    path = dawproject(tmp_path / "a.dawproject", dawproject_track("t", "Kick"), dawproject_lanes("t", clip))
    with pytest.raises(FileError, match="leads out of it"):
        read_project(path)


@pytest.mark.parametrize(
    "written", ["\\\\server\\share\\kick.wav", "//server/share/kick.wav", "a\x07b.wav", "x" * 5000, ".."]
)
def test_audio_on_other_machines_and_names_of_no_file_are_never_looked_for(tmp_path, written):
    path = tmp_path / "a.rpp"
    path.write_bytes(rpp(rpp_track("Kick", items=rpp_item(written))))
    (clip,) = read_project(path).tracks[0].clips
    assert clip.file is None


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(FileError, match=r"gone\.rpp: cannot be read"):
        read_project(tmp_path / "gone.rpp")
    with pytest.raises(FileError, match="holds no Ardour session"):
        read_project(tmp_path)


# --- any bytes ------------------------------------------------------------------------------------------------------

SEEDS = {
    "rpp": rpp(rpp_track("Kick", "ISBUS 1 1", items=rpp_item("k.wav", "TAKE SEL", "PLAYRATE 1 0 2")), rpp_track("B")),
    "als": als(als_track("Kick", "<AudioClip/>"), als_track("G", kind="GroupTrack")),
    "ardour": ardour(
        '<Route id="2" name="Kick" audio-playlist="9"><PresentationInfo order="1" color="77"/></Route>',
        '<Source id="5" name="k.wav"/>',
        '<Playlist id="9"><Region length="a5@a0" source-0="5"/></Playlist>',
    ),
    "xml": als(als_track("Kick", "<AudioClip/>"), als_track("G", kind="GroupTrack")),
}  # fmt: skip
SEEDS["xml"] = gzip.decompress(SEEDS["xml"])


def reads_or_says_why(path) -> None:
    try:
        assert isinstance(read_project(path), Project)
    except FileError as exc:
        why = str(exc)
        if str(path) not in why:
            pytest.fail(f"names no file: {why}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=2000)
@given(data=st.data(), kind=st.sampled_from([*SEEDS, "dawproject", "its XML", "none"]))
def test_any_bytes_are_a_project_or_a_file_error(tmp_path, data, kind):
    tracks = dawproject_track("t", "Kick", dawproject_track("u", "Snare"))
    whole = dawproject(tmp_path / "seed", tracks, dawproject_lanes("t", dawproject_clip("a.wav")))
    within = zipfile.ZipFile(whole).read("project.xml")
    content = bytearray({**SEEDS, "dawproject": whole.read_bytes(), "its XML": within}.get(kind, b""))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))
    path = tmp_path / "any.bin"
    path.write_bytes(zipped(text=bytes(content)) if kind == "its XML" else bytes(content))
    reads_or_says_why(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=2000)
@given(text=st.text(max_size=60), number=st.floats() | st.integers() | st.text(max_size=5))
def test_any_words_in_a_project_are_a_project_or_a_file_error(tmp_path, text, number):
    path = tmp_path / "any.bin"
    item = rpp_item(text, f"VOLPAN {number}", f"SOFFS {number}", f"TAKE {text}", start=number, length=number)
    lines = (f"VOLPAN {number} {number}", f"ISBUS 0 {number}", f"PEAKCOL {number}", f"MUTESOLO {text}")
    path.write_bytes(rpp(rpp_track(text, *lines, items=item), rpp_track("B")).decode().encode(errors="replace"))
    reads_or_says_why(path)
    tracks = dawproject_track("t", "Kick").replace('"0.5"', f'"{number}"' if not isinstance(number, str) else '"inf"')
    clip = dawproject_clip("a.wav", start=0 if isinstance(number, str) else number)
    reads_or_says_why(dawproject(path, tracks, dawproject_lanes("t", clip)))
