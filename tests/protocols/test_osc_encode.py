"""Stated types, whatever the value; nothing that a receiver could not read."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.osc import Message, Template, bundles, decode, encode

WALL = 1_800_000_000.0

ARGUMENTS = {
    "i": st.integers(-(2**31), 2**31 - 1),
    "h": st.integers(-(2**63), 2**63 - 1),
    "f": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "d": st.floats(allow_nan=False, allow_infinity=False),
    "s": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
    "b": st.binary(max_size=40),
}


@st.composite
def messages(draw):
    address = "/" + draw(st.text(st.sampled_from("abc/129 _-"), max_size=30))
    types = draw(st.text(st.sampled_from("ihfdsbTFN"), max_size=8))
    return address, types, [draw(ARGUMENTS[tag]) for tag in types if tag in ARGUMENTS]


@given(messages())
def test_what_is_written_is_read(message):
    address, types, args = message
    wire = encode(address, types, *args)
    assert len(wire) % 4 == 0
    (read,) = decode(wire, WALL)
    assert read.address == address
    given_args = iter(args)
    stated = {"T": True, "F": False, "N": None}
    assert read.args == tuple(stated[tag] if tag in stated else next(given_args) for tag in types)


def test_the_stated_type_wins_over_the_value():
    assert encode("/g", "f", 0).endswith(b",f\0\0\0\0\0\0")
    assert encode("/m", "i", True).endswith(b",i\0\0\0\0\0\1")


@pytest.mark.parametrize(
    ("types", "args"),
    [
        pytest.param("f", [math.nan], id="nan"),
        pytest.param("f", [math.inf], id="infinity"),
        pytest.param("d", [-math.inf], id="double-infinity"),
        pytest.param("f", [1e39], id="float-too-large"),
        pytest.param("f", [10**400], id="int-too-large-for-a-float"),
        pytest.param("i", [2**31], id="int-too-large"),
        pytest.param("h", [-(2**63) - 1], id="int64-too-small"),
        pytest.param("i", [0.5], id="float-for-int"),
        pytest.param("f", ["-6.0"], id="text-for-float"),
        pytest.param("f", [None], id="nothing-for-float"),
        pytest.param("s", [3], id="int-for-string"),
        pytest.param("s", ["a\0b"], id="zero-in-a-string"),
        pytest.param("s", ["\ud800"], id="half-a-surrogate-pair"),
        pytest.param("s", ["x" * 4097], id="string-too-long"),
        pytest.param("b", ["text"], id="text-for-blob"),
        pytest.param("b", [bytes(65_500)], id="more-than-a-datagram"),
        pytest.param("fs", [math.nan, "x"], id="nan-beside-a-string"),
        pytest.param("if", [1], id="too-few"),
        pytest.param("s", [], id="too-few-strings"),
        pytest.param("", [1], id="too-many"),
        pytest.param("T", [True], id="an-argument-that-the-tag-already-is"),
        pytest.param(None, [1], id="an-argument-without-types"),
    ],
)
def test_argument_that_cannot_be_carried_is_refused(types, args):
    with pytest.raises(RangeError, match="/fader"):
        Template("/fader", types).pack(*args)


@pytest.mark.parametrize("address", ["", "fader", "/fäder", "/a\0b", "/*", "/{a,b}", "/x?", "/" + "a" * 1024])
def test_address_that_no_receiver_looks_up_is_refused(address):
    with pytest.raises(RangeError, match="OSC address"):
        Template(address, "f")


@pytest.mark.parametrize("types", ["x", ",f", "[f]", "I", "f" * 257])
def test_types_that_cannot_be_written_are_refused(types):
    with pytest.raises(RangeError, match="OSC types"):
        Template("/a", types)


@given(
    st.lists(messages().map(lambda message: encode(message[0], message[1], *message[2])), max_size=30),
    st.integers(0, 600),
)
def test_bundles_keep_every_message_in_order_and_below_the_limit(wires, limit):
    datagrams = list(bundles(wires, limit))
    read = [message for datagram in datagrams for message in decode(datagram, WALL)]
    assert read == [message for wire in wires for message in decode(wire, WALL)]
    assert all(len(datagram) <= limit or datagram in wires for datagram in datagrams)


def test_a_bundle_fills_its_datagram_and_a_lone_message_goes_bare():
    message = encode("/f", "f", 0.5)
    size = struct.calcsize(">8sQ") + 3 * (4 + len(message))
    full, bare = bundles([message] * 4, limit=size)
    assert (len(full), bare) == (size, message)
    assert decode(full, WALL) == [Message("/f", (0.5,))] * 3


def test_a_message_larger_than_the_limit_goes_alone():
    small, large = encode("/f", "f", 0.5), encode("/s", "s", "x" * 300)
    assert list(bundles([small, large, small], limit=100)) == [small, large, small]
