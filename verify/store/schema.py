"""The tables. Hashes are stored as bytes, times inside media as exact fractions, times of day as UTC.

Free text goes through JSON with ASCII escapes, so that text which is no valid Unicode
(a lone surrogate out of a broken tag) is kept and not refused.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    text,
)

from verify.review.events import JUDGEMENTS


class Json(TypeDecorator[Any]):
    """A small JSON value as ASCII text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's signature
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - as above
        return None if value is None else json.loads(value)


class Utc(TypeDecorator[datetime]):
    """A time of day in UTC as ISO 8601 text with microseconds; sorts by time."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("applied_at", Utc, nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False, unique=True),
    Column("size_bytes", Integer, nullable=False, index=True),
    Column("added_at", Utc, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("path", LargeBinary, nullable=False, index=True),
    Column("size_bytes", Integer, nullable=False),
    Column("modified_ns", Integer, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

examination = Table(
    "examination",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("examined_at", Utc, nullable=False),
    Column("profile", String(8), nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("format", String(32), nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", String(48)),
    Column("partial", Boolean, nullable=False),
    Column("tools", Json, nullable=False),
    Index("one_examination_counts", "item_id", unique=True, sqlite_where=text("counts = 1")),
)


def _part_of_examination(name: str, *columns: Column[Any]) -> Table:
    """Describe a table of numbered rows that belong to one examination."""
    return Table(
        name,
        metadata,
        Column("examination_id", ForeignKey("examination.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        *columns,
    )


view = _part_of_examination(
    "view",
    Column("time", String(48), nullable=False),
    Column("starts_shot", Boolean, nullable=False),
    Column("phash", LargeBinary(8), nullable=False),
    Column("dhash", LargeBinary(8), nullable=False),
    Column("ahash", LargeBinary(8), nullable=False),
    Column("whash", LargeBinary(8), nullable=False),
    Column("colorhash", String(11), nullable=False),
    Column("pdq", LargeBinary(32), nullable=False),
    Column("pdq_quality", Integer, nullable=False),
)

thumbnail = _part_of_examination(
    "thumbnail",
    Column("jpeg", LargeBinary, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
)
"""The digest tells a thumbnail that was changed."""

local_features = _part_of_examination(
    "local_features",
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("codes", LargeBinary, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    Column("picture_width", Integer, nullable=False),
)

shot = _part_of_examination(
    "shot", Column("start", String(48), nullable=False), Column("end", String(48), nullable=False)
)

listed_hash = _part_of_examination(
    "listed_hash",
    Column("time", String(48)),
    Column("pdq", LargeBinary(32)),
    Column("pdq_quality", Integer),
    Column("phash", LargeBinary(8)),
)
"""What a hash list says about an item without media."""

metadata_value = _part_of_examination(
    "metadata_value",
    Column("source", String(16), nullable=False),
    Column("key", Json, nullable=False),
    Column("value", Json, nullable=False),
    Column("raw_key", Json, nullable=False),
    Column("zone", String(8), nullable=False),
)

finding = _part_of_examination(
    "finding",
    Column("code", String(64), nullable=False, index=True),
    Column("severity", String(8), nullable=False),
    Column("explanation", Json, nullable=False),
    Column("values", Json, nullable=False),
)

problem = _part_of_examination(
    "problem",
    Column("stage", String(16), nullable=False),
    Column("code", String(64), nullable=False),
    Column("message", Json, nullable=False),
)

comparison = Table(
    "comparison",
    metadata,
    Column("examination_id", ForeignKey("examination.id"), primary_key=True),
    Column("compared_at", Utc, nullable=False),
)

match = _part_of_examination(
    "match",
    Column("found_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("relation", String(16), nullable=False),
    Column("score", Float, nullable=False),
    Column("document", Json, nullable=False),
)

PARTS = (view, thumbnail, local_features, shot, metadata_value, finding, problem)
"""Everything that belongs to one examination."""

review_event = Table(
    "review_event",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("item", ForeignKey("item.sha256"), nullable=False, index=True),
    Column("kind", String(24), nullable=False, index=True),
    Column("payload", Text, nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("previous", LargeBinary(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)
"""The log, every value exactly as its digest was taken over it; the payload is canonical JSON."""

OTHER = (
    f"CASE WHEN kind IN {JUDGEMENTS} AND typeof(payload) = 'text' "
    "AND json_valid(payload) THEN json_extract(payload, '$.other') END"
)
"""SQL: the other item that a line says something of, in hexadecimal digits; a damaged line names none."""

OTHER_INDEX = Index("ix_review_event_other", text(OTHER), _table=review_event)
"""Without it, every case that is read walks the whole log."""

case_state = Table(
    "case_state",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("verdict", String(16), index=True),
    Column("verdict_by", Text),
    Column("verdict_at", String(32)),
    Column("assigned_to", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""What the log adds up to for every item, written with each event; made again from the log at will."""

item_label = Table(
    "item_label",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""An item's latest name, and its names and metadata values without case, to search in."""

REVIEW = (review_event, case_state, item_label)

GUARDS = {
    "review_event_is_never_updated": "BEFORE UPDATE ON review_event",
    "review_event_is_never_deleted": "BEFORE DELETE ON review_event",
    "review_event_is_only_appended": (
        "BEFORE INSERT ON review_event "
        "WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM review_event) "
        "OR EXISTS (SELECT 1 FROM review_event WHERE key = NEW.key)"
    ),
}
"""Triggers of SQLite. The third is for INSERT OR REPLACE, which deletes without asking the second
(sqlite.org/lang_conflict.html)."""

for _name, _when in GUARDS.items():
    event.listen(
        review_event,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            f"CREATE TRIGGER {_name} {_when} BEGIN SELECT raise(ABORT, 'the review log is append-only'); END"
        ).execute_if(dialect="sqlite"),
    )
