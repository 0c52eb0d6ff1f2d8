"""What stands in the simulated REAPER's plug-ins, read past every wire: in its own numbers, and in Tonn's units."""

import math
from collections.abc import Mapping, Sequence

from tonn_bridge.client import Document
from tonn_bridge.core.dials import q_of
from tonn_bridge.core.plugins import COMP_QUANTITIES, EQ_QUANTITIES, IN_DB
from tonn_bridge.demo.reaper import ReaperTrack, SimulatedReaper
from tonn_bridge.demo.reaper_fx import Fx
from tonn_bridge.demo.report import Finding

EQ, COMP = "Tonn EQ", "Tonn Comp"
EXACT = 1e-6
"""A dial's travel in 32 bits of the wire, and nothing to hear."""

WITHIN_DB = 0.1
WITHIN_HZ, WITHIN_REST = 1.0, 2.0
"""Per cent: of frequencies, and of Q, ratio and times."""

Positions = Mapping[str, Sequence[Sequence[float]]]
"""By tracks, for each of their plug-ins: where its dials stand, 0.0 to 1.0; bypass is one of them."""

Settings = Mapping[str, float]
"""A track's equaliser and compressor in Tonn's units; names as in the state document: "eq.1.freq_hz", "comp.ratio"."""


def positions(daw: SimulatedReaper) -> Positions:
    """Where all dials stand."""
    return {track.name: [list(fx.positions) for fx in track.chain] for track in daw.tracks}


def same_positions(wanted: Positions, got: Positions) -> Finding:
    """Whether all dials stand where they should; if not, on which tracks they do not."""
    off = {name: max(_apart(wanted[name], got[name]), default=0.0) for name in wanted}
    wrong = [name for name, most in off.items() if not most <= EXACT]
    if wrong:
        return Finding(False, f"not on {', '.join(wrong)}")
    count = sum(len(dials) for chain in got.values() for dials in chain)
    return Finding(True, f"{count} dials within {max(off.values()):.0e} of their travel")


def asked(proposal: Document) -> Settings:
    """The settings in a proposal of the state document."""
    found = {f"eq.{band['band']}.{what}": band[what] for band in proposal["eq"] for what in EQ_QUANTITIES}
    return found | {f"comp.{what}": proposal["comp"][what] for what in COMP_QUANTITIES}


def held(track: ReaperTrack, proposal: Document) -> Settings:
    """What the bells that hold the bands of `proposal`, and the compressor, truly stand at."""
    eq, comp = plug_in(track, EQ), plug_in(track, COMP)
    found: dict[str, float] = {}
    for bell, band in enumerate(proposal["eq"], 1):
        name = f"eq.{band['band']}"
        found |= {f"{name}.freq_hz": eq.value(f"Freq-Band {bell}"), f"{name}.gain_db": eq.value(f"Gain-Band {bell}")}
        found |= {f"{name}.q": q_of(eq.value(f"BW-Band {bell}"))}
    found |= {"comp.threshold_db": comp.value("Threshold"), "comp.ratio": comp.value("Ratio")}
    return found | {f"comp.{what}_s": comp.value(what.title()) / 1000.0 for what in ("attack", "release")}


def audible(track: ReaperTrack, proposal: Document) -> Settings:
    """The same as it sounds: where a plug-in is bypassed, Tonn's settings with nothing lifted or held down."""
    settings, tonn = dict(held(track, proposal)), asked(proposal)
    if not plug_in(track, EQ).enabled:
        settings |= {name: 0.0 if name.endswith("gain_db") else tonn[name] for name in tonn if name.startswith("eq.")}
    if not plug_in(track, COMP).enabled:
        settings |= {name: 1.0 if name == "comp.ratio" else tonn[name] for name in tonn if name.startswith("comp.")}
    return settings


def middle(one: Settings, other: Settings) -> Settings:
    """Half-way between two settings: straight in dB, everything else by its ratio."""
    return {
        name: (one[name] + other[name]) / 2.0 if is_db(name) else math.sqrt(one[name] * other[name]) for name in other
    }


def near(wanted: Mapping[str, Settings], got: Mapping[str, Settings]) -> Finding:
    """Whether the settings of all tracks are as wanted within what the ear and the issue allow; the largest errors."""
    errors = [
        (track, name, error(name, value, got[track][name])) for track in wanted for name, value in wanted[track].items()
    ]
    wrong = [
        f"{track} {name}: wanted {wanted[track][name]:.4g}, got {got[track][name]:.4g}"
        for track, name, off in errors
        if not off <= most(name)
    ]
    if wrong:
        return Finding(False, ", ".join(wrong))
    db = max((off for _, name, off in errors if is_db(name)), default=0.0)
    percent = max((off for _, name, off in errors if not is_db(name)), default=0.0)
    return Finding(True, f"{len(errors)} values within {db:.2f} dB and {percent:.1f} %")


def error(name: str, wanted: float, got: float) -> float:
    """How far off a value is: in dB, or in per cent of what was wanted."""
    return abs(got - wanted) if is_db(name) else 100.0 * abs(got / wanted - 1.0)


def most(name: str) -> float:
    """How far off a value may be."""
    return WITHIN_DB if is_db(name) else WITHIN_HZ if name.endswith("freq_hz") else WITHIN_REST


def is_db(name: str) -> bool:
    return name.rpartition(".")[2] in IN_DB


def plug_in(track: ReaperTrack, name: str) -> Fx:
    """The plug-in of that name on a track."""
    return next(fx for fx in track.chain if fx.name == name)


def _apart(wanted: Sequence[Sequence[float]], got: Sequence[Sequence[float]]) -> list[float]:
    """How far apart the dials of two chains stand; infinite where they are not the same plug-ins."""
    if [len(dials) for dials in wanted] != [len(dials) for dials in got]:
        return [math.inf]
    return [abs(w - g) for pair in zip(wanted, got, strict=True) for w, g in zip(*pair, strict=True)]
