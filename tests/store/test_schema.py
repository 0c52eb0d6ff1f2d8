"""Databases of older and newer versions."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tonn_bridge.errors import StoreError
from tonn_bridge.store import Store
from tonn_bridge.store.schema import MIGRATIONS, migrate

SONG = "/songs/masks/session.toml"


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("old", range(len(MIGRATIONS) + 1))
async def test_database_of_any_older_version_opens_and_works(tmp_path: Path, old: int) -> None:
    path = tmp_path / "bridge.db"
    connection = connect(path)
    migrate(connection, MIGRATIONS[:old])
    if old:
        connection.execute("INSERT INTO journal (session, at, kind, data) VALUES (?, 1.0, 'old', '{}')", (SONG,))
    connection.close()

    async with Store.open(path) as store:
        await store.journal(SONG, "new", {}, 2.0)
        await store.save_mix(SONG, {"name": "Masks"}, 2.0)
        await store.charge(SONG, "t-1", "final", 1, 2.0)
        await store.remember_upload("https://tonn", "aa", "bass.wav", "https://signed", 2.0)
        assert [entry.kind for entry in await store.entries(SONG)] == (["old"] if old else []) + ["new"]
    connection = connect(path)
    assert version(connection) == len(MIGRATIONS)
    connection.close()


def test_only_the_missing_migrations_run(tmp_path: Path) -> None:
    first: Sequence[str] = ("CREATE TABLE take (name TEXT)", "INSERT INTO take VALUES ('one')")
    second: Sequence[str] = ("ALTER TABLE take ADD COLUMN at REAL",)
    connection = connect(tmp_path / "bridge.db")
    migrate(connection, [first])
    migrate(connection, [first, second])
    migrate(connection, [first, second])
    assert connection.execute("SELECT name, at FROM take").fetchall() == [("one", None)]
    assert version(connection) == 2
    connection.close()


def test_migration_that_fails_half_way_leaves_the_old_version(tmp_path: Path) -> None:
    first = ("CREATE TABLE take (name TEXT)",)
    broken = ("ALTER TABLE take ADD COLUMN at REAL", "INSERT INTO nowhere VALUES (1)")
    connection = connect(tmp_path / "bridge.db")
    migrate(connection, [first])
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, [first, broken])
    assert version(connection) == 1
    assert [row[1] for row in connection.execute("PRAGMA table_info(take)")] == ["name"]
    connection.close()


async def test_database_of_a_newer_tonn_bridge_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    connection = connect(path)
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"bridge\.db.*newer tonn-bridge \(version 99\); update"):
        async with Store.open(path):
            pass
    assert version(connection) == 99
    connection.close()
