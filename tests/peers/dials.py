"""Dials of the simulated REAPER's and Live's plug-ins as `learn plugin` would learn them, made from their own laws."""

import math
from collections.abc import Callable
from pathlib import Path

from tests.peers import live_devices
from tonn_bridge.core.dials import Unit
from tonn_bridge.demo import reaper_fx
from tonn_bridge.mapping.plugins import LearntDial, LearntDials, keep_dials

POINTS = 400
LEARNT = "2026-01-01"


def dial(unit: Unit, shows: Callable[[float], float]) -> LearntDial:
    """A table of a law on 0..1: without what is infinite, or has no place where lines are straight by ratio."""
    log = unit is not Unit.DB
    places = [(place / POINTS, shows(place / POINTS)) for place in range(POINTS + 1)]
    points = tuple((wire, shown) for wire, shown in places if math.isfinite(shown) and (shown > 0.0 or not log))
    return LearntDial(unit=unit, log=log, points=points)


def learnt(mapping: str) -> tuple[LearntDials, ...]:
    """What is known of the plug-ins in one of the two mappings."""
    tables: dict[str, dict[str, dict[str, LearntDial]]] = {
        "reaper": {
            "ReaEQ": {
                "freq": dial(Unit.HZ, reaper_fx.eq_hz),
                "gain": dial(Unit.DB, reaper_fx.eq_db),
                "q": dial(Unit.OCTAVES, reaper_fx.eq_octaves),
            },
            "ReaComp": {
                "threshold": dial(Unit.DB, reaper_fx.comp_db),
                "ratio": dial(Unit.RATIO, reaper_fx.comp_ratio),
                "attack": dial(Unit.MS, reaper_fx.comp_attack_ms),
                "release": dial(Unit.MS, reaper_fx.comp_release_ms),
            },
        },
        "ableton": {
            "EQ Eight": {
                "freq": dial(Unit.HZ, live_devices.eq_hz),
                "q": dial(Unit.Q, live_devices.eq_q),
            },
            "Compressor": {
                "threshold": dial(Unit.DB, live_devices.comp_db),
                "ratio": dial(Unit.RATIO, live_devices.comp_ratio),
                "attack": dial(Unit.MS, live_devices.comp_attack_ms),
                "release": dial(Unit.MS, live_devices.comp_release_ms),
            },
        },
    }
    return tuple(
        LearntDials(mapping=mapping, plugin=plugin, learnt=LEARNT, dials=dials)
        for plugin, dials in tables[mapping].items()
    )


def keep_learnt(state: Path, mapping: str) -> None:
    """Put them where a daemon with its state under `state` looks for them."""
    for found in learnt(mapping):
        keep_dials(state / "state" / "laws", found)
