"""A session file written for people: every table there is, each with its comment."""

import json
from collections.abc import Sequence
from pathlib import Path

from tonn_bridge.session.guess import Guess
from tonn_bridge.tonn.wire import MusicalStyle

FILE_NAME = "session.toml"

_HEAD = """\
# A session of tonn-bridge, written by `tonn-bridge init`.
# Check the groups below, then: tonn-bridge doctor, tonn-bridge run

[mix]
name = {name}
style = {style:<23}# {styles}
sample_rate = {sample_rate:<17}# of the final mix: 44100, 48000, 88200 or 96000
return_stems = false           # true: the mixed stems come down as well
output = "mixes"               # previews and finals land in this folder; nothing is overwritten
gain_mode = "absolute"         # "absolute": the stems were rendered with all faders at 0 dB
                               # "relative": they were rendered through the faders

[tonn]
url = "sandbox"                # offline and free; "https://tonn.roexaudio.com" is the real service (needs a key)

[tonn.spend]                   # on the real service these may cost credits: "ask" or "allow"
# fx_settings = "ask"
# final = "ask"

[daw]
mapping = {daw:<21}# see: tonn-bridge mappings list
# send = "127.0.0.1:8000"      # the DAW's OSC input; left out: the mapping's own
# listen = "127.0.0.1:9000"    # where the DAW sends its feedback

[control]
osc = "127.0.0.1:9123"         # buttons and scripts: /tonn/preview, /tonn/apply, ...
http = "127.0.0.1:8765"        # the dashboard

# The stems, 2 to 32. group: what it is; presence: NORMAL, LEAD or BACKGROUND;
# pan: NO_PREFERENCE, LEFT, CENTRE or RIGHT; reverb: NONE, LOW, MEDIUM or HIGH.
# daw = the track's number or name in the DAW; left out: the same place, then the same name.
"""

_TRACK = """
[[track]]
name = {name}
file = {file}
group = {group}{why}
presence = {presence}
pan = {pan}
reverb = {reverb}
{daw}"""


def write_session(
    folder: Path,
    guesses: Sequence[Guess],
    *,
    name: str,
    style: MusicalStyle = MusicalStyle.OTHER,
    sample_rate: int = 44100,
    daw: str = "reaper",
    force: bool = False,
) -> Path:
    """Write `session.toml` in `folder` for these tracks, their stems relative to it where they lie below; its path.

    Raises:
        FileExistsError: there is one already, and `force` is not set.
        OSError: it cannot be written.
    """
    path = folder / FILE_NAME
    text = session_text(folder, guesses, name=name, style=style, sample_rate=sample_rate, daw=daw)
    with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def session_text(
    folder: Path, guesses: Sequence[Guess], *, name: str, style: MusicalStyle, sample_rate: int, daw: str
) -> str:
    """The TOML of a session file in `folder`."""
    head = _HEAD.format(
        name=_quoted(name),
        style=_quoted(style),
        styles=", ".join(MusicalStyle),
        sample_rate=sample_rate,
        daw=_quoted(daw),
    )
    return head + "".join(_track(folder, guess) for guess in guesses)


def _track(folder: Path, guess: Guess) -> str:
    """The table of a track; one whose stem is missing is a comment, which its `#` being taken away makes a table."""
    near = guess.file.is_relative_to(folder)
    text = _TRACK.format(
        name=_quoted(guess.name),
        file=_quoted((guess.file.relative_to(folder) if near else guess.file.absolute()).as_posix()),
        group=_quoted(guess.group),
        why=f"  # {_one_line(guess.why)}" if guess.why else "",
        presence=_quoted(guess.presence),
        pan=_quoted(guess.pan),
        reverb=_quoted(guess.reverb),
        daw="" if guess.daw is None else f"daw = {guess.daw if isinstance(guess.daw, int) else _quoted(guess.daw)}\n",
    )
    if not guess.missing:
        return text
    lines = [f"{_one_line(guess.missing)}; then take these # away:", *text.strip().splitlines()]
    return "\n" + "".join(f"# {line}\n" for line in lines)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
