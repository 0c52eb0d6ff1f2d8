"""A control surface on JACK and a DAW behind it: moves of one reach the other through a bridge, and are timed.

The generator plays both ends. Every move takes a fader to a place where it does not stand otherwise in that run, so
what arrives tells which move it was. It waits instead of spinning, because JACK's own threads need the cores.
"""

import select
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import Any

from load import Address, cpu_ns, messages_in, without_gc

from tonn_bridge.protocols.osc import Template, decode

STEPS = range(200, 1_000, 2)
"""The places of a fader that are used, of 1,023: every second one, so that no rounding takes one for the next."""
FINENESS = 16
"""Pitch bend has 14 bits, a fader 10."""
FADER_MAX = 0x3FFF
QUIET_S = 0.5
"""A run is over when nothing has arrived for this long."""
SETTLE_S = 0.4
"""For what hands let go of to come to rest."""
_HOP = 177  # has no divisor in common with len(STEPS), so that each fader passes every place once
_PITCH_BEND, _NOTE, _TOUCH = 0xE0, 0x90, 0x68


@dataclass(frozen=True)
class Speech:
    """What goes between bridge and DAW; `{n}` is the fader, from 1 on."""

    told: str = "/track/{n}/volume"
    """The address of one float, both ways."""
    value: Callable[[float], float] = lambda position: position
    """What is written for a fader's position, 0.0 to 1.0."""
    position: Callable[[float], float] = lambda value: value
    bridge: Address = ("127.0.0.1", 0)
    """Where the DAW sends what it tells."""
    echo: Callable[[int, float], bytes] | None = None
    """What the DAW answers when fader n was set to a value; None: it keeps silent."""


@dataclass(frozen=True)
class MidiResult:
    """One run. Latencies are from the call that sends to the moment the other end has it, in µs."""

    sent: int
    arrived: int
    """Moves that came through; a bridge may leave out those that a newer one on the same fader has overtaken."""
    faders_behind: int
    """Faders whose last move did not come through."""
    p50_us: float
    p99_us: float
    cpu_us: float | None
    """Processor time of all the bridge's processes per move sent; None where the kernel does not tell."""


class Surface:
    """Units of faders, each with a pair of JACK ports called "Unit 1" and so on, that hear nothing but pitch bend."""

    def __init__(self, units: int, strips: int, stack: ExitStack) -> None:
        import rtmidi

        self.units = units
        self.strips = strips
        self.on_fader: Callable[[int, int], None] = lambda fader, step: None
        """Takes fader (from 0) and place when a motor is driven, on JACK's thread."""
        self._outs = []
        for unit in range(units):
            listening = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{self.name(unit)} in")
            sending = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{self.name(unit)} out")
            listening.set_callback(partial(self._heard, unit * strips))
            for port in (listening, sending):
                port.open_virtual_port(self.name(unit))
                stack.callback(port.delete)
                stack.callback(port.close_port)
            self._outs.append(sending)

    @property
    def faders(self) -> int:
        return self.units * self.strips

    def name(self, unit: int) -> str:
        return f"Unit {unit + 1}"

    def outgoing(self, unit: int) -> str:
        """The JACK port that a bridge listens to."""
        return f"{self.name(unit)} out:{self.name(unit)}"

    def incoming(self, unit: int) -> str:
        """The JACK port that a bridge sends to."""
        return f"{self.name(unit)} in:{self.name(unit)}"

    def move(self, fader: int, step: int) -> None:
        """A hand moves a fader."""
        unit, channel = divmod(fader, self.strips)
        value = step * FINENESS
        self._outs[unit].send_message([_PITCH_BEND | channel, value & 0x7F, value >> 7])

    def touch(self, touched: bool) -> None:
        """Hands are laid on every fader, or taken off."""
        for fader in range(self.faders):
            unit, strip = divmod(fader, self.strips)
            self._outs[unit].send_message([_NOTE, _TOUCH + strip, 0x7F if touched else 0])

    def _heard(self, first: int, event: tuple[list[int], float], _: Any) -> None:
        status, *data = event[0]
        if status & 0xF0 == _PITCH_BEND:
            self.on_fader(first + (status & 0x0F), round((data[0] | data[1] << 7) / FINENESS))


