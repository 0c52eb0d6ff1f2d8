"""The daemon's proof of what it has set, held against what truly stands in the DAW."""

from collections.abc import Mapping, Sequence

from tonn_bridge.client import Document
from tonn_bridge.demo.plug_ins import Settings
from tonn_bridge.demo.reaper import ReaperTrack
from tonn_bridge.demo.report import Finding, SettingResult

SLOTS = {"eq", "comp"}


def found_everywhere(document: Document) -> Finding:
    """Whether each track has the plug-ins that Tonn's settings go into; what is missing, track by track."""
    problems = [
        f"{track['name']}: {plugin['problem'] or 'not found'}"
        for track in document["tracks"]
        for plugin in track["plugins"]
        if plugin["problem"] or not plugin["found"]
    ]
    slots = [{plugin["slot"] for plugin in track["plugins"]} for track in document["tracks"]]
    names = dict.fromkeys(plugin["name"] for track in document["tracks"] for plugin in track["plugins"])
    return Finding(not problems and all(found >= SLOTS for found in slots), "; ".join(problems) or ", ".join(names))


def all_confirmed(document: Document) -> Finding:
    """Whether every value that was set was read back as it was wanted; if not, what was not."""
    rows = [(track["name"], row) for track in document["tracks"] for row in track["proof"]]
    confirmed = [row for _, row in rows if row["verdict"] == "confirmed"]
    wrong = [f"{name} {row['parameter']} {row['verdict']}" for name, row in rows if row not in confirmed]
    faults = [f"{track['name']}: {track['fault']}" for track in document["tracks"] if track["fault"]]
    counted = document["proof"] == {"confirmed": len(rows), "off": 0, "not_confirmed": 0}
    detail = f"{len(confirmed)} of {len(rows)}"
    return Finding(bool(rows) and counted and not wrong and not faults, "; ".join([detail, *faults, *wrong]))


def setting_results(
    document: Document, tracks: Sequence[ReaperTrack], stands: Mapping[str, Settings]
) -> list[SettingResult]:
    """Every value that was set, with what `stands` of it in the DAW's plug-ins and on its faders and pans."""
    truly = {track.name: {"gain_db": track.db, "pan": track.pan} | dict(stands[track.name]) for track in tracks}
    return [
        SettingResult(track=track["name"], **row, stands=truly[track["name"]][row["parameter"]])
        for track in document["tracks"]
        for row in track["proof"]
    ]
