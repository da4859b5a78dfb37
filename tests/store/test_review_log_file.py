"""What holds for the review log in the SQLite file behind an archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from made_records import arrival, digest_of

from verify.errors import ArchiveError
from verify.review import statements
from verify.review.events import Statement
from verify.store import schema
from verify.store.sql import SqlStore


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database with two items and a note."""
    store = SqlStore.in_file(tmp_path / "a.sqlite")
    store.add([arrival("a"), arrival("b")])
    said = Statement(
        by="desk-1", item=digest_of("a"), kind="note-added", payload=statements.note("seen"), key="k"
    )
    store.review.append(said)
    store.close()
    return tmp_path / "a.sqlite"


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE review_event SET payload = '{}' WHERE sequence = 2",
        "UPDATE review_event SET sequence = 9 WHERE sequence = 3",
        "DELETE FROM review_event WHERE sequence = 3",
        "DELETE FROM review_event",
        "INSERT OR REPLACE INTO review_event SELECT 3, at, 'E', item, kind, payload, 'new', previous, digest "
        "FROM review_event WHERE sequence = 3",
        "REPLACE INTO review_event SELECT 4, at, 'desk-5', item, kind, payload, key, previous, digest "
        "FROM review_event WHERE sequence = 3",
        "INSERT INTO review_event SELECT 7, at, by, item, kind, payload, 'new', previous, digest "
        "FROM review_event WHERE sequence = 3",
        "UPDATE OR REPLACE review_event SET sequence = 1 WHERE sequence = 2",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(database: Path, attempt: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute("SELECT * FROM review_event").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(attempt)
        assert connection.execute("SELECT * FROM review_event").fetchall() == before


def test_a_changed_log_is_said_in_one_sentence_when_it_is_read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER review_event_is_never_updated")
        connection.execute("UPDATE review_event SET payload = '{' WHERE sequence = 3")
    store = SqlStore.in_file(database)
    with pytest.raises(ArchiveError, match="verify check") as told:
        list(store.review.events())
    assert told.value.code == "damaged-log"
    store.close()


def test_an_older_archive_learns_that_a_match_was_refused_on_both_sides(database: Path) -> None:
    with closing(SqlStore.in_file(database)) as store:
        payload = statements.judged_match(digest_of("b"), note="")
        said = Statement(by="desk-1", item=digest_of("a"), kind="match-refused", payload=payload, key="1")
        store.review.append(said)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES (3, '2026-01-01T00:00:00+00:00')")
        connection.execute("DROP INDEX ix_review_event_other")
        connection.execute("DELETE FROM case_state WHERE item_id = (SELECT max(item_id) FROM case_state)")
    with closing(SqlStore.in_file(database)) as store:
        cases = store.review.cases()
        assert {item: case.refused for item, case in cases.items()} == {
            digest_of("a"): (digest_of("b"),),
            digest_of("b"): (digest_of("a"),),
        }
        assert list(store.audit.stale_states()) == []


def test_an_archive_from_before_the_log_gets_one(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in schema.REVIEW:
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute("ALTER TABLE thumbnail DROP COLUMN sha256")
        connection.execute("DELETE FROM schema_version WHERE version > 1")
        connection.execute("INSERT OR IGNORE INTO schema_version VALUES (1, '2026-01-01T00:00:00+00:00')")
    store = SqlStore.in_file(database)
    assert [(event.kind, event.item) for event in store.review.events()] == [
        ("item-added", digest_of("a")),
        ("item-added", digest_of("b")),
    ]
    assert list(store.audit.stale_states()) == []
    assert list(store.audit.thumbnails()) == [(digest_of("a"), 0, True), (digest_of("b"), 0, True)]
    assert store.audit.missing_guards() == []
    store.close()
