"""How the demo looks: a tick per check, the DAW's faders as they move, and a closing table."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from tonn_bridge.demo.report import Check, Report, TrackResult
from tonn_bridge.demo.settings_table import comp_table, eq_table, small_table
from tonn_bridge.demo.stage import USER_MIX, Stage

PICTURES_PER_S = 12
NAME_WIDTH = 54
BAR_WIDTH = 30
MOST_TRAVEL = 56
BOTTOM_DB, TOP_DB = -36.0, 6.0
"""The part of a fader's way that is drawn."""


class Screen:
    """Tells a person what is going on; use it as a context manager.

    On a terminal the DAW's faders are drawn below what has been told, and move; elsewhere there are plain lines only.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage: Stage | None = None
        self._spinner = Spinner("dots", style="cyan")
        self._doing = ""
        self._live = Live(
            get_renderable=self._picture, console=console, refresh_per_second=PICTURES_PER_S, transient=True
        )
        utf = console.encoding.lower().startswith("utf")
        self._fancy = console.is_terminal and utf

    def __enter__(self) -> Self:
        if self._fancy:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def opens(self) -> None:
        title = Text.assemble(("tonn-bridge demo", "bold"), "  the whole job; nothing leaves this machine")
        self._console.print(title)

    def set(self, stage: Stage) -> None:
        """From now on there are faders to be drawn."""
        self._stage = stage

    def step(self, name: str, does: str) -> None:
        """A step begins."""
        self._doing = name
        self._console.print()
        self._console.print(Text.assemble((f"{name:<13}", "bold"), (does, "dim")))

    def check(self, check: Check) -> None:
        """A check has been made."""
        if not check.ok:
            self._console.print(Text.assemble(self._mark(ok=False), f" {check.what}\n       ", (check.detail, "red")))
            return
        line = Text.assemble(self._mark(ok=True), f" {check.what:<{NAME_WIDTH}} ", (check.detail, "dim"))
        if self._fancy:
            line.truncate(self._console.width, overflow="ellipsis")
        self._console.print(line)

    def closes(self, report: Report) -> None:
        """The closing table and the last word."""
        self._live.stop()
        tables = [track_table(report.tracks)] if report.tracks else []
        tables += [eq_table(report.settings), comp_table(report.settings)] if report.settings else []
        for table in tables:
            self._console.print()
            self._console.print(table)
        failed = sum(1 for check in report.checks if not check.ok)
        word = f"{failed} of {len(report.checks)} checks failed" if failed else f"all {len(report.checks)} checks hold"
        self._console.print()
        self._console.print(Text.assemble((word, "bold red" if failed else "bold green"), f" in {report.seconds:g} s"))

    def say(self, line: str) -> None:
        """A line for people."""
        self._console.print(Text(line))

    def _mark(self, *, ok: bool) -> Text:
        words = ("  ✓", "  ✗") if self._fancy else ("  ok    ", "  FAILED")
        return Text(words[0] if ok else words[1], style="green" if ok else "bold red")

    def _picture(self) -> RenderableType:
        self._spinner.update(text=Text(self._doing, style="bold"))
        if self._stage is None:
            return Padding(self._spinner, (1, 2, 0, 2))
        doing = Table.grid(padding=(0, 2))
        doing.add_row(self._spinner, *progress(self._stage))
        faders = faders_table(self._stage, min(self._console.width - 44, MOST_TRAVEL))
        return Padding(Group(doing, faders, LEGEND), (1, 2, 0, 2))


LEGEND = Text.assemble(
    ("REAPER   ", "dim"), ("○", "yellow"), (" the user's mix   ", "dim"), ("◇", "magenta"), (" Tonn's   ", "dim"),
    ("█", "bold cyan"), (" the fader", "dim"),
)  # fmt: skip


def progress(stage: Stage) -> list[RenderableType]:
    """A bar and a line of text, as the OSC remote is told them; nothing while nothing goes on."""
    amount, text = stage.remote.shown.get("/tonn/progress", (1.0, ""))
    if not text or not isinstance(amount, float):
        return []
    return [ProgressBar(total=1.0, completed=amount, width=BAR_WIDTH), Text(f"{amount:4.0%}"), Text(str(text))]


def faders_table(stage: Stage, travel: int) -> Table:
    """The DAW's faders, lying down: `travel` characters from -36 to +6 dB."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    proposals = [track["proposal"] or {} for track in stage.bridge.document.get("tracks", ())]
    adjusts = [track["adjust_db"] for track in stage.bridge.document.get("tracks", ())]
    for index, track in enumerate(stage.daw.tracks):
        tonn_db = proposals[index].get("gain_db") if proposals else None
        adjust_db = adjusts[index] if adjusts else None
        table.add_row(
            Text(track.name, style="dim strike" if track.muted else ""),
            way(travel, track.db, USER_MIX.faders_db[index], tonn_db, muted=track.muted),
            Text(f"{track.db:+z6.1f} dB"),
            Text(pan_word(track.pan), style="dim"),
            Text("mute", style="red") if track.muted else Text(f"{adjust_db:+z.1f}" if adjust_db else "", style="cyan"),
        )
    return table


def way(travel: int, fader_db: float, user_db: float, tonn_db: float | None, *, muted: bool) -> Text:
    """A fader's way with its marks: the user's place, Tonn's, and on top of them the fader itself."""
    marks = {place(user_db, travel): ("○", "yellow")}
    if tonn_db is not None:
        marks[place(tonn_db, travel)] = ("◇", "magenta")
    marks[place(fader_db, travel)] = ("█", "dim" if muted else "bold cyan")
    return Text.assemble(*(marks.get(at, ("─", "bright_black")) for at in range(travel)))


def place(db: float, travel: int) -> int:
    """Where on a way of `travel` characters a gain stands."""
    share = (min(max(db, BOTTOM_DB), TOP_DB) - BOTTOM_DB) / (TOP_DB - BOTTOM_DB)
    return round(share * (travel - 1))


def pan_word(pan: float) -> str:
    """`L50`, `C` or `R100`."""
    percent = round(abs(pan) * 100)
    return f"{'L' if pan < 0 else 'R'}{percent}" if percent else "C"


def track_table(tracks: list[TrackResult]) -> Table:
    """A row per track: the user's fader, Tonn's, the hand's move, and what was measured in the final mix; in dB."""
    table = small_table("Faders, in dB: got is what the final mix holds")
    for title in ("User", "Tonn", "Moved", "Got", "Error"):
        table.add_column(title, justify="right", min_width=8)
    for track in tracks:
        touched = track.muted or track.moved_db != 0.0
        table.add_row(
            track.name,
            f"{track.user_db:+z.2f}",
            f"{track.tonn_db:+z.2f}",
            "mute" if track.muted else f"{track.moved_db:+z.2f}" if touched else "",
            f"{track.got_db:+z.2f}",
            "" if track.error_db is None else f"{track.error_db:.3f}",
            style="cyan" if touched else None,
        )
    return table
