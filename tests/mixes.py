"""Mixes at random, as any of Tonn's could be, and one to look at."""

import math

from hypothesis import strategies as st

from tonn_bridge.core import Compressor, EqBand, GainMode, Pan, TonnSettings
from tonn_bridge.core.portable import STILL, Hand, PortableMix, PortableTrack, Provenance, StemFacts

NAMES = ["Bäss", "Ударные", "歌", "🎸 Gtr", "a \"quoted\" <one> & 'two' `three`", "]]> CDATA", "two\\lines", "tab\tbed"]

ORIGIN = Provenance("tonn-bridge 0.1.0", "sandbox", "task-1", 1_790_000_000.5, "auto", "left_negative", "apply")

BELL = EqBand(1, 46.5, -1.69, 2.66)
COMP = Compressor(-3.89, 1.8, 0.074, 0.022)
BASS = TonnSettings(gain_db=-11.8, trim_db=-3.1, pan=Pan(-0.5), eq=(BELL,), comp=COMP)
KICK = TonnSettings(gain_db=-6.0, pan=Pan(0.0))


def mix_of(*tracks: PortableTrack, mode: GainMode = GainMode.ABSOLUTE, **origin: object) -> PortableMix:
    from dataclasses import replace

    return PortableMix("Masks", mode, replace(ORIGIN, **origin), tracks)


def numbers(low: float, high: float):
    return st.floats(low, high, allow_nan=False)


BANDS = st.builds(EqBand, st.integers(1, 6), numbers(20.0, 20_000.0), numbers(-20.0, 20.0), numbers(0.1, 10.0))
EQS = st.lists(BANDS, max_size=6, unique_by=lambda band: band.band).map(tuple)
PANS = st.builds(Pan, numbers(-1.0, 1.0))
COMPS = st.builds(
    Compressor,
    st.none() | numbers(-60.0, 0.0),
    st.none() | numbers(1.0, 20.0),
    st.none() | numbers(0.0001, 0.1),
    st.none() | numbers(0.001, 1.0),
)
GAINS = st.none() | numbers(-149.0, 24.0) | st.just(-math.inf)
SETTINGS = st.builds(
    TonnSettings, gain_db=GAINS, trim_db=numbers(-60.0, 60.0), pan=st.none() | PANS, eq=EQS, comp=st.none() | COMPS
)
HANDS = st.just(STILL) | st.builds(
    Hand, numbers(-60.0, 60.0), st.none() | PANS, st.none() | EQS, st.none() | COMPS, st.booleans()
)
STEMS = st.builds(
    StemFacts,
    st.sampled_from(["stems/bass.wav", "Gitarre ü.flac"]),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    numbers(0.001, 480.0),
    st.sampled_from([44_100, 48_000]),
    st.integers(1, 2),
)


@st.composite
def mixes(draw) -> PortableMix:
    count = draw(st.integers(1, 4))
    tracks = [
        PortableTrack(number, draw(st.sampled_from(NAMES)), draw(SETTINGS), draw(HANDS), draw(st.none() | STEMS))
        for number in range(1, count + 1)
    ]
    return mix_of(*tracks, mode=draw(st.sampled_from(GainMode)), made_at=draw(st.none() | st.just(1_790_000_000.25)))
