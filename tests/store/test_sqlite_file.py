"""What holds for the SQLite file behind an archive."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from made_records import arrival, digest_of
from sqlalchemy import Connection, literal_column, select, text

from verify.errors import ArchiveError
from verify.store import migrations, schema
from verify.store.sql import SqlStore


def test_an_archive_is_there_after_it_was_closed(tmp_path: Path) -> None:
    first = SqlStore.in_file(tmp_path / "a.sqlite")
    first.add([arrival("a")])
    first.close()
    again = SqlStore.in_file(tmp_path / "a.sqlite")
    assert [item.sha256 for item in again.items()] == [digest_of("a")]
    again.close()


def test_an_archive_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    SqlStore.in_file(tmp_path / "a.sqlite").close()
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection, connection:
        connection.execute("insert into schema_version values (99, '2030-01-01T00:00:00.000000+00:00')")
    with pytest.raises(ArchiveError, match="pip install -U") as refused:
        SqlStore.in_file(tmp_path / "a.sqlite")
    assert refused.value.code == "newer-archive"


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection, connection:
        connection.execute("create table recipes (name text)")
    with pytest.raises(ArchiveError) as refused:
        SqlStore.in_file(tmp_path / "a.sqlite")
    assert refused.value.code == "not-an-archive"


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"these are no tables" * 100)
    with pytest.raises(ArchiveError, match="database failed"):
        SqlStore.in_file(tmp_path / "a.sqlite")


def test_commits_are_durable_and_keys_are_checked(tmp_path: Path) -> None:
    store = SqlStore.in_file(tmp_path / "a.sqlite")
    with store.database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_writers_queue_and_readers_go_on(tmp_path: Path) -> None:
    stores = [SqlStore.in_file(tmp_path / "a.sqlite") for _ in range(4)]

    def fill(number: int) -> None:
        for turn in range(25):
            stores[number].add([arrival(f"{number}-{turn}"), arrival(f"shared-{turn}")])
            list(stores[number].items())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(fill, range(4)))
    assert len(list(stores[0].items())) == 4 * 25 + 25
    for store in stores:
        store.close()


def test_the_examination_that_counts_is_looked_up_not_searched_for(tmp_path: Path) -> None:
    """SQLite takes a partial index only if the question holds the index's own condition, word for word."""
    store = SqlStore.in_file(tmp_path / "a.sqlite")
    table = schema.examination
    asked = select(table.c.id).where(table.c.item_id == literal_column("1"), table.c.counts)
    with store.database.reading() as connection:
        plan = connection.execute(text(f"explain query plan {asked.compile(connection)}"))
        assert "one_examination_counts" in " ".join(row.detail for row in plan)
    store.close()


def add_colour(connection: Connection) -> None:
    connection.exec_driver_sql("alter table item add column colour text default 'grey'")


def fail_half_way(connection: Connection) -> None:
    connection.exec_driver_sql("alter table item add column weight integer")
    connection.exec_driver_sql("insert into nowhere values (1)")


def columns_of_items(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("pragma table_info(item)")}


def test_an_older_archive_is_upgraded_step_by_step_and_keeps_its_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SqlStore.in_file(tmp_path / "a.sqlite")
    before.add([arrival("a")])
    before.close()
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, add_colour))
    for _ in range(2):
        after = SqlStore.in_file(tmp_path / "a.sqlite")
        assert [item.sha256 for item in after.items()] == [digest_of("a")]
        after.close()
    assert "colour" in columns_of_items(tmp_path / "a.sqlite")


def test_an_upgrade_that_fails_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlStore.in_file(tmp_path / "a.sqlite").close()
    before = columns_of_items(tmp_path / "a.sqlite")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, add_colour, fail_half_way))
    with pytest.raises(ArchiveError):
        SqlStore.in_file(tmp_path / "a.sqlite")
    assert columns_of_items(tmp_path / "a.sqlite") == before
    monkeypatch.undo()
    SqlStore.in_file(tmp_path / "a.sqlite").close()
