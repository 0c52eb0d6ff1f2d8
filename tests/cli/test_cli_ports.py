"""`ports`: where a session looks for its DAW and its surfaces, and what it finds."""

import pytest

from tonn_bridge.cli.ports import addresses, midi_places
from tonn_bridge.ports.midi import PortNames
from tonn_bridge.session import load_session

THERE = PortNames(inputs=("X-Touch:X-Touch MIDI 1 20:0", "nano 24:0"), outputs=("X-Touch:X-Touch MIDI 1 20:0",))


@pytest.fixture
def session(tmp_path, session_text):
    """A session with these surfaces, and this DAW."""

    def _session(surfaces="", daw='mapping = "reaper"'):
        text = session_text.replace('mapping = "reaper"', daw) + surfaces
        (tmp_path / "session.toml").write_text(text, encoding="utf-8")
        return load_session(tmp_path / "session.toml")

    return _session


def midi_surface(mapping, name):
    return f'[[surface]]\nmapping = "{mapping}"\ninput = "{name}"\noutput = "{name}"\n'


def test_each_surface_has_its_ports_or_the_reason(session):
    places = dict(midi_places(session(midi_surface("x-touch", "X-Touch") + midi_surface("./nano.toml", "nano")), THERE))
    touch = "X-Touch:X-Touch MIDI 1 20:0"
    assert places["Surface x-touch"] == f'input "{touch}", output "{touch}"'
    assert places["Surface nano"] == f'input "nano 24:0", MIDI output "nano" is not connected; connected: "{touch}"'


def test_without_midi_it_is_said_of_each(session):
    assert list(midi_places(session(midi_surface("x-touch", "X-Touch")), None)) == [("Surface x-touch", "no MIDI")]


def test_an_osc_surface_has_addresses(session):
    surface = '[[surface]]\nmapping = "touchosc"\nsend = "10.0.0.7:9001"\nlisten = "0.0.0.0:8001"\n'
    loaded = session(surface)
    assert ("Surface touchosc", "sends to 10.0.0.7:9001, listens on 0.0.0.0:8001") in addresses(loaded)
    assert list(midi_places(loaded, THERE)) == []


def test_a_daw_on_midi_has_ports_and_no_addresses(session):
    offered = session(daw='mapping = "cubase"')
    assert [label for label, _ in addresses(offered)] == ["OSC control", "HTTP"]
    assert list(midi_places(offered, THERE)) == [("DAW unit 1", '"tonn-bridge 1", offered while tonn-bridge runs')]
    named = session(daw='mapping = "cubase"\ninput = "X-Touch"\noutput = "X-Touch"')
    [(label, found)] = midi_places(named, THERE)
    assert (label, found.split(",")[0]) == ("DAW unit 1", 'input "X-Touch:X-Touch MIDI 1 20:0"')


def test_a_daw_with_names_for_some_of_its_units_is_wrong(session):
    wrong = session(daw='mapping = "cubase"\nunits = 2\ninput = "X-Touch"\noutput = "X-Touch"')
    [(label, problem)] = midi_places(wrong, THERE)
    assert label == "DAW"
    assert "2 units need 2 inputs" in problem
