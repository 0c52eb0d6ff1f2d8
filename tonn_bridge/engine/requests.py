"""What the requests to Tonn say, and what a person is asked before one that may cost credits."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from tonn_bridge.core import FLOOR_DB
from tonn_bridge.core.mix import TrackView
from tonn_bridge.engine.job import Job, JobTrack
from tonn_bridge.engine.journal import Final
from tonn_bridge.tonn import FinalMove, FinalRequest, PreviewTrack, Stem, StemSource

MUTED_DB = -60.0
"""What a muted track is sent as: the lowest `gainDb` there is."""

FETCH_SETTINGS = "Fetch the settings of the preview?"
FETCH_SETTINGS_AGAIN = (
    "The settings of this preview were asked for before, and the answer never came. It may have been charged. "
    "Ask for them again?"
)
NOT_FETCHED = "the preview can be heard; its settings were not fetched, and preview asks again"
FINAL_NEVER_ANSWERED = (
    "The final mix was asked for before, and the answer never came. It may have been charged. Ask for it again?"
)
FINAL_NOT_FETCHED = (
    "The final mix is made and paid for, but could not be fetched. Ask Tonn for it again? It may be charged again."
)


def preview_track(track: JobTrack, url: str) -> PreviewTrack:
    """A track of the session as a request for a preview names it."""
    return PreviewTrack(track_url=url, group=track.group, presence=track.presence, pan=track.pan, reverb=track.reverb)


def final_move(track: TrackView, url: str) -> FinalMove:
    """What the user did to a track since the preview; one that cannot be heard goes as muted."""
    gain = track.current.gain
    silent = track.muted or (gain is not None and gain.db <= FLOOR_DB)
    gain_db = MUTED_DB if silent else track.adjust_db or 0.0
    pan = track.current.pan if track.pan_changed else None
    return FinalMove(track.number, url, gain_db, pan=pan, eq=track.tuned_eq, comp=track.tuned_comp)


def final_question(request: FinalRequest, earlier: Final | None) -> str:
    """What a person is asked before `request` goes out; `earlier` is one that has not come to its file."""
    if earlier is not None and same_wish(earlier, request):
        return FINAL_NEVER_ANSWERED if earlier.url is None else FINAL_NOT_FETCHED
    tracks = request.data.tracks
    moved = sum(1 for track in tracks if track.gain_db or track.panning or track.eq or track.compression)
    text = f"Make the final mix of {len(tracks)} tracks, {moved} of them changed by hand?"
    return text if earlier is None else f"{text} One before it, which may have been charged, never came."


def body_of(request: FinalRequest) -> dict[str, Any]:
    """The request as it is journaled, and sent."""
    return request.model_dump(mode="json", by_alias=True, exclude_none=True)


def same_wish(earlier: Final, request: FinalRequest) -> bool:
    """Whether both ask for the same mix; where Tonn calls back changes with each start of the program."""
    before = FinalRequest.model_validate(earlier.body)
    return before.data.model_copy(update={"webhook_url": request.data.webhook_url}) == request.data


def origin(source: StemSource) -> str:
    """Where a stem comes from: what tells tracks apart when their order in the session has changed."""
    return source.url if source.url is not None else str(source.path)


def fingerprint(job: Job, stems: Sequence[Stem]) -> str:
    """The same for the same stems under the same wishes."""
    wishes = [
        [stem.sha256 or stem.url, track.group, track.presence, track.pan, track.reverb]
        for stem, track in zip(stems, job.tracks, strict=True)
    ]
    text = json.dumps([job.scope, job.style, job.sample_rate, job.return_stems, wishes])
    return hashlib.sha256(text.encode()).hexdigest()
