"""`status`: the state document, for people and for programs."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import cell, clean, out
from tonn_bridge.cli.words import asked, pretended, standing

if TYPE_CHECKING:
    from rich.table import Table

    from tonn_bridge.client import Document

_OFF_DB = -150.0


def status(
    url: Url = None, as_json: Annotated[bool, typer.Option("--json", help="Print the state document.")] = False
) -> None:
    """Show every track as you had it, as Tonn proposes it, and as it stands.

    Example: tonn-bridge status
    """
    from tonn_bridge.client import Daemon, daemon_url

    async def ask() -> "Document":
        async with Daemon(daemon_url(url)) as daemon:
            return await daemon.state()

    document = asyncio.run(ask())
    if as_json:
        out.print_json(json.dumps(document))
        return
    for line in summary(document):
        out.print(clean(line), markup=False)
    out.print(track_table(document["tracks"]))


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(status)


def summary(document: "Document") -> list[str]:
    """What there is to say besides the tracks, a line each."""
    from tonn_bridge.client import error_text

    credits = document["credits"]
    limit = f" of {credits['limit']}" if credits.get("limit") is not None else ""
    lines = [
        f"state    {standing(document)}",
        f"credits  {credits['spent']} spent{limit}{pretended(document)}",
        *(line for endpoint in document.get("endpoints", ()) for line in _endpoint(endpoint)),
    ]
    if running := document.get("running"):
        lines.append(f"running  {running}, {document.get('progress') or 0.0:.0%} {document.get('text') or ''}".rstrip())
    if question := document.get("question"):
        lines.append(f"asks     {asked(question)} (tonn-bridge confirm, or tonn-bridge cancel)")
    for label, key in (("preview", "preview_file"), ("final", "final_file")):
        if document.get(key):
            lines.append(f"{label:<8} {document[key]}")
    if document.get("error"):
        lines.append(f"error    {error_text(document['error'])}")
    lines += [f"problem  {problem}" for problem in document.get("problems") or ()]
    return lines


def track_table(tracks: list[dict[str, Any]]) -> "Table":
    """A row per track; decibels, and pans as L100 to R100. Where it is narrow, names give way, not numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    columns = {title: [cells[title] for cells in map(_cells, tracks)] for title in _COLUMNS}
    shown = {title: cells for title, cells in columns.items() if title not in _RARE or any(cells)}
    for title in shown:
        is_text, gives_way = title in ("Track", "DAW", *_RARE), title in ("Track", "Limited")
        table.add_column(title, justify="left" if is_text else "right", no_wrap=not gives_way)
    for row in zip(*shown.values(), strict=True):
        table.add_row(*map(cell, row))
    return table


_RARE = ("Muted", "Tuned", "Limited")
_PARTS = {"eq": "EQ", "comp": "comp"}
_COLUMNS = ("#", "Track", "DAW", "User", "Tonn", "Now", "Adjust", "Pan", *_RARE)


def _cells(track: dict[str, Any]) -> dict[str, str]:
    current = track.get("current") or {}
    return {
        "#": str(track["number"]),
        "Track": str(track["name"]),
        "DAW": str(track.get("daw") or "–"),
        "User": decibels((track.get("user") or {}).get("gain_db")),
        "Tonn": decibels((track.get("proposal") or {}).get("gain_db")),
        "Now": decibels(current.get("gain_db")),
        "Adjust": decibels(track.get("adjust_db")),
        "Pan": pan_text(current.get("pan")),
        "Muted": "yes" if track.get("muted") else "",
        "Tuned": ", ".join(_PARTS.get(part, part) for part in track.get("tuned") or ()),
        "Limited": ", ".join(_limit(limit) for limit in track.get("limited") or ()),
    }


def decibels(value: float | None) -> str:
    """`+2.0`, `-11.8`, `off`, or a dash for what is not known."""
    if value is None:
        return "–"
    return "off" if value <= _OFF_DB else f"{value:+.1f}"


def pan_text(pan: float | None) -> str:
    """`L50`, `C`, `R100`, or a dash for what is not known."""
    if pan is None:
        return "–"
    percent = round(abs(pan) * 100)
    return "C" if percent == 0 else f"{'L' if pan < 0 else 'R'}{percent}"


def _endpoint(endpoint: dict[str, Any]) -> list[str]:
    heard = endpoint.get("last_heard_s")
    ago = f", heard {heard:.0f} s ago" if heard is not None else ""
    mapping = f" ({endpoint['mapping']})" if endpoint.get("mapping") else ""
    state = "connected" if endpoint["connected"] else "not connected"
    problems = [f"{'':<8} {problem}" for problem in endpoint.get("problems") or ()]
    return [f"{endpoint['name']:<8} {state}{mapping}{ago}", *problems]


def _limit(limit: object) -> str:
    return str(limit.get("parameter", limit)) if isinstance(limit, dict) else str(limit)
