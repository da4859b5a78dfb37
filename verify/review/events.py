"""One line of the review log, and the chain that holds the lines together.

The digest of an event is the SHA-256 over the canonical JSON of three things: the digest of what it says, the
digest of the event before, its place. So a stretch of the log can be proved to somebody who may not read it:
the digests of what was said hold the chain together as well as the words do.

Canonical is RFC 8785 (sorted names, no spaces, UTF-8) within a smaller world: names are ASCII, numbers are
integers, text is valid Unicode. So anyone can check a log with ten lines of any language.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

EventKind = Literal[
    "item-added",
    "claim-recorded",
    "verdict-given",
    "verdict-withdrawn",
    "note-added",
    "match-confirmed",
    "match-refused",
    "discussion-opened",
    "assigned",
]

JUDGEMENTS: Final[tuple[EventKind, ...]] = ("match-confirmed", "match-refused")
"""Kinds of events about a match: they bear on two items, the event's own and `other` in the payload."""

GENESIS: Final = "0" * 64
"""Stands for the digest before the first event."""

PLACE: Final = frozenset({"sequence", "previous", "digest"})
"""Names that say where an event stands in the log, not what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What someone says about an item, not yet in the log."""

    by: str
    item: str
    """SHA-256."""
    kind: EventKind
    payload: dict[str, Any]
    key: str
    """Idempotency key: a second statement with the same key is the first one, sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One appended line of the log: who said what about which item, when, after what."""

    sequence: int
    """From 1, without gaps."""
    at: datetime
    """UTC. The order of the log is that of `sequence`; clocks may go back."""
    by: str
    item: str
    """SHA-256."""
    kind: EventKind
    payload: dict[str, Any]
    key: str
    """Idempotency key."""
    previous: str
    """Digest of the event before, `GENESIS` for the first."""
    digest: str
    """SHA-256 of everything above, by `digest_of`."""

    def to_json(self) -> dict[str, Any]:
        """Return the public shape."""
        return {
            "sequence": self.sequence,
            "at": stamp(self.at),
            "by": self.by,
            "item": self.item,
            "kind": self.kind,
            "payload": self.payload,
            "key": self.key,
            "previous": self.previous,
            "digest": self.digest,
        }


def seal(statement: Statement, *, at: datetime, sequence: int, previous: str) -> ReviewEvent:
    """Make a statement the next line of the log, after the one with digest `previous`."""
    named = {name: getattr(statement, name) for name in ("by", "item", "kind", "payload", "key")}
    event = ReviewEvent(sequence=sequence, at=at, previous=previous, digest="", **named)
    return ReviewEvent(sequence=sequence, at=at, previous=previous, digest=digest_of(event), **named)


def digest_of(event: ReviewEvent) -> str:
    """Return the digest that the event must have."""
    link = {"content": content_of(event), "previous": event.previous, "sequence": event.sequence}
    return hashlib.sha256(canonical(link)).hexdigest()


def content_of(event: ReviewEvent) -> str:
    """Return the digest of what the event says: all but its place in the log."""
    said = {name: value for name, value in event.to_json().items() if name not in PLACE}
    return hashlib.sha256(canonical(said)).hexdigest()


def canonical(value: object) -> bytes:
    """Write a value in the one way it can be written. Raises `TypeError` for a floating-point number."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def stamp(at: datetime) -> str:
    """Write a time as the log does: ISO 8601 in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("The log holds no floating-point numbers.")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            _refuse_floats(part)
