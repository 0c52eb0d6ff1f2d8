"""A layout for TouchOSC (the present one, "mk2"): a `.tosc` file, which is XML compressed by zlib.

Hexler publishes no description of the file. What is written here follows what is publicly known of files that their
editor has saved: `<lexml>` with one tree of nodes, each with typed properties, values and messages. Version 3 is the
oldest that is known, so that every TouchOSC can read it. The scripts use what the manual documents. Where the two ends
of the connection are is no part of a layout: TouchOSC keeps that for itself, under Connections.
"""

import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tonn_bridge.export.layout import HEIGHT, TABS, WIDTH, Box, Kind, Layout, Page, Widget
from tonn_bridge.export.panel import Panel

PER_PAGE = 8
"""Strips on a page: a tablet has room for these."""

_VERSION = 3
_EVERY_CONNECTION = "11111"
_MOMENTARY, _RELATIVE, _EAST = 0, 1, 1
_SMALL, _NORMAL = 11, 15

Colour = tuple[float, float, float, float]
Property = bool | int | float | str | Box | Colour


def write(layout: Layout) -> bytes:
    """The file."""
    return zlib.compress(_document(layout).encode())


# --- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Osc:
    """One message of a node: `value` of the node at `address`, as `conversion`."""

    address: str
    value: str
    conversion: str
    send: bool = False
    receive: bool = False


@dataclass(frozen=True, slots=True)
class _Node:
    """A control. `values` are those that it starts with."""

    type: str
    name: str
    properties: Mapping[str, Property]
    values: Mapping[str, str]
    messages: Sequence[_Osc] = ()
    children: Sequence["_Node"] = field(default=())


def _document(layout: Layout) -> str:
    properties: dict[str, Property] = {**_ground(Box(0, 0, WIDTH, HEIGHT)), "script": _script(layout)}
    children = [*_nodes(layout.widgets), _pager(layout)]
    root = _Node("GROUP", _writable(layout.panel.title), properties, {"touch": "false"}, children=children)
    return f"<?xml version='1.0' encoding='UTF-8'?><lexml version='{_VERSION}'>{_xml(root, '')}</lexml>"


def _pager(layout: Layout) -> _Node:
    tabs = len(layout.pages) > 1
    properties = {**_ground(layout.paged), "interactive": True, "tabbar": tabs, "tabbarSize": TABS, "tabLabels": True}
    room = Box(0, TABS if tabs else 0, layout.paged.w, layout.paged.h - (TABS if tabs else 0))
    pages = [_page(page, number, room) for number, page in enumerate(layout.pages, start=1)]
    return _Node("PAGER", "pages", properties, {"page": "0", "touch": "false"}, children=pages)


def _page(page: Page, number: int, room: Box) -> _Node:
    properties = {**_ground(room), "tabLabel": page.title}
    return _Node("GROUP", f"page_{number}", properties, {"touch": "false"}, children=list(_nodes(page.widgets)))


def _ground(box: Box) -> dict[str, Property]:
    """What everything that holds others looks like."""
    return {"frame": box, "color": _colour("#16181c"), "interactive": False, "outline": False}


def _nodes(widgets: Iterable[Widget]) -> Iterable[_Node]:
    return (node for widget in widgets for node in _drawn(widget))


def _drawn(widget: Widget) -> list[_Node]:
    """The controls that make up a widget: a button is one with a label above it."""
    look: dict[str, Property] = {"frame": widget.box, "color": _colour(widget.colour)}
    match widget.kind:
        case Kind.FADER | Kind.KNOB:
            return [_held(widget, look)]
        case Kind.GHOST | Kind.BAR:
            return [_shown(widget, look)]
        case Kind.BUTTON:
            press = _Osc(widget.address or "", "x", "FLOAT", send=True)
            button = {**look, "buttonType": _MOMENTARY}
            caption = Widget(Kind.LABEL, f"caption_{widget.name}", widget.box, text=widget.text, small=True)
            return [_Node("BUTTON", widget.name, button, {"x": "0", "touch": "false"}, [press]), *_drawn(caption)]
        case Kind.LAMP:
            lit = _Osc(widget.address or "", "x", "FLOAT", receive=True)
            return [_Node("BUTTON", widget.name, {**look, "interactive": False}, {"x": "0", "touch": "false"}, [lit])]
        case Kind.LABEL:
            return [_label(widget, look)]


def _held(widget: Widget, look: Mapping[str, Property]) -> _Node:
    """What a finger moves: it tells its position and the finger, and is told its position. Moving is relative, so that
    a finger laid on a fader does not make it jump."""
    position = _Osc(widget.address or "", "x", "FLOAT", send=True, receive=True)
    touch = [] if widget.touch is None else [_Osc(widget.touch, "touch", "FLOAT", send=True)]
    properties: dict[str, Property] = {**look, "response": _RELATIVE, "grid": False}
    if widget.level:
        properties["orientation"] = _EAST
    type_ = "FADER"
    if widget.kind is Kind.KNOB:
        type_, properties["centered"] = "RADIAL", True
    return _Node(type_, widget.name, properties, {"x": "0", "touch": "false"}, [position, *touch])


def _shown(widget: Widget, look: Mapping[str, Property]) -> _Node:
    """A fader that no finger moves: a cursor only for a ghost, the bar only for a bar."""
    ghost = widget.kind is Kind.GHOST
    properties: dict[str, Property] = {
        **look,
        "interactive": False,
        "grid": False,
        "cursor": ghost,
        "bar": not ghost,
        "background": not ghost,
        "outline": not ghost,
        "visible": not ghost,
    }
    if not ghost:
        properties["orientation"] = _EAST
    told = _Osc(widget.address or "", "x", "FLOAT", receive=True)
    return _Node("FADER", widget.name, properties, {"x": "0", "touch": "false"}, [told])


