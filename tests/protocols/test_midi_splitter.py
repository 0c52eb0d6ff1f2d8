"""A stream of bytes comes apart into exactly the messages that went into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.protocols.midi import Splitter, check

sevens = st.integers(0, 127)
REAL_TIME = [0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF]


def of(status, length):
    return st.lists(sevens, min_size=length, max_size=length).map(lambda data: bytes((status, *data)))


messages = st.one_of(
    st.sampled_from([0x80, 0x90, 0x9F, 0xA0, 0xB0, 0xB1, 0xE0, 0xE8]).flatmap(lambda status: of(status, 2)),
    st.sampled_from([0xC0, 0xD0, 0xD3]).flatmap(lambda status: of(status, 1)),
    st.lists(sevens, max_size=20).map(lambda data: bytes((0xF0, *data, 0xF7))),
    st.sampled_from([b"\xf6"]),
    of(0xF1, 1),
    of(0xF2, 2),
)


@st.composite
def streams(draw):
    """Bytes, and the messages in them in the order in which they end: some share a status, clocks stand anywhere."""
    stream, expected, running = bytearray(), [], None
    for message in draw(st.lists(messages, max_size=12)):
        status = message[0]
        short = status == running and draw(st.booleans())
        for byte in message[1:] if short else message:
            for clock in draw(st.lists(st.sampled_from(REAL_TIME), max_size=2)):
                stream.append(clock)
                expected.append(bytes((clock,)))
            stream.append(byte)
        expected.append(message)
        running = status if status < 0xF0 else None
    return bytes(stream), expected


@given(streams())
def test_messages_come_out_as_they_went_in(stream_and_expected):
    stream, expected = stream_and_expected
    splitter = Splitter()
    assert splitter.feed(stream) == expected
    assert (splitter.too_long, splitter.cut, splitter.stray) == (0, 0, 0)


@given(st.one_of(streams().map(lambda s: s[0]), st.binary(max_size=60)), st.data())
def test_where_the_stream_is_chopped_makes_no_difference(stream, data):
    whole, chopped = Splitter(max_sysex=12), Splitter(max_sysex=12)
    at = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *at], [*at, len(stream)], strict=True)]
    assert [m for piece in pieces for m in chopped.feed(piece)] == whole.feed(stream)
    assert (chopped.too_long, chopped.cut, chopped.stray) == (whole.too_long, whole.cut, whole.stray)


@given(st.binary(max_size=80))
def test_whatever_comes_only_complete_messages_go_out(stream):
    for message in Splitter(max_sysex=16).feed(stream):
        check(message)
        assert len(message) <= 16


@pytest.mark.parametrize(
    ("stream", "expected", "counts"),
    [
        pytest.param("90 3C 40 3C 00", ["90 3C 40", "90 3C 00"], (0, 0, 0), id="running-status"),
        pytest.param("90 F8 3C F8 40", ["F8", "F8", "90 3C 40"], (0, 0, 0), id="clocks-inside-a-note"),
        pytest.param("F0 01 F8 02 F7", ["F8", "F0 01 02 F7"], (0, 0, 0), id="clock-inside-sysex"),
        pytest.param("90 3C B0 07 40", ["B0 07 40"], (0, 1, 0), id="note-cut-by-a-control"),
        pytest.param("F0 01 02 B0 07 40", ["B0 07 40"], (0, 1, 0), id="sysex-cut-by-a-control"),
        pytest.param("F0 01 F0 02 F7", ["F0 02 F7"], (0, 1, 0), id="sysex-cut-by-sysex"),
        pytest.param("90 3C F7 40", [], (0, 1, 1), id="note-cut-by-a-sysex-end"),
        pytest.param("07 40 B0 07 40", ["B0 07 40"], (0, 0, 2), id="data-of-a-message-that-began-before-us"),
        pytest.param("90 3C 40 F0 01 F7 3C 00", ["90 3C 40", "F0 01 F7"], (0, 0, 2), id="sysex-ends-running-status"),
        pytest.param("90 3C 40 F8 3C 00", ["90 3C 40", "F8", "90 3C 00"], (0, 0, 0), id="clock-does-not"),
        pytest.param("F7 F9 F4 FD", [], (0, 0, 4), id="bytes-without-meaning"),
        pytest.param("F0 01 02 03 04 05 F7", ["F0 01 02 03 04 05 F7"], (0, 0, 0), id="sysex-as-long-as-may-be"),
        pytest.param("F0 01 02 03 04 05 06 F7 F8", ["F8"], (1, 0, 0), id="sysex-one-byte-too-long"),
        pytest.param("F0 01 02 03 04 05 06 07 08 B0 07 40", ["B0 07 40"], (1, 0, 0), id="too-long-and-cut-counts-once"),
        pytest.param("F0 01 02 03 04 05 06 F7 F0 01 F7", ["F0 01 F7"], (1, 0, 0), id="the-next-sysex-is-read-again"),
    ],
)
def test_what_is_no_message_is_left_out_and_counted(stream, expected, counts):
    splitter = Splitter(max_sysex=7)
    assert splitter.feed(bytes.fromhex(stream)) == [bytes.fromhex(message) for message in expected]
    assert (splitter.too_long, splitter.cut, splitter.stray) == counts


def test_an_endless_sysex_takes_no_memory():
    splitter = Splitter(max_sysex=100)
    splitter.feed(b"\xf0" + bytes(100_000))
    assert splitter.too_long == 1
    assert splitter.feed(b"\xf7\xb0\x07\x40") == [b"\xb0\x07\x40"]
    assert len(splitter._message) <= 100
