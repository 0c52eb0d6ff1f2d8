"""`init`: a session file for a folder of stems, or for a DAW's project."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import cell, clean, err, out
from tonn_bridge.cli.words import counted
from tonn_bridge.errors import FileError, SessionError, StemError

if TYPE_CHECKING:
    from rich.text import Text

    from tonn_bridge.projects import Project
    from tonn_bridge.session.arrange import Arrangement
    from tonn_bridge.session.guess import Guess, Guesses
    from tonn_bridge.tonn.wire import MusicalStyle

SAMPLE_RATES = (44100, 48000, 88200, 96000)
DEFAULT_DAW = "reaper"

_NO_SONG = frozenset({"audio", "bounces", "export", "exports", "flac", "renders", "stems", "tracks", "wav", "wavs"})
"""Names of folders that say what is in them, and not of which song: there the folder above is asked."""


def init(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|PROJECT",
            exists=True,
            help="Where the stems are; or a project: .RPP, .als, .dawproject, .ardour.",
        ),
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a session file that is there.")] = False,
    name: Annotated[
        str | None, typer.Option(help="The song's name. Default: the project's or folder's, or what `stems` lies in.")
    ] = None,
    style: Annotated[str, typer.Option(help="A musical style, such as POP.")] = "OTHER",
    daw: Annotated[
        str | None,
        typer.Option(help=f"See: tonn-bridge mappings list. Default: the project's DAW, else {DEFAULT_DAW}."),
    ] = None,
) -> None:
    """Look at the stems in FOLDER, or at a DAW's PROJECT, and write session.toml beside them.

    The instrument groups are guessed from the names. A project tells the tracks' order and the DAW's names for
    them; their stems are the files called like them, beside the project or in its folder `stems`.

    Example: tonn-bridge init ~/Music/Masks/stems --style ELECTRONIC --daw ableton

    Example: tonn-bridge init ~/Music/Masks/Masks.RPP
    """
    from tonn_bridge.mapping import find
    from tonn_bridge.session.write import FILE_NAME, write_session

    folder = source if source.is_dir() else source.parent
    path = folder / FILE_NAME
    if path.exists() and not force:
        raise SessionError(f"{path} is there already; add --force to overwrite it")
    chosen = _style(style)
    find(daw or DEFAULT_DAW, folder)
    try:
        project, arranged = _read(source, daw)
        mapping = daw or (project.mapping if project else None) or DEFAULT_DAW
        guesses = arranged.guesses
        _check_count(project.path if project else folder, guesses)
        if project is not None:
            _unpack(project, arranged)
        write_session(
            folder,
            guesses.tracks,
            name=name or (project.name if project else _song(folder)),
            style=chosen,
            sample_rate=_common_rate([guess.file for guess in guesses.stems]),
            daw=mapping,
            force=force,
        )
    except OSError as exc:
        raise SessionError(f"{exc.filename or folder}: {exc.strerror}") from exc
    _show(guesses)
    if project is not None:
        _show_project(project, guesses, mapping)
    there = "" if folder.resolve() == Path.cwd() else f", in {clean(str(folder))}"
    out.print(f"wrote {clean(str(path))}; check the groups in it, then{there}: tonn-bridge doctor", markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(init)


# --- a project ------------------------------------------------------------------------------------------------------


def _read(source: Path, daw: str | None) -> "tuple[Project | None, Arrangement]":
    """The stems of the project that `source` is, or those in the folder, by the only project there if it fits them."""
    from tonn_bridge.projects import find_projects, read_project
    from tonn_bridge.session.arrange import Arrangement, arrange
    from tonn_bridge.session.guess import guess_tracks
    from tonn_bridge.tonn.wire import MIN_TRACKS

    if source.is_file():
        project = read_project(source)
        return project, arrange(project, _length_s, by_number=daw not in (None, project.mapping))
    found = find_projects(source)
    if len(found) == 1:
        try:
            project = read_project(found[0])
        except FileError as exc:
            err.print(f"not read: {clean(str(exc))}", markup=False)
        else:
            by_number = daw not in (None, project.mapping)
            arranged = arrange(project, _length_s, by_number=by_number, every_file=True)
            if arranged.matched or len(guess_tracks(source).tracks) < MIN_TRACKS:
                return project, arranged
            err.print(f"no stem here is called like a track of {clean(found[0].name)}: left aside", markup=False)
    elif found:
        names = clean(", ".join(path.name for path in found))
        err.print(f"{len(found)} projects are here ({names}); to go by one of them, name it", markup=False)
    return None, Arrangement(guess_tracks(source), archived={}, matched=0)


def _length_s(file: Path) -> float | None:
    """How long an audio file is, in seconds; None where it cannot be read."""
    try:
        import soundfile

        return float(soundfile.info(file).duration)
    except (ImportError, OSError, RuntimeError):  # soundfile's own error is a RuntimeError
        return None


def _unpack(project: "Project", arranged: "Arrangement") -> None:
    """Put the stems that are inside a project file beside it."""
    from tonn_bridge.projects import unpack

    for target, place in arranged.archived.items():
        target.parent.mkdir(exist_ok=True)
        unpack(project.path, place, target)
    if arranged.archived:
        where = clean(str(next(iter(arranged.archived)).parent))
        out.print(f"unpacked {counted(len(arranged.archived), 'stem')} to {where}", markup=False)


def _show_project(project: "Project", guesses: "Guesses", mapping: str) -> None:
    out.print(f"by {clean(project.path.name)} of {clean(project.daw)}: order, names, colours", markup=False)
    if project.mapping is None:
        out.print(f"no mapping ships for {clean(project.daw)}; this one is for {mapping}: see --daw", markup=False)
    if muted := clean(", ".join(track.name for track in project.tracks if track.muted)):
        out.print(f"muted there: {muted}; take out of the session what is no part of the mix", markup=False)
    missing = [guess for guess in guesses.tracks if guess.missing]
    for guess in missing:
        out.print(clean(f"no stem for {guess.name}: {guess.missing}"), markup=False)
    if missing:
        stand, comments = ("stands", "a comment") if len(missing) == 1 else ("stand", "comments")
        said = f"{counted(len(missing), 'track')} {stand} in the session file as {comments} until then"
        out.print(said, markup=False)


# --- what is written ------------------------------------------------------------------------------------------------


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


def _check_count(where: Path, guesses: "Guesses") -> None:
    from tonn_bridge.tonn.wire import MAX_TRACKS, MIN_TRACKS

    count = len(guesses.stems)
    why = [f"{guess.name}: {guess.missing}" for guess in guesses.tracks if guess.missing]
    why += [f"{skipped.file.name}: {skipped.reason}" for skipped in guesses.skipped]
    if count < MIN_TRACKS:
        reasons = clean("".join(f"; {reason}" for reason in why))
        found = counted(count, "stem")
        raise StemError(f"{where} holds {found} as WAV or FLAC, and Tonn mixes {MIN_TRACKS} to {MAX_TRACKS}{reasons}")
    if count > MAX_TRACKS:
        raise StemError(
            f"{where} holds {count} stems, and Tonn mixes at most {MAX_TRACKS}: bounce some of them together"
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


# --- what is shown --------------------------------------------------------------------------------------------------


def _show(guesses: "Guesses") -> None:
    from rich.table import Table

    in_daw = any(guess.daw is not None for guess in guesses.tracks)
    table = Table("#", "File", "Track", *(("DAW",) if in_daw else ()), "Group", "Presence", "Pan", "Guessed from")
    for number, guess in enumerate(guesses.stems, start=1):
        there = ("" if guess.daw is None else guess.daw,) if in_daw else ()
        pan = "" if guess.pan == "NO_PREFERENCE" else guess.pan
        behind = (*there, guess.group, guess.presence, pan, guess.why)
        table.add_row(cell(number), cell(guess.file.name), _name(guess), *map(cell, behind))
    out.print(table)
    for skipped in guesses.skipped:
        out.print(clean(f"skipped {skipped.file.name}: {skipped.reason}"), markup=False)


def _name(guess: "Guess") -> "Text":
    """The track's name, behind its colour where it has one."""
    from rich.text import Text

    name = cell(guess.name)
    return name if guess.colour is None else Text.assemble(("  ", f"on {guess.colour}"), " ", name)
