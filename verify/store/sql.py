"""The store on SQLAlchemy Core: SQLite in an archive folder, in WAL mode.

WAL lets readers go on while a scan writes; `synchronous=FULL` puts every commit on disk before it
is reported (sqlite.org/wal.html, "Performance Considerations"). Writers queue with BEGIN IMMEDIATE:
a transaction that begins as a reader and upgrades fails at once when another one writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Row,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from verify.errors import ArchiveError
from verify.records import Examination, Match, Problem, View
from verify.store import inserts, queries, rows, schema
from verify.store.migrations import migrate
from verify.store.role import Arrival, FileStamp, ItemSummary, Outline, Pair, Searchable, SeenBefore, Sighting

LOCK_WAIT_SECONDS = 60
"""How long a writer queues behind others; a scan commits in batches of well under a second."""

VARIABLES = 240
"""Values in one IN (...); a statement about pairs has four for each. Below SQLite's oldest limit of 999
(sqlite.org/limits.html)."""

Value = TypeVar("Value")


class SqlStore:
    """Implements the store role (see `verify.store.role.Store`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with self._writing() as connection:
            migrate(connection)

    @classmethod
    def in_file(cls, path: Path) -> SqlStore:
        """Open or create the SQLite database at `path`."""
        url = URL.create("sqlite", database=str(path))
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def add(self, arrivals: Sequence[Arrival]) -> None:
        parts: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        with self._writing() as connection:
            for arrival in arrivals:
                item = inserts.item_id(connection, arrival.sighting)
                inserts.add_sighting(connection, item, arrival.sighting)
                if arrival.examination is not None:
                    inserts.add_examination(connection, item, arrival.examination, parts)
            for part, part_rows in parts.items():
                if part_rows:
                    connection.execute(insert(part), part_rows)

    def latest_sightings(self, paths: Iterable[bytes]) -> dict[bytes, Sighting]:
        latest = select(func.max(schema.sighting.c.id)).group_by(schema.sighting.c.path)
        found: dict[bytes, Sighting] = {}
        with self._reading() as connection:
            for some in _chunks(paths):
                newest = latest.where(schema.sighting.c.path.in_(some))
                chosen = queries.sightings().where(schema.sighting.c.id.in_(newest))
                found.update((row.path, _sighting(row)) for row in connection.execute(chosen))
        return found

    def digests_by_size(
        self, sizes: Iterable[int], *, profile: str, exact: bool
    ) -> Mapping[int, frozenset[str]]:
        item, examination = schema.item, schema.examination
        known = (
            select(item.c.size_bytes, item.c.sha256)
            .join(examination, examination.c.item_id == item.c.id)
            .where(examination.c.counts)
        )
        if profile == "full":
            known = known.where(examination.c.profile == "full")
        if exact:
            known = known.where(examination.c.exact)
        digests: dict[int, set[str]] = defaultdict(set)
        with self._reading() as connection:
            for some in _chunks(set(sizes)):
                for row in connection.execute(known.where(item.c.size_bytes.in_(some))):
                    digests[row.size_bytes].add(row.sha256.hex())
        return {size: frozenset(some) for size, some in digests.items()}

    def viewless(self, digests: Iterable[str]) -> dict[str, Problem]:
        item, examination, problem = schema.item, schema.examination, schema.problem
        views = select(schema.view).where(schema.view.c.examination_id == examination.c.id)
        first = (
            select(item.c.sha256, problem)
            .join(examination, examination.c.item_id == item.c.id)
            .join(problem, problem.c.examination_id == examination.c.id)
            .where(examination.c.counts, problem.c.number == 0, ~views.exists())
        )
        found: dict[str, Problem] = {}
        with self._reading() as connection:
            for some in _chunks(bytes.fromhex(digest) for digest in set(digests)):
                for row in connection.execute(first.where(item.c.sha256.in_(some))):
                    (found[row.sha256.hex()],) = rows.records(Problem, [row])
        return found

    def paths_of(self, sha256: str) -> tuple[bytes, ...]:
        with self._reading() as connection:
            return _paths(connection, [inserts.known_id(connection, sha256)]).popitem()[1]

    def items(self) -> Iterator[ItemSummary]:
        after = 0
        while True:
            page = (
                queries.summaries()
                .where(schema.item.c.id > after)
                .order_by(schema.item.c.id)
                .limit(VARIABLES)
            )
            with self._reading() as connection:
                found = connection.execute(page).all()
                summaries = _with_parts(connection, found)
            if not found:
                return
            yield from summaries
            after = found[-1].id

    def item(self, sha256: str) -> ItemSummary | None:
        with self._reading() as connection:
            found = connection.execute(
                queries.summaries().where(schema.item.c.sha256 == bytes.fromhex(sha256))
            ).all()
            return next(iter(_with_parts(connection, found)), None)

    def find_digests(self, prefix: str) -> tuple[str, ...]:
        low, high = prefix.ljust(64, "0"), prefix.ljust(64, "f")
        within = schema.item.c.sha256.between(bytes.fromhex(low), bytes.fromhex(high))
        with self._reading() as connection:
            found = connection.scalars(select(schema.item.c.sha256).where(within).limit(10))
            return tuple(digest.hex() for digest in found)

    def examination(self, sha256: str) -> Examination | None:
        with self._reading() as connection:
            row = connection.execute(queries.counting(sha256)).one_or_none()
            if row is None:
                return None
            parts = {
                part: connection.execute(
                    select(part).where(part.c.examination_id == row.id).order_by(part.c.number)
                ).all()
                for part in schema.PARTS
            }
            return rows.examination_record(row, sha256=sha256, size_bytes=row.size_bytes, parts=parts)

    def thumbnail(self, sha256: str, number: int = 0) -> bytes | None:
        counting = queries.counting(sha256).with_only_columns(schema.examination.c.id).scalar_subquery()
        of_view = schema.thumbnail.c.number == number
        wanted = select(schema.thumbnail.c.jpeg).where(schema.thumbnail.c.examination_id == counting, of_view)
        with self._reading() as connection:
            return connection.scalar(wanted)

    def outlines(self, *, after: int = 0) -> list[Outline]:
        fresh = queries.with_features().where(schema.examination.c.id > after)
        with self._reading() as connection:
            found = connection.execute(fresh).all()
            unsaid = [row.id for row in found if row.kind == "video" and row.duration is None]
            times = {
                row.examination_id: row.time
                for some in _chunks(unsaid)
                for row in connection.execute(queries.last_times(some))
            }
        return [rows.outline_record(row, last_time=times.get(row.id)) for row in found]

    def pdq_codes(self, *, after: int, up_to: int) -> bytes:
        with self._reading() as connection:
            return b"".join(connection.scalars(queries.pdq_codes(after, up_to)))

    def keypoints(self, *, after: int, up_to: int) -> Iterator[tuple[bytes, bytes]]:
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=VARIABLES).execute(
                queries.keypoints(after, up_to)
            ):
                yield row.codes, row.places

    def searchable(self, only: Sequence[int]) -> Iterator[Searchable]:
        wanted = queries.with_features().where(schema.examination.c.id.in_(only))
        with self._reading() as connection:
            for row in connection.execute(wanted).all():
                views = connection.execute(
                    queries.views_with_features().where(schema.view.c.examination_id == row.id)
                ).all()
                yield rows.searchable_record(row, views)

    def views(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], View]:
        found: dict[tuple[int, int], View] = {}
        with self._reading() as connection:
            for some in _chunks(wanted):
                for row in connection.execute(queries.these_views(some)):
                    found[row.examination_id, row.number] = rows.bare_view_record(row)
        return found

    def not_compared(self) -> tuple[int, ...]:
        examinations = queries.with_features().where(schema.examination.c.counts).subquery()
        compared = select(schema.comparison.c.examination_id)
        waiting = (
            select(examinations.c.id).where(examinations.c.id.not_in(compared)).order_by(examinations.c.id)
        )
        with self._reading() as connection:
            return tuple(connection.scalars(waiting))

    def add_seen_before(self, found: Sequence[SeenBefore]) -> None:
        now = datetime.now(UTC)
        with self._writing() as connection:
            for one in found:
                connection.execute(
                    insert(schema.comparison)
                    .prefix_with("OR IGNORE", dialect="sqlite")
                    .values(examination_id=one.examination, compared_at=now)
                )
                for number, match in enumerate(one.matches):
                    connection.execute(
                        insert(schema.match)
                        .prefix_with("OR IGNORE", dialect="sqlite")
                        .values(
                            examination_id=one.examination,
                            number=number,
                            found_id=inserts.known_id(connection, match.item),
                            relation=match.relation,
                            score=match.score,
                            document=match.to_json(),
                        )
                    )

    def pairs(self) -> list[Pair]:
        with self._reading() as connection:
            return [
                Pair(
                    later=row.later.hex(),
                    earlier=row.earlier.hex(),
                    relation=row.relation,
                    score=row.score,
                )
                for row in connection.execute(queries.pairs())
            ]

    def arrivals(self) -> list[str]:
        with self._reading() as connection:
            return [
                sha256.hex()
                for sha256 in connection.scalars(select(schema.item.c.sha256).order_by(schema.item.c.id))
            ]

    def seen_before(self, sha256: str) -> tuple[Match, ...]:
        table = schema.match
        counting = queries.counting(sha256).with_only_columns(schema.examination.c.id).scalar_subquery()
        found = select(table.c.document).where(table.c.examination_id == counting).order_by(table.c.number)
        with self._reading() as connection:
            return tuple(Match.from_json(document) for document in connection.scalars(found))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _storage_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            _storage_errors(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection


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
    except SQLAlchemyError as error:
        raise ArchiveError(f"The archive's database failed: {error}.", code="storage") from error


def _sighting(row: Row[Any]) -> Sighting:
    stamp = FileStamp(path=row.path, size_bytes=row.size_bytes, modified_ns=row.modified_ns)
    return Sighting(stamp=stamp, sha256=row.sha256.hex(), seen_at=row.seen_at)


def _with_parts(connection: Connection, found: Sequence[Row[Any]]) -> list[ItemSummary]:
    """Make summaries of a page of items with three more queries, whatever its length."""
    examinations = [row.examination_id for row in found]
    paths = _paths(connection, [row.id for row in found])
    codes: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(queries.parts_of(schema.finding, examinations)):
        codes[row.examination_id].append(row.code)
    problems: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(queries.parts_of(schema.problem, examinations)):
        problems[row.examination_id].append(row)
    return [
        rows.summary_record(
            row,
            paths=paths[row.id],
            findings=tuple(codes[row.examination_id]),
            problems=rows.records(Problem, problems[row.examination_id]),
        )
        for row in found
    ]


def _paths(connection: Connection, items: Sequence[int]) -> dict[int, tuple[bytes, ...]]:
    """Return every path of each item once, the latest sighting first."""
    table = schema.sighting
    latest_first = (
        select(table.c.item_id, table.c.path).where(table.c.item_id.in_(items)).order_by(table.c.id.desc())
    )
    found: dict[int, dict[bytes, None]] = {item: {} for item in items}
    for row in connection.execute(latest_first):
        found[row.item_id].setdefault(row.path)
    return {item: tuple(paths) for item, paths in found.items()}


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    some: list[Value] = []
    for value in values:
        some.append(value)
        if len(some) == VARIABLES:
            yield some
            some = []
    if some:
        yield some
