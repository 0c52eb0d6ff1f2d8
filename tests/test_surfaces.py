"""Which units stand side by side, and what a `[[surface]]` needs."""

import pytest

from tonn_bridge.errors import MappingError, SessionError
from tonn_bridge.session import load_session
from tonn_bridge.surfaces import gather

SONG = """
[mix]
name = "Song"
style = "ELECTRONIC"
[daw]
mapping = "reaper"
[[track]]
name = "Kick"
url = "https://example.com/kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
url = "https://example.com/bass.wav"
group = "BASS_GROUP"
"""
MIDI = 'input = "Desk"\noutput = "Desk"'


@pytest.fixture
def gathered(tmp_path):
    def gather_from(*surfaces: tuple[str, str]):
        tables = "".join(f'[[surface]]\nmapping = "{mapping}"\n{ports}\n' for mapping, ports in surfaces)
        (tmp_path / "song.toml").write_text(SONG + tables, "utf-8")
        return gather(load_session(tmp_path / "song.toml"))

    return gather_from


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["mackie"], [["mackie"]]),
        (["x-touch", "x-touch-extender"], [["x-touch", "x-touch-extender"]]),
        (
            ["mackie-extender", "mackie", "mackie-extender", "hui"],
            [["mackie-extender", "mackie", "mackie-extender"], ["hui"]],
        ),
        (["mackie-extender"], [["mackie-extender"]]),
        (["mackie", "nanokontrol2"], [["mackie"], ["nanokontrol2"]]),
        ([], []),
    ],
)
def test_extenders_stand_beside_their_main_unit_as_the_session_lists_them(gathered, names, rows):
    found = gathered(*((name, MIDI) for name in names))
    assert [[gear.label for gear in row] for row in found] == rows


def test_a_screen_has_no_more_strips_than_are_drawn_on_it(gathered):
    ((gear,),) = gathered(("touchosc", 'send = "192.168.1.9:9201"\nlisten = "0.0.0.0:9202"'))
    assert gear.mapping.caps.strips == 8


@pytest.mark.parametrize(
    ("mapping", "ports", "words"),
    [
        pytest.param("touchosc", MIDI, "speaks OSC: write send and listen; send and listen are missing", id="osc"),
        pytest.param("touchosc", 'send = "10.0.0.1:9000"', "listen is missing", id="half-an-osc"),
        pytest.param("mackie", 'input = "Desk"', "speaks MIDI: write input and output; output is missing", id="deaf"),
        pytest.param("nanokontrol2", 'output = "Desk"', "input is missing", id="dumb"),
    ],
)
def test_what_is_missing_is_said_with_the_file(gathered, mapping, ports, words):
    with pytest.raises(SessionError) as told:
        gathered((mapping, ports))
    assert str(told.value).startswith(f"song.toml: [[surface]] {mapping} speaks ")
    assert words in str(told.value)


def test_a_controller_without_motors_may_only_speak(gathered):
    assert gathered(("nanokontrol2", 'input = "nano"'))


def test_a_daws_mapping_is_no_surface(gathered):
    with pytest.raises(MappingError, match="is a DAW that speaks OSC: name it under"):
        gathered(("reaper", MIDI))
