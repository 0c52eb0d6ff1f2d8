"""OSC datagrams that real programs send and expect, read in both directions."""

import json
import struct
from pathlib import Path

import pytest

from tonn_bridge.protocols.osc import Message, Template, bundles, decode, encode

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "osc.json").read_text())
WALL = 1_800_000_000.0
VOLUMES = [("/track/1/volume", "f", 0.5), ("/track/2/volume", "f", 0.5)]


def as_carried(arg):
    """What is left of an argument in 32 bits."""
    return struct.unpack(">f", struct.pack(">f", arg))[0] if isinstance(arg, float) else arg


@pytest.mark.parametrize("vector", VECTORS["osc"], ids=lambda v: f"{v['address']} ,{v['types']}")
def test_osc_vector_reads_the_same_both_ways(vector):
    wire = bytes.fromhex(vector["hex"])
    template = Template(vector["address"], vector["types"])
    assert template.pack(*vector["args"]) == wire
    (message,) = decode(wire, WALL)
    assert message == Message(vector["address"], tuple(as_carried(arg) for arg in vector["args"]))
    assert [type(arg) for arg in message.args] == [type(arg) for arg in vector["args"]]
    assert template.pack(*message.args) == wire


def test_bundle_vector_reads_the_same_both_ways():
    wire = bytes.fromhex(VECTORS["bundle"])
    assert list(bundles([encode(*volume) for volume in VOLUMES], limit=1024)) == [wire]
    assert decode(wire, WALL) == [Message(address, (value,)) for address, _, value in VOLUMES]


@pytest.mark.parametrize(
    "time_tag",
    [
        pytest.param("00 00 00 00 00 00 00 01", id="immediately"),
        pytest.param("00 00 00 00 01 00 00 00", id="as-reaper-sends-it"),
        pytest.param("00 00 00 01 00 00 00 00", id="a-second-after-1900"),
    ],
)
def test_special_time_tags_mean_now(time_tag):
    wire = bytearray.fromhex(VECTORS["bundle"])
    wire[8:16] = bytes.fromhex(time_tag)
    assert [message.delay_s for message in decode(bytes(wire), WALL)] == [0.0, 0.0]


def test_every_kind_of_argument_reads_the_same_both_ways():
    args = (-(2**31), 0.5, 2**62, 1 / 3, "Überblendung", b"\x00\x01\x02", b"")
    (message,) = decode(encode("/all", "ifhdsbbTFN", *args), WALL)
    assert message.args == (*args, True, False, None)


def test_impulse_is_a_press_and_symbol_is_a_string():
    assert decode(b"/tap\0\0\0\0,IS\0bpm\0", WALL) == [Message("/tap", (True, "bpm"))]
