from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tonn_bridge.errors import FileError, SessionError
from tonn_bridge.files import did_you_mean, load_toml, parse_toml


class Song(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    bpm: int = 120


class Album(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    songs: list[Song] = Field(alias="song")


GOOD = 'name = "Masks"\n[[song]]\ntitle = "Bass"\n[[song]]\ntitle = "Lead"\n'


def test_a_file_becomes_its_model(tmp_path: Path) -> None:
    path = tmp_path / "album.toml"
    path.write_text(GOOD, "utf-8")
    assert [song.title for song in load_toml(path, Album, FileError).songs] == ["Bass", "Lead"]


def test_the_mark_that_windows_puts_in_front_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "album.toml"
    path.write_text(GOOD, "utf-8-sig")
    assert load_toml(path, Album, FileError).name == "Masks"


def test_each_mistake_has_a_line_of_its_own_that_counts_lists_from_one() -> None:
    text = 'nome = "Masks"\n[[song]]\nbmp = 90\n[[song]]\ntitel = "Lead"\nbpm = "fast"\n'
    with pytest.raises(SessionError) as told:
        parse_toml(text, "album.toml", Album, SessionError)
    assert sorted(str(told.value).splitlines()) == [
        'album.toml: nome is not a known key; did you mean "name"?',
        'album.toml: song[1].bmp is not a known key; did you mean "bpm"?',
        "album.toml: song[1].title is missing",
        'album.toml: song[2].bpm "fast": input should be a valid integer, unable to parse string as an integer',
        'album.toml: song[2].titel is not a known key; did you mean "title"?',
    ]


def test_broken_toml_is_told_with_its_line() -> None:
    with pytest.raises(FileError, match=r"^album.toml: not TOML: .*line 2"):
        parse_toml('name = "Masks"\nsong = = 1\n', "album.toml", Album, FileError)


def test_toml_nested_beyond_reason_is_told_as_such() -> None:
    with pytest.raises(FileError, match=r"^album.toml: not TOML: "):
        parse_toml("name = " + "[" * 100_000, "album.toml", Album, FileError)


def test_text_that_is_not_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "album.toml"
    path.write_bytes(b'name = "M\xe4sks"')
    with pytest.raises(FileError, match=r"^album.toml: byte 10 is not UTF-8 text; save the file as UTF-8$"):
        load_toml(path, Album, FileError)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"missing\.toml: cannot be read \(No such file or directory\)"):
        load_toml(tmp_path / "missing.toml", Album, FileError)
    with pytest.raises(FileError, match=r"cannot be read"):
        load_toml(tmp_path, Album, FileError)


def test_a_long_wrong_value_is_cut() -> None:
    with pytest.raises(FileError) as told:
        parse_toml(f'name = "x"\n[[song]]\ntitle = "x"\nbpm = "{"9x" * 5000}"\n', "album.toml", Album, FileError)
    assert len(str(told.value)) < 200


@pytest.mark.parametrize(
    ("word", "asked"), [("adress", '; did you mean "address"?'), ("ARGS", '; did you mean "args"?'), ("qq", "")]
)
def test_the_nearest_word_is_offered_if_one_is_near(word: str, asked: str) -> None:
    assert did_you_mean(word, ["address", "args"]) == asked
