"""Writes the MIDI clips whose notes `tonn-clips.toml` and the remote script TonnTracks understand.

python examples/ableton/make_clips.py FOLDER
"""

import sys
import tomllib
from pathlib import Path

import mido

HERE = Path(__file__).parent
TONN_TRACKS = {"prepare all tracks": 48, "prepare selected track": 49}
"""The notes of the remote script; on channel 16 like the others."""

TICKS_PER_BEAT, BEATS = 480, 4 * 64
"""A clip is 64 bars long, so that one that was left looping presses its button only every other minute."""


def notes() -> dict[str, int]:
    """What each clip is called, and the note it plays."""
    with (HERE / "tonn-clips.toml").open("rb") as file:
        buttons = tomllib.load(file)["buttons"]
    return {name: button["note"] for name, button in buttons.items()} | TONN_TRACKS


def clip(name: str, note: int) -> mido.MidiFile:
    """One short note on channel 16 at the start."""
    track = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name=f"Tonn {name}"),
            mido.Message("note_on", channel=15, note=note, velocity=100),
            mido.Message("note_off", channel=15, note=note, velocity=0, time=TICKS_PER_BEAT // 4),
            mido.MetaMessage("end_of_track", time=BEATS * TICKS_PER_BEAT - TICKS_PER_BEAT // 4),
        ]
    )
    return mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[track])


def write(folder: Path) -> None:
    """A file for each clip, numbered in the order of the job."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, note) in enumerate(notes().items(), 1):
        clip(name, note).save(folder / f"{number:02} Tonn {name}.mid")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say where the clips shall go: make_clips.py FOLDER")
    write(Path(sys.argv[1]))
