"""SQLite's and the file system's failures, in words that say which file it is and what to do."""

import json
import sqlite3
from pathlib import Path

from tonn_bridge.errors import StoreError

STORE_FAILURES = (sqlite3.Error, OSError, json.JSONDecodeError)
"""What `explain` knows how to put into words."""

_ELSEWHERE = "or set TONN_BRIDGE_STATE to another folder"
_CLOSED = f"cannot be opened: it must be a file, in a folder that is yours; mend that, {_ELSEWHERE}"
_READ_ONLY = f"cannot be written: give yourself the right to, {_ELSEWHERE}"
_DAMAGED = "is damaged: move it away (with its -wal and -shm) and start again; the mix in the DAW stays as it is"

_WORDS = {
    sqlite3.SQLITE_FULL: f"the disk is full: free some space and try again, {_ELSEWHERE}",
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_BUSY: "is locked by another program: close it (another tonn-bridge?) and try again",
    sqlite3.SQLITE_IOERR: f"could not be read or written: check the disk, {_ELSEWHERE}",
}


def explain(failure: Exception, path: Path) -> StoreError:
    """The error a person gets for `failure` of the database at `path`."""
    match failure:
        case sqlite3.Error():
            code = getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest is SQLite's detail
            return StoreError(f"{path}: {_WORDS.get(code, 'cannot be used')} ({failure})")
        case OSError():
            return StoreError(f"{path}: {_CLOSED} ({failure.strerror})")
        case _:
            return StoreError(f"{path}: {_DAMAGED} ({failure})")
