"""HUI bytes that real hosts and surfaces send, read in both directions."""

import pytest

from tests.protocols.tables import event_of, table
from tonn_bridge.protocols import hui
from tonn_bridge.protocols.hui import HostReader, SurfaceReader, encode

VECTORS = table("hui")
READERS = {"surface": SurfaceReader, "host": HostReader}


@pytest.mark.parametrize(
    ("role", "row"),
    [pytest.param(role, row, id=row["what"]) for role in READERS for row in VECTORS[role]],
)
def test_hui_vector_reads_the_same_both_ways(role, row):
    event = event_of(row, hui)
    wires = [bytes.fromhex(wire) for wire in row["hex"]]
    assert encode(event) == wires
    reader = READERS[role]()
    *_, last = [reader.read(wire) for wire in wires]
    assert last == event
