"""EQ and compressor in the DAW: a whole mix set and read back, recalled 20 times a second, and what they cost at rest.

    python benchmarks/rack.py [--rounds 3] [--seconds 10]

A console of 32 channels, each with a fader, a pan, six bells and a compressor: 768 values. Needs two free cores.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge import program, write_session
from desk import FIRST, VALUES, Desk, write_mapping
from figures import against, median, plain
from load import FADERS, Dialect, Load, Result, cpu_ns, daw_socket
from recall import Recalled, Recalls
from rich.console import Console
from rich.table import Table
from servers import echo

RECALLS = 40
AMOUNTS = [0.1 + 0.8 * place / RECALLS for place in range(RECALLS)]
START = 0.05
RATE = 20
WARM_UP = 500
POLL_S = 2.0
"""Live's, where knobs are looked at because they are not told."""

MOVES: dict[str, Callable[[Load], Result]] = {
    "1,000/s": lambda load: load.paced(1_000, seconds=2.0),
    "10,000/s": lambda load: load.paced(10_000, seconds=1.0),
    "10,000 at once": lambda load: load.burst(10_000),
}


@dataclass(frozen=True)
class Applied:
    """One apply, in ms from the press, and what went over the wire for it."""

    first_ms: float
    last_fader_ms: float
    last_ms: float
    applied_ms: float
    messages: int
    changed: int
    questions: int


@dataclass(frozen=True)
class Running:
    """A daemon and its console."""

    desk: Desk
    pid: int
    control: tuple[str, int]


def main() -> None:
    """Every measure in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    console = Console()
    console.width = max(console.width, 140)
    with daemon() as here:
        here.desk.give_mix()
        console.print(apply_table([apply(here.desk) for _ in range(options.rounds)]))
        console.print(recall_table(recall(here, options.rounds)))
    console.print(moves_table(moves(options.rounds)))
    console.print(rest_table(options.seconds))


@contextmanager
def daemon(*, plugins: bool = True, poll_s: float | None = None) -> Iterator[Running]:
    """A daemon that has met its console; without `plugins` it knows of faders and pans alone."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wire, remote = stack.enter_context(daw_socket()), stack.enter_context(daw_socket())
        mapping = write_mapping(folder, plugins=plugins, poll_s=poll_s)
        session = write_session(folder, wire.getsockname(), mapping=mapping)
        process = stack.enter_context(program("run", str(session.path), state=folder / "state"))
        desk = Desk(session, wire, remote)
        desk.meet()
        yield Running(desk, process.pid, session.control)


def apply(desk: Desk) -> Applied:
    """Apply a mix, see that every value has come, and take it back."""
    desk.set.clear()
    desk.questions = 0
    pressed = desk.press("apply")
    applied = desk.wait_for("applied")
    came = {address: when for address, when, _ in desk.set}
    if missing := VALUES - came.keys():
        raise SystemExit(f"{len(missing)} of {len(VALUES)} values did not reach the console")
    faders = [when for address, when in came.items() if address.endswith(("/gain", "/pan"))]
    changed = sum(desk.values[address] != FIRST[address.split("/", 3)[3]] for address in desk.values)
    found = Applied(
        first_ms=(desk.set[0][1] - pressed) * 1000,
        last_fader_ms=(max(faders) - pressed) * 1000,
        last_ms=(max(came.values()) - pressed) * 1000,
        applied_ms=(applied - pressed) * 1000,
        messages=len(desk.set),
        changed=changed,
        questions=desk.questions,
    )
    desk.press("revert")
    desk.wait_for("ready")
    desk.rest()
    return found


def recall(here: Running, rounds: int) -> dict[str, list[Recalled]]:
    """The bare sender and the daemon in turn; the daemon's mix is applied for it."""
    desk = here.desk
    desk.press("apply")
    desk.wait_for("applied")
    desk.rest()
    with ExitStack() as stack:
        console = stack.enter_context(daw_socket())
        server, pid, _ = stack.enter_context(echo("blend", console, Path()))
        bare = Recalls(server, pid, console, AMOUNTS)
        ours = Recalls(here.control, here.pid, desk.wire, AMOUNTS, lambda message: desk.take(message, 0.0))
        bare.rehearse()
        desk.press("morph", START)
        desk.rest()
        ours.rehearse()
        found: dict[str, list[Recalled]] = {"plain Python": [], "tonn-bridge": []}
        for _ in range(rounds):
            found["plain Python"].append(bare.stream(RATE))
            desk.press("morph", START)
            desk.rest()
            found["tonn-bridge"].append(ours.stream(RATE))
            desk.rest()
    return found


