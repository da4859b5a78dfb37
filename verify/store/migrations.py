"""Bring a database to the schema this version works with.

A new database gets the current tables at once; an older one goes through the steps in order,
all in one transaction. A database of a newer version is refused, never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, Text, bindparam, func, insert, inspect, literal_column, select, update
from sqlalchemy.schema import CreateIndex

from verify.errors import ArchiveError
from verify.store import inserts, labels, review_sql, schema
from verify.store.role import FileStamp, Sighting

Step = Callable[[Connection], None]


def begin_review(connection: Connection) -> None:
    """Add the review log with an arrival for every item, and what tells a changed thumbnail."""
    schema.metadata.create_all(connection, tables=schema.REVIEW)
    connection.exec_driver_sql("ALTER TABLE thumbnail ADD COLUMN sha256 BLOB NOT NULL DEFAULT x''")
    _digest_thumbnails(connection)
    items = list(connection.scalars(select(schema.item.c.id).order_by(schema.item.c.id)))
    labels.write(connection, items)
    review_sql.welcome(connection, _first_sightings(connection))


def _digest_thumbnails(connection: Connection) -> None:
    table = schema.thumbnail
    digests = [
        {"of": row.examination_id, "at": row.number, "sha256": sha256(row.jpeg).digest()}
        for row in connection.execute(select(table.c.examination_id, table.c.number, table.c.jpeg))
    ]
    this = (table.c.examination_id == bindparam("of")) & (table.c.number == bindparam("at"))
    if digests:
        connection.execute(update(table).where(this).values(sha256=bindparam("sha256")), digests)


def _first_sightings(connection: Connection) -> dict[int, Sighting]:
    table, item = schema.sighting, schema.item
    first = select(func.min(table.c.id)).group_by(table.c.item_id)
    found = select(table, item.c.sha256).join(item).where(table.c.id.in_(first)).order_by(item.c.id)
    return {
        row.item_id: Sighting(
            stamp=FileStamp(path=row.path, size_bytes=row.size_bytes, modified_ns=row.modified_ns),
            sha256=row.sha256.hex(),
            seen_at=row.seen_at,
        )
        for row in connection.execute(found)
    }


def begin_lists(connection: Connection) -> None:
    """Add the hashes of items that are known from hash lists."""
    schema.metadata.create_all(connection, tables=[schema.listed_hash])


def judge_both_sides(connection: Connection) -> None:
    """Let what was said of a match count for the other item too."""
    connection.execute(CreateIndex(schema.OTHER_INDEX, if_not_exists=True))
    others = select(literal_column(schema.OTHER, Text)).select_from(schema.review_event).distinct()
    found = [other for other in connection.scalars(others) if other]
    review_sql.fold_again(connection, inserts.known_ids(connection, found))


STEPS: Sequence[Step] = (begin_review, begin_lists, judge_both_sides)
"""`STEPS[n]` takes a database from version n + 1 to n + 2."""


def migrate(connection: Connection) -> None:
    """Create or upgrade the tables inside the caller's transaction.

    Raises `ArchiveError` (code `newer-archive`) for a database made by a newer version, and
    (code `not-an-archive`) for a database that holds something else.
    """
    newest = len(STEPS) + 1
    found = _version(connection)
    if found is None:
        _refuse_strangers(connection)
        schema.metadata.create_all(connection)
        _stamp(connection, newest)
    elif found > newest:
        message = f"This archive has schema {found}; this version of the tool knows up to {newest}."
        raise ArchiveError(message, code="newer-archive", hint="Update with: pip install -U verify-media")
    else:
        for version, step in enumerate(STEPS[found - 1 :], start=found + 1):
            step(connection)
            _stamp(connection, version)


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.schema_version.name):
        return None
    version: int | None = connection.scalar(select(func.max(schema.schema_version.c.version)))
    return version


def _refuse_strangers(connection: Connection) -> None:
    names = inspect(connection).get_table_names()
    if names:
        raise ArchiveError("The database holds something else than an archive.", code="not-an-archive")


def _stamp(connection: Connection, version: int) -> None:
    connection.execute(insert(schema.schema_version).values(version=version, applied_at=datetime.now(UTC)))
