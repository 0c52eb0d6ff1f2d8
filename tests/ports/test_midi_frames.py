"""What the daemon and its MIDI process say to each other survives any cutting of the pipe."""

from hypothesis import given
from hypothesis import strategies as st

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
