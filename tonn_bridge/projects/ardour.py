"""Ardour's sessions: an XML file in a folder with the audio.

Source: sessions written by Ardour 7.3, and libs/ardour (session_state.cc, audio_playlist, region). Versions 3 to 6
counted time in samples where 7 and later write `a` and 1/282240000ths of a second.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from tonn_bridge.projects.markup import Shape
from tonn_bridge.projects.model import Clip, Kind, Project, ProjectTrack, decibels, number
from tonn_bridge.projects.paths import exists, locate

_TICKS_PER_S = 282_240_000

_CONTROL: Shape = {"Controllable": {}}
_ROUTE: Shape = {
    "PresentationInfo": {},
    "Controllable": {},
    "MuteMaster": {},
    "Pannable": _CONTROL,
    "Processor": _CONTROL,
}
SHAPE: Shape = {
    "Sources": {"Source": {}},
    "Routes": {"Route": _ROUTE},
    "Playlists": {"Playlist": {"Region": {}}},
}


@dataclass(frozen=True, slots=True)
class _Sound:
    """What the regions of a session refer to."""

    sources: Mapping[str, Element]
    folder: Path
    audio_folders: tuple[str, ...]
    sample_rate: float


def read_ardour(root: Element, path: Path) -> Project:
    """The Ardour session whose `Session` element is `root`, which lies at `path`."""
    sound = _Sound(
        sources={source.get("id", ""): source for source in root.iterfind("Sources/Source")},
        folder=path.parent,
        audio_folders=_audio_folders(path.parent),
        sample_rate=max(1.0, number(root.get("sample-rate")) or 48_000.0),
    )
    playlists = list(root.iterfind("Playlists/Playlist"))
    by_id = {playlist.get("id"): playlist for playlist in playlists}
    # A track may have several, one per take; where it does not say which of them it plays, the first is its own.
    of_track = {p.get("orig-track-id", p.get("orig_track_id")): p for p in reversed(playlists)}
    routes = sorted((route for route in root.iterfind("Routes/Route") if _is_shown(route)), key=_order)
    return Project(
        path=path,
        daw="Ardour",
        mapping="ardour",
        tracks=tuple(
            _track(place, route, by_id.get(route.get("audio-playlist"), of_track.get(route.get("id"))), sound)
            for place, route in enumerate(routes, start=1)
        ),
    )


def session_files(folder: Path) -> list[Path]:
    """The sessions in `folder`; of several, the one called like the folder is the one that Ardour opens.

    Raises:
        OSError: the folder cannot be read.
    """
    found = sorted(path for path in folder.iterdir() if path.suffix == ".ardour" and exists(path))
    own = folder / f"{folder.resolve().name}.ardour"
    return [own] if own in found else found


def _audio_folders(folder: Path) -> tuple[str, ...]:
    """Where a session keeps its audio, below its own folder."""
    try:
        found = sorted((folder / "interchange").iterdir())
    except OSError:
        found = []
    return tuple(f"interchange/{place.name}/audiofiles" for place in found)


# --- strips ---------------------------------------------------------------------------------------------------------


def _flags(route: Element) -> frozenset[str]:
    """What a strip is: the words of its flags; Ardour 4 and older had a list in an attribute of the route."""
    info = route.find("PresentationInfo")
    told = route.get("flags", "") if info is None else info.get("flags", "")
    return frozenset(told.split(","))


def _is_shown(route: Element) -> bool:
    """Whether it is a strip that can be asked for over OSC: not the master, the monitor or the metronome."""
    return not _flags(route) & {"MasterOut", "MonitorOut", "Auditioner", "Hidden", "SurroundMaster"}


def _order(route: Element) -> float:
    info = route.find("PresentationInfo")
    place = number(info.get("order")) if info is not None else None
    return math.inf if place is None else place


def _track(place: int, route: Element, playlist: Element | None, sound: _Sound) -> ProjectTrack:
    flags = _flags(route)
    info = route.find("PresentationInfo")
    kind = Kind.BUS if flags & {"AudioBus", "MidiBus", "FoldbackBus"} else Kind.TRACK
    regions = [] if playlist is None else [r for r in playlist.iterfind("Region") if r.get("muted") != "1"]
    pan = _control(route, "Pannable", "pan-azimuth")
    return ProjectTrack(
        number=place,
        name=route.get("name", ""),
        kind=kind,
        clips=tuple(_clips([r for r in regions if r.get("type", "audio") == "audio"], sound)),
        plays_notes="MidiTrack" in flags,
        colour=_colour(info.get("color") if info is not None else None),
        gain_db=decibels(_control(route, "Processor", "gaincontrol")),
        pan=None if pan is None else max(-1.0, min(1.0, 2 * pan - 1)),
        muted=_control(route, ".", "mute") == 1.0,
    )


def _control(route: Element, where: str, name: str) -> float | None:
    """The value of the control called `name`."""
    for parent in route.iterfind(where):
        for control in parent.iterfind("Controllable"):
            if control.get("name") == name:
                return number(control.get("value"))
    return None


def _colour(text: str | None) -> str | None:
    """#rrggbb of a number that has red, green, blue and the opacity, 0 for none."""
    value = int(number(text) or 0)
    return f"#{value >> 8 & 0xFFFFFF:06x}" if 0 < value <= 0xFFFFFFFF else None


# --- regions --------------------------------------------------------------------------------------------------------


def _clips(regions: list[Element], sound: _Sound) -> Iterator[Clip]:
    for region in regions:
        length, _, at = region.get("length", "").partition("@")
        yield Clip(
            file=_file(region, sound),
            start_s=_seconds(region.get("position", at), sound.sample_rate),
            length_s=_seconds(length, sound.sample_rate),
            untouched=_seconds(region.get("start"), sound.sample_rate) == 0.0
            and all(number(region.get(name, "1")) == 1.0 for name in ("stretch", "shift", "scale-amplitude")),
        )


def _seconds(text: str | None, sample_rate: float) -> float | None:
    """A time as Ardour writes it, in seconds; None for one in beats."""
    if text is None or not text.startswith("a"):
        samples = number(text)
        return None if samples is None else samples / sample_rate
    ticks = number(text[1:])
    return None if ticks is None else ticks / _TICKS_PER_S


def _file(region: Element, sound: _Sound) -> Path | None:
    """The one file a region plays; None where each of its channels has one of its own."""
    names = {
        (sound.sources[key].get("name", "") if (key := value) in sound.sources else "")
        for attribute, value in region.items()
        if attribute.startswith("source-")
    }
    if len(names) != 1:
        return None
    return locate(names.pop(), sound.folder, sound.audio_folders)
