"""Dials of plug-ins that were learnt: a file for each mapping, version of the DAW and plug-in, in the user's folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from tonn_bridge.core.dials import TableDial, Unit
from tonn_bridge.errors import MappingError, RangeError
from tonn_bridge.files import load_toml
from tonn_bridge.mapping.messages import Table
from tonn_bridge.mapping.plugins.model import Number


class LearntDial(Table):
    """What one dial showed: [wire number, shown] pairs with lines between them."""

    unit: Unit = Field(description="What it shows.")
    log: bool = Field(default=False, description="The lines between the points are straight by ratio.")
    error: Annotated[Number, Field(ge=0.0)] = Field(
        default=0.0, description="The most by which the DAW showed something else, in dB or as a fraction."
    )
    points: tuple[tuple[Number, Number], ...] = Field(description="[wire number, shown] pairs, the numbers rising.")

    @model_validator(mode="after")
    def _is_a_law(self) -> "LearntDial":
        try:
            self.law()
        except RangeError as exc:
            raise ValueError(str(exc)) from exc
        return self

    def law(self) -> TableDial:
        return TableDial(self.points, self.log)


class LearntDials(Table):
    """What `learn plugin` found out about one plug-in."""

    mapping: Annotated[str, Field(min_length=1)] = Field(description="The mapping it belongs to.")
    version: str = Field(default="", description="The DAW's version.")
    plugin: Annotated[str, Field(min_length=1)] = Field(description="What the mapping calls the plug-in.")
    learnt: str = Field(description="When, as a date.")
    dials: dict[str, LearntDial] = Field(
        min_length=1,
        description="The dials by their key in the mapping: freq, gain, q, threshold, ratio, attack, release.",
    )


def load_dials(folder: Path, mapping: str) -> tuple[LearntDials, ...]:
    """What has been learnt for a mapping, of each plug-in the newest; `mapping` is its name without folder and suffix.

    Raises:
        MappingError: a file is wrong.
    """
    newest: dict[str, LearntDials] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        if path.name.startswith(f"{mapping} "):
            found = load_toml(path, LearntDials, MappingError)
            if found.mapping == mapping:
                newest[found.plugin] = found
    return tuple(newest.values())


def keep_dials(folder: Path, found: LearntDials) -> Path:
    """Write `found` into `folder`, in place of an older one of the same plug-in and version; the file.

    Raises:
        MappingError: it cannot be written.
    """
    path = folder / " ".join(part for part in (found.mapping, _plain(found.version), _plain(found.plugin)) if part)
    path = path.with_name(f"{path.name}.toml")
    fresh = path.with_name(f"{path.name}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(_toml(found), encoding="utf-8")
        fresh.replace(path)
    except OSError as exc:
        raise MappingError(f"{path}: what was learnt cannot be kept ({exc.strerror})") from exc
    return path


def _plain(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")


def _toml(found: LearntDials) -> str:
    lines = [
        "# What the DAW wrote beside the dials while `tonn-bridge learn plugin` turned them.",
        f"mapping = {_quoted(found.mapping)}",
        f"version = {_quoted(found.version)}",
        f"plugin = {_quoted(found.plugin)}",
        f"learnt = {_quoted(found.learnt)}",
        *_tables(found.dials),
    ]
    return "\n".join(lines) + "\n"


def _tables(dials: Mapping[str, LearntDial]) -> Sequence[str]:
    return [
        line
        for key, dial in dials.items()
        for line in (
            "",
            f"[dials.{_quoted(key)}]",
            f"unit = {_quoted(dial.unit)}",
            f"log = {str(dial.log).lower()}",
            f"error = {dial.error!r}",
            "points = [",
            *(f"  [{wire!r}, {shown!r}]," for wire, shown in dial.points),
            "]",
        )
    ]


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else "?" for c in text) + '"'