class MidiLoad:
    """Moves through one bridge, from the surface to the DAW or the other way."""

    def __init__(self, surface: Surface, daw: socket.socket, speech: Speech, pids: Sequence[int]) -> None:
        self._surface = surface
        self._daw = daw
        self._speech = speech
        self._pids = pids
        self._told = [Template(speech.told.format(n=n), "f") for n in range(1, surface.faders + 1)]
        self._fader_at = {told.address: fader for fader, told in enumerate(self._told)}
        self._next = 0
        self._heard_at = 0
        """When the last move of this run came through."""

    def to_daw(self, rate: int, seconds: float) -> MidiResult:
        """Hands on the faders move them, `rate` moves a second in all."""
        self._surface.touch(True)
        self._settle()
        try:
            return self._run(rate, seconds, self._surface.move, at_daw=True)
        finally:
            self._surface.touch(False)
            self._settle()

    def to_surface(self, rate: int, seconds: float) -> MidiResult:
        """The DAW tells of moves, and the surface's motors follow."""
        return self._run(rate, seconds, self._tell, at_daw=False)

    def across(self, rate: int, seconds: float) -> MidiResult:
        """The surface hears its own moves: for a bridge that is nothing but a cable."""
        return self._run(rate, seconds, self._surface.move, at_daw=False)

    def cpu_at_rest(self, seconds: float) -> float | None:
        """Share of a core that the bridge's processes take while nobody moves anything."""
        before = self._cpu_ns()
        time.sleep(seconds)
        after = self._cpu_ns()
        return None if before is None or after is None else (after - before) / (seconds * 1e9)

    def _run(self, rate: int, seconds: float, send: Callable[[int, int], None], *, at_daw: bool) -> MidiResult:
        moves = self._moves(int(rate * seconds))
        got: dict[tuple[int, int], int] = {}
        of_this_run = frozenset(moves)

        def on_fader(fader: int, step: int) -> None:
            if (fader, step) in of_this_run:
                self._heard_at = got.setdefault((fader, step), perf_counter_ns())

        self._drain()
        self._surface.on_fader = (lambda fader, step: None) if at_daw else on_fader
        cpu = self._cpu_ns()
        with without_gc():
            sent = self._send_and_watch(moves, 1_000_000_000 // rate, send, on_fader, got)
        cpu_after = self._cpu_ns()
        late = sorted((got[move] - began) / 1000 for move, began in zip(moves, sent, strict=True) if move in got)
        return MidiResult(
            sent=len(moves),
            arrived=len(late),
            faders_behind=sum(move not in got for move in moves[-self._surface.faders :]),
            p50_us=statistics.median(late) if late else float("nan"),
            p99_us=late[int(len(late) * 0.99)] if late else float("nan"),
            cpu_us=None if cpu is None or cpu_after is None else (cpu_after - cpu) / 1000 / len(moves),
        )

    def _moves(self, count: int) -> list[tuple[int, int]]:
        """So many moves, fader by fader, each to a place of its own."""
        faders = self._surface.faders
        if count > faders * len(STEPS):
            raise ValueError(f"{count} moves in one run: {faders * len(STEPS)} can be told apart")
        moves = []
        for number in range(count):
            fader = number % faders
            if fader == 0:
                self._next = (self._next + _HOP) % len(STEPS)
            moves.append((fader, STEPS[self._next]))
        return moves

    def _send_and_watch(
        self,
        moves: Sequence[tuple[int, int]],
        interval_ns: int,
        send: Callable[[int, int], None],
        on_fader: Callable[[int, int], None],
        got: dict[tuple[int, int], int],
    ) -> list[int]:
        """When each move was sent; `got` fills meanwhile."""
        sent, began = [], perf_counter_ns()
        for number, (fader, step) in enumerate(moves):
            due = began + number * interval_ns
            while (left := due - perf_counter_ns()) > 0:
                self._listen(left / 1e9, on_fader)
            sent.append(perf_counter_ns())
            send(fader, step)
        while len(got) < len(moves) and perf_counter_ns() - max(self._heard_at, sent[-1]) < QUIET_S * 1e9:
            self._listen(0.02, on_fader)
        return sent

    def _listen(self, seconds: float, on_fader: Callable[[int, int], None]) -> None:
        """Hear what the bridge tells the DAW, for at most so long, and answer as that DAW does."""
        if not select.select([self._daw], [], [], seconds)[0]:
            return
        for address, value in self._arrived():
            fader = self._fader_at.get(address)
            if fader is None:
                continue
            on_fader(fader, round(self._speech.position(value) * FADER_MAX / FINENESS))
            if self._speech.echo is not None:
                self._daw.sendto(self._speech.echo(fader + 1, value), self._speech.bridge)

    def _arrived(self) -> Iterator[tuple[str, Any]]:
        """Address and first value of each message that the DAW has been sent."""
        try:
            datagram = self._daw.recv(65_535)
        except BlockingIOError:
            return
        for message in messages_in(datagram):
            for decoded in decode(message, 0.0):
                if decoded.args:
                    yield decoded.address, decoded.args[0]

    def _tell(self, fader: int, step: int) -> None:
        value = self._speech.value(step * FINENESS / FADER_MAX)
        self._daw.sendto(self._told[fader].pack(value), self._speech.bridge)

    def _settle(self) -> None:
        """Wait for what follows from hands that come and go."""
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            self._listen(0.05, lambda fader, step: None)

    def _drain(self) -> None:
        while list(self._arrived()):
            pass

    def _cpu_ns(self) -> int | None:
        times = [cpu_ns(pid) for pid in self._pids]
        return None if None in times else sum(time for time in times if time is not None)


@contextmanager
def surface(units: int, strips: int) -> Iterator[Surface]:
    """A surface, whose ports go on the way out."""
    with ExitStack() as stack:
        yield Surface(units, strips, stack)
