"""Plug-ins on a DAW's tracks, in memory: a bench for the rack, with everything that can go wrong there."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from tonn_bridge.core.dials import DialLaw, LineDial, LogDial, PlainDial, Unit, shown_of, value_of
from tonn_bridge.core.plugins import NO_OUTFIT, Look, Outfit, Serving, Slot


@dataclass(frozen=True, slots=True)
class Dial:
    """A knob's scale; on the wire `rounded` to so many digits."""

    law: DialLaw
    unit: Unit
    tolerance: float = 1e-6
    digits: int = 9

    @property
    def low(self) -> float:
        return min(value_of(self.unit, self.law.low), value_of(self.unit, self.law.high))

    @property
    def high(self) -> float:
        return max(value_of(self.unit, self.law.low), value_of(self.unit, self.law.high))

    def wire_of(self, value: float) -> float:
        return round(self.law.wire(shown_of(self.unit, value)), self.digits)

    def value_of(self, wire: float) -> float:
        return value_of(self.unit, self.law.shown(wire))

    def same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self.tolerance


SWITCH = Dial(PlainDial(0.0, 1.0), Unit.DB)
FREQ = Dial(LogDial(20.0, 20_000.0), Unit.HZ)
GAIN = Dial(LineDial(-15.0, 15.0), Unit.DB)
WIDTH = Dial(PlainDial(0.1, 4.0), Unit.OCTAVES)


def outfit_of(bells: int = 4, *, comp: bool = True, trim: bool = False, name: str = "Bench EQ") -> Outfit:
    """An equaliser with bells and one shelf that is kept flat, a compressor with make-up, a trim."""
    knobs: dict[str, Dial] = {}
    serving = []
    if trim:
        knobs["trim_db"] = Dial(PlainDial(-20.0, 20.0), Unit.DB)
        serving.append(Serving(Slot.TRIM, "Trim", True))
    for bell in range(1, bells + 1):
        knobs |= {f"eq.{bell}.freq_hz": FREQ, f"eq.{bell}.gain_db": GAIN, f"eq.{bell}.q": WIDTH}
    if bells:
        knobs |= {"eq.on": SWITCH, "eq.shelf": GAIN}
        serving.append(Serving(Slot.EQ, name, True))
    if comp:
        knobs |= {
            "comp.threshold_db": Dial(LineDial(-60.0, 0.0), Unit.DB),
            "comp.ratio": Dial(LogDial(1.0, 20.0), Unit.RATIO),
            "comp.attack_s": Dial(PlainDial(0.1, 100.0), Unit.MS),
            "comp.release_s": Dial(PlainDial(1.0, 2000.0), Unit.MS),
            "comp.on": SWITCH,
            "comp.make-up": GAIN,
        }
        serving.append(Serving(Slot.COMP, "Bench Comp", True))
    fixed = {key: GAIN.wire_of(0.0) for key in ("eq.shelf", "comp.make-up") if key in knobs}
    return Outfit(knobs, fixed, ("eq.on",) * bells, tuple(serving))


@dataclass(slots=True)
class Outboard:
    """Implements `engine.rack.Plugins`; `holds` is what the plug-ins truly hold, in wire numbers.

    `stuck` knobs go back to what they held; `mute` tracks tell no values, `deaf` ones not even what stands there;
    `lose` so many of the next writes.
    """

    outfits: dict[int, Outfit]
    poll_s: float | None = None
    holds: dict[int, dict[str, float]] = field(default_factory=dict)
    stuck: set[tuple[int, str]] = field(default_factory=set)
    mute: set[int] = field(default_factory=set)
    deaf: set[int] = field(default_factory=set)
    lose: int = 0
    writes: Counter[int] = field(default_factory=Counter)
    looks: int = 0
    on_write: Callable[[int, str], None] = lambda number, key: None
    """Called before each write takes effect."""
    on_look: Callable[[], None] = lambda: None
    dies_at: int | None = None
    """After so many writes none is answered any more, and `died` is set."""
    died: asyncio.Event = field(default_factory=asyncio.Event)
    turns: int = 3
    """How many turns of the event loop an answer takes."""
    told: Callable[[int, str, float], None] = lambda number, key, wire: None

    def __post_init__(self) -> None:
        for number, outfit in self.outfits.items():
            self.holds[number] = {key: _own(number, key, scale) for key, scale in outfit.knobs.items()}

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset(serving.slot for outfit in self.outfits.values() for serving in outfit.serving)

    async def look(self, numbers: Collection[int]) -> Mapping[int, Look]:
        await self._a_while()
        self.looks += 1
        self.on_look()
        return {number: self._seen(number) for number in numbers}

    def _seen(self, number: int) -> Look:
        outfit = NO_OUTFIT if number in self.deaf else self.outfits.get(number, NO_OUTFIT)
        told = {} if number in self.mute else self.holds[number]
        return Look(outfit, {key: wire for key, wire in told.items() if key in outfit.knobs})

    async def write(self, settings: Mapping[int, Mapping[str, float]]) -> None:
        for number, knobs in settings.items():
            for key, wire in knobs.items():
                await self._a_while()
                if self.dies_at is not None and sum(self.writes.values()) >= self.dies_at:
                    self.died.set()
                    await asyncio.Event().wait()
                self.writes[number] += 1
                self.on_write(number, key)
                if number in self.deaf:
                    continue
                if self.lose:
                    self.lose -= 1
                elif (number, key) not in self.stuck:
                    self.holds[number][key] = wire

    def hand(self, number: int, key: str, value: float, *, tells: bool = True) -> None:
        """A hand turns a knob to `value`; the DAW tells of it by itself, or not."""
        self.holds[number][key] = wire = self.outfits[number].knobs[key].wire_of(value)
        if tells:
            self.told(number, key, wire)

    def value(self, number: int, key: str) -> float:
        return self.outfits[number].knobs[key].value_of(self.holds[number][key])

    async def _a_while(self) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)


def _own(number: int, key: str, scale: Dial) -> float:
    """What a user may have set there, different on each track; the equaliser of even tracks is bypassed."""
    match key.rpartition(".")[2]:
        case "freq_hz":
            return scale.wire_of(150.0 * number + 40.0 * int(key.split(".")[1]))
        case "q" | "ratio":
            return scale.wire_of(1.0 + 0.1 * number)
        case "attack_s" | "release_s":
            return scale.wire_of(0.01 + 0.001 * number)
        case "threshold_db":
            return scale.wire_of(-10.0 - number)
        case "on":
            return 0.0 if key == "eq.on" and number % 2 == 0 else 1.0
        case _:
            return scale.wire_of(0.3 * number)
