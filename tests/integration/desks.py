"""The simulated DAWs behind one face: what truly stands there in dB and pan -1..+1, and the hands that move it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.daemon import PATIENCE_S, Address, free_address
from tests.peers.bitwig import SimulatedBitwig
from tests.peers.generic import SimulatedOsc
from tests.peers.live import SimulatedLive
from tests.peers.x32 import SimulatedX32
from tonn_bridge.clock import SystemClock
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.simulated import SimulatedPeer


@dataclass
class Desk:
    """One simulated DAW; tracks go by name. Faders of these tests stay within the straight part of every law.

    `listen` is where the daemon has to listen, `step_db` and `step_pan` how far from a wish a control may land.
    """

    mapping: str
    peer: SimulatedPeer
    listen: Address
    db: Callable[[str], float]
    pan: Callable[[str], float]
    hand: Callable[[str, float], None]
    hand_pan: Callable[[str, float], None]
    mute: Callable[[str, bool], None]
    step_db: float = 0.0001
    step_pan: float = 0.0001
    told: list[bytes] = field(default_factory=list)
    """Every datagram the peer was sent, oldest first."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        hear, wire = self.peer.on_datagram, self.peer.wire

        def listen_in(datagram: bytes, sender: Address) -> None:
            self.told.append(datagram)
            hear(datagram, sender)
            self._news.set()

        def look_out(datagram: bytes) -> Iterable[bytes]:
            self._news.set()
            return wire(datagram)

        self.peer.on_datagram = listen_in  # type: ignore[method-assign]
        self.peer.wire = look_out

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is true of the DAW itself; looks at each datagram it gets or sends."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                await self._news.wait()


def reaper(names: Sequence[str]) -> Desk:
    listen = free_address()
    peer = SimulatedReaper(names, SystemClock(), listen)
    return Desk(
        "reaper",
        peer,
        listen,
        db=lambda name: peer.track(name).db,
        pan=lambda name: peer.track(name).pan,
        hand=peer.hand_move,
        hand_pan=peer.hand_pan,
        mute=peer.mute,
    )


def live(names: Sequence[str]) -> Desk:
    listen = free_address()
    peer = SimulatedLive(names, SystemClock(), listen[1])
    return Desk(
        "ableton",
        peer,
        listen,
        db=lambda name: 40.0 * peer.track(name).volume - 34.0,
        pan=lambda name: peer.track(name).panning,
        hand=lambda name, db: peer.hand_move(name, (db + 34.0) / 40.0),
        hand_pan=peer.hand_pan,
        mute=peer.mute,
    )


def x32(names: Sequence[str]) -> Desk:
    peer = SimulatedX32(names, SystemClock())
    return Desk(
        "x32",
        peer,
        ("127.0.0.1", 0),
        db=lambda name: peer.channel(name).db,
        pan=lambda name: 2.0 * peer.channel(name).pan - 1.0,
        hand=lambda name, db: peer.hand_move(name, (db + 30.0) / 40.0 if db >= -10.0 else (db + 50.0) / 80.0),
        hand_pan=lambda name, pan: peer.hand_pan(name, (pan + 1.0) / 2.0),
        mute=peer.mute,
        step_db=80.0 / 1023.0,
        step_pan=0.0101,
    )


def bitwig(names: Sequence[str]) -> Desk:
    listen = free_address()
    peer = SimulatedBitwig(names, SystemClock(), listen, page=8)
    return Desk(
        "bitwig",
        peer,
        listen,
        db=lambda name: peer.track(name).db,
        pan=lambda name: 2.0 * peer.track(name).pan - 1.0,
        hand=lambda name, db: peer.hand_move(name, db, snapped=True),
        hand_pan=lambda name, pan: peer.hand_pan(name, pan, snapped=True),
        mute=peer.mute,
        step_db=0.01,
        step_pan=0.001,
    )


def generic(names: Sequence[str]) -> Desk:
    listen = free_address()
    peer = SimulatedOsc(names, SystemClock(), listen)
    return Desk(
        "osc",
        peer,
        listen,
        db=lambda name: peer.track(name).db,
        pan=lambda name: peer.track(name).pan,
        hand=peer.hand_move,
        hand_pan=peer.hand_pan,
        mute=peer.mute,
    )


DESKS = {"reaper": reaper, "ableton": live, "bitwig": bitwig, "x32": x32, "osc": generic}
