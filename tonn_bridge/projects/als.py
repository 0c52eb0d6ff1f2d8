"""Ableton Live's .als: XML, packed by gzip.

Sources: sets written by Live 9 to 12 as public tools read them; the palette of Live 10 and later as its remote
scripts know it. Returns and the master are left out: Live counts them apart.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element

from tonn_bridge.errors import FileError
from tonn_bridge.projects.markup import CHUNK, Shape
from tonn_bridge.projects.model import Clip, Kind, Project, ProjectTrack, decibels, number
from tonn_bridge.projects.paths import exists, locate

_PALETTE = """
ff94a6 ffa529 cc9927 f7f47c bffb00 1aff2f 25ffa8 5cffe8 8bc5ff 5480e4 92a7ff d86ce4 e553a0 ffffff
ff3636 f66c03 99724b fff034 87ff67 3dc300 00bfaf 19e9ff 10a4ee 007dc0 886ce4 b677c6 ff39d4 d0d0d0
e2675a ffa374 d3ad71 edffae d2e498 bad074 9bc48d d4fde1 cdf1f8 b9c1e3 cdbbe4 ae98e5 e5dce1 a9a9a9
c6928b b78256 99836a bfba69 a6be00 7db04d 88c2ba 9bb3c4 85a5c2 8393cc a595b5 bf9fbe bc7196 7b7b7b
af3333 a95131 724f41 dbc300 85961f 539f31 0a9c8e 236384 1a2f96 2f52a2 624bad a34bad cc2e6e 3c3c3c
"""
"""What a track's colour is a number of, row by row as Live shows them."""

_MIXER: Shape = {"Volume": None, "Pan": None, "Speaker": None}
_CLIP: Shape = {
    "CurrentStart": {},
    "CurrentEnd": {},
    "Loop": None,
    "Disabled": {},
    "IsWarped": {},
    "WarpMarkers": None,
    "PitchCoarse": {},
    "PitchFine": {},
    "SampleVolume": {},
    "SampleRef": {"FileRef": None},
}
_EVENTS: Shape = {"ArrangerAutomation": {"Events": {"AudioClip": _CLIP, "MidiClip": {"Disabled": {}}}}}
_TRACK: Shape = {
    "Name": {"EffectiveName": {}},
    "Color": {},
    "TrackGroupId": {},
    "DeviceChain": {"Mixer": _MIXER, "MainSequencer": {"Sample": _EVENTS, "ClipTimeable": _EVENTS}},
}
_MAIN: Shape = {"AutomationEnvelopes": None, "DeviceChain": {"Mixer": {"Tempo": None}}}
SHAPE: Shape = {
    "LiveSet": {
        "Tracks": {"AudioTrack": _TRACK, "MidiTrack": _TRACK, "GroupTrack": _TRACK},
        "MasterTrack": _MAIN,
        "MainTrack": _MAIN,
    }
}
_SAMPLES = ("Samples/Imported", "Samples/Recorded", "Samples/Processed/Consolidate")


