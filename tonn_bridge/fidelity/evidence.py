"""What a check needs, found in the store and beside the session: nothing is asked of anybody."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonn_bridge.engine.journal import Run, recall_past
from tonn_bridge.engine.requests import origin
from tonn_bridge.errors import BridgeError
from tonn_bridge.session import Session
from tonn_bridge.store import Store
from tonn_bridge.tonn import Reverb, StemSource, Units
from tonn_bridge.tonn.urls import file_name


@dataclass(frozen=True, slots=True)
class Track:
    """A track as it was when the preview was asked for. `file` is None for a stem that Tonn fetched from a URL.

    `mixed` is the stem as Tonn sent it back, where it did; `reverb` what was asked for.
    """

    number: int
    name: str
    file: Path | None
    reverb: Reverb = Reverb.NONE
    mixed: Path | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A preview, the settings Tonn told for it (its own JSON), and the stems. `units` is how the session reads them."""

    task_id: str
    preview: Path
    settings: Mapping[str, Any] = field(repr=False)
    urls: Mapping[int, str] = field(repr=False)
    tracks: tuple[Track, ...]
    units: Units


async def gather(session: Session, store: Path) -> Evidence:
    """The newest preview of `session` whose settings came, from the journal in the file `store`.

    Raises:
        BridgeError: there is none; the message says what to do first.
    """
    first = "ask for one first: tonn-bridge run, then tonn-bridge preview"
    if not await asyncio.to_thread(store.is_file):
        raise BridgeError(f"{session.path.name} has no preview yet; {first}")
    async with Store.open(store) as opened:
        past = recall_past(await opened.entries(str(session.path)))
    run = next((each for each in (past.run, past.proposed) if each is not None and _complete(each)), None)
    if run is None and past.preview_file is None:
        raise BridgeError(f"{session.path.name} has no preview yet; {first}")
    if run is None:
        raise BridgeError(
            "the preview is there, but its settings are not: tonn-bridge preview asks for them (it may cost credits)"
        )
    return _of(run, session)


def _complete(run: Run) -> bool:
    return run.preview_file is not None and run.settings is not None


def _of(run: Run, session: Session) -> Evidence:
    assert run.task_id is not None
    assert run.preview_file is not None
    assert run.settings is not None
    preview = Path(run.preview_file)
    known = {
        origin(StemSource(number, track.name, track.file, track.url)): track
        for number, track in enumerate(session.tracks, 1)
    }
    tracks = []
    for number, source in sorted(run.sources.items()):
        track = known.get(source)
        is_file = "://" not in source
        tracks.append(
            Track(
                number=number,
                name=track.name if track else Path(source).stem if is_file else file_name(source),
                file=Path(source) if is_file else None,
                reverb=track.reverb if track else Reverb.NONE,
                mixed=_mixed(preview, run.urls[number]),
            )
        )
    tonn = session.tonn
    return Evidence(run.task_id, preview, run.settings, run.urls, tuple(tracks), Units(tonn.times, tonn.pan, tonn.trim))


def _mixed(preview: Path, url: str) -> Path | None:
    """The file in which a returned stem lies: beside the preview, called after both."""
    place = preview.with_name(f"{preview.stem} - {Path(file_name(url)).stem}{preview.suffix}")
    return place if place.is_file() else None
