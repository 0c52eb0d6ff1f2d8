"""The devices on a simulated Bitwig track: EQ+ and a compressor, with their knobs, laws and texts.

Where Bitwig's knobs stand for which value is nowhere published. These have laws of their own that rise and are not
straight, so that who wants to set them has to learn them from the texts.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

BANDS = 8
QUANTITIES = ("gain", "freq", "q")
TYPES = ("off", "lowcut", "lowshelf", "bell", "highcut", "highshelf", "notch")
"""The words of `/eq/type/{band}`."""
PAGE = 8
"""Remote controls on a page."""


@dataclass(frozen=True, slots=True)
class Law:
    """What a knob at 0..1 stands for, rising all the way, and how Bitwig prints it."""

    shown: Callable[[float], float]
    text: Callable[[float], str]

    def at(self, shown: float) -> float:
        """Where the knob stands for `shown`, to the last bit; its ends for what lies past them."""
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.shown(middle) < shown else (low, middle)
        return high


def hz_text(hz: float) -> str:
    return f"{hz / 1000.0:.2f} kHz" if hz >= 999.95 else f"{hz:.1f} Hz"


def db_text(db: float) -> str:
    tenths = round(db, 1)
    return f"{tenths:+.1f} dB" if tenths else "0.0 dB"


def time_text(ms: float) -> str:
    return f"{ms / 1000.0:.2f} s" if ms >= 999.95 else f"{ms:.1f} ms"


def _frequency(at: float) -> float:
    return 20.0 * math.pow(1000.0, at + 0.05 * math.sin(2.0 * math.pi * at))


def _gain(at: float) -> float:
    way = 2.0 * at - 1.0
    return 24.0 * (0.6 * way + 0.4 * way**3)


HZ = Law(_frequency, hz_text)
EQ_DB = Law(_gain, db_text)
Q = Law(lambda at: 0.1 * 400.0 ** (at**1.1), lambda q: f"{q:.2f}")
THRESHOLD = Law(lambda at: -60.0 * (1.0 - at) ** 1.3, db_text)
RATIO = Law(lambda at: 1.0 / (1.0 - 0.98 * at**0.9), lambda ratio: f"{ratio:.2f} : 1")
ATTACK = Law(lambda at: 0.1 * 1000.0 ** (at**0.9), time_text)
RELEASE = Law(lambda at: 1.0 * 2000.0 ** (at**1.2), time_text)
OUTPUT = Law(lambda at: 24.0 * (2.0 * at - 1.0), db_text)


@dataclass(slots=True)
class Knob:
    """One parameter, at 0..1."""

    name: str
    law: Law
    at: float

    @property
    def shown(self) -> float:
        """What it stands for: Hz, dB, Q, n:1 or ms."""
        return self.law.shown(self.at)

    @property
    def text(self) -> str:
        return self.law.text(self.shown)

    def turn(self, shown: float) -> None:
        self.at = self.law.at(shown)


class Device:
    """A device with its remote controls, eight to a page; `pages` are their names."""

    def __init__(self, name: str, pages: Sequence[str], knobs: Sequence[Knob]) -> None:
        self.name = name
        self.pages = tuple(pages)
        self.knobs = list(knobs)
        self.page = 0
        self.bypassed = False

    def knob(self, name: str) -> Knob:
        return next(knob for knob in self.knobs if knob.name == name)

    def remotes(self) -> list[Knob]:
        """The knobs of the page that is open."""
        return self.knobs[self.page * PAGE : (self.page + 1) * PAGE]


class EqPlus(Device):
    """Bitwig's EQ+ as it comes: eight bands, all off and flat."""

    def __init__(self) -> None:
        gains = [Knob(f"Gain {band}", EQ_DB, 0.5) for band in range(1, BANDS + 1)]
        freqs = [Knob(f"Freq {band}", HZ, HZ.at(40.0 * 2.4 ** (band - 1))) for band in range(1, BANDS + 1)]
        qs = [Knob(f"Q {band}", Q, Q.at(0.71)) for band in range(1, BANDS + 1)]
        super().__init__("EQ+", ("Gains", "Freqs", "Qs"), [*gains, *freqs, *qs])
        self.types = ["off"] * BANDS

    def band(self, quantity: str, band: int) -> Knob:
        """The knob for `gain`, `freq` or `q` of a band from 1."""
        return self.knobs[QUANTITIES.index(quantity) * BANDS + band - 1]


def compressor() -> Device:
    """A compressor as it comes, on one page of remote controls."""
    knobs = [
        ("Threshold", THRESHOLD, -18.0),
        ("Ratio", RATIO, 3.0),
        ("Attack", ATTACK, 5.0),
        ("Release", RELEASE, 80.0),
    ]
    knobs += [("Output", OUTPUT, 0.0)]
    return Device("Compressor", ("Compressor",), [Knob(name, law, law.at(shown)) for name, law, shown in knobs])
