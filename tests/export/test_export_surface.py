"""A surface made from nothing but its exported layout, and the bridge's side of it, over real UDP."""

import asyncio
import socket

import pytest

from tests.export.layout_files import LayoutOnScreen, read_back
from tonn_bridge.export import FORMATS
from tonn_bridge.mapping import load_surface
from tonn_bridge.ports import UdpPort
from tonn_bridge.protocols.surface import (
    MASTER,
    Answer,
    Awake,
    ButtonPressed,
    CellText,
    FaderMoved,
    FaderSet,
    FaderTouched,
    GhostSet,
    KnobMoved,
    Lamp,
    LampSet,
    ProgressSet,
    QuestionText,
    RingMode,
    RingSet,
    StateText,
)


class Bridge:
    """The bridge's end of one surface: what it says, in order, and a way to tell it something."""

    def __init__(self, mapping, remote):
        self.language = mapping.language()
        self.heard = asyncio.Queue()
        self._remote = remote

    def take(self, batch):
        for datagram, _ in batch:
            for event in self.language.read(datagram):
                self.heard.put_nowait(event)

    def tell(self, *everything):
        for told in everything:
            for message in self.language.write(told):
                self.port.send(message, self._remote)

    async def hears(self):
        async with asyncio.timeout(5):
            return await self.heard.get()


def free_ports(count):
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(params=sorted(FORMATS))
async def ends(request, session):
    """Both ends of a nine-track surface, its addresses out of the file alone."""
    send, listen = free_ports(2)
    table = {"mapping": request.param, "send": f"127.0.0.1:{send}", "listen": f"127.0.0.1:{listen}"}
    layout = read_back(request.param, FORMATS[request.param].make(session(9, surface=[table])).data)
    to, at = (where.rpartition(":") for where in layout.texts["caption_where"].split(" < > "))
    bridge = Bridge(load_surface(request.param).fitted(9), ("127.0.0.1", send))
    async with UdpPort.open(("127.0.0.1", listen), bridge.take, name="surface") as bridge.port:
        loop = asyncio.get_running_loop()
        transport, screen = await loop.create_datagram_endpoint(
            lambda: LayoutOnScreen(layout, (to[0], int(to[2]))), local_addr=(at[0], int(at[2]))
        )
        yield screen, bridge
        transport.close()


@pytest.mark.parametrize(
    ("widget", "nth", "value", "event"),
    [
        ("fader_9", 0, 0.5, FaderMoved(8, 0.5)),
        ("knob_1", 0, 1.0, KnobMoved(0, 1.0)),
        ("master", 0, 0.25, FaderMoved(MASTER, 0.25)),
        ("button_preview", 0, 1.0, ButtonPressed("preview", True)),
        ("confirm", 0, 1.0, ButtonPressed("confirm", True)),
        ("button_select_9", 0, 0.0, ButtonPressed("select", False, 8)),
        ("hello", 0, 1.0, Awake()),
    ],
)
async def test_a_finger_on_the_layout_is_heard(ends, widget, nth, value, event):
    screen, bridge = ends
    screen.say(widget, value, nth)
    assert await bridge.hears() == event


async def test_what_the_bridge_tells_is_on_the_screen_and_nothing_of_it_is_lost(ends):
    screen, bridge = ends
    bridge.tell(
        FaderSet(8, 0.75),
        GhostSet(8, 0.5),
        GhostSet(7, None),
        CellText(8, 0, "Lead"),
        CellText(8, 1, "-11.8"),
        LampSet("apply", Lamp.ON),
        LampSet("select", Lamp.ON, 8),
        StateText("mixing"),
        ProgressSet(0.5),
        QuestionText("Final mix?", 30.0),
    )
    await screen.shows(
        fader_9=0.75,
        ghost_9=0.5,
        ghost_8=-1.0,
        name_9="Lead",
        value_9="-11.8",
        lamp_apply=1.0,
        lamp_select_9=1.0,
        state="mixing",
        progress=0.5,
        question="Final mix?",
        question_left="30 s",
    )
    assert screen.strangers == []


async def test_touch_is_told_by_the_address_behind_the_fader(ends):
    screen, bridge = ends
    touch = "/surface/strip/2/fader/z"
    (name,) = screen.layout.sends[touch]
    own = [address for address, names in screen.layout.sends.items() if name in names]
    screen.say(name, 1.0, own.index(touch))
    assert await bridge.hears() == FaderTouched(1, True)


async def test_a_knob_under_a_finger_is_turned_when_the_finger_goes(ends):
    screen, bridge = ends
    touch = "/surface/strip/2/knob/z"
    (name,) = screen.layout.sends[touch]
    nth = [address for address, names in screen.layout.sends.items() if name in names].index(touch)
    screen.say(name, 1.0, nth)
    screen.say("knob_2", 0.5)
    assert await bridge.hears() == KnobMoved(1, 0.5)
    bridge.tell(RingSet(1, RingMode.DOT, 0.25), RingSet(2, RingMode.DOT, 0.75))
    await screen.shows(knob_3=0.75)
    assert "knob_2" not in screen.shown
    screen.say(name, 0.0, nth)
    answer = await bridge.hears()
    assert isinstance(answer, Answer)
    for message in answer.messages:
        bridge.port.send(message, bridge._remote)
    await screen.shows(knob_2=0.25)


async def test_every_ping_moves_the_heartbeat(ends):
    screen, bridge = ends
    for value in (1.0, 0.0):
        for message in bridge.language.keep_alive():
            bridge.port.send(message, bridge._remote)
        await screen.shows(ping=value)
