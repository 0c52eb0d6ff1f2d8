"""Vector tables as they stand in tests/vectors: each row is an event by its name and fields, and its bytes."""

import json
from pathlib import Path
from types import ModuleType

from tonn_bridge.protocols import surface
from tonn_bridge.protocols.surface import Lamp, RingMode

FOLDER = Path(__file__).parents[1] / "vectors"
ABOUT = {"what", "event", "hex", "unit"}
"""Keys of a row that are no fields of its event."""


def table(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def event_of(row, own: ModuleType):
    """The event of a row: of the protocol's own, or of those that all surfaces share."""
    kind = getattr(own, row["event"], None) or getattr(surface, row["event"])
    return kind(**{key: _value(key, value) for key, value in row.items() if key not in ABOUT})


def _value(key, value):
    match key:
        case "mode":
            return RingMode[value]
        case "lamp":
            return Lamp(value)
        case "serial" | "challenge" | "response" | "data":
            return bytes.fromhex(value)
        case "position" if isinstance(value, list):
            return value[0] / value[1]
        case "colours":
            return tuple(value)
    return value
