"""`export`: the session, or the mix, as a file that another program opens."""

import asyncio
import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.errors import FileError

if TYPE_CHECKING:
    from tonn_bridge.export import Format, MixFormat, Song
    from tonn_bridge.session import Session

STDOUT = Path("-")
MIX_SCHEMA = "mix-schema"

Notes = tuple[str, ...]


def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="dawproject, rpp, mix (a mix.tonn.json), mix-schema; touchosc or open-stage-control."
        ),
    ],
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file. Default: beside the session; - is stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    embed: Annotated[
        bool | None, typer.Option("--embed/--link", help="dawproject: the stems in the file, or where they lie.")
    ] = None,
    url: Url = None,
) -> None:
    """Write a file for another program: Tonn's mix as a session, or a control surface's layout with these tracks.

    The mix is the one that stands in the running tonn-bridge, with your moves; else the last proposal. Nothing is
    asked of Tonn, and nothing is charged.

    Example: tonn-bridge export dawproject -o masks.dawproject
    """
    from tonn_bridge.export import FORMATS, MIX_FORMATS

    _check_name(format, [*MIX_FORMATS, MIX_SCHEMA, *FORMATS])
    if embed is not None and not (format in MIX_FORMATS and MIX_FORMATS[format].embeds):
        raise typer.BadParameter(f"{format} never has the stems in it", param_hint="--embed/--link")
    if format == MIX_SCHEMA:
        _schema(output, force)
    elif format in MIX_FORMATS:
        _mix(MIX_FORMATS[format], format, session, output, force, embed is not False, url)
    else:
        _layout(FORMATS[format], format, session, output, force)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(export)


def _check_name(name: str, known: list[str]) -> None:
    from tonn_bridge.files import did_you_mean

    if name not in known:
        raise typer.BadParameter(
            f'"{name}" is not one of {", ".join(known)}{did_you_mean(name, known)}', param_hint="FORMAT"
        )


# --- what is written --------------------------------------------------------------------------------------------------


def _schema(output: Path | None, force: bool) -> None:
    from tonn_bridge.mixfile import schema

    path = output or STDOUT
    _check_path(path, MIX_SCHEMA, "", is_text=True, force=force)
    text = json.dumps(schema(), indent=2) + "\n"
    _write(path, lambda into: _put(into, text.encode()))


def _layout(chosen: "Format", format: str, session: Path, output: Path | None, force: bool) -> None:
    from tonn_bridge.session import load_session

    loaded = load_session(session)
    path = output or loaded.folder / f"{session.stem}-{format}{chosen.suffix}"
    _check_path(path, format, chosen.suffix, is_text=chosen.is_text, force=force)
    made = chosen.make(loaded)
    _write(path, lambda into: _put(into, made.data))
    _tell(path, made.notes)


def _mix(
    chosen: "MixFormat", format: str, session: Path, output: Path | None, force: bool, embed: bool, url: str | None
) -> None:
    from tonn_bridge.export import SUFFIX
    from tonn_bridge.session import load_session

    loaded = load_session(session)
    path = output or loaded.folder / f"{session.stem}{chosen.suffix}"
    beside = path.with_name(path.stem + SUFFIX) if chosen.beside and path != STDOUT else None
    _check_path(path, format, chosen.suffix, is_text=chosen.is_text, force=force)
    if beside is not None:
        _check_path(beside, format, SUFFIX, is_text=True, force=force)
    song = _song(loaded, url)
    near = None if path == STDOUT else path.absolute().parent
    notes = _write(path, lambda into: chosen.write(song, into, near, embed))
    if beside is not None:
        _write_mix(beside, song)
    _tell(path, (*song.notes, *notes))


def _song(session: "Session", url: str | None) -> "Song":
    from tonn_bridge.cli.mix_source import find_mix
    from tonn_bridge.export import song_of

    found = asyncio.run(find_mix(session, url))
    err.print(clean(found.text), markup=False)
    return song_of(session, found.mix)


def _write_mix(path: Path, song: "Song") -> None:
    from tonn_bridge.export import write_mix

    _write(path, lambda into: write_mix(song, into, None, False))


# --- where it goes ----------------------------------------------------------------------------------------------------


def _check_path(path: Path, format: str, suffix: str, *, is_text: bool, force: bool) -> None:
    if path == STDOUT and not is_text:
        raise typer.BadParameter(f"{format} is no text: name a file, such as -o layout{suffix}", param_hint="-o")
    if path != STDOUT and path.exists() and not force:
        raise FileError(f"{path} is there already; add --force to overwrite it")


def _write(path: Path, write: Callable[[BinaryIO], Notes]) -> Notes:
    """Have the file written, whole or not at all."""
    if path == STDOUT:
        text = io.BytesIO()
        notes = write(text)
        sys.stdout.write(text.getvalue().decode())
        return notes
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as into:
            notes = write(into)
        part.replace(path)
    except OSError as exc:
        raise FileError(f"{path}: cannot be written ({exc.strerror})") from exc
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    out.print(f"wrote {clean(str(path))}", markup=False)
    return notes


def _put(into: BinaryIO, data: bytes) -> Notes:
    into.write(data)
    return ()


def _tell(path: Path, notes: Notes) -> None:
    console = err if path == STDOUT else out
    for note in notes:
        console.print(_clean_lines(note), markup=False)


def _clean_lines(text: str) -> str:
    """`text` as it may be printed, line by line."""
    return "\n".join(map(clean, text.split("\n")))
