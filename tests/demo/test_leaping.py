"""A clock on which nobody waits."""

import asyncio
import socket

import pytest

from tonn_bridge.demo.leaping import LeapingClock


async def test_hours_pass_in_no_time_and_in_their_order():
    clock, happened = LeapingClock(), []

    async def sleeper(name, seconds):
        await clock.sleep(seconds)
        happened.append((name, clock.now()))

    async def work():
        clock.call_later(1800.0, lambda: happened.append(("bell", clock.now())))
        clock.call_later(900.0, lambda: happened.append(("never", clock.now()))).cancel()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sleeper("late", 3600.0))
            tasks.create_task(sleeper("early", 60.0))
        return "done"

    async with asyncio.timeout(5):
        assert await clock.spend(work()) == "done"
    assert happened == [("early", 60.0), ("bell", 1800.0), ("late", 3600.0)]


async def test_what_is_under_way_between_sockets_arrives_before_time_goes_on():
    clock, heard = LeapingClock(), []
    loop = asyncio.get_running_loop()

    class Ear(asyncio.DatagramProtocol):
        def datagram_received(self, data, addr):
            heard.append(clock.now())

    transport, _ = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
    with socket.socket(type=socket.SOCK_DGRAM) as mouth:

        async def speak():
            for _ in range(20):
                mouth.sendto(b"now", transport.get_extra_info("sockname"))
                await clock.sleep(1.0)

        async with asyncio.timeout(5):
            await clock.spend(speak())
    transport.close()
    assert heard == [float(second) for second in range(20)]


async def test_what_goes_wrong_in_the_work_comes_out_as_it_is():
    async def work():
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await LeapingClock().spend(work())
