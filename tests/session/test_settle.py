"""Settling keys in a session file: what a person wrote around them stays, and a file is never half written."""

import pytest

from tonn_bridge.errors import SessionError
from tonn_bridge.session import load_session
from tonn_bridge.session.settle import settle

REST = """\
[mix]
name = "Söng"    # its name
style = "POP"
[daw]
mapping = "reaper"

# the drums
[[track]]
name = "Kick"
file = "kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
file = "bass.wav"
group = "BASS_GROUP"
"""
CLEAR = {"times": "ms", "pan": "left_positive", "trim": "ignore"}


@pytest.fixture
def session(tmp_path):
    def write(text: str, newline: str = "\n"):
        path = tmp_path / "session.toml"
        path.write_bytes(text.replace("\n", newline).encode())
        return path

    return write


def test_a_key_changes_in_its_place_and_its_comment_stays(session):
    text = '# my song\n[tonn]\nurl = "sandbox"\ntimes = "auto"   # I wonder\n\n[tonn.spend]\nfinal = "ask"\n' + REST
    path = session(text)
    settle(path, {"times": "s"})
    assert path.read_text("utf-8") == text.replace('"auto"', '"s"')


@pytest.mark.parametrize(
    "tonn",
    [
        "",
        "[tonn]\n",
        '[tonn]\nurl = "sandbox"  # offline\n',
        '[tonn.spend]\nfinal = "ask"\n',
        'tonn = { url = "sandbox" }\n',
        'tonn.url = "sandbox"\ntonn.pan = "left_negative"\n',
        '[tonn]\npan = "left_negative"\n[tonn.webhook]\npublic_url = ""\n',
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_keys_are_settled_however_the_table_is_written(session, tonn, newline):
    path = session(tonn + REST, newline)
    before = load_session(path)
    settle(path, CLEAR)
    after = load_session(path)
    assert {key: getattr(after.tonn, key) for key in CLEAR} == CLEAR
    assert after.tonn.model_copy(update={key: getattr(before.tonn, key) for key in CLEAR}) == before.tonn
    assert (after.mix, after.daw, after.tracks) == (before.mix, before.daw, before.tracks)
    lines = path.read_bytes().decode().split(newline)
    assert [line for line in REST.split("\n") if line not in lines] == []
    assert newline != "\r\n" or b"\n" not in path.read_bytes().replace(b"\r\n", b"")


def test_settling_twice_is_settling_once(session):
    path = session(REST)
    settle(path, CLEAR)
    once = path.read_bytes()
    settle(path, CLEAR)
    assert path.read_bytes() == once


def test_nothing_else_is_left_in_the_folder_and_the_rights_stay(session):
    path = session(REST)
    path.chmod(0o640)
    settle(path, CLEAR)
    assert [file.name for file in path.parent.iterdir()] == ["session.toml"]
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_to_a_session_stays_a_link(session, tmp_path):
    path = session(REST)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    settle(link, CLEAR)
    assert link.is_symlink()
    assert load_session(path).tonn.times == "ms"


@pytest.mark.parametrize(
    ("text", "said"), [("[tonn\n", "not TOML"), (REST.replace("POP", "PIP"), 'mix.style "PIP" is not one of')]
)
def test_what_is_no_session_is_told_and_not_touched(session, text, said):
    path = session(text)
    with pytest.raises(SessionError, match=said):
        settle(path, CLEAR)
    assert path.read_text("utf-8") == text


def test_a_file_that_has_gone_is_told(tmp_path):
    with pytest.raises(SessionError, match="No such file"):
        settle(tmp_path / "gone.toml", CLEAR)
