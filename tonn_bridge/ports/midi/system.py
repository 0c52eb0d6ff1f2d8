"""All MIDI of the daemon: finds the wanted ports, loses them, and finds them again."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Final

from tonn_bridge.clock import Clock
from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi.frames import Frame, Kind, encode
from tonn_bridge.ports.midi.match import find
from tonn_bridge.ports.midi.pace import Pace
from tonn_bridge.ports.midi.port import OnMessages, PortNames, Wanted
from tonn_bridge.ports.midi.process import MidiProcess, command
from tonn_bridge.ports.port import Counters

AGAIN_S: Final = 2.0
"""Before another try at a port that is there but could not be opened."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_midi(
    clock: Clock, client: str = "tonn-bridge", *, arguments: Sequence[str] | None = None
) -> AsyncIterator["RtMidi"]:
    """The system's MIDI; every port is closed on the way out. Nothing is started before a port is opened.

    `client` is how other MIDI programs see us, `clock` paces what is sent. `arguments` starts another process than
    ours to speak for the system.
    """
    midi = RtMidi(clock, arguments or command(client))
    running = asyncio.create_task(midi.process.run(), name="midi")
    try:
        yield midi
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class RtMidi:
    """A `MidiSystem` whose ports live in a process of their own."""

    def __init__(self, clock: Clock, arguments: Sequence[str]) -> None:
        self.ports = PortNames()
        self.problem: str | None = None
        self.process = MidiProcess(arguments, self._heard, self._lost, self._room)
        self._clock = clock
        self._numbers = count(1)
        self._open: list[RtMidiPort] = []
        self._ends: dict[int, End] = {}
        self._there = False
        self._news: asyncio.Future[None] | None = None

    def open(self, wanted: Wanted, on_messages: OnMessages, on_state: Callable[[], None]) -> "RtMidiPort":
        """Begin to look for a pair; it comes when it is there, now or later."""
        port = RtMidiPort(self, self._clock, wanted, on_messages, on_state)
        self._open.append(port)
        self.process.start()
        asyncio.get_running_loop().call_soon(port._look)
        return port

    async def scan(self) -> PortNames:
        """The ports there are, once that is known.

        Raises:
            PortError: there is no MIDI; says what to do.
        """
        self.process.start()
        while not self._there and self.problem is None:
            if self._news is None:
                self._news = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._news)
        if self.problem is not None:
            raise PortError(self.problem)
        return self.ports

    def _heard(self, frames: list[Frame]) -> None:
        """What has arrived together: messages go to each port in one call."""
        batches: dict[int, list[bytes]] = {}
        for kind, number, payload in frames:
            if kind == Kind.RECEIVED:
                batches.setdefault(number, []).append(payload)
            else:
                self._deliver(batches)
                batches = {}
                self._told(kind, number, payload)
        self._deliver(batches)

    def _deliver(self, batches: dict[int, list[bytes]]) -> None:
        for number, messages in batches.items():
            if end := self._ends.get(number):
                end.port._receive(messages)

    def _told(self, kind: int, number: int, payload: bytes) -> None:
        match kind:
            case Kind.OPENED | Kind.FAILED:
                if end := self._ends.get(number):
                    end.answered(payload.decode() if kind == Kind.FAILED else None)
                    end.port._report()
            case Kind.LOST:
                if end := self._ends.pop(number, None):
                    end.forget()
                    end.port._report()
            case Kind.PORTS:
                names = json.loads(payload)
                self._now(PortNames(tuple(names["inputs"]), tuple(names["outputs"])), None)
            case Kind.NO_MIDI:
                self._now(PortNames(), payload.decode())
            case Kind.SEEN:
                self._look()

    def _now(self, ports: PortNames, problem: str | None) -> None:
        """What there is, or why there is nothing."""
        self.ports, self.problem = ports, problem
        self._there = problem is None
        if self._news is not None:
            self._news.set_result(None)
            self._news = None
        self._look()

    def _lost(self, why: str) -> None:
        self._ends.clear()
        for port in self._open:
            port._forget()
            port._room(True)
        self._now(PortNames(), f"no MIDI: {why}")

    def _look(self) -> None:
        for port in list(self._open):
            port._look()

    def _room(self, room: bool) -> None:
        for port in self._open:
            port._room(room)


