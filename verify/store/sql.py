"""The store on SQLAlchemy Core: items, sightings, examinations and what was found at arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select

from verify.records import Examination, Match, Problem, View
from verify.store import (
    audit_sql,
    contents_sql,
    inserts,
    labels,
    listed_sql,
    queries,
    review_sql,
    rows,
    schema,
    summaries,
)
from verify.store.contents_role import Contents
from verify.store.listed_role import Lists
from verify.store.migrations import migrate
from verify.store.review_role import Audit, ReviewLog
from verify.store.role import (
    Arrival,
    BytesReport,
    FileStamp,
    ItemSummary,
    Outline,
    Pair,
    Searchable,
    SeenBefore,
    Sighting,
)
from verify.store.sqlite_file import VARIABLES, Database, chunks


class SqlStore:
    """Implements the store role (see `verify.store.role.Store`)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.review: ReviewLog = review_sql.SqlReviewLog(database)
        self.audit: Audit = audit_sql.SqlAudit(database)
        self.contents: Contents = contents_sql.SqlContents(database)
        self.lists: Lists = listed_sql.SqlLists(database)
        with database.writing() as connection:
            migrate(connection)

    @classmethod
    def in_file(cls, path: Path) -> SqlStore:
        """Open or create the SQLite database at `path`."""
        return cls(Database.in_file(path))

    def close(self) -> None:
        self.database.close()

    def copy_to(self, path: Path, *, report: BytesReport) -> SqlStore:
        return SqlStore(self.database.copy_to(path, report=report))

    def add(self, arrivals: Sequence[Arrival]) -> None:
        sightings = [arrival.sighting for arrival in arrivals]
        with self.database.writing() as connection:
            ids, new = inserts.item_ids(connection, sightings)
            inserts.add_sightings(connection, ids, sightings)
            examined = [(ids[one.sighting.sha256], one.examination) for one in arrivals if one.examination]
            inserts.add_examinations(connection, examined)
            labels.write(connection, dict.fromkeys(ids.values()))
            review_sql.welcome(connection, new)

    def latest_sightings(self, paths: Iterable[bytes]) -> dict[bytes, Sighting]:
        latest = select(func.max(schema.sighting.c.id)).group_by(schema.sighting.c.path)
        found: dict[bytes, Sighting] = {}
        with self.database.reading() as connection:
            for some in chunks(paths):
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
        with self.database.reading() as connection:
            for some in chunks(set(sizes)):
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
        with self.database.reading() as connection:
            for some in chunks(bytes.fromhex(digest) for digest in set(digests)):
                for row in connection.execute(first.where(item.c.sha256.in_(some))):
                    (found[row.sha256.hex()],) = rows.records(Problem, [row])
        return found

    def paths_of(self, sha256: str) -> tuple[bytes, ...]:
        with self.database.reading() as connection:
            return tuple(dict.fromkeys(connection.scalars(queries.paths_of(sha256))))

    def items(self) -> Iterator[ItemSummary]:
        after = 0
        while True:
            page = (
                queries.summaries()
                .where(schema.item.c.id > after)
                .order_by(schema.item.c.id)
                .limit(VARIABLES)
            )
            with self.database.reading() as connection:
                found = connection.execute(page).all()
                page_of = summaries.with_parts(connection, found)
            if not found:
                return
            yield from page_of
            after = found[-1].id

    def item(self, sha256: str) -> ItemSummary | None:
        with self.database.reading() as connection:
            found = connection.execute(
                queries.summaries().where(schema.item.c.sha256 == bytes.fromhex(sha256))
            ).all()
            return next(iter(summaries.with_parts(connection, found)), None)

    def find_digests(self, prefix: str) -> tuple[str, ...]:
        low, high = prefix.ljust(64, "0"), prefix.ljust(64, "f")
        within = schema.item.c.sha256.between(bytes.fromhex(low), bytes.fromhex(high))
        with self.database.reading() as connection:
            found = connection.scalars(select(schema.item.c.sha256).where(within).limit(10))
            return tuple(digest.hex() for digest in found)

    def examination(self, sha256: str) -> Examination | None:
        with self.database.reading() as connection:
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
        with self.database.reading() as connection:
            return connection.scalar(wanted)

    def outlines(self, *, after: int = 0) -> Iterator[Outline]:
        while some := self._some_outlines(after):  # what is done with them meanwhile reads the database too
            yield from some
            after = some[-1].examination

    def _some_outlines(self, after: int) -> list[Outline]:
        examined = schema.examination.c
        fresh = queries.with_features().where(examined.id > after).limit(VARIABLES)
        with self.database.reading() as connection:
            found = connection.execute(fresh).all()
            unsaid = [row.id for row in found if row.kind == "video" and row.duration is None]
            last = connection.execute(queries.last_times(unsaid)).all() if unsaid else ()
        times = {row.examination_id: row.time for row in last}
        return [rows.outline_record(row, last_time=times.get(row.id)) for row in found]

    def pdq_codes(self, *, after: int, up_to: int) -> bytes:
        with self.database.reading() as connection:
            return b"".join(connection.scalars(queries.pdq_codes(after, up_to)))

    def keypoints(self, *, after: int, up_to: int) -> Iterator[tuple[bytes, bytes]]:
        with self.database.reading() as connection:
            for row in connection.execution_options(yield_per=VARIABLES).execute(
                queries.keypoints(after, up_to)
            ):
                yield row.codes, row.places

    def searchable(self, only: Sequence[int]) -> Iterator[Searchable]:
        wanted = queries.with_features().where(schema.examination.c.id.in_(only))
        with self.database.reading() as connection:
            for row in connection.execute(wanted).all():
                views = connection.execute(
                    queries.views_with_features().where(schema.view.c.examination_id == row.id)
                ).all()
                yield rows.searchable_record(row, views)

    def views(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], View]:
        found: dict[tuple[int, int], View] = {}
        with self.database.reading() as connection:
            for some in chunks(wanted):
                for row in connection.execute(queries.these_views(some)):
                    found[row.examination_id, row.number] = rows.bare_view_record(row)
        return found

    def not_compared(self) -> tuple[int, ...]:
        examinations = queries.with_features().where(schema.examination.c.counts).subquery()
        compared = select(schema.comparison.c.examination_id)
        waiting = (
            select(examinations.c.id).where(examinations.c.id.not_in(compared)).order_by(examinations.c.id)
        )
        with self.database.reading() as connection:
            return tuple(connection.scalars(waiting))

    def add_seen_before(self, found: Sequence[SeenBefore]) -> None:
        now = datetime.now(UTC)
        with self.database.writing() as connection:
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
        with self.database.reading() as connection:
            return [
                Pair(
                    later=row.later.hex(),
                    earlier=row.earlier.hex(),
                    relation=row.relation,
                    score=row.score,
                )
                for row in connection.execute(queries.pairs())
            ]

    def arrivals_of(self, digests: Iterable[str]) -> dict[str, int]:
        with self.database.reading() as connection:
            return inserts.known_ids(connection, digests)

    def arrivals(self) -> list[str]:
        with self.database.reading() as connection:
            return [
                sha256.hex()
                for sha256 in connection.scalars(select(schema.item.c.sha256).order_by(schema.item.c.id))
            ]

    def seen_before(self, sha256: str) -> tuple[Match, ...]:
        table = schema.match
        counting = queries.counting(sha256).with_only_columns(schema.examination.c.id).scalar_subquery()
        found = select(table.c.document).where(table.c.examination_id == counting).order_by(table.c.number)
        with self.database.reading() as connection:
            return tuple(Match.from_json(document) for document in connection.scalars(found))

    def seen_since(self, sha256: str) -> tuple[tuple[str, Match], ...]:
        with self.database.reading() as connection:
            rows = connection.execute(queries.finders(sha256))
            return tuple((row.sha256.hex(), Match.from_json(row.document)) for row in rows)


def _sighting(row: Row[Any]) -> Sighting:
    stamp = FileStamp(path=row.path, size_bytes=row.size_bytes, modified_ns=row.modified_ns)
    return Sighting(stamp=stamp, sha256=row.sha256.hex(), seen_at=row.seen_at)
