"""The `.ReaperOSC` pattern file that a simulated REAPER is set to: which addresses stand for what.

One line is a key and its patterns, each a flag and an address in which `@` stands for a number
(`b/track/@/fx/@/bypass`).
Sources: justinfrankel/reaper-sdk `csurf_osc.cpp`; the default `.ReaperOSC` file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PLUG_IN_PATTERNS = """
DEVICE_FX_COUNT 8
DEVICE_FX_PARAM_COUNT 20
DEVICE_EQ EXISTING
FX_NAME s/track/@/fx/@/name
FX_BYPASS b/track/@/fx/@/bypass
FX_PARAM_NAME s/track/@/fx/@/fxparam/@/name
FX_PARAM_VALUE n/track/@/fx/@/fxparam/@/value s/track/@/fx/@/fxparam/@/value/str
FX_EQ_BYPASS b/track/@/fxeq/bypass
FX_EQ_MASTER_GAIN n/track/@/fxeq/gain f/track/@/fxeq/gain/db
FX_EQ_BAND_FREQ n/track/@/fxeq/band/@/freq f/track/@/fxeq/band/@/freq/hz s/track/@/fxeq/band/@/freq/str
FX_EQ_BAND_GAIN n/track/@/fxeq/band/@/gain f/track/@/fxeq/band/@/gain/db s/track/@/fxeq/band/@/gain/str
FX_EQ_BAND_Q n/track/@/fxeq/band/@/q f/track/@/fxeq/band/@/q/oct s/track/@/fxeq/band/@/q/str
"""
"""The lines about plug-ins in `examples/reaper/tonn-bridge.ReaperOSC`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an address means: its key and flag, and the numbers in it from left to right."""

    key: str
    flag: str
    numbers: tuple[int, ...]


class Patterns:
    """A pattern file that has been read; settings that are not in it are 0 or empty."""

    def __init__(self, text: str) -> None:
        self._patterns: dict[str, list[tuple[str, str]]] = {}
        self._settings: dict[str, str] = {}
        self._told: dict[tuple[str, tuple[int, ...]], list[tuple[str, str]]] = {}
        for line in text.splitlines():
            key, *words = line.partition("#")[0].split() or [""]
            if words and words[0][1:2] != "/":
                self._settings[key] = words.pop(0)
            if words:
                self._patterns.setdefault(key, []).extend((word[0], word[1:]) for word in words)
        self._readers = [
            (re.compile(r"(\d+)".join(re.escape(part) for part in address.split("@"))), key, flag)
            for key, patterns in self._patterns.items()
            for flag, address in patterns
        ]

    def count(self, setting: str) -> int:
        """A setting that is a number, such as DEVICE_FX_COUNT."""
        return int(self._settings.get(setting, 0))

    @property
    def inserts_eq(self) -> bool:
        """Whether a message to ReaEQ puts one on a track that has none."""
        return self._settings.get("DEVICE_EQ") == "INSERT"

    def heard(self, address: str) -> Heard | None:
        """What an incoming address means; None where no pattern has it."""
        for reader, key, flag in self._readers:
            found = reader.fullmatch(address)
            if found is not None:
                return Heard(key, flag, tuple(int(number) for number in found.groups()))
        return None

    def told(self, key: str, *numbers: int) -> Sequence[tuple[str, str]]:
        """The flags and addresses at which a value is told: those patterns of the key that have as many `@`."""
        known = self._told.get((key, numbers))
        if known is None:
            split = [(flag, pattern.split("@")) for flag, pattern in self._patterns.get(key, [])]
            fitting = [(flag, parts) for flag, parts in split if len(parts) == len(numbers) + 1]
            known = self._told[key, numbers] = [(flag, _filled(parts, numbers)) for flag, parts in fitting]
        return known


def _filled(parts: Sequence[str], numbers: Sequence[int]) -> str:
    """The numbers between the parts of an address."""
    first, *rest = parts
    return first + "".join(f"{number}{part}" for number, part in zip(numbers, rest, strict=True))
