"""The notes of a Mackie Control's buttons and lamps. Source: the map on which TouchMCU, REAPER and Ardour agree."""

from tonn_bridge.errors import RangeError

_ON_STRIPS = {"rec": 0, "solo": 8, "mute": 16, "select": 24, "vpot": 32}
_ROWS = {
    40: "track send pan plugin eq instrument",
    46: "bank_left bank_right channel_left channel_right",
    50: "flip global_view name_value smpte_beats",
    54: "f1 f2 f3 f4 f5 f6 f7 f8",
    62: "midi_tracks inputs audio_tracks audio_instruments aux busses outputs user",
    70: "shift option control alt",
    74: "read write trim touch latch group",
    80: "save undo cancel enter",
    84: "marker nudge cycle drop replace click global_solo",
    91: "rewind fast_forward stop play record",
    96: "cursor_up cursor_down cursor_left cursor_right",
    100: "zoom scrub user_a user_b",
    113: "smpte beats rude_solo",  # lamps without a button, as the next
    118: "relay_click",
}

NOTES: dict[tuple[str, int | None], int] = {
    **{(name, strip): first + strip for name, first in _ON_STRIPS.items() for strip in range(8)},
    **{(name, None): first + place for first, row in _ROWS.items() for place, name in enumerate(row.split())},
}
"""A button's name, and its strip where it stands on one, to its note."""

BUTTON_AT = {note: button for button, note in NOTES.items()}

STRIP_BUTTONS = frozenset(_ON_STRIPS)
"""The buttons that stand on every strip."""
BUTTONS = frozenset(name for name, _ in NOTES)

FIRST_TOUCH = 104
"""The note of a hand on the first strip's fader; the master's comes behind the eighth."""


def note_of(button: str, strip: int | None) -> int:
    """The note of a button and of its lamp.

    Raises:
        RangeError: no such button, or none of that name on that strip.
    """
    note = NOTES.get((button, strip))
    if note is not None:
        return note
    if button in STRIP_BUTTONS:
        raise RangeError(f'strip of the button "{button}"', strip, "0..7")
    raise RangeError("button", button, "those of a Mackie Control" if button not in BUTTONS else "those on a strip")
