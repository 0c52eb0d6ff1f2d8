"""The session's control surfaces: which units stand side by side, and the ports they hang on."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from tonn_bridge.clock import Clock
from tonn_bridge.core.laws import FaderLaw
from tonn_bridge.errors import SessionError
from tonn_bridge.links import Traffic
from tonn_bridge.links.surface import Desk, Note, SurfaceLink, Unit
from tonn_bridge.mapping import load_surface
from tonn_bridge.mapping.surface import Motors, SurfaceMapping
from tonn_bridge.ports import Address, Turn, UdpPort, resolve
from tonn_bridge.ports.midi import MidiPort, MidiSystem, Wanted
from tonn_bridge.protocols import osc
from tonn_bridge.session import Session, SurfaceTable

DATAGRAM_BYTES = 1400
GOODBYE_S, DRAIN_LOOK_S = 0.3, 0.01


@dataclass(frozen=True, slots=True)
class Gear:
    """One `[[surface]]` of the session, with its mapping."""

    table: SurfaceTable
    mapping: SurfaceMapping

    @property
    def label(self) -> str:
        """The mapping as the session names it."""
        return PurePath(self.table.mapping).stem


def gather(session: Session) -> list[list[Gear]]:
    """The rows in which the units stand, each from left to right as the session lists them.

    An extender belongs to the main unit before it; those before the first main unit stand on its left.

    Raises:
        MappingError: a mapping is missing or wrong. SessionError: a surface that lacks what its mapping needs.
    """
    rows: list[list[Gear]] = []
    for table in session.surfaces:
        gear = Gear(table, load_surface(table.mapping, session.folder).fitted(len(session.tracks)))
        _check_ports(gear, session.path.name)
        waiting = bool(rows) and all(other.mapping.caps.extends for other in rows[-1])
        if rows and (gear.mapping.caps.extends or waiting):
            rows[-1].append(gear)
        else:
            rows.append([gear])
    return rows


def _check_ports(gear: Gear, file: str) -> None:
    """Raises SessionError where the ports are not those that the mapping needs."""
    table, caps = gear.table, gear.mapping.caps
    needed = ("send", "listen") if gear.mapping.is_osc else ("input", "output")
    missing = [key for key in needed if getattr(table, key) is None]
    if missing == ["output"] and caps.motors is Motors.NONE:
        return  # a controller that only speaks
    if missing:
        speaks = "OSC" if gear.mapping.is_osc else "MIDI"
        raise SessionError(
            f"{file}: [[surface]] {table.mapping} speaks {speaks}: write {' and '.join(needed)}; "
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        )


class Surfaces:
    """All surfaces, open; they can be changed for others while the daemon runs."""

    def __init__(
        self,
        desk: Desk,
        track_count: int,
        law: FaderLaw,
        clock: Clock,
        turn: Turn,
        traffic: Traffic,
        midi: MidiSystem,
        changed: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._track_count = track_count
        self._law = law
        self._clock = clock
        self._turn = turn
        self._traffic = traffic
        self._midi = midi
        self._changed = changed
        self._open = AsyncExitStack()
        self._links: list[SurfaceLink] = []
        self._midi_ports: list[MidiPort] = []

    @property
    def units(self) -> list[Unit]:
        """Every unit, as endpoints of the state document."""
        return [unit for link in self._links for unit in link.units]

    def changed(self) -> None:
        """Something has changed in the mix or the job."""
        for link in self._links:
            link.changed()

    async def open(self, rows: Sequence[Sequence[Gear]]) -> None:
        """Change whatever is open for these.

        Raises:
            PortError: an OSC port is taken. A MIDI port that is not there is waited for.
        """
        await self.close()
        for row in rows:
            await self._open_row(row)
        self._changed()

    async def close(self) -> None:
        """Say goodbye to all of them; displays take their last words slowly, and are waited for a little."""
        for link in self._links:
            link.stop()
        self._links = []
        for _ in range(round(GOODBYE_S / DRAIN_LOOK_S)):
            if not any(port.waiting for port in self._midi_ports):
                break
            await self._clock.sleep(DRAIN_LOOK_S)
        self._midi_ports.clear()
        await self._open.aclose()

    async def _open_row(self, row: Sequence[Gear]) -> None:
        units = [(gear.mapping, gear.label, self._note(gear)) for gear in row]
        link = SurfaceLink(units, self._desk, self._track_count, self._law, self._clock, self._turn.soon, self._changed)
        self._links.append(link)
        for gear, unit in zip(row, link.units, strict=True):
            if gear.mapping.is_osc:
                await self._open_osc(gear, unit)
            else:
                self._open_midi(gear, unit)

    def _note(self, gear: Gear) -> Note:
        if gear.mapping.is_osc:
            return self._traffic.note
        return partial(self._traffic.note_midi, protocol=gear.mapping.protocol)

    def _open_midi(self, gear: Gear, unit: Unit) -> None:
        wanted = Wanted(gear.table.input, gear.table.output)
        port = self._midi.open(wanted, self._turn.of(unit.on_messages), unit.state_changed)
        self._midi_ports.append(port)
        self._open.callback(port.close)
        unit.attach(port)

    async def _open_osc(self, gear: Gear, unit: Unit) -> None:
        assert gear.table.send is not None
        assert gear.table.listen is not None
        remote = await resolve(gear.table.send, f"the surface {gear.label}")

        def read(batch: list[tuple[bytes, Address]]) -> None:
            unit.on_messages([datagram for datagram, _ in batch])

        port = await self._open.enter_async_context(
            UdpPort.open(gear.table.listen, self._turn.of(read), name=f"surface {gear.label}")
        )
        unit.attach(_OscWire(port, remote))


@dataclass(frozen=True, slots=True)
class _OscWire:
    """Where an OSC surface's datagrams go; nobody can tell whether it hears them."""

    port: UdpPort
    remote: Address
    connected: bool = True
    problem: str | None = None

    def send(self, messages: Sequence[bytes]) -> None:
        for datagram in osc.bundles(messages, DATAGRAM_BYTES):
            self.port.send(datagram, self.remote)
