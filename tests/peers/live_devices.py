"""The devices on a simulated Live's tracks: their parameters, what Live shows for them, and who listens.

Names as public control scripts list them. The laws are this stand-in's own: Live's are not published, and the bridge
shall find them by reading what Live shows.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

AUDIO_EFFECT = 2
EQ_FILTERS = 8
FILTER_TYPES = ("Low Cut 48dB", "Low Cut 12dB", "Low Shelf", "Bell", "Notch", "High Shelf", "High Cut 12dB", "HC 48dB")
BELL = 3
HALVINGS = 60

Law = Callable[[float], float]


@dataclass(eq=False)
class LiveParameter:
    """One parameter: `value` raw from `low` to `high`; `shows` is what that stands for, `text` how Live writes it.

    `snaps` is what a broken one makes of a value.
    """

    name: str
    value: float
    low: float = 0.0
    high: float = 1.0
    shows: Law = lambda raw: raw
    text: Callable[[float], str] = lambda shown: f"{shown:.2f}"
    quantized: bool = False
    snaps: Law = lambda raw: raw
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def shown(self) -> float:
        """What it truly is, in the unit Live shows."""
        return self.shows(self.value)

    @property
    def value_string(self) -> str:
        return self.text(self.shown)

    def set(self, raw: float) -> None:
        """Set it and tell who listens, if it is another value.

        Raises:
            RuntimeError: outside its range, as Live itself refuses it.
        """
        if not self.low <= raw <= self.high:
            raise RuntimeError("Invalid value. Check the parameters range with min/max")
        raw = self.snaps(float(round(raw)) if self.quantized else raw)
        if raw != self.value:
            self.value = raw
            for tell in list(self.listeners):
                tell()

    def raw_of(self, shown: float) -> float:
        """The raw value that shows this; past an end, that end."""
        low, high = self.low, self.high
        if shown <= self.shows(low):
            return low
        if shown >= self.shows(high):
            return high
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.shows(middle) < shown else (low, middle)
        return high


@dataclass(eq=False)
class LiveDevice:
    """One device: the `name` a user may change, its class, its parameters in this Live's order."""

    name: str
    class_name: str
    parameters: list[LiveParameter]
    type: int = AUDIO_EFFECT

    def parameter(self, name: str) -> LiveParameter:
        return next(parameter for parameter in self.parameters if parameter.name == name)

    def shown(self, name: str) -> float:
        return self.parameter(name).shown

    def shuffled(self, seed: int) -> "LiveDevice":
        """With its parameters in another order; the switch stays the first, as it always is."""
        first, *others = self.parameters
        random.Random(seed).shuffle(others)
        self.parameters = [first, *others]
        return self


def switch(name: str, on: float = 1.0) -> LiveParameter:
    return LiveParameter(name, on, text=lambda shown: "On" if shown else "Off", quantized=True)


def choice(name: str, value: float, texts: Sequence[str]) -> LiveParameter:
    last = float(len(texts) - 1)
    return LiveParameter(name, value, high=last, text=lambda shown: texts[round(shown)], quantized=True)


def percent(name: str, value: float) -> LiveParameter:
    return LiveParameter(name, value, text=lambda shown: f"{100.0 * shown:.0f} %")


def db_text(db: float) -> str:
    return f"{db:.1f} dB" if math.isfinite(db) else "-inf dB"


def hz_text(hz: float) -> str:
    """Three figures, from 1000 Hz in kHz."""
    if hz < 999.5:
        return f"{hz:.1f} Hz" if hz < 99.95 else f"{hz:.0f} Hz"
    return f"{hz / 1000.0:.2f} kHz" if hz < 9995.0 else f"{hz / 1000.0:.1f} kHz"


def ms_text(ms: float) -> str:
    """Three figures, from 1000 ms in s."""
    if ms >= 999.5:
        return f"{ms / 1000.0:.2f} s"
    return f"{ms:.2f} ms" if ms < 9.995 else f"{ms:.1f} ms" if ms < 99.95 else f"{ms:.0f} ms"


def ratio_text(ratio: float) -> str:
    return f"{ratio:.2f} : 1" if math.isfinite(ratio) else "inf : 1"


def eq_hz(raw: float) -> float:
    return 10.0 * math.pow(2200.0, math.pow(raw, 1.07))


