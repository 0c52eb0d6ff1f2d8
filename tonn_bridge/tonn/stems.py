"""Stems: checked before anything is sent, so that every mistake is told at once and none costs a wait.

Everything here blocks, and is called through `asyncio.to_thread`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tonn_bridge.errors import StemError, TonnRejected
from tonn_bridge.tonn.urls import file_name, file_url, shown
from tonn_bridge.tonn.wire import MAX_STEM_S, MAX_TRACKS, MIN_TRACKS

if TYPE_CHECKING:
    import soundfile

MAX_CHANNELS = 2
SILENCE = 10.0 ** (-90.0 / 20.0)
"""A stem whose every sample stays below this (of full scale 1.0) is taken for an empty export."""

_CONTENT = {
    "WAV": (".wav", "audio/wav"),
    "WAVEX": (".wav", "audio/wav"),
    "RF64": (".wav", "audio/wav"),
    "FLAC": (".flac", "audio/flac"),
}
_BLOCK_FRAMES = 16_384
_READERS = 4


@dataclass(frozen=True, slots=True)
class StemSource:
    """A track of the session and where its audio is: a file here, or a URL that Tonn can read itself."""

    number: int
    name: str
    path: Path | None
    url: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem that may be sent. `upload_name` is unique among the session's; `size` is in bytes, `seconds` long.

    One given as a URL has been looked at by nobody: its size, hash, length, channels and rate are 0 or empty.
    """

    number: int
    name: str
    path: Path | None
    url: str | None = field(repr=False)
    upload_name: str
    content_type: str
    size: int
    sha256: str
    seconds: float
    channels: int
    sample_rate: int


def check_stems(sources: Sequence[StemSource]) -> list[Stem]:
    """The stems in the session's order, each fit to be sent.

    Raises:
        StemError: anything is wrong with any of them; its message has one line for every fault, naming track, file
            and the way out.
    """
    with ThreadPoolExecutor(_READERS, thread_name_prefix="stem") as readers:  # reading and hashing release the GIL
        checked = list(readers.map(_check, sources))
    stems = [stem for stem in checked if isinstance(stem, Stem)]
    problems = _count_problems(len(sources)) + [fault for fault in checked if isinstance(fault, str)]
    problems += _twins(stems) + _namesakes(stems)
    if problems:
        raise StemError("\n".join(problems))
    return stems


def upload_name(number: int, stem: str, extension: str) -> str:
    """A name that no other track has, in plain ASCII: `01-kick-in.wav` for track 1 and `Kick (In)`."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii").lower()
    cleaned = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]
    return f"{number:02d}-{cleaned or 'stem'}{extension}"


def _check(source: StemSource) -> Stem | str:
    """The stem, or the line that says what is wrong with it."""
    try:
        if source.url is not None:
            return _given(source, source.url)
        if source.path is None:
            raise _Fault("has neither `file` nor `url`: write one of them in the session file")
        return _read(source, source.path)
    except _Fault as fault:
        where = f" ({source.path})" if source.path is not None else ""
        return f'track {source.number} "{source.name}"{where} {fault}'


class _Fault(Exception):
    """What is wrong with one stem, as the rest of a sentence that begins with its track and file."""


def _given(source: StemSource, url: str) -> Stem:
    try:
        file_url(url, local=True)
    except TonnRejected as exc:
        raise _Fault(f"cannot be read by Tonn from {shown(url)}: `url` must be https") from exc
    content_type = "audio/flac" if file_name(url).lower().endswith(".flac") else "audio/wav"
    name = file_name(url)
    return Stem(source.number, source.name, None, url, name, content_type, 0, "", 0.0, 0, 0)


def _read(source: StemSource, path: Path) -> Stem:
    try:
        import soundfile  # here, because it brings numpy along: 13 MB and 80 ms that a waiting daemon need not carry
    except (ImportError, OSError) as exc:
        raise StemError("stems cannot be checked without libsndfile: install it (Debian: libsndfile1)") from exc
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            with soundfile.SoundFile(file) as audio:
                extension, content_type = _content(audio.format)
                seconds = audio.frames / audio.samplerate
                _check_shape(seconds, audio.channels)
                if not _audible(audio):
                    raise _Fault("is silent from end to end: render it again, or leave the track out")
                channels, sample_rate = audio.channels, audio.samplerate
    except FileNotFoundError as exc:
        raise _Fault("is not there: check `file` in the session, or render the stem") from exc
    except OSError as exc:
        raise _Fault(f"cannot be read ({exc.strerror or exc}): check the file and its permissions") from exc
    except soundfile.LibsndfileError as exc:
        raise _Fault("is not a WAV or FLAC file, or is damaged: render it again as WAV or FLAC") from exc
    name = upload_name(source.number, path.stem, extension)
    return Stem(
        source.number, source.name, path, None, name, content_type, size, digest, seconds, channels, sample_rate
    )


def _content(kind: str) -> tuple[str, str]:
    if kind not in _CONTENT:
        raise _Fault(f"is {kind} by its content, and Tonn mixes WAV and FLAC only: render it as WAV or FLAC")
    return _CONTENT[kind]


def _check_shape(seconds: float, channels: int) -> None:
    if seconds <= 0.0:
        raise _Fault("holds no audio: render it again, or leave the track out")
    if seconds > MAX_STEM_S:
        minutes, rest = divmod(seconds, 60.0)
        raise _Fault(f"is {minutes:.0f} min {rest:.0f} s long, and Tonn takes 8 minutes at most: render a shorter part")
    if channels > MAX_CHANNELS:
        raise _Fault(f"has {channels} channels, and Tonn takes mono and stereo: render it as stereo")


def _audible(audio: "soundfile.SoundFile") -> bool:
    """Whether any sample reaches -90 dBFS; reads no further than the first block with one."""
    block = bytearray(_BLOCK_FRAMES * audio.channels * 4)
    silence = bytes(len(block))
    while frames := audio.buffer_read_into(block, "float32"):
        if block != silence:
            samples = memoryview(block).cast("f")[: frames * audio.channels]
            if max(max(samples), -min(samples)) >= SILENCE:
                return True
    return False


def _count_problems(count: int) -> list[str]:
    if count < MIN_TRACKS:
        found = "1 track" if count else "no tracks"
        return [f"{found}, and Tonn mixes at least {MIN_TRACKS}: add [[track]] sections to the session"]
    if count > MAX_TRACKS:
        return [f"{count} tracks, and Tonn mixes at most {MAX_TRACKS}: bounce some of them together"]
    return []


def _twins(stems: Sequence[Stem]) -> list[str]:
    owners: dict[str, list[Stem]] = {}
    for stem in stems:
        owners.setdefault(stem.sha256 or stem.url or "", []).append(stem)
    return [
        "tracks "
        + " and ".join(f'{stem.number} "{stem.name}" ({stem.path or shown(stem.url or "")})' for stem in twins)
        + " have the same content: point one of them to its own stem"
        for twins in owners.values()
        if len(twins) > 1
    ]


def _namesakes(stems: Sequence[Stem]) -> list[str]:
    """Stems given as URLs that share a file name: Tonn's answer, which is paid for, would name both by it."""
    owners: dict[str, list[Stem]] = {}
    for stem in stems:
        owners.setdefault(stem.upload_name, []).append(stem)
    return [
        "tracks "
        + " and ".join(f'{stem.number} "{stem.name}"' for stem in sharing)
        + f" share the file name {name}, by which Tonn tells tracks apart: give each its own"
        for name, sharing in owners.items()
        if len({stem.url for stem in sharing}) > 1
    ]
