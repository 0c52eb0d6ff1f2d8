"""Whether the plug-ins that hold Tonn's EQ and compressor are there, and their dials learnt."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from tonn_bridge.cli.checks import Check
from tonn_bridge.cli.proof import CONFIRMED, shortcomings, unproved
from tonn_bridge.errors import BridgeError

if TYPE_CHECKING:
    from tonn_bridge.client import Document
    from tonn_bridge.mapping.plugins.compiled import PluginsMapping
    from tonn_bridge.session import Session

NAME = "Plug-ins"


def check_plugins(session: "Session") -> Iterator[Check]:
    """Whether the dials of the DAW's plug-ins are learnt; nothing for a DAW of whose plug-ins nothing is known."""
    from tonn_bridge.mapping import Role, role_of

    try:
        if role_of(session.daw.mapping, session.folder) is Role.DAW:
            mapping = _mapping(session)
            if mapping is not None:
                yield _learnt(mapping)
    except BridgeError as exc:
        yield Check(NAME, "fail", str(exc))


def check_running_plugins(document: "Document") -> Iterator[Check]:
    """What the running daemon misses on the tracks, and how much of what it set is proved."""
    if not any(track.get("plugins") for track in document["tracks"]):
        return
    counts = document.get("proof") or {}
    said = [f"{counts[CONFIRMED]} values {CONFIRMED}"] if counts.get(CONFIRMED) else []
    said += filter(None, [unproved(document)])
    lines = [", ".join(said) or "nothing of Tonn's mix is set now", *shortcomings(document)]
    yield Check(NAME, "warn" if len(lines) > 1 or counts.get("off") else "ok", "\n".join(lines))


def _mapping(session: "Session") -> "PluginsMapping | None":
    from tonn_bridge import places
    from tonn_bridge.mapping import DawMapping, load
    from tonn_bridge.mapping.plugins import load_dials

    label = session.daw.mapping
    learnt = load_dials(places.laws_dir(), PurePath(label).stem)
    return DawMapping(load(label, session.folder), learnt).plugins


def _learnt(mapping: "PluginsMapping") -> Check:
    missing = "; ".join(f"{plan.title}: {', '.join(plan.unlearnt)}" for plan in mapping.plans if plan.unlearnt)
    if missing:
        return Check(
            NAME,
            "warn",
            f"not learnt yet: {missing}. Until then Tonn's settings for them are left out: put them on a track, "
            "then tonn-bridge learn plugin",
        )
    titles = ", ".join(dict.fromkeys(plan.title for plan in mapping.plans))
    return Check(
        NAME, "ok", f"{titles}: every dial is known. Whether they stand on the tracks is seen by tonn-bridge run"
    )
