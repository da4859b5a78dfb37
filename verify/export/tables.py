"""What a table is made of: named columns of a few kinds, and where its rows come from.

The kinds are those that spreadsheets, JSON and Parquet can all hold without loss. Text that is no valid
Unicode gets U+FFFD where it is not; values of kind `json` keep it, as escapes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

from verify.store.role import Store

Kind = Literal["text", "integer", "number", "boolean", "time", "texts", "json"]
"""`time` is a time of day in UTC, `texts` a list of texts, `json` anything that JSON can say."""

Record = TypeVar("Record")

Items = Sequence[str] | None
"""SHA-256 of the items asked for; None for all."""

Row = tuple[Any, ...]
"""One value a column; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Record]):
    """One column of a table."""

    name: str
    kind: Kind
    of: Callable[[Record], object]
    """Takes the value out of what a row is about."""
    optional: bool = False
    """Whether there may be nothing; text that may not be nothing may be empty."""

    def values(self, records: Sequence[Record]) -> list[Any]:
        """Return the values as every format writes them."""
        found: list[Any] = [self.of(record) for record in records]
        if self.kind == "text":
            return [text if text is None else valid_unicode(text) for text in found]
        if self.kind == "texts":
            return [[valid_unicode(text) for text in texts] for texts in found]
        return found


@dataclass(frozen=True, slots=True)
class Table(Generic[Record]):
    """Columns, and what they are taken from."""

    name: str
    columns: tuple[Column[Record], ...]
    records: Callable[[Store, Items], Iterator[Sequence[Record]]]
    """Walks what the rows are about, some at a time, so that the memory needed does not grow."""

    def rows(self, store: Store, items: Items) -> Iterator[list[Row]]:
        """Walk the rows, some at a time."""
        for some in self.records(store, items):
            yield self.rows_of(some)

    def rows_of(self, records: Sequence[Record]) -> list[Row]:
        """Return a row for each record."""
        return list(zip(*(column.values(records) for column in self.columns), strict=True))


def valid_unicode(text: str) -> str:
    """Return the text with U+FFFD in place of unpaired surrogates, which no file in UTF-8 can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def zulu(at: datetime) -> str:
    """Write a time of day as ISO 8601 in UTC: 2026-03-04T05:06:07.000008Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def json_text(value: object) -> str:
    """Write JSON in ASCII, which keeps even text that is no valid Unicode."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
