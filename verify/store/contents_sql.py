"""Everything about some items at a time, out of SQL: a few statements a batch, whatever is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from verify.records import Finding, ItemKind, Match, Shot
from verify.store import queries, rows, schema, summaries
from verify.store.contents_role import ItemFinding, ItemMatch, ItemView
from verify.store.role import ItemSummary
from verify.store.sqlite_file import VARIABLES, Database, chunks


class SqlContents:
    """Implements `verify.store.contents_role.Contents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def walk(self) -> Iterator[list[str]]:
        item, after = schema.item, 0
        some = select(item.c.id, item.c.sha256).order_by(item.c.id).limit(VARIABLES)
        while True:
            with self._database.reading() as connection:
                page = connection.execute(some.where(item.c.id > after)).all()
            if not page:
                return
            yield [row.sha256.hex() for row in page]
            after = page[-1].id

    def summaries(self, items: Sequence[str]) -> list[ItemSummary]:
        with self._database.reading() as connection:
            found = {
                one.sha256: one
                for some in chunks(bytes.fromhex(item) for item in items)
                for one in summaries.with_parts(
                    connection,
                    connection.execute(queries.summaries().where(schema.item.c.sha256.in_(some))).all(),
                )
            }
        return [found[item] for item in items if item in found]

    def views(self, items: Sequence[str], *, kind: ItemKind | None = None) -> list[ItemView]:
        return [
            ItemView(sha256=item, number=row.number, view=rows.view_record(row, thumbnail=b"", features=None))
            for item, row in self._parts(schema.view, items, kind)
        ]

    def shots(self, items: Sequence[str]) -> dict[str, tuple[Shot, ...]]:
        found: dict[str, list[Shot]] = defaultdict(list)
        for item, row in self._parts(schema.shot, items):
            found[item].append(Shot(start=Fraction(row.start), end=Fraction(row.end)))
        return {item: tuple(shots) for item, shots in found.items()}

    def findings(self, items: Sequence[str]) -> list[ItemFinding]:
        parts = self._parts(schema.finding, items)
        found = rows.records(Finding, [row for _, row in parts])
        return [
            ItemFinding(sha256=item, number=row.number, finding=finding)
            for (item, row), finding in zip(parts, found, strict=True)
        ]

    def matches(self, items: Sequence[str]) -> list[ItemMatch]:
        return [
            ItemMatch(sha256=item, number=row.number, match=Match.from_json(row.document))
            for item, row in self._parts(schema.match, items)
        ]

    def _parts(
        self, part: Table, items: Sequence[str], kind: ItemKind | None = None
    ) -> list[tuple[str, Row[Any]]]:
        """Return the rows of one table of parts, each with its item."""
        counting: dict[str, int] = {}
        parts: dict[int, list[Row[Any]]] = defaultdict(list)
        with self._database.reading() as connection:
            for some in chunks(items):
                found = _counting(connection, some, kind)
                counting.update(found)
                for row in connection.execute(queries.parts_of(part, list(found.values()))).all():
                    parts[row.examination_id].append(row)
        known = [(item, counting[item]) for item in items if item in counting]
        return [(item, row) for item, examination in known for row in parts[examination]]


def _counting(connection: Connection, items: Sequence[str], kind: ItemKind | None) -> dict[str, int]:
    """Return the numbers of the examinations that count, by item."""
    item, examination = schema.item, schema.examination
    wanted = (
        select(item.c.sha256, examination.c.id)
        .join(examination, examination.c.item_id == item.c.id)
        .where(examination.c.counts, item.c.sha256.in_([bytes.fromhex(one) for one in items]))
    )
    if kind is not None:
        wanted = wanted.where(examination.c.kind == kind)
    return {row.sha256.hex(): row.id for row in connection.execute(wanted).all()}
