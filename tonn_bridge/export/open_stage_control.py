"""A session for Open Stage Control: a JSON file with one tree of widgets.

Its documentation names the widgets' properties; what is not written here has their defaults. A property's text may hold
formulas in braces (`JS{…}`, `OSC{…}`), so braces in a track's name are written as brackets. Places and sizes are
percentages, so that the layout fills whatever window it is shown in.
"""

import json
from collections.abc import Iterable
from typing import Any

from tonn_bridge.export.layout import HEIGHT, TABS, WIDTH, Kind, Layout, Page, Widget

PER_PAGE = 16
"""Strips on a page: a window on a desktop has room for these."""

_VERSION = "1.30.0"
"""Files of this version are taken as they are by it and by later ones."""
_ALIVE_MS = 1000
_BRACES = str.maketrans("{}", "()")

Object = dict[str, Any]


def write(layout: Layout) -> bytes:
    """The file."""
    session = {
        "createdWith": "Open Stage Control",
        "version": _VERSION,
        "type": "session",
        "content": _root(layout),
    }
    return (json.dumps(session, indent=2, ensure_ascii=False) + "\n").encode()


def _root(layout: Layout) -> Object:
    target = str(layout.panel.target)
    return {
        "type": "root",
        "id": "root",
        "colorBg": "#16181c",
        "scroll": False,
        "onCreate": _greeting(layout, target),
        "widgets": [*_widgets(layout.widgets, HEIGHT, target), _pages(layout, target)],
    }


def _greeting(layout: Layout, target: str) -> str:
    """Says hello when the layout is there, and then that it still is."""
    hello, alive = layout.panel.at("hello"), layout.panel.at("alive")
    greet = [] if hello is None else [f"send('{target}', '{hello}', 1)"]
    stay = [] if alive is None else [f"setInterval(function() {{ send('{target}', '{alive}', 1) }}, {_ALIVE_MS})"]
    return "\n".join([*greet, *stay])


def _pages(layout: Layout, target: str) -> Object:
    paged = layout.paged
    panel: Object = {
        "type": "panel",
        "id": "pages",
        "left": 0,
        "top": _percent(paged.y, HEIGHT),
        "width": "100%",
        "height": _percent(paged.h, HEIGHT),
        "alphaStroke": 0,
        "scroll": False,
    }
    if len(layout.pages) == 1:
        return panel | {"widgets": _widgets(layout.pages[0].widgets, paged.h, target)}
    return panel | {"tabs": [_tab(page, number, paged.h, target) for number, page in enumerate(layout.pages, start=1)]}


def _tab(page: Page, number: int, height: int, target: str) -> Object:
    widgets = _widgets(page.widgets, height - TABS, target)
    return {"type": "tab", "id": f"page_{number}", "label": page.title, "scroll": False, "widgets": widgets}


def _widgets(widgets: Iterable[Widget], height: int, target: str) -> list[Object]:
    return [_widget(widget, height, target) for widget in widgets]


def _widget(widget: Widget, height: int, target: str) -> Object:
    drawn: Object = {
        "type": "",
        "id": widget.name,
        "left": _percent(widget.box.x, WIDTH),
        "top": _percent(widget.box.y, height),
        "width": _percent(widget.box.w, WIDTH),
        "height": _percent(widget.box.h, height),
        "colorWidget": widget.colour,
    }
    if widget.address is not None:
        drawn |= {"address": widget.address, "preArgs": "", "target": target, "ignoreDefaults": True}
    return drawn | _own(widget, target)


def _own(widget: Widget, target: str) -> Object:
    """What only widgets of its kind have."""
    match widget.kind:
        case Kind.FADER:
            return {"type": "fader", "design": "compact", "horizontal": widget.level, **_held(widget, target)}
        case Kind.KNOB:
            return {"type": "knob", "origin": 0.5, **_held(widget, target)}
        case Kind.GHOST:
            seen = f"#{{OSC{{{widget.address}, -1}} >= 0}}"
            return {"type": "fader", "design": "compact", "alphaFillOn": 0, "visible": seen, **_SHOWN}
        case Kind.BAR:
            return {"type": "fader", "design": "compact", "horizontal": True, **_SHOWN}
        case Kind.BUTTON:
            return {"type": "button", "mode": "push", "on": 1, "off": 0, "typeTags": "f", "label": widget.text}
        case Kind.LAMP:
            return {"type": "led", "range": {"min": 0, "max": 1}, "bypass": True}
        case Kind.LABEL:
            return {"type": "text", "default": widget.text.translate(_BRACES), "bypass": True}


_POSITION: Object = {"range": {"min": 0, "max": 1}, "decimals": 5, "typeTags": "f"}
_SHOWN: Object = {**_POSITION, "interaction": False, "bypass": True}


def _held(widget: Widget, target: str) -> Object:
    """What a finger moves, from where it stands: it tells its position, and the finger."""
    if widget.touch is None:
        return _POSITION
    told = f"send('{target}', '{widget.touch}', {{type: 'f', value: event.type == 'start' ? 1 : 0}})"
    return {**_POSITION, "onTouch": f"if (event.type == 'start' || event.type == 'stop') {told}"}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f}%"
