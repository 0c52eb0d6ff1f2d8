"""`status`: the state document, for people and for programs."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import cell, clean, out
from tonn_bridge.cli.proof import proof_cell, proof_table, shortcomings
from tonn_bridge.cli.words import asked, decibels, pan_text, pretended, standing
from tonn_bridge.errors import UnknownTrack

if TYPE_CHECKING:
    from rich.table import Table

    from tonn_bridge.client import Document


def status(
    track: Annotated[
        str | None, typer.Argument(metavar="[TRACK]", help="With --proof: only this track, by name or number.")
    ] = None,
    url: Url = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the state document.")] = False,
    proof: Annotated[
        bool, typer.Option("--proof", help="Print every value that was set: wanted, got, error and verdict.")
    ] = False,
) -> None:
    """Show every track as you had it, as Tonn proposes it, and as it stands.

    Example: tonn-bridge status

    Example: tonn-bridge status --proof Bass
    """
    from tonn_bridge.client import Daemon, daemon_url

    async def ask() -> "Document":
        async with Daemon(daemon_url(url)) as daemon:
            return await daemon.state()

    if track is not None and not proof:
        raise typer.BadParameter("a single track is shown with --proof", param_hint="TRACK")
    document = asyncio.run(ask())
    if as_json:
        out.print_json(json.dumps(document))
    elif proof:
        _show_proof(document, track)
    else:
        _show(summary(document))
        out.print(track_table(document["tracks"]))
        _show(shortcomings(document))


def _show_proof(document: "Document", wanted: str | None) -> None:
    """Raises UnknownTrack."""
    tracks = [track for track in document["tracks"] if wanted is None or _is(track, wanted)]
    if not tracks:
        names = ", ".join(f'"{track["name"]}"' for track in document["tracks"])
        raise UnknownTrack(f'there is no track "{wanted}"; there are {names}')
    if any(track.get("proof") for track in tracks):
        out.print(proof_table(tracks))
    else:
        out.print("nothing of Tonn's mix is set; tonn-bridge apply sets it, and reads it back")
    _show(shortcomings({"tracks": tracks}))


def _is(track: dict[str, Any], wanted: str) -> bool:
    return wanted == str(track["number"]) or wanted.strip().casefold() == str(track["name"]).casefold()


def _show(lines: list[str]) -> None:
    for line in lines:
        out.print(clean(line), markup=False)


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
        is_text, gives_way = title in ("Track", "DAW", *_RARE), title in ("Track", "Proof", "Limited")
        table.add_column(title, justify="left" if is_text else "right", no_wrap=not gives_way)
    for row in zip(*shown.values(), strict=True):
        table.add_row(*map(cell, row))
    return table


_RARE = ("Muted", "Tuned", "Proof", "Limited")
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
        "Proof": proof_cell(track),
        "Limited": ", ".join(_limit(limit) for limit in track.get("limited") or ()),
    }


def _endpoint(endpoint: dict[str, Any]) -> list[str]:
    heard = endpoint.get("last_heard_s")
    ago = f", heard {heard:.0f} s ago" if heard is not None else ""
    mapping = f" ({endpoint['mapping']})" if endpoint.get("mapping") else ""
    state = "connected" if endpoint["connected"] else "not connected"
    problems = [f"{'':<8} {problem}" for problem in endpoint.get("problems") or ()]
    return [f"{endpoint['name']:<8} {state}{mapping}{ago}", *problems]


def _limit(limit: object) -> str:
    return str(limit.get("parameter", limit)) if isinstance(limit, dict) else str(limit)
