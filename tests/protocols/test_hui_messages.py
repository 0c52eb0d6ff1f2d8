"""HUI beyond its vectors: all switches, lost and mixed-up halves, what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocols.tables import table
from tonn_bridge.errors import DecodeError, RangeError
from tonn_bridge.protocols import hui, mackie
from tonn_bridge.protocols.hui import (
    BUTTONS,
    STRIP_BUTTONS,
    FromHost,
    FromSurface,
    HostReader,
    MeterLevel,
    Side,
    SurfaceReader,
    TimecodeText,
    encode,
    switch_of,
)
from tonn_bridge.protocols.surface import (
    MASTER,
    AssignmentText,
    BannerText,
    ButtonPressed,
    CellText,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    Lamp,
    LampSet,
    RingMode,
    RingSet,
)

SWITCHES = table("hui")["switches"]

strips = st.integers(0, 7)
sevens = st.integers(0, 127)
faders = st.one_of(strips, st.just(MASTER))
positions = st.integers(0, 16383).map(lambda value: value / 16383)
buttons = st.one_of(
    st.tuples(st.sampled_from(sorted(STRIP_BUTTONS)), strips),
    st.tuples(st.sampled_from(sorted(BUTTONS - STRIP_BUTTONS)), st.none()),
)
ticks = st.integers(-63, 63).filter(bool)


def text_of(width):
    return st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=width, max_size=width)


digits = st.lists(st.tuples(st.sampled_from("0123456789"), st.sampled_from(["", "."])), max_size=8).map(
    lambda pairs: "".join(digit + dot for digit, dot in pairs)
)
said_by_surface = st.one_of(
    st.builds(FaderMoved, faders, positions),
    st.builds(FaderTouched, strips, st.booleans()),
    st.builds(EncoderTurned, st.integers(0, 8), ticks),
    st.builds(hui.JogTurned, ticks),
    st.tuples(buttons, st.booleans()).map(lambda b: ButtonPressed(b[0][0], b[1], b[0][1])),
    st.just(hui.PingReply()),
)
said_by_host = st.one_of(
    st.builds(FaderSet, faders, positions),
    st.builds(
        RingSet,
        strips,
        st.sampled_from(RingMode),
        st.none() | st.integers(0, 5).map(lambda step: step / 5),
        st.booleans(),
    ),
    st.tuples(buttons, st.sampled_from([Lamp.ON, Lamp.OFF])).map(lambda b: LampSet(b[0][0], b[1], b[0][1])),
    st.builds(CellText, strips, st.just(0), text_of(4)),
    st.builds(AssignmentText, text_of(4)),
    st.builds(BannerText, st.integers(0, 1), text_of(40)),
    st.builds(MeterLevel, strips, st.sampled_from(Side), st.integers(0, 12)),
    st.builds(TimecodeText, digits),
    st.just(hui.Ping()),
)
controls = st.tuples(
    st.just(0xB0), st.sampled_from([0x00, 0x07, 0x08, 0x0C, 0x0F, 0x20, 0x27, 0x28, 0x2C, 0x2F]), st.integers(0, 127)
).map(bytes)
nearly_messages = st.one_of(
    st.binary(max_size=8),
    controls,
    st.tuples(st.integers(0x80, 0xEF), st.integers(0, 127), st.integers(0, 127)).map(bytes),
    st.tuples(st.sampled_from([0x10, 0x11, 0x12]) | sevens, st.lists(sevens, max_size=14)).map(
        lambda said: b"\xf0\x00\x00\x66\x05\x00" + bytes((said[0], *said[1])) + b"\xf7"
    ),
)


@given(st.lists(said_by_surface, max_size=6))
def test_what_a_surface_says_survives(events):
    assert read_through(SurfaceReader(), events) == events


@given(st.lists(said_by_host, max_size=6))
def test_what_a_host_says_survives(events):
    assert read_through(HostReader(), events) == events


def read_through(reader, events):
    """What the reader says with the last message of each event."""
    return [[reader.read(wire) for wire in encode(event)][-1] for event in events]


@given(st.lists(nearly_messages, max_size=10))
def test_any_bytes_in_any_order_are_an_event_or_nothing_or_refused(wires):
    for reader, events in ((SurfaceReader(), FromSurface), (HostReader(), FromHost)):
        for wire in wires:
            try:
                event = reader.read(wire)
            except DecodeError:
                continue
            assert event is None or isinstance(event, events)
            if event is not None:
                encode(event)  # whatever is read can be said again


@given(st.lists(said_by_surface, max_size=8), st.data())
def test_messages_that_are_lost_make_nothing_up(events, data):
    """What is read of a stream with gaps was read of the whole one too, or is a pair of halves that were both sent."""
    wires = [wire for event in events for wire in encode(event)]
    kept = [wire for wire in wires if data.draw(st.booleans())]
    reader = SurfaceReader()
    zones = {wire[2] for wire in kept if wire[:2] == b"\xb0\x0f"}
    for event in filter(None, map(reader.read, kept)):
        match event:
            case ButtonPressed(button, _, strip):
                assert switch_of(button, strip)[0] in zones
            case FaderTouched(fader, _):
                assert fader in zones
            case FaderMoved(fader, _):
                assert fader in {sent.fader for sent in events if isinstance(sent, FaderMoved)}
            case _:
                assert event in events


# --- halves ---------------------------------------------------------------------------------------------------------


def said(reader, *wires):
    return [reader.read(bytes.fromhex(wire)) for wire in wires]


def test_second_halves_alone_say_nothing():
    assert said(SurfaceReader(), "B0 20 52", "B0 2F 40", "B0 28 00") == [None] * 3
    assert said(HostReader(), "B0 20 52", "B0 2C 41", "B0 27 00") == [None] * 3


def test_a_zone_and_a_coarse_position_stay_until_they_are_said_anew():
    reader = SurfaceReader()
    select = ButtonPressed("select", True, 2)
    assert said(reader, "B0 0F 02", "B0 2F 41", "B0 2F 01", "B0 2F 40") == [
        None,
        select,
        ButtonPressed("select", False, 2),
        FaderTouched(2, True),
    ]
    assert said(reader, "B0 03 5B", "B0 23 52", "B0 23 53")[1:] == [
        FaderMoved(3, 11730 / 16383),
        FaderMoved(3, 11731 / 16383),
    ]


def test_faders_and_zones_may_be_interleaved():
    assert said(SurfaceReader(), "B0 00 5B", "B0 0F 0E", "B0 01 00", "B0 2F 44", "B0 21 00", "B0 20 52") == [
        None,
        None,
        None,
        ButtonPressed("play", True),
        FaderMoved(1, 0.0),
        FaderMoved(0, 11730 / 16383),
    ]


def test_what_the_other_side_says_is_not_heard():
    assert said(SurfaceReader(), "B0 0C 01", "B0 2C 42", "90 00 00", "B0 10 06") == [None] * 4
    assert said(HostReader(), "B0 0F 02", "B0 2F 41", "90 00 7F", "B0 40 42", "B0 0D 41") == [None] * 5


# --- switches -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "port", "button"),
    [(int(zone, 16), port, button) for zone, row in SWITCHES.items() for port, button in enumerate(row.split())],
)
def test_switch_has_its_zone_and_port(zone, port, button):
    assert switch_of(button, None) == (zone, port)
    assert said(SurfaceReader(), f"B0 0F {zone:02X}", f"B0 2F 4{port}")[1] == ButtonPressed(button, True)
    assert said(HostReader(), f"B0 0C {zone:02X}", f"B0 2C 4{port}")[1] == LampSet(button, Lamp.ON)


def test_the_table_of_switches_is_complete():
    assert {button for row in SWITCHES.values() for button in row.split()} == BUTTONS - STRIP_BUTTONS


@pytest.mark.parametrize(
    ("port", "button"),
    list(enumerate(["select", "mute", "solo", "auto", "vpot", "insert", "rec"], 1)),
)
def test_strips_have_their_ports(port, button):
    assert [switch_of(button, strip) for strip in range(8)] == [(strip, port) for strip in range(8)]


def test_buttons_are_called_as_on_a_mackie_where_they_do_the_same():
    for name in ("bank_left", "channel_right", "play", "cycle", "f8", "save", "undo", "pan", "cursor_up", "smpte"):
        assert name in BUTTONS & mackie.BUTTONS
    assert {"select", "mute", "solo", "rec", "vpot"} <= STRIP_BUTTONS & mackie.STRIP_BUTTONS


@pytest.mark.parametrize(
    "wires",
    [
        pytest.param(["B0 0F 1E", "B0 2F 40"], id="zone-that-is-not-there"),
        pytest.param(["B0 0F 0A", "B0 2F 45"], id="port-without-a-button"),
        pytest.param(["B0 0F 0A", "B0 2F 48"], id="no-port"),
        pytest.param(["B0 0F 0A", "B0 2F 7F"], id="no-port-either"),
        pytest.param(["B0 0C 00", "B0 2C 40"], id="lamp-of-a-touched-fader"),
    ],
)
def test_switches_that_are_not_there_say_nothing(wires):
    assert said(SurfaceReader(), *wires)[-1] is None
    assert said(HostReader(), *wires)[-1] is None


def test_a_lamp_that_shall_blink_is_lit():
    assert encode(LampSet("play", Lamp.BLINK)) == encode(LampSet("play", Lamp.ON))


# --- displays -------------------------------------------------------------------------------------------------------


def test_texts_are_cut_and_filled():
    assert encode(CellText(0, 0, "Übergröße")) == encode(CellText(0, 0, "Uber"))
    assert encode(AssignmentText("P")) == encode(AssignmentText("P   "))
    assert encode(BannerText(0, "MIX 45%")) == encode(BannerText(0, "MIX 45%".ljust(40)))


def test_a_row_that_is_written_in_part_keeps_the_rest():
    reader = HostReader()
    for wire in encode(BannerText(0, "0123456789" * 4)):
        reader.read(wire)
    part = reader.read(bytes.fromhex("F0 00 00 66 05 00 12 02") + b"ABCDEFGHIJ\xf7")
    assert part == BannerText(0, "01234567890123456789ABCDEFGHIJ0123456789")
    short = reader.read(bytes.fromhex("F0 00 00 66 05 00 12 05") + b"ab\xf7")
    assert short == BannerText(1, " " * 10 + "ab" + " " * 28)


@pytest.mark.parametrize(
    ("text", "data"),
    [("12:34", "04 03 12 01"), ("1..2", "02 11"), (".5", "05"), ("a7", "07 00"), ("", "")],
)
def test_position_is_written_from_the_right_with_dots_on_the_digit_before(text, data):
    assert encode(TimecodeText(text)) == [bytes.fromhex(f"F0 00 00 66 05 00 11 {data} F7")]


def test_digits_past_the_display_are_not_there():
    assert said(HostReader(), "F0 00 00 66 05 00 11 08 07 06 05 04 03 02 01 00 F7") == [TimecodeText("12345678")]


def test_a_digit_that_is_none_is_a_blank():
    assert said(HostReader(), "F0 00 00 66 05 00 11 0F 1A 01 F7") == [TimecodeText("1 . ")]


# --- what is of no use, and what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param("F8", id="clock"),
        pytest.param("B1 00 40", id="control-on-channel-2"),
        pytest.param("90 01 7F", id="another-note"),
        pytest.param("90 00 40", id="half-a-ping"),
        pytest.param("E0 00 40", id="pitch-bend"),
        pytest.param("B0 09 40", id="a-tenth-fader"),
        pytest.param("B0 49 41", id="a-tenth-encoder"),
        pytest.param("B0 18 06", id="a-ninth-ring"),
        pytest.param("B0 7F 00", id="the-last-controller"),
        pytest.param("A0 08 01", id="a-ninth-meter"),
        pytest.param("A0 00 21", id="a-third-side"),
        pytest.param("A0 00 0D", id="a-level-above-clipping"),
        pytest.param("F0 00 00 66 14 00 F7", id="mackie"),
        pytest.param("F0 00 00 66 05 00 7E F7", id="unknown-display"),
    ],
)
def test_what_we_have_no_use_for_says_nothing(wire):
    assert said(SurfaceReader(), wire) == [None]
    assert said(HostReader(), wire) == [None]


@pytest.mark.parametrize(
    ("reader", "wire", "reason"),
    [
        pytest.param(SurfaceReader, "", "no bytes", id="nothing"),
        pytest.param(SurfaceReader, "B0 00", "2 bytes", id="half-a-message"),
        pytest.param(SurfaceReader, "B0 00 80", "above 7F", id="fader-out-of-range"),
        pytest.param(SurfaceReader, "00 5B", "no status byte", id="running-status"),
        pytest.param(HostReader, "F0 00 00 66 05 00 10", "without its end", id="sysex-without-end"),
        pytest.param(HostReader, "F0 00 00 66 05 00 F7", "before its command", id="no-display"),
        pytest.param(HostReader, "F0 00 00 66 05 00 10 F7", "place", id="cell-of-no-strip"),
        pytest.param(HostReader, "F0 00 00 66 05 00 10 09 41 F7", "place", id="cell-of-a-tenth-strip"),
        pytest.param(HostReader, "F0 00 00 66 05 00 12 08 41 F7", "place", id="line-below-the-display"),
    ],
)
def test_broken_bytes_are_refused_with_their_reason(reader, wire, reason):
    with pytest.raises(DecodeError, match=reason) as refused:
        reader().read(bytes.fromhex(wire))
    assert refused.value.data == bytes.fromhex(wire)


@pytest.mark.parametrize(
    "event",
    [
        FaderSet(8, 0.5),
        FaderSet(0, math.nan),
        FaderSet(0, 1.1),
        FaderTouched(MASTER, True),
        EncoderTurned(9, 1),
        RingSet(8, RingMode.DOT, 0.5),
        CellText(8, 0, "x"),
        CellText(0, 1, "x"),
        BannerText(2, "x"),
        MeterLevel(0, Side.LEFT, 13),
        TimecodeText("123456789"),
        LampSet("flip", Lamp.ON),
        LampSet("select", Lamp.ON),
        LampSet("play", Lamp.ON, 0),
        ButtonPressed("select", True, 8),
    ],
    ids=str,
)
def test_what_the_unit_has_not_is_refused(event):
    with pytest.raises(RangeError):
        encode(event)


def test_no_ticks_are_no_message_and_too_many_stop():
    assert encode(EncoderTurned(0, 0)) == []
    assert encode(EncoderTurned(0, 100)) == encode(EncoderTurned(0, 63))
