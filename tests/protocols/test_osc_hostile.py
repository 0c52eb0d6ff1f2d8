"""What must not get in, and what it may cost to find out."""

import logging
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols.osc import Message, bundles, decode, encode
from tonn_bridge.protocols.osc.limits import (
    MAX_ADDRESS,
    MAX_AHEAD_S,
    MAX_ARGUMENTS,
    MAX_DATAGRAM,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_STRING,
)

WALL = 1_800_000_000.0
NTP_EPOCH = 2_208_988_800
FADER = encode("/f", "f", 0.5)


def bundle(*elements: bytes, at: float | None = None) -> bytes:
    """A bundle due at Unix time `at`, or immediately."""
    time_tag = 1 if at is None else int((at + NTP_EPOCH) * 2**32)
    sized = b"".join(struct.pack(">i", len(element)) + element for element in elements)
    return b"#bundle\0" + struct.pack(">Q", time_tag) + sized


def nested(depth: int) -> bytes:
    datagram = FADER
    for _ in range(depth):
        datagram = bundle(datagram)
    return datagram


HOSTILE = [
    pytest.param(b"", "address", id="nothing"),
    pytest.param(b"\0", "OSC address", id="a-zero"),
    pytest.param(b"\0\0\0\0,f\0\0\x3f\0\0\0", "OSC address", id="an-empty-address"),
    pytest.param(b"track/1\0,\0\0\0", "OSC address", id="no-slash"),
    pytest.param(b"/caf\xc3\xa9\0\0", "OSC address", id="address-beyond-ascii"),
    pytest.param(b"/a\nb\0\0\0\0", "OSC address", id="address-with-a-line-end"),
    pytest.param(b"/track", "without end", id="address-never-ends"),
    pytest.param(b"/a\0", "padding", id="address-not-padded"),
    pytest.param(b"/" + b"a" * MAX_ADDRESS + b"\0\0\0\0", "without end", id="address-too-long"),
    pytest.param(b"/track/*/volume\0,f\0\0\x3f\0\0\0", "address pattern", id="star"),
    pytest.param(b"/a?\0,\0\0\0", "address pattern", id="question-mark"),
    pytest.param(b"/[a-z]\0\0,\0\0\0", "address pattern", id="brackets"),
    pytest.param(b"/{a,b}\0\0,\0\0\0", "address pattern", id="braces"),
    pytest.param(b"/" + b"*" * 30 + b"a\0\0\0\0,\0\0\0", "address pattern", id="the-pattern-that-costs-seconds"),
    pytest.param(b"/a\0\0f\0\0\0\x3f\0\0\0", "comma", id="type-tags-without-comma"),
    pytest.param(b"/a\0\0,fff", "type tags without end", id="type-tags-never-end"),
    pytest.param(b"/a\0\0,f\0", "end at byte", id="type-tags-not-padded"),
    pytest.param(b"/a\0\0," + b"T" * (MAX_ARGUMENTS + 1) + b"\0\0", "within 256", id="too-many-arguments"),
    *[
        pytest.param(b"/a\0\0," + tag + b"\0\0" + bytes(8), "type tag", id=f"type-tag-{tag!r}")
        for tag in (b"t", b"r", b"m", b"c", b"x", b"\xff", b"%")
    ],
    pytest.param(b"/a\0\0,[f]\0\0\0\0\x3f\0\0\0", "type tag", id="array"),
    pytest.param(b"/a\0\0," + b"[" * 200 + b"\0\0\0", "type tag", id="a-tower-of-arrays"),
    pytest.param(b"/a\0\0,f\0\0", "end at byte 12 of 8", id="float-missing"),
    pytest.param(b"/a\0\0,f\0\0\x3f\0", "end at byte 12 of 10", id="float-cut-off"),
    pytest.param(b"/a\0\0,h\0\0\0\0\0\1", "end at byte", id="int64-cut-off"),
    pytest.param(b"/a\0\0,i\0\0\0\0\0\1more", "end at byte", id="bytes-left-over"),
    pytest.param(b"/a\0\0,f\0\0\x7f\xc0\0\0", "nan", id="nan"),
    pytest.param(b"/a\0\0,f\0\0\x7f\x80\0\0", "inf", id="infinity"),
    pytest.param(b"/a\0\0,d\0\0\xff\xf0\0\0\0\0\0\0", "-inf", id="double-minus-infinity"),
    pytest.param(b"/a\0\0,s\0\0abcd", "string without end", id="string-never-ends"),
    pytest.param(b"/a\0\0,s\0\0ab\0", "end at byte", id="string-not-padded"),
    pytest.param(b"/a\0\0,s\0\0" + b"a" * MAX_STRING + b"a\0\0\0", "string without end", id="string-too-long"),
    pytest.param(b"/a\0\0,s\0\0\xff\xfe\0\0", "cannot be read", id="string-not-utf8"),
    pytest.param(b"/a\0\0,b\0\0\0\0", "blob's size", id="blob-size-cut-off"),
    pytest.param(b"/a\0\0,b\0\0\xff\xff\xff\xff", "blob of -1 bytes", id="blob-of-negative-size"),
    pytest.param(b"/a\0\0,bbbb\0\0\0" + b"\x80\0\0\0" * 4, "blob of -2147483648", id="blobs-that-walk-backwards"),
    pytest.param(b"/a\0\0,b\0\0\x7f\xff\xff\xff", "blob of 2147483647", id="blob-larger-than-the-datagram"),
    pytest.param(b"/a\0\0,b\0\0\0\0\0\1x", "end at byte", id="blob-not-padded"),
    pytest.param(b"#bundle\0", "time tag", id="bundle-without-time-tag"),
    pytest.param(b"#bundle\0" + bytes(7), "time tag", id="time-tag-cut-off"),
    pytest.param(bundle(FADER) + b"\0\0", "size field", id="bundle-ends-in-a-size-field"),
    pytest.param(bundle(FADER) + b"\0\0\0\x0c", "12 bytes, with 0 left", id="bundle-ends-before-its-element"),
    pytest.param(bundle(FADER) + b"\xff\xff\xff\xfc", "-4 bytes", id="element-of-negative-size"),
    pytest.param(bundle(b""), "element of 0 bytes", id="element-of-no-size"),
    pytest.param(bundle(b"junk"), "without end", id="element-that-is-nothing"),
    pytest.param(bundle(FADER, b"/a*\0"), "address pattern", id="one-bad-element-spoils-the-bundle"),
    pytest.param(nested(MAX_DEPTH + 1), "nested", id="bundles-too-deep"),
    pytest.param(nested(2000), "nested", id="bundles-abysmally-deep"),
    pytest.param(bundle(*[b"/\0\0\0"] * (MAX_ELEMENTS + 1)), "more than 2048", id="too-many-messages"),
    pytest.param(bundle(FADER, at=WALL + MAX_AHEAD_S + 0.1), "5.1 s ahead", id="time-tag-too-far-ahead"),
    pytest.param(b"#bundle\0" + b"\xff" * 8, "s ahead", id="time-tag-at-the-end-of-time"),
    pytest.param(bytes(MAX_DATAGRAM + 1), "65508 bytes", id="datagram-too-large"),
]


