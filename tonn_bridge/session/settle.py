"""Settling keys of a session file that is there already, with its comments and its lines left as they are."""

import os
from collections.abc import Mapping
from pathlib import Path

from tonn_bridge.errors import SessionError
from tonn_bridge.files import parse_toml
from tonn_bridge.session.model import Session


def settle(path: Path, values: Mapping[str, str]) -> None:
    """Write `values` as keys of `[tonn]` into the session file `path`: at once and whole, or not at all.

    Raises:
        SessionError: the file cannot be read or written, or would not be a session any more.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        settled = _settled(text, path.name, values)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            part.write_bytes(settled.encode())
            part.chmod(path.stat().st_mode)
            part.replace(path.resolve())
        finally:
            part.unlink(missing_ok=True)
    except OSError as exc:
        raise SessionError(f"{path}: cannot be written ({exc.strerror})") from exc


def _settled(text: str, name: str, values: Mapping[str, str]) -> str:
    import tomlkit  # here, because of all that reads sessions this alone writes into one
    from tomlkit.exceptions import TOMLKitError

    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n"))
        table = document.setdefault("tonn", tomlkit.table())
        for key, value in values.items():
            table[key] = value
        settled = tomlkit.dumps(document)
    except TOMLKitError as exc:
        raise SessionError(f"{name}: not TOML: {exc}") from exc
    tonn = parse_toml(settled, name, Session, SessionError).tonn
    if any(getattr(tonn, key) != value for key, value in values.items()):
        wanted = ", ".join(f'{key} = "{value}"' for key, value in values.items())
        raise SessionError(f"{name}: [tonn] is written in a way that cannot be changed here; write {wanted} into it")
    return settled.replace("\n", newline)
