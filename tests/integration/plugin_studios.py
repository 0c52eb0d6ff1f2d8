"""The simulated REAPER and Live with Tonn's plug-ins on their tracks, behind one face: what stands there, and hands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.daemon import Address, free_address
from tests.peers import live_devices
from tests.peers.live import SimulatedLive
from tonn_bridge.clock import Clock
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.plugins import Slot
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_fx import other_fx, prepared_chain
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS

Setting = dict[str, float]


@dataclass(kw_only=True)
class Studio:
    """One DAW with plug-ins, behind one face; tracks go by name, values are in Tonn's units.

    `stands` is what the plug-ins truly hold, `untouched` everything of them in the DAW's own numbers.
    """

    mapping: str
    peer: SimulatedReaper | SimulatedLive
    listen: Address
    stands: Callable[[str], Setting]
    untouched: Callable[[str], Any]
    turn: Callable[[str, str, float], None]
    """A hand turns gain (of Tonn's third bell), or ratio."""
    switch_off: Callable[[str], None]
    put_before: Callable[[str], None]
    """Something else is inserted before everything on a track."""
    swap: Callable[[str], None]
    """A hand drags the compressor before the equaliser."""
    remove: Callable[[str, Slot], None]
    break_ratio: Callable[[str], None]
    lose: Callable[[int], None]
    """The next writes of parameters do not arrive."""


def reaper(names: Sequence[str], clock: Clock, packet_bytes: int = 8192, pacing_s: float = 0.001) -> Studio:
    listen = free_address()
    peer = SimulatedReaper(
        names,
        clock,
        listen,
        patterns=PLUG_IN_PATTERNS,
        chain=prepared_chain,
        packet_bytes=packet_bytes,
        pacing_s=pacing_s,
    )

    def stands(name: str) -> Setting:
        eq, comp = peer.fx(name, "Tonn EQ"), peer.fx(name, "Tonn Comp")
        found = {f"eq.{b}.freq_hz": eq.value(f"Freq-Band {b}") for b in range(1, 7)}
        found |= {f"eq.{b}.gain_db": eq.value(f"Gain-Band {b}") for b in range(1, 7)}
        found |= {f"eq.{b}.octaves": eq.value(f"BW-Band {b}") for b in range(1, 7)}
        found |= {"comp.threshold_db": comp.value("Threshold"), "comp.ratio": comp.value("Ratio")}
        found |= {"comp.attack_s": comp.value("Attack") / 1000.0, "comp.release_s": comp.value("Release") / 1000.0}
        return found | {"comp.knee": comp.value("Knee"), "comp.make-up": comp.value("Auto Make Up Gain")}

    def turn(name: str, what: str, value: float) -> None:
        plug_in, dial = {"gain": ("Tonn EQ", "Gain-Band 3"), "ratio": ("Tonn Comp", "Ratio")}[what]
        peer.hand_turn(name, plug_in, dial, value)

    def break_ratio(name: str) -> None:
        peer.fx(name, "Tonn Comp").snaps = lambda number, position: 0.9 if number == 1 else position

    return Studio(
        mapping="reaper",
        peer=peer,
        listen=listen,
        stands=stands,
        untouched=lambda name: [(fx.name, list(fx.positions)) for fx in peer.track(name).chain],
        turn=turn,
        switch_off=lambda name: peer.bypass(name, "Tonn EQ", True),
        put_before=lambda name: peer.insert_fx(name, 1, other_fx("JS: Gate")),
        swap=lambda name: peer.move_fx(name, "Tonn Comp", 1),
        remove=lambda name, slot: peer.remove_fx(name, {Slot.EQ: "Tonn EQ", Slot.COMP: "Tonn Comp"}[slot]),
        break_ratio=break_ratio,
        lose=lambda count: setattr(peer, "loses", Losing(count, lambda address: "/fxparam/" in address)),
    )


def live(names: Sequence[str], clock: Clock) -> Studio:
    listen = free_address()
    peer = SimulatedLive(names, clock, listen[1], chain=live_devices.equipped)

    def stands(name: str) -> Setting:
        eq, comp = peer.device(name, "Eq8"), peer.device(name, "Compressor2")
        found = {f"eq.{b}.freq_hz": eq.shown(f"{b} Frequency A") for b in range(1, 7)}
        found |= {f"eq.{b}.gain_db": eq.shown(f"{b} Gain A") for b in range(1, 7)}
        found |= {f"eq.{b}.octaves": octaves_of(eq.shown(f"{b} Resonance A")) for b in range(1, 7)}
        found |= {"comp.threshold_db": comp.shown("Threshold"), "comp.ratio": comp.shown("Ratio")}
        found |= {"comp.attack_s": comp.shown("Attack") / 1000.0, "comp.release_s": comp.shown("Release") / 1000.0}
        return found | {"comp.knee": comp.shown("Knee"), "comp.make-up": comp.shown("Makeup")}

    def turn(name: str, what: str, value: float) -> None:
        device, dial = {"gain": ("Eq8", "3 Gain A"), "ratio": ("Compressor2", "Ratio")}[what]
        peer.hand_turn(name, device, dial, value)

    def break_ratio(name: str) -> None:
        peer.device(name, "Compressor2").parameter("Ratio").snaps = lambda raw: 0.9

    return Studio(
        mapping="ableton",
        peer=peer,
        listen=listen,
        stands=stands,
        untouched=lambda name: [
            (device.class_name, [parameter.value for parameter in device.parameters])
            for device in peer.track(name).devices
        ],
        turn=turn,
        switch_off=lambda name: peer.hand_turn(name, "Eq8", "Device On", 0.0),
        put_before=lambda name: peer.insert_device(name, 0, live_devices.other_device("Gate")),
        swap=lambda name: peer.move_device(name, "Compressor2", 0),
        remove=lambda name, slot: peer.remove_device(name, {Slot.EQ: "Eq8", Slot.COMP: "Compressor2"}[slot]),
        break_ratio=break_ratio,
        lose=lambda count: setattr(peer, "loses", Losing(count, lambda address: "/set/parameter/" in address)),
    )


STUDIOS = {"reaper": reaper, "ableton": live}


@dataclass
class Losing:
    """Says yes to so many messages to addresses of a kind."""

    left: int
    is_meant: Callable[[str], bool]

    def __call__(self, address: str, *_: object) -> bool:
        if self.left and self.is_meant(address):
            self.left -= 1
            return True
        return False
