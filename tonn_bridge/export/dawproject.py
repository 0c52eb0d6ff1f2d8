"""A DAWproject: the open session format that Bitwig Studio, Studio One and Cubase read.

Source: `Project.xsd`, `MetaData.xsd` and the README of bitwig/dawproject, version 1.0. A ZIP holds `project.xml`,
`metadata.xml`, and the stems where they are embedded. Volume is linear, pan runs from 0 (left) to 1, a compressor's
ratio is a percentage (100·(1 − 1/n); the reference classes name the unit, public exporters the formula), times are
seconds. Tonn's trim stands as the equaliser's input gain, which is before its bands and the compressor. A track
without an equaliser has it in its volume, and its threshold moved by as much the other way, as in a DAW without a trim.
"""

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tonn_bridge import __version__
from tonn_bridge.core import Compressor, EqBand, TonnSettings
from tonn_bridge.export.folding import folded, linear
from tonn_bridge.export.song import Channel, Song, where

TEMPO_BPM = 120.0
"""A session file must have a tempo; nobody told us the song's."""

_HIGHEST = 2.0
"""Of a volume, as in the format's own examples: +6.02 dB."""
_BIG = 1 << 31


def write(song: Song, into: BinaryIO, near: Path | None, embed: bool) -> tuple[str, ...]:
    """Write the file; what to tell whoever opens it. `near` is the folder it will lie in, for stems that are linked."""
    names = {c.number: _audio_name(c, near, embed) for c in song.channels}
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        archive.writestr(_entry("metadata.xml"), _text(_metadata(song)))
        archive.writestr(_entry("project.xml"), _text(_project(song, names, embed)))
        for channel in song.channels if embed else ():
            if channel.stem is not None:
                _embed(archive, names[channel.number], channel.stem.path)
    return tuple(_notes(song, embed))


def percent_of(ratio: float) -> float:
    """A ratio n:1 as the format has it: 0 does nothing, 100 is a limiter."""
    return 100.0 * (1.0 - 1.0 / ratio)


def _notes(song: Song, embed: bool) -> Iterable[str]:
    yield f"the tempo is {TEMPO_BPM:g} bpm because Tonn knows none; every stem starts at 0 s"
    if not embed:
        yield "the stems are linked, not in the file: leave them where they are"
    for channel in song.channels:
        if _volume(_placed(channel.settings)) > _HIGHEST:
            yield f'"{channel.name}" is louder than +6.02 dB, where the faders of most programs end'


# --- project.xml ------------------------------------------------------------------------------------------------------


def _project(song: Song, names: dict[int, str], embed: bool) -> ET.Element:
    project = ET.Element("Project", version="1.0")
    ET.SubElement(project, "Application", name="tonn-bridge", version=__version__)
    transport = ET.SubElement(project, "Transport")
    _real(transport, "Tempo", TEMPO_BPM, "bpm", low=20.0, high=666.0)
    ET.SubElement(transport, "TimeSignature", numerator="4", denominator="4")
    structure = ET.SubElement(project, "Structure")
    for channel in song.channels:
        _track(structure, channel)
    _master(structure)
    arrangement = ET.SubElement(project, "Arrangement", id="arrangement")
    lanes = ET.SubElement(arrangement, "Lanes", id="lanes", timeUnit="seconds")
    for channel in song.channels:
        _clips(lanes, channel, names[channel.number], embed)
    return project


def _track(structure: ET.Element, channel: Channel) -> None:
    settings, n = _placed(channel.settings), channel.number
    track = ET.SubElement(
        structure,
        "Track",
        id=f"track{n}",
        name=_allowed(channel.name),
        color=channel.colour,
        contentType="audio",
        loaded="true",
    )
    strip = ET.SubElement(
        track,
        "Channel",
        id=f"channel{n}",
        role="regular",
        audioChannels=str(channel.stem.facts.channels if channel.stem else 2),
        destination="master",
    )
    devices = ET.SubElement(strip, "Devices")
    if settings.eq:
        _equalizer(devices, n, settings.eq, settings.trim_db)
    if settings.comp is not None:
        _compressor(devices, n, settings.comp)
    if not len(devices):
        strip.remove(devices)
    ET.SubElement(strip, "Mute", id=f"mute{n}", value="true" if channel.muted else "false")
    pan = 0.5 if settings.pan is None else (settings.pan.position + 1.0) / 2.0
    _real(strip, "Pan", pan, "normalized", name=f"pan{n}", low=0.0, high=1.0)
    _real(strip, "Volume", _volume(settings), "linear", name=f"volume{n}", low=0.0, high=_HIGHEST)


def _placed(settings: TonnSettings) -> TonnSettings:
    """The settings with the trim where this format has a place for it."""
    return settings if settings.eq else folded(settings)


def _volume(settings: TonnSettings) -> float:
    return 1.0 if settings.gain_db is None else linear(settings.gain_db)


