"""The review log in SQL: append a line, and with it what the item's lines add up to.

Both happen in one transaction that has waited for all other writers, so the sequence is the order of commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, literal_column, or_, select

from verify.errors import RefusedStatement, UnknownItem
from verify.review import statements
from verify.review.case import CaseState
from verify.review.events import GENESIS, JUDGEMENTS, EventKind, ReviewEvent, Statement, seal
from verify.review.fold import fold
from verify.store import inserts, queue_sql, review_rows, schema
from verify.store.review_role import QueueCounts, QueueFilter, QueuePage, QueueSort
from verify.store.role import Sighting
from verify.store.sqlite_file import VARIABLES, Database, chunks

SCANNER = "scan"
"""Who says that an item arrived."""


class SqlReviewLog:
    """Implements `verify.store.review_role.ReviewLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, statement: Statement) -> ReviewEvent:
        with self._database.writing() as connection:
            if first := _said_before(connection, statement):
                return first
            ids = inserts.known_ids(connection, [statement.item, *_other(statement)])
            if statement.item not in ids:
                raise UnknownItem(f"There is no item {statement.item}.")
            (event,) = _seal(connection, [statement])
            table = schema.review_event
            connection.execute(insert(table), review_rows.event_row(event))
            fold_again(connection, ids)
            kept = connection.execute(select(table).where(table.c.sequence == event.sequence)).one()
            return review_rows.event_record(kept)  # as every later reading gives it

    def events(
        self, item: str | None = None, *, kinds: Collection[EventKind] = (), after: int = 0
    ) -> Iterator[ReviewEvent]:
        table = schema.review_event
        wanted = select(table).order_by(table.c.sequence).limit(VARIABLES)
        if item is not None:
            wanted = wanted.where(table.c.item == bytes.fromhex(item))
        if kinds:
            wanted = wanted.where(table.c.kind.in_(kinds))
        while True:
            with self._database.reading() as connection:
                page = connection.execute(wanted.where(table.c.sequence > after)).all()
            if not page:
                return
            yield from map(review_rows.event_record, page)
            after = page[-1].sequence

    def bearing_on(self, item: str) -> list[ReviewEvent]:
        with self._database.reading() as connection:
            return _bearing_on(connection, item)

    def last(self) -> ReviewEvent | None:
        with self._database.reading() as connection:
            return _last(connection)

    def cases(self, items: Sequence[str] | None = None) -> dict[str, CaseState]:
        table = schema.case_state
        wanted = select(table.c.document).order_by(table.c.item_id)
        with self._database.reading() as connection:
            if items is None:
                documents = list(connection.scalars(wanted))
            else:
                of_these = wanted.join(schema.item, schema.item.c.id == table.c.item_id)
                documents = [
                    document
                    for some in chunks(bytes.fromhex(item) for item in items)
                    for document in connection.scalars(of_these.where(schema.item.c.sha256.in_(some)))
                ]
        return {state.item: state for state in map(review_rows.state_record, documents)}

    def queue(self, wanted: QueueFilter, *, sort: QueueSort, offset: int, limit: int) -> QueuePage:
        with self._database.reading() as connection:
            return queue_sql.page(connection, wanted, sort=sort, offset=offset, limit=limit)

    def queue_order(self, wanted: QueueFilter, *, sort: QueueSort) -> list[str]:
        with self._database.reading() as connection:
            return queue_sql.order(connection, wanted, sort=sort)

    def queue_counts(self, wanted: QueueFilter) -> QueueCounts:
        with self._database.reading() as connection:
            return queue_sql.counts(connection, wanted)


def welcome(connection: Connection, newcomers: Mapping[int, Sighting]) -> None:
    """Append an event for every new item, given by id, in the transaction that adds it."""
    said = [
        Statement(
            by=SCANNER,
            item=sighting.sha256,
            kind="item-added",
            payload=statements.arrival(sighting.stamp.path, sighting.stamp.size_bytes),
            key=f"item-added-{sighting.sha256}",
        )
        for sighting in newcomers.values()
    ]
    if said:
        events = _seal(connection, said)
        connection.execute(insert(schema.review_event), [review_rows.event_row(event) for event in events])
        states = [fold(event.item, [event]) for event in events]
        _write_states(connection, dict(zip(newcomers, states, strict=True)))


def _said_before(connection: Connection, statement: Statement) -> ReviewEvent | None:
    """Return the event with the statement's key, if there is one."""
    table = schema.review_event
    row = connection.execute(select(table).where(table.c.key == statement.key)).one_or_none()
    if row is None:
        return None
    first = review_rows.event_record(row)
    if _content(first) != _content(statement):
        message = "This was already recorded with other content, so it was not recorded again."
        raise RefusedStatement(message, code="key-reused", hint="Look at the case and decide anew.")
    return first


def _content(said: Statement | ReviewEvent) -> tuple[object, ...]:
    """Return what a repetition repeats; its reviewer may see a newer version by now: that of the first."""
    payload = {name: value for name, value in said.payload.items() if name != "seen_version"}
    return said.by, said.item, said.kind, payload


def _seal(connection: Connection, said: Sequence[Statement]) -> list[ReviewEvent]:
    """Make statements the next lines of the log; the caller holds the write lock."""
    last = _last(connection)
    sequence, previous = (last.sequence, last.digest) if last else (0, GENESIS)
    at, events = datetime.now(UTC), []
    for statement in said:
        event = seal(statement, at=at, sequence=sequence + 1, previous=previous)
        sequence, previous = event.sequence, event.digest
        events.append(event)
    return events


def _last(connection: Connection) -> ReviewEvent | None:
    table = schema.review_event
    row = connection.execute(select(table).order_by(table.c.sequence.desc()).limit(1)).one_or_none()
    return None if row is None else review_rows.event_record(row)


def fold_again(connection: Connection, ids: Mapping[str, int]) -> None:
    """Write what the log adds up to for items, given with their ids; the caller holds the write lock."""
    if ids:
        states = {known: fold(item, _bearing_on(connection, item)) for item, known in ids.items()}
        _write_states(connection, states)


def _other(statement: Statement) -> list[str]:
    """Return the other item of a match that a statement is about."""
    return [statement.payload["other"]] if statement.kind in JUDGEMENTS else []


def _bearing_on(connection: Connection, item: str) -> list[ReviewEvent]:
    table = schema.review_event
    of_it = or_(table.c.item == bytes.fromhex(item), literal_column(schema.OTHER) == item)
    found = select(table).where(of_it).order_by(table.c.sequence)
    return [review_rows.event_record(row) for row in connection.execute(found)]


def _write_states(connection: Connection, states: Mapping[int, CaseState]) -> None:
    table = schema.case_state
    for some in chunks(states):
        connection.execute(delete(table).where(table.c.item_id.in_(some)))
    connection.execute(
        insert(table), [{"item_id": item, **review_rows.state_row(state)} for item, state in states.items()]
    )