@pytest.mark.parametrize(("datagram", "reason"), HOSTILE)
def test_hostile_datagram_is_refused_with_its_reason(datagram, reason, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(DecodeError, match=reason) as refused:
        decode(datagram, WALL)
    assert refused.value.data in datagram
    assert not caplog.records  # python-osc logs what it does not know: a flood would fill the disk


DEAREST = [
    pytest.param(bundle(*[encode("/a/b", "f", 0.5)] * MAX_ELEMENTS), id="many-messages"),
    pytest.param(bundle(*[encode("/s", "s", "x" * MAX_STRING)] * 15), id="long-strings"),
    pytest.param(encode("/s", "s" * 15, *["x" * MAX_STRING] * 15), id="long-strings-in-one-message"),
    pytest.param(encode("/b", "b" * 256, *[bytes(248)] * 256), id="many-blobs"),
    pytest.param(bundle(*[b"/" + b"a" * 1020 + b"*\0\0"] * 63), id="long-patterns"),
    pytest.param(b"/" * MAX_DATAGRAM, id="slashes"),
]


@pytest.mark.parametrize("datagram", DEAREST)
def test_the_dearest_datagrams_stay_under_a_tenth_of_a_second(datagram):
    assert len(datagram) <= MAX_DATAGRAM
    began = time.process_time()
    decode_or_refuse(datagram)
    assert time.process_time() - began < 0.1  # measured: 8 ms


def decode_or_refuse(datagram: bytes) -> list[Message]:
    try:
        return decode(datagram, WALL)
    except DecodeError:
        return []


pieces = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"/a\0\0", b"/track/1\0\0\0\0", b"/*\0\0", b",\0\0\0", b",f\0\0", b",sb\0", b",bs\0", b",ih\0"]),
    st.sampled_from(
        [b"#bundle\0", b"\0\0\0\0\0\0\0\1", b"\0\0\0\x08", b"\0\0\0\x10", b"\0\0\0\x2c", b"\xff\xff\xff\xff"]
    ),
    st.integers(-(2**31), 2**31 - 1).map(lambda number: struct.pack(">i", number)),
    st.floats(width=32).map(lambda number: struct.pack(">f", number)),
)


