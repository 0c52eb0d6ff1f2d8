"""DAWproject, the exchange format of Bitwig, Studio One and Cubase: a zip with `project.xml` and audio.

Source: bitwig/dawproject, Project.xsd and README.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element

from tonn_bridge.errors import FileError
from tonn_bridge.projects.markup import CHUNK, Shape
from tonn_bridge.projects.model import SAME_LENGTH_S, Clip, Kind, Project, ProjectTrack, decibels, number
from tonn_bridge.projects.paths import inside, locate

_PARAMETERS: Shape = {"Volume": {}, "Pan": {}, "Mute": {}}
_TRACK: Shape = {"Channel": _PARAMETERS}
_TRACK["Track"] = _TRACK
_AUDIO: Shape = {"File": {}}
_WARPS: Shape = {"Audio": _AUDIO, "Warp": {}}
_CLIP: Shape = {"Audio": _AUDIO, "Warps": _WARPS, "Notes": {}}
_CLIPS: Shape = {"Clip": _CLIP}
_LANES: Shape = {"Clips": _CLIPS, "Notes": {}}
_LANES["Lanes"] = _LANES
_CLIP |= {"Clips": _CLIPS, "Lanes": _LANES}
SHAPE: Shape = {
    "Application": {},
    "Transport": {"Tempo": {}},
    "Structure": {"Track": _TRACK},
    "Arrangement": {"Lanes": _LANES, "TempoAutomation": {"RealPoint": {}}},
}

_MAPPINGS = {
    "bitwig": "bitwig",
    "studio one": "studio-one",
    "fender studio": "studio-one",
    "cubase": "cubase",
    "nuendo": "cubase",
    "reaper": "reaper",
    "ardour": "ardour",
    "ableton": "ableton",
}
"""By what the name of the program that wrote a file begins with."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?")
_PROJECT = "project.xml"
MOST_AUDIO_BYTES = 1 << 30
"""Of one file that is unpacked: the longest stem that Tonn takes, 8 minutes, has less in every format."""


# --- the archive ----------------------------------------------------------------------------------------------------


