"""What a check asks of the tables: everything is read as it stands there, nothing is taken on trust.

Values are read as bytes with the type that SQLite gives them, for whoever changes a database file need not
keep to its schema.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, cast, func, select, text

from verify.review.chain import Line
from verify.review.events import JUDGEMENTS, ReviewEvent, canonical, stamp
from verify.review.fold import fold
from verify.store import review_rows, schema
from verify.store.sqlite_file import VARIABLES, Database

TYPES: Final = {
    **dict.fromkeys(("at", "by", "kind", "payload", "key"), "text"),
    **dict.fromkeys(("item", "previous", "digest"), "blob"),
}
"""Columns of an event beside its sequence."""

FIRST: Final = -(2**63)
"""The smallest number that SQLite can store."""

MOST_DAMAGE: Final = 20
"""Lines of SQLite's own report that are shown."""

Cell = tuple[str, bytes | None]
"""Type and bytes of one value."""


class SqlAudit:
    """Implements `verify.store.review_role.Audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def damage(self) -> list[str]:
        with self._database.reading() as connection:
            report = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_DAMAGE})").scalars().all()
            return [line for line in report if line != "ok"]

    def missing_guards(self) -> list[str]:
        with self._database.reading() as connection:
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            return sorted(schema.GUARDS.keys() - set(triggers.scalars()))

    def lines(self) -> Iterator[Line]:
        where, after = f"sequence > :after ORDER BY sequence LIMIT {VARIABLES}", FIRST
        while True:
            with self._database.reading() as connection:
                page = _cells(connection, schema.review_event, where, after=after)
            yield from map(_line, page)
            if not page or _sequence(page[-1]) <= after:  # a damaged page may give its rows out of order
                return
            after = _sequence(page[-1])

    def items(self) -> list[str]:
        with self._database.reading() as connection:
            digests = connection.scalars(select(_blob(schema.item.c.sha256)).order_by(schema.item.c.id))
            return [(digest or b"").hex() for digest in digests]

    def stale_states(self) -> Iterator[str]:
        where, after = f"id > :after ORDER BY id LIMIT {VARIABLES}", FIRST
        while True:
            with self._database.reading() as connection:
                page = [_item(cells) for cells in _cells(connection, schema.item, where, after=after)]
                stale = list(_stale(connection, page))
            yield from stale
            if not page or page[-1][0] <= after:
                return
            after = page[-1][0]

    def thumbnails(self) -> Iterator[tuple[str, int, bool]]:
        view, examination, item = schema.view.c, schema.examination, schema.item
        table = schema.thumbnail.c
        of_view = (table.examination_id == view.examination_id) & (table.number == view.number)
        wanted = (
            select(_blob(item.c.sha256).label("item"), view.number, table.jpeg, table.sha256)
            .select_from(schema.view)
            .join(examination, examination.c.id == view.examination_id)
            .join(item, item.c.id == examination.c.item_id)
            .outerjoin(schema.thumbnail, of_view)
        )
        with self._database.reading() as connection:
            for row in connection.execution_options(yield_per=VARIABLES).execute(wanted):
                sound = isinstance(row.jpeg, bytes) and sha256(row.jpeg).digest() == row.sha256
                yield (row.item or b"").hex(), row.number, sound

    def originals(self) -> list[tuple[bytes, str]]:
        table, item = schema.sighting, schema.item
        latest = select(func.max(table.c.id)).group_by(table.c.path)
        wanted = (
            select(_blob(table.c.path).label("path"), _blob(item.c.sha256).label("item"))
            .join(item, item.c.id == table.c.item_id)
            .where(table.c.id.in_(latest))
            .order_by(table.c.id)
        )
        with self._database.reading() as connection:
            return [(row.path or b"", (row.item or b"").hex()) for row in connection.execute(wanted)]


def _blob(column: ColumnElement[bytes]) -> ColumnElement[bytes | None]:
    """Read a column as bytes, whatever type its values have."""
    return cast(column, LargeBinary)


def _cells(connection: Connection, table: Table, where: str, **values: int) -> list[dict[str, Cell]]:
    """Return the rows of a table as types and bytes."""
    names = [column.name for column in table.columns]
    columns = ", ".join(f'typeof("{name}"), CAST("{name}" AS BLOB)' for name in names)
    question = text(f"SELECT {columns} FROM {table.name} WHERE {where}")  # noqa: S608 - names of our own tables
    return [
        dict(zip(names, zip(row[0::2], row[1::2], strict=True), strict=True))
        for row in connection.execute(question, values)
    ]


def _line(cells: dict[str, Cell]) -> Line:
    sequence = _sequence(cells)
    try:
        return Line(sequence=sequence, event=_event(sequence, cells))
    except (ValueError, TypeError, RecursionError) as error:  # whatever stands where an event should be
        return Line(sequence=sequence, event=None, reason=f"The line cannot be read: {error}")


def _event(sequence: int, cells: dict[str, Cell]) -> ReviewEvent:
    """Make an event of a row, if it is written the one way in which it can be written."""
    raw: dict[str, Any] = {}
    for name, kind in TYPES.items():
        found, value = cells[name]
        if found != kind or value is None:
            raise ValueError(f"{name} is of another type.")
        raw[name] = value.decode() if kind == "text" else value.hex()
    event = ReviewEvent(
        sequence=sequence,
        **{**raw, "at": datetime.fromisoformat(raw["at"]), "payload": json.loads(raw["payload"])},
    )
    if stamp(event.at) != raw["at"] or canonical(event.payload).decode() != raw["payload"]:
        raise ValueError("it is written in another form than the log's.")
    return event


def _item(cells: dict[str, Cell]) -> tuple[int, str]:
    return int(cells["id"][1] or b"0"), (cells["sha256"][1] or b"").hex()


def _sequence(cells: dict[str, Cell]) -> int:
    return int(cells["sequence"][1] or b"0")


def _stale(connection: Connection, items: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield those of the items, a stretch in order, whose stored state is not what the log adds up to."""
    if not items:
        return
    within = {"first": items[0][0], "last": items[-1][0]}
    these = "SELECT sha256 FROM item WHERE id BETWEEN :first AND :last"
    of_these = (
        f"item IN ({these}) "  # noqa: S608 - texts of this file and of the schema
        f"OR {schema.OTHER} IN (SELECT lower(hex(sha256)) FROM ({these})) ORDER BY sequence"
    )
    events: dict[str, list[ReviewEvent | None]] = defaultdict(list)
    for cells in _cells(connection, schema.review_event, of_these, **within):
        event = _line(cells).event
        events[(cells["item"][1] or b"").hex()].append(event)
        if event is not None and event.kind in JUDGEMENTS:
            events[str(event.payload.get("other"))].append(event)
    stored = {
        int(cells["item_id"][1] or b"0"): cells
        for cells in _cells(connection, schema.case_state, "item_id BETWEEN :first AND :last", **within)
    }
    for item_id, item in items:
        if stored.get(item_id) != _expected(item_id, item, events[item]):
            yield item or f"item number {item_id}"


def _expected(item_id: int, item: str, events: Sequence[ReviewEvent | None]) -> dict[str, Cell] | None:
    """Return how the state of an item must be stored; None if its events make no case."""
    known = [event for event in events if event is not None]
    if len(known) < len(events) or not known or known[0].kind != "item-added":
        return None
    try:
        row = {"item_id": item_id, **review_rows.state_row(fold(item, known))}
    except (KeyError, ValueError, TypeError, AttributeError):  # a payload that is not what its kind says
        return None
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: object) -> Cell:
    if value is None:
        return "null", None
    return ("integer" if isinstance(value, int) else "text"), str(value).encode()
