"""The mix that is proposed: where the journal has it from, which track has which part of it, and as it travels."""

import asyncio
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tonn_bridge import __version__
from tonn_bridge.core import GainMode, TonnSettings
from tonn_bridge.core.mix import MixView, Showing, TrackView
from tonn_bridge.core.portable import STILL, Hand, PortableMix, PortableTrack, Provenance
from tonn_bridge.engine.job import Job
from tonn_bridge.engine.journal import Imported, Past, Run
from tonn_bridge.engine.requests import final_move, origin
from tonn_bridge.errors import BridgeError, FileError, MixMisfit, SessionError
from tonn_bridge.mixfile import from_json, to_json
from tonn_bridge.tonn import StemSource, translate

SAME = 1e-9
"""Numbers that differ by less, or by a smaller part of themselves, are the same ones, written and read again."""


_OTHER_MODE = (
    'the mix was made with gain_mode = "{its}" and this session has "{own}": if the stems are the same, one of them is '
    "wrong, and so are the faders"
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """The settings of a preview and the URLs of its stems, under the numbers the tracks have in this session.

    `file` is the mix it came from where that was a file: then Tonn knows nothing of it, `urls` is empty, and `task_id`
    is only what it is known by here.
    """

    task_id: str
    settings: Mapping[int, TonnSettings]
    urls: Mapping[int, str]
    file: PortableMix | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Which track of a mix is which of the session's, by the session's number; what to tell people of the others."""

    tracks: Mapping[int, PortableTrack]
    notes: tuple[str, ...]


# --- out of the journal ---------------------------------------------------------------------------------------------


def proposed(past: Past, job: Job) -> Proposed | None:
    """What was proposed last; None where nothing was.

    Raises:
        SessionError, TonnRejected: the session has changed, and the proposal does not fit it any more.
    """
    if past.imported is not None:
        return imported(past.imported, job)
    return None if past.proposed is None else fitted(past.proposed, job)


def fitted(run: Run, job: Job) -> Proposed:
    """The proposal of a preview for the tracks of this session, whose order may have changed since.

    Raises:
        SessionError: a track that `run` knows nothing of.
        TonnRejected: settings and stems do not belong together.
    """
    assert run.task_id is not None
    assert run.settings is not None
    settings = translate(run.settings, list(run.urls.items()), job.units)
    then = {source: number for number, source in run.sources.items()}
    strangers = [f'"{track.source.name}"' for track in job.tracks if origin(track.source) not in then]
    if strangers:
        raise SessionError(
            f"the last preview knows nothing of {', '.join(strangers)}, which the session has now: "
            "ask for a new preview"
        )
    numbers = {track.source.number: then[origin(track.source)] for track in job.tracks}
    return Proposed(
        run.task_id,
        {number: settings[before] for number, before in numbers.items()},
        {number: run.urls[before] for number, before in numbers.items()},
    )


def imported(written: Imported, job: Job) -> Proposed:
    """The proposal out of a file, as it was journaled; a track that it has nothing for keeps the user's values.

    Raises:
        SessionError: an older or newer program wrote it, in other words.
    """
    try:
        mix = from_json(written.mix)
    except FileError as exc:
        raise SessionError("the mix that was imported last cannot be read any more: import its file again") from exc
    tracks = {track.number: track for track in mix.tracks}
    settings = {
        track.source.number: tracks[written.sources[origin(track.source)]].settings
        for track in job.tracks
        if origin(track.source) in written.sources
    }
    digest = hashlib.sha256(json.dumps(written.mix, sort_keys=True).encode()).hexdigest()
    return Proposed(f"file:{digest[:16]}", settings, {}, mix)


# --- into a session -------------------------------------------------------------------------------------------------


async def stem_hashes(job: Job) -> dict[int, str]:
    """The SHA-256 of each stem that can be read, by track number."""
    paths = {track.source.number: track.source.path for track in job.tracks if track.source.path is not None}
    found = await asyncio.gather(*(asyncio.to_thread(_sha256, path) for path in paths.values()))
    return {number: digest for number, digest in zip(paths, found, strict=True) if digest is not None}


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def place(mix: PortableMix, job: Job, hashes: Mapping[int, str], mode: GainMode) -> Placed:
    """Which track of `mix` belongs to which of the session's: by its stem's content, else by its name, never by guess.

    Content or names that two tracks share tell nothing. `mode` is the session's own.

    Raises:
        MixMisfit: it has nothing for any of the session's tracks.
    """
    sources = [track.source for track in job.tracks]
    found = dict(_pairs(sources, mix.tracks, lambda own: hashes.get(own.number), _content))
    rest = [source for source in sources if source.number not in found]
    by_name = dict(_pairs(rest, _without(mix, found), lambda own: _plain(own.name), lambda its: _plain(its.name)))
    found |= by_name
    notes = [
        *([] if mix.mode is mode else [_OTHER_MODE.format(its=mix.mode.value, own=mode.value)]),
        *(
            f'"{track.name}" is known by its name alone: its stem is not the one the mix was made of'
            for number, track in by_name.items()
            if track.stem is not None and number in hashes
        ),
        *(f'the session has nothing for "{track.name}"' for track in _without(mix, found)),
        *(f'the mix has nothing for "{own.name}", which stays as it is' for own in rest if own.number not in found),
    ]
    if not found:
        raise MixMisfit(f'the mix "{mix.name}" has nothing for this session: {"; ".join(notes)}')
    return Placed(dict(sorted(found.items())), tuple(notes))


def _content(track: PortableTrack) -> str | None:
    return None if track.stem is None else track.stem.sha256


def _without(mix: PortableMix, found: Mapping[int, PortableTrack]) -> list[PortableTrack]:
    taken = {track.number for track in found.values()}
    return [track for track in mix.tracks if track.number not in taken]


def _pairs(
    sources: Sequence[StemSource],
    tracks: Sequence[PortableTrack],
    own: Callable[[StemSource], str | None],
    its: Callable[[PortableTrack], str | None],
) -> Iterator[tuple[int, PortableTrack]]:
    """The pairs that share a mark which nobody else bears."""
    ours, theirs = [own(source) for source in sources], [its(track) for track in tracks]
    for source, mark in zip(sources, ours, strict=True):
        if mark and ours.count(mark) == theirs.count(mark) == 1:
            yield source.number, tracks[theirs.index(mark)]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def journaled(mix: PortableMix, placed: Placed, job: Job) -> dict[str, Any]:
    """What is written down of a mix out of a file, so that `imported` has it back."""
    sources = {track.source.number: origin(track.source) for track in job.tracks}
    return {
        "mix": to_json(mix),
        "sources": {sources[number]: track.number for number, track in placed.tracks.items()},
    }


def own_preview(mix: PortableMix, placed: Placed, past: Past, job: Job) -> Proposed | None:
    """The last preview's proposal, where `mix` says just what that one did; then Tonn can still finish it."""
    run = past.proposed
    if run is None or run.task_id != mix.provenance.task_id:
        return None
    try:
        own = fitted(run, job)
    except BridgeError:
        return None
    settings = {number: track.settings for number, track in placed.tracks.items()}
    return own if same_settings(own.settings, settings) else None


def same_settings(one: Mapping[int, TonnSettings], other: Mapping[int, TonnSettings]) -> bool:
    """Whether both ask for the same; what was limited on the way does not count."""
    if one.keys() != other.keys():
        return False
    return all(_same(asdict(_bare(one[number])), asdict(_bare(other[number]))) for number in one)


def _bare(settings: TonnSettings) -> TonnSettings:
    return replace(settings, limited=())


def _same(one: Any, other: Any) -> bool:
    match one, other:
        case float() | int(), float() | int():
            return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
        case tuple(), tuple():
            return len(one) == len(other) and all(map(_same, one, other))
        case _:
            return bool(one == other)


# --- out of a session -----------------------------------------------------------------------------------------------


def portable(proposal: Proposed, past: Past, job: Job, mode: GainMode, view: MixView | None = None) -> PortableMix:
    """The proposal as it travels, with the hand's moves where the DAW in `view` shows just this mix of Tonn's."""
    hands = {} if view is None or not _shown(proposal, past, view) else {t.number: _hand(t) for t in view.tracks}
    file = proposal.file
    return PortableMix(
        job.name,
        mode if file is None else file.mode,
        _provenance(proposal, past, job) if file is None else file.provenance,
        tuple(
            PortableTrack(number, track.source.name, proposal.settings[number], hands.get(number, STILL))
            for track in job.tracks
            if (number := track.source.number) in proposal.settings
        ),
    )


def _shown(proposal: Proposed, past: Past, view: MixView) -> bool:
    return view.applied and view.showing is not Showing.USER and past.applied in (None, proposal.task_id)


def _hand(track: TrackView) -> Hand:
    """What a final mix would be told of this track, but for a mute, which stays apart."""
    move = final_move(track, "")
    return Hand(track.adjust_db or 0.0, move.pan, move.eq, move.comp, track.muted)


def _provenance(proposal: Proposed, past: Past, job: Job) -> Provenance:
    units = job.units
    host = urlsplit(job.scope).hostname or job.scope
    program = f"tonn-bridge {__version__}"
    return Provenance(program, host, proposal.task_id, past.proposed_at, units.times, units.pan, units.trim)
