"""Where tables go: one file, a folder with all of them, or a stream.

A file is written under another name, put on disk, and renamed when everything that belongs to the export is
complete: nobody ever finds half a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from verify.errors import VerifyError
from verify.export.request import Exported, Request
from verify.export.tables import Row, Table
from verify.export.tables_content import TABLES
from verify.on_disk import whole_file
from verify.store.role import Store

Sink = Callable[[Sequence[Row]], None]
"""Takes rows, some at a time."""

OpenSink = Callable[[Table[Any], BinaryIO], AbstractContextManager[Sink]]
"""Begins a table in a stream; at the end of the context the table is complete."""


def write_tables(store: Store, request: Request, *, suffix: str, sink: OpenSink) -> Exported:
    """Write the tables asked for.

    A stream, or a file whose name ends in the format's suffix, takes one table: `items` unless another is
    named. Any other path is a folder with one file a table.
    """
    output = request.output
    if not isinstance(output, Path):
        rows = _write(store, request, _table(request), output, sink)
        return Exported(records=rows)
    if output.suffix == suffix and not output.is_dir():
        targets = {output: _table(request)}
    else:
        chosen = [_table(request)] if request.table else TABLES.values()
        targets = {output / f"{table.name}{suffix}": table for table in chosen}
    with ExitStack() as stack:
        opened = {path: stack.enter_context(whole_file(path)) for path in targets}
        rows = sum(_write(store, request, targets[path], stream, sink) for path, stream in opened.items())
    return Exported(files=tuple(targets), records=rows)


def _table(request: Request) -> Table[Any]:
    name = request.table or "items"
    if name not in TABLES:
        raise VerifyError(f"There is no table {name}.", code="no-table", hint=f"Tables: {', '.join(TABLES)}.")
    return TABLES[name]


def _write(store: Store, request: Request, table: Table[Any], stream: BinaryIO, sink: OpenSink) -> int:
    done = 0
    with sink(table, stream) as take:
        for rows in table.rows(store, request.items):
            take(rows)
            done += len(rows)
            request.report(table.name, done)
    return done
