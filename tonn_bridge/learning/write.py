"""What was learnt of a surface, as a mapping file for people."""

import json
from collections.abc import Sequence
from typing import Final

from tonn_bridge.learning.controls import Found, Press, Travel
from tonn_bridge.learning.lesson import QUESTIONS, STRIP_QUESTIONS, Learnt
from tonn_bridge.mapping.surface import Function
from tonn_bridge.mapping.surface.rows import Kind

_HEAD: Final = """\
# A control surface, written by `tonn-bridge learn`. mappings/README.md explains every key; after a change:
# tonn-bridge mappings check {file}

name = {name}
source = {source}
role = "surface"
protocol = "midi"
tried = "hardware"

[unit]
strips = {strips}
messages_per_s = 500
"""

_MOTORS: Final = """\
motors = "{motors}"{spaces}  # "on_release": positions are sent when the hand lets go; "at_once": each one
"""

_NO_MOTORS: Final = """\
motors = "none"
takeover = "pickup"  # how a fader takes hold of a value: "pickup" when it passes it, "scale", "jump", "relative"
"""

_MASTER: Final = """\
master = "morph"     # the master fader blends the user's mix with Tonn's; "none": it does nothing
"""

_DELTA: Final = """\
# delta_db = 12.0    # take away the first #, and faders are adjustments: 0 dB in the middle, 12 dB to either end
"""

_LAMPS: Final = """
[lamps.button]       # the number that follows the note or controller; some units have colours by it
off = 0
on = 127
"""


def mapping_text(learnt: Learnt, *, name: str, source: str, file: str) -> str:
    """The TOML of a mapping file called `file`, its controls in the order of the strips."""
    head = _HEAD.format(name=_quoted(name), source=_quoted(source), strips=max(1, learnt.strips), file=file)
    return head + "".join(
        (
            _unit(learnt),
            _dials("faders", "the faders of the strips, the left one first", learnt, learnt.faders),
            _dials("master", "the fader beside them", learnt, learnt.master),
            _knobs(learnt),
            *(_button(function, row, learnt) for function, row in learnt.buttons.items()),
            _LAMPS if learnt.lamps else "",
        )
    )


def _unit(learnt: Learnt) -> str:
    motors = "on_release" if learnt.touches else "at_once"
    moved = _MOTORS.format(motors=motors, spaces=" " * (10 - len(motors))) if learnt.motors else _NO_MOTORS
    return moved + (_MASTER if learnt.master else "") + _DELTA


def _dials(table: str, comment: str, learnt: Learnt, row: Sequence[Found]) -> str:
    """A table of faders or knobs with two ends; nothing for an empty row."""
    if not row:
        return ""
    first = 0 if table == "faders" else len(learnt.faders)
    touches = learnt.touches[first : first + len(row)] if table in ("faders", "master") else []
    return (
        f"\n[{table}]{' ' * (19 - len(table))}# {comment}\n"
        + _messages(row)
        + _steps(row)
        + (f"\n[{table}.touch]\n{_messages(touches)}" if touches else "")
    )


def _steps(row: Sequence[Found]) -> str:
    dials = [dial for dial in row if isinstance(dial, Travel)]
    text = "fine_first = true\n" if dials[0].fine_first else ""
    if dials[0].place.kind is not Kind.CC:
        text += f"steps = {max(dial.steps for dial in dials):<13}# how many positions one tells apart\n"
    return text


def _knobs(learnt: Learnt) -> str:
    if learnt.encoding is None:
        return _dials("knobs", "with two ends, the left one first", learnt, learnt.knobs)
    return (
        "\n[encoders]           # without ends, the left one first\n"
        + _messages(learnt.knobs)
        + f'relative = "{learnt.encoding}"  # how a turn is written\n'
    )


def _button(function: Function, row: Sequence[Found], learnt: Learnt) -> str:
    use = QUESTIONS.get(function) or STRIP_QUESTIONS[function]
    first = row[0]
    return (
        f"\n[buttons.{function}]{' ' * max(1, 11 - len(function))}# {use}\n"
        f'does = "{function}"\n'
        + _messages(row)
        + ("toggle = true        # each press sends one message, an on or an off by turns\n" if _toggles(first) else "")
        + ('lamp = "button"\n' if learnt.lamps else "")
    )


def _toggles(found: Found) -> bool:
    return isinstance(found, Press) and found.toggle


def _messages(row: Sequence[Found]) -> str:
    """The messages of a row, as `cc = [0, 1, 2]` and `channel = 1`."""
    kind = row[0].place.kind
    numbers = [found.place.number for found in row]
    channels = [found.place.channel + 1 for found in row]
    numbered = "pitch_bend = true" if kind is Kind.PITCH_BEND else f"{kind} = {_one_or_all(numbers)}"
    return f"{numbered}\nchannel = {_one_or_all(channels)}\n"


def _one_or_all(values: Sequence[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else str(list(values))


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