class End:
    """One direction of a port: wanted, found, asked for, open."""

    def __init__(self, midi: RtMidi, port: "RtMidiPort", kind: str, wanted: str, virtual: bool) -> None:
        self.name: str | None = None
        """As the system calls it, while it is open."""
        self.number = 0
        self.problem: str | None = None
        self.port = port
        self._midi = midi
        self._kind = kind
        self._wanted = wanted
        self._virtual = virtual
        self.asked: str | None = None
        """The one it has been asked to open, until that is answered."""
        self._formerly: str | None = None
        self._again_from = 0.0

    def look(self, names: tuple[str, ...]) -> None:
        """Open it when it is there, and let it go when it is not; `names` are those of its direction."""
        if (self.name or self.asked) and (self._virtual or (self.name or self.asked) in names):
            return
        if self.name or self.asked:
            self.close()
        if asyncio.get_running_loop().time() < self._again_from:
            return
        try:
            name = self._wanted if self._virtual else find(self._kind, self._wanted, names, formerly=self._formerly)
        except PortError as exc:
            self.problem = str(exc)
        else:
            self._ask(name)

    def answered(self, problem: str | None) -> None:
        """It is open, or cannot be opened and why."""
        self.problem = problem
        if problem is None:
            self.name = self._formerly = self.asked
        else:
            self._again_from = asyncio.get_running_loop().time() + AGAIN_S
            self._midi._ends.pop(self.number, None)
        self.asked = None

    def close(self) -> None:
        if self.name or self.asked:
            self._midi._ends.pop(self.number, None)
            self._midi.process.write(encode(Kind.CLOSE, self.number))
            self.forget()

    def forget(self) -> None:
        """It has closed by itself."""
        self.name = self.asked = None

    def _ask(self, name: str) -> None:
        self.asked = name
        self.number = next(self._midi._numbers)
        self._midi._ends[self.number] = self
        if self._kind == "input":
            kind = Kind.OFFER_INPUT if self._virtual else Kind.OPEN_INPUT
        else:
            kind = Kind.OFFER_OUTPUT if self._virtual else Kind.OPEN_OUTPUT
        self._midi.process.open(kind, self.number, name)


class RtMidiPort:
    """A `MidiPort` of the system."""

    def __init__(
        self, midi: RtMidi, clock: Clock, wanted: Wanted, on_messages: OnMessages, on_state: Callable[[], None]
    ) -> None:
        self.wanted = wanted
        self.connected = False
        self.problem: str | None = "not looked for yet"
        self.names: tuple[str | None, str | None] = (None, None)
        self._midi = midi
        self._received = 0
        self._on_messages = on_messages
        self._on_state = on_state
        self._input = End(midi, self, "input", wanted.input, wanted.virtual) if wanted.input else None
        self._output = End(midi, self, "output", wanted.output, wanted.virtual) if wanted.output else None
        self._ends = [end for end in (self._input, self._output) if end]
        self._pace = Pace(clock, self._write)

    @property
    def counters(self) -> Counters:
        """What it has done, in MIDI messages."""
        return Counters(received=self._received, sent=self._pace.sent, dropped=self._pace.dropped)

    def send(self, messages: Sequence[bytes]) -> None:
        """Send in order, without waiting and without raising; nothing while it is not connected."""
        if self.connected and self._output:
            self._pace.put(messages)

    @property
    def waiting(self) -> int:
        return self._pace.waiting

    def close(self) -> None:
        self._pace.clear()
        for end in self._ends:
            end.close()
        if self in self._midi._open:
            self._midi._open.remove(self)
        self.connected, self.names = False, (None, None)

    def _write(self, messages: list[bytes]) -> None:
        assert self._output
        number = self._output.number
        self._midi.process.write(b"".join([encode(Kind.SEND, number, message) for message in messages]))

    def _receive(self, messages: list[bytes]) -> None:
        self._received += len(messages)
        try:
            self._on_messages(messages)
        except Exception:
            _log.exception("MIDI %s: %d messages were lost to an error in tonn-bridge", self.names[0], len(messages))

    def _room(self, room: bool) -> None:
        if room:
            self._pace.release()
        else:
            self._pace.hold()

    def _look(self) -> None:
        """See whether what is wanted is there."""
        if self._midi._there:
            if self._input:
                self._input.look(self._midi.ports.inputs)
            if self._output:
                self._output.look(self._midi.ports.outputs)
        if self._midi._there or self._midi.problem is not None:  # else nobody knows yet
            self._report()

    def _forget(self) -> None:
        for end in self._ends:
            end.forget()
        self._pace.clear()

    def _report(self) -> None:
        """Say so if the state is news; not while a direction is just being opened, which is over in a moment."""
        if not self.connected and any(end.asked for end in self._ends):
            return
        before = (self.connected, self.problem, self.names)
        self.names = (self._input.name if self._input else None, self._output.name if self._output else None)
        self.connected = all(end.name for end in self._ends)
        self.problem = None if self.connected else self._why_not()
        if not self.connected:
            self._pace.clear()
        if (self.connected, self.problem, self.names) != before:
            try:
                self._on_state()
            except Exception:
                _log.exception("MIDI %s: an error in tonn-bridge", self.wanted)

    def _why_not(self) -> str:
        if self._midi.problem is not None:
            return self._midi.problem
        return next((end.problem for end in self._ends if end.problem and not end.name), "it is being opened again")
