"""Surface → DAW and DAW → surface over JACK: which servers stand under which load, and the table of it."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import jack
from figures import against, median, plain
from midi_load import MidiLoad, MidiResult
from midi_servers import SERVERS, installed
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

NAMES = {"cable": "JACK alone", "plain": "plain Python", "midi": "tonn-bridge", "osc2midi": "OSC2MIDI"}
RUN_S = 1.5
WARM_UP_S = 0.3
REST_S = 0.5
RATES = {64: (1_000, 3_000), 256: (1_000,)}
"""Moves a second, by JACK's period in frames."""
DIRECTIONS = ("surface → DAW", "DAW → surface")

Found = dict[tuple[int, str, str, int], list[MidiResult]]
"""By period, server, direction and rate."""
Rests = dict[str, list[float]]
"""Share of a core that each server takes at rest, at the first period."""


def report(kinds: Sequence[str], rounds: int) -> RenderableType:
    """The table of these servers, or one line that says why there is none."""
    why = jack.missing()
    if why is not None:
        return Text(f"surface ↔ DAW over JACK: not measured, {why}")
    here = [kind for kind in kinds if installed(kind)]
    found: Found = defaultdict(list)
    rests: Rests = defaultdict(list)
    for period, rates in RATES.items():
        with tempfile.TemporaryDirectory() as log, jack.running(period, Path(log)) as server:
            for _ in range(rounds):
                for kind in here:
                    with tempfile.TemporaryDirectory() as folder, SERVERS[kind](server, Path(folder)) as load:
                        _measure(load, kind, period, rates, found, rests)
    lacking = [Text(f"{NAMES[kind]}: not installed") for kind in kinds if kind not in here]
    return Group(_table(found, here, rounds), _at_rest(rests), *lacking)


def _measure(load: MidiLoad, kind: str, period: int, rates: Sequence[int], found: Found, rests: Rests) -> None:
    ways = _ways(load, kind)
    for move in ways.values():
        move(rates[0], WARM_UP_S)
    rest = load.cpu_at_rest(REST_S)
    if rest is not None and period == next(iter(RATES)):
        rests[kind].append(rest)
    for direction, move in ways.items():
        for rate in rates:
            found[period, kind, direction, rate].append(move(rate, RUN_S))


def _ways(load: MidiLoad, kind: str) -> dict[str, Callable[[int, float], MidiResult]]:
    """What moves the faders in each direction; a cable has but one."""
    if kind == "cable":
        return dict.fromkeys(DIRECTIONS[:1], load.across)
    return dict(zip(DIRECTIONS, (load.to_daw, load.to_surface), strict=True))


def _table(found: Found, kinds: Sequence[str], rounds: int) -> Table:
    """The medians, and in brackets their ratio to plain Python's.

    Merged: left out, because a newer move on the same fader went instead. Behind: faders whose last move did not
    arrive, the worst round. JACK's share: the time through JACK alone as a part of this p50.
    """
    shown = Table(title=f"Surface ↔ DAW over JACK, medians of {rounds}")
    for heading in ("period", "way", "moves/s", "server", "p50 µs", "p99 µs", "JACK's share", "CPU µs/move", "merged"):
        shown.add_column(heading, justify="left" if heading in ("way", "server") else "right")
    shown.add_column("behind", justify="right")
    for period, rates in RATES.items():
        for direction in DIRECTIONS:
            for rate in rates:
                for row in _rows(found, kinds, period, direction, rate):
                    shown.add_row(*row)
                shown.add_section()
    return shown


def _rows(found: Found, kinds: Sequence[str], period: int, direction: str, rate: int) -> list[list[str]]:
    """The servers under one load, the cable first."""
    cable = found[period, "cable", DIRECTIONS[0], rate]
    floor = found[period, "plain", direction, rate]
    rows: list[list[str]] = []
    for kind in kinds:
        results = cable if kind == "cable" else found[period, kind, direction, rate]
        p50, through_jack = median(results, "p50_us"), median(cable, "p50_us")
        rows.append(
            [
                *(["", "", ""] if rows else [str(period), direction, f"{rate:,}"]),
                NAMES[kind],
                against(p50, median(floor, "p50_us")),
                against(median(results, "p99_us"), median(floor, "p99_us")),
                "–" if through_jack is None or p50 is None else f"{through_jack / p50:.0%}",
                "–" if kind == "cable" else against(median(results, "cpu_us"), median(floor, "cpu_us")),
                plain(sum(result.sent - result.arrived for result in results) / len(results)),
                plain(max(result.faders_behind for result in results)),
            ]
        )
    return rows


def _at_rest(rests: Rests) -> Text:
    parts = [f"{NAMES[kind]} {sum(shares) / len(shares):.1%}" for kind, shares in rests.items() if kind != "cable"]
    return Text("At rest, of a core: " + (", ".join(parts) or "–"))
