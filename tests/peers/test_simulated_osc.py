"""The generic program does what `mappings/osc.toml` says of it."""

import math

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.clock import FakeClock
from tests.peers.ear import open_ear
from tests.peers.generic import SimulatedOsc


def message(address, *args):
    builder = OscMessageBuilder(address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build().dgram


@pytest.fixture
async def rig():
    async with open_ear() as ear:
        program = SimulatedOsc(["Kick", "Bass"], FakeClock(), feedback=ear.address)
        await program.start()

        async def tell(*datagrams):
            for datagram in datagrams:
                ear.say(datagram, program.address)
            await program.clock.run(0.05)
            return [(heard.address, *heard.args) for heard in ear.messages()]

        yield program, tell
        await program.stop()


async def test_it_answers_a_ping_and_a_refresh(rig):
    _, tell = rig
    assert await tell(message("/ping")) == [("/pong",)]
    heard = await tell(message("/refresh"))
    assert heard[:4] == [
        ("/track/1/name", "Kick"),
        ("/track/1/gain", 0.0),
        ("/track/1/pan", 0.0),
        ("/track/1/mute", 0),
    ]
    assert len(heard) == 8


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (("/track/2/gain", -6.5), -6.5),
        (("/track/2/gain", 20.0), 12.0),
        (("/track/2/gain", -150.0), -150.0),
        (("/track/2/pan", -2.0), -1.0),
        (("/track/2/mute", 1), 1),
    ],
)
async def test_a_write_is_obeyed_within_the_range_and_told_at_the_same_address(rig, written, told):
    _, tell = rig
    assert await tell(message(*written)) == [(written[0], told)]


async def test_a_hand_is_told(rig):
    program, tell = rig
    program.hand_move("Bass", -200.0)
    program.mute("Kick", True)
    assert await tell() == [("/track/2/gain", -150.0), ("/track/1/mute", 1)]
    assert program.track("Bass").db == -math.inf


async def test_noise_is_dropped(rig):
    program, tell = rig
    assert await tell(b"noise", message("/track/9/gain", 0.0), message("/track/x/gain", 0.0)) == []
    assert program.dropped == 1
