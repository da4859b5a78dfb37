"""Tables as JSON Lines: one object a line (jsonlines.org), in ASCII, so no text breaks or steers a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from verify.export.request import Exported, Request
from verify.export.tables import Row, Table, zulu
from verify.export.tables_output import Sink, write_tables
from verify.store.role import Store


def write(store: Store, request: Request) -> Exported:
    """Write tables as JSON Lines."""
    return write_tables(store, request, suffix=".jsonl", sink=jsonl_sink)


@contextmanager
def jsonl_sink(table: Table[Any], stream: BinaryIO) -> Iterator[Sink]:
    """Write rows as objects, every column in each; times of day as ISO 8601 in UTC."""
    names = [column.name for column in table.columns]
    encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=zulu).encode

    def take(rows: Sequence[Row]) -> None:
        lines = (encode(dict(zip(names, row, strict=True))) for row in rows)
        stream.write("".join(f"{line}\n" for line in lines).encode("ascii"))

    yield take
