"""The proof of what was set, in a person's words: wanted, got, error and verdict, and what to do about the rest."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tonn_bridge.cli.output import cell
from tonn_bridge.cli.words import decibels, pan_text

if TYPE_CHECKING:
    from rich.table import Table

    from tonn_bridge.client import Document

CONFIRMED, OFF, NOT_CONFIRMED = "confirmed", "off", "not confirmed"
GIVEN_BACK = "given back"
_STYLES = {CONFIRMED: "green", OFF: "bold red", NOT_CONFIRMED: "yellow", GIVEN_BACK: "yellow"}
_NAMED = 2
"""So many parameters are named in a cell; of more only the number is said."""

UNREAD = "could not be read back: look at them in the DAW, or apply once more"

_SLOTS = {"eq": "EQ", "comp": "comp", "trim": "trim"}
_SAID: Mapping[str, Callable[[float], str]] = {
    "gain_db": lambda db: decibels(db, unit=" dB", digits=2),
    "trim_db": lambda db: f"{db:+z.2f} dB",
    "threshold_db": lambda db: f"{db:z.2f} dB",
    "pan": pan_text,
    "freq_hz": lambda hz: f"{hz:.1f} Hz",
    "q": lambda q: f"{q:.3f}",
    "ratio": lambda ratio: f"{ratio:.2f}:1",
    "attack_s": lambda seconds: f"{seconds * 1000.0:.2f} ms",
    "release_s": lambda seconds: f"{seconds * 1000.0:.1f} ms",
}


def proof_cell(track: Mapping[str, Any]) -> str:
    """A track's proof in a few words: `25 ok`, `24 ok, 1 ?`, `off: eq.2.q`, `6 ok, no comp`; "" before an apply."""
    if track.get("fault"):
        return GIVEN_BACK
    rows = track.get("proof") or ()
    off = [row["parameter"] for row in rows if row["verdict"] == OFF]
    confirmed, unread = (sum(row["verdict"] == verdict for row in rows) for verdict in (CONFIRMED, NOT_CONFIRMED))
    parts = [f"off: {', '.join(off) if len(off) <= _NAMED else len(off)}"] if off else []
    parts += [f"{confirmed} ok"] if confirmed and not off else []
    parts += [f"{unread} ?"] if unread else []
    parts += [f"no {_SLOTS[plugin['slot']]}" for plugin in track.get("plugins") or () if plugin["problem"]]
    return ", ".join(parts)


def unproved(document: "Document") -> str:
    """How many values are not proved: `1 off, 3 not confirmed`; empty where all are."""
    counts = document.get("proof") or {}
    said = [
        f"{counts[key]} {word}" for key, word in (("off", OFF), ("not_confirmed", NOT_CONFIRMED)) if counts.get(key)
    ]
    return ", ".join(said)


def shortcomings(document: "Document") -> list[str]:
    """What does not stand as it was to and what to do about it, a line each; tracks with the same trouble together."""
    tracks = document.get("tracks", ())
    found: dict[str, list[str]] = {}
    for track in tracks:
        problems = [track.get("fault"), *(plugin["problem"] for plugin in track.get("plugins") or ())]
        for problem in dict.fromkeys(filter(None, problems)):
            found.setdefault(str(problem), []).append(str(track["name"]))
    unread = [track for track in tracks if any(row["verdict"] == NOT_CONFIRMED for row in track.get("proof") or ())]
    if unread:
        values = sum(row["verdict"] == NOT_CONFIRMED for track in unread for row in track["proof"])
        found[f"{values} value{'s' * (values != 1)} {UNREAD}"] = [str(track["name"]) for track in unread]
    return [f"{_named(names, len(tracks))}: {problem}" for problem, names in found.items()]


def _named(names: list[str], of: int) -> str:
    return f"all {of} tracks" if len(names) == of > 1 else ", ".join(names)


def proof_table(tracks: Iterable[Mapping[str, Any]]) -> "Table":
    """A row per value that was set: as it was wanted, as it was read back, how far off, and the verdict.

    What had been confirmed on a track that was given back stands no more.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("Track", "Value", "Wanted", "Got", "Error", "Verdict"):
        is_text = title in ("Track", "Value", "Verdict")
        table.add_column(title, justify="left" if is_text else "right", no_wrap=title != "Track")
    for track in tracks:
        name = str(track["name"])
        for row in track.get("proof") or ():
            said = _said(row["parameter"], row["wanted"]), _said(row["parameter"], row["got"]), error_text(row)
            standing = GIVEN_BACK if track.get("fault") and row["verdict"] == CONFIRMED else str(row["verdict"])
            verdict = Text(standing, style=_STYLES.get(standing, ""))
            table.add_row(cell(name), cell(row["parameter"]), *map(cell, said), verdict)
            name = ""
    return table


def error_text(row: Mapping[str, Any]) -> str:
    """`+0.02 dB`, `0.1 %`, or a dash where nothing was read back."""
    if row["error"] is None:
        return "–"
    return f"{row['error']:+z.2f} {row['unit']}".rstrip()


def _said(parameter: str, value: float | None) -> str:
    """A value with its unit, as a mix engineer says it."""
    if value is None:
        return "–"
    return _SAID[parameter.rpartition(".")[2]](value)
