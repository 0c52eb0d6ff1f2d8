"""The in-memory pair behaves as UDP does where links can tell."""

import asyncio

from tonn_bridge.ports.memory import memory_pair
from tonn_bridge.ports.port import DatagramPort


async def test_each_end_hears_the_other_on_the_next_turn():
    left_heard, right_heard = [], []
    left, right = memory_pair(left_heard.append, right_heard.append)
    left.send(b"up", right.local_address)
    right.send(b"down", left.local_address)
    assert not right_heard  # a reply from inside a callback must not arrive before the callback has returned
    await asyncio.sleep(0)
    assert right_heard == [[(b"up", left.local_address)]]
    assert left_heard == [[(b"down", right.local_address)]]
    assert (left.counters.sent, left.counters.received) == (1, 1)


async def test_a_wrong_address_reaches_nobody():
    heard = []
    left, _ = memory_pair(heard.append, heard.append)
    left.send(b"x", ("memory", 3))
    await asyncio.sleep(0)
    assert heard == []
    assert left.counters.send_failures == 1


async def test_it_is_a_datagram_port():
    port: DatagramPort = memory_pair(print, print)[0]
    assert port.local_address == ("memory", 1)
