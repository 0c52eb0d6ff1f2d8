"""A mix together with what a session file needs besides: the stems on this machine, the tracks' colours, the rate."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tonn_bridge.core import TonnSettings
from tonn_bridge.core.portable import PortableMix, PortableTrack, StemFacts
from tonn_bridge.errors import StemError
from tonn_bridge.export.panel import colour_of
from tonn_bridge.session import Session, TrackTable

_READERS = 4


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem's file, and what it is known by."""

    path: Path
    facts: StemFacts


@dataclass(frozen=True, slots=True)
class Channel:
    """One track of the session; `settings` are what is heard of it, empty where the mix has nothing for it."""

    number: int
    name: str
    colour: str
    settings: TonnSettings
    muted: bool
    stem: Stem | None


@dataclass(frozen=True, slots=True)
class Song:
    """What is exported. `mix` knows its stems; `notes` tell what could not be had.

    A file made of the stems has Tonn's own gains on its faders in either gain mode: stems that were rendered through
    the user's faders carry these already.
    """

    mix: PortableMix
    sample_rate: int
    channels: tuple[Channel, ...]
    notes: tuple[str, ...]


def song_of(session: Session, mix: PortableMix) -> Song:
    """`mix` with the session's own names and stems, which are read for it: every byte, to know them again.

    Raises:
        StemError: libsndfile is missing.
    """
    stems = _stems(session)
    parts = {track.number: track for track in mix.tracks}
    notes: list[str] = []
    channels = []
    for number, table in enumerate(session.tracks, start=1):
        part, stem = parts.get(number), stems[number - 1]
        if part is None:
            notes.append(f'"{table.name}": the mix has nothing for it, so it stands at 0 dB in the middle')
        if stem is None:
            notes.append(f'"{table.name}": {_why_not(table)}, so its track is empty')
        channels.append(_channel(number, table, part, stem))
    return Song(
        mix.with_tracks(_known(parts[c.number], c) for c in channels if c.number in parts),
        session.mix.sample_rate,
        tuple(channels),
        tuple(notes),
    )


def _known(part: PortableTrack, channel: Channel) -> PortableTrack:
    """The mix's own track, under the session's name, with the stem it is known again by."""
    return replace(part, name=channel.name, stem=None if channel.stem is None else channel.stem.facts)


def _channel(number: int, table: TrackTable, part: PortableTrack | None, stem: Stem | None) -> Channel:
    settings = TonnSettings() if part is None else part.heard
    return Channel(number, table.name, colour_of(table.group), settings, part is not None and part.hand.muted, stem)


def _why_not(table: TrackTable) -> str:
    return "its stem lies on a server" if table.file is None else f"its stem {table.file} cannot be read"


def _stems(session: Session) -> Sequence[Stem | None]:
    with ThreadPoolExecutor(_READERS, thread_name_prefix="stem") as readers:  # hashing releases the GIL
        return list(readers.map(lambda table: _stem(table.file, session.folder), session.tracks))


def _stem(path: Path | None, folder: Path) -> Stem | None:
    if path is None:
        return None
    try:
        import soundfile  # here, because it brings numpy along
    except (ImportError, OSError) as exc:
        raise StemError("stems cannot be read without libsndfile: install it (Debian: libsndfile1)") from exc
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        audio = soundfile.info(path)
    except (OSError, soundfile.LibsndfileError):
        return None
    if not audio.frames:
        return None
    seconds = audio.frames / audio.samplerate
    return Stem(path, StemFacts(_name(path, folder), digest, seconds, audio.samplerate, audio.channels))


def _name(path: Path, folder: Path) -> str:
    """Below the session's folder, with plain slashes; elsewhere the bare name, for folders tell about their owner."""
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    return name.encode("utf-8", "replace").decode()


def where(path: Path, near: Path | None) -> str:
    """How a file that lies in the folder `near` names `path`: from there where it is below it, else in full."""
    full = path.absolute()
    if near is not None and full.is_relative_to(near.absolute()):
        return full.relative_to(near.absolute()).as_posix()
    return full.as_posix()
