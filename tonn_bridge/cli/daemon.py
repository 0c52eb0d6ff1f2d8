"""`run`: the daemon itself."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, out
from tonn_bridge.cli.proof import unproved
from tonn_bridge.cli.words import asked, pretended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tonn_bridge.app import Listening
    from tonn_bridge.client import Document
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
    from tonn_bridge.app import run_daemon

    _calm_collector()
    places = _Places(session.path.name)
    if not out.is_terminal:
        await run_daemon(session, on_ready=places.show, on_document=_Steps().show)
        return
    from rich.live import Live
    from rich.text import Text

    def line(text: str) -> Text:
        return Text(text, no_wrap=False, overflow="fold")  # what is wrong may need more than one line

    with Live(line("starting"), console=out, auto_refresh=False, transient=True) as live:
        await run_daemon(
            session,
            on_ready=places.show,
            on_document=lambda document: live.update(line(status_line(document)), refresh=True),
        )


def _calm_collector() -> None:
    """Keep Python's garbage collector from holding faders up.

    With what the program has loaded it would be at it for some ten milliseconds, every now and then in the middle of a
    recall; all of that lives as long as the program does, and of what comes later hardly anything hangs in circles.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class _Steps:
    """Where there is no terminal: a line for each new state, question, error and problem, and who comes and goes."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()

    def show(self, document: "Document") -> None:
        """Print `document`, if it says something new."""
        question = document.get("question")
        told = (document.get("error"), document.get("problems"), unproved(document), list(_there(document)))
        now = (document["state"], question and question["id"], *told)
        if now != self._last:
            self._last = now
            out.print(status_line(document), markup=False)
            out.file.flush()


class _Places:
    """Prints where the daemon listens: as it begins, and when it has begun anew with a session that was saved."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._begun = False

    def show(self, places: "Listening") -> None:
        """Print them, the second time with the reason."""
        if self._begun:
            out.print(f"{clean(self._session)} was saved, and is in force:", markup=False)
        self._begun = True
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
    from tonn_bridge.client import error_text

    doing, question = str(document["state"]), document.get("question")
    if document.get("running") and not question:
        doing += f" {document.get('progress') or 0.0:.0%}"
    parts = [
        doing,
        asked(question) if question else document.get("text") or "",
        error_text(document["error"]) if document.get("error") else "",
        _unproved(document),
        *document.get("problems", ()),
        *_there(document),
        f"credits spent {document['credits']['spent']}{pretended(document)}",
    ]
    return clean(" · ".join(str(part) for part in parts if part))


def _unproved(document: "Document") -> str:
    """How many values are not proved, where the document's own text does not say it."""
    said = unproved(document)
    return f"{said} (tonn-bridge status --proof)" if said and "not confirmed" not in str(document.get("text")) else ""


def _there(document: "Document") -> "Iterator[str]":
    """Who is there, and why one is not, each reason once; surfaces go by their mappings, for there may be several."""
    told: set[str] = set()
    for endpoint in document.get("endpoints", ()):
        name = endpoint["mapping"] if endpoint["name"] == "surface" else endpoint["name"]
        if endpoint["connected"]:
            yield f"{name} connected"
            continue
        why = {*endpoint.get("problems", ())[:1]} - told
        told |= why
        yield ": ".join([f"{name} not connected", *why])
