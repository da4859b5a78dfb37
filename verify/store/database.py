"""The database behind a store: SQLite in an archive folder, in WAL mode.

WAL lets readers go on while a scan writes; `synchronous=FULL` puts every commit on disk before it
is reported (sqlite.org/wal.html, "Performance Considerations"). Writers queue with BEGIN IMMEDIATE:
a transaction that begins as a reader and upgrades fails at once when another one writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from verify.errors import ArchiveError

LOCK_WAIT_SECONDS = 60
"""How long a writer queues behind others; a scan commits in batches of well under a second."""

VARIABLES = 240
"""Values in one IN (...); a statement about pairs has four for each. Below SQLite's oldest limit of 999
(sqlite.org/limits.html)."""

Value = TypeVar("Value")


class Database:
    """Transactions on one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def in_file(cls, path: Path) -> Database:
        """Open or create the SQLite database at `path`."""
        url = URL.create("sqlite", database=str(path))
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See one state of the database, whatever others write meanwhile."""
        with _storage_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write alone, and have it on disk at the end; an exception leaves no trace."""
        with (
            _storage_errors(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection


def chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Cut values into pieces that fit into one statement."""
    some: list[Value] = []
    for value in values:
        some.append(value)
        if len(some) == VARIABLES:
            yield some
            some = []
    if some:
        yield some


def _configure(connection: Any, _record: object) -> None:
    """Prepare a new SQLite connection; transactions are begun by `_begin`, not by the driver."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _storage_errors() -> Iterator[None]:
    """Say in one sentence what the database could not do."""
    try:
        yield
    except DatabaseError as error:
        raise ArchiveError(f"The archive's database failed: {error.orig}.", code="storage") from error
    except UnicodeDecodeError as error:  # SQLite quotes what it cannot read
        raise ArchiveError("The archive's database holds text that is none.", code="storage") from error
    except SQLAlchemyError as error:
        raise ArchiveError(f"The archive's database failed: {error}.", code="storage") from error
