"""Values in a few characters. `width` is how many there are; what does not fit with its unit goes without it."""

from functools import lru_cache

from tonn_bridge.core import FLOOR_DB, Gain, Pan

AHEAD = ">"
"""Before what is proposed and not there yet."""


def fitting(width: int, *spellings: str) -> str:
    """The first that fits; where none does, `#` all over, because half a number would be a wrong one."""
    return next((text for text in spellings if len(text) <= width), "#" * width)


def unknown(width: int) -> str:
    """What stands for a value that nobody has told."""
    return fitting(width, "--", "-")


def gain_text(gain: Gain | None, width: int) -> str:
    """`-11.8`, or `-oo` for off."""
    return unknown(width) if gain is None else fitting(width, _db(gain, 1), _db(gain, 0))


def change_text(db: float | None, width: int) -> str:
    """A change in dB, always with its sign: `+2.0`."""
    return unknown(width) if db is None else fitting(width, f"{_round(db, 1):+.1f}", f"{_round(db, 0):+.0f}")


def pan_text(pan: Pan | None, width: int) -> str:
    """`L23`, `C` or `R100`: hundredths of the way to a side."""
    if pan is None:
        return unknown(width)
    hundredths = round(pan.position * 100)
    return fitting(width, "C" if hundredths == 0 else f"{'L' if hundredths < 0 else 'R'}{abs(hundredths)}")


def proposed_text(gain: Gain | None, width: int) -> str:
    """`>-11.8`; what Tonn says nothing about stays."""
    if gain is None:
        return unknown(width)
    return fitting(width, AHEAD + _db(gain, 1), AHEAD + _db(gain, 0))


@lru_cache(maxsize=256)
def ghost_text(now: Gain | None, ahead: Gain | None, width: int) -> str:
    """A gain and the one proposed for it: `-6>-12`; the gain alone where nothing would change."""
    if ahead is None or (now is not None and _db(now, 1) == _db(ahead, 1)):
        return gain_text(now, width)
    both = [] if now is None else [f"{_db(now, places)}{AHEAD}{_db(ahead, places)}" for places in (1, 0)]
    telling = [text for text in both if len(set(text.split(AHEAD))) == 2]
    return fitting(width, *telling, proposed_text(ahead, width))


def hz_text(hz: float, width: int) -> str:
    """`46Hz`, `2.4kHz`."""
    if hz < 999.5:
        return fitting(width, f"{hz:.0f}Hz", f"{hz:.0f}")
    return fitting(width, f"{hz / 1000:.1f}kHz", f"{hz / 1000:.1f}k", f"{hz / 1000:.0f}k")


def db_text(db: float, width: int) -> str:
    """`-3.9dB`."""
    return fitting(width, f"{_round(db, 1):.1f}dB", f"{_round(db, 1):.1f}", f"{_round(db, 0):.0f}")


def q_text(q: float, width: int) -> str:
    """`2.66`."""
    return fitting(width, f"{q:.2f}", f"{q:.1f}", f"{q:.0f}")


def ratio_text(ratio: float, width: int) -> str:
    """`1.8:1`."""
    return fitting(width, f"{ratio:.1f}:1", f"{ratio:.0f}:1" if ratio >= 9.95 else f"{ratio:.1f}", f"{ratio:.0f}")


def time_text(seconds: float, width: int) -> str:
    """`74ms`, `0.5ms`."""
    ms = seconds * 1000
    if ms < 9.95:
        return fitting(width, f"{ms:.1f}ms", f"{ms:.1f}ms".lstrip("0"), f"{ms:.0f}ms")
    return fitting(width, f"{ms:.0f}ms", f"{seconds:.2f}s".lstrip("0"), f"{seconds:.1f}s")


def percent_text(share: float, width: int) -> str:
    """`45%`."""
    return fitting(width, f"{round(share * 100)}%", f"{round(share * 100)}")


def _round(number: float, places: int) -> float:
    """Rounded, and never the zero that is written `-0`."""
    return round(number, places) + 0.0


def _db(gain: Gain, places: int) -> str:
    return "-oo" if gain.db <= FLOOR_DB else f"{_round(gain.db, places):.{places}f}"
