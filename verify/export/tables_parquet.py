"""Tables as Parquet with types, through pyarrow: times of day with their zone, lists, what may be nothing.

Values of kind `json` are JSON text, for their shape differs from row to row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from verify.export.request import Exported, Request
from verify.export.tables import Kind, Row, Table, json_text
from verify.export.tables_output import Sink, write_tables
from verify.store.role import Store

ROWS_IN_GROUP: Final = 10_000
"""Rows that a reader takes in at a time, and that are held in memory until they are written."""

TYPES: Final[Mapping[Kind, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
    "texts": pa.list_(pa.field("element", pa.string(), nullable=False)),
    "json": pa.string(),
}


def write(store: Store, request: Request) -> Exported:
    """Write tables as Parquet."""
    return write_tables(store, request, suffix=".parquet", sink=parquet_sink)


@contextmanager
def parquet_sink(table: Table[Any], stream: BinaryIO) -> Iterator[Sink]:
    """Gather rows into groups."""
    schema = pa.schema(
        [pa.field(column.name, TYPES[column.kind], nullable=column.optional) for column in table.columns]
    )
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:

        def write_group() -> None:
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting.clear()

        def take(rows: Sequence[Row]) -> None:
            if rows:
                waiting.append(_batch(table, schema, rows))
            if sum(batch.num_rows for batch in waiting) >= ROWS_IN_GROUP:
                write_group()

        yield take
        write_group()


def _batch(table: Table[Any], schema: pa.Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    columns = zip(table.columns, schema, zip(*rows, strict=True), strict=True)
    arrays = [pa.array(_cells(column.kind, values), type=field.type) for column, field, values in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cells(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind != "json":
        return values
    return [None if value is None else json_text(value) for value in values]
