"""Complete MIDI messages, read in both directions, and held against mido."""

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocols.tables import event_of, table
from tonn_bridge.errors import DecodeError, RangeError
from tonn_bridge.protocols import midi
from tonn_bridge.protocols.midi import (
    ChannelPressure,
    ControlChange,
    Note,
    PitchBend,
    PolyPressure,
    ProgramChange,
    SysEx,
    decode,
    encode,
)

VECTORS = table("midi")["messages"]

channels = st.integers(0, 15)
sevens = st.integers(0, 127)
events = st.one_of(
    st.builds(ControlChange, channels, sevens, sevens),
    st.builds(Note, channels, sevens, sevens),
    st.builds(PitchBend, channels, st.integers(0, 16383)),
    st.builds(ChannelPressure, channels, sevens),
    st.builds(PolyPressure, channels, sevens, sevens),
    st.builds(ProgramChange, channels, sevens),
    st.builds(SysEx, st.lists(sevens, max_size=20).map(bytes)),
)
nearly_messages = st.one_of(
    st.binary(max_size=6),
    st.tuples(st.integers(0x80, 0xFF), st.lists(sevens, max_size=3)).map(lambda m: bytes((m[0], *m[1]))),
    st.tuples(events.map(encode), st.binary(max_size=1)).map(b"".join),
)


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["what"])
def test_midi_vector_reads_the_same_both_ways(row):
    event, wire = event_of(row, midi), bytes.fromhex(row["hex"])
    assert encode(event) == wire
    assert decode(wire) == event


def test_a_note_off_is_a_note_of_velocity_0():
    assert decode(bytes.fromhex("82 3C 40")) == Note(2, 60, 0)


@pytest.mark.parametrize("wire", ["F8", "FA", "FE", "FF", "F6", "F1 31", "F2 10 20", "F3 04"])
def test_clocks_and_song_positions_are_of_no_use(wire):
    assert decode(bytes.fromhex(wire)) is None


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        pytest.param("", "no bytes", id="nothing"),
        pytest.param("07 40", "no status byte", id="running-status"),
        pytest.param("B0 07", "of 2 bytes, not 3", id="cut-off"),
        pytest.param("E0", "of 1 bytes, not 3", id="status-alone"),
        pytest.param("B0 07 40 08 41", "of 5 bytes", id="two-with-running-status"),
        pytest.param("D0 07 40", "of 3 bytes, not 2", id="one-byte-too-many"),
        pytest.param("F8 F8", "of 2 bytes, not 1", id="two-clocks"),
        pytest.param("B0 07 F8", "above 7F", id="clock-inside"),
        pytest.param("E0 80 40", "above 7F", id="data-byte-too-large"),
        pytest.param("F0", "without its end", id="sysex-start-alone"),
        pytest.param("F0 00 00 66 14", "without its end", id="sysex-cut-off"),
        pytest.param("F0 00 F7 00 F7", "above 7F", id="two-sysex-ends"),
        pytest.param("F0 00 B0 07 40 F7", "above 7F", id="message-inside-sysex"),
        pytest.param("F7", "no status byte", id="sysex-end-alone"),
        pytest.param("F4", "no status byte", id="status-not-defined"),
        pytest.param("FD", "no status byte", id="real-time-not-defined"),
    ],
)
def test_what_is_not_one_complete_message_is_refused_with_its_reason(wire, reason):
    with pytest.raises(DecodeError, match=reason) as refused:
        decode(bytes.fromhex(wire))
    assert refused.value.data == bytes.fromhex(wire)


@pytest.mark.parametrize(
    "event",
    [
        ControlChange(16, 7, 0),
        ControlChange(-1, 7, 0),
        ControlChange(0, 128, 0),
        ControlChange(0, 7, 128),
        ControlChange(0, 7, -1),
        Note(0, 200, 1),
        PitchBend(0, 16384),
        PitchBend(0, -1),
        ChannelPressure(0, 128),
        SysEx(b"\x00\x80"),
    ],
    ids=str,
)
def test_what_seven_bits_cannot_carry_is_refused(event):
    with pytest.raises(RangeError):
        encode(event)


@given(events)
def test_what_is_written_is_read_and_mido_reads_the_same(event):
    wire = encode(event)
    assert decode(wire) == event
    assert as_mido(event) == mido.Message.from_bytes(wire)


@given(nearly_messages)
def test_any_bytes_are_an_event_or_nothing_or_refused_as_mido_refuses_them(wire):
    try:
        read = decode(wire)
    except DecodeError:
        assert not mido_takes(wire)
    else:
        assert mido_takes(wire)
        assert read is None or encode(read)[1:] == wire[1:] or isinstance(read, Note)


def mido_takes(wire):
    """Whether mido takes these bytes and gives them back: it drops what follows a pitch bend without a word."""
    try:
        return bytes(mido.Message.from_bytes(wire).bytes()) == wire
    except (ValueError, IndexError):
        return False


def as_mido(event):
    match event:
        case ControlChange(channel, controller, value):
            return mido.Message("control_change", channel=channel, control=controller, value=value)
        case Note(channel, note, velocity):
            return mido.Message("note_on", channel=channel, note=note, velocity=velocity)
        case PitchBend(channel, value):
            return mido.Message("pitchwheel", channel=channel, pitch=value - 8192)
        case ChannelPressure(channel, pressure):
            return mido.Message("aftertouch", channel=channel, value=pressure)
        case PolyPressure(channel, note, pressure):
            return mido.Message("polytouch", channel=channel, note=note, value=pressure)
        case ProgramChange(channel, program):
            return mido.Message("program_change", channel=channel, program=program)
        case SysEx(data):
            return mido.Message("sysex", data=data)
