"""A REAPER project: each stem as an item at 0 s on a track of its own, with fader, pan and ReaEQ as the mix has them.

Source of tracks and items: CockosWiki, "State Chunk Definitions". Tonn's trim is in the fader. ReaComp is not written:
what its state means is not published, and a value that we made up would be heard. A `mix.tonn.json` beside the project
has its settings; the companion script inserts it, and the bridge sets it as it has learnt to.
"""

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tonn_bridge import __version__
from tonn_bridge.export import reaeq
from tonn_bridge.export.folding import folded, linear
from tonn_bridge.export.song import Channel, Song, Stem, where

TEMPO_BPM = 120.0

_NAMESPACE = uuid.UUID("c1fb2b5e-6d0e-5b5f-9c54-2a8b7f0c9d11")
_PROJECT_LAW = -1
"""As a pan law: that of the project."""
_OWN_COLOUR = 0x1000000
"""Marks a track's colour as one that was chosen."""
_KINDS = {".flac": "FLAC"}

Lines = Iterator[str]


def write(song: Song, into: BinaryIO, near: Path | None, embed: bool) -> tuple[str, ...]:
    """Write the project; what to tell whoever opens it. `near` is the folder it will lie in; stems are only linked."""
    into.write(("\n".join(_project(song, near)) + "\n").encode())
    return tuple(_notes(song))


def quoted(text: str) -> str:
    """`text` as one word of the file: in whichever quotes it does not have itself."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    quote = next((quote for quote in "\"'`" if quote not in plain), None)
    return f"`{plain.replace('`', chr(39))}`" if quote is None else f"{quote}{plain}{quote}"


def _notes(song: Song) -> Iterable[str]:
    yield "in the project: faders and pans (the trim is in the fader), mutes, and ReaEQ with every band"
    compressed = [f'"{channel.name}"' for channel in song.channels if channel.settings.comp is not None]
    if compressed:
        yield (
            f"not in the project: the compressors of {', '.join(compressed)}, because nobody knows how ReaComp keeps "
            'its values. To have them, open it, run the action "Tonn prepare tracks" (examples/reaper), then '
            "`tonn-bridge import --with-hand` with the mix.tonn.json beside it, and `tonn-bridge apply`"
        )


# --- the project ------------------------------------------------------------------------------------------------------


def _chunk(head: str, lines: Iterable[str]) -> Lines:
    yield f"<{head}"
    yield from (f"  {line}" for line in lines)
    yield ">"


def _project(song: Song, near: Path | None) -> Lines:
    return _chunk(f'REAPER_PROJECT 0.1 "7.0/tonn-bridge-{__version__}" 0', _content(song, near))


def _content(song: Song, near: Path | None) -> Lines:
    origin = song.mix.provenance
    notes = f"Mixed by Tonn ({origin.service}, task {origin.task_id}), written by tonn-bridge {__version__}"
    yield from _chunk("NOTES 0 2", [f"|{_line(song.mix.name)}", f"|{_line(notes)}"])
    yield f"SAMPLERATE {song.sample_rate} 0 0"
    yield f"TEMPO {TEMPO_BPM:g} 4 4"
    for channel in song.channels:
        yield from _chunk(f"TRACK {_guid(song, channel, 'track')}", _track(song, channel, near))


def _track(song: Song, channel: Channel, near: Path | None) -> Lines:
    settings = folded(channel.settings)
    volume = 1.0 if settings.gain_db is None else linear(settings.gain_db)
    pan = 0.0 if settings.pan is None else settings.pan.position
    yield f"NAME {quoted(channel.name)}"
    yield f"PEAKCOL {_colour(channel.colour)}"
    yield f"VOLPAN {volume!r} {pan!r} {_PROJECT_LAW} {_PROJECT_LAW} 1"
    yield f"MUTESOLO {int(channel.muted)} 0 0"
    yield "NCHAN 2"
    yield "FX 1"
    yield f"TRACKID {_guid(song, channel, 'track')}"
    yield from _chunk("FXCHAIN", _effects(song, channel))
    if channel.stem is not None:
        yield from _chunk("ITEM", _item(song, channel, channel.stem, near))


def _effects(song: Song, channel: Channel) -> Lines:
    yield "SHOW 0"
    yield "LASTSEL 0"
    yield "DOCKED 0"
    yield "BYPASS 0 0 0"
    yield from _chunk(reaeq.HEAD, reaeq.state(channel.settings.eq))
    yield f"FXID {_guid(song, channel, 'eq')}"
    yield "WAK 0 0"


def _item(song: Song, channel: Channel, stem: Stem, near: Path | None) -> Lines:
    yield "POSITION 0"
    yield f"LENGTH {stem.facts.seconds!r}"
    yield "LOOP 0"
    yield "FADEIN 1 0 0 1 0 0 0"
    yield "FADEOUT 1 0 0 1 0 0 0"
    yield "MUTE 0 0"
    yield f"IGUID {_guid(song, channel, 'item')}"
    yield f"NAME {quoted(stem.path.name)}"
    yield "VOLPAN 1 0 1 -1"
    yield "SOFFS 0"
    yield "PLAYRATE 1 1 0 -1"
    yield "CHANMODE 0"
    kind = _KINDS.get(stem.path.suffix.lower(), "WAVE")
    yield from _chunk(f"SOURCE {kind}", [f"FILE {quoted(where(stem.path, near))}"])


# --- values -----------------------------------------------------------------------------------------------------------


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _colour(colour: str) -> int:
    """`#rrggbb` as REAPER numbers it: blue highest."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return _OWN_COLOUR | blue << 16 | green << 8 | red


def _guid(song: Song, channel: Channel, what: str) -> str:
    """The same for the same part of the same mix, so that the file is, too."""
    name = f"{song.mix.provenance.task_id}/{channel.number}/{what}"
    return f"{{{str(uuid.uuid5(_NAMESPACE, name)).upper()}}}"
