"""The mixer's state as a JSON document, and back: what must survive a crash."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tonn_bridge.core import Compressor, EqBand, Limit, Pan, Param, TonnSettings
from tonn_bridge.core.mix import Showing, Verdict
from tonn_bridge.engine.goal import Goal
from tonn_bridge.engine.mixer import Mixer
from tonn_bridge.engine.rack import Rack
from tonn_bridge.engine.rack.track import RackTrack
from tonn_bridge.engine.strip import Strip, Wires

_WIRES = ("user", "baseline", "ridden", "last")


def remember(mixer: Mixer, mapping: str) -> dict[str, Any]:
    """Everything `recall` needs; wire numbers belong to the DAW mapping named beside them."""
    mixer.remember()
    return {
        "mapping": mapping,
        "showing": mixer.showing,
        "applied": mixer.applied,
        "goal": mixer.goal,
        "tracks": {str(number): _track(strip) for number, strip in mixer.strips.items()},
        "plugins": _rack(mixer.rack),
        "plugins_elsewhere": dict(mixer.rack.elsewhere),
    }


def recall(mixer: Mixer, document: Mapping[str, Any], mapping: str) -> None:
    """Put a mixer into the state remembered, before it meets its DAW.

    A track is known again by its name, so that a session whose tracks changed places keeps each one's values. Under
    another mapping the wire numbers mean nothing, so the values themselves are converted.
    """
    mixer.showing = Showing(document["showing"])
    mixer.applied = bool(document["applied"])
    mixer.goal = Goal(document["goal"]) if document["goal"] is not None else None
    names = {number: strip.spec.name for number, strip in mixer.strips.items()}
    found = _same_tracks(document["tracks"], names)
    racks = _racks(document)
    own = racks.pop(mapping, None)  # another DAW's plug-ins are others, and are kept until it is back
    mixer.rack.elsewhere = racks
    if own is not None:
        _recall_rack(mixer.rack, own, mixer.applied, names)
    for number, strip in mixer.strips.items():
        track = found.get(number)
        if track is None:
            continue
        strip.given_back = bool(track.get("given_back"))
        strip.confirmed = {Param(param) for param in track.get("confirmed", ())}
        strip.held_adjust_db = track["held_adjust_db"]
        _tune(strip, track.get("tuned"))
        for name in _WIRES:
            setattr(strip, name, _wires(strip, track[name], same_mapping=document["mapping"] == mapping))


_KNOBS = ("user", "settled", "ridden", "now", "served", "fault")


def _rack(rack: Rack) -> dict[str, Any]:
    """The plug-ins' wire numbers. A blend that was under way is not gone on with."""
    return {
        "goal": rack.goal if isinstance(rack.goal, Goal) else None,
        "shows_user": rack.shows_user,
        "tracks": {str(number): _rack_track(track) for number, track in rack.tracks.items()},
    }


def _racks(document: Mapping[str, Any]) -> dict[str, Any]:
    """What was remembered of plug-ins, by mapping: of other DAWs where the user's own is not known to be back."""
    racks = dict(document.get("plugins_elsewhere", {}))
    if "plugins" in document:
        racks[document["mapping"]] = document["plugins"]
    return {
        mapping: rack
        for mapping, rack in racks.items()
        if not rack["shows_user"] or any(track.get("owed") for track in rack["tracks"].values())
    } | {mapping: rack for mapping, rack in racks.items() if mapping == document["mapping"]}


def _rack_track(track: RackTrack) -> dict[str, Any]:
    verdicts = {key: verdict.value for key, verdict in track.verdicts.items()}
    held = {"name": track.name, "verdicts": verdicts, "owed": sorted(track.owed)}
    return held | {name: getattr(track, name) for name in _KNOBS}


def _recall_rack(rack: Rack, document: Mapping[str, Any], applied: bool, names: Mapping[int, str]) -> None:
    goal = Goal(document["goal"]) if document["goal"] is not None else None
    rack.recall(goal, shows_user=bool(document["shows_user"]), applied=applied)
    for number, kept in _same_tracks(document["tracks"], names).items():
        track = rack.tracks[number]
        for name in _KNOBS:
            setattr(track, name, kept[name])
        track.verdicts = {key: Verdict(verdict) for key, verdict in kept["verdicts"].items()}
        track.owed = set(kept.get("owed", ()))
        track.doubt(track.now)


def _same_tracks(tracks: Mapping[str, Mapping[str, Any]], names: Mapping[int, str]) -> dict[int, Mapping[str, Any]]:
    """What was remembered of each track: under its name, else in its place where that one's name is gone as well."""
    remembered = Counter(track["name"] for track in tracks.values())
    present = Counter(names.values())
    found: dict[int, Mapping[str, Any]] = {}
    for number, name in names.items():
        in_place = tracks.get(str(number))
        if remembered[name] == present[name] == 1:
            found[number] = next(track for track in tracks.values() if track["name"] == name)
        elif in_place is not None and (in_place["name"] == name or not present[in_place["name"]]):
            found[number] = in_place
    return found


def _track(strip: Strip) -> dict[str, Any]:
    held = {
        "name": strip.spec.name,
        "held_adjust_db": strip.held_adjust_db,
        "tuned": _tuned(strip),
        "given_back": strip.given_back,
        "confirmed": sorted(param.value for param in strip.confirmed),
    }
    return held | {name: _pairs(strip, getattr(strip, name)) for name in _WIRES}


def _tuned(strip: Strip) -> dict[str, Any] | None:
    """What a hand has made of Tonn's settings, beside the settings it was made of."""
    if strip.tuned is None or strip.tuned_from is None:
        return None
    return {"own": asdict(strip.tuned_from), "tuned": asdict(strip.tuned)}


def _tune(strip: Strip, kept: Mapping[str, Any] | None) -> None:
    if kept is not None:
        strip.tuned_from, strip.tuned = _settings(kept["own"]), _settings(kept["tuned"])


def _settings(document: Mapping[str, Any]) -> TonnSettings:
    """Settings as `dataclasses.asdict` and JSON have left them."""
    pan, comp = document["pan"], document["comp"]
    return TonnSettings(
        gain_db=document["gain_db"],
        trim_db=document["trim_db"],
        pan=None if pan is None else Pan(pan["position"]),
        eq=tuple(EqBand(**band) for band in document["eq"]),
        comp=None if comp is None else Compressor(**comp),
        limited=tuple(Limit(**limit) for limit in document["limited"]),
    )


def _pairs(strip: Strip, wires: Wires) -> dict[str, dict[str, float | None]]:
    """Each wire number with its value beside it; off has no number in JSON and is null."""
    pairs: dict[str, dict[str, float | None]] = {}
    for param, wire in wires.items():
        value = strip.scales[param].value_of(wire)
        pairs[param.value] = {"wire": wire, "value": None if value == float("-inf") else value}
    return pairs


def _wires(strip: Strip, pairs: Mapping[str, Mapping[str, float | None]], *, same_mapping: bool) -> Wires:
    wires: Wires = {}
    for name, pair in pairs.items():
        param, wire = Param(name), pair["wire"]
        if not same_mapping or wire is None:
            value = pair["value"]
            wire = strip.scales[param].wire_of(float("-inf") if value is None else value)
        wires[param] = wire
    return wires
