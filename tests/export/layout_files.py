"""Exported layouts read back as the programs would read them, and surfaces made from nothing but the file.

TouchOSC: zlib, XML, one `<osc>` per message of a node, with flags for sending and receiving. Open Stage Control: JSON,
an address per widget; scripts send what no widget does.
"""

import asyncio
import json
import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

_IN_SCRIPTS = re.compile(r"/surface[\w/.-]*")
_SENT_BY_SCRIPTS = re.compile(r"(?:answer = |send\('[^']*', |sendOSC\()'(/[\w/.-]*)'")


@dataclass
class ReadBack:
    """What a layout says and hears, each address with the names of its widgets; `texts` by widget's name."""

    sends: dict[str, list[str]] = field(default_factory=dict)
    hears: dict[str, list[str]] = field(default_factory=dict)
    scripts: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    targets: set[str] = field(default_factory=set)
    pages: list[str] = field(default_factory=list)

    @property
    def in_scripts(self) -> set[str]:
        return set(_IN_SCRIPTS.findall(self.scripts))

    def _say(self, name: str, address: str) -> None:
        self.sends.setdefault(address, []).append(name)

    def _hear(self, name: str, address: str) -> None:
        self.hears.setdefault(address, []).append(name)

    def done(self) -> "ReadBack":
        for address in _SENT_BY_SCRIPTS.findall(self.scripts):
            self._say("script", address)
        return self


def read_back(format: str, data: bytes) -> ReadBack:
    return _read_tosc(data) if format == "touchosc" else _read_open_stage_control(data)


def _read_tosc(data: bytes) -> ReadBack:
    read = ReadBack()
    for node in ET.fromstring(zlib.decompress(data)).iter("node"):
        properties = {one.findtext("key"): one.find("value") for one in node.findall("properties/property")}
        name = properties["name"].text
        read.names.append(name)
        if (script := properties.get("script")) is not None:
            read.scripts += script.text
        if (tab := properties.get("tabLabel")) is not None:
            read.pages.append(tab.text)
        read.colours[name] = "#" + "".join(f"{round(float(properties['color'].findtext(c)) * 255):02x}" for c in "rgb")
        for value in node.findall("values/value"):
            if value.findtext("key") == "text":
                read.texts[name] = value.findtext("default") or ""
        for osc in node.findall("messages/osc"):
            address = "".join(part.text or "" for part in osc.findall("path/partial/value"))
            if osc.findtext("send") == "1":
                read._say(name, address)
            if osc.findtext("receive") == "1":
                read._hear(name, address)
    return read.done()


def _read_open_stage_control(data: bytes) -> ReadBack:
    read = ReadBack()
    for widget in _widgets(json.loads(data)["content"]):
        name = widget["id"]
        read.names.append(name)
        read.scripts += "".join(f"{widget.get(key, '')}\n" for key in ("onCreate", "onTouch", "onValue"))
        read.colours[name] = widget.get("colorWidget", "")
        if widget["type"] == "tab":
            read.pages.append(widget["label"])
        if widget["type"] == "text":
            read.texts[name] = widget["default"]
        if "target" in widget:
            read.targets.add(widget["target"])
        if (address := widget.get("address")) is not None:
            if not widget.get("bypass"):
                read._say(name, address)
            if widget["type"] != "button":  # what lights a button has an address of its own
                read._hear(name, address)
    return read.done()


def _widgets(widget: dict) -> Iterator[dict]:
    yield widget
    for child in (*widget.get("widgets", ()), *widget.get("tabs", ())):
        yield from _widgets(child)


class LayoutOnScreen(asyncio.DatagramProtocol):
    """A program that shows a layout: what its widgets say goes to `target`, what they hear is kept in `shown`."""

    def __init__(self, layout: ReadBack, target: tuple[str, int]) -> None:
        self.layout = layout
        self.shown: dict[str, object] = {}
        self.strangers: list[str] = []
        self._target = target
        self._news = asyncio.Event()

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, _) -> None:
        for timed in OscPacket(data).messages:
            address, args = timed.message.address, timed.message.params
            if address not in self.layout.hears:
                self.strangers.append(address)
            for name in self.layout.hears.get(address, ()):
                (self.shown[name],) = args
        self._news.set()

    def say(self, name: str, value: float, nth: int = 0) -> None:
        """The widget's first (or nth) address that it sends from, with a float."""
        address = [address for address, names in self.layout.sends.items() if name in names][nth]
        message = OscMessageBuilder(address)
        message.add_arg(value, "f")
        self.transport.sendto(message.build().dgram, self._target)

    async def shows(self, **wanted: object) -> None:
        async with asyncio.timeout(5):
            while not all(self.shown.get(name) == value for name, value in wanted.items()):
                self._news.clear()
                await self._news.wait()
