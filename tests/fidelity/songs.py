"""Small songs, mixed by the real sandbox over HTTP, as the evidence of a check."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import lfilter

from tests.sandbox_server import SandboxServer, preview_track
from tonn_bridge.fidelity import Evidence, Track
from tonn_bridge.tonn import Units

RATE = 44_100


@dataclass(frozen=True)
class Part:
    """One stem: noise round a tone, struck at random; `pan` as a session asks for it."""

    name: str
    freq: float
    level_db: float
    pan: str = "CENTRE"
    group: str = "SYNTH_GROUP"
    steady: bool = False


BAND = (
    Part("Kick", 60.0, -4.0, group="KICK_GROUP"),
    Part("Bass", 110.0, -10.0, group="BASS_GROUP"),
    Part("Keys", 700.0, -14.0, pan="LEFT"),
    Part("Hats", 5000.0, -9.0, pan="RIGHT", group="CYMBALS_GROUP"),
)


def play(part: Part, seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    """The part's samples; the same seed plays the same."""
    dice = np.random.default_rng(seed)
    moment = np.arange(round(seconds * rate)) / rate
    hiss = np.convolve(dice.standard_normal(moment.size), np.hanning(24) / 12.0, mode="same")
    sound = np.sin(2 * np.pi * part.freq * moment) + 0.1 * hiss
    if not part.steady:
        strikes = np.zeros(moment.size)
        at = np.cumsum(dice.uniform(0.1, 0.5, size=int(seconds * 10)))
        strikes[(at[at < seconds] * rate).astype(int)] = dice.uniform(0.2, 1.0, size=np.count_nonzero(at < seconds))
        sound *= lfilter([1.0], [1.0, -np.exp(-1.0 / (0.08 * rate))], strikes)
    return 10.0 ** (part.level_db / 20.0) * sound / np.abs(sound).max()


def write_song(folder: Path, parts=BAND, seconds: float = 4.0, rate: int = RATE) -> list[Path]:
    """The parts as WAV files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{part.name.lower()}.wav" for part in parts]
    for seed, (file, part) in enumerate(zip(files, parts, strict=True)):
        soundfile.write(file, play(part, seconds, seed, rate), rate, subtype="PCM_24")
    return files


def mix_song(
    sandbox: SandboxServer, folder: Path, parts=BAND, files: list[Path] | None = None, *, stems: bool = False, **asked
) -> Evidence:
    """Have the song mixed by the sandbox: its preview, its settings as the sandbox spells them now, and the stems."""
    files = files or write_song(folder / "stems", parts)
    urls = [sandbox.upload(file, f"{number:02d}-{file.name}") for number, file in enumerate(files, 1)]
    tracks = [
        preview_track(url, panPreference=part.pan, instrumentGroup=part.group)
        for url, part in zip(urls, parts, strict=True)
    ]
    task = sandbox.preview(urls, trackData=tracks, returnStems=stems, **asked)
    results = sandbox.retrieve(task, settings=True).json()["previewMixTaskResults"]
    preview = folder / "Song preview.mp3"
    preview.write_bytes(sandbox.store.get(results["download_url_preview_mixed"]).content)
    mixed = {}
    for name, url in results.get("stems", {}).items():
        mixed[name] = folder / f"Song preview - {Path(name).stem}.mp3"
        mixed[name].write_bytes(sandbox.store.get(url).content)
    found = tuple(
        Track(number, part.name, file, mixed=mixed.get(f"{number:02d}-{file.name}"))
        for number, (part, file) in enumerate(zip(parts, files, strict=True), 1)
    )
    return Evidence(task, preview, results["mix_output_settings"], dict(enumerate(urls, 1)), found, Units())


def spelled_anew(sandbox: SandboxServer, evidence: Evidence, **units) -> Evidence:
    """The same mix, its settings told in other units."""
    sandbox.units(**units)
    return replace(evidence, settings=sandbox.settings_of(evidence.task_id))
