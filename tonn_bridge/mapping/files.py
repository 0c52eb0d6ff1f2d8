"""Finding mapping files: those that ship, by name, and people's own, by path."""

import json
from pathlib import Path

from tonn_bridge.errors import MappingError
from tonn_bridge.files import did_you_mean, load_toml
from tonn_bridge.mapping.model import Mapping

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> list[str]:
    """The names of the mappings that ship, in order."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def find(name_or_path: str, base: Path | None = None) -> Path:
    """The file of a shipped mapping, or of one that is named by a path (relative to `base`, or to where we are).

    Anything with a folder or `.toml` in it is a path.

    Raises:
        MappingError: there is no such file; lists the names that ship.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        path = (base or Path()) / Path(name_or_path).expanduser()
        if path.is_file():
            return path
        raise MappingError(f"{path}: no such mapping file. Mappings that ship: {', '.join(shipped())}")
    names = shipped()
    if name_or_path in names:
        return folder() / f"{name_or_path}.toml"
    near = did_you_mean(name_or_path, names)
    raise MappingError(f'no mapping is called "{name_or_path}"{near or "."} Mappings that ship: {", ".join(names)}')


def load(name_or_path: str, base: Path | None = None) -> Mapping:
    """The mapping in the file that `find` finds.

    Raises:
        MappingError: no such file, or mistakes in it, one per line.
    """
    return load_toml(find(name_or_path, base), Mapping, MappingError)


def schema() -> str:
    """The JSON Schema of mapping files, for editors that complete and check TOML."""
    return json.dumps(Mapping.model_json_schema(), indent=2)


def folder() -> Path:
    """Where the shipped files are: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "mappings"
    return installed if installed.is_dir() else _PACKAGE.parent / "mappings"
