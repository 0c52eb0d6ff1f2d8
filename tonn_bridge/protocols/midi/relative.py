"""Endless encoders: four ways to write "so many ticks up or down" into seven bits."""

from collections.abc import Sequence
from enum import StrEnum


class Relative(StrEnum):
    """How an encoder writes its ticks; +1 and -1 in brackets."""

    TWOS_COMPLEMENT = "twos_complement"
    """[01, 7F] "relative 1"."""
    OFFSET = "offset"
    """[41, 3F] "relative 2": 64 and so many."""
    SIGN_DOWN = "sign_down"
    """[01, 41] bit 6 says down: Mackie's V-Pots and jog wheel."""
    SIGN_UP = "sign_up"
    """[41, 01] bit 6 says up: HUI's V-Pots."""

    def ticks(self, byte: int) -> int:
        """The ticks in a data byte 0..127, clockwise counted up."""
        match self:
            case Relative.TWOS_COMPLEMENT:
                return byte - 128 if byte >= 64 else byte
            case Relative.OFFSET:
                return byte - 64
            case Relative.SIGN_DOWN:
                return 64 - byte if byte >= 64 else byte
            case Relative.SIGN_UP:
                return byte - 64 if byte >= 64 else -byte

    def byte(self, ticks: int) -> int:
        """The data byte 0..127 for so many ticks; more than the 63 that fit either way stop there."""
        ticks = max(-63, min(63, ticks))
        match self:
            case Relative.TWOS_COMPLEMENT:
                return ticks & 0x7F
            case Relative.OFFSET:
                return 64 + ticks
            case Relative.SIGN_DOWN:
                return ticks if ticks >= 0 else 64 - ticks
            case Relative.SIGN_UP:
                return 64 + ticks if ticks > 0 else -ticks


_FASTEST = 32
"""Ticks in one message of an encoder that is turned to be recognised; what seems faster is a button: 127, then 0."""


def recognise(up: Sequence[int], down: Sequence[int]) -> Relative | None:
    """The encoding of an encoder that was turned up, giving the data bytes `up`, then down, giving `down`.

    Of those that give the right direction throughout, the one with the fewest ticks: a hand turns slowly. None where
    there is none or no one: a knob with two ends, a button, or too little heard.
    """
    turns: dict[Relative, int] = {}
    for encoding in Relative:
        ups = [encoding.ticks(byte) for byte in up]
        downs = [encoding.ticks(byte) for byte in down]
        if ups and downs and min(ups) > 0 > max(downs):  # no encoder says that it was turned by nothing
            turns[encoding] = sum(ups) - sum(downs)
    least = min(turns.values(), default=0)
    fewest = [encoding for encoding, ticks in turns.items() if ticks == least]
    return fewest[0] if len(fewest) == 1 and least <= _FASTEST * (len(up) + len(down)) else None
