"""Bring a database to the schema this version works with.

A new database gets the current tables at once; an older one goes through the steps in order,
all in one transaction. A database of a newer version is refused, never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, inspect, select

from verify.errors import ArchiveError
from verify.store import schema

Step = Callable[[Connection], None]

STEPS: Sequence[Step] = ()
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
