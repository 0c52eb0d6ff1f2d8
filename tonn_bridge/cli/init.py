"""`init`: a session file for a folder of stems."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import cell, clean, out
from tonn_bridge.errors import SessionError, StemError

if TYPE_CHECKING:
    from tonn_bridge.session.guess import Guess, Guesses
    from tonn_bridge.tonn.wire import MusicalStyle

SAMPLE_RATES = (44100, 48000, 88200, 96000)

_NO_SONG = frozenset({"audio", "bounces", "export", "exports", "flac", "renders", "stems", "tracks", "wav", "wavs"})
"""Names of folders that say what is in them, and not of which song: there the folder above is asked."""


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, help="Where the stems are.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a session file that is there.")] = False,
    name: Annotated[
        str | None, typer.Option(help="The song's name. Default: the folder's, or that of the folder above `stems`.")
    ] = None,
    style: Annotated[str, typer.Option(help="A musical style, such as POP.")] = "OTHER",
    daw: Annotated[str, typer.Option(help="See: tonn-bridge mappings list.")] = "reaper",
) -> None:
    """Look at the stems in FOLDER and write session.toml beside them, its groups guessed from the file names.

    Example: tonn-bridge init ~/Music/Masks/stems --style ELECTRONIC --daw ableton
    """
    from tonn_bridge.mapping import find
    from tonn_bridge.session.guess import guess_tracks
    from tonn_bridge.session.write import FILE_NAME, write_session

    path = folder / FILE_NAME
    if path.exists() and not force:
        raise SessionError(f"{path} is there already; add --force to overwrite it")
    chosen = _style(style)
    find(daw, folder)
    try:
        guesses = guess_tracks(folder)
        _check_count(folder, guesses)
        write_session(
            folder,
            guesses.tracks,
            name=name or _song(folder),
            style=chosen,
            sample_rate=_common_rate([guess.file for guess in guesses.tracks]),
            daw=daw,
            force=force,
        )
    except OSError as exc:
        raise SessionError(f"{exc.filename or folder}: {exc.strerror}") from exc
    _show(guesses)
    there = "" if folder.resolve() == Path.cwd() else f", in {clean(str(folder))}"
    out.print(f"wrote {clean(str(path))}; check the groups in it, then{there}: tonn-bridge doctor", markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(init)


def _song(folder: Path) -> str:
    """What a song in `folder` is called, by the folder's own name or the one above it."""
    own = folder.resolve()
    return (own.parent.name if own.name.casefold() in _NO_SONG else own.name) or "Song"


def _style(text: str) -> "MusicalStyle":
    from tonn_bridge.tonn.wire import MusicalStyle

    try:
        return MusicalStyle(text.upper())
    except ValueError as exc:
        raise typer.BadParameter(f'"{text}" is not one of {", ".join(MusicalStyle)}', param_hint="--style") from exc


def _check_count(folder: Path, guesses: "Guesses") -> None:
    from tonn_bridge.tonn.wire import MAX_TRACKS, MIN_TRACKS

    count = len(guesses.tracks)
    skipped = clean("".join(f"; {s.file.name}: {s.reason}" for s in guesses.skipped))
    if count < MIN_TRACKS:
        raise StemError(
            f"{folder} holds {count} stem(s) as WAV or FLAC, and Tonn mixes {MIN_TRACKS} to {MAX_TRACKS}{skipped}"
        )
    if count > MAX_TRACKS:
        raise StemError(
            f"{folder} holds {count} stems, and Tonn mixes at most {MAX_TRACKS}: bounce some of them together"
        )


def _common_rate(files: Sequence[Path]) -> int:
    """The sample rate most of the files have, where Tonn offers it; else 44100 Hz."""
    try:
        import soundfile
    except ImportError:
        return SAMPLE_RATES[0]
    rates: Counter[int] = Counter()
    for file in files:
        try:
            rates[soundfile.info(file).samplerate] += 1
        except soundfile.LibsndfileError:  # `doctor` and `preview` say what is wrong with it
            continue
    common = rates.most_common(1)
    return common[0][0] if common and common[0][0] in SAMPLE_RATES else SAMPLE_RATES[0]


def _show(guesses: "Guesses") -> None:
    from rich.table import Table

    table = Table("#", "File", "Track", "Group", "Presence", "Pan", "Guessed from")
    for number, guess in enumerate(guesses.tracks, start=1):
        table.add_row(*map(cell, (number, *_row(guess))))
    out.print(table)
    for skipped in guesses.skipped:
        out.print(clean(f"skipped {skipped.file.name}: {skipped.reason}"), markup=False)


def _row(guess: "Guess") -> tuple[str, ...]:
    pan = "" if guess.pan == "NO_PREFERENCE" else guess.pan
    return guess.file.name, guess.name, guess.group, guess.presence, pan, guess.why
