"""The database behind a store: SQLite in an archive folder, in WAL mode.

WAL lets readers go on while a scan writes; `synchronous=FULL` puts every commit on disk before it
is reported (sqlite.org/wal.html, "Performance Considerations"). Writers queue with BEGIN IMMEDIATE:
a transaction that begins as a reader and upgrades fails at once when another one writes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from verify.errors import ArchiveError, disk_full, storage_failed
from verify.store.role import BytesReport

LOCK_WAIT_SECONDS = 60
"""How long a writer queues behind others; a scan commits in batches of well under a second."""

VARIABLES = 1000
"""Values in one IN (...); a statement about pairs has four for each. SQLite takes 32,766 since 3.32 of 2020
(sqlite.org/limits.html)."""

OPENED = "opened"
"""What a connection remembers of its file: where it is, and which one it is."""

PAGES_AT_ONCE = 2048
"""Copied between two reports of a backup: 8 MB of SQLite's pages."""

PRIMARY_CODE = 0xFF
"""Bits of SQLite's result codes that say what sort of error it is (sqlite.org/rescode.html)."""

WAL_INDEX_BYTES = 32 * 1024
"""Room that opening a database in WAL mode needs (sqlite.org/walformat.html, section 2.2)."""

Value = TypeVar("Value")


class Database:
    """Transactions on one database."""

    def __init__(self, engine: Engine, *, folder: Path) -> None:
        """Use what `engine` opens; it is in `folder`."""
        self._engine = engine
        self._folder = folder

    @classmethod
    def in_file(cls, path: Path) -> Database:
        """Open or create the SQLite database at `path`; once it is open, no other is made in its place."""
        try:
            path.touch(exist_ok=True)
        except OSError as error:
            raise storage_failed(f"Cannot open a database at {path}", error) from error
        url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "rw", "uri": "true"})
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return cls(engine, folder=path.parent)

    def close(self) -> None:
        self._engine.dispose()

    def copy_to(self, path: Path, *, report: BytesReport) -> Database:
        """Write the database as it is at this moment into a new file, whatever others write meanwhile.

        The pages are copied by SQLite (sqlite.org/backup.html) inside one read transaction, which in WAL mode
        neither waits for writers nor lets them change what it sees. Return the copy, open.
        """
        with self.reading() as connection, closing(sqlite3.connect(path)) as copy:
            page_bytes = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master").all()  # a first read: the snapshot
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)  # noqa: S101 - what `in_file` opens
            source.backup(
                copy,
                pages=PAGES_AT_ONCE,
                progress=lambda _, left, pages: report((pages - left) * page_bytes, pages * page_bytes),
            )
        return Database.in_file(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See one state of the database, whatever others write meanwhile."""
        with _storage_errors(self._folder), self._engine.connect() as connection:
            _check_in_place(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write alone, and have it on disk at the end; an exception leaves no trace."""
        with (
            _storage_errors(self._folder),
            self._engine.connect().execution_options(writes=True) as connection,
        ):
            with connection.begin():
                yield connection
            _check_in_place(connection)


def chunks(values: Iterable[Value], size: int = VARIABLES) -> Iterator[list[Value]]:
    """Cut values into pieces, by default such that fit into one statement."""
    some: list[Value] = []
    for value in values:
        some.append(value)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _configure(connection: Any, record: ConnectionPoolEntry) -> None:
    """Prepare a new SQLite connection; transactions are begun by `_begin`, not by the driver."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info[OPENED] = path, _identity(path)


def _check_in_place(connection: Connection) -> None:
    """Refuse to work on a file that has lost its name: what is written there is gone when it is closed."""
    path, identity = connection.info[OPENED]
    if _identity(path) != identity:
        connection.invalidate()
        raise ArchiveError(
            "The archive's database was removed or replaced while it was in use.",
            code="storage",
            hint="Put it back, then try again: what was just said is not kept.",
        )


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    """Say in one sentence what the database could not do."""
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        if _is_disk_full(cause, folder):
            raise disk_full() from error
        raise ArchiveError(f"The archive's database failed: {cause}.", code="storage") from error
    except UnicodeDecodeError as error:  # SQLite quotes what it cannot read
        raise ArchiveError("The archive's database holds text that is none.", code="storage") from error
    except SQLAlchemyError as error:
        raise ArchiveError(f"The archive's database failed: {error}.", code="storage") from error


def _is_disk_full(cause: object, folder: Path) -> bool:
    """Say whether an error is for want of room; opening a database on a full disk fails in other words."""
    code = getattr(cause, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and folder.is_dir():
        return shutil.disk_usage(folder).free < WAL_INDEX_BYTES
    return code == sqlite3.SQLITE_FULL