def unpacked(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The XML within a set, piece by piece.

    Raises:
        FileError: not gzip, or cut off.
    """
    try:
        with gzip.GzipFile(fileobj=file) as unpacking:
            while data := unpacking.read(CHUNK):
                yield data
    except (OSError, EOFError, zlib.error) as exc:
        raise FileError(f"{path}: damaged or cut off ({exc}); copy it again, or save it again in Live") from exc


def read_als(root: Element, path: Path) -> Project:
    """The Live set whose `Ableton` element is `root`, which lies at `path`."""
    live = root.find("LiveSet")
    found = live.find("Tracks") if live is not None else None
    tracks = list(found) if found is not None else []
    tempo, steady = _tempo(live) if live is not None else (None, False)
    places = {track.get("Id"): place for place, track in enumerate(tracks, start=1)}
    return Project(
        path=path,
        daw="Ableton Live",
        mapping="ableton",
        tracks=tuple(
            ProjectTrack(
                number=place,
                name=_value(track, "Name/EffectiveName") or "",
                kind=Kind.GROUP if track.tag == "GroupTrack" else Kind.TRACK,
                parent=places.get(_value(track, "TrackGroupId")),
                clips=tuple(_clips(track, path.parent, tempo, steady)),
                plays_notes=any(_plays(clip) for clip in track.iter("MidiClip")),
                colour=_colour(_value(track, "Color")),
                gain_db=decibels(number(_value(track, "DeviceChain/Mixer/Volume/Manual"))),
                pan=number(_value(track, "DeviceChain/Mixer/Pan/Manual")),
                muted=_value(track, "DeviceChain/Mixer/Speaker/Manual") == "false",
            )
            for place, track in enumerate(tracks, start=1)
        ),
    )


def _value(element: Element, place: str) -> str | None:
    """What the element at `place` below has as its value."""
    found = element.find(place)
    return None if found is None else found.get("Value")


def _colour(text: str | None) -> str | None:
    """#rrggbb of a place in the palette; Live 9 had another palette, and another word for it."""
    return f"#{_PALETTE.split()[int(text)]}" if text and text.isascii() and text.isdigit() and int(text) < 70 else None


# --- time -----------------------------------------------------------------------------------------------------------


def _tempo(live: Element) -> tuple[float | None, bool]:
    """The tempo in beats a minute, and whether it stays so to the end."""
    for name in ("MasterTrack", "MainTrack"):
        if (main := live.find(name)) is None:
            continue
        tempo = number(_value(main, "DeviceChain/Mixer/Tempo/Manual"))
        if tempo is None or not 1 <= tempo <= 1000:
            return None, False
        target = main.find("DeviceChain/Mixer/Tempo/AutomationTarget")
        told = {tempo}
        for envelope in main.iter("AutomationEnvelope"):
            if target is not None and _value(envelope, "EnvelopeTarget/PointeeId") == target.get("Id"):
                told |= {number(event.get("Value")) or 0.0 for event in envelope.iter("FloatEvent")}
        return tempo, len(told) == 1
    return None, False


def _seconds(beats: float | None, tempo: float | None) -> float | None:
    """The start of the project is its start at any tempo."""
    if beats is None or beats == 0.0:
        return beats
    return None if tempo is None else beats * 60 / tempo


# --- clips ----------------------------------------------------------------------------------------------------------


def _plays(clip: Element) -> bool:
    return _value(clip, "Disabled") != "true"


def _clips(track: Element, folder: Path, tempo: float | None, steady: bool) -> Iterator[Clip]:
    for clip in track.iter("AudioClip"):
        if not _plays(clip):
            continue
        start, end = number(_value(clip, "CurrentStart")), number(_value(clip, "CurrentEnd"))
        known = steady and start is not None and end is not None
        yield Clip(
            file=_file(clip.find("SampleRef/FileRef"), folder),
            start_s=_seconds(start, tempo if steady else None),
            length_s=_seconds((end or 0.0) - (start or 0.0), tempo) if known else None,
            untouched=_untouched(clip, tempo if steady else None),
        )


def _untouched(clip: Element, tempo: float | None) -> bool:
    neutral = {"PitchCoarse": 0.0, "PitchFine": 0.0, "SampleVolume": 1.0}
    if any(number(_value(clip, name) or str(value)) != value for name, value in neutral.items()):
        return False
    if _value(clip, "Loop/LoopOn") == "true":
        return False
    begins = number(_value(clip, "Loop/LoopStart")) == 0.0 and not number(_value(clip, "Loop/StartRelative"))
    return begins and (_value(clip, "IsWarped") != "true" or _warps_nothing(clip, tempo))


def _warps_nothing(clip: Element, tempo: float | None) -> bool:
    """Whether every marker stands where the project's own tempo puts it, so that the file plays at its own speed."""
    markers = [(number(m.get("SecTime")), number(m.get("BeatTime"))) for m in clip.iter("WarpMarker")]
    return (
        tempo is not None
        and len(markers) > 1
        and all(
            second is not None and beat is not None and abs(second - beat * 60 / tempo) <= 1e-3 + abs(second) * 1e-6
            for second, beat in markers
        )
        # A short way between two markers says little about the speed of what follows.
        and _same_speed(markers, tempo)
    )


def _same_speed(markers: list[tuple[float | None, float | None]], tempo: float) -> bool:
    (s1, b1), (s2, b2) = markers[-2], markers[-1]
    if s1 is None or s2 is None or b1 is None or b2 is None or s2 <= s1:
        return False
    return abs((b2 - b1) / (s2 - s1) * 60 / tempo - 1) <= 1e-5


def _file(reference: Element | None, folder: Path) -> Path | None:
    """Where the sample lies: by its place in the project, else by its whole path, else by its name."""
    if reference is None:
        return None
    below = [element.get("Dir", "") for element in reference.findall("RelativePath/RelativePathElement")]
    name = _value(reference, "Name") or ""
    written = _value(reference, "RelativePath") or "/".join([*(part or ".." for part in below), name])
    relative = locate(written, folder, _SAMPLES)
    absolute = _value(reference, "Path")
    if absolute is None or (relative is not None and exists(relative)):
        return relative
    return locate(absolute, folder, _SAMPLES) or relative
