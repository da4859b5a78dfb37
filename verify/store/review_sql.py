"""The review log in SQL: append a line, and with it what the item's lines add up to.

Both happen in one transaction that has waited for all other writers, so the sequence is the order of commits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from verify.errors import RefusedStatement, UnknownItem
from verify.review import statements
from verify.review.case import CaseState
from verify.review.events import (
    GENESIS,
    EventKind,
    ReviewEvent,
    Statement,
    canonical,
    seal,
    stamp,
)
from verify.review.fold import fold
from verify.store import inserts, labels, queue_sql, schema
from verify.store.database import VARIABLES, Database, chunks
from verify.store.review_role import QueueCounts, QueueFilter, QueuePage, QueueSort
from verify.store.role import Sighting

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
            item_id = inserts.known_id(connection, statement.item)
            if item_id is None:
                raise UnknownItem(f"There is no item {statement.item}.")
            (event,) = _seal(connection, [statement])
            connection.execute(insert(schema.review_event), event_row(event))
            state = fold(statement.item, _events_of(connection, statement.item))
            _write_states(connection, {item_id: state})
            return event

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
            yield from map(event_record, page)
            after = page[-1].sequence

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
        states = (CaseState.from_json(json.loads(document)) for document in documents)
        return {state.item: state for state in states}

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
        connection.execute(insert(schema.review_event), [event_row(event) for event in events])
        states = [fold(event.item, [event]) for event in events]
        _write_states(connection, dict(zip(newcomers, states, strict=True)))


def event_row(event: ReviewEvent) -> dict[str, Any]:
    """Return the columns of an event."""
    return {
        "sequence": event.sequence,
        "at": stamp(event.at),
        "by": event.by,
        "item": bytes.fromhex(event.item),
        "kind": event.kind,
        "payload": canonical(event.payload).decode(),
        "key": event.key,
        "previous": bytes.fromhex(event.previous),
        "digest": bytes.fromhex(event.digest),
    }


def event_record(row: Row[Any]) -> ReviewEvent:
    """Make an event of its columns."""
    return ReviewEvent(
        sequence=row.sequence,
        at=datetime.fromisoformat(row.at),
        by=row.by,
        item=row.item.hex(),
        kind=row.kind,
        payload=json.loads(row.payload),
        key=row.key,
        previous=row.previous.hex(),
        digest=row.digest.hex(),
    )


def state_row(state: CaseState) -> dict[str, Any]:
    """Return the columns of a state, without the id of its item."""
    decision = state.decision
    said = [note.text for note in state.notes]
    said += [state.claim.text, state.claim.place, state.claim.event] if state.claim else []
    said += [decision.note, decision.true_context] if decision else []
    return {
        "version": state.version,
        "status": state.status,
        "verdict": state.verdict,
        "verdict_by": decision and decision.by,
        "verdict_at": decision and decision.at,
        "assigned_to": state.assigned_to,
        "text": labels.folded("\n".join(said)),
        "document": canonical(state.to_json()).decode(),
    }


def _said_before(connection: Connection, statement: Statement) -> ReviewEvent | None:
    """Return the event with the statement's key, if there is one."""
    table = schema.review_event
    row = connection.execute(select(table).where(table.c.key == statement.key)).one_or_none()
    if row is None:
        return None
    first = event_record(row)
    for name in ("by", "item", "kind", "payload"):
        if getattr(first, name) != getattr(statement, name):
            message = "This was already recorded with other content, so it was not recorded again."
            raise RefusedStatement(message, code="key-reused", hint="Look at the case and decide anew.")
    return first


def _seal(connection: Connection, said: Sequence[Statement]) -> list[ReviewEvent]:
    """Make statements the next lines of the log; the caller holds the write lock."""
    table = schema.review_event
    last = connection.execute(
        select(table.c.sequence, table.c.digest).order_by(table.c.sequence.desc()).limit(1)
    ).one_or_none()
    sequence, previous = (last.sequence, last.digest.hex()) if last else (0, GENESIS)
    at, events = datetime.now(UTC), []
    for statement in said:
        event = seal(statement, at=at, sequence=sequence + 1, previous=previous)
        sequence, previous = event.sequence, event.digest
        events.append(event)
    return events


def _events_of(connection: Connection, item: str) -> list[ReviewEvent]:
    table = schema.review_event
    found = select(table).where(table.c.item == bytes.fromhex(item)).order_by(table.c.sequence)
    return [event_record(row) for row in connection.execute(found)]


def _write_states(connection: Connection, states: Mapping[int, CaseState]) -> None:
    table = schema.case_state
    for some in chunks(states):
        connection.execute(delete(table).where(table.c.item_id.in_(some)))
    connection.execute(
        insert(table), [{"item_id": item, **state_row(state)} for item, state in states.items()]
    )