@contextmanager
def opened(file: BinaryIO | Path, path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive in `file`; what goes wrong with it within is a FileError that names `path`."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except KeyError as exc:
        raise FileError(f"{path}: {exc.args[0]}; export the project again as DAWproject") from exc
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as exc:
        raise FileError(f"{path}: damaged or locked ({exc}); export the project again as DAWproject") from exc


def unpacked(archive: zipfile.ZipFile, name: str, path: Path) -> Iterator[bytes]:
    """The file called `name` in `archive`, piece by piece.

    Raises:
        FileError: packed in a way that DAWproject does not have.
        KeyError: there is none.
    """
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError(f"{path}: {name} is packed in a way that DAWproject does not have; export the project again")
    with archive.open(info) as unpacking:
        while data := unpacking.read(CHUNK):
            yield data


def project_text(archive: zipfile.ZipFile, path: Path) -> Iterator[bytes]:
    """The XML of the project in `archive`, piece by piece; raises as `unpacked` does."""
    return unpacked(archive, _PROJECT, path)


def unpack(path: Path, place: Path, target: Path) -> None:
    """Put the file at `place` in the DAWproject `path` where `target` says; one that is there with its size stays.

    Raises:
        FileError: it cannot be unpacked or written, has more than 1 GB, or another file is in its way.
    """
    with opened(path, path) as archive:
        size = archive.getinfo(place.as_posix()).file_size
        if not target.exists():
            _write(unpacked(archive, place.as_posix(), path), target, path)
        elif target.stat().st_size != size:
            raise FileError(f"{target} is in the way of {place.name} from {path.name}; move it elsewhere")


def _write(pieces: Iterator[bytes], target: Path, path: Path) -> None:
    """All of `pieces` under the name `target`, or nothing."""
    part, written = target.with_name(f".{target.name}.part"), 0
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            for piece in pieces:
                written += len(piece)
                if written > MOST_AUDIO_BYTES:
                    raise FileError(f"{path}: holds a file of more than {MOST_AUDIO_BYTES >> 20} MB, which no stem has")
                file.write(piece)
        part.replace(target)
    except OSError as exc:
        raise FileError(f"{target}: cannot be unpacked from {path.name} ({exc.strerror or exc})") from exc
    finally:
        part.unlink(missing_ok=True)


# --- the project ----------------------------------------------------------------------------------------------------


def read_dawproject(root: Element, path: Path) -> Project:
    """The DAWproject whose `Project` element is `root`, which lies at `path`.

    Raises:
        FileError: it names audio outside the archive as if it lay inside.
    """
    application = root.find("Application")
    daw = (application.get("name", "") if application is not None else "") or "an unknown program"
    placed = list(_strips(list(root.iterfind("Structure/Track")), None))
    numbers = {id(track): place for place, (track, _) in enumerate(placed, start=1)}
    lanes = _lanes_of_tracks(root)
    time = _Time(root)
    return Project(
        path=path,
        daw=daw,
        mapping=next((mapping for start, mapping in _MAPPINGS.items() if daw.casefold().startswith(start)), None),
        tracks=tuple(
            _track(numbers[id(track)], numbers.get(id(parent)), track, lanes.get(track.get("id", ""), []), time, path)
            for track, parent in placed
        ),
        numbers_hold=False,
    )


def _strips(tracks: list[Element], parent: Element | None) -> Iterator[tuple[Element, Element | None]]:
    """Every strip but the master, each group before what is in it."""
    for track in tracks:
        within = track.findall("Track")
        channel = track.find("Channel")
        if channel is not None and channel.get("role") == "master" and not _is_group(track):
            continue
        yield track, parent
        yield from _strips(within, track)


def _is_group(track: Element) -> bool:
    return track.find("Track") is not None or "tracks" in track.get("contentType", "").split()


def _track(
    place: int, parent: int | None, track: Element, lanes: list[tuple[Element, str]], time: "_Time", path: Path
) -> ProjectTrack:
    channel = track.find("Channel")
    role = channel.get("role") if channel is not None else None
    kind = Kind.GROUP if _is_group(track) else Kind.BUS if role in ("effect", "submix", "vca") else Kind.TRACK
    colour = track.get("color", "")
    muted = channel.find("Mute") if channel is not None else None
    return ProjectTrack(
        number=place,
        name=track.get("name", ""),
        kind=kind,
        parent=parent,
        clips=tuple(clip for lane, unit in lanes for clip in _clips(lane, unit, time, path)),
        plays_notes=any(next(lane.iter("Notes"), None) is not None for lane, _ in lanes),
        colour=colour[:7].lower() if _COLOUR.fullmatch(colour) else None,
        gain_db=_gain_db(channel.find("Volume") if channel is not None else None),
        pan=_pan(channel.find("Pan") if channel is not None else None),
        muted=muted is not None and muted.get("value") in ("true", "1"),
    )


def _gain_db(volume: Element | None) -> float | None:
    if volume is None:
        return None
    value = volume.get("value")
    if volume.get("unit") == "decibel":
        return number(value) if value != "-inf" else decibels(0.0)
    return decibels(number(value)) if volume.get("unit") == "linear" else None


def _pan(pan: Element | None) -> float | None:
    value = number(pan.get("value")) if pan is not None and pan.get("unit") == "normalized" else None
    return None if value is None else max(-1.0, min(1.0, 2 * value - 1))


# --- time and clips -------------------------------------------------------------------------------------------------


class _Time:
    """How long beats are in this project, while its tempo stays the same."""

    def __init__(self, root: Element) -> None:
        tempo = root.find("Transport/Tempo")
        told = {number(tempo.get("value")) if tempo is not None else None}
        told |= {number(point.get("value")) for point in root.iterfind("Arrangement/TempoAutomation/RealPoint")}
        only = told.pop() if len(told) == 1 else None
        self.beat_s = 60 / only if only is not None and 1 <= only <= 1000 else None

    def seconds(self, value: float | None, unit: str) -> float | None:
        """`value` of that unit in seconds; None where that is not known. The start is the start in any unit."""
        if value is None or value == 0.0 or unit == "seconds":
            return value
        return None if self.beat_s is None else value * self.beat_s


def _lanes_of_tracks(root: Element) -> Mapping[str, list[tuple[Element, str]]]:
    """What lies on each track, by the track's id, and the unit of its times."""
    found: dict[str, list[tuple[Element, str]]] = {}

    def collect(lanes: Element, unit: str) -> None:
        unit = lanes.get("timeUnit", unit)
        if (track := lanes.get("track")) is not None:
            found.setdefault(track, []).append((lanes, unit))
            return
        for below in lanes:
            collect(below, unit)

    for lanes in root.iterfind("Arrangement/Lanes"):
        collect(lanes, "beats")
    return found


def _clips(lane: Element, unit: str, time: _Time, path: Path) -> Iterator[Clip]:
    """The audio on a lane. A clip within a clip that begins with it and lasts as long, as Bitwig writes it, is one."""
    unit = lane.get("timeUnit", unit)
    if lane.tag == "Lanes":
        for below in lane:
            yield from _clips(below, unit, time, path)
    for clip in lane.findall("Clip") if lane.tag == "Clips" else ():
        if clip.get("enable") in ("false", "0"):
            continue
        for audio, untouched in _audio(clip, unit, time):
            yield Clip(
                file=_file(audio.find("File"), path),
                start_s=time.seconds(number(clip.get("time")), unit),
                length_s=time.seconds(number(clip.get("duration")), unit),
                untouched=untouched,
                archived=_is_archived(audio.find("File")),
            )


def _audio(clip: Element, unit: str, time: _Time) -> list[tuple[Element, bool]]:
    """Each audio that plays in a clip, and whether it plays as it is."""
    whole = all((number(clip.get(name, "0")) or 0.0) == 0.0 for name in ("playStart", "loopStart"))
    whole = whole and clip.get("loopEnd") is None
    content = clip.get("contentTimeUnit", unit)
    lasts = time.seconds(number(clip.get("duration")), unit)
    found = [(audio, whole and _lasts(audio, lasts, content, time)) for audio in clip.findall("Audio")]
    for warps in clip.findall("Warps"):
        plain = whole and _warps_nothing(warps, content, time)
        of_file = warps.get("contentTimeUnit", "seconds")
        found += [(audio, plain and _lasts(audio, lasts, of_file, time)) for audio in warps.findall("Audio")]
    inner = [
        (audio, plain and whole and _fills(within, clip))
        for clips in clip.iter("Clips")
        for within in clips.findall("Clip")
        for audio, plain in _audio_here(within, clips.get("timeUnit", content), time)
    ]
    alone = len(inner) == 1
    return found + [(audio, plain and alone) for audio, plain in inner]


def _audio_here(clip: Element, unit: str, time: _Time) -> list[tuple[Element, bool]]:
    """The same of a clip's own audio, without that of clips within it."""
    shallow = Element("Clip", clip.attrib)
    shallow.extend([below for below in clip if below.tag in ("Audio", "Warps")])
    return _audio(shallow, unit, time)


def _fills(within: Element, clip: Element) -> bool:
    """Whether the inner clip begins with the outer one and does not end before it."""
    inner, outer = number(within.get("duration")), number(clip.get("duration"))
    begins = (number(within.get("time")) or 0.0) == 0.0
    return begins and (inner is None or outer is None or inner >= outer - 1e-6)


def _lasts(audio: Element, clip_s: float | None, unit: str, time: _Time) -> bool:
    """Whether a file lasts as long as its clip, as far as both are known; the audio in archives is not looked into."""
    file_s = time.seconds(number(audio.get("duration")), audio.get("timeUnit", unit))
    return clip_s is None or file_s is None or abs(file_s - clip_s) <= SAME_LENGTH_S


def _warps_nothing(warps: Element, unit: str, time: _Time) -> bool:
    """Whether each moment of the file stands where its own speed puts it."""
    unit, content = warps.get("timeUnit", unit), warps.get("contentTimeUnit", "seconds")
    points = [
        (time.seconds(number(warp.get("time")), unit), time.seconds(number(warp.get("contentTime")), content))
        for warp in warps.findall("Warp")
    ]
    return all(at is not None and of is not None and abs(at - of) <= 1e-3 + abs(of) * 1e-6 for at, of in points)


def _is_archived(file: Element | None) -> bool:
    return file is not None and file.get("external") not in ("true", "1")


def _file(file: Element | None, path: Path) -> Path | None:
    """Where an audio file lies: in the archive, relative to its root, or outside beside the project."""
    written = file.get("path", "") if file is not None else ""
    if not written:
        return None
    return Path(inside(written, path)) if _is_archived(file) else locate(written, path.parent)
