"""Reading a session file."""

from pathlib import Path

from tonn_bridge.errors import SessionError
from tonn_bridge.files import load_toml
from tonn_bridge.session.model import Session


def load_session(path: Path) -> Session:
    """The session in the TOML file `path`, its relative paths made absolute from that file's folder.

    Raises:
        SessionError: no such file, not TOML, or wrong keys and values: one line per mistake.
    """
    if not path.is_file():
        raise SessionError(f'{path}: no such file; write one with "tonn-bridge init FOLDER", or name another')
    return load_toml(path, Session, SessionError).at(path)
