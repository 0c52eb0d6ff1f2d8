"""The tables, and how a database written by an older tonn-bridge becomes one of ours."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tonn_bridge.errors import StoreError

# Each item takes a database from the version that is its index to the next. Items are only ever added.
MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """CREATE TABLE journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL,
            at REAL NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL
        )""",
        "CREATE INDEX journal_by_session ON journal (session, id)",
        """CREATE TABLE mix (
            session TEXT PRIMARY KEY,
            at REAL NOT NULL,
            document TEXT NOT NULL
        )""",
        """CREATE TABLE upload (
            url_scope TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            upload_name TEXT NOT NULL,
            readable_url TEXT NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (url_scope, sha256, upload_name)
        )""",
        """CREATE TABLE charge (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            task_id TEXT NOT NULL,
            what TEXT NOT NULL,
            credits INTEGER,
            at REAL NOT NULL
        )""",
        "CREATE INDEX charge_by_session ON charge (session, id)",
    ),
)


def migrate(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the database to the newest version, all of it or nothing.

    Raises:
        StoreError: a newer tonn-bridge wrote it.
        sqlite3.Error: it cannot be read or written.
    """
    with transaction(connection):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(migrations):
            raise StoreError(f"was written by a newer tonn-bridge (version {version}); update this one")
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what the body wrote, or take all of it back where anything fails."""
    connection.execute("BEGIN IMMEDIATE")  # the lock is waited for here, never in the middle
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after a full disk SQLite has often rolled back by itself
            connection.execute("ROLLBACK")
        raise
