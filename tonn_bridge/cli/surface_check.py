"""Whether the session's control surfaces are there."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tonn_bridge.cli.checks import Check
from tonn_bridge.cli.ports import ports_taken

if TYPE_CHECKING:
    from tonn_bridge.client import Document
    from tonn_bridge.ports.midi import PortNames
    from tonn_bridge.session import SurfaceTable


def check_surfaces(surfaces: "Iterable[SurfaceTable]", ports: "PortNames | None") -> Iterator[Check]:
    """Which MIDI ports each takes; one that is not there is no fault, since the daemon waits for it."""
    for surface in surfaces:
        name = f"Surface {PurePath(surface.mapping).stem}"
        if surface.send is not None:
            yield Check(name, "ok", f"speaks OSC: is sent to {surface.send}, and heard on {surface.listen}")
            continue
        there, text = ports_taken(surface.input, surface.output, ports)
        yield Check(name, "ok" if there else "warn", text)


def check_running_surfaces(document: "Document") -> Iterator[Check]:
    """What the running daemon knows of each."""
    found: list[dict[str, Any]] = [e for e in document.get("endpoints", ()) if e.get("name") == "surface"]
    for surface in found:
        name, problems = f"Surface {surface['mapping']}", "; ".join(surface.get("problems") or ())
        if surface["connected"]:
            yield Check(name, "ok", "connected, says the running tonn-bridge")
        else:
            yield Check(name, "warn", problems or "not connected, says the running tonn-bridge")