def moves(rounds: int) -> dict[tuple[str, str], list[Result]]:
    """The same fader moves, with faders and pans alone, with plug-ins known, and with Tonn's mix in them."""
    found: dict[tuple[str, str], list[Result]] = {}
    with ExitStack() as stack:
        kinds = {"faders alone": False, "with plug-ins": True, "Tonn's mix applied": True}
        loads = {}
        for kind, plugins in kinds.items():
            here = stack.enter_context(daemon(plugins=plugins))
            if kind == "Tonn's mix applied":
                here.desk.give_mix()
                here.desk.press("apply")
                here.desk.wait_for("applied")
                here.desk.rest()
            loads[kind] = here.desk, Load(here.control, here.pid, Dialect(makes="/ch/{n}/gain"), here.desk.wire)
        for _ in range(rounds):
            for run, under in MOVES.items():
                for kind, (desk, load) in loads.items():
                    load.burst(WARM_UP)
                    desk.rest()
                    found.setdefault((run, kind), []).append(under(load))
                    desk.rest()
    return found


def rest(seconds: float, *, applied: bool, poll_s: float | None) -> float | None:
    """Share of a core while nothing happens; None where there is no /proc."""
    with daemon(poll_s=poll_s) as here:
        if applied:
            here.desk.give_mix()
            here.desk.press("apply")
            here.desk.wait_for("applied")
        here.desk.run(lambda: False, 2.0)
        before, began = cpu_ns(here.pid), time.perf_counter_ns()
        here.desk.run(lambda: False, seconds)
        after, ended = cpu_ns(here.pid), time.perf_counter_ns()
    return None if before is None or after is None else (after - before) / (ended - began)


def apply_table(rounds: list[Applied]) -> Table:
    table = Table(title=f"Apply of {len(VALUES)} values on {FADERS} tracks, medians of {len(rounds)}")
    for heading in ("from the press", "ms", "worst"):
        table.add_column(heading, justify="left" if heading == "from the press" else "right")
    legs = {"first_ms": "to the first value at the console", "last_fader_ms": "to the last fader or pan",
            "last_ms": "to the last value", "applied_ms": "to applied (everything read back)"}  # fmt: skip
    for what, name in legs.items():
        worst = max(getattr(each, what) for each in rounds)
        table.add_row(name, f"{median(rounds, what):.1f}", f"{worst:.1f}")
    last = rounds[-1]
    table.add_row("messages per changed value", f"{last.messages / last.changed:.2f}", f"{last.changed} changed")
    table.add_row("questions per changed value", f"{last.questions / last.changed:.2f}", "")
    return table


def recall_table(found: dict[str, list[Recalled]]) -> Table:
    table = Table(title=f"{len(VALUES)} values {RATE} times a second, medians of {len(next(iter(found.values())))}")
    for heading in ("server", "p50 ms", "p99 ms", "whole p50", "whole p99", "CPU µs/value", "overtaken", "behind"):
        table.add_column(heading, justify="left" if heading == "server" else "right")
    floor = found["plain Python"]
    for kind, results in found.items():
        table.add_row(
            kind,
            *[
                against(median(results, what), median(floor, what))
                for what in ("p50_ms", "p99_ms", "complete_p50_ms", "complete_p99_ms", "cpu_us")
            ],
            plain(max(result.expected - result.arrived for result in results)),
            plain(max(result.behind for result in results)),
        )
    return table


def moves_table(found: dict[tuple[str, str], list[Result]]) -> Table:
    table = Table(title="A fader's move, with plug-ins beside it")
    for heading in ("load", "daemon", "p50 µs", "p99 µs", "CPU µs/move", "dropped", "behind"):
        table.add_column(heading, justify="left" if heading in ("load", "daemon") else "right")
    for (run, kind), results in found.items():
        floor = found[run, "faders alone"]
        table.add_row(
            run if kind == "faders alone" else "",
            kind,
            *[against(median(results, what), median(floor, what)) for what in ("p50_us", "p99_us", "cpu_us")],
            plain(median(results, "dropped")),
            plain(max(result.faders_behind for result in results)),
        )
    return table


def rest_table(seconds: float) -> Table:
    table = Table(title=f"At rest with plug-ins, {seconds:g} s")
    for heading in ("what", "processor"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    share = partial(rest, seconds)
    rows = {
        "nothing applied": share(applied=False, poll_s=None),
        "Tonn's mix applied, the console tells of turned knobs": share(applied=True, poll_s=None),
        f"Tonn's mix applied, 704 knobs looked at every {POLL_S:g} s": share(applied=True, poll_s=POLL_S),
    }
    for what, part in rows.items():
        table.add_row(what, "–" if part is None else f"{part:.2%} of a core")
    return table


if __name__ == "__main__":
    main()
