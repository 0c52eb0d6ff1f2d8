"""What the hands do to Tonn's mix in the demo: a mute, two jumps and a glide on faders, and a turn on two plug-ins."""

from collections.abc import Mapping, Sequence
from typing import Any

from tonn_bridge.client import Document
from tonn_bridge.demo.mixes import EXACT_DB, column, same
from tonn_bridge.demo.plug_ins import COMP, EQ, WITHIN_DB, plug_in
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.report import Finding

GLIDED, MUTED = "Bass", "Pad"
HANDS_DB = {"Voice": 2.0, "Hats": -3.0, GLIDED: 1.5}
GLIDE_S, GLIDE_STEPS = 0.5, 25

LIFTED, LIFTED_DB = "Chords", 2.0
PRESSED, PRESSED_DB = "Snare", -3.0
"""Whose first bell goes up, and whose threshold down."""

TURNED = {LIFTED: ["eq"], PRESSED: ["comp"]}
"""The parts of Tonn's settings that are the hands' then."""

Json = Mapping[str, Any]

_CARRIED = {LIFTED: ["eq_settings"], PRESSED: ["compression_settings"]}
_SETTINGS = {"eq_settings", "compression_settings", "panning_settings"}


async def ride(daw: SimulatedReaper) -> None:
    """Each move starts where Tonn's mix has put things."""
    daw.mute(MUTED, True)
    for name, moved_db in HANDS_DB.items():
        if name != GLIDED:
            daw.hand_move(name, daw.track(name).db + moved_db)
    await daw.hand_glide(GLIDED, daw.track(GLIDED).db + HANDS_DB[GLIDED], GLIDE_S, GLIDE_STEPS)
    _turn(daw, LIFTED, EQ, "Gain-Band 1", LIFTED_DB)
    _turn(daw, PRESSED, COMP, "Threshold", PRESSED_DB)


def adjusted(document: Document, moved_db: Mapping[str, float] = HANDS_DB) -> Finding:
    """Whether the document's adjustments are these, and 0 for every other track."""
    names = [track["name"] for track in document["tracks"]]
    wanted = [moved_db.get(name, 0.0) for name in names]
    return same(names, wanted, column(document, "adjust_db"), within=EXACT_DB, unit="dB")


def turned(document: Document, parts: Mapping[str, list[str]] = TURNED) -> Finding:
    """Whether these parts of these tracks count as turned by a hand, and no others."""
    seen = {track["name"]: track["tuned"] for track in document["tracks"] if track["tuned"]}
    return Finding(seen == parts, ", ".join(f"{name}: {' and '.join(own)}" for name, own in seen.items()) or "none")


def seen(document: Document) -> Finding:
    """Whether all that the hands have done is in the document, and nothing else."""
    found = adjusted(document)
    return found if not found.ok else turned(document)


def sent(names: Sequence[str], tracks: Sequence[Json], sections: Sequence[Json]) -> Finding:
    """Whether the tracks of a final request carry what was turned, by as much as it was turned, and nothing else.

    `sections` are Tonn's own settings; both are as the service has them.
    """
    carried = {name: sorted(_SETTINGS & track.keys()) for name, track in zip(names, tracks, strict=True)}
    if carried != {name: _CARRIED.get(name, []) for name in names}:
        return Finding(False, ", ".join(f"{name}: {' and '.join(keys)}" for name, keys in carried.items() if keys))
    lifted, pressed = names.index(LIFTED), names.index(PRESSED)
    bells = [settings[lifted]["eq_settings"]["band_1"]["gain"] for settings in (sections, tracks)]
    thresholds = sections[pressed]["drc_settings"], tracks[pressed]["compression_settings"]
    moves = {f"the bell on {LIFTED}": (LIFTED_DB, bells[1] - bells[0])}
    moves[f"the threshold on {PRESSED}"] = (PRESSED_DB, thresholds[1]["threshold"] - thresholds[0]["threshold"])
    return Finding(
        all(abs(wanted - got) <= WITHIN_DB for wanted, got in moves.values()),
        ", ".join(f"{what} {got:+z.2f} dB" for what, (_, got) in moves.items()),
    )


def _turn(daw: SimulatedReaper, track: str, fx: str, dial: str, by_db: float) -> None:
    daw.hand_turn(track, fx, dial, plug_in(daw.track(track), fx).value(dial) + by_db)
