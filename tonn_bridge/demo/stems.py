"""The eight stems of the demo's song, written once to a folder and found there again."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from tonn_bridge.demo import synth
from tonn_bridge.tonn.wire import InstrumentGroup, PanPreference, Presence

MANIFEST = "stems.json"


@dataclass(frozen=True, slots=True)
class DemoStem:
    """A stem on disk and what a producer would tell Tonn about it."""

    name: str
    path: Path
    group: InstrumentGroup
    presence: Presence
    pan: PanPreference


@dataclass(frozen=True, slots=True)
class _Part:
    """One instrument of the song; `peak_db` (dBFS) is off on purpose, so that the mix has work to do."""

    name: str
    play: Callable[[], synth.Audio]
    peak_db: float
    group: InstrumentGroup
    presence: Presence = Presence.NORMAL
    pan: PanPreference = PanPreference.NO_PREFERENCE


_PARTS = (
    _Part("Kick", synth.kick, -3.0, InstrumentGroup.KICK, pan=PanPreference.CENTRE),
    _Part("Snare", synth.snare, -10.0, InstrumentGroup.SNARE, pan=PanPreference.CENTRE),
    _Part("Hats", synth.hats, -4.0, InstrumentGroup.CYMBALS, pan=PanPreference.RIGHT),
    _Part("Bass", synth.bass, -13.0, InstrumentGroup.BASS, pan=PanPreference.CENTRE),
    _Part("Chords", synth.chords, -5.0, InstrumentGroup.KEYS, pan=PanPreference.LEFT),
    _Part("Pad", synth.pad, -4.0, InstrumentGroup.SYNTH, Presence.BACKGROUND),
    _Part("Lead", synth.lead, -15.0, InstrumentGroup.SYNTH),
    _Part("Voice", synth.voice, -11.0, InstrumentGroup.VOCAL, Presence.LEAD, PanPreference.CENTRE),
)


def write_stems(folder: Path) -> list[DemoStem]:
    """The stems as 24 bit WAV files in `folder`, which is made if need be.

    Files that are there, whole and by this version of the song are used as they are; anything else is written anew,
    each file at once or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stems = [_stem(part, folder) for part in _PARTS]
    if _manifest(stems) != _read_manifest(folder):
        for part, stem in zip(_PARTS, stems, strict=True):
            _write_whole(stem.path, partial(_write_wav, part))
        manifest = json.dumps(_manifest(stems), indent=2)
        _write_whole(folder / MANIFEST, lambda file: file.write_text(manifest, "utf-8"))
    return stems


def _stem(part: _Part, folder: Path) -> DemoStem:
    return DemoStem(part.name, folder / f"{part.name.lower()}.wav", part.group, part.presence, part.pan)


def _write_wav(part: _Part, file: Path) -> None:
    audio = part.play()
    audio *= 10.0 ** (part.peak_db / 20.0) / np.max(np.abs(audio))
    soundfile.write(file, audio, synth.RATE, subtype="PCM_24", format="WAV")


def _manifest(stems: list[DemoStem]) -> dict[str, str]:
    """What belongs together: the song as written in `synth`, and each file's content ("" where there is none)."""
    names = {stem.path.name: _digest(stem.path) for stem in stems}
    return {"song": _digest(Path(synth.__file__)), **names}


def _read_manifest(folder: Path) -> object:
    try:
        return json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def _write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """Fill a file beside `file` and put it in its place, so that nobody ever sees half of it."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        write(unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
