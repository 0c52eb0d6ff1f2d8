"""`export`: the session as a file that another program opens."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.errors import FileError

if TYPE_CHECKING:
    from tonn_bridge.export import Format

STDOUT = Path("-")


def export(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="touchosc or open-stage-control.")],
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file. Default: beside the session; - is stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a file for another program: a control surface's layout with this session's tracks.

    Example: tonn-bridge export touchosc -o masks.tosc
    """
    from tonn_bridge.session import load_session

    chosen = _format(format)
    loaded = load_session(session)
    path = output or loaded.folder / f"{session.stem}-{format}{chosen.suffix}"
    if path == STDOUT and not chosen.is_text:
        raise typer.BadParameter(f"{format} is no text: name a file, such as -o layout{chosen.suffix}", param_hint="-o")
    if path != STDOUT and path.exists() and not force:
        raise FileError(f"{path} is there already; add --force to overwrite it")
    made = chosen.make(loaded)
    _write(path, made.data)
    console = err if path == STDOUT else out
    for note in made.notes:
        console.print(_clean_lines(note), markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(export)


def _format(name: str) -> "Format":
    from tonn_bridge.export import FORMATS
    from tonn_bridge.files import did_you_mean

    if name not in FORMATS:
        near = did_you_mean(name, list(FORMATS))
        raise typer.BadParameter(f'"{name}" is not one of {", ".join(FORMATS)}{near}', param_hint="FORMAT")
    return FORMATS[name]


def _write(path: Path, data: bytes) -> None:
    if path == STDOUT:
        sys.stdout.write(data.decode())
        return
    try:
        path.write_bytes(data)
    except OSError as exc:
        raise FileError(f"{path}: cannot be written ({exc.strerror})") from exc
    out.print(f"wrote {clean(str(path))}", markup=False)


def _clean_lines(text: str) -> str:
    """`text` as it may be printed, line by line."""
    return "\n".join(map(clean, text.split("\n")))