@given(st.one_of(st.binary(max_size=200), st.lists(pieces, max_size=12).map(b"".join)))
def test_any_bytes_give_messages_or_decode_error(datagram):
    for message in decode_or_refuse(datagram):
        assert message.address.startswith("/")
        assert message.address.isascii()
        assert 0.0 <= message.delay_s <= MAX_AHEAD_S
        assert all(type(arg) in (int, float, str, bytes, bool, type(None)) for arg in message.args)


@given(st.data())
def test_a_damaged_datagram_gives_messages_or_decode_error(data):
    message = encode("/track/3/name", "isfb", 3, "Überblendung", -6.5, b"12345")
    sound = bundle(message, bundle(FADER, message))
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    decode_or_refuse(bytes(damaged[: data.draw(st.integers(0, len(sound)))]))


def test_near_future_is_a_delay_and_the_past_is_now():
    assert decode(bundle(FADER, at=WALL + 2.5), WALL)[0].delay_s == pytest.approx(2.5, abs=1e-6)
    assert decode(bundle(FADER, at=WALL - 3600), WALL)[0].delay_s == 0.0


def test_an_inner_bundle_waits_for_its_outer_one():
    early, late = bundle(FADER, at=WALL + 1.0), bundle(FADER, at=WALL + 3.0)
    delays = [message.delay_s for message in decode(bundle(FADER, early, late, at=WALL + 2.0), WALL)]
    assert delays == pytest.approx([2.0, 2.0, 3.0], abs=1e-6)


def test_bundles_as_deep_as_allowed_are_read():
    assert decode(nested(MAX_DEPTH), WALL) == [Message("/f", (0.5,))]


def test_an_empty_bundle_holds_no_messages():
    assert decode(bundle(), WALL) == []


def test_what_the_limits_allow_is_read():
    texts = ["x" * MAX_STRING] * 3
    (message,) = decode(encode("/" + "a" * (MAX_ADDRESS - 1), "sss", *texts), WALL)
    assert message.args == tuple(texts)
    assert len(decode(bundle(*[b"/\0\0\0"] * MAX_ELEMENTS), WALL)) == MAX_ELEMENTS
    assert len(decode(encode("/n", "i" * MAX_ARGUMENTS, *range(MAX_ARGUMENTS)), WALL)[0].args) == MAX_ARGUMENTS
    assert list(bundles([], limit=1024)) == []
