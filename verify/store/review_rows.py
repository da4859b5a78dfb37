"""Between the records of a review and their rows, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from verify.errors import ArchiveError
from verify.review.case import CaseState
from verify.review.events import ReviewEvent, canonical, stamp
from verify.store import labels


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
    with _named_damage():
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
        "verdict_at": decision and stamp(decision.at),
        "assigned_to": state.assigned_to,
        "text": labels.folded("\n".join(said)),
        "document": canonical(state.to_json()).decode(),
    }


def state_record(document: str) -> CaseState:
    """Make a state of its document."""
    with _named_damage():
        return CaseState.from_json(json.loads(document))


@contextmanager
def _named_damage() -> Iterator[None]:
    """Say in one sentence that a line is not what was written."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # whatever was put in its place
        raise ArchiveError(
            "The review log was changed.", code="damaged-log", hint="Run: verify check"
        ) from error
