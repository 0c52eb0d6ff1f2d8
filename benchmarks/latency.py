"""Control in → DAW out, and surface ↔ DAW over JACK, against the least that can be done in the same run.

    python benchmarks/latency.py [--rounds 3] [--only bare codec bridge] [--only cable plain midi osc2midi]

Needs two free cores: one for the load, which spins, and one for the server. Read the ratios, not the microseconds.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import midi_latency
from figures import against, median, plain
from load import Load, Result, daw_socket
from rich.console import Console
from rich.table import Table
from servers import bridge, echo

SERVERS = {"bare": echo, "codec": echo, "bridge": bridge}
NAMES = {"bare": "bare asyncio echo", "codec": "our port and codec", "bridge": "tonn-bridge"}
WARM_UP = 500
RUNS: dict[str, Callable[[Load], Result]] = {
    "1,000/s": lambda load: load.paced(1_000, seconds=2.0),
    "10,000/s": lambda load: load.paced(10_000, seconds=1.0),
    "50,000/s": lambda load: load.paced(50_000, seconds=1.0),
    "10,000 at once": lambda load: load.burst(10_000),
    "768 at once, 20/s": lambda load: load.recalls(768, times=40, rate=20),
}


def main() -> None:
    """Run every load on every server in turn, `--rounds` times, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[*SERVERS, *midi_latency.NAMES])
    options = parser.parse_args()
    console = Console()
    console.width = max(console.width, 140)
    over_osc = [kind for kind in SERVERS if kind in (options.only or SERVERS)]
    over_jack = [kind for kind in midi_latency.NAMES if kind in (options.only or midi_latency.NAMES)]
    if over_osc:
        console.print(table(measure(over_osc, options.rounds), over_osc, options.rounds))
    if over_jack:
        console.print(midi_latency.report(over_jack, options.rounds))


def measure(kinds: list[str], rounds: int) -> dict[tuple[str, str], list[Result]]:
    """What every round has found, by load and server."""
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    with ExitStack() as stack:
        loads = {kind: start(kind, stack) for kind in kinds}
        for _ in range(rounds):
            for run, under in RUNS.items():
                for kind, load in loads.items():
                    load.burst(WARM_UP)
                    found[run, kind].append(under(load))
    return found


def start(kind: str, stack: ExitStack) -> Load:
    """A load on a server of this kind, which ends with `stack`."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    daw = stack.enter_context(daw_socket())
    server, pid, dialect = stack.enter_context(SERVERS[kind](kind, daw, folder))
    return Load(server, pid, dialect, daw)


def table(found: dict[tuple[str, str], list[Result]], kinds: list[str], rounds: int) -> Table:
    """The medians, and in brackets their ratio to the first server's.

    Dropped: lost in the kernel. Overtaken: left out, because a newer move on the same fader went instead.
    Behind: faders whose last move did not arrive (of each recall), the worst round.
    """
    shown = Table(title=f"Control in → DAW out, 32 faders, medians of {rounds}")
    for heading in ("load", "server", "p50 µs", "p99 µs", "CPU µs/move", "dropped", "overtaken", "behind"):
        shown.add_column(heading, justify="left" if heading in ("load", "server") else "right")
    for run in RUNS:
        floor = found[run, kinds[0]]
        for kind in kinds:
            results = found[run, kind]
            lost = median(results, "dropped")
            shown.add_row(
                run if kind == kinds[0] else "",
                NAMES[kind],
                *[against(median(results, what), median(floor, what)) for what in ("p50_us", "p99_us", "cpu_us")],
                plain(lost),
                plain(median(results, "sent") - median(results, "arrived") - (lost or 0)),
                plain(max(result.faders_behind for result in results)),
            )
        shown.add_section()
    return shown


if __name__ == "__main__":
    main()