def _label(widget: Widget, look: Mapping[str, Property]) -> _Node:
    caption = widget.address is None
    properties: dict[str, Property] = {
        **look,
        "interactive": False,
        "background": not caption,
        "outline": False,
        "textSize": _SMALL if widget.small else _NORMAL,
        "textColor": _colour("#ffffff"),
        "textClip": True,
    }
    told = [] if widget.address is None else [_Osc(widget.address, "text", "STRING", receive=True)]
    return _Node("LABEL", widget.name, properties, {"text": widget.text, "touch": "false"}, told)


# --- the script -------------------------------------------------------------------------------------------------------


def _script(layout: Layout) -> str:
    """Lua for the root, which is asked first about every message: it answers pings, the first with a hello (sent at the
    very start it could get lost while the network comes up), and hides the ghosts of what is not proposed."""
    panel, ghosts = layout.panel, [w for w in layout.all_widgets() if w.kind is Kind.GHOST]
    lines = [
        "local greeted = false",
        "local ghosts = {",
        *(f"  ['{ghost.address}'] = '{ghost.name}'," for ghost in ghosts),
        "}",
        "function onReceiveOSC(message)",
        *_answers(panel),
        "  local ghost = ghosts[message[1]]",
        "  if ghost then",
        "    self:findByName(ghost, true).visible = message[2][1].value >= 0",
        "  end",
        "end",
    ]
    return "\n".join(lines)


def _answers(panel: Panel) -> list[str]:
    ping, hello, alive = panel.at("ping"), panel.at("hello"), panel.at("alive")
    if ping is None or hello is None:
        return []
    again = "nil" if alive is None else f"'{alive}'"
    return [
        f"  if message[1] == '{ping}' then",
        f"    local answer = {again}",
        f"    if not greeted then answer = '{hello}' end",
        "    greeted = true",
        "    if answer then sendOSC(answer, 1) end",
        "  end",
    ]


# --- as text ----------------------------------------------------------------------------------------------------------


def _xml(node: _Node, above: str) -> str:
    """`above`: the names of the nodes around it. Ids follow from names, so that one session makes one file."""
    path = f"{above}/{node.name}"
    named: dict[str, Property] = {"name": node.name, **node.properties}
    parts = [
        f"<node ID='{uuid.uuid5(uuid.NAMESPACE_URL, path)}' type='{node.type}'>",
        f"<properties>{''.join(_property(key, named[key]) for key in sorted(named))}</properties>",
        f"<values>{''.join(_value(key, default) for key, default in node.values.items())}</values>",
    ]
    if node.messages:
        parts.append(f"<messages>{''.join(_message(message) for message in node.messages)}</messages>")
    if node.children:
        parts.append(f"<children>{''.join(_xml(child, path) for child in node.children)}</children>")
    return "".join([*parts, "</node>"])


def _property(key: str, value: Property) -> str:
    match value:
        case bool():
            kind, text = "b", str(int(value))
        case int():
            kind, text = "i", str(value)
        case float():
            kind, text = "f", f"{value:g}"
        case str():
            kind, text = "s", _quoted(value)
        case Box(x, y, w, h):
            kind, text = "r", f"<x>{x}</x><y>{y}</y><w>{w}</w><h>{h}</h>"
        case (red, green, blue, alpha):
            kind, text = "c", f"<r>{red:g}</r><g>{green:g}</g><b>{blue:g}</b><a>{alpha:g}</a>"
    return f"<property type='{kind}'><key>{_quoted(key)}</key><value>{text}</value></property>"


def _value(key: str, default: str) -> str:
    return (
        f"<value><key>{_quoted(key)}</key><locked>0</locked><lockedDefaultCurrent>0</lockedDefaultCurrent>"
        f"<default>{_quoted(default)}</default><defaultPull>0</defaultPull></value>"
    )


def _message(osc: _Osc) -> str:
    trigger = f"<triggers><trigger><var>{_quoted(osc.value)}</var><condition>ANY</condition></trigger></triggers>"
    return (
        f"<osc><enabled>1</enabled><send>{int(osc.send)}</send><receive>{int(osc.receive)}</receive>"
        f"<feedback>0</feedback><connections>{_EVERY_CONNECTION}</connections>{trigger if osc.send else ''}"
        f"<path>{_partial('CONSTANT', 'STRING', osc.address)}</path>"
        f"<arguments>{_partial('VALUE', osc.conversion, osc.value)}</arguments></osc>"
    )


def _partial(kind: str, conversion: str, value: str) -> str:
    return (
        f"<partial><type>{kind}</type><conversion>{conversion}</conversion><value>{_quoted(value)}</value>"
        "<scaleMin>0</scaleMin><scaleMax>1</scaleMax></partial>"
    )


def _quoted(text: str) -> str:
    """`text` as it stands; a CDATA section ends at `]]>`, so one inside is parted."""
    return f"<![CDATA[{_writable(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _writable(text: str) -> str:
    """`text` without the characters that XML has no way to write."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _colour(rgb: str) -> Colour:
    red, green, blue = (round(int(rgb[place : place + 2], 16) / 255, 3) for place in (1, 3, 5))
    return red, green, blue, 1.0
