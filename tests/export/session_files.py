"""DAWprojects and REAPER projects read back, by nothing but what is publicly known of them."""

import base64
import math
import struct
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from io import BytesIO


@dataclass
class Found:
    """A track of a session file, in its own units made ours."""

    name: str
    gain: float
    pan: float
    muted: bool
    colour: str
    eq: list[tuple[float, float, float]] = field(default_factory=list)
    trim_db: float | None = None
    comp: dict[str, float] | None = None
    file: str | None = None
    at: float | None = None
    length: float | None = None


# --- DAWproject -------------------------------------------------------------------------------------------------------


def read_dawproject(data: bytes) -> list[Found]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        project = ET.fromstring(archive.read("project.xml"))
    clips = {lanes.get("track"): lanes.find("Clips/Clip") for lanes in project.findall("Arrangement/Lanes/Lanes")}
    found = []
    for track in project.findall("Structure/Track"):
        channel = track.find("Channel")
        if channel.get("role") == "master":
            continue
        assert channel.get("destination") == "master"
        volume, pan = channel.find("Volume"), channel.find("Pan")
        assert (volume.get("unit"), pan.get("unit")) == ("linear", "normalized")
        clip = clips[track.get("id")]
        found.append(
            Found(
                name=track.get("name"),
                gain=float(volume.get("value")),
                pan=2.0 * float(pan.get("value")) - 1.0,
                muted=channel.find("Mute").get("value") == "true",
                colour=track.get("color"),
                eq=[_bell(band) for band in channel.findall("Devices/Equalizer/Band")],
                trim_db=_value(channel, "Devices/Equalizer/InputGain", "decibel"),
                comp=_comp(channel.find("Devices/Compressor")),
                file=None if clip is None else clip.find("Audio/File").get("path"),
                at=None if clip is None else float(clip.get("time")),
                length=None if clip is None else float(clip.get("duration")),
            )
        )
    return found


def _value(parent, path, unit):
    element = parent.find(path)
    if element is None:
        return None
    assert element.get("unit") == unit, path
    return float(element.get("value"))


def _bell(band):
    assert band.get("type") == "bell"
    return _value(band, "Freq", "hertz"), _value(band, "Gain", "decibel"), _value(band, "Q", "linear")


def _comp(device):
    if device is None:
        return None
    assert device.find("AutoMakeup").get("value") == "false"
    found = {
        "attack_s": _value(device, "Attack", "seconds"),
        "release_s": _value(device, "Release", "seconds"),
        "threshold_db": _value(device, "Threshold", "decibel"),
    }
    percent = _value(device, "Ratio", "percent")
    return found | {"ratio": None if percent is None else 1.0 / (1.0 - percent / 100.0)}


# --- REAPER -----------------------------------------------------------------------------------------------------------


@dataclass
class Chunk:
    """`<HEAD ...` to `>`: the words of its first line, its other lines, and the chunks inside it."""

    head: list[str]
    lines: list[list[str]] = field(default_factory=list)
    chunks: list["Chunk"] = field(default_factory=list)

    def line(self, key):
        return next((line for line in self.lines if line[0] == key), None)

    def all(self, key):
        return [chunk for chunk in self.chunks if chunk.head[0] == key]


def words(line: str) -> list[str]:
    """Words that a blank ends, or the quote they begin with."""
    found, rest = [], line.strip()
    while rest:
        if rest[0] in "\"'`":
            word, _, rest = rest[1:].partition(rest[0])
        else:
            word, _, rest = rest.partition(" ")
        found.append(word)
        rest = rest.lstrip(" ")
    return found


def parse_rpp(text: str) -> Chunk:
    top = Chunk([])
    open_chunks = [top]
    for line in text.splitlines():
        plain = line.strip()
        if plain.startswith("<"):
            chunk = Chunk(words(plain[1:]))
            open_chunks[-1].chunks.append(chunk)
            open_chunks.append(chunk)
        elif plain == ">":
            open_chunks.pop()
        elif plain:
            open_chunks[-1].lines.append(words(plain))
    assert open_chunks == [top], "every chunk is closed"
    (project,) = top.chunks
    return project


def read_rpp(data: bytes) -> list[Found]:
    project = parse_rpp(data.decode())
    assert project.head[0] == "REAPER_PROJECT"
    found = []
    for track in project.all("TRACK"):
        gain, pan = map(float, track.line("VOLPAN")[1:3])
        number = int(track.line("PEAKCOL")[1])
        red, green, blue = number & 255, number >> 8 & 255, number >> 16 & 255
        eq = [chunk for chain in track.all("FXCHAIN") for chunk in chain.all("VST")]
        (item,) = track.all("ITEM") or [None]
        found.append(
            Found(
                name=track.line("NAME")[1],
                gain=gain,
                pan=pan,
                muted=track.line("MUTESOLO")[1] == "1",
                colour=f"#{red:02x}{green:02x}{blue:02x}",
                eq=read_reaeq([line[0] for line in eq[0].lines]) if eq else [],
                file=None if item is None else item.all("SOURCE")[0].line("FILE")[1],
                at=None if item is None else float(item.line("POSITION")[1]),
                length=None if item is None else float(item.line("LENGTH")[1]),
            )
        )
    return found


def read_reaeq(lines: list[str]) -> list[tuple[float, float, float]]:
    """The bells that are on: Hz, dB, Q."""
    head, *state, _ = map(base64.b64decode, lines)
    content = b"".join(state)
    assert head[:4] == b"qeer"
    assert struct.unpack_from("<I", head, len(head) - 12) == (len(content),)
    size, count = struct.unpack_from("<ii", content)
    assert (size, len(content)) == (33, 8 + 33 * count + 32)
    found = []
    for place in range(count):
        kind, on, freq_hz, gain, octaves, _ = struct.unpack_from("<iidddB", content, 8 + size * place)
        assert (kind, on) == (8, 1)
        width = 2.0**octaves
        found.append((freq_hz, 20.0 * math.log10(gain), math.sqrt(width) / (width - 1.0)))
    assert struct.unpack_from("<iid", content, 8 + size * count) == (1, 1, 1.0)
    return found
