"""What the daemon and its MIDI process say to each other survives any cutting of the pipe."""

import os
import sys
import threading
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.ports.midi.child import Teller
from tonn_bridge.ports.midi.frames import Frames, Kind, encode

FRAMES = st.lists(st.tuples(st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.binary(max_size=300)), max_size=20)


@given(FRAMES, st.lists(st.integers(1, 50), min_size=1))
def test_frames_arrive_as_they_were_however_the_pipe_cuts_them(frames, cuts):
    wire = b"".join(encode(*frame) for frame in frames)
    reader, arrived = Frames(), []
    while wire:
        cut = cuts[len(wire) % len(cuts)]
        arrived += reader.feed(wire[:cut])
        wire = wire[cut:]
    assert arrived == frames


@pytest.mark.skipif(sys.platform == "win32", reason="pipes there cannot refuse")
def test_where_the_pipe_is_full_messages_are_lost_and_everything_else_arrives_whole():
    reading, writing = os.pipe()
    teller = Teller(writing)
    message = bytes(3000)
    for _ in range(1000):
        teller.tell(Kind.RECEIVED, 1, message)
    telling = threading.Thread(target=teller.tell, args=(Kind.SEEN,))
    telling.start()
    reader, arrived = Frames(), []
    with closing(os.fdopen(reading, "rb", buffering=0)) as pipe:
        while (Kind.SEEN, 0, b"") not in arrived:
            arrived += reader.feed(pipe.read(65_536))
    telling.join()
    os.close(writing)
    assert 10 < len(arrived) < 1000
    assert set(arrived[:-1]) == {(Kind.RECEIVED, 1, message)}
