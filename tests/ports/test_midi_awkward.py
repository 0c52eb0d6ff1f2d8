"""MIDI on bad days: the server dies, the MIDI process dies or hangs, a callback of ours has a bug."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys

import pytest

from tests.peers.jack import running_jack
from tests.ports.midi_ends import PATIENCE_S, End, end_of
from tonn_bridge.clock import SystemClock
from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi import Wanted, open_midi
from tonn_bridge.ports.midi.process import command

X_TOUCH = Wanted("X-Touch", "X-Touch")
OFFERED = Wanted("X-Touch", "X-Touch", virtual=True)


@pytest.fixture(scope="module")
def jack(tmp_path_factory):
    """A JACK server that gives up its dead soon."""
    with running_jack(tmp_path_factory.mktemp("jack"), patience_ms=50) as server:
        yield server


async def exchange(left, right):
    """A message each way between two ports; said again while JACK is still throwing out whom it holds for dead."""
    for speaker, hearer, message in ((left, right, b"\x90\x5b\x7f"), (right, left, b"\x90\x5c\x7f")):
        async with asyncio.timeout(PATIENCE_S):
            while message not in hearer.heard.messages:
                speaker.port.send([message])
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await hearer.heard.until(lambda messages, message=message: message in messages)


async def test_a_killed_jack_server_holds_nothing_up_and_midi_comes_back_with_it(jack):
    turns = 0

    async def work():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with end_of(OFFERED, "surface") as surface, end_of(X_TOUCH) as end:
        await end.connected()
        working = asyncio.create_task(work())
        for number in range(6_000):
            if number == 1_000:
                jack.kill()
            before = turns
            end.port.send([bytes([0xE0, number & 0x7F, number >> 7])])
            await asyncio.sleep(0)
            assert turns > before
        working.cancel()
        await end.says("JACK")
        await surface.lost()
        jack.start()
        await surface.connected()
        await end.connected()
        await exchange(end, surface)


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"], ids=["dies", "hangs"])
async def test_a_midi_process_that_ends_or_hangs_is_replaced_and_its_ports_come_back(jack, how):
    async with end_of(OFFERED, "surface") as surface, end_of(X_TOUCH) as end:
        await end.connected()
        first = end.midi.process.pid
        os.kill(first, getattr(signal, how))
        await end.lost()
        end.port.send([b"\x90\x10\x7f"])
        await end.connected()
        assert end.midi.process.pid != first
        assert end.states == [True, False, True] or end.states[-2:] == [False, True]
        await exchange(end, surface)


async def test_without_a_server_it_says_so_and_finds_one_that_starts_later(jack):
    jack.stop()
    async with end_of(OFFERED) as end:
        await end.says("no MIDI", f'no JACK server "{jack.name}" is running')
        assert end.port.problem == end.midi.problem
        jack.start()
        await end.connected()
        assert end.midi.problem is None


async def test_a_callback_of_ours_that_fails_costs_its_batch_and_one_log_line(tmp_path, caplog):
    fails = asyncio.Event()

    def broken(messages):
        fails.set()
        raise ValueError("a bug of ours")

    async with speaking(tmp_path, ANSWERS_ALL) as midi:
        midi.open(Wanted("X-Touch", None), broken, lambda: None)
        end = End(midi, Wanted("X-Touch", None))
        async with asyncio.timeout(PATIENCE_S):
            await fails.wait()
            await end.heard.until_count(100)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert "100 messages were lost to an error in tonn-bridge" in record.message


async def test_what_arrives_together_comes_in_one_call(tmp_path):
    async with speaking(tmp_path, ANSWERS_ALL) as midi:
        end = End(midi, Wanted("X-Touch", None))
        await end.heard.until_count(100)
        assert (end.heard.messages, end.heard.batches) == ([bytes([0xE0, n, 0]) for n in range(100)], 1)


async def test_a_process_that_cannot_be_started_is_told_and_tried_again(tmp_path):
    async with open_midi(SystemClock(), arguments=[str(tmp_path / "missing")]) as midi:
        end = End(midi, OFFERED)
        await end.says("no MIDI", "cannot be started")
        with pytest.raises(PortError, match="cannot be started"):
            await midi.scan()


def test_the_midi_process_ends_when_the_daemon_has_gone():
    with subprocess.Popen(command("tonn-bridge"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (0, b"")


ANSWERS_ALL = """
import os, sys
from tonn_bridge.ports.midi.frames import Frames, Kind, encode
frames = Frames()
while data := os.read(0, 65536):
    for kind, port, payload in frames.feed(data):
        if kind == Kind.LOOK:
            os.write(1, encode(Kind.PORTS, 0, b'{"inputs": ["X-Touch"], "outputs": []}') + encode(Kind.SEEN))
        elif kind == Kind.OPEN_INPUT:
            news = [encode(Kind.RECEIVED, port, bytes([0xE0, n, 0])) for n in range(100)]
            os.write(1, encode(Kind.OPENED, port) + b"".join(news))
"""
"""A MIDI process that has one input, on which a hundred messages arrive at once."""


def speaking(folder, script):
    """MIDI whose process runs `script`."""
    file = folder / "midi_process.py"
    file.write_text(script)
    return open_midi(SystemClock(), arguments=[sys.executable, str(file)])
