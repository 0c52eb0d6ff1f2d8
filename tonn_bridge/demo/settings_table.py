"""The closing tables of what was set in the plug-ins: as Tonn wanted it, and as it came to stand there."""

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from tonn_bridge.demo.plug_ins import error, is_db
from tonn_bridge.demo.report import SettingResult

COMP_COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("Threshold", "comp.threshold_db", lambda db: f"{db:z.1f}"),
    ("Ratio", "comp.ratio", lambda ratio: f"{ratio:.2f}"),
    ("Attack", "comp.attack_s", lambda seconds: f"{seconds * 1000.0:.1f}"),
    ("Release", "comp.release_s", lambda seconds: f"{seconds * 1000.0:.0f}"),
)


def small_table(title: str) -> Table:
    """An empty table of tracks that fits a terminal of 80 columns."""
    table = Table(
        box=SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=title,
        title_justify="left",
        title_style="bold",
    )
    table.add_column("Track")
    return table


def eq_table(settings: Sequence[SettingResult]) -> Table:
    """A row per track: how many of Tonn's bands stand in its equaliser, and the largest errors."""
    table = small_table("Equalisers: bands that stand, and the largest errors")
    for title in ("Bands", "Gain dB", "Freq %", "Q %", "Read back"):
        table.add_column(title, justify="right", min_width=8)
    for track, rows in _by_track(settings, "eq."):
        bands, missed = _bands(rows), _bands([row for row in rows if row.verdict != "confirmed"])
        errors = [f"{_largest(rows, quantity):.2f}" for quantity in ("gain_db", "freq_hz", "q")]
        table.add_row(track, f"{len(bands - missed)} of {len(bands)}", *errors, _read_back(rows))
    return table


def comp_table(settings: Sequence[SettingResult]) -> Table:
    """A row per track: each value of its compressor as it was wanted, and as it came to stand; the largest errors."""
    table = small_table("Compressors: wanted → got in dB, n:1 and ms, largest errors in dB and %")
    for title in (*(title for title, _, _ in COMP_COLUMNS), "dB", "%", "Read back"):
        table.add_column(title, justify="right")
    for track, rows in _by_track(settings, "comp."):
        by_name = {row.parameter: row for row in rows}
        cells = [_went(by_name.get(name), said) for _, name, said in COMP_COLUMNS]
        percent = max((_off(row) for row in rows if not is_db(row.parameter)), default=0.0)
        table.add_row(track, *cells, f"{_largest(rows, 'threshold_db'):.2f}", f"{percent:.1f}", _read_back(rows))
    return table


def _by_track(settings: Sequence[SettingResult], part: str) -> list[tuple[str, list[SettingResult]]]:
    """The settings of one part, of each track that has any."""
    found: dict[str, list[SettingResult]] = {}
    for row in settings:
        if row.parameter.startswith(part):
            found.setdefault(row.track, []).append(row)
    return list(found.items())


def _bands(rows: Sequence[SettingResult]) -> set[str]:
    return {row.parameter.split(".")[1] for row in rows}


def _largest(rows: Sequence[SettingResult], quantity: str) -> float:
    return max((_off(row) for row in rows if row.parameter.endswith(f".{quantity}")), default=0.0)


def _off(row: SettingResult) -> float:
    """How far off a value is, as it was read back or as it truly stands, whichever is further."""
    return max(abs(row.error or 0.0), error(row.parameter, row.wanted, row.stands))


def _went(row: SettingResult | None, said: Callable[[float], str]) -> str:
    if row is None:
        return "–"
    return f"{said(row.wanted)} → {'?' if row.got is None else said(row.got)}"


def _read_back(rows: Sequence[SettingResult]) -> Text:
    confirmed = sum(row.verdict == "confirmed" for row in rows)
    if confirmed == len(rows):
        return Text("confirmed", style="green")
    return Text(f"{confirmed} of {len(rows)}", style="bold red")
