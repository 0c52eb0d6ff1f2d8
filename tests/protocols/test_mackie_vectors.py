"""Mackie Control bytes that real hosts and surfaces send, read in both directions."""

import pytest

from tests.protocols.tables import event_of, table
from tonn_bridge.protocols import mackie
from tonn_bridge.protocols.mackie import MAIN, encode, from_host, from_surface, response

VECTORS = table("mackie")


@pytest.mark.parametrize("row", VECTORS["surface"], ids=lambda row: row["what"])
def test_what_a_surface_says_reads_the_same_both_ways(row):
    event, wire = event_of(row, mackie), bytes.fromhex(row["hex"])
    assert encode(event, row.get("unit", MAIN)) == [wire]
    assert from_surface(wire) == event


@pytest.mark.parametrize("row", VECTORS["host"], ids=lambda row: row["what"])
def test_what_a_host_says_reads_the_same_both_ways(row):
    event, wire = event_of(row, mackie), bytes.fromhex(row["hex"])
    assert encode(event, row.get("unit", MAIN)) == [wire]
    assert from_host(wire) == event


def test_challenge_is_answered_in_both_forms():
    row = VECTORS["handshake"]
    challenge = bytes.fromhex(row["challenge"])
    assert response(challenge) == bytes.fromhex(row["response"])
    assert response(challenge, as_ardour=True) == bytes.fromhex(row["as_ardour"])