def eq_q(raw: float) -> float:
    return 0.1 * math.pow(180.0, math.pow(raw, 0.85))


def comp_db(raw: float) -> float:
    return 6.0 + 34.0 * math.log10(raw) if raw > 0.0 else -math.inf


def comp_ratio(raw: float) -> float:
    return 1.0 / (1.0 - math.pow(raw, 1.2)) if raw < 1.0 else math.inf


def comp_attack_ms(raw: float) -> float:
    return 0.01 * math.pow(100_000.0, math.pow(raw, 1.15))


def comp_release_ms(raw: float) -> float:
    return math.pow(3000.0, math.pow(raw, 0.9))


def utility_db(raw: float) -> float:
    if raw <= -1.0:
        return -math.inf
    return 35.0 * raw if raw >= 0.0 else 60.0 * raw


def eq_eight(name: str = "EQ Eight") -> LiveDevice:
    """A fresh EQ Eight: four filters on, the outer ones shelves, Adaptive Q on."""
    parameters = [switch("Device On"), switch("Adaptive Q")]
    parameters.append(LiveParameter("Scale", 1.0, -2.0, 2.0, text=lambda shown: f"{100.0 * shown:.0f} %"))
    parameters.append(LiveParameter("Output Gain", 0.0, -12.0, 12.0, text=db_text))
    for side in "AB":
        for number in range(1, EQ_FILTERS + 1):
            kind = {1: 2, 4: 5}.get(number, BELL)
            parameters += [
                switch(f"{number} Filter On {side}", float(number <= 4)),
                choice(f"{number} Filter Type {side}", kind, FILTER_TYPES),
                LiveParameter(f"{number} Frequency {side}", number / 9.0, shows=eq_hz, text=hz_text),
                LiveParameter(f"{number} Gain {side}", 0.0, -15.0, 15.0, text=db_text),
                LiveParameter(f"{number} Resonance {side}", 0.3766, shows=eq_q),
            ]
    return LiveDevice(name, "Eq8", parameters)


def compressor(name: str = "Compressor") -> LiveDevice:
    """A fresh Compressor: 4:1, make-up on, a knee of 6 dB."""
    parameters = [
        switch("Device On"),
        LiveParameter("Threshold", 0.85, shows=comp_db, text=db_text),
        LiveParameter("Ratio", 0.75, shows=comp_ratio, text=ratio_text),
        LiveParameter("Expansion Ratio", 1.15, 1.0, 2.0),
        LiveParameter("Attack", 0.4, shows=comp_attack_ms, text=ms_text),
        LiveParameter("Release", 0.157, shows=comp_release_ms, text=ms_text),
        switch("Auto Release On/Off", 0.0),
        LiveParameter("Output Gain", 0.0, -36.0, 36.0, text=db_text),
        switch("Makeup"),
        percent("Dry/Wet", 1.0),
        choice("Model", 0.0, ("Peak", "RMS", "Expand")),
        choice("Env Mode", 1.0, ("Lin", "Log")),
        LiveParameter("Knee", 6.0, 0.0, 18.0, text=db_text),
        choice("LookAhead", 0.0, ("0 ms", "1 ms", "10 ms")),
        switch("S/C On", 0.0),
    ]
    return LiveDevice(name, "Compressor2", parameters)


def utility(name: str = "Utility") -> LiveDevice:
    parameters = [
        switch("Device On"),
        percent("Stereo Width", 1.0),
        LiveParameter("Balance", 0.0, -1.0, 1.0),
        LiveParameter("Gain", 0.0, -1.0, 1.0, shows=utility_db, text=db_text),
        switch("Mute", 0.0),
    ]
    return LiveDevice(name, "StereoGain", parameters)


def other_device(name: str = "Saturator") -> LiveDevice:
    """A device that the bridge has no use for."""
    return LiveDevice(name, name, [switch("Device On"), LiveParameter("Drive", 0.0, -36.0, 36.0, text=db_text)])


def equipped(number: int) -> list[LiveDevice]:
    """EQ Eight, Compressor and Utility for the track `number`, from 0: each time in other places and orders."""
    eq, comp = eq_eight().shuffled(number), compressor().shuffled(number)
    chains = ([eq, comp, utility()], [other_device(), eq, utility(), comp], [utility(), comp, other_device(), eq])
    return list(chains[number % len(chains)])
