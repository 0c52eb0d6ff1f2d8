"""Where everything stands on a surface's screen, for whichever program draws it.

From top to bottom: the state, its progress and the two lines for everybody, the question with its two answers; the
buttons; the blend of the two mixes; then the strips, in pages where one screen has no room for all.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tonn_bridge.export.panel import NEUTRAL, Panel

WIDTH, HEIGHT = 1024, 768
TABS = 40
"""Height of the row in which pages are chosen."""

ACCENT = "#4aa3df"
YES, NO = "#3fa65a", "#c24d48"
GHOST = "#f2f2f2"

_CAPTIONS = {
    "name_value": "VALUE",
    "compressor": "COMP",
    "bank_left": "<",
    "bank_right": ">",
}
_ANSWERS = ("confirm", "cancel")
_EDGE = 8


class Kind(Enum):
    """What can stand on a screen."""

    FADER = "fader"
    GHOST = "ghost"
    """A mark that moves along a fader, and is gone at -1."""
    BAR = "bar"
    """Fills from left to right."""
    KNOB = "knob"
    BUTTON = "button"
    LAMP = "lamp"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the screen, or on its page."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Widget:
    """One thing on the screen. `name` is its own; without an address it is told nothing and says nothing.

    `touch` is where it tells of a finger on it. `text` is a button's caption, and what a label shows at first.
    """

    kind: Kind
    name: str
    box: Box
    address: str | None = None
    touch: str | None = None
    text: str = ""
    colour: str = NEUTRAL
    small: bool = False
    level: bool = False
    """A fader that lies: its top is on the right."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the strips; its widgets' boxes count from its own corner."""

    title: str
    widgets: tuple[Widget, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole screen. `widgets` are always seen; `pages` share the box `paged`, with tabs where there are several."""

    panel: Panel
    widgets: tuple[Widget, ...]
    paged: Box
    pages: tuple[Page, ...]

    def all_widgets(self) -> Iterator[Widget]:
        yield from self.widgets
        for page in self.pages:
            yield from page.widgets


def lay_out(panel: Panel, per_page: int) -> Layout:
    """The screen for `panel`, with at most `per_page` strips on a page."""
    count = math.ceil(panel.strips / per_page)
    paged = Box(0, 236, WIDTH, HEIGHT - 236)
    height = paged.h - (TABS if count > 1 else 0)
    each = math.ceil(panel.strips / count)
    pages = []
    for first in range(0, panel.strips, each):
        strips = range(first, min(first + each, panel.strips))
        widgets = [widget for strip in strips for widget in _strip(panel, strip, strip - first, each, height)]
        pages.append(Page(f"{strips[0] + 1} - {strips[-1] + 1}", tuple(_known(widgets))))
    top = [*_status(panel), *_question(panel), *_buttons(panel), *_morph(panel)]
    return Layout(panel, tuple(_known(top)), paged, tuple(pages))


def _known(widgets: list[Widget]) -> Iterator[Widget]:
    """Those that stand for something: captions, and what has an address in the mapping file."""
    return (widget for widget in widgets if widget.address is not None or widget.name.startswith("caption"))


# --- above the strips -------------------------------------------------------------------------------------------------


def _status(panel: Panel) -> list[Widget]:
    where = f"{panel.listen} < > {panel.send}"
    return [
        Widget(Kind.LABEL, "state", Box(8, 8, 120, 32), panel.at("state"), colour=ACCENT),
        Widget(Kind.LABEL, "digits", Box(132, 8, 48, 32), panel.at("digits"), colour=ACCENT),
        Widget(Kind.BAR, "progress", Box(184, 8, 440, 32), panel.at("progress"), colour=ACCENT),
        Widget(Kind.LABEL, "caption_where", Box(632, 8, 248, 32), text=where, small=True),
        Widget(Kind.LAMP, "ping", Box(888, 16, 16, 16), panel.at("ping"), colour=YES),
        Widget(Kind.BUTTON, "hello", Box(912, 8, 104, 32), panel.at("hello"), text="SYNC"),
        *(
            Widget(Kind.LABEL, f"banner_{row + 1}", Box(8, 48 + 34 * row, 616, 32), panel.at("banner", row=row))
            for row in range(2)
        ),
    ]


def _question(panel: Panel) -> list[Widget]:
    yes, no = (panel.at("button", button=name) for name in _ANSWERS)
    lit, dark = (panel.at("lamp", button=name) for name in _ANSWERS)
    return [
        Widget(Kind.LABEL, "question", Box(632, 48, 312, 32), panel.at("question"), colour=YES),
        Widget(Kind.LABEL, "question_left", Box(948, 48, 68, 32), panel.at("question_left"), colour=YES),
        Widget(Kind.BUTTON, "confirm", Box(632, 90, 188, 36), yes, text="YES", colour=YES),
        Widget(Kind.LAMP, "lamp_confirm", Box(632, 82, 188, 6), lit, colour=YES),
        Widget(Kind.BUTTON, "cancel", Box(828, 90, 188, 36), no, text="NO / CANCEL", colour=NO),
        Widget(Kind.LAMP, "lamp_cancel", Box(828, 82, 188, 6), dark, colour=NO),
    ]


def _buttons(panel: Panel) -> list[Widget]:
    names = [name for name in panel.buttons if panel.at("button", button=name) and name not in _ANSWERS]
    width = (WIDTH - 2 * _EDGE) // max(len(names), 1)
    widgets = []
    for place, name in enumerate(names):
        x, address, lamp = _EDGE + place * width, panel.at("button", button=name), panel.at("lamp", button=name)
        box = Box(x + 2, 142, width - 4, 42)
        widgets.append(Widget(Kind.BUTTON, f"button_{name}", box, address, text=_caption(name), colour=ACCENT))
        widgets.append(Widget(Kind.LAMP, f"lamp_{name}", Box(x + 2, 134, width - 4, 6), lamp, colour=ACCENT))
    return widgets


def _caption(name: str) -> str:
    return _CAPTIONS.get(name, name.replace("_", " ").upper())


def _morph(panel: Panel) -> list[Widget]:
    fader, touch = panel.at("master"), panel.at("master_touch")
    if fader is None:
        return []
    return [
        Widget(Kind.LABEL, "caption_yours", Box(8, 190, 96, 40), text="your mix", small=True),
        Widget(Kind.FADER, "master", Box(108, 190, 808, 40), fader, touch, colour=ACCENT, level=True),
        Widget(Kind.LABEL, "caption_tonns", Box(920, 190, 96, 40), text="Tonn's mix", small=True),
    ]


# --- a strip ----------------------------------------------------------------------------------------------------------


def _strip(panel: Panel, strip: int, column: int, of: int, height: int) -> list[Widget]:
    """The strip's widgets from top to bottom, in `column` (from 0) of `of` on a page of this height."""
    width = (WIDTH - 2 * _EDGE) // of
    x, w = _EDGE + column * width + 2, width - 4
    track = panel.tracks[strip] if strip < len(panel.tracks) else None
    colour, n = NEUTRAL if track is None else track.colour, strip + 1
    knob = min(w, 72)
    names = [name for name in panel.buttons if panel.at("strip_button", strip=strip, button=name)]
    below = height - (56 if names else 4)
    text = [panel.at("text", strip=strip, row=row) for row in range(2)]
    return [
        Widget(Kind.LABEL, f"name_{n}", Box(x, 4, w, 28), text[0], text=track.name if track else "", colour=colour),
        Widget(Kind.LABEL, f"value_{n}", Box(x, 34, w, 26), text[1]),
        Widget(
            Kind.KNOB,
            f"knob_{n}",
            Box(x + (w - knob) // 2, 64, knob, knob),
            panel.at("knob", strip=strip),
            panel.at("knob_touch", strip=strip),
            colour=colour,
        ),
        Widget(
            Kind.FADER,
            f"fader_{n}",
            Box(x, 72 + knob, w - 14, below - 76 - knob),
            panel.at("fader", strip=strip),
            panel.at("touch", strip=strip),
            colour=colour,
        ),
        Widget(
            Kind.GHOST,
            f"ghost_{n}",
            Box(x + w - 12, 72 + knob, 12, below - 76 - knob),
            panel.at("ghost", strip=strip),
            colour=GHOST,
        ),
        *(
            widget
            for place, name in enumerate(names)
            for widget in _strip_button(
                panel, strip, name, Box(x + place * (w // len(names)), below, w // len(names), 48)
            )
        ),
    ]


def _strip_button(panel: Panel, strip: int, name: str, box: Box) -> list[Widget]:
    lamp, button = (panel.at(key, strip=strip, button=name) for key in ("strip_lamp", "strip_button"))
    above, below = Box(box.x, box.y, box.w - 2, 6), Box(box.x, box.y + 8, box.w - 2, box.h - 8)
    return [
        Widget(Kind.LAMP, f"lamp_{name}_{strip + 1}", above, lamp, colour=ACCENT),
        Widget(Kind.BUTTON, f"button_{name}_{strip + 1}", below, button, text=_caption(name)),
    ]
