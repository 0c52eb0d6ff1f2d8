"""Finding mapping files: those that ship, by name, and people's own, by path."""

import json
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tonn_bridge.errors import MappingError
from tonn_bridge.files import did_you_mean, load_toml
from tonn_bridge.mapping.device import DeviceFile
from tonn_bridge.mapping.model import Mapping
from tonn_bridge.mapping.role import Role
from tonn_bridge.mapping.surface.caps import SurfaceMapping
from tonn_bridge.mapping.surface.compiled import MODELS, AnySurface, Protocol, compiled

_PACKAGE = Path(__file__).resolve().parent.parent

_IS = {
    Role.DAW: "a DAW that speaks OSC: name it under [daw]",
    Role.SURFACE: "a control surface: name it in [[surface]]",
    Role.DEVICE: "a DAW to which tonn-bridge plays a control surface: name it under [daw]",
}


class _Head(BaseModel):
    """What says how the rest of a file is to be read."""

    role: Role = Role.DAW


class _SurfaceHead(BaseModel):
    """The same of a control surface."""

    protocol: Protocol


def shipped(role: Role = Role.DAW) -> list[str]:
    """The names of the mappings of one role that ship, in order."""
    return [name for name in _all_shipped() if _role(folder() / f"{name}.toml") is role]


def find(name_or_path: str, base: Path | None = None, role: Role | None = None) -> Path:
    """The file of a shipped mapping, or of one that is named by a path (relative to `base`, or to where we are).

    Anything with a folder or `.toml` in it is a path. `role`: what is looked for, which the message names then.

    Raises:
        MappingError: there is no such file; lists the names that ship.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        path = (base or Path()) / Path(name_or_path).expanduser()
        if path.is_file():
            return path
        raise MappingError(f"{path}: no such mapping file. Mappings that ship: {', '.join(_choice(role))}")
    if name_or_path in _all_shipped():
        return folder() / f"{name_or_path}.toml"
    names = _choice(role)
    near = did_you_mean(name_or_path, names)
    raise MappingError(f'no mapping is called "{name_or_path}"{near or "."} Mappings that ship: {", ".join(names)}')


def role_of(name_or_path: str, base: Path | None = None) -> Role:
    """What the thing in a mapping file is to us.

    Raises:
        MappingError: no such file, one that is not TOML, or a role that there is not.
    """
    return _role(find(name_or_path, base))


def load(name_or_path: str, base: Path | None = None) -> Mapping:
    """The mapping of a DAW that speaks OSC, in the file that `find` finds.

    Raises:
        MappingError: no such file, one of another role, or mistakes in it, one per line.
    """
    return load_toml(_find(name_or_path, base, Role.DAW), Mapping, MappingError)


def load_device(name_or_path: str, base: Path | None = None) -> DeviceFile:
    """The mapping of a DAW to which we play a control surface. Raises as `load` does."""
    return load_toml(_find(name_or_path, base, Role.DEVICE), DeviceFile, MappingError)


def load_surface(name_or_path: str, base: Path | None = None) -> SurfaceMapping:
    """The mapping of a control surface, compiled. Raises as `load` does."""
    return compiled(load_surface_file(name_or_path, base))


def load_surface_file(name_or_path: str, base: Path | None = None) -> AnySurface:
    """The mapping of a control surface as it is written. Raises as `load` does."""
    path = _find(name_or_path, base, Role.SURFACE)
    return load_toml(path, MODELS[load_toml(path, _SurfaceHead, MappingError).protocol], MappingError)


def schema() -> str:
    """The JSON Schema of mapping files, for editors that complete and check TOML."""
    models = [Mapping, *MODELS.values(), DeviceFile]
    refs, rest = models_json_schema([(model, "validation") for model in models], title="Mapping")
    return json.dumps({"oneOf": [refs[model, "validation"] for model in models], **rest}, indent=2, ensure_ascii=False)


def folder() -> Path:
    """Where the shipped files are: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "mappings"
    return installed if installed.is_dir() else _PACKAGE.parent / "mappings"


def _all_shipped() -> list[str]:
    return sorted(path.stem for path in folder().glob("*.toml"))


def _choice(role: Role | None) -> list[str]:
    """The names to choose from; looks into every file, so only whoever has chosen none is told."""
    return _all_shipped() if role is None else shipped(role)


def _find(name_or_path: str, base: Path | None, wanted: Role) -> Path:
    """The file, if it is of the `wanted` role."""
    path = find(name_or_path, base, wanted)
    role = _role(path)
    if role is not wanted:
        raise MappingError(f'"{path.stem}" is {_IS[role]}. Mappings for this place: {", ".join(shipped(wanted))}')
    return path


def _role(path: Path) -> Role:
    return load_toml(path, _Head, MappingError).role
