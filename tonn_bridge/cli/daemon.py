"""`run`: the daemon itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, err, out

if TYPE_CHECKING:
    from tonn_bridge.app import Listening
    from tonn_bridge.cli.client import Document
    from tonn_bridge.session import Session


def run(
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log to stderr what is sent and heard.")] = False,
) -> None:
    """Stand between Tonn, the DAW and its controllers, until Ctrl-C.

    Example: tonn-bridge run session.toml
    """
    from tonn_bridge.cli.logs import log_to_file
    from tonn_bridge.cli.stopping import run_until_stopped
    from tonn_bridge.session import load_session

    loaded = load_session(session)
    log_to_file(verbose=verbose)
    run_until_stopped(_run(loaded))


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(run)


async def _run(session: "Session") -> None:
    from rich.live import Live
    from rich.text import Text

    from tonn_bridge.app import run_daemon

    if not sys.stdout.isatty():
        last = ""

        def on_document(document: "Document") -> None:
            nonlocal last
            line = f"{document['state']} {document.get('text') or ''}".rstrip()
            if document["state"] != last:
                last = document["state"]
                print(clean(line), flush=True)

        await run_daemon(session, on_ready=_print_places, on_document=on_document)
        return
    with Live(Text("starting"), console=out, auto_refresh=False, transient=True) as live:
        await run_daemon(
            session,
            on_ready=_print_places,
            on_document=lambda document: live.update(Text(status_line(document)), refresh=True),
        )
    err.print("stopped")


def _print_places(places: "Listening") -> None:
    for label, place in (
        ("OSC control", places.control),
        ("HTTP", places.http),
        ("DAW feedback", places.daw),
        ("Tonn", places.tonn),
    ):
        out.print(f"{label:<13}{clean(place)}", markup=False)
    out.file.flush()


def status_line(document: "Document") -> str:
    """The document in one line: what is going on, then who is there."""
    doing = str(document["state"])
    if document.get("running"):
        doing += f" {document.get('progress') or 0.0:.0%}"
    question = document.get("question")
    parts = [
        doing,
        question["text"] if question else document.get("text") or "",
        *(f"{e['name']} {'connected' if e['connected'] else 'silent'}" for e in document.get("endpoints", ())),
        f"credits spent {document['credits']['spent']}",
    ]
    return clean(" · ".join(str(part) for part in parts if part))