def _equalizer(devices: ET.Element, n: int, bands: tuple[EqBand, ...], trim_db: float) -> None:
    device = ET.SubElement(devices, "Equalizer", id=f"eq{n}", deviceName="Equalizer", deviceRole="audioFX")
    _switch(device, "Enabled", True)
    for band in bands:
        bell = ET.SubElement(device, "Band", type="bell")
        _real(bell, "Freq", band.freq_hz, "hertz")
        _real(bell, "Gain", band.gain_db, "decibel")
        _real(bell, "Q", band.q, "linear")
        _switch(bell, "Enabled", True)
    _real(device, "InputGain", trim_db, "decibel")
    _real(device, "OutputGain", 0.0, "decibel")


def _compressor(devices: ET.Element, n: int, comp: Compressor) -> None:
    """Values that Tonn never told are left out; there is no make-up gain in any of its mixes."""
    device = ET.SubElement(devices, "Compressor", id=f"comp{n}", deviceName="Compressor", deviceRole="audioFX")
    _switch(device, "Enabled", True)
    if comp.attack_s is not None:
        _real(device, "Attack", comp.attack_s, "seconds")
    _switch(device, "AutoMakeup", False)
    if comp.ratio is not None:
        _real(device, "Ratio", percent_of(comp.ratio), "percent", low=0.0, high=100.0)
    if comp.release_s is not None:
        _real(device, "Release", comp.release_s, "seconds")
    if comp.threshold_db is not None:
        _real(device, "Threshold", comp.threshold_db, "decibel")


def _master(structure: ET.Element) -> None:
    track = ET.SubElement(
        structure, "Track", id="mastertrack", name="Master", contentType="audio tracks", loaded="true"
    )
    strip = ET.SubElement(track, "Channel", id="master", role="master", audioChannels="2")
    _real(strip, "Pan", 0.5, "normalized", low=0.0, high=1.0)
    _real(strip, "Volume", 1.0, "linear", low=0.0, high=_HIGHEST)


def _clips(lanes: ET.Element, channel: Channel, name: str, embed: bool) -> None:
    n, stem = channel.number, channel.stem
    lane = ET.SubElement(lanes, "Lanes", id=f"lane{n}", track=f"track{n}")
    clips = ET.SubElement(lane, "Clips", id=f"clips{n}")
    if stem is None:
        return
    facts = stem.facts
    clip = ET.SubElement(
        clips,
        "Clip",
        name=_allowed(channel.name),
        time="0.0",
        duration=repr(facts.seconds),
        contentTimeUnit="seconds",
        playStart="0.0",
    )
    audio = ET.SubElement(
        clip,
        "Audio",
        id=f"audio{n}",
        duration=repr(facts.seconds),
        sampleRate=str(facts.sample_rate),
        channels=str(facts.channels),
    )
    ET.SubElement(audio, "File", path=name, external="false" if embed else "true")


def _metadata(song: Song) -> ET.Element:
    origin = song.mix.provenance
    metadata = ET.Element("MetaData")
    ET.SubElement(metadata, "Title").text = _allowed(song.mix.name)
    comment = f"Mixed by Tonn ({origin.service}, task {origin.task_id}), written by tonn-bridge {__version__}"
    ET.SubElement(metadata, "Comment").text = _allowed(comment)
    return metadata


# --- values -----------------------------------------------------------------------------------------------------------


def _real(
    parent: ET.Element,
    tag: str,
    value: float,
    unit: str,
    *,
    name: str | None = None,
    low: float | None = None,
    high: float | None = None,
) -> None:
    element = ET.SubElement(parent, tag)
    known = {"id": name, "value": repr(value), "unit": unit, "min": low, "max": high}
    for key, content in known.items():
        if content is not None:
            element.set(key, str(content))


def _switch(parent: ET.Element, tag: str, on: bool) -> None:
    ET.SubElement(parent, tag, value="true" if on else "false")


def _allowed(text: str) -> str:
    """`text` without the characters that XML has no way to write."""
    return "".join(
        c for c in text if c in "\t\n\r" or ("\x20" <= c <= "\ud7ff") or (c >= "\ue000" and c not in "\ufffe\uffff")
    )


def _text(root: ET.Element) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


# --- the archive ------------------------------------------------------------------------------------------------------


def _audio_name(channel: Channel, near: Path | None, embed: bool) -> str:
    if channel.stem is None:
        return ""
    path = channel.stem.path
    if not embed:
        return _allowed(where(path, near))
    clean = "".join(c if c.isalnum() or c in " -_." else "_" for c in path.name)
    return f"audio/{channel.number:02d} {clean}"


def _entry(name: str) -> ZipInfo:
    """An entry without the time of day, so that the same mix makes the same file."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


def _embed(archive: ZipFile, name: str, path: Path) -> None:
    with path.open("rb") as stem, archive.open(_entry(name), "w", force_zip64=path.stat().st_size > _BIG) as copy:
        shutil.copyfileobj(stem, copy, 1 << 20)
