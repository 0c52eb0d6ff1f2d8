"""`verify`: how closely the settings can sound like the preview, and which reading of them is right."""

import asyncio
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import cell, clean, err, out
from tonn_bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from tonn_bridge.fidelity import Evidence, Fidelity
    from tonn_bridge.session import Session

AUDIO_PACKAGES = ("numpy", "scipy", "soundfile", "pyloudnorm")


def verify(
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Write the clear verdicts into the session file.")] = False,
) -> None:
    """Render the stems here with Tonn's settings, and hold the mix against Tonn's preview. Offline, and free.

    It says how closely the DAW can come to the preview, and which reading of the settings is right: the unit of the
    times, the sign of the pans, the trim. Exit code 1: the session reads one of them wrong.

    Example: tonn-bridge verify session.toml --store
    """
    _check_packages()
    from tonn_bridge import places
    from tonn_bridge.fidelity import check, document, gather
    from tonn_bridge.session import load_session

    loaded = load_session(session)
    evidence = asyncio.run(gather(loaded, places.state_dir() / "tonn-bridge.sqlite"))
    found = check(evidence)
    if as_json:
        out.print_json(json.dumps(document(found, evidence.preview, evidence.task_id)))
    else:
        _show(found, evidence)
    if store:
        _store(loaded, found, quiet=as_json)
    elif wrong := _wrong(loaded, found):
        raise BridgeError(wrong)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(verify)


def _check_packages() -> None:
    missing = [name for name in AUDIO_PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise BridgeError(f'verify needs {", ".join(missing)}: pip install "tonn-bridge[verify]"')


def _show(found: "Fidelity", evidence: "Evidence") -> None:
    from tonn_bridge.fidelity import told

    rendered = sum(1 for track in evidence.tracks if track.file is not None)
    heading = (
        f"{evidence.preview.name}: {found.seconds:.1f} s from {_minutes(found.start_s)} of the song, "
        f"{rendered} of {len(evidence.tracks)} stems rendered"
    )
    for line in (heading, "", *_lines(found)):
        out.print(clean(line), markup=False)
    out.print(track_table(found))
    for verdict in found.verdicts:
        out.print(clean(told(verdict)), markup=False)
    if found.causes:
        out.print("\nwhat no setting holds:")
    for cause in found.causes:
        out.print(clean(f"  {cause}"), markup=False)


def _lines(found: "Fidelity") -> "Iterator[str]":
    mark = found.mp3_residual_db
    beside = "" if mark is None else f"; an MP3 like this one alone leaves {mark:.1f} dB of any mix"
    yield f"residual  {found.residual_db:.1f} dB against the preview{beside}"
    yield f"loudness  preview {_lufs(found.preview_lufs)}, these settings {_lufs(found.ours_lufs)}"
    heard = [band for band in found.bands if band.difference_db is not None]
    bands = [f"{_hertz(band.centre_hz)} {_decibels(band.difference_db)}" for band in heard]
    yield f"bands     preview against settings in dB: {', '.join(bands)}"
    yield "tracks    the same in dB, and the balance right over left as set and as heard"


def track_table(found: "Fidelity") -> "Table":
    """A row per track: level in the preview against its settings, balance (right over left) as set and as heard."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("#", justify="right")
    table.add_column("Track")
    stems = any(track.residual_db is not None for track in found.tracks)
    for title in ("Level", "R/L set", "R/L heard", *(["Residual"] if stems else [])):
        table.add_column(title, justify="right", no_wrap=True)
    for track in found.tracks:
        values = track.level_db, track.balance_set_db, track.balance_heard_db, *([track.residual_db] if stems else [])
        table.add_row(str(track.number), cell(track.name), *map(_decibels, values))
    return table


def _wrong(session: "Session", found: "Fidelity") -> str:
    """What the session reads wrong, and what to do; empty where nothing is."""
    from tonn_bridge.fidelity import contradicted

    mistakes = [contradicted(verdict, found.session[verdict.question]) for verdict in found.wrong()]
    if not mistakes:
        return ""
    name = session.path.name
    return f"{name}: {'; '.join(mistakes)}. Write it into [tonn], or let `tonn-bridge verify --store` do it"


def _store(session: "Session", found: "Fidelity", *, quiet: bool) -> None:
    from tonn_bridge.session.settle import settle

    values = {verdict.question.value: verdict.answer for verdict in found.verdicts if verdict.answer is not None}
    console = err if quiet else out
    if not values:
        console.print("\nnothing is clear enough to be stored")
        return
    settle(session.path, values)
    said = ", ".join(f'{key} = "{value}"' for key, value in values.items())
    console.print(clean(f"\nwrote {said} into [tonn] of {session.path}"), markup=False)


def _decibels(value: float | None) -> str:
    return "–" if value is None else f"{value:+z.1f}"


def _lufs(value: float | None) -> str:
    return "too soft to measure" if value is None else f"{value:.1f} LUFS"


def _hertz(value: float) -> str:
    return f"{value / 1000.0:g}k" if value >= 1000.0 else f"{value:g}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(max(seconds, 0.0), 60.0)
    return f"{minutes:.0f}:{rest:04.1f}"
