"""What is shown of MIDI that passes: a surface's own words where its protocol is known, plain ones else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FakeClock
from tonn_bridge.links import Traffic
from tonn_bridge.links.midi_words import PROTOCOLS, MidiWords
from tonn_bridge.protocols import mackie
from tonn_bridge.protocols.surface import CellText, RingMode, RingSet

SURFACE, HOST = "by_surface", "by_host"

WORDS = [
    pytest.param("mackie", SURFACE, "e2 40 3f", "FaderMoved 3 0.496", id="mackie-fader"),
    pytest.param("mackie", SURFACE, "e8 7f 7f", "FaderMoved master 1.000", id="mackie-master"),
    pytest.param("mackie", SURFACE, "90 6a 7f", "FaderTouched 3 on", id="mackie-touch"),
    pytest.param("mackie", SURFACE, "b0 10 41", "EncoderTurned 1 -1", id="mackie-encoder"),
    pytest.param("mackie", SURFACE, "90 19 7f", "ButtonPressed 2 select on", id="mackie-button-of-a-strip"),
    pytest.param("mackie", SURFACE, "90 36 00", "ButtonPressed f1 off", id="mackie-button"),
    pytest.param("mackie", SURFACE, "b0 07 05", "CC 7 = 5 ch 1", id="mackie-knows-no-more"),
    pytest.param("mackie", HOST, "e2 40 3f", "FaderSet 3 0.496", id="mackie-host-fader"),
    pytest.param("mackie", HOST, "90 36 01", "LampSet f1 blink", id="mackie-host-lamp"),
    pytest.param("mackie", HOST, "f0 00 00 66 14 12 07 42 61 73 73 f7", 'LcdText 7 "Bass"', id="mackie-host-text"),
    pytest.param("midi", SURFACE, "b0 10 7f", "CC 16 = 127 ch 1", id="cc"),
    pytest.param("midi", SURFACE, "9f 3c 00", "note 60 = 0 ch 16", id="note"),
    pytest.param("midi", HOST, "e1 00 40", "pitch bend = 8192 ch 2", id="pitch-bend"),
    pytest.param("midi", HOST, "d0 1e", "channel pressure = 30 ch 1", id="channel-pressure"),
    pytest.param("midi", HOST, "a0 3c 1e", "pressure of note 60 = 30 ch 1", id="poly-pressure"),
    pytest.param("midi", HOST, "c3 05", "program 5 ch 4", id="program"),
    pytest.param("midi", HOST, "f0 7e 00 06 01 f7", "SysEx F0 7E 00 06 01 F7 (6 bytes)", id="sysex"),
    pytest.param("midi", HOST, "f8", "system F8", id="clock"),
]


@pytest.mark.parametrize(("protocol", "side", "wire", "words"), WORDS)
def test_a_message_is_put_into_words(protocol, side, wire, words):
    assert getattr(MidiWords(protocol), side)(bytes.fromhex(wire)) == words


def test_hui_is_followed_over_two_messages():
    words = MidiWords("hui")
    said = [words.by_surface(bytes.fromhex(wire)) for wire in ("b0 02 3f", "b0 22 40", "b0 0f 02", "b0 2f 41")]
    assert said == ["CC 2 = 63 ch 1", "FaderMoved 3 0.496", "CC 15 = 2 ch 1", "ButtonPressed 3 select on"]
    assert words.by_host(bytes.fromhex("90 00 00")) == "Ping"


def test_a_ring_is_told_with_its_mode_and_its_centre():
    [wire] = mackie.encode(RingSet(3, RingMode.BOOST_CUT, 0.5, centre=True))
    assert MidiWords("mackie").by_host(wire) == "RingSet 4 boost_cut 0.500 centre=on"


def test_what_is_no_midi_is_shown_as_bytes():
    assert MidiWords("midi").by_host(b"\x01\x02").endswith("[01 02]")
    long = MidiWords("midi").by_host(b"\xf0" + bytes(90) + b"\xf7")
    assert long.endswith("00 … (92 bytes)")
    assert "not understood" in MidiWords("mackie").by_surface(b"\xe0\xff")


@given(st.sampled_from(PROTOCOLS), st.lists(st.binary(max_size=12), max_size=8))
def test_any_bytes_have_words(protocol, messages):
    words = MidiWords(protocol)
    for message in messages:
        assert words.by_surface(message)
        assert words.by_host(message)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def traffic(lines):
    traffic = Traffic(FakeClock(wall=50.0))
    traffic.subscribe(lines.append)
    return traffic


def test_traffic_reads_a_surface_from_its_hosts_side(traffic, lines):
    traffic.note_midi("in", "x-touch", bytes.fromhex("e2 40 3f"), protocol="mackie")
    for wire in mackie.encode(CellText(0, 0, "Bass")):
        traffic.note_midi("out", "x-touch", wire, protocol="mackie")
    assert lines[0] == {"time": 50.0, "direction": "in", "endpoint": "x-touch", "text": "FaderMoved 3 0.496"}
    assert (lines[1]["direction"], lines[1]["text"]) == ("out", 'LcdText 0 "Bass   "')


def test_traffic_reads_a_daw_from_the_surfaces_side(traffic, lines):
    for direction in ("in", "out"):
        traffic.note_midi(direction, "daw", bytes.fromhex("e2 40 3f"), protocol="mackie", as_surface=True)
    assert [line["text"] for line in lines] == ["FaderSet 3 0.496", "FaderMoved 3 0.496"]


def test_two_units_of_one_protocol_are_followed_apart(traffic, lines):
    for endpoint, wire in (("left", "b0 02 3f"), ("right", "b0 22 40")):
        traffic.note_midi("in", endpoint, bytes.fromhex(wire), protocol="hui")
    assert [line["text"] for line in lines] == ["CC 2 = 63 ch 1", "CC 34 = 64 ch 1"]


def test_unwatched_it_does_nothing(lines):
    Traffic(FakeClock()).note_midi("in", "x-touch", b"\x00", protocol="mackie")
    assert lines == []
