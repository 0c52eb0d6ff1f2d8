"""The unit that a mapping file is for, simulated."""

import tomllib
from pathlib import Path
from typing import Any

from tests.peers.surfaces.hui import SimulatedHui
from tests.peers.surfaces.mackie import Make, Returns, SimulatedMackie
from tests.peers.surfaces.motor import Temper
from tests.peers.surfaces.plain import SimulatedKontrol
from tests.peers.surfaces.screen import SimulatedScreen
from tonn_bridge.clock import Clock

Shipped = SimulatedMackie | SimulatedHui | SimulatedKontrol | SimulatedScreen


def simulate(file: Path, clock: Clock, temper: Temper | None = None) -> Shipped:
    """A unit of the kind that `file` describes, not plugged in yet; `temper` is for the motors it may have."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    match found["protocol"]:
        case "mackie":
            return SimulatedMackie(clock, _make(found, temper or Temper()))
        case "hui":
            return SimulatedHui(clock, temper)
        case "midi":
            return SimulatedKontrol(clock, file, temper)
        case "osc":
            return SimulatedScreen(clock, file)
        case protocol:
            raise AssertionError(f"no unit here speaks {protocol}")


def _make(found: dict[str, Any], temper: Temper) -> Make:
    unit, options = found["unit"], found.get("mackie", {})
    motors = unit.get("motors", "none")
    return Make(
        device=options.get("device_id", 0x14),
        strips=unit["strips"],
        faders=unit.get("faders", unit["strips"]),
        master="master" in unit,
        motors=motors != "none",
        touch=unit.get("touch", False),
        returns=Returns.AT_ONCE if motors == "at_once" else Returns.ON_RELEASE,
        temper=temper,
        display=unit.get("displays", "none") != "none",
        digits=unit.get("digits", False),
        colours=unit.get("colours", False),
        handshake=options.get("device_id") in (0x10, 0x11),
    )
