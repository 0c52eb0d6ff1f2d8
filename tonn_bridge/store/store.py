"""One SQLite file for everything that must outlive a crash."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

from tonn_bridge.errors import StoreError
from tonn_bridge.store.failures import STORE_FAILURES, explain
from tonn_bridge.store.records import Charge, Entry
from tonn_bridge.store.schema import migrate, transaction

LOCK_WAIT_S = 5.0
"""How long a write waits for another process's write to end."""

T = TypeVar("T")


class Store:
    """Journal, mixes, uploads and charges of all sessions; a session is named by the absolute path of its file.

    What a method wrote is on the disk when it returns, and a write that fails leaves nothing behind; one that is
    cancelled is there whole or not at all. Documents are JSON objects; infinities are kept as they are.
    Every method raises StoreError with the file and the way out; a later call may well succeed again.
    """

    def __init__(self, path: Path, worker: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self._path = path
        self._worker = worker
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Self]:
        """The store in the file at `path`, made where it is missing, brought up to date, closed on the way out.

        Raises:
            StoreError: the file or its folder cannot be used.
        """
        loop = asyncio.get_running_loop()
        worker = ThreadPoolExecutor(1, thread_name_prefix="store")
        try:
            connection = await loop.run_in_executor(worker, _connect, path)
            try:
                yield cls(path, worker, connection)
            finally:
                await asyncio.shield(loop.run_in_executor(worker, connection.close))  # after all that was asked before
        finally:
            worker.shutdown(wait=False)

    async def journal(
        self, session: str, kind: str, data: Mapping[str, object], at: float, charge: Charge | None = None
    ) -> int:
        """Write down a step, and what it cost, in one; the id of the entry."""
        row = (_text(session), at, kind, _dump(data))

        def write(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                cursor = connection.execute("INSERT INTO journal (session, at, kind, data) VALUES (?, ?, ?, ?)", row)
                if charge is not None:
                    _insert_charge(connection, session, charge)
            assert cursor.lastrowid is not None  # an INSERT always has one
            return cursor.lastrowid

        return await self._run(write)

    async def entries(self, session: str) -> list[Entry]:
        """The session's journal, oldest first."""
        query = "SELECT id, at, kind, data FROM journal WHERE session = ? ORDER BY id"
        return await self._run(lambda connection: _entries(connection, query, _text(session)))

    async def history(self, session: str, limit: int) -> list[Entry]:
        """The last `limit` entries of the session's journal, newest first."""
        query = "SELECT id, at, kind, data FROM journal WHERE session = ? ORDER BY id DESC LIMIT ?"
        return await self._run(lambda connection: _entries(connection, query, _text(session), limit))

    async def save_mix(self, session: str, document: Mapping[str, object], at: float) -> None:
        """Keep `document` as the session's mix; the one before it is gone."""
        row = (_text(session), at, _dump(document))
        await self._write("INSERT OR REPLACE INTO mix (session, at, document) VALUES (?, ?, ?)", row)

    async def load_mix(self, session: str) -> dict[str, object] | None:
        """The mix saved last; None where there is none."""
        query = "SELECT document FROM mix WHERE session = ?"
        return await self._run(lambda connection: _load(_cell(connection, query, _text(session))))

    async def remember_upload(
        self, url_scope: str, sha256: str, upload_name: str, readable_url: str, at: float
    ) -> None:
        """Keep where a stem of this content and name can be read by the service at `url_scope`."""
        await self._write(
            "INSERT OR REPLACE INTO upload (url_scope, sha256, upload_name, readable_url, at) VALUES (?, ?, ?, ?, ?)",
            (url_scope, sha256, upload_name, readable_url, at),
        )

    async def find_upload(self, url_scope: str, sha256: str, upload_name: str, since: float) -> str | None:
        """The readable URL of an upload remembered at `since` (Unix seconds) or later; None where there is none."""
        query = "SELECT readable_url FROM upload WHERE url_scope = ? AND sha256 = ? AND upload_name = ? AND at >= ?"
        return await self._run(lambda connection: _cell(connection, query, url_scope, sha256, upload_name, since))

    async def charge(self, session: str, task_id: str, what: str, credits: int | None, at: float) -> None:
        """Write down what a task cost, without a step of the job."""

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                _insert_charge(connection, session, Charge(task_id, what, credits, at))

        await self._run(write)

    async def charges(self, session: str) -> list[Charge]:
        """What the session's tasks have cost, oldest first."""
        query = "SELECT task_id, what, credits, at FROM charge WHERE session = ? ORDER BY id"
        rows = await self._run(lambda connection: connection.execute(query, (_text(session),)).fetchall())
        return [Charge(*row) for row in rows]

    async def _write(self, statement: str, row: tuple[object, ...]) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(statement, row)

        await self._run(write)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the store's own thread, so that a slow disk never holds the event loop."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work, self._connection)
        except STORE_FAILURES as exc:
            raise explain(exc, self._path) from exc


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The file holds signed URLs: nobody else may read it. SQLite gives -wal and -shm the same rights.
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=LOCK_WAIT_S, isolation_level=None)
        try:
            _switch_to_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS keeps what fsync hands over in the drive's cache
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    except STORE_FAILURES as exc:
        raise explain(exc, path) from exc
    except StoreError as exc:
        raise StoreError(f"{path}: {exc}") from exc
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Where two processes meet on a new file SQLite refuses this at once, whatever its timeout: so wait here."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _insert_charge(connection: sqlite3.Connection, session: str, charge: Charge) -> None:
    connection.execute(
        "INSERT INTO charge (session, task_id, what, credits, at) VALUES (?, ?, ?, ?, ?)",
        (_text(session), charge.task_id, charge.what, charge.credits, charge.at),
    )


def _entries(connection: sqlite3.Connection, query: str, *args: object) -> list[Entry]:
    return [Entry(id_, at, kind, json.loads(data)) for id_, at, kind, data in connection.execute(query, args)]


def _cell(connection: sqlite3.Connection, query: str, *args: object) -> str | None:
    row = connection.execute(query, args).fetchone()
    return None if row is None else str(row[0])


def _dump(document: Mapping[str, object]) -> str:
    return json.dumps(dict(document), separators=(",", ":"))


def _load(text: str | None) -> dict[str, object] | None:
    return None if text is None else dict(json.loads(text))


def _text(session: str) -> str:
    """A path as SQLite can keep it: file names need not be UTF-8, and Python marks such bytes with lone surrogates."""
    return session.encode("utf-8", "backslashreplace").decode()
