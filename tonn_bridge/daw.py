"""The session's DAW: over OSC where it speaks that, else over MIDI, where it takes us for a control surface."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from tonn_bridge import places
from tonn_bridge.clock import Clock
from tonn_bridge.core import TrackSpec
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.errors import SessionError
from tonn_bridge.links import DawLink, Traffic
from tonn_bridge.links.daw import DawListener
from tonn_bridge.links.device import DeviceLink, wanted_ports
from tonn_bridge.mapping import DawMapping, Role, load, load_device, role_of
from tonn_bridge.mapping.device import law_of
from tonn_bridge.mapping.plugins.learnt import load_dials
from tonn_bridge.ports import Turn, UdpPort, parse_address, resolve
from tonn_bridge.ports.midi import MidiSystem
from tonn_bridge.session import Session

Begin = Callable[[DawListener], None]
"""Begins to speak to the DAW; the listener hears what it says."""


class DawSide(Protocol):
    """A DAW before anything is opened: what it is called, its fader law, and its link."""

    @property
    def name(self) -> str: ...

    @property
    def fader_law(self) -> FaderLaw: ...

    @property
    def link(self) -> DawLink | DeviceLink: ...

    async def open(self, stack: AsyncExitStack, turn: Turn, midi: MidiSystem) -> tuple[str, Begin]:
        """Open what it needs until `stack` closes; where that is, for people, and how to begin.

        Raises:
            PortError: a port is taken. A MIDI port that is not there is waited for.
        """
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every link is made with."""

    tracks: Sequence[TrackSpec]
    clock: Clock
    soon: Callable[[Callable[[], None]], None]
    traffic: Traffic
    changed: Callable[[], None]


def make_daw(session: Session, around: Surroundings) -> DawSide:
    """The DAW that the session names.

    Raises:
        MappingError: its mapping is missing or wrong, or its fader law has to be learnt first.
        SessionError: a key that its kind has no use for.
    """
    check_daw(session)
    kind = OscDaw if role_of(session.daw.mapping, session.folder) is Role.DAW else MidiDaw
    return kind(session, around)


def check_daw(session: Session) -> None:
    """Raises as `make_daw` does."""
    table, name = session.daw, session.path.name
    if role_of(table.mapping, session.folder) is not Role.DEVICE:
        _osc_mapping(session)
        if table.input or table.output:
            raise SessionError(f"{name}: daw.input and daw.output are MIDI ports, and {table.mapping} speaks OSC")
        return
    if table.send is not None or table.listen is not None:
        raise SessionError(f"{name}: daw.send and daw.listen are OSC addresses, and {table.mapping} speaks MIDI")
    law_of(load_device(table.mapping, session.folder), _label(session), places.laws_dir(), table.law)


class OscDaw:
    """A DAW that speaks OSC."""

    def __init__(self, session: Session, around: Surroundings) -> None:
        self._session = session
        self._mapping = _osc_mapping(session)
        self.name = self._mapping.name
        self.fader_law = self._mapping.fader_law
        self.link = DawLink(
            self._mapping, _label(session), around.tracks, around.clock, around.soon, around.traffic, around.changed
        )

    async def open(self, stack: AsyncExitStack, turn: Turn, midi: MidiSystem) -> tuple[str, Begin]:
        caps, link, table = self._mapping.caps, self.link, self._session.daw
        port = await stack.enter_async_context(
            UdpPort.open(
                table.listen or parse_address(caps.listen),
                turn.of(link.intake.on_datagrams),
                name="DAW feedback",
                on_unreachable=link.unreachable,
            )
        )
        remote = await resolve(self._remote(), "the DAW")
        stack.callback(link.stop)
        where = f"{_text(port.local_address)} -> {_text(remote)} ({table.mapping})"
        return where, lambda listener: link.start(port, remote, listener)

    def _remote(self) -> tuple[str, int]:
        if self._session.daw.send is not None:
            return self._session.daw.send
        if self._mapping.caps.send is None:
            raise SessionError(
                f'{self._session.path.name}: daw.send is missing; write where {self.name} listens, "host:port"'
            )
        return parse_address(self._mapping.caps.send)


class MidiDaw:
    """A DAW to which we play a control surface."""

    def __init__(self, session: Session, around: Surroundings) -> None:
        self._table = session.daw
        mapping = load_device(session.daw.mapping, session.folder)
        label = _label(session)
        self.name = mapping.name
        self.fader_law = law_of(mapping, label, places.laws_dir(), session.daw.law)
        self.link = DeviceLink(
            mapping,
            label,
            around.tracks,
            around.clock,
            around.soon,
            around.traffic,
            around.changed,
            law=self.fader_law,
            units=session.daw.units,
        )

    async def open(self, stack: AsyncExitStack, turn: Turn, midi: MidiSystem) -> tuple[str, Begin]:
        wanted = wanted_ports(self.link.units, self._table.input, self._table.output)
        stack.callback(self.link.stop)
        names = ", ".join(f"{pair.input} / {pair.output}" for pair in wanted)
        kind = "virtual MIDI ports" if wanted[0].virtual else "MIDI"
        return f"{kind} {names} ({self._table.mapping})", lambda listener: self.link.start(midi, wanted, listener)


def _osc_mapping(session: Session) -> DawMapping:
    """The mapping of a DAW that speaks OSC, with what has been learnt of its plug-ins' dials."""
    return DawMapping(load(session.daw.mapping, session.folder), load_dials(places.laws_dir(), _label(session)))


def _label(session: Session) -> str:
    return PurePath(session.daw.mapping).stem


def _text(address: tuple[str, int]) -> str:
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
