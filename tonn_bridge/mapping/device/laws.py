"""Fader laws that were learnt: one file per host and version, in a folder of the user's own."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from tonn_bridge.core.calibration import same_law
from tonn_bridge.core.laws import FaderLaw, TableLaw
from tonn_bridge.errors import MappingError, RangeError
from tonn_bridge.files import load_toml
from tonn_bridge.mapping.device.model import DeviceFile, Number
from tonn_bridge.mapping.messages import Table

AGREES_DB = 0.2
"""Two digits of what a DAW prints: a law that was learnt lies no nearer to the true one than that for certain."""


class LearntLaw(Table):
    """What `learn law` found: [position, dB] pairs with straight lines between."""

    mapping: Annotated[str, Field(min_length=1)] = Field(description="The mapping it belongs to.")
    version: str = Field(default="", description="The DAW's version, as the person who learnt it wrote it.")
    learnt: str = Field(description="When, as a date.")
    error_db: Annotated[Number, Field(ge=0.0)] = Field(description="The most by which the DAW showed something else.")
    points: tuple[tuple[Number, Number], ...] = Field(description="Position 0 (off) to 1 (top), and dB, both rising.")

    @model_validator(mode="after")
    def _rises(self) -> "LearntLaw":
        try:
            self.law()
        except RangeError as exc:
            raise ValueError(str(exc)) from exc
        return self

    def law(self) -> TableLaw:
        return TableLaw(self.points)


def load_law(path: Path) -> LearntLaw:
    """The law in one file.

    Raises:
        MappingError: it cannot be read, or is no law.
    """
    return load_toml(path, LearntLaw, MappingError)


def law_of(mapping: DeviceFile, label: str, folder: Path, chosen: Path | None = None) -> FaderLaw:
    """The law of a DAW's faders: from the `chosen` file, else the newest learnt one in `folder`, else the mapping's.

    Where the mapping knows the law itself and what was learnt agrees with it, its own is the more exact one. `label`
    is the mapping's name as the session writes it, without folder and suffix.

    Raises:
        MappingError: nobody knows it yet, or a file is wrong.
    """
    path, own = chosen or find_law(folder, label), mapping.fader.fader_law()
    if path is not None:
        learnt = load_law(path).law()
        agrees = own is not None and same_law(learnt, own) <= AGREES_DB
        return own if own is not None and agrees and chosen is None else learnt
    if own is None:
        raise MappingError(
            f"{label}: the fader law of {mapping.name} is not known yet, so no fader can be set right; "
            "run `tonn-bridge learn law` once, with the DAW open"
        )
    return own


def find_law(folder: Path, mapping: str, version: str = "") -> Path | None:
    """The file of the law learnt for a mapping in that version; without a version, the newest of them."""
    if version:
        exact = folder / _file_name(mapping, version)
        return exact if exact.is_file() else None
    ours = [path for path in folder.glob("*.toml") if path.stem == mapping or path.stem.startswith(f"{mapping} ")]
    return max(ours, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


def keep_law(folder: Path, found: LearntLaw) -> Path:
    """Write `found` into `folder`, in place of an older one of the same version; the file.

    Raises:
        MappingError: it cannot be written.
    """
    path = folder / _file_name(found.mapping, found.version)
    fresh = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(_toml(found), encoding="utf-8")
        fresh.replace(path)
    except OSError as exc:
        raise MappingError(f"{path}: the law cannot be kept ({exc.strerror})") from exc
    return path


def _file_name(mapping: str, version: str) -> str:
    plain = re.sub(r"[^\w.-]+", "-", version).strip("-.")
    return f"{mapping} {plain}.toml" if plain else f"{mapping}.toml"


def _toml(found: LearntLaw) -> str:
    lines = [
        f"# The fader law of {_comment(found.mapping)}: what it wrote while `tonn-bridge learn law` moved one fader.",
        f"mapping = {_quoted(found.mapping)}",
        f"version = {_quoted(found.version)}",
        f"learnt = {_quoted(found.learnt)}",
        f"error_db = {found.error_db:.3f}",
        "points = [",
        *(f"  [{position:.6f}, {db:.3f}]," for position, db in _distinct(found.points)),
        "]",
    ]
    return "\n".join(lines) + "\n"


def _distinct(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """`points` as they can be written, without those that would no longer rise."""
    kept = [points[0]]
    for position, db in points[1:]:
        if round(position, 6) > round(kept[-1][0], 6) and round(db, 3) > round(kept[-1][1], 3):
            kept.append((position, db))
    kept[-1] = (points[-1][0], kept[-1][1])
    return kept


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else "?" for c in text) + '"'


def _comment(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
