"""Mackie Control beyond its vectors: all buttons, what hosts and units are forgiven, what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocols.tables import table
from tonn_bridge.errors import DecodeError, RangeError
from tonn_bridge.protocols import mackie
from tonn_bridge.protocols.mackie import (
    BUTTONS,
    EXTENDER,
    LOGIC_MAIN,
    MAIN,
    POWER_UP,
    STRIP_BUTTONS,
    AssignmentDigit,
    ConnectionQuery,
    ConnectionReply,
    DeviceQuery,
    FromHost,
    FromSurface,
    LcdText,
    TimecodeDigit,
    encode,
    from_host,
    from_surface,
    note_of,
    reply,
    unit_of,
)
from tonn_bridge.protocols.surface import (
    MASTER,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
    RingMode,
    RingSet,
)

NOTES = table("mackie")["notes"]

strips = st.integers(0, 7)
faders = st.one_of(strips, st.just(MASTER))
positions = st.integers(0, 16383).map(lambda value: value / 16383)
buttons = st.one_of(
    st.tuples(st.sampled_from(sorted(STRIP_BUTTONS)), strips),
    st.tuples(st.sampled_from(sorted(BUTTONS - STRIP_BUTTONS)), st.none()),
)
ticks = st.integers(-63, 63).filter(bool)
serials = st.binary(min_size=7, max_size=7).map(lambda raw: bytes(byte & 0x7F for byte in raw))
fours = st.binary(min_size=4, max_size=4).map(lambda raw: bytes(byte & 0x7F for byte in raw))
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=56)
segments = st.characters(min_codepoint=0x20, max_codepoint=0x5F, exclude_characters="@")
rings = st.sampled_from(RingMode).flatmap(
    lambda mode: st.builds(
        RingSet,
        strips,
        st.just(mode),
        st.none() | st.integers(0, 5).map(lambda step: step / 5),
        st.booleans(),
    )
)

said_by_surface = st.one_of(
    st.builds(FaderMoved, faders, positions),
    st.builds(FaderTouched, faders, st.booleans()),
    st.builds(EncoderTurned, strips, ticks),
    st.builds(mackie.JogTurned, ticks),
    st.builds(mackie.PedalMoved, st.integers(0, 127).map(lambda value: value / 127)),
    st.tuples(buttons, st.booleans()).map(lambda b: ButtonPressed(b[0][0], b[1], b[0][1])),
    st.builds(ConnectionQuery, serials, fours),
    st.builds(mackie.ConnectionConfirmed, serials),
    st.builds(mackie.ConnectionRefused, serials),
    st.builds(mackie.Version, printable),
)
said_by_host = st.one_of(
    st.builds(FaderSet, faders, positions),
    rings,
    st.tuples(buttons, st.sampled_from(Lamp)).map(lambda b: LampSet(b[0][0], b[1], b[0][1])),
    st.builds(ColoursSet, st.lists(st.integers(0, 7), min_size=8, max_size=8).map(tuple)),
    st.builds(LcdText, st.integers(0, 55), printable),
    st.builds(mackie.SecondLcdText, st.integers(0, 55), printable),
    st.builds(TimecodeDigit, st.integers(0, 9), segments, st.booleans()),
    st.builds(AssignmentDigit, st.integers(0, 1), segments, st.booleans()),
    st.builds(mackie.MeterLevel, strips, st.integers(0, 13)),
    st.builds(mackie.MeterOverload, strips, st.booleans()),
    st.builds(mackie.MeterMode, strips, st.integers(0, 7)),
    st.builds(ConnectionReply, serials, fours),
    st.builds(mackie.Backlight, st.booleans()),
    st.sampled_from(
        [
            DeviceQuery(),
            mackie.VersionRequest(),
            mackie.Reset(),
            mackie.Recalibrate(),
            mackie.AllFadersDown(),
            mackie.AllLampsOff(),
        ]
    ),
)
nearly_messages = st.one_of(
    st.binary(max_size=8),
    st.lists(st.integers(0, 127), max_size=14).map(lambda data: b"\xf0\x00\x00\x66\x14" + bytes(data) + b"\xf7"),
    st.tuples(st.integers(0x80, 0xEF), st.integers(0, 127), st.integers(0, 127)).map(bytes),
)


@given(said_by_surface, st.sampled_from(sorted(mackie.UNITS)))
def test_what_a_surface_says_survives(event, unit):
    (wire,) = encode(event, unit)
    assert from_surface(wire) == event
    assert from_surface(wire, units=(unit,)) == event


@given(said_by_host, st.sampled_from(sorted(mackie.UNITS)))
def test_what_a_host_says_survives(event, unit):
    (wire,) = encode(event, unit)
    assert from_host(wire) == event
    assert from_host(wire, units=(unit,)) == event


@given(nearly_messages)
def test_any_bytes_are_an_event_or_nothing_or_refused(wire):
    for read, events in ((from_surface, FromSurface), (from_host, FromHost)):
        try:
            event = read(wire)
        except DecodeError:
            continue
        assert event is None or isinstance(event, events)
        if event is not None:
            assert encode(event)  # whatever is read can be said again


@given(st.floats(0.0, 1.0))
def test_a_fader_lands_within_half_a_step(position):
    (wire,) = encode(FaderSet(3, position))
    assert abs(from_host(wire).position - position) <= 0.5 / 16383


# --- buttons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("button", "note"), NOTES.items())
def test_button_has_its_note(button, note):
    strip = 0 if button in STRIP_BUTTONS else None
    assert note_of(button, strip) == note
    assert from_surface(bytes((0x90, note, 0x7F))) == ButtonPressed(button, True, strip)
    assert from_surface(bytes((0x80, note, 0x40))) == ButtonPressed(button, False, strip)


def test_the_table_of_notes_is_complete():
    assert set(NOTES) == BUTTONS
    assert {note_of(button, 7) - note_of(button, 0) for button in STRIP_BUTTONS} == {7}


@pytest.mark.parametrize(
    ("velocity", "lamp"),
    [(0x00, Lamp.OFF), (0x01, Lamp.BLINK), (0x03, Lamp.BLINK), (0x40, Lamp.ON), (0x7F, Lamp.ON)],
)
def test_lamp_velocities(velocity, lamp):
    assert from_host(bytes((0x90, 0x19, velocity))) == LampSet("select", lamp, 1)


@pytest.mark.parametrize(
    ("button", "strip", "reason"),
    [
        ("slect", None, "slect"),
        ("select", None, "select"),
        ("select", 8, "0..7"),
        ("flip", 0, "on a strip"),
    ],
)
def test_button_that_is_not_there_is_refused_by_name(button, strip, reason):
    with pytest.raises(RangeError, match=reason):
        encode(LampSet(button, Lamp.ON, strip))


# --- texts and digits -----------------------------------------------------------------------------------------------


def test_cells_are_cut_and_filled_to_seven_characters():
    assert encode(CellText(2, 0, "Kick")) == encode(LcdText(14, "Kick   "))
    assert encode(CellText(7, 1, "Übergröße")) == encode(LcdText(105, "Ubergro"))
    assert encode(CellText(0, 0, "x"), EXTENDER)[0][4] == EXTENDER


def test_a_banner_fills_its_row():
    assert encode(BannerText(1, "MIX 45%")) == encode(LcdText(56, "MIX 45%".ljust(56)))
    assert encode(BannerText(0, "x" * 99)) == encode(LcdText(0, "x" * 56))


def test_text_that_runs_past_the_display_ends_there():
    assert encode(LcdText(110, "abcdef")) == encode(LcdText(110, "ab"))
    assert from_host(bytes.fromhex("F0 00 00 66 14 12 6E 61 62 63 64 F7")) == LcdText(110, "ab")


def test_text_with_codes_that_are_no_character():
    assert from_host(bytes.fromhex("F0 00 00 66 14 12 00 41 00 1F 42 F7")) == LcdText(0, "A  B")


@pytest.mark.parametrize(
    ("text", "wire"),
    [("PN", "B0 4B 10 B0 4A 0E"), ("7", "B0 4B 37 B0 4A 20"), ("", "B0 4B 20 B0 4A 20"), ("é{x", "B0 4B 05 B0 4A 3F")],
)
def test_assignment_text_is_two_digits_left_one_first(text, wire):
    assert b"".join(encode(AssignmentText(text))) == bytes.fromhex(wire)


def test_digits_from_hosts_that_use_channel_16():
    assert from_host(bytes.fromhex("BF 40 79")) == TimecodeDigit(0, "9", True)
    assert from_host(bytes.fromhex("BF 30 06")) is None  # rings are not among them


def test_a_blank_digit_in_either_spelling():
    assert from_host(bytes.fromhex("B0 40 20")) == from_host(bytes.fromhex("B0 40 00")) == TimecodeDigit(0, " ")


def test_colours_that_are_not_given_are_white():
    assert encode(ColoursSet((1, 2))) == encode(ColoursSet((1, 2, 7, 7, 7, 7, 7, 7)))


# --- rings and encoders ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [RingMode.DOT, RingMode.BOOST_CUT, RingMode.FAN])
def test_left_and_right_of_the_middle_mirror_each_other(mode):
    def lamp(position):
        return encode(RingSet(0, mode, position))[0][2] & 0x0F

    assert lamp(0.5) == 6
    for percent in range(101):
        assert lamp(percent / 100) + lamp((100 - percent) / 100) == 12


@pytest.mark.parametrize(
    ("byte", "position"), [(0x0B, 1.0), (0x0F, 1.0), (0x36, 1.0), (0x3B, 1.0), (0x30, None), (0x00, None)]
)
def test_a_ring_past_its_last_lamp_stops_there(byte, position):
    assert from_host(bytes((0xB0, 0x30, byte))).position == position


@pytest.mark.parametrize(("byte", "turned"), [(0x00, 1), (0x40, -1), (0x3F, 63), (0x7F, -63)])
def test_encoders_that_say_zero_mean_one(byte, turned):
    assert from_surface(bytes((0xB0, 0x10, byte))) == EncoderTurned(0, turned)


def test_no_ticks_are_no_message_and_too_many_stop():
    assert encode(EncoderTurned(0, 0)) == []
    assert encode(EncoderTurned(0, -100)) == encode(EncoderTurned(0, -63))


# --- who is there ---------------------------------------------------------------------------------------------------


def test_power_up_is_the_message_reaper_knows():
    assert encode(Awake()) == [bytes.fromhex("F0 00 00 66 14 01 58 59 5A 57 18 61 05 57 18 61 05 F7")]
    assert from_surface(encode(Awake())[0]) == POWER_UP
    assert encode(Awake(), EXTENDER)[0][4] == EXTENDER


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param("F0 00 00 66 14 06 00 F7", id="x-touch-compact"),
        pytest.param("F0 00 00 66 14 01 F7", id="without-serial"),
        pytest.param("F0 00 00 66 14 01 58 59 5A 57 18 61 05 F7", id="without-challenge"),
    ],
)
def test_a_unit_that_says_little_of_itself_is_awake_all_the_same(wire):
    assert from_surface(bytes.fromhex(wire)) == Awake()


def test_host_replies_with_the_serial_and_the_common_response():
    assert reply(POWER_UP) == ConnectionReply(POWER_UP.serial, bytes.fromhex("64 5A 5E 57"))


@given(fours)
def test_every_challenge_has_its_answer_in_seven_bits(challenge):
    for as_ardour in (False, True):
        answer = mackie.response(challenge, as_ardour=as_ardour)
        assert len(answer) == 4
        assert answer.isascii()


def test_units_that_are_not_meant_are_not_read():
    query = encode(DeviceQuery(), LOGIC_MAIN)[0]
    assert unit_of(query) == LOGIC_MAIN
    assert from_host(query) == DeviceQuery()
    assert from_host(query, units=(MAIN,)) is None
    assert from_host(encode(DeviceQuery(), 0x2A)[0]) is None
    assert from_host(encode(DeviceQuery(), 0x2A)[0], units=(0x2A,)) == DeviceQuery()


def test_a_reset_as_logic_says_it():
    assert from_host(bytes.fromhex("F0 00 00 66 10 63 F7")) == mackie.Reset()


# --- what is of no use, and what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param("F8", id="clock"),
        pytest.param("E9 00 00", id="a-tenth-fader"),
        pytest.param("91 18 7F", id="note-on-channel-2"),
        pytest.param("B1 10 01", id="control-on-channel-2"),
        pytest.param("B0 07 40", id="volume"),
        pytest.param("90 7F 7F", id="note-of-no-button"),
        pytest.param("C0 01", id="program-change"),
        pytest.param("F0 7E 7F 06 01 F7", id="universal-sysex"),
        pytest.param("F0 F7", id="empty-sysex"),
        pytest.param("F0 00 00 66 05 00 12 00 F7", id="hui"),
        pytest.param("F0 00 00 66 14 7E F7", id="unknown-command"),
    ],
)
def test_what_we_have_no_use_for_says_nothing(wire):
    assert from_surface(bytes.fromhex(wire)) is None
    assert from_host(bytes.fromhex(wire)) is None


@pytest.mark.parametrize(
    ("read", "wire", "reason"),
    [
        pytest.param(from_surface, "", "no bytes", id="nothing"),
        pytest.param(from_surface, "E0 52", "2 bytes", id="half-a-fader"),
        pytest.param(from_surface, "E0 80 00", "above 7F", id="fader-out-of-range"),
        pytest.param(from_host, "F0 00 00 66 14 12 00", "without its end", id="sysex-without-end"),
        pytest.param(from_host, "F0 00 00 66 F7", "before its command", id="no-unit"),
        pytest.param(from_host, "F0 00 00 66 14 F7", "before its command", id="no-command"),
        pytest.param(from_host, "F0 00 00 66 14 12 F7", "offset", id="text-without-offset"),
        pytest.param(from_host, "F0 00 00 66 14 12 70 41 F7", "offset", id="text-below-the-display"),
        pytest.param(from_host, "F0 00 00 67 15 13 F7", "offset", id="second-display-without-offset"),
        pytest.param(from_host, "F0 00 00 66 14 02 58 59 F7", "2 bytes of data, not 11", id="reply-cut-off"),
        pytest.param(from_host, "F0 00 00 66 14 0A F7", "0 bytes of data, not 1", id="backlight-neither"),
        pytest.param(from_host, "F0 00 00 66 14 20 01 F7", "1 bytes of data, not 2", id="meter-mode-of-nothing"),
        pytest.param(from_host, "F0 00 00 66 14 20 09 01 F7", "strip 9", id="meter-mode-of-a-tenth-strip"),
        pytest.param(from_host, "F0 00 00 66 14 72 01 02 F7", "2 bytes of data, not 8", id="colours-for-two"),
        pytest.param(from_host, "F0 00 00 66 14 72 01 02 03 04 05 06 07 08 F7", "colour", id="an-eighth-colour"),
        pytest.param(from_surface, "F0 00 00 66 14 03 58 F7", "1 bytes of data, not 7", id="serial-cut-off"),
    ],
)
def test_broken_bytes_are_refused_with_their_reason(read, wire, reason):
    with pytest.raises(DecodeError, match=reason) as refused:
        read(bytes.fromhex(wire))
    assert refused.value.data == bytes.fromhex(wire)


@pytest.mark.parametrize(
    "event",
    [
        FaderSet(8, 0.5),
        FaderSet(-2, 0.5),
        FaderSet(0, 1.01),
        FaderSet(0, -0.01),
        FaderSet(0, math.nan),
        EncoderTurned(8, 1),
        RingSet(8, RingMode.DOT, 0.5),
        RingSet(0, RingMode.DOT, math.nan),
        CellText(8, 0, "x"),
        CellText(0, 2, "x"),
        BannerText(2, "x"),
        LcdText(112, "x"),
        TimecodeDigit(10, "1"),
        AssignmentDigit(2, "1"),
        mackie.MeterLevel(0, 14),
        mackie.MeterLevel(8, 1),
        mackie.MeterMode(0, 8),
        mackie.PedalMoved(1.5),
        ColoursSet((8,)),
        ColoursSet((1,) * 9),
        ConnectionQuery(b"\xff" * 7, b"\0" * 4),
    ],
    ids=str,
)
def test_what_the_unit_has_not_is_refused(event):
    with pytest.raises(RangeError):
        encode(event)


@pytest.mark.parametrize("unit", [-1, 128])
def test_unit_that_seven_bits_cannot_name_is_refused(unit):
    with pytest.raises(RangeError, match="unit"):
        encode(DeviceQuery(), unit)


@pytest.mark.parametrize("challenge", [b"", b"\0" * 3, b"\0" * 5])
def test_challenge_of_another_length_is_refused(challenge):
    with pytest.raises(RangeError, match="challenge"):
        mackie.response(challenge)
