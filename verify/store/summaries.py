"""One line an item, put together from what several tables hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from verify.records import Problem
from verify.store import queries, rows, schema
from verify.store.role import ItemSummary


def with_parts(connection: Connection, found: Sequence[Row[Any]]) -> list[ItemSummary]:
    """Make summaries of a page of items with three more queries, whatever its length."""
    examinations = [row.examination_id for row in found]
    paths = paths_of(connection, [row.id for row in found])
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


def paths_of(connection: Connection, items: Sequence[int]) -> dict[int, tuple[bytes, ...]]:
    """Return every path of each item once, the latest sighting first."""
    table = schema.sighting
    latest_first = (
        select(table.c.item_id, table.c.path).where(table.c.item_id.in_(items)).order_by(table.c.id.desc())
    )
    found: dict[int, dict[bytes, None]] = {item: {} for item in items}
    for row in connection.execute(latest_first):
        found[row.item_id].setdefault(row.path)
    return {item: tuple(paths) for item, paths in found.items()}
